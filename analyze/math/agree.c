// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyze/math/agree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"
#include "analyze/math/rank.h"

#define KEEP_OF_TEN	8	/* a repetition clusters 80 % of the rows */
#define MIN_ROWS	5

static int ascending(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return (a > b) - (a < b);
}

/* Over runs of equal values: pairs inside them, and entropy (nats) of their shares of n. */
struct groups {
	double pairs, entropy;
};

static struct groups groups_of(uint64_t *v, size_t n)
{
	struct groups g = { 0, 0 };
	double t;

	qsort(v, n, sizeof(*v), ascending);
	for (size_t i = 0, e; i < n; i = e) {
		for (e = i; e < n && v[e] == v[i]; e++)
			;
		t = (double)(e - i);
		g.pairs += t * (t - 1) / 2;
		g.entropy -= t / (double)n * log(t / (double)n);
	}
	return g;
}

int agree_partitions(const uint32_t *a, const uint32_t *b, size_t n, struct agree *out, struct err *err)
{
	struct groups ga, gb, gab;
	double all = (double)n * ((double)n - 1) / 2, expected, top;
	uint64_t *v;

	*out = (struct agree){ NAN, NAN, NAN };
	if (n == 0)
		return 0;
	v = calloc(n, sizeof(*v));
	if (!v)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		v[i] = a[i];
	ga = groups_of(v, n);
	for (size_t i = 0; i < n; i++)
		v[i] = b[i];
	gb = groups_of(v, n);
	for (size_t i = 0; i < n; i++)
		v[i] = (uint64_t)a[i] << 32 | b[i];
	gab = groups_of(v, n);
	free(v);
	expected = all > 0 ? ga.pairs * gb.pairs / all : 0;
	top = (ga.pairs + gb.pairs) / 2 - expected;
	/* No room between chance and agreement: both are one cluster, or both singletons. */
	out->ari = top > 0 ? (gab.pairs - expected) / top : 1;
	out->rand = all > 0 ? (all + 2 * gab.pairs - ga.pairs - gb.pairs) / all : 1;
	out->nmi = ga.entropy + gb.entropy > 0 ?
			   fmax(2 * (ga.entropy + gb.entropy - gab.entropy) / (ga.entropy + gb.entropy), 0) : 1;
	return 0;
}

/* Rows `row` of x as a matrix of their own. */
static int select_rows(const struct tfidf_rows *x, const size_t *row, size_t n, struct arena *a, struct tfidf_rows *out,
		       struct err *err)
{
	size_t cells = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		cells += x->start[row[i] + 1] - x->start[row[i]];
	*out = (struct tfidf_rows){ .rows = n, .cols = x->cols };
	out->start = arena_alloc_n(a, n + 1, sizeof(*out->start));
	out->col = arena_alloc_n(a, cells + 1, sizeof(*out->col));
	out->val = arena_alloc_n(a, cells + 1, sizeof(*out->val));
	if (!out->start || !out->col || !out->val)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		for (size_t e = x->start[row[i]]; e < x->start[row[i] + 1]; e++) {
			out->col[k] = x->col[e];
			out->val[k++] = x->val[e];
		}
		out->start[i + 1] = k;
	}
	return 0;
}

static int by_index(const void *x, const void *y)
{
	size_t a = *(const size_t *)x, b = *(const size_t *)y;

	return (a > b) - (a < b);
}

/* ARI of one repetition on the first n entries of order. */
static int repeat(const struct tfidf_rows *x, const double *weight, const struct kmeans *km,
		  const struct kmeans_opts *o, size_t *order, size_t n, struct arena *a, double *ari, struct err *err)
{
	size_t *seed = arena_array(a, size_t, km->k), k = km->k < n ? km->k : n;
	uint32_t *label = arena_array(a, uint32_t, n);
	double *w = arena_array(a, double, n);
	struct tfidf_rows part;
	struct kmeans again;
	struct agree same = { NAN, NAN, NAN };
	int rc;

	if (!seed || !label || !w)
		return err_nomem(err);
	qsort(order, n, sizeof(*order), by_index);
	for (size_t i = 0; i < n; i++) {
		label[i] = km->label[order[i]];
		w[i] = weight ? weight[order[i]] : 1;
	}
	rc = select_rows(x, order, n, a, &part, err);
	if (!rc)
		rc = kmeans_seed(&part, w, k, seed, err);
	if (!rc)
		rc = kmeans_run(&part, w, k, seed, o, a, &again, err);
	if (!rc)
		rc = agree_partitions(label, again.label, n, &same, err);
	if (!rc)
		*ari = same.ari;
	return rc;
}

int agree_stability(const struct tfidf_rows *x, const double *weight, const struct kmeans *km,
		    const struct kmeans_opts *o, size_t repetitions, double *median, struct err *err)
{
	size_t n = x->rows, *order = NULL;
	struct dist_rng rng = { DIST_SEED };
	struct arena scratch = { 0 };
	double *ari = NULL;
	int rc = 0;

	*median = NAN;
	if (n < MIN_ROWS || repetitions == 0 || km->k == 0)
		return 0;
	order = calloc(n, sizeof(*order));
	ari = calloc(repetitions, sizeof(*ari));
	if (!order || !ari) {
		rc = err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t r = 0; r < repetitions; r++) {
		dist_rng_shuffle(&rng, order, n);
		rc = repeat(x, weight, km, o, order, n * KEEP_OF_TEN / 10, &scratch, &ari[r], err);
		arena_reset(&scratch);
		if (rc)
			goto out;
	}
	*median = rank_median(ari, repetitions);
out:
	arena_free(&scratch);
	free(order);
	free(ari);
	return rc;
}

static double clean(double count)
{
	return count > 0 ? count : 0;
}

static double clean_total(const double *count, size_t k)
{
	double s = 0;

	for (size_t i = 0; i < k; i++)
		s += clean(count[i]);
	return s;
}

double agree_entropy(const double *count, size_t k)
{
	double n = clean_total(count, k), h = 0, p;

	for (size_t i = 0; i < k; i++)
		if (count[i] > 0) {
			p = count[i] / n;
			h -= p * log2(p);
		}
	return h;
}

double agree_entropy_normalised(const double *count, size_t k)
{
	return k > 1 ? agree_entropy(count, k) / log2((double)k) : 0;
}

double agree_entropy_miller_madow(const double *count, size_t k)
{
	double n = clean_total(count, k), filled = 0;

	for (size_t i = 0; i < k; i++)
		filled += count[i] > 0;
	return n > 0 ? agree_entropy(count, k) + (filled - 1) / (2 * n * M_LN2) : 0;
}

double agree_jsd(const double *a, const double *b, size_t k, double *contribution)
{
	double na = clean_total(a, k), nb = clean_total(b, k), s = 0, p, q, m, part;

	for (size_t i = 0; i < k; i++) {
		p = clean(a[i]) / na;
		q = clean(b[i]) / nb;
		m = (p + q) / 2;
		part = (p > 0 ? p / 2 * log2(p / m) : 0) + (q > 0 ? q / 2 * log2(q / m) : 0);
		if (!(na > 0 && nb > 0))
			part = NAN;
		if (contribution)
			contribution[i] = part;
		s += part;
	}
	return na > 0 && nb > 0 ? s : NAN;
}

double agree_g(const double *a, const double *b, size_t k, double *df)
{
	double na = clean_total(a, k), nb = clean_total(b, k), g = 0, filled = 0, col;

	for (size_t i = 0; i < k; i++) {
		col = (clean(a[i]) + clean(b[i])) / (na + nb);
		filled += col > 0;
		g += a[i] > 0 ? 2 * a[i] * log(a[i] / (na * col)) : 0;
		g += b[i] > 0 ? 2 * b[i] * log(b[i] / (nb * col)) : 0;
	}
	if (df)
		*df = fmax(filled - 1, 0);
	return na > 0 && nb > 0 ? g : NAN;
}

struct dealt {
	const double *count;
	size_t k;
	enum agree_stat stat;
	double *a, *b;
};

static double statistic(const bool *current, size_t dumps, void *arg)
{
	struct dealt *d = arg;
	double *side;

	memset(d->a, 0, d->k * sizeof(*d->a));
	memset(d->b, 0, d->k * sizeof(*d->b));
	for (size_t i = 0; i < dumps; i++) {
		side = current[i] ? d->b : d->a;
		for (size_t j = 0; j < d->k; j++)
			side[j] += clean(d->count[i * d->k + j]);
	}
	if (d->stat == AGREE_JSD)
		return agree_jsd(d->a, d->b, d->k, NULL);
	return fabs(agree_entropy_normalised(d->b, d->k) - agree_entropy_normalised(d->a, d->k));
}

int agree_permute(const double *count, size_t dumps, size_t k, const bool *current, enum agree_stat stat,
		  struct permute *out, struct err *err)
{
	struct dealt d = { .count = count, .k = k, .stat = stat };
	double *real = calloc(2 * k + 1, sizeof(*real));
	int rc;

	if (!real)
		return err_nomem(err);
	d.a = real;
	d.b = real + k;
	rc = permute_test(current, dumps, statistic, &d, out, err);
	free(real);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyze/math/permute.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"

#define TOLERANCE	1e-9	/* a deal this close to the real one counts as equal: sums in another order */

struct deals {
	size_t n, k;
	size_t *index;		/* exact: the k chosen, ascending; random: a permutation of n */
	bool *current;
	struct dist_rng rng;
};

/* How many ways there are, stopping above the limit of exactness. */
static double choose(size_t n, size_t k)
{
	double ways = 1;

	if (k > n - k)
		k = n - k;
	for (size_t i = 0; i < k && ways <= PERMUTE_EXACT; i++)
		ways = ways * (double)(n - i) / (double)(i + 1);
	return floor(ways + .5);
}

/* The next choice in lexicographic order; false after the last. */
static bool next_choice(struct deals *d)
{
	size_t i = d->k;

	while (i > 0 && d->index[i - 1] == d->n - d->k + i - 1)
		i--;
	if (i == 0)
		return false;
	d->index[i - 1]++;
	for (; i < d->k; i++)
		d->index[i] = d->index[i - 1] + 1;
	return true;
}

static void deal(struct deals *d)
{
	memset(d->current, 0, d->n * sizeof(*d->current));
	for (size_t i = 0; i < d->k; i++)
		d->current[d->index[i]] = true;
}

static void run_all(struct deals *d, double (*stat)(const bool *, size_t, void *), void *arg, double limit,
		    struct permute *out)
{
	double hit = 0;

	do {
		deal(d);
		hit += stat(d->current, d->n, arg) >= limit;
		out->deals++;
	} while (next_choice(d));
	out->p = hit / out->deals;
	out->smallest = (2 * d->k == d->n ? 2 : 1) / out->deals;
	out->exact = true;
}

static void run_random(struct deals *d, double (*stat)(const bool *, size_t, void *), void *arg, double limit,
		       struct permute *out)
{
	double hit = 0;

	for (; out->deals < PERMUTE_RANDOM; out->deals++) {
		dist_rng_shuffle(&d->rng, d->index, d->n);
		deal(d);
		hit += stat(d->current, d->n, arg) >= limit;
	}
	out->p = (hit + 1) / (out->deals + 1);
	out->smallest = 1 / (out->deals + 1);
}

int permute_test(const bool *current, size_t n, double (*stat)(const bool *current, size_t n, void *arg), void *arg,
		 struct permute *out, struct err *err)
{
	struct deals d = { .n = n, .rng = { DIST_SEED } };
	double limit;

	*out = (struct permute){ .observed = NAN, .p = NAN, .smallest = NAN };
	for (size_t i = 0; i < n; i++)
		d.k += current[i];
	if (d.k == 0 || d.k == n)
		return 0;
	out->observed = stat(current, n, arg);
	if (isnan(out->observed))
		return 0;
	limit = out->observed - TOLERANCE * fabs(out->observed);
	d.index = calloc(n, sizeof(*d.index));
	d.current = calloc(n, sizeof(*d.current));
	if (!d.index || !d.current) {
		free(d.index);
		free(d.current);
		return err_nomem(err);
	}
	for (size_t i = 0; i < n; i++)
		d.index[i] = i;
	if (choose(n, d.k) <= PERMUTE_EXACT)
		run_all(&d, stat, arg, limit, out);
	else
		run_random(&d, stat, arg, limit, out);
	free(d.index);
	free(d.current);
	return 0;
}

/* The values less their mean: then the sum of one side says the difference of means. */
struct centred {
	const double *x;
	double per_sum;
};

static double mean_difference(const bool *current, size_t n, void *arg)
{
	const struct centred *c = arg;
	struct dist_sum s = { 0 };

	for (size_t i = 0; i < n; i++)
		if (current[i])
			dist_sum_add(&s, c->x[i]);
	return fabs(dist_sum_value(&s)) * c->per_sum;
}

int permute_means(const double *a, size_t na, const double *b, size_t nb, struct permute *out, struct err *err)
{
	struct centred c;
	double *x, mean;
	bool *current;
	int rc;

	*out = (struct permute){ .observed = NAN, .p = NAN, .smallest = NAN };
	if (na == 0 || nb == 0)
		return 0;
	x = calloc(na + nb, sizeof(*x));
	current = calloc(na + nb, sizeof(*current));
	if (!x || !current) {
		rc = err_nomem(err);
		goto out;
	}
	memcpy(x, a, na * sizeof(*x));
	memcpy(x + na, b, nb * sizeof(*x));
	mean = dist_mean(x, na + nb);
	for (size_t i = 0; i < na + nb; i++) {
		x[i] -= mean;
		current[i] = i >= na;
	}
	c = (struct centred){ x, 1 / (double)na + 1 / (double)nb };
	rc = permute_test(current, na + nb, mean_difference, &c, out, err);
out:
	free(x);
	free(current);
	return rc;
}

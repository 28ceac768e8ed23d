// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * changepoint.c - where a series changes its level
 *
 * Optimal partitioning (exact: the best of all partitions) with the pruning of Killick's PELT. With a least length of
 * a segment, a start s that loses against t may only be dropped for ends that are far enough behind t to let a
 * segment begin there, so the comparison is made min_segment points late.
 */
#include "analyze/math/changepoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"
#include "analyze/math/rank.h"

int changepoint_noise(const double *x, size_t n, double *sigma2, struct err *err)
{
	double *diff, *copy, median, sigma;

	*sigma2 = NAN;
	if (n < 3)
		return 0;
	diff = calloc(n, 2 * sizeof(*diff));
	if (!diff)
		return err_nomem(err);
	copy = diff + n;
	for (size_t i = 1; i < n; i++)
		copy[i - 1] = diff[i - 1] = x[i] - x[i - 1];
	sigma = RANK_MAD_SIGMA * rank_mad(copy, n - 1, &median);
	*sigma2 = sigma * sigma / 2;
	if (*sigma2 == 0)
		*sigma2 = dist_variance(diff, n - 1, 0) / 2;
	free(diff);
	return 0;
}

int changepoint_beta(const double *x, size_t n, double factor, double *beta, struct err *err)
{
	int rc = changepoint_noise(x, n, beta, err);

	*beta *= factor * log((double)n);
	return rc;
}

struct pelt {
	size_t n, min, block;
	double *sum, *sum2;	/* of the first i centred points */
	double *f;		/* best cost of the first i */
	size_t *last;		/* start of the last segment of that */
	size_t *start;		/* starts that may still win, ascending */
	size_t starts;
};

static double cost(const struct pelt *p, size_t i, size_t j)
{
	double s = p->sum[j] - p->sum[i];

	return fmax((double)p->block * (p->sum2[j] - p->sum2[i] - s * s / (double)(j - i)), 0);
}

static void prune(struct pelt *p, size_t t)
{
	double limit = p->f[t] + 1e-9 * fabs(p->f[t]);
	size_t k = 0;

	for (size_t i = 0; i < p->starts; i++)
		if (!(p->start[i] < t && p->f[p->start[i]] + cost(p, p->start[i], t) > limit))
			p->start[k++] = p->start[i];
	p->starts = k;
}

static void partition(struct pelt *p, double beta)
{
	double c;
	size_t s;

	p->f[0] = -beta;
	for (size_t t = 1; t <= p->n; t++)
		p->f[t] = INFINITY;
	for (size_t t = p->min; t <= p->n; t++) {
		if (isfinite(p->f[t - p->min])) {
			p->start[p->starts++] = t - p->min;
			prune(p, t - p->min);
		}
		for (size_t i = 0; i < p->starts; i++) {
			s = p->start[i];
			c = p->f[s] + cost(p, s, t) + beta;
			if (c < p->f[t]) {
				p->f[t] = c;
				p->last[t] = s;
			}
		}
	}
}

/* Prefix sums of the points, or of block means, less the mean of all. */
static void fill(struct pelt *p, const double *x, size_t n)
{
	struct dist_sum s = { 0 }, s2 = { 0 };
	double mean = dist_mean(x, n), d;
	size_t from, len;

	for (size_t i = 0; i < p->n; i++) {
		from = i * p->block;
		len = n - from < p->block ? n - from : p->block;
		d = dist_mean(x + from, len) - mean;
		dist_sum_add(&s, d);
		dist_sum_add(&s2, d * d);
		p->sum[i + 1] = dist_sum_value(&s);
		p->sum2[i + 1] = dist_sum_value(&s2);
	}
}

static void collect(const struct pelt *p, double beta, size_t *at, struct changepoint_result *out)
{
	size_t t;

	for (t = p->last[p->n]; t > 0; t = p->last[t])
		out->count++;
	t = p->last[p->n];
	for (size_t i = out->count; i > 0; i--, t = p->last[t])
		at[i - 1] = t * p->block;
	out->cost = p->f[p->n];
	out->sse = out->cost - beta * (double)out->count;
}

int changepoint_pelt(const double *x, size_t n, double beta, size_t min_segment, size_t *at,
		     struct changepoint_result *out, struct err *err)
{
	struct pelt p = { .block = (n + CHANGEPOINT_MAX_POINTS - 1) / CHANGEPOINT_MAX_POINTS };
	double *real = NULL;
	size_t *whole = NULL;
	int rc = 0;

	*out = (struct changepoint_result){ 0, NAN, NAN };
	if (n == 0)
		return 0;
	out->cost = out->sse = dist_variance(x, n, 0) * (double)n;
	p.n = (n + p.block - 1) / p.block;
	p.min = min_segment ? (min_segment + p.block - 1) / p.block : 1;
	if (!(beta > 0) || p.n < 2 * p.min || !isfinite(out->sse))
		return 0;
	real = calloc(p.n + 1, 3 * sizeof(*real));
	whole = calloc(p.n + 1, 2 * sizeof(*whole));
	if (!real || !whole) {
		rc = err_nomem(err);
		goto out;
	}
	p.sum = real;
	p.sum2 = real + p.n + 1;
	p.f = real + 2 * (p.n + 1);
	p.last = whole;
	p.start = whole + p.n + 1;
	fill(&p, x, n);
	partition(&p, beta);
	collect(&p, beta, at, out);
out:
	free(real);
	free(whole);
	return rc;
}

/* Q of every split in n^2: one point at a time goes from the right part to the left one. */
static void best_split(const double *x, size_t n, size_t min, double total, struct changepoint_split *out)
{
	double left = 0, right = total, to_left, to_right, a, b, q;

	out->at = 0;
	out->q = NAN;
	for (size_t t = 1; t < n; t++) {
		to_left = to_right = 0;
		for (size_t i = 0; i < t - 1; i++)
			to_left += fabs(x[t - 1] - x[i]);
		for (size_t i = t; i < n; i++)
			to_right += fabs(x[t - 1] - x[i]);
		left += to_left;
		right -= to_right;
		if (t < min || n - t < min)
			continue;
		a = (double)t;
		b = (double)(n - t);
		q = a * b / (a + b) *
		    (2 * (total - left - right) / (a * b) - 2 * left / (a * (a - 1)) - 2 * right / (b * (b - 1)));
		if (out->at == 0 || q > out->q) {
			out->at = t;
			out->q = q;
		}
	}
}

int changepoint_energy(const double *x, size_t n, size_t min_segment, size_t permutations,
		       struct changepoint_split *out, struct err *err)
{
	size_t min = min_segment < 2 ? 2 : min_segment, hit = 0, *order = NULL;
	struct dist_rng rng = { DIST_SEED };
	struct changepoint_split other;
	double *y = NULL, total = 0;
	int rc = 0;

	*out = (struct changepoint_split){ 0, NAN, NAN };
	if (n < 2 * min)
		return 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			total += fabs(x[i] - x[j]);
	if (!isfinite(total))
		return 0;
	best_split(x, n, min, total, out);
	if (permutations == 0)
		return 0;
	y = calloc(n + 1, sizeof(*y));
	order = calloc(n + 1, sizeof(*order));
	if (!y || !order) {
		rc = err_nomem(err);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t m = 0; m < permutations; m++) {
		dist_rng_shuffle(&rng, order, n);
		for (size_t i = 0; i < n; i++)
			y[i] = x[order[i]];
		best_split(y, n, min, total, &other);
		hit += other.q >= out->q - 1e-9 * fabs(out->q);
	}
	out->p = (double)(hit + 1) / (double)(permutations + 1);
out:
	free(y);
	free(order);
	return rc;
}

struct changepoint_mser changepoint_mser(const double *x, size_t n)
{
	struct changepoint_mser best = { .value = NAN };
	struct dist_sum s = { 0 }, s2 = { 0 };
	double mean = dist_mean(x, n), d, m, v;

	/* From the end, so that each rest is one step more; "<=" lets the smallest drop win. */
	for (size_t i = n; i > 0; i--) {
		d = x[i - 1] - mean;
		dist_sum_add(&s, d);
		dist_sum_add(&s2, d * d);
		if (i - 1 > n / 2)
			continue;
		m = (double)(n - i + 1);
		v = fmax(dist_sum_value(&s2) / m - (dist_sum_value(&s) / m) * (dist_sum_value(&s) / m), 0) / m;
		if (isnan(best.value) || v <= best.value) {
			best.value = v;
			best.drop = i - 1;
		}
	}
	best.settled = n > 1 && best.drop < n / 2;
	return best;
}

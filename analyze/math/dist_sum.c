// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * dist_sum.c - sums that do not depend on luck, and numbers that do not either
 *
 * Every sum of analyze/math that can cancel or grow long goes through dist_sum_add(), in index order.
 */
#include "analyze/math/dist.h"

#include <math.h>

double dist_log_sum_exp(const double *x, size_t n)
{
	double top = -INFINITY;
	struct dist_sum s = { 0 };

	for (size_t i = 0; i < n; i++)
		if (isnan(x[i]) || x[i] > top)
			top = x[i];
	if (!isfinite(top))
		return top;
	for (size_t i = 0; i < n; i++)
		dist_sum_add(&s, exp(x[i] - top));
	return top + log(dist_sum_value(&s));
}

void dist_sum_add(struct dist_sum *s, double x)
{
	double t = s->sum + x;

	if (fabs(s->sum) >= fabs(x))
		s->lost += (s->sum - t) + x;
	else
		s->lost += (x - t) + s->sum;
	s->sum = t;
}

double dist_sum_value(const struct dist_sum *s)
{
	return isfinite(s->sum) ? s->sum + s->lost : s->sum;
}

double dist_total(const double *x, size_t n)
{
	struct dist_sum s = { 0 };

	for (size_t i = 0; i < n; i++)
		dist_sum_add(&s, x[i]);
	return dist_sum_value(&s);
}

double dist_mean(const double *x, size_t n)
{
	return n ? dist_total(x, n) / (double)n : NAN;
}

double dist_variance(const double *x, size_t n, size_t ddof)
{
	struct dist_sum s = { 0 };
	double mean;

	if (n <= ddof)
		return NAN;
	mean = dist_mean(x, n);
	for (size_t i = 0; i < n; i++)
		dist_sum_add(&s, (x[i] - mean) * (x[i] - mean));
	return dist_sum_value(&s) / (double)(n - ddof);
}

uint64_t dist_rng_next(struct dist_rng *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

double dist_rng_unit(struct dist_rng *r)
{
	return (double)(dist_rng_next(r) >> 11) * 0x1p-53;
}

size_t dist_rng_below(struct dist_rng *r, size_t n)
{
	uint64_t x, limit;

	if (n == 0)
		return 0;
	limit = UINT64_MAX - UINT64_MAX % n;
	do
		x = dist_rng_next(r);
	while (x >= limit);
	return (size_t)(x % n);
}

void dist_rng_shuffle(struct dist_rng *r, size_t *index, size_t n)
{
	size_t j, t;

	for (size_t i = n; i > 1; i--) {
		j = dist_rng_below(r, i);
		t = index[i - 1];
		index[i - 1] = index[j];
		index[j] = t;
	}
}

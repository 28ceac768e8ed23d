// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * formulas_curve.c - knees, thresholds, sensitivity, resilience: F15, F17, F19, F20
 */
#include <math.h>
#include <stdlib.h>

#include "analyze/math/formulas.h"
#include "analyze/math/rank.h"

#define ACHIEVED .95
#define USERS_ROOM 1.3
#define ABOVE_P95 1.15
#define PERCENT_MOST 95.0
#define BAND 3.0

double formula_usl_at(double lambda, double sigma, double kappa, double n)
{
	return lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

bool formula_usl_fit(const double *n, const double *x, size_t points, struct formula_usl *out)
{
	double aa = 0, ab = 0, bb = 0, ay = 0, by = 0, det;

	*out = (struct formula_usl){ NAN, NAN, NAN, NAN, NAN };
	if (points < 3 || n[0] != 1 || !(x[0] > 0))
		return false;
	for (size_t i = 1; i < points; i++) {
		double a = n[i] - 1, b = n[i] * (n[i] - 1), y = n[i] * x[0] / x[i] - 1;

		if (!(n[i] > 0 && x[i] > 0))
			return false;
		aa += a * a;
		ab += a * b;
		bb += b * b;
		ay += a * y;
		by += b * y;
	}
	det = aa * bb - ab * ab;
	if (!(det > 1e-12 * aa * bb))
		return false;
	out->lambda = x[0];
	out->sigma = (ay * bb - by * ab) / det;
	out->kappa = (by * aa - ay * ab) / det;
	out->peak = out->kappa > 0 && out->sigma < 1 ? sqrt((1 - out->sigma) / out->kappa) : INFINITY;
	out->most = isfinite(out->peak) ? formula_usl_at(out->lambda, out->sigma, out->kappa, out->peak) : NAN;
	return true;
}

size_t formula_knee(const double *offered, const double *achieved, size_t points)
{
	size_t i = 0;

	while (i < points && !(achieved[i] < ACHIEVED * offered[i]))
		i++;
	return i;
}

size_t formula_latency_knee(const double *achieved, const double *p95, size_t points)
{
	double least = INFINITY, first;

	if (points < 3)
		return points;
	for (size_t i = 0; i < points; i++)
		least = fmin(least, p95[i]);
	first = achieved[1] - achieved[0];
	for (size_t i = 1; i < points; i++)
		if (p95[i] >= 2 * least && achieved[i] - achieved[i - 1] < .5 * first)
			return i;
	return points;
}

double formula_closed_cap(double users, double latency, double think)
{
	return users > 0 && latency >= 0 && think >= 0 && latency + think > 0 ? users / (latency + think) : NAN;
}

double formula_users(double rate, double latency, double think)
{
	return rate > 0 && latency > 0 && think >= 0 ? ceil(USERS_ROOM * rate * (latency + think) - 1e-9) : NAN;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double formula_threshold(double *x, size_t n, bool percent)
{
	double above;

	if (!n)
		return NAN;
	qsort(x, n, sizeof(*x), ascending);
	above = ABOVE_P95 * rank_quantile(x, n, .95);
	return percent ? fmin(PERCENT_MOST, above) : above;
}

double formula_band(double *x, size_t n)
{
	double median, mad;

	if (!n)
		return NAN;
	mad = rank_mad(x, n, &median);
	return median + BAND * RANK_MAD_SIGMA * mad;
}

static size_t different(const double *x, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < i && x[j] != x[i])
			j++;
		k += j == i;
	}
	return k;
}

double formula_elasticity(const double *knob, const double *kpi, const double *other, size_t n)
{
	double mx = 0, my = 0, xx = 0, xy = 0;

	if (different(knob, n) < 3 || (other && different(other, n) > 1))
		return NAN;
	for (size_t i = 0; i < n; i++) {
		mx += log(knob[i]) / (double)n;
		my += log(kpi[i]) / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		double a = log(knob[i]) - mx;

		xx += a * a;
		xy += a * (log(kpi[i]) - my);
	}
	return xx > 0 ? xy / xx : NAN;
}

double formula_resilience(double success, double p95_base, double p95_fault)
{
	return success >= 0 && success <= 1 && p95_base > 0 && p95_fault > 0 ? .5 * success + .5 * fmin(1, p95_base / p95_fault) : NAN;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * dist_binom.c - the binomial and the hypergeometric distribution
 *
 * Probabilities are Loader's (2000): no difference of large logarithms, so they hold for n of a billion and at real
 * k and n, which the incomplete beta uses. Fisher's test needs no factorial at all: it walks outwards from the
 * likeliest table with weights relative to it.
 */
#include "analyze/math/dist.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define LN_SQRT_2PI	0.918938533204672741780329736406
#define FISHER_EXACT	1e7	/* above so many the walk is long and the normal limit good */
#define TIE_TOLERANCE	1e-7	/* two probabilities this close count as equal (scipy, R) */

/* Searches and walks need whole numbers that a double still tells apart. */
static bool is_count(double n)
{
	return n >= 0 && n <= 0x1p52 && n == floor(n);
}

/* Loader: ln of n! over Stirling's formula, and x ln(x/np) + np - x without cancellation. */
static double stirling_error(double n)
{
	static const double small[] = { 0, .0810614667953272582196702, .0413406959554092940938221,
		.0276779256849983391487892, .0207906721037650931115227, .0166446911898211921631948,
		.0138761288230707479987457, .0118967099458917700950558, .0104112652619720964974786,
		.0092554621827127329177286, .0083305634333628712565148, .0075736754879518407949720,
		.0069428401072095298656642, .0064089941880042070684397, .0059513701127588475310797,
		.0055547335519628013710386 };
	double nn = n * n;

	if (n < 16 && n == floor(n))
		return small[(int)n];
	if (n < 16)
		return dist_lngamma(n + 1) - (n + .5) * log(n) + n - LN_SQRT_2PI;
	return (1. / 12 - (1. / 360 - (1. / 1260 - (1. / 1680 - 1. / 1188 / nn) / nn) / nn) / nn) / n;
}

static double deviance_part(double x, double np)
{
	double v, s, term;

	if (fabs(x - np) >= .1 * (x + np))
		return x * log(x / np) + np - x;
	v = (x - np) / (x + np);
	s = (x - np) * v;
	term = 2 * x * v;
	for (int j = 1; j < 1000; j++) {
		term *= v * v;
		if (s + term / (2 * j + 1) == s)
			break;
		s += term / (2 * j + 1);
	}
	return s;
}

double dist_binom_pmf(double k, double n, double p)
{
	double ln;

	if (isnan(k) || isnan(n) || isnan(p) || n < 0 || p < 0 || p > 1)
		return NAN;
	if (k < 0 || k > n)
		return 0;
	if (p == 0 || p == 1)
		return k == (p == 0 ? 0 : n) ? 1 : 0;
	if (k == 0)
		return exp(n * log1p(-p));
	if (k == n)
		return exp(n * log(p));
	ln = stirling_error(n) - stirling_error(k) - stirling_error(n - k) - deviance_part(k, n * p) -
	     deviance_part(n - k, n * (1 - p));
	return exp(ln) * sqrt(n / (2 * M_PI * k * (n - k)));
}

double dist_binom_cdf(double k, double n, double p)
{
	if (isnan(k) || isnan(n) || isnan(p) || n < 0 || p < 0 || p > 1)
		return NAN;
	if (k < 0 || k >= n)
		return k < 0 ? 0 : 1;
	return dist_beta_inc(n - k, k + 1, 1 - p);
}

double dist_binom_sf(double k, double n, double p)
{
	if (isnan(k) || isnan(n) || isnan(p) || n < 0 || p < 0 || p > 1)
		return NAN;
	if (k < 0 || k >= n)
		return k < 0 ? 1 : 0;
	return dist_beta_inc(k + 1, n - k, p);
}

double dist_binom_quantile(double q, double n, double p)
{
	double lo = -1, hi = n, mid;

	if (isnan(q) || !is_count(n) || isnan(p) || q < 0 || q > 1 || p < 0 || p > 1)
		return NAN;
	if (q == 1)
		return p > 0 ? n : 0;
	while (hi - lo > 1) {
		mid = floor(.5 * (lo + hi));
		if (dist_binom_cdf(mid, n, p) >= q)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

/* The tail on the other side of the mean in which no outcome is likelier than limit. */
static double opposite_tail(double k, double n, double p, double limit)
{
	bool above = k < n * p;
	double lo = above ? ceil(n * p) : -1, hi = above ? n + 1 : floor(n * p), mid;

	while (lo < hi) {
		mid = above ? floor(.5 * (lo + hi)) : ceil(.5 * (lo + hi));
		if (dist_binom_pmf(mid, n, p) <= limit) {
			if (above)
				hi = mid;
			else
				lo = mid;
		} else if (above) {
			lo = mid + 1;
		} else {
			hi = mid - 1;
		}
	}
	return above ? dist_binom_sf(lo - 1, n, p) : dist_binom_cdf(lo, n, p);
}

double dist_binom_test(double k, double n, double p)
{
	double limit, own;

	if (!is_count(k) || !is_count(n) || isnan(p) || k > n || p < 0 || p > 1)
		return NAN;
	if (k == n * p)
		return 1;
	limit = dist_binom_pmf(k, n, p) * (1 + TIE_TOLERANCE);
	own = k < n * p ? dist_binom_cdf(k, n, p) : dist_binom_sf(k - 1, n, p);
	return fmin(own + opposite_tail(k, n, p, limit), 1);
}

/* Weights relative to the likeliest table, outwards from it: no logarithm of a factorial is needed. */
static double fisher_side(double k, double last, double step, double r, double col, double n, double limit, double *hit)
{
	double w = 1, all = 0;

	while (k != last && w > 0) {
		if (step > 0)
			w *= (r - k) * (col - k) / ((k + 1) * (n - r - col + k + 1));
		else
			w *= k * (n - r - col + k) / ((r - k + 1) * (col - k + 1));
		k += step;
		all += w;
		if (w <= limit)
			*hit += w;
		if (w < DBL_EPSILON * 1e-6 * limit)
			break;
	}
	return all;
}

/* The weight of table k relative to the likeliest one. */
static double fisher_weight(double k, double mode, double r, double col, double n)
{
	double w = 1;

	for (; mode < k && w > 0; mode++)
		w *= (r - mode) * (col - mode) / ((mode + 1) * (n - r - col + mode + 1));
	for (; mode > k && w > 0; mode--)
		w *= mode * (n - r - col + mode) / ((r - mode + 1) * (col - mode + 1));
	return w;
}

double dist_fisher(double a, double b, double c, double d, double *odds)
{
	double r = a + b, col = a + c, n = a + b + c + d, mode, lo, hi, limit, hit = 0, all = 1;

	if (odds)
		*odds = b * c > 0 ? a * d / (b * c) : a * d > 0 ? INFINITY : NAN;
	if (!is_count(a) || !is_count(b) || !is_count(c) || !is_count(d))
		return NAN;
	lo = fmax(0, r + col - n);
	hi = fmin(r, col);
	if (lo == hi)
		return 1;
	if (n > FISHER_EXACT)
		return dist_normal_p2((a * d - b * c) * sqrt(n / (r * (c + d)) / (col * (b + d))));
	mode = fmin(fmax(floor((r + 1) * (col + 1) / (n + 2)), lo), hi);
	limit = fisher_weight(a, mode, r, col, n);
	if (limit <= 0)
		return 0;
	limit *= 1 + TIE_TOLERANCE;
	if (limit >= 1)
		return 1;
	all += fisher_side(mode, hi, 1, r, col, n, limit, &hit);
	all += fisher_side(mode, lo, -1, r, col, n, limit, &hit);
	return fmin(hit / all, 1);
}

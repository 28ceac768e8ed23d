// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * rank.c - order statistics, Mann-Whitney, Hodges-Lehmann, Wasserstein
 *
 * The Hodges-Lehmann shift is an order statistic of na * nb differences. They are never written down: how many are at
 * most x is counted in one walk over the two sorted sides, and x is found by bisection over the bit patterns of the
 * doubles, so the answer is exactly the difference that sorting would have found, for a hundred thousand pauses too.
 */
#include "analyze/math/rank.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"

#define EXACT_SMALL	8	/* Mann-Whitney by counting: at most so many on the smaller side ... */
#define EXACT_LARGE	50	/* ... and on the larger */

size_t rank_clean(double *x, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(x[i]))
			x[k++] = x[i];
	return k;
}

static int ascending(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

void rank_sort(double *x, size_t n)
{
	if (n > 1)
		qsort(x, n, sizeof(*x), ascending);
}

double rank_quantile(const double *sorted, size_t n, double q)
{
	double h;
	size_t lo;

	if (n == 0 || !(q >= 0 && q <= 1))
		return NAN;
	h = (double)(n - 1) * q;
	lo = (size_t)h;
	if (lo + 1 >= n)
		return sorted[n - 1];
	return sorted[lo] + (h - (double)lo) * (sorted[lo + 1] - sorted[lo]);
}

double rank_median(double *x, size_t n)
{
	rank_sort(x, n);
	return rank_quantile(x, n, .5);
}

double rank_mad(double *x, size_t n, double *median)
{
	*median = rank_median(x, n);
	for (size_t i = 0; i < n; i++)
		x[i] = fabs(x[i] - *median);
	return rank_median(x, n);
}

struct rank_quantile_ci rank_quantile_ci(size_t n, double q, double alpha)
{
	double m = (double)n, lo, hi;
	struct rank_quantile_ci ci = { .coverage = NAN };

	if (n == 0 || !(q > 0 && q < 1) || !(alpha > 0 && alpha < 1))
		return ci;
	lo = dist_binom_quantile(alpha / 2, m, q);
	hi = dist_binom_quantile(1 - alpha / 2, m, q) + 1;
	ci.lo = (size_t)lo;
	ci.hi = hi <= m ? (size_t)hi : 0;
	ci.coverage = dist_binom_cdf(fmin(hi - 1, m), m, q) - dist_binom_cdf(lo - 1, m, q);
	return ci;
}

size_t rank_quantile_need(double q, double alpha, bool two_sided)
{
	if (!(q > 0 && q < 1) || !(alpha > 0 && alpha < 1))
		return 0;
	return (size_t)ceil(log(two_sided ? alpha / 2 : alpha) / log(q));
}

static bool comparable(const double *a, size_t na, const double *b, size_t nb)
{
	for (size_t i = 0; i < na; i++)
		if (!isfinite(a[i]))
			return false;
	for (size_t i = 0; i < nb; i++)
		if (!isfinite(b[i]))
			return false;
	return na > 0 && nb > 0;
}

/* Both sides copied and sorted, in one allocation; the current side at *sb. */
static double *sorted_sides(const double *a, size_t na, const double *b, size_t nb, double **sb)
{
	double *sa = calloc(na + nb, sizeof(*sa));

	if (!sa)
		return NULL;
	*sb = sa + na;
	memcpy(sa, a, na * sizeof(*sa));
	memcpy(*sb, b, nb * sizeof(*sa));
	rank_sort(sa, na);
	rank_sort(*sb, nb);
	return sa;
}

/* U of b and sum(t^3 - t) over the ties of both sides together. */
static double count_u(const double *a, size_t na, const double *b, size_t nb, double *ties)
{
	size_t i = 0, j = 0, ea, eb;
	double u = 0, t, at;

	*ties = 0;
	while (i < na || j < nb) {
		at = j == nb || (i < na && a[i] < b[j]) ? a[i] : b[j];
		for (ea = i; ea < na && a[ea] == at; ea++)
			;
		for (eb = j; eb < nb && b[eb] == at; eb++)
			;
		t = (double)(ea - i + eb - j);
		*ties += t * t * t - t;
		u += (double)(eb - j) * ((double)i + .5 * (double)(ea - i));
		i = ea;
		j = eb;
	}
	return u;
}

/* Two-sided p of the smaller of u and mn - u, all orders alike. ways[j][u]: orders of i and j values with that U. */
static int exact_u(size_t m, size_t n, double u, double *p, struct err *err)
{
	size_t top = m * n, small = (size_t)fmin(u, (double)top - u);
	double *ways = calloc((n + 1) * (top + 1), sizeof(*ways)), sum = 0, all = 0, *to, *from;

	if (!ways)
		return err_nomem(err);
	for (size_t j = 0; j <= n; j++)
		ways[j * (top + 1)] = 1;
	for (size_t i = 1; i <= m; i++)
		for (size_t j = 1; j <= n; j++) {
			to = ways + j * (top + 1);
			from = to - (top + 1);
			/* The largest value is one of the m (above all j) or one of the n. */
			for (size_t v = i * j + 1; v > 0; v--)
				to[v - 1] = (v - 1 >= j ? to[v - 1 - j] : 0) + from[v - 1];
		}
	for (size_t v = 0; v <= top; v++) {
		all += ways[n * (top + 1) + v];
		if (v <= small)
			sum = all;
	}
	*p = fmin(2 * sum / all, 1);
	free(ways);
	return 0;
}

int rank_mwu(const double *a, size_t na, const double *b, size_t nb, struct rank_mwu *out, struct err *err)
{
	double *sa, *sb = NULL, m = (double)na, n = (double)nb, ties, sd, away;
	int rc = 0;

	*out = (struct rank_mwu){ NAN, NAN, NAN, NAN, NAN, false };
	if (!comparable(a, na, b, nb))
		return 0;
	sa = sorted_sides(a, na, b, nb, &sb);
	if (!sa)
		return err_nomem(err);
	out->u = count_u(sa, na, sb, nb, &ties);
	out->a12 = out->u / (m * n);
	out->delta = 2 * out->a12 - 1;
	sd = sqrt(m * n / 12 * ((m + n + 1) - ties / ((m + n) * (m + n - 1))));
	away = fmax(fabs(out->u - m * n / 2) - .5, 0);
	out->z = sd > 0 ? copysign(away / sd, out->u - m * n / 2) : 0;
	out->p = dist_normal_p2(out->z);
	if (ties == 0 && (na < nb ? na : nb) <= EXACT_SMALL && (na < nb ? nb : na) <= EXACT_LARGE) {
		out->exact = true;
		rc = exact_u(na, nb, out->u, &out->p, err);
	}
	free(sa);
	return rc;
}

/* Doubles as integers in the same order, and back. */
static uint64_t to_order(double x)
{
	uint64_t bits;

	x += 0.;	/* -0 becomes 0 */
	memcpy(&bits, &x, sizeof(bits));
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double from_order(uint64_t o)
{
	uint64_t bits = o >> 63 ? o & ~(UINT64_C(1) << 63) : ~o;
	double x;

	memcpy(&x, &bits, sizeof(x));
	return x;
}

/* How many of all b_j - a_i are at most x. */
static double count_upto(const double *a, size_t na, const double *b, size_t nb, double x)
{
	double count = 0;
	size_t j = 0;

	for (size_t i = 0; i < na; i++) {
		while (j < nb && b[j] - a[i] <= x)
			j++;
		count += (double)j;
	}
	return count;
}

/* The k-th smallest difference, counted from 1. */
static double kth_difference(const double *a, size_t na, const double *b, size_t nb, double k)
{
	uint64_t lo = to_order(b[0] - a[na - 1]), hi = to_order(b[nb - 1] - a[0]), mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (count_upto(a, na, b, nb, from_order(mid)) >= k)
			hi = mid;
		else
			lo = mid + 1;
	}
	return from_order(lo);
}

static void shift_of_sorted(const double *a, size_t na, const double *b, size_t nb, double alpha,
			    struct rank_shift *out)
{
	double m = (double)na, n = (double)nb, pairs = m * n, k;

	k = floor((pairs + 1) / 2);
	out->shift = kth_difference(a, na, b, nb, k);
	if (fmod(pairs, 2) == 0)
		out->shift = .5 * (out->shift + kth_difference(a, na, b, nb, k + 1));
	k = floor(pairs / 2 - dist_normal_quantile(1 - alpha / 2) * sqrt(pairs * (m + n + 1) / 12));
	if (k >= 1) {
		out->lo = kth_difference(a, na, b, nb, k);
		out->hi = kth_difference(a, na, b, nb, pairs + 1 - k);
	}
}

int rank_shift(const double *a, size_t na, const double *b, size_t nb, double alpha, struct rank_shift *out,
	       struct err *err)
{
	double *sa, *sb = NULL;

	*out = (struct rank_shift){ NAN, NAN, NAN };
	if (!comparable(a, na, b, nb))
		return 0;
	sa = sorted_sides(a, na, b, nb, &sb);
	if (!sa)
		return err_nomem(err);
	shift_of_sorted(sa, na, sb, nb, alpha, out);
	free(sa);
	return 0;
}

int rank_shift_ratio(const double *a, size_t na, const double *b, size_t nb, double alpha, struct rank_shift *out,
		     struct err *err)
{
	double *sa, *sb = NULL;

	*out = (struct rank_shift){ NAN, NAN, NAN };
	if (!comparable(a, na, b, nb))
		return 0;
	sa = sorted_sides(a, na, b, nb, &sb);
	if (!sa)
		return err_nomem(err);
	if (sa[0] > 0 && sb[0] > 0) {
		for (size_t i = 0; i < na + nb; i++)
			sa[i] = log(sa[i]);
		shift_of_sorted(sa, na, sb, nb, alpha, out);
		out->shift = exp(out->shift);
		out->lo = exp(out->lo);
		out->hi = exp(out->hi);
	}
	free(sa);
	return 0;
}

int rank_wasserstein(const double *a, size_t na, const double *b, size_t nb, double *w, struct err *err)
{
	double *sa, *sb = NULL, at, next;
	struct dist_sum area = { 0 };
	size_t i = 0, j = 0;

	*w = NAN;
	if (!comparable(a, na, b, nb))
		return 0;
	sa = sorted_sides(a, na, b, nb, &sb);
	if (!sa)
		return err_nomem(err);
	at = fmin(sa[0], sb[0]);
	while (i < na || j < nb) {
		next = j == nb || (i < na && sa[i] <= sb[j]) ? sa[i] : sb[j];
		dist_sum_add(&area, fabs((double)i / (double)na - (double)j / (double)nb) * (next - at));
		at = next;
		if (j == nb || (i < na && sa[i] <= sb[j]))
			i++;
		else
			j++;
	}
	*w = dist_sum_value(&area);
	free(sa);
	return 0;
}

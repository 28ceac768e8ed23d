/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rank.h - comparisons that trust only the order, and quantiles
 *
 * a is the baseline, b the current side. Results are NaN when a side is empty or has a value that is not finite: take
 * those out before (rank_clean).
 */
#ifndef ANALYZE_MATH_RANK_H
#define ANALYZE_MATH_RANK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

/* Moves the finite values to the front in their order; returns how many. */
size_t rank_clean(double *x, size_t n);
/* Ascending; deterministic. */
void rank_sort(double *x, size_t n);

/* Hyndman-Fan type 7 (numpy, spreadsheets) of sorted values; NaN for n = 0. */
double rank_quantile(const double *sorted, size_t n, double q);
/* These two reorder (and rank_mad overwrites) x; NaN for n = 0. */
double rank_median(double *x, size_t n);
/* Median absolute deviation from the median, not scaled; times RANK_MAD_SIGMA it estimates a normal's sd. */
double rank_mad(double *x, size_t n, double *median);
#define RANK_MAD_SIGMA	1.4826

/* Distribution-free interval of the q-quantile: the order statistics lo and hi, counted from 1; 0 = does not exist. */
struct rank_quantile_ci {
	size_t lo, hi;
	double coverage;
};
struct rank_quantile_ci rank_quantile_ci(size_t n, double q, double alpha);
/* Smallest n with a finite upper bound for the q-quantile (p99: 368 two-sided, 299 one-sided). */
size_t rank_quantile_need(double q, double alpha, bool two_sided);

struct rank_mwu {
	double u;	/* of b: pairs with b > a, ties half */
	double z;	/* with continuity and ties */
	double p;	/* two-sided: exact without ties and at most 8 on a side, else asymptotic */
	double a12;	/* P(b > a) + P(b = a)/2 */
	double delta;	/* Cliff */
	bool exact;
};
int rank_mwu(const double *a, size_t na, const double *b, size_t nb, struct rank_mwu *out, struct err *err)
	ERR_MUST_CHECK;

/* Hodges-Lehmann: the median of all b_j - a_i with its interval. Memory na + nb, time (na + nb) log. */
struct rank_shift {
	double shift;
	double lo, hi;	/* NaN when so few values have no interval at this alpha */
};
int rank_shift(const double *a, size_t na, const double *b, size_t nb, double alpha, struct rank_shift *out,
	       struct err *err) ERR_MUST_CHECK;
/* The same on ln, given back as a ratio b/a; all NaN when a value is not positive. */
int rank_shift_ratio(const double *a, size_t na, const double *b, size_t nb, double alpha, struct rank_shift *out,
		     struct err *err) ERR_MUST_CHECK;

struct rank_ks {
	double d;
	double p;		/* exact when na * nb is at most a million, else asymptotic */
	double p_asymptotic;
	bool exact;
};
int rank_ks(const double *a, size_t na, const double *b, size_t nb, struct rank_ks *out, struct err *err)
	ERR_MUST_CHECK;

/* Wasserstein-1: the area between the two distribution functions. */
int rank_wasserstein(const double *a, size_t na, const double *b, size_t nb, double *w, struct err *err) ERR_MUST_CHECK;

#endif

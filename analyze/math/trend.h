/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trend.h - does a series go up, how fast, and faster than the other one
 *
 * Series are in order of time; t may be NULL (0, 1, 2 ...) and need not be evenly spaced. Fewer points than a
 * result needs give NaNs.
 */
#ifndef ANALYZE_MATH_TREND_H
#define ANALYZE_MATH_TREND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define TREND_MAX_POINTS	2000	/* above, Theil-Sen works on medians of equal blocks: n^2 slopes need room */

struct trend_mk {
	double s, var, z, p, tau;
	double inflation;	/* Hamed-Rao: what autocorrelation makes of var; at least 1 */
	double p_corrected;	/* with var * inflation; equals p where inflation is 1 */
};
int trend_mann_kendall(const double *y, size_t n, struct trend_mk *out, struct err *err) ERR_MUST_CHECK;

struct trend_sen {
	double slope, lo, hi, intercept;
	double se;	/* half width of the interval over its normal quantile */
};
int trend_theil_sen(const double *t, const double *y, size_t n, double alpha, struct trend_sen *out, struct err *err)
	ERR_MUST_CHECK;

struct trend_ols {
	double slope, intercept, se, se_intercept;
	double r, p, df;	/* p of slope = 0 */
};
struct trend_ols trend_ols(const double *t, const double *y, size_t n);

struct trend_diff {
	double diff, stat, df, p;
};
/* Slope b - slope a by z on two standard errors; NaN where both are 0 and the slopes equal. */
struct trend_diff trend_slope_diff(double slope_a, double se_a, double slope_b, double se_b);
/* Two lines with pooled residuals: difference of slopes, and of intercepts (may be NULL). t must not be NULL. */
struct trend_diff trend_ancova(const double *ta, const double *ya, size_t na, const double *tb, const double *yb,
			       size_t nb, struct trend_diff *offset);

/* Autocorrelation at a lag; NaN for a constant series or lag >= n. */
double trend_autocorrelation(const double *y, size_t n, size_t lag);
/* n (1 - r) / (1 + r), r = lag-1 autocorrelation, clipped to [0, .99]: never more than n. */
double trend_n_eff(const double *y, size_t n);
/* Writes y_i - r y_{i-1} (n - 1 values) when r is above .2, else copies; returns how many. out may be y. */
size_t trend_prewhiten(const double *y, size_t n, double *out);

/* Cross-correlation r(k) = corr(x_i, y_{i+k}); k may be negative. */
double trend_xcorr(const double *x, const double *y, size_t n, long k);
struct trend_lag {
	long lag;	/* y follows x by so many steps */
	double r, second;	/* the peak, and the highest other local maximum (NaN: none) */
	bool accepted;	/* r >= .5, r > 2.5/sqrt(n), second < .8 r */
};
struct trend_lag trend_lag(const double *x, const double *y, size_t n, size_t max_lag);

#endif

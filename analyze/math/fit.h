/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.h - maximum likelihood fits of positive values, as description only
 *
 * Choose by AIC. A Kolmogorov p-value with fitted parameters would be wrong, so none is offered.
 */
#ifndef ANALYZE_MATH_FIT_H
#define ANALYZE_MATH_FIT_H

#include <stddef.h>

enum fit_family { FIT_LOGNORMAL, FIT_GAMMA, FIT_WEIBULL, FIT_FAMILIES };

struct fit {
	enum fit_family family;
	double p1;	/* lognormal mu, gamma shape, Weibull shape */
	double p2;	/* lognormal sigma (MLE), gamma scale, Weibull scale */
	double ll;	/* ln likelihood */
	double aic;	/* 4 - 2 ll; NaN when there is no fit (fewer than 2 values, one not positive, all equal) */
	size_t n;
};

struct fit fit_lognormal(const double *x, size_t n);
struct fit fit_gamma(const double *x, size_t n);
struct fit fit_weibull(const double *x, size_t n);
/* All three; returns the index of the smallest AIC, FIT_FAMILIES when none fits. */
size_t fit_all(const double *x, size_t n, struct fit out[FIT_FAMILIES]);

/* The q-quantile of a lognormal fit with its interval. */
struct fit_quantile {
	double value, se_ln, lo, hi;
};
struct fit_quantile fit_lognormal_quantile(const struct fit *f, double q, double alpha);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dist.h - distributions, special functions, exact sums and the one random generator
 *
 * The only door to GSL: its error handler is off before every call, and a domain error is a NaN, never an
 * abort. NaN in, NaN out, everywhere in analyze/math: a NaN means "not tested" and is stored as NULL.
 * "p2" is a two-sided p-value, "sf" the upper tail.
 */
#ifndef ANALYZE_MATH_DIST_H
#define ANALYZE_MATH_DIST_H

#include <stddef.h>
#include <stdint.h>

double dist_normal_cdf(double z);
double dist_normal_sf(double z);
double dist_normal_p2(double z);
double dist_normal_quantile(double p);

double dist_t_cdf(double t, double df);	/* df INFINITY is the normal */
double dist_t_p2(double t, double df);
double dist_t_quantile(double p, double df);

double dist_chi2_cdf(double x, double df);
double dist_chi2_sf(double x, double df);
double dist_chi2_quantile(double p, double df);
double dist_f_sf(double f, double d1, double d2);

/* k and n are whole numbers kept as doubles; quantile and test give NaN for others. */
double dist_binom_pmf(double k, double n, double p);
double dist_binom_cdf(double k, double n, double p);
double dist_binom_sf(double k, double n, double p);		/* P(X > k) */
double dist_binom_quantile(double q, double n, double p);	/* smallest k with cdf(k) >= q */
/* Two-sided: the sum of all outcomes no more likely than k. */
double dist_binom_test(double k, double n, double p);

double dist_beta_inc(double a, double b, double x);	/* regularised; a and b below 1e10 */
double dist_beta_quantile(double p, double a, double b);
double dist_gamma_p(double a, double x);		/* regularised, lower */
double dist_gamma_q(double a, double x);
double dist_lngamma(double x);
double dist_digamma(double x);
double dist_trigamma(double x);
double dist_ln_choose(double n, double k);

/* P(sqrt(n) D > x) in the limit. */
double dist_kolmogorov_sf(double x);
/* P(D_n > d) of the one-sample two-sided statistic: exact from d = .5 on, below to 1 % of itself. */
double dist_kolmogorov_n_sf(double d, size_t n);

/* Fisher's exact test of the whole numbers {{a, b}, {c, d}}, two-sided by likelihood; *odds (may be NULL) is ad/bc. */
double dist_fisher(double a, double b, double c, double d, double *odds);

/* ln sum exp(x); -INFINITY for n = 0. */
double dist_log_sum_exp(const double *x, size_t n);

/* A sum that keeps what rounding drops (Neumaier); start one with {0}. */
struct dist_sum {
	double sum;
	double lost;
};
void dist_sum_add(struct dist_sum *s, double x);
double dist_sum_value(const struct dist_sum *s);
double dist_total(const double *x, size_t n);			/* 0 for n = 0 */
double dist_mean(const double *x, size_t n);			/* NaN for n = 0 */
double dist_variance(const double *x, size_t n, size_t ddof);	/* NaN for n <= ddof */

/* SplitMix64; start one with {seed}. The same seed gives the same numbers on every machine. */
struct dist_rng {
	uint64_t state;
};
#define DIST_SEED	UINT64_C(0x61747472696231)	/* of every resampling with no reason for another */
uint64_t dist_rng_next(struct dist_rng *r);
double dist_rng_unit(struct dist_rng *r);			/* [0, 1) with 53 bits */
size_t dist_rng_below(struct dist_rng *r, size_t n);		/* unbiased; 0 for n = 0 */
void dist_rng_shuffle(struct dist_rng *r, size_t *index, size_t n);

#endif

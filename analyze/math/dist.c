// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * dist.c - the only file that calls GSL
 *
 * GSL's incomplete beta gives up after 512 terms, which samples by the million need; beta_fraction() goes on from
 * there with the same continued fraction. GSL's quantiles are good to about 1e-9 in the middle; one or two Newton
 * steps on the distribution function make them good to the last digits.
 */
#include "analyze/math/dist.h"

#include <float.h>
#include <math.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>

#define LN_SQRT_2PI	0.918938533204672741780329736406
#define FRACTION_TERMS	200000	/* terms grow with the root of the larger parameter: enough for LARGEST_BETA */
#define LARGEST_BETA	1e10
#define NORMAL_DF	1e9	/* above, t is the normal to nine digits */

double dist_normal_cdf(double z)
{
	return .5 * erfc(-z * M_SQRT1_2);
}

double dist_normal_sf(double z)
{
	return .5 * erfc(z * M_SQRT1_2);
}

double dist_normal_p2(double z)
{
	return erfc(fabs(z) * M_SQRT1_2);
}

double dist_normal_quantile(double p)
{
	double z, slope;

	if (isnan(p) || p < 0 || p > 1)
		return NAN;
	if (p == 0 || p == 1)
		return p == 0 ? -INFINITY : INFINITY;
	gsl_set_error_handler_off();
	z = gsl_cdf_ugaussian_Pinv(p);
	slope = exp(-.5 * z * z - LN_SQRT_2PI);
	if (slope > DBL_MIN)
		z -= p < .5 ? (dist_normal_cdf(z) - p) / slope : ((1 - p) - dist_normal_sf(z)) / slope;
	return z;
}

/* Lentz's continued fraction of the incomplete beta; converges for x < (a + 1)/(a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), h, m, term, step;

	d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
	h = d;
	for (int i = 1; i <= FRACTION_TERMS; i++) {
		m = i;
		term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		d = 1 + term * d;
		c = 1 + term / c;
		d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
		h *= d * c;
		term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		d = 1 + term * d;
		c = 1 + term / (fabs(c) < DBL_MIN ? DBL_MIN : c);
		d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
		step = d * c;
		h *= step;
		if (fabs(step - 1) < 4 * DBL_EPSILON)
			return h;
	}
	return NAN;
}

/* x^a (1-x)^b / B(a, b): a binomial probability at real numbers. */
static double beta_factor(double a, double b, double x)
{
	return dist_binom_pmf(a, a + b, x) * a * b / (a + b);
}

double dist_beta_inc(double a, double b, double x)
{
	gsl_sf_result r;
	int rc;

	if (!(a > 0 && a < LARGEST_BETA) || !(b > 0 && b < LARGEST_BETA) || !(x >= 0 && x <= 1))
		return NAN;
	if (x == 0 || x == 1)
		return x;
	if (a < 1000 && b < 1000) {
		gsl_set_error_handler_off();
		rc = gsl_sf_beta_inc_e(a, b, x, &r);
		if (rc == GSL_SUCCESS && !isnan(r.val))
			return fmin(fmax(r.val, 0), 1);
	}
	if (x < (a + 1) / (a + b + 2))
		return fmin(beta_factor(a, b, x) * beta_fraction(a, b, x) / a, 1);
	return fmax(1 - beta_factor(a, b, x) * beta_fraction(b, a, 1 - x) / b, 0);
}

double dist_beta_quantile(double p, double a, double b)
{
	double lo = 0, hi = 1, x, f, slope, next;

	if (isnan(p) || isnan(a) || isnan(b) || p < 0 || p > 1 || a <= 0 || b <= 0)
		return NAN;
	if (p == 0 || p == 1)
		return p;
	x = a / (a + b);
	for (int i = 0; i < 200 && hi > lo; i++) {
		f = dist_beta_inc(a, b, x) - p;
		if (isnan(f))
			return NAN;
		if (f == 0)
			return x;
		if (f < 0)
			lo = x;
		else
			hi = x;
		slope = beta_factor(a, b, x) / (x * (1 - x));
		next = x - f / slope;
		if (!(next > lo && next < hi))
			next = .5 * (lo + hi);
		if (fabs(next - x) <= DBL_EPSILON * x || next == lo || next == hi)
			return next;
		x = next;
	}
	return x;
}

double dist_t_cdf(double t, double df)
{
	double tail = .5 * dist_t_p2(t, df);

	return t > 0 ? 1 - tail : tail;
}

double dist_t_p2(double t, double df)
{
	double x;

	if (isnan(t) || isnan(df) || df <= 0)
		return NAN;
	if (df > NORMAL_DF)
		return dist_normal_p2(t);
	if (isinf(t))
		return 0;
	x = t * t / df;
	/* Both forms are the same number; the one whose argument is not close to 1 keeps its digits. */
	return x > 1 ? dist_beta_inc(.5 * df, .5, 1 / (1 + x)) : 1 - dist_beta_inc(.5, .5 * df, x / (1 + x));
}

double dist_t_quantile(double p, double df)
{
	double q, x;

	if (isnan(p) || isnan(df) || p < 0 || p > 1 || df <= 0)
		return NAN;
	if (df > NORMAL_DF || p == 0 || p == 1)
		return dist_normal_quantile(p);
	if (p == .5)
		return 0;
	/* t^2 / (df + t^2) is beta distributed. */
	q = 2 * fmin(p, 1 - p);
	if (q > .5) {
		x = dist_beta_quantile(1 - q, .5, .5 * df);
		x = sqrt(df * x / (1 - x));
	} else {
		x = dist_beta_quantile(q, .5 * df, .5);
		x = sqrt(df * (1 - x) / x);
	}
	return p < .5 ? -x : x;
}

double dist_gamma_p(double a, double x)
{
	gsl_sf_result r;

	if (isnan(a) || isnan(x) || a <= 0 || x < 0)
		return NAN;
	if (isinf(x))
		return 1;
	gsl_set_error_handler_off();
	return gsl_sf_gamma_inc_P_e(a, x, &r) && isnan(r.val) ? NAN : r.val;
}

double dist_gamma_q(double a, double x)
{
	gsl_sf_result r;

	if (isnan(a) || isnan(x) || a <= 0 || x < 0)
		return NAN;
	if (isinf(x))
		return 0;
	gsl_set_error_handler_off();
	return gsl_sf_gamma_inc_Q_e(a, x, &r) && isnan(r.val) ? NAN : r.val;
}

double dist_chi2_cdf(double x, double df)
{
	return dist_gamma_p(.5 * df, .5 * fmax(x, 0));
}

double dist_chi2_sf(double x, double df)
{
	return dist_gamma_q(.5 * df, .5 * fmax(x, 0));
}

double dist_chi2_quantile(double p, double df)
{
	double x, f, slope, a = .5 * df;

	if (isnan(p) || isnan(df) || p < 0 || p > 1 || df <= 0)
		return NAN;
	if (p == 0 || p == 1)
		return p == 0 ? 0 : INFINITY;
	gsl_set_error_handler_off();
	x = p < .5 ? gsl_cdf_chisq_Pinv(p, df) : gsl_cdf_chisq_Qinv(1 - p, df);
	for (int i = 0; i < 3 && x > 0 && isfinite(x); i++) {
		f = p < .5 ? dist_chi2_cdf(x, df) - p : (1 - p) - dist_chi2_sf(x, df);
		slope = .5 * exp((a - 1) * log(.5 * x) - .5 * x - dist_lngamma(a));
		if (slope > 0 && fabs(f / slope) < .1 * x)
			x -= f / slope;
	}
	return x;
}

double dist_f_sf(double f, double d1, double d2)
{
	if (isnan(f) || isnan(d1) || isnan(d2) || d1 <= 0 || d2 <= 0)
		return NAN;
	if (f <= 0)
		return 1;
	if (isinf(f))
		return 0;
	return dist_beta_inc(.5 * d2, .5 * d1, d2 / (d2 + d1 * f));
}

double dist_lngamma(double x)
{
	gsl_sf_result r;

	gsl_set_error_handler_off();
	return gsl_sf_lngamma_e(x, &r) ? NAN : r.val;
}

double dist_digamma(double x)
{
	gsl_sf_result r;

	gsl_set_error_handler_off();
	return gsl_sf_psi_e(x, &r) ? NAN : r.val;
}

double dist_trigamma(double x)
{
	gsl_sf_result r;

	gsl_set_error_handler_off();
	return gsl_sf_psi_1_e(x, &r) ? NAN : r.val;
}

double dist_kolmogorov_sf(double x)
{
	double s = 0, odd;

	if (isnan(x))
		return NAN;
	if (x <= .04)
		return 1;
	if (x > 1.18) {
		for (int j = 4; j >= 1; j--)
			s += (j % 2 ? 2 : -2) * exp(-2. * j * j * x * x);
		return s;
	}
	for (int j = 5; j >= 1; j--) {
		odd = 2 * j - 1;
		s += exp(-odd * odd * M_PI * M_PI / (8 * x * x));
	}
	return 1 - sqrt(2 * M_PI) / x * s;
}

/*
 * Birnbaum and Tingey's sum is the exact one-sided tail; twice that counts twice the samples that leave the band on
 * both sides. From d = .5 on there are none; below, the limit's later terms take them away.
 */
double dist_kolmogorov_n_sf(double d, size_t n)
{
	double nn = (double)n, x = sqrt(nn) * d, s = 0, at;

	if (isnan(d) || n == 0)
		return NAN;
	if (d <= 0 || d >= 1)
		return d <= 0 ? 1 : 0;
	if (x < .8 || n > 20000)
		return dist_kolmogorov_sf(d * (sqrt(nn) + .12 + .11 / sqrt(nn)));
	for (size_t j = 0; (double)j < nn * (1 - d); j++) {
		at = d + (double)j / nn;
		if (at < 1)
			s += dist_binom_pmf((double)j, nn, at) / at;
	}
	s *= 2 * d;
	if (d < .5)
		s -= 2 * exp(-8 * x * x) - 2 * exp(-18 * x * x);
	return fmin(fmax(s, 0), 1);
}

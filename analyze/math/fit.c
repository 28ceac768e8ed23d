// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyze/math/fit.h"

#include <math.h>
#include <stdbool.h>

#include "analyze/math/dist.h"

#define STEPS	200
#define CLOSE	1e-14

static struct fit no_fit(enum fit_family family, size_t n)
{
	return (struct fit){ .family = family, .p1 = NAN, .p2 = NAN, .ll = NAN, .aic = NAN, .n = n };
}

static struct fit done(enum fit_family family, size_t n, double p1, double p2, double ll)
{
	if (!isfinite(p1) || !isfinite(p2) || !isfinite(ll))
		return no_fit(family, n);
	return (struct fit){ family, p1, p2, ll, 4 - 2 * ll, n };
}

struct logs {
	double mean;	/* of x */
	double mean_ln;
	double var_ln;	/* over n */
	double sum_ln;
};

/* False when nothing can be fitted. */
static bool take_logs(const double *x, size_t n, struct logs *l)
{
	struct dist_sum s = { 0 }, ss = { 0 };
	double m = (double)n;

	if (n < 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!(x[i] > 0) || !isfinite(x[i]))
			return false;
		dist_sum_add(&s, log(x[i]));
	}
	l->mean = dist_mean(x, n);
	l->sum_ln = dist_sum_value(&s);
	l->mean_ln = l->sum_ln / m;
	for (size_t i = 0; i < n; i++)
		dist_sum_add(&ss, (log(x[i]) - l->mean_ln) * (log(x[i]) - l->mean_ln));
	l->var_ln = dist_sum_value(&ss) / m;
	/* All equal, but for the rounding of a mean. */
	return l->var_ln > 1e-28 * (1 + l->mean_ln * l->mean_ln);
}

struct fit fit_lognormal(const double *x, size_t n)
{
	struct logs l;
	double m = (double)n, sigma;

	if (!take_logs(x, n, &l))
		return no_fit(FIT_LOGNORMAL, n);
	sigma = sqrt(l.var_ln);
	return done(FIT_LOGNORMAL, n, l.mean_ln, sigma, -m * (log(sigma) + .5 * log(2 * M_PI) + .5) - l.sum_ln);
}

/* Minka's generalised Newton on 1/a; three steps as a rule. */
struct fit fit_gamma(const double *x, size_t n)
{
	struct logs l;
	double m = (double)n, s, a, next, theta;

	if (!take_logs(x, n, &l))
		return no_fit(FIT_GAMMA, n);
	s = log(l.mean) - l.mean_ln;
	a = (3 - s + sqrt((s - 3) * (s - 3) + 24 * s)) / (12 * s);
	for (int i = 0; i < STEPS; i++) {
		next = 1 / (1 / a + (-s + log(a) - dist_digamma(a)) / (a * a * (1 / a - dist_trigamma(a))));
		if (!(next > 0) || fabs(next - a) <= CLOSE * a)
			break;
		a = next;
	}
	theta = l.mean / a;
	return done(FIT_GAMMA, n, a, theta,
		    (a - 1) * l.sum_ln - m * l.mean / theta - m * a * log(theta) - m * dist_lngamma(a));
}

/* Sums of (x/scale)^k times powers of ln x, so that no power overflows. */
static double weibull_slope(const double *x, size_t n, const struct logs *l, double k, double *derivative)
{
	struct dist_sum s0 = { 0 }, s1 = { 0 }, s2 = { 0 };
	double w, d, a0, a1, a2;

	for (size_t i = 0; i < n; i++) {
		d = log(x[i]) - l->mean_ln;
		w = exp(k * d);
		dist_sum_add(&s0, w);
		dist_sum_add(&s1, w * d);
		dist_sum_add(&s2, w * d * d);
	}
	a0 = dist_sum_value(&s0);
	a1 = dist_sum_value(&s1) / a0;
	a2 = dist_sum_value(&s2) / a0;
	*derivative = a2 - a1 * a1 + 1 / (k * k);
	return a1 - 1 / k;
}

struct fit fit_weibull(const double *x, size_t n)
{
	struct dist_sum s = { 0 };
	double m = (double)n, k, f, slope, next, ln_scale;
	struct logs l;

	if (!take_logs(x, n, &l))
		return no_fit(FIT_WEIBULL, n);
	k = 1.2 / sqrt(l.var_ln);
	for (int i = 0; i < STEPS; i++) {
		f = weibull_slope(x, n, &l, k, &slope);
		next = k - f / slope;
		if (!(next > 0))
			next = k / 2;
		if (fabs(next - k) <= CLOSE * k)
			break;
		k = next;
	}
	for (size_t i = 0; i < n; i++)
		dist_sum_add(&s, exp(k * (log(x[i]) - l.mean_ln)));
	ln_scale = l.mean_ln + log(dist_sum_value(&s) / m) / k;
	/* At the maximum sum (x/scale)^k is n. */
	return done(FIT_WEIBULL, n, k, exp(ln_scale), m * log(k) - m * k * ln_scale + (k - 1) * l.sum_ln - m);
}

size_t fit_all(const double *x, size_t n, struct fit out[FIT_FAMILIES])
{
	size_t best = FIT_FAMILIES;

	out[FIT_LOGNORMAL] = fit_lognormal(x, n);
	out[FIT_GAMMA] = fit_gamma(x, n);
	out[FIT_WEIBULL] = fit_weibull(x, n);
	for (size_t i = 0; i < FIT_FAMILIES; i++)
		if (!isnan(out[i].aic) && (best == FIT_FAMILIES || out[i].aic < out[best].aic))
			best = i;
	return best;
}

struct fit_quantile fit_lognormal_quantile(const struct fit *f, double q, double alpha)
{
	double z = dist_normal_quantile(q), w = dist_normal_quantile(1 - alpha / 2);
	struct fit_quantile r;

	r.value = exp(f->p1 + z * f->p2);
	r.se_ln = f->p2 * sqrt((1 + z * z / 2) / (double)f->n);
	r.lo = r.value * exp(-w * r.se_ln);
	r.hi = r.value * exp(w * r.se_ln);
	return r;
}

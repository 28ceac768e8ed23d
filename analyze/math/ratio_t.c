// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ratio_t.c - the t statistics of ratio.h, on numbers that are already there
 */
#include "analyze/math/ratio.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"
#include "analyze/math/rank.h"

#define PRIOR_DF	4.	/* of method 2.3: the weight of the family against the function's own variance */

static struct ratio_t finish(double diff, double se, double df)
{
	struct ratio_t r = { .diff = diff, .se = se, .df = df, .t = NAN };

	if (se > 0)
		r.t = diff / se;
	else if (se == 0)
		r.t = diff == 0 ? 0 : copysign(INFINITY, diff);
	r.p = dist_t_p2(r.t, df);
	return r;
}

struct ratio_t ratio_welch(const double *a, size_t na, const double *b, size_t nb)
{
	double va = dist_variance(a, na, 1) / (double)na, vb = dist_variance(b, nb, 1) / (double)nb, df;

	df = va + vb > 0 ? (va + vb) * (va + vb) / (va * va / ((double)na - 1) + vb * vb / ((double)nb - 1)) :
			   (double)na + (double)nb - 2;
	return finish(dist_mean(b, nb) - dist_mean(a, na), sqrt(va + vb), df);
}

struct ratio_t ratio_student(const double *a, size_t na, const double *b, size_t nb, size_t ddof)
{
	double m = (double)na, n = (double)nb, va = dist_variance(a, na, ddof), vb = dist_variance(b, nb, ddof);
	double pooled = ((m - 1) * va + (n - 1) * vb) / (m + n - 2);

	return finish(dist_mean(b, nb) - dist_mean(a, na), sqrt(pooled * (1 / m + 1 / n)), m + n - 2);
}

struct ratio_t ratio_moderated(double diff, double var, double floor, double d, double prior)
{
	double phi = floor > 0 ? (PRIOR_DF * prior + d * var / floor) / (PRIOR_DF + d) : 1;
	double se2 = floor > 0 ? fmax(phi, 1) * floor : var * d / (PRIOR_DF + d);

	return finish(diff, sqrt(se2), d + PRIOR_DF);
}

struct ratio_t ratio_linearised(const struct ratio_side *a, const struct ratio_side *b, double *satterthwaite)
{
	double v = a->var + b->var, ma = (double)a->windows, mb = (double)b->windows;

	if (satterthwaite)
		*satterthwaite = v * v / (a->var * a->var / (ma - 1) + b->var * b->var / (mb - 1));
	return finish(b->value - a->value, sqrt(v), ma + mb - 2);
}

int ratio_prior_phi(const double *phi, size_t n, double d, double *prior, struct err *err)
{
	double *copy;

	*prior = 1;
	if (n == 0 || !(d > 0))
		return 0;
	copy = calloc(n, sizeof(*copy));
	if (!copy)
		return err_nomem(err);
	memcpy(copy, phi, n * sizeof(*copy));
	n = rank_clean(copy, n);
	if (n > 0)
		*prior = fmax(1, rank_median(copy, n) / (dist_chi2_quantile(.5, d) / d));
	free(copy);
	return 0;
}

/* Pearson's X^2 of one side around its own rate. */
static double pearson(const struct ratio_window *w, size_t n, double rate)
{
	struct dist_sum s = { 0 };
	double mu;

	for (size_t i = 0; i < n; i++) {
		mu = rate * w[i].exposure;
		if (mu > 0)
			dist_sum_add(&s, (w[i].amount - mu) * (w[i].amount - mu) / mu);
	}
	return dist_sum_value(&s);
}

struct ratio_quasi ratio_quasi(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
			       double alpha)
{
	const struct ratio_opts cost = { .kind = RATIO_COST };
	struct ratio_side sa = ratio_side(a, na, &cost), sb = ratio_side(b, nb, &cost);
	struct ratio_quasi r;
	double q;

	r.df = (double)na + (double)nb - 2;
	r.beta = log(sb.value / sa.value);
	r.phi = r.df > 0 ? (pearson(a, na, sa.value) + pearson(b, nb, sb.value)) / r.df : NAN;
	r.se_poisson = sqrt(1 / sa.amount + 1 / sb.amount);
	r.se = sqrt(r.phi) * r.se_poisson;
	r.t = r.beta / r.se;
	r.p = dist_t_p2(r.t, r.df);
	q = dist_t_quantile(1 - alpha / 2, r.df);
	r.lo = exp(r.beta - q * r.se);
	r.hi = exp(r.beta + q * r.se);
	return r;
}

double ratio_nb_alpha(const struct ratio_window *w, size_t n)
{
	const struct ratio_opts cost = { .kind = RATIO_COST };
	double rate = ratio_side(w, n, &cost).value, mu;
	struct dist_sum over = { 0 }, mu2 = { 0 };

	for (size_t i = 0; i < n; i++) {
		mu = rate * w[i].exposure;
		dist_sum_add(&over, (w[i].amount - mu) * (w[i].amount - mu) - w[i].amount);
		dist_sum_add(&mu2, mu * mu);
	}
	return fmax(0, dist_sum_value(&over) / dist_sum_value(&mu2));
}

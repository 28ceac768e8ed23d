// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * rates.c - tests and intervals for plain counts
 *
 * Wilson and Newcombe rather than Wald, Clopper-Pearson on the conditional binomial for two Poisson rates: all of
 * them hold their level at small counts, where a load test's errors live.
 */
#include "analyze/math/rates.h"

#include <math.h>
#include <stddef.h>

#include "analyze/math/dist.h"

struct rates_ci rates_wilson(double k, double n, double alpha)
{
	double z = dist_normal_quantile(1 - alpha / 2), mid, half;

	if (isnan(k) || isnan(n) || k < 0 || k > n || isnan(z))
		return (struct rates_ci){ NAN, NAN };
	if (n == 0)
		return (struct rates_ci){ 0, 1 };
	mid = k + z * z / 2;
	half = z * sqrt(k * (n - k) / n + z * z / 4);
	/* At the ends the formula cancels to a rounding error of 0 or 1. */
	return (struct rates_ci){ k == 0 ? 0 : (mid - half) / (n + z * z), k == n ? 1 : (mid + half) / (n + z * z) };
}

struct rates_ci rates_newcombe(double k1, double n1, double k2, double n2, double alpha)
{
	struct rates_ci w1 = rates_wilson(k1, n1, alpha), w2 = rates_wilson(k2, n2, alpha);
	double p1 = k1 / n1, p2 = k2 / n2, d = p1 - p2;

	return (struct rates_ci){ d - sqrt((p1 - w1.lo) * (p1 - w1.lo) + (w2.hi - p2) * (w2.hi - p2)),
				  d + sqrt((w1.hi - p1) * (w1.hi - p1) + (p2 - w2.lo) * (p2 - w2.lo)) };
}

struct rates_ci rates_garwood(double x, double alpha)
{
	if (isnan(x) || x < 0)
		return (struct rates_ci){ NAN, NAN };
	return (struct rates_ci){ x == 0 ? 0 : dist_chi2_quantile(alpha / 2, 2 * x) / 2,
				  dist_chi2_quantile(1 - alpha / 2, 2 * x + 2) / 2 };
}

/* 2 x ln(x / expected), 0 for x = 0. */
static double g_part(double x, double expected)
{
	return x > 0 ? 2 * x * log(x / expected) : 0;
}

struct rates_pooled rates_pooled(double xa, double na, double xb, double nb, double alpha)
{
	double pa = xa / na, pb = xb / nb, p = (xa + xb) / (na + nb), zq = dist_normal_quantile(1 - alpha / 2);
	struct rates_pooled r;

	r.z = (pb - pa) / sqrt(p * (1 - p) * (1 / na + 1 / nb));
	r.p = dist_normal_p2(r.z);
	r.chi2 = r.z * r.z;
	r.g = g_part(xa, na * p) + g_part(na - xa, na * (1 - p)) + g_part(xb, nb * p) + g_part(nb - xb, nb * (1 - p));
	r.se_ln = sqrt(1 / xb - 1 / nb + 1 / xa - 1 / na);
	r.lo = exp(log(pb / pa) - zq * r.se_ln);
	r.hi = exp(log(pb / pa) + zq * r.se_ln);
	return r;
}

struct rates_poisson rates_poisson(double xa, double ta, double xb, double tb, double alpha)
{
	double n = xa + xb, share = tb / (ta + tb), zq = dist_normal_quantile(1 - alpha / 2), lo, hi, se;
	struct rates_poisson r = { NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN };

	if (!(xa >= 0 && xb >= 0 && ta > 0 && tb > 0) || n == 0)
		return r;
	r.ratio = xb / tb / (xa / ta);
	r.p_exact = dist_binom_test(xb, n, share);
	r.p_mid = fmin(fmax(r.p_exact - .5 * dist_binom_pmf(xb, n, share), 0), 1);
	r.z = (xb - n * share) / sqrt(n * share * (1 - share));
	r.p_score = dist_normal_p2(r.z);
	r.z_sqrt = 2 * (sqrt(xb + .375) - sqrt((xa + .375) * tb / ta)) / sqrt(1 + tb / ta);
	lo = xb == 0 ? 0 : dist_beta_quantile(alpha / 2, xb, xa + 1);
	hi = xa == 0 ? 1 : dist_beta_quantile(1 - alpha / 2, xb + 1, xa);
	r.lo = lo / (1 - lo) * ta / tb;
	r.hi = hi < 1 ? hi / (1 - hi) * ta / tb : INFINITY;
	se = sqrt(1 / xa + 1 / xb);
	r.lo_wald = r.ratio * exp(-zq * se);
	r.hi_wald = r.ratio * exp(zq * se);
	return r;
}

double rates_power_z(double alpha, double power)
{
	return dist_normal_quantile(1 - alpha / 2) + dist_normal_quantile(power);
}

double rates_mde_share(double p, double na, double nb, double phi, double alpha, double power)
{
	return rates_power_z(alpha, power) * sqrt(phi * p * (1 - p) * (1 / na + 1 / nb));
}

double rates_mde(double se, double alpha, double power)
{
	return expm1(rates_power_z(alpha, power) * se);
}

double rates_naive_fpr(double phi, double alpha)
{
	return dist_normal_p2(dist_normal_quantile(1 - alpha / 2) / sqrt(phi));
}

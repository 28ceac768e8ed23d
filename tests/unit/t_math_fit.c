// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Vectors of method 3.1: its formulas in numpy with scipy 1.17.1's digamma and polygamma; ln likelihoods by
 * scipy.stats.gamma.logpdf(x, a, 0, theta).sum() and weibull_min.logpdf(x, k, 0, lambda).sum().
 */
#include "tests/unit/check.h"

#include "analyze/math/fit.h"

#define REL(got, want, rel)	CHECK_NEAR((got), (want), (rel) * fabs(want))

static const double a[12] = { .12, .15, .11, .31, .18, .22, .14, .45, .16, .19, .13, .27 };
static const double b[12] = { .21, .19, .35, .28, .52, .24, .61, .33, .26, .41, .23, .72 };

static void same(struct fit f, double p1, double p2, double ll)
{
	REL(f.p1, p1, 1e-11);
	REL(f.p2, p2, 1e-11);
	REL(f.ll, ll, 1e-11);
	REL(f.aic, 4 - 2 * ll, 1e-11);
}

static void families(void)
{
	struct fit all[FIT_FAMILIES];

	same(fit_lognormal(a, 12), -1.68602124568094, .403719230724273, 14.0894199426962);
	same(fit_lognormal(b, 12), -1.1054183607552, .415128513961491, 6.78776354452973);
	same(fit_gamma(a, 12), 5.7791379558658, .0350398280066084, 13.3851295318419);
	same(fit_gamma(b, 12), 5.67486557928188, .0638781650306283, 6.30232809040542);
	same(fit_weibull(a, 12), 2.2724762133096, .229662779437754, 12.2230335434401);
	same(fit_weibull(b, 12), 2.38019763978539, .411081569021453, 5.48876186922492);
	CHECK(fit_all(a, 12, all) == FIT_LOGNORMAL);
	REL(all[FIT_GAMMA].aic, -22.770259, 1e-7);
	CHECK(all[FIT_WEIBULL].family == FIT_WEIBULL);
}

static void quantile(void)
{
	struct fit f = fit_lognormal(a, 12);
	struct fit_quantile q = fit_lognormal_quantile(&f, .99, .05);

	REL(q.value, .473866391460949, 1e-12);
	REL(q.se_ln, .224356382394366, 1e-12);
	REL(q.lo, .305269495481108, 1e-12);
	REL(q.hi, .735577449696799, 1e-12);
	f = fit_lognormal(b, 12);
	q = fit_lognormal_quantile(&f, .99, .05);
	REL(q.value, .869632104770636, 1e-12);
	REL(q.lo, .553306916001531, 1e-12);
	REL(q.hi, 1.3668001895095, 1e-12);
}

/* Another unit only moves the scale: no overflow in the powers of nanoseconds. */
static void nanoseconds(void)
{
	struct fit f;
	double ns[12];

	for (size_t i = 0; i < 12; i++)
		ns[i] = a[i] * 1e9;
	f = fit_weibull(ns, 12);
	REL(f.p1, 2.2724762133096, 1e-11);
	REL(f.p2, .229662779437754e9, 1e-11);
	f = fit_gamma(ns, 12);
	REL(f.p1, 5.7791379558658, 1e-9);
}

static void no_fit(void)
{
	static const double equal[] = { .3, .3, .3 }, zero[] = { 1, 0, 2 }, gap[] = { 1, NAN, 2 };
	struct fit all[FIT_FAMILIES];

	CHECK(fit_all(equal, 3, all) == FIT_FAMILIES);
	CHECK(fit_all(zero, 3, all) == FIT_FAMILIES);
	CHECK(fit_all(gap, 3, all) == FIT_FAMILIES);
	CHECK(fit_all(a, 1, all) == FIT_FAMILIES);
	CHECK(fit_all(NULL, 0, all) == FIT_FAMILIES);
	CHECK(isnan(all[FIT_GAMMA].aic) && isnan(all[FIT_GAMMA].p1));
	CHECK(isnan(fit_lognormal_quantile(&all[FIT_LOGNORMAL], .99, .05).value));
}

int main(void)
{
	families();
	quantile();
	nanoseconds();
	no_fit();
	return check_done();
}

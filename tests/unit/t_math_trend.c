// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Vectors of method 3.4 (leak), 5.4 (cpu over rps), 6 (lag). Digits from scipy 1.17.1 (theilslopes, linregress),
 * statsmodels 0.15.0 (OLS with interaction), pymannkendall 1.4.3 (hamed_rao_modification_test).
 */
#include "tests/unit/check.h"

#include "analyze/math/trend.h"

#define REL(got, want, rel)	CHECK_NEAR((got), (want), (rel) * fabs(want))

static const double leak[12] = { 101, 103, 102, 105, 107, 106, 110, 109, 113, 115, 114, 118 };
static const double flat[10] = { 50, 52, 49, 51, 50, 53, 48, 52, 51, 50 };
static const double rps[5] = { 100, 150, 200, 250, 300 };
static const double cpu_a[5] = { 1.05, 1.32, 1.48, 1.77, 2.01 }, cpu_b[5] = { 1.20, 1.62, 1.89, 2.31, 2.61 };

static void mann_kendall(void)
{
	static const double wave[30] = { 1, 2, 4,  3,  5,  6,  8,  7,  9,  8,  10, 12, 11, 9,  8,
					 7, 9, 11, 13, 14, 15, 14, 13, 12, 14, 16, 17, 18, 17, 19 };
	struct trend_mk m;
	struct err err;

	CHECK(trend_mann_kendall(leak, 12, &m, &err) == 0);
	CHECK(m.s == 58);
	REL(m.var, 212.66666666666666, 1e-14);
	REL(m.z, 3.9086352435453273, 1e-13);
	REL(m.p, 9.281898133695066e-05, 1e-11);
	REL(m.tau, .8787878787878788, 1e-14);
	CHECK(m.inflation == 1 && m.p_corrected == m.p);
	CHECK(trend_mann_kendall(flat, 10, &m, &err) == 0);
	CHECK(m.s == 0 && m.z == 0 && m.p == 1);
	REL(m.var, 119.33333333333333, 1e-14);
	CHECK(trend_mann_kendall(wave, 30, &m, &err) == 0);
	CHECK(m.s == 351);
	REL(m.var, 3125.6666666666665, 1e-14);
	REL(m.p, 3.84181875130846e-10, 1e-11);
	REL(m.inflation, 1.0880824342318, 1e-12);
	REL(m.p_corrected, 1.95403053750222e-09, 1e-11);
	CHECK(trend_mann_kendall(leak, 2, &m, &err) == 0);
	CHECK(isnan(m.p));
}

static void theil_sen(void)
{
	static const double t[] = { 0, 1, 1, 2, 4, 7, 7, 9 }, y[] = { 3, 4, 3.5, 6, 6, 9, 11, 10 };
	static double longer[5000];
	struct trend_sen s;
	struct err err;

	CHECK(trend_theil_sen(NULL, leak, 12, .05, &s, &err) == 0);
	REL(s.slope, 1.5, 1e-14);
	REL(s.lo, 1.3, 1e-14);
	REL(s.hi, 5. / 3, 1e-14);
	REL(s.intercept, 99.75, 1e-14);
	REL(s.se, (5. / 3 - 1.3) / (2 * 1.959963984540054), 1e-13);
	CHECK(trend_theil_sen(NULL, flat, 10, .05, &s, &err) == 0);
	CHECK(s.slope == 0);
	REL(s.lo, -2. / 3, 1e-14);
	REL(s.hi, .5, 1e-14);
	CHECK(trend_theil_sen(t, y, 8, .05, &s, &err) == 0);
	REL(s.slope, 5. / 6, 1e-14);
	REL(s.intercept, 3.5, 1e-14);
	REL(s.lo, 4. / 7, 1e-14);
	REL(s.hi, 1.25, 1e-14);
	CHECK(trend_theil_sen(rps, cpu_a, 5, .05, &s, &err) == 0);
	REL(s.slope, .0048, 1e-12);
	CHECK(trend_theil_sen(rps, cpu_b, 5, .05, &s, &err) == 0);
	REL(s.slope, .006975, 1e-12);
	/* A saw-tooth on a line, longer than all slopes would have room for. */
	for (size_t i = 0; i < 5000; i++)
		longer[i] = 7 + .25 * (double)i + (double)(i % 3);
	CHECK(trend_theil_sen(NULL, longer, 5000, .05, &s, &err) == 0);
	CHECK_NEAR(s.slope, .25, 1e-3);
	CHECK_NEAR(s.intercept, 8, 1);
	CHECK(trend_theil_sen(NULL, leak, 1, .05, &s, &err) == 0);
	CHECK(isnan(s.slope));
	CHECK(trend_theil_sen(t + 1, y, 2, .05, &s, &err) == 0);
	CHECK(isnan(s.slope));
}

static void least_squares(void)
{
	static const double line[] = { 1, 3, 5 };
	struct trend_ols o = trend_ols(NULL, leak, 12);

	REL(o.slope, 1.493006993006993, 1e-13);
	REL(o.intercept, 100.37179487179486, 1e-13);
	REL(o.se, .106303673928425, 1e-12);
	REL(o.se_intercept, .6902921103830227, 1e-12);
	REL(o.r, .9755768374319592, 1e-13);
	REL(o.p, 6.569000659194026e-08, 1e-10);
	o = trend_ols(rps, cpu_a, 5);
	REL(o.slope, .00474, 1e-12);
	REL(o.intercept, .578, 1e-12);
	REL(o.se, .000207525098883649, 1e-10);
	REL(o.p, .000183805629943435, 1e-9);
	o = trend_ols(rps, cpu_b, 5);
	REL(o.slope, .00702, 1e-12);
	REL(o.intercept, .522, 1e-12);
	REL(o.se, .000266082693912996, 1e-10);
	o = trend_ols(NULL, line, 3);
	CHECK(o.slope == 2 && o.se == 0 && o.p == 0);
	CHECK(isnan(trend_ols(NULL, line, 1).slope));
	CHECK(isnan(trend_ols(NULL, line, 2).p));
}

static void two_slopes(void)
{
	struct trend_diff offset, d = trend_ancova(rps, cpu_a, 5, rps, cpu_b, 5, &offset);

	REL(d.diff, .00228, 1e-12);
	REL(d.stat, 6.75672966638043, 1e-11);
	REL(d.p, .000512740172783344, 1e-10);
	CHECK(d.df == 6);
	REL(offset.diff, -.056, 1e-11);
	REL(offset.stat, -.782318258717943, 1e-11);
	REL(offset.p, .463773814043769, 1e-11);
	d = trend_slope_diff(1, .3, 2, .4);
	REL(d.stat, 2., 1e-14);
	REL(d.p, .0455002638963584, 1e-12);
	CHECK(isnan(trend_slope_diff(1, 0, 1, 0).p));
	CHECK(trend_slope_diff(1, 0, 2, 0).p == 0);
	CHECK(isnan(trend_ancova(rps, cpu_a, 2, rps, cpu_b, 2, NULL).p));
}

static void autocorrelation(void)
{
	static const double x[] = { 1, 2, 4, 3, 5, 6, 8, 7, 9, 8, 10, 12 }, still[] = { 2, 2, 2 };
	double out[12];

	REL(trend_autocorrelation(x, 12, 0), 1., 1e-15);
	REL(trend_autocorrelation(x, 12, 1), .63933601609658, 1e-13);
	REL(trend_autocorrelation(x, 12, 2), .429577464788732, 1e-13);
	REL(trend_autocorrelation(x, 12, 3), .300301810865191, 1e-13);
	REL(trend_n_eff(x, 12), 12 * (1 - .63933601609658) / (1 + .63933601609658), 1e-12);
	CHECK(isnan(trend_autocorrelation(still, 3, 1)));
	CHECK(trend_n_eff(still, 3) == 3);
	CHECK(trend_n_eff(flat, 10) == 10);
	CHECK(trend_prewhiten(x, 12, out) == 11);
	REL(out[0], 2 - .63933601609658, 1e-13);
	REL(out[10], 12 - .63933601609658 * 10, 1e-13);
	CHECK(trend_prewhiten(flat, 10, out) == 10);
	CHECK(out[9] == 50);
}

static void lags(void)
{
	static const double x[12] = { 0, 0, 1, 3, 7, 4, 2, 1, 0, 0, 0, 0 };
	static const double y[12] = { 0, 0, 0, 0, 1, 3, 7, 4, 2, 1, 0, 0 };
	static const double want[] = { -.231132075471698, .188679245283019, .617924528301887, .915094339622642,
				       .533018867924528, .0188679245283019 };
	struct trend_lag l;

	for (long k = -1; k <= 4; k++)
		REL(trend_xcorr(x, y, 12, k), want[k + 1], 1e-13);
	l = trend_lag(x, y, 12, 4);
	CHECK(l.lag == 2);
	CHECK(l.accepted);
	REL(l.r, .915094339622642, 1e-13);
	l = trend_lag(y, x, 12, 4);
	CHECK(l.lag == -2);
	l = trend_lag(flat, leak, 10, 4);
	CHECK(!l.accepted);
	CHECK(isnan(trend_xcorr(x, y, 12, 12)));
	CHECK(!trend_lag(x, y, 0, 4).accepted);
	CHECK(!trend_lag(x, y, 1, 4).accepted);
}

static void not_numbers(void)
{
	static const double bad[] = { 1, NAN, 3, 4 };
	struct trend_sen s;
	struct trend_mk m;
	struct err err;

	CHECK(trend_mann_kendall(bad, 4, &m, &err) == 0 && isnan(m.p));
	CHECK(trend_theil_sen(NULL, bad, 4, .05, &s, &err) == 0 && isnan(s.slope));
	CHECK(trend_theil_sen(bad, leak, 4, .05, &s, &err) == 0 && isnan(s.slope));
	CHECK(isnan(trend_ols(NULL, bad, 4).slope));
}

int main(void)
{
	not_numbers();
	mann_kendall();
	theil_sen();
	least_squares();
	two_slopes();
	autocorrelation();
	lags();
	return check_done();
}

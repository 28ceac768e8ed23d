// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Vectors of method 3.2 and 3.3 (GC pauses in ms), 2.2 (exact Mann-Whitney), and a pair of samples of unequal size;
 * digits from scipy 1.17.1: mannwhitneyu(b, a, method=..), ks_2samp(b, a, method=..), wasserstein_distance,
 * numpy.quantile,
 * numpy.median(b[:, None] - a[None, :]), binom.ppf and binom.cdf.
 */
#include "tests/unit/check.h"

#include <stdlib.h>

#include "analyze/math/dist.h"
#include "analyze/math/rank.h"

#define REL(got, want, rel)	CHECK_NEAR((got), (want), (rel) * fabs(want))

static const double a[12] = { .12, .15, .11, .31, .18, .22, .14, .45, .16, .19, .13, .27 };
static const double b[12] = { .21, .19, .35, .28, .52, .24, .61, .33, .26, .41, .23, .72 };
static const double x[7] = { -.802, -1.324, -.248, .42, 1.136, .11, -.553 };
static const double y[30] = { .015, 1.549, 2.435, 1.073, -.433, -.158, 2.4, 1.003, -.932, .716,
			      -.363, .171,  .312,  .087,  1.353, .737,  .211, 1.21,  1.63,  -.843,
			      .543,  -.181, .627,  -.489, .821,	 .762,	.496, -.247, .404,  -.291 };

static void mann_whitney(void)
{
	static const double d1_a[] = { .0501661, .0471186, .0523732, .0496644, .0515807 };
	static const double d1_b[] = { .0644231, .0610390, .0679365, .0630048, .0620915 };
	static const double d2_a[] = { .0398671, .0644068, .0458265, .0587248, .0425957 };
	static const double d2_b[] = { .0480769, .0746753, .0650794, .0516963, .0794118 };
	struct rank_mwu r;
	struct err err;

	CHECK(rank_mwu(a, 12, b, 12, &r, &err) == 0);
	CHECK(r.u == 121.5);
	REL(r.p, .00466016413382898, 1e-12);
	CHECK(!r.exact);
	REL(r.a12, .84375, 1e-15);
	REL(r.delta, .6875, 1e-15);
	CHECK(r.z > 0);
	CHECK(rank_mwu(b, 12, a, 12, &r, &err) == 0);
	CHECK(r.z < 0);
	REL(r.p, .00466016413382898, 1e-12);
	CHECK(rank_mwu(d1_a, 5, d1_b, 5, &r, &err) == 0);
	CHECK(r.exact);
	CHECK(r.u == 25);
	REL(r.p, .007936507936507936, 1e-14);
	CHECK(rank_mwu(d2_a, 5, d2_b, 5, &r, &err) == 0);
	CHECK(r.u == 21);
	REL(r.p, .09523809523809523, 1e-14);
	CHECK(rank_mwu(x, 7, y, 30, &r, &err) == 0);
	CHECK(r.u == 150);
	CHECK(r.exact);
	REL(r.p, .0844897640438437, 1e-12);
	CHECK(rank_mwu(y, 30, x, 7, &r, &err) == 0);
	REL(r.p, .0844897640438437, 1e-12);
	CHECK(rank_mwu(a, 0, b, 12, &r, &err) == 0);
	CHECK(isnan(r.p) && isnan(r.u));
}

static void all_equal(void)
{
	static const double one[] = { 1, 1, 1 };
	struct rank_mwu r;
	struct rank_ks k;
	struct err err;

	CHECK(rank_mwu(one, 3, one, 3, &r, &err) == 0);
	CHECK(r.p == 1 && r.a12 == .5);
	CHECK(rank_ks(one, 3, one, 3, &k, &err) == 0);
	CHECK(k.d == 0 && k.p == 1);
}

static void hodges_lehmann(void)
{
	static const double minus[] = { -1, 2 };
	struct rank_shift s;
	struct err err;

	CHECK(rank_shift(a, 12, b, 12, .05, &s, &err) == 0);
	CHECK_NEAR(s.shift, .12, 1e-15);
	CHECK_NEAR(s.lo, .05, 1e-15);
	CHECK_NEAR(s.hi, .25, 1e-15);
	CHECK(rank_shift_ratio(a, 12, b, 12, .05, &s, &err) == 0);
	REL(s.shift, 1.759589112876596, 1e-13);
	CHECK(s.lo > 1 && s.hi > s.shift);
	CHECK(rank_shift(x, 7, y, 30, .05, &s, &err) == 0);
	CHECK_NEAR(s.shift, .6335, 1e-14);
	CHECK_NEAR(s.lo, -.108, 1e-14);
	CHECK_NEAR(s.hi, 1.374, 1e-14);
	CHECK(rank_shift_ratio(x, 7, y, 30, .05, &s, &err) == 0);
	CHECK(isnan(s.shift) && isnan(s.lo));
	/* 2 against 2 has no interval at .05. */
	CHECK(rank_shift(minus, 2, minus, 2, .05, &s, &err) == 0);
	CHECK(s.shift == 0 && isnan(s.lo) && isnan(s.hi));
	CHECK(rank_shift(minus, 0, minus, 2, .05, &s, &err) == 0);
	CHECK(isnan(s.shift));
}

static int ascending(const void *p, const void *q)
{
	double u = *(const double *)p, v = *(const double *)q;

	return u < v ? -1 : u > v;
}

/* The order statistics found by bisection are those found by sorting all differences, to the last bit. */
static void hodges_lehmann_by_sorting(void)
{
	static double u[60], v[45], d[60 * 45];
	struct dist_rng r = { 9 };
	struct rank_shift s;
	struct err err;
	size_t n = 0, k;

	for (size_t i = 0; i < 60; i++)
		u[i] = floor(20 * dist_rng_unit(&r)) / 7 - 1;
	for (size_t i = 0; i < 45; i++)
		v[i] = floor(20 * dist_rng_unit(&r)) / 7 - 1;
	for (size_t i = 0; i < 60; i++)
		for (size_t j = 0; j < 45; j++)
			d[n++] = v[j] - u[i];
	qsort(d, n, sizeof(*d), ascending);
	CHECK(rank_shift(u, 60, v, 45, .05, &s, &err) == 0);
	CHECK(s.shift == .5 * (d[n / 2 - 1] + d[n / 2]));
	k = (size_t)floor((double)n / 2 - 1.959963984540054 * sqrt((double)n * 106 / 12));
	CHECK(s.lo == d[k - 1]);
	CHECK(s.hi == d[n - k]);
}

static void kolmogorov_smirnov(void)
{
	static double low[50], high[40];
	struct rank_ks k;
	struct err err;

	CHECK(rank_ks(a, 12, b, 12, &k, &err) == 0);
	REL(k.d, 7. / 12, 1e-15);
	CHECK(k.exact);
	REL(k.p, .0314360562038581, 1e-12);
	REL(k.p_asymptotic, .0180751135973937, 1e-12);
	CHECK(rank_ks(x, 7, y, 30, &k, &err) == 0);
	REL(k.d, .371428571428571, 1e-14);
	REL(k.p, .320328781429351, 1e-12);
	REL(k.p_asymptotic, .300311208616045, 1e-2);
	for (size_t i = 0; i < 50; i++)
		low[i] = (double)i;
	for (size_t i = 0; i < 40; i++)
		high[i] = 100 + (double)i;
	CHECK(rank_ks(low, 50, high, 40, &k, &err) == 0);
	REL(k.p, 3.34052053860239e-26, 1e-11);
	CHECK(rank_ks(low, 0, high, 40, &k, &err) == 0);
	CHECK(isnan(k.p));
}

static void wasserstein(void)
{
	struct err err;
	double w;

	CHECK(rank_wasserstein(a, 12, b, 12, &w, &err) == 0);
	REL(w, .16, 1e-14);
	CHECK(rank_wasserstein(x, 7, y, 30, &w, &err) == 0);
	REL(w, .667409523809524, 1e-13);
	CHECK(rank_wasserstein(x, 7, y, 0, &w, &err) == 0);
	CHECK(isnan(w));
}

static void quantiles(void)
{
	/* Knowledge F17: P95 of seven days. */
	double v[] = { 100, 102, 98, 101, 99, 103, 97, 100, 105, 110 }, s[12], m, mad;
	double trend[] = { 101, 103, 102, 105, 107, 106, 110, 109, 113, 115, 114, 118 };
	double gaps[] = { 3, NAN, 1, INFINITY, 2 };

	memcpy(s, a, sizeof(s));
	rank_sort(s, 12);
	REL(rank_quantile(s, 12, 0), .11, 1e-15);
	REL(rank_quantile(s, 12, .1), .121, 1e-14);
	REL(rank_quantile(s, 12, .5), .17, 1e-14);
	REL(rank_quantile(s, 12, .9), .306, 1e-14);
	REL(rank_quantile(s, 12, .99), .4346, 1e-14);
	REL(rank_quantile(s, 12, 1), .45, 1e-15);
	CHECK(isnan(rank_quantile(s, 0, .5)));
	CHECK(isnan(rank_quantile(s, 12, 1.5)));
	memcpy(s, b, sizeof(s));
	REL(rank_median(s, 12), .305, 1e-14);
	rank_sort(v, 10);
	REL(rank_quantile(v, 10, .95), 107.75, 1e-14);
	mad = rank_mad(v, 10, &m);
	CHECK(m == 100.5 && mad == 2);
	mad = rank_mad(trend, 12, &m);
	REL(mad * RANK_MAD_SIGMA, 7.413, 1e-14);
	CHECK(isnan(rank_mad(trend, 0, &m)) && isnan(m));
	CHECK(rank_clean(gaps, 5) == 3);
	CHECK(gaps[0] == 3 && gaps[1] == 1 && gaps[2] == 2);
}

static void quantile_intervals(void)
{
	static const struct {
		size_t n;
		double q;
		size_t lo, hi;
		double coverage;
	} row[] = {
		{ 12, .5, 3, 10, .9614257812 },	   { 12, .9, 8, 0, .9956706567 },
		{ 12, .95, 10, 0, .9804317380 },   { 12, .99, 11, 0, .9938254622 },
		{ 100, .5, 40, 61, .9647997998 },  { 100, .9, 84, 96, .9556901072 },
		{ 100, .95, 90, 100, .9826070607 }, { 100, .99, 97, 0, .9816259636 },
		{ 1000, .5, 469, 532, .9537088026 }, { 1000, .9, 881, 919, .9549071811 },
		{ 1000, .95, 936, 964, .9580952682 }, { 1000, .99, 983, 997, .9760947635 },
	};
	struct rank_quantile_ci ci;

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		ci = rank_quantile_ci(row[i].n, row[i].q, .05);
		CHECK(ci.lo == row[i].lo);
		CHECK(ci.hi == row[i].hi);
		CHECK_NEAR(ci.coverage, row[i].coverage, 1e-10);
	}
	CHECK(rank_quantile_need(.99, .05, true) == 368);
	CHECK(rank_quantile_need(.95, .05, true) == 72);
	CHECK(rank_quantile_need(.99, .05, false) == 299);
	CHECK(rank_quantile_need(.95, .05, false) == 59);
	/* A quantile far out of a small sample has no lower bound either. */
	ci = rank_quantile_ci(5, .01, .05);
	CHECK(ci.lo == 0 && ci.hi == 2);
	CHECK(isnan(rank_quantile_ci(0, .5, .05).coverage));
}

/* A value that is not a number makes the answer none, not the loop endless. */
static void not_numbers(void)
{
	static const double bad[] = { 1, NAN, 3 }, far[] = { 1, INFINITY };
	struct rank_shift s;
	struct rank_mwu m;
	struct rank_ks k;
	struct err err;
	double w;

	CHECK(rank_mwu(bad, 3, b, 12, &m, &err) == 0 && isnan(m.p));
	CHECK(rank_mwu(a, 12, far, 2, &m, &err) == 0 && isnan(m.p));
	CHECK(rank_shift(bad, 3, b, 12, .05, &s, &err) == 0 && isnan(s.shift));
	CHECK(rank_ks(a, 12, bad, 3, &k, &err) == 0 && isnan(k.p));
	CHECK(rank_wasserstein(far, 2, b, 12, &w, &err) == 0 && isnan(w));
}

int main(void)
{
	not_numbers();
	mann_whitney();
	all_equal();
	hodges_lehmann();
	hodges_lehmann_by_sorting();
	kolmogorov_smirnov();
	wasserstein();
	quantiles();
	quantile_intervals();
	return check_done();
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Vectors of method 3.5 and 6 (MSER); more digits from the same formulas in numpy. */
#include "tests/unit/check.h"

#include "analyze/math/changepoint.h"
#include "analyze/math/dist.h"

#define REL(got, want, rel)	CHECK_NEAR((got), (want), (rel) * fabs(want))

static const double z[18] = { 10, 11, 9, 10, 10, 11, 15, 16, 14, 15, 16, 15, 12, 12, 11, 13, 12, 12 };

static void noise(void)
{
	static const double step[] = { 1, 1, 1, 1, 5, 5, 5, 5 };
	struct err err;
	double s;

	CHECK(changepoint_noise(z, 18, &s, &err) == 0);
	REL(s, 1.09905138, 1e-13);
	CHECK(changepoint_beta(z, 18, CHANGEPOINT_FACTOR, &s, &err) == 0);
	REL(s, 9.53000120768642, 1e-13);
	CHECK(changepoint_noise(z, 2, &s, &err) == 0);
	CHECK(isnan(s));
	/* No noise at all but one step: the step itself is the scale. */
	CHECK(changepoint_noise(step, 8, &s, &err) == 0);
	REL(s, 16 * (1. / 7) * (6. / 7) / 2, 1e-13);
}

static void partition(void)
{
	static const double beta[] = { 5, 6.3533341384576137, 9.53000120768642 };
	static const double want[] = { 17.66666666666667, 20.37333494358185, 26.72666908203949 };
	static const double clean[] = { 1, 1, 1, 1, 5, 5, 5, 5 };
	struct changepoint_result r;
	struct err err;
	size_t at[18];
	double b;

	for (size_t i = 0; i < 3; i++) {
		CHECK(changepoint_pelt(z, 18, beta[i], CHANGEPOINT_MIN_SEGMENT, at, &r, &err) == 0);
		CHECK(r.count == 2);
		CHECK(at[0] == 6 && at[1] == 12);
		REL(r.cost, want[i], 1e-8);
		REL(r.sse, 7.66666666666667, 1e-12);
	}
	CHECK(changepoint_pelt(z, 18, 100, CHANGEPOINT_MIN_SEGMENT, at, &r, &err) == 0);
	CHECK(r.count == 0);
	REL(r.sse, 84.4444444444444, 1e-12);
	REL(r.cost, 84.4444444444444, 1e-12);
	CHECK(changepoint_pelt(z, 18, NAN, 4, at, &r, &err) == 0 && r.count == 0);
	CHECK(changepoint_pelt(z, 0, 5, 4, at, &r, &err) == 0 && r.count == 0);
	CHECK(changepoint_pelt(z, 7, 5, 4, at, &r, &err) == 0 && r.count == 0);
	CHECK(changepoint_beta(clean, 8, CHANGEPOINT_FACTOR, &b, &err) == 0);
	CHECK(changepoint_pelt(clean, 8, b, 4, at, &r, &err) == 0);
	CHECK(r.count == 1 && at[0] == 4);
}

/* Without pruning: the plain recursion of optimal partitioning. */
static double plain(const double *x, size_t n, double beta, size_t min)
{
	static double f[201];
	double s, s2, c;

	f[0] = -beta;
	for (size_t t = 1; t <= n; t++) {
		f[t] = INFINITY;
		s = s2 = 0;
		for (size_t from = t; from > 0; from--) {
			s += x[from - 1];
			s2 += x[from - 1] * x[from - 1];
			c = f[from - 1] + s2 - s * s / (double)(t - from + 1) + beta;
			if (t - from + 1 >= min && c < f[t])
				f[t] = c;
		}
	}
	return f[n];
}

static void pruning_is_exact(void)
{
	static double x[200];
	struct dist_rng rng = { 3 };
	struct changepoint_result r;
	struct err err;
	size_t at[200];

	for (size_t round = 0; round < 20; round++)
		for (size_t min = 1; min <= 7; min += 3) {
			double level = 0;

			for (size_t i = 0; i < 200; i++) {
				if (dist_rng_below(&rng, 25) == 0)
					level = 4 * dist_rng_unit(&rng);
				x[i] = level + dist_rng_unit(&rng);
			}
			CHECK(changepoint_pelt(x, 200, .5, min, at, &r, &err) == 0);
			CHECK_NEAR(r.cost, plain(x, 200, .5, min), 1e-9);
			for (size_t i = 1; i < r.count; i++)
				CHECK(at[i] >= at[i - 1] + min);
		}
}

static void long_series(void)
{
	static double x[50000];
	struct dist_rng rng = { 5 };
	struct changepoint_result r;
	struct err err;
	static size_t at[50000];
	double beta;

	for (size_t i = 0; i < 50000; i++)
		x[i] = (i < 20001 ? 0 : 3) + dist_rng_unit(&rng);
	CHECK(changepoint_beta(x, 50000, CHANGEPOINT_FACTOR, &beta, &err) == 0);
	CHECK(changepoint_pelt(x, 50000, beta, 40, at, &r, &err) == 0);
	CHECK(r.count == 1);
	CHECK(at[0] >= 19998 && at[0] <= 20004);
}

static void energy(void)
{
	static const double still[] = { 1, 1, 1, 1, 1, 1 };
	struct changepoint_split s, again;
	struct err err;

	CHECK(changepoint_energy(z, 18, 2, 0, &s, &err) == 0);
	CHECK(s.at == 6);
	REL(s.q, 15.563636363636364, 1e-12);
	CHECK(isnan(s.p));
	CHECK(changepoint_energy(z, 18, 2, 199, &s, &err) == 0);
	CHECK(changepoint_energy(z, 18, 2, 199, &again, &err) == 0);
	CHECK(s.p == again.p);
	CHECK(s.p >= 1. / 200 && s.p <= .02);
	CHECK(changepoint_energy(still, 6, 2, 19, &s, &err) == 0);
	CHECK(s.q == 0 && s.p == 1);
	CHECK(changepoint_energy(z, 3, 2, 19, &s, &err) == 0);
	CHECK(s.at == 0 && isnan(s.q));
}

static void mser(void)
{
	static const double x[16] = { 2, 5, 9, 14, 18, 20, 21, 20, 19, 21, 20, 20, 21, 19, 20, 20 };
	static const double ramp[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct changepoint_mser m = changepoint_mser(x, 16);

	CHECK(m.drop == 5);
	REL(m.value, .0405709992486852, 1e-12);
	CHECK(m.settled);
	m = changepoint_mser(ramp, 8);
	CHECK(m.drop == 4);
	CHECK(!m.settled);
	m = changepoint_mser(x, 0);
	CHECK(isnan(m.value) && !m.settled && m.drop == 0);
}

int main(void)
{
	noise();
	partition();
	pruning_is_exact();
	long_series();
	energy();
	mser();
	return check_done();
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* Vectors of method 2.2 (fact 9 for the smallest p): D1 2/252, D2 32/252. */
#include "tests/unit/check.h"

#include "analyze/math/permute.h"

static const double total_a[5] = { 3010, 2950, 3055, 2980, 3005 }, total_b[5] = { 3120, 3080, 3150, 3095, 3060 };
static const double count[2][2][5] = {
	{ { 151, 139, 160, 148, 155 }, { 201, 188, 214, 195, 190 } },
	{ { 120, 190, 140, 175, 128 }, { 150, 230, 205, 160, 243 } },
};

static void exact(void)
{
	static const double want[] = { 2. / 252, 32. / 252 };
	struct permute r;
	struct err err;

	for (size_t d = 0; d < 2; d++) {
		double a[5], b[5];

		for (size_t i = 0; i < 5; i++) {
			a[i] = count[d][0][i] / total_a[i];
			b[i] = count[d][1][i] / total_b[i];
		}
		CHECK(permute_means(a, 5, b, 5, &r, &err) == 0);
		CHECK(r.exact);
		CHECK(r.deals == 252);
		CHECK_NEAR(r.p, want[d], 1e-15);
		CHECK_NEAR(r.smallest, 2. / 252, 1e-15);
		CHECK(permute_means(b, 5, a, 5, &r, &err) == 0);
		CHECK_NEAR(r.p, want[d], 1e-15);
	}
}

static void smallest(void)
{
	static const double want[] = { 1. / 3, .1, .02857142857142857, .007936507936507936, .0021645021645021645,
				       .0005827505827505828 };
	double a[8], b[8];
	struct permute r;
	struct err err;

	for (size_t i = 0; i < 8; i++) {
		a[i] = (double)i;
		b[i] = (double)(100 + i);
	}
	for (size_t m = 2; m <= 7; m++) {
		CHECK(permute_means(a, m, b, m, &r, &err) == 0);
		CHECK_NEAR(r.p, want[m - 2], 1e-15);
		CHECK_NEAR(r.smallest, want[m - 2], 1e-15);
	}
	/* 2 against 3: only the real deal is as far apart. */
	CHECK(permute_means(a, 2, b, 3, &r, &err) == 0);
	CHECK_NEAR(r.p, .1, 1e-15);
}

static void random_deals(void)
{
	double a[12], b[12];
	struct permute r, again;
	struct err err;

	for (size_t i = 0; i < 12; i++) {
		a[i] = (double)(i * 7 % 12);
		b[i] = (double)(i * 5 % 12);
	}
	CHECK(permute_means(a, 12, b, 12, &r, &err) == 0);
	CHECK(!r.exact);
	CHECK(r.deals == PERMUTE_RANDOM);
	CHECK(r.p == 1);
	for (size_t i = 0; i < 12; i++)
		b[i] += 100;
	CHECK(permute_means(a, 12, b, 12, &r, &err) == 0);
	CHECK(permute_means(a, 12, b, 12, &again, &err) == 0);
	CHECK(r.p == again.p);
	CHECK(r.p <= 2. / 10000);
	CHECK(r.p >= 1. / 10000);
}

static void nothing(void)
{
	double a[] = { 1, 1, 1 };
	struct permute r;
	struct err err;

	CHECK(permute_means(a, 0, a, 3, &r, &err) == 0);
	CHECK(isnan(r.p));
	CHECK(permute_means(a, 3, a, 3, &r, &err) == 0);
	CHECK(r.p == 1);
	CHECK(permute_test(NULL, 0, NULL, NULL, &r, &err) == 0);
	CHECK(isnan(r.p));
}

int main(void)
{
	exact();
	smallest();
	random_deals();
	nothing();
	return check_done();
}

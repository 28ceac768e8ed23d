// SPDX-License-Identifier: GPL-3.0-or-later
/* Vectors of method 2.7. */
#include "tests/unit/check.h"

#include "analyze/math/sampling.h"

#define RATE 524288.

static void heap(void)
{
	static const struct {
		double n, size, count, bytes, rel_se;
	} row[] = {
		{ 2, 64, 16385, 1048640, .70706 },	 { 128, 512, 131136, 67141637, .08835 },
		{ 10, 4096, 1285, 5263386, .31499 },	 { 7, 1 << 20, 8, 8488876, .13905 },
		{ 3, 300000, 6, 2065546, .43370 },
	};
	double count, bytes;
	struct sampling s;

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		sampling_heap_scale(row[i].n, row[i].size, RATE, &count, &bytes);
		CHECK(count == row[i].count);
		CHECK(bytes == row[i].bytes);
		/* Back from unrounded values: the samples again. */
		s.keep = -expm1(-row[i].size / RATE);
		s = sampling_heap(row[i].n / s.keep, row[i].n * row[i].size / s.keep, RATE);
		CHECK_NEAR(s.raw, row[i].n, 1e-9);
		CHECK_NEAR(s.rel_se, row[i].rel_se, 5e-6);
	}
	s = sampling_heap(16385, 1048640, RATE);
	CHECK_NEAR(s.raw, 2, 1e-3);
	CHECK(sampling_heap(5, 100, 1).raw == 5);
	CHECK(sampling_heap(5, 100, 1).rel_se == 0);
	CHECK(sampling_heap(0, 0, RATE).raw == 0);
	CHECK(isnan(sampling_heap(0, 0, RATE).rel_se));
	CHECK(sampling_heap_delta_se(9, 16, RATE) == 5 * RATE);
}

static void contention(void)
{
	static const uint64_t count[] = { 300, 500, 1200, 700 };
	struct sampling s = sampling_mutex(1000, 10);

	CHECK(s.raw == 100);
	CHECK_NEAR(s.rel_se, sqrt(.9 / 100), 1e-15);
	CHECK(sampling_mutex(0, 10).raw == 0);
	CHECK_NEAR(sampling_block_se(1000, 1e5, 1e6), 9486832.980505139, 1e-6);
	CHECK(sampling_block_se(1000, 2e6, 1e6) == 0);
	CHECK(sampling_gcd(count, 4) == 100);
	CHECK(sampling_gcd(NULL, 0) == 0);
}

int main(void)
{
	heap();
	contention();
	return check_done();
}

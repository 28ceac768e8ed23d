// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_load_bucket.c - seconds of a load test: exactness, order, gaps, bounds
 */
#include <stdlib.h>

#include "tests/unit/decode.h"
#include "ingest/load_bucket.h"

#define SECOND INT64_C(1000000000)

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Against sorted values: exact up to 128 of them, then within 0.2 %. */
static void quantiles(int n, double tolerance)
{
	static int64_t v[20000];
	static const double q[] = { 0, .01, .5, .9, .95, .99, 1 };
	struct load_hist h = { 0 };
	struct err err = { 0 };
	uint64_t pages = 0, x = 12345;
	double sum = 0;

	for (int i = 0; i < n; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		v[i] = (int64_t)(x >> 40) << (x >> 20 & 15);
		sum += (double)v[i];
		CHECK(load_hist_add(&h, v[i], &pages, &err) == 0);
	}
	qsort(v, (size_t)n, sizeof(*v), by_value);
	for (size_t i = 0; i < sizeof(q) / sizeof(*q); i++) {
		double rank = ceil(q[i] * n - 1e-9);
		double want = (double)v[rank < 1 ? 0 : (int)rank - 1];

		CHECK_NEAR(load_hist_quantile(&h, q[i]), want, want * tolerance);
	}
	CHECK(h.most == v[n - 1] && h.least == v[0]);
	CHECK_NEAR(h.sum, sum, 1e-6 * sum);
	load_hist_clear(&h, &pages);
	CHECK(pages == 0);
}

/* Merging gives what adding to one gives. */
static void merging(void)
{
	struct load_hist a = { 0 }, b = { 0 }, one = { 0 };
	struct err err = { 0 };
	uint64_t pages = 0;

	for (int64_t i = 0; i < 1000; i++) {
		CHECK(load_hist_add(i % 10 ? &a : &b, i * i, &pages, &err) == 0);
		CHECK(load_hist_add(&one, i * i, &pages, &err) == 0);
	}
	CHECK(load_hist_merge(&b, &a, &pages, &err) == 0);
	CHECK(b.n == one.n && b.most == one.most);
	for (double q = 0; q <= 1; q += .05)
		CHECK_NEAR(load_hist_quantile(&b, q), load_hist_quantile(&one, q), 0);
	load_hist_clear(&a, &pages);
	load_hist_clear(&b, &pages);
	load_hist_clear(&one, &pages);
	CHECK(pages == 0);
	CHECK(isnan(load_hist_quantile(&one, .5)));
}

static const char *put_all(struct load_bucket *b)
{
	struct dump dump;
	struct err err = { 0 };

	buf_reset(&decode_text);
	dump_init(&dump, &decode_text);
	CHECK(load_bucket_put(b, NULL, &dump.sink, &err) == 0);
	load_bucket_free(b);
	return decode_text.data ? decode_text.data : "";
}

static void add(struct load_bucket *b, int64_t start, int64_t latency, bool failed)
{
	struct load_request r = { start, latency, failed, false };
	struct err err = { 0 };
	bool ok;

	CHECK(load_bucket_request(b, &r, &ok, &err) == 0 && ok);
}

/* One that hung 30 s counts where it gave up; seconds between are zeros, not absent. */
static void order_and_gaps(void)
{
	struct load_bucket *b;
	struct err err = { 0 };

	CHECK(load_bucket_new(&b, &err) == 0);
	add(b, 100 * SECOND, 30 * SECOND, true);
	add(b, 101 * SECOND, 7, false);
	add(b, 100 * SECOND, 5, false);
	add(b, 100 * SECOND, SECOND - 1, false);
	put_all(b);
	CHECK(decode_has("point series=0 t=100000000000 span=1000000000 value=2\n"));
	CHECK(decode_has("point series=0 t=101000000000 span=1000000000 value=1\n"));
	CHECK(decode_has("point series=0 t=130000000000 span=1000000000 value=1\n"));
	CHECK(decode_has("point series=1 t=130000000000 span=1000000000 value=1\n"));
	CHECK(decode_count("point series=0", "span=1000000000 value=0") == 28);
	CHECK(decode_has("name=\"loadtest.requests\"") && decode_has(" t=100000000000 span=30000000000 value=4\n"));
	CHECK(decode_has("name=\"loadtest.ok_p99\""));
}

static void far_apart(void)
{
	struct load_bucket *b;
	struct err err = { 0 };
	bool ok;

	CHECK(load_bucket_new(&b, &err) == 0);
	add(b, 0, 5, false);
	add(b, 100000 * SECOND, 5, false);
	put_all(b);
	CHECK(decode_count("point series=0", "") == 2 && decode_has("nothing ended for 99999 s"));
	CHECK(load_bucket_new(&b, &err) == 0);
	CHECK(load_bucket_request(b, &(struct load_request){ -1, 5, false, false }, &ok, &err) == 0 && !ok);
	CHECK(load_bucket_request(b, &(struct load_request){ 5, -1, false, false }, &ok, &err) == 0 && !ok);
	CHECK(load_bucket_request(b, &(struct load_request){ INT64_MAX, 5, false, false }, &ok, &err) == 0 && !ok);
	CHECK_STR(put_all(b), "");
}

/* 100,000 seconds do not fit: buckets of two seconds, and no request is lost. */
static void widening(void)
{
	struct load_bucket *b;
	struct err err = { 0 };

	CHECK(load_bucket_new(&b, &err) == 0);
	for (int64_t i = 0; i < 100000; i++)
		add(b, (i * 7919 % 100000) * SECOND, i % 1000, i % 4 == 0);
	put_all(b);
	CHECK(decode_has("they are 2 s wide"));
	CHECK(decode_count("point series=0", "span=2000000000 value=2") == 50000);
	CHECK(decode_count("point", "value=100000") == 1 && decode_count("point", "value=25000") == 1);
	CHECK(decode_has("name=\"loadtest.p50\""));
}

int main(void)
{
	quantiles(1, 0);
	quantiles(128, 0);
	quantiles(129, .002);
	quantiles(20000, .002);
	merging();
	order_and_gaps();
	far_apart();
	widening();
	return decode_done();
}

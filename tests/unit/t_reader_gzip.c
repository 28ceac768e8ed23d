// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_reader_gzip.c - core/reader: members, cuts at every byte, damage in every bit, and a bomb
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <zlib.h>

#include "core/reader.h"
#include "tests/unit/check.h"
#include "tests/unit/gz.h"

/* want NULL: everything is there and no error. */
static void check_gzip(const struct buf *file, struct str data, int code, const char *place, const char *f, int at)
{
	struct reader *r = open_mem(buf_view(file), &limits_default);
	struct buf got = { .limit = 0 };
	struct err err = { 0 };

	check_report(drain(r, &got, &err) == code, f, at, "code");
	check_report(str_eq(buf_view(&got), data), f, at, "bytes");
	if (code)
		check_str(err.place, place, f, at, "place");
	check_report(drain(r, &got, &err) == code, f, at, "the error stays");
	buf_free(&got);
	reader_close(r);
}
#define GZIP(b, data, code, place) check_gzip(b, data, code, place, __FILE__, __LINE__)

static void members(void)
{
	struct buf b = { .limit = 0 };
	char place[48];

	gz(&b, STR_LIT("one\n"));
	gz(&b, STR_LIT(""));
	gz(&b, STR_LIT("two\n"));
	GZIP(&b, STR_LIT("one\ntwo\n"), 0, "");
	snprintf(place, sizeof(place), "byte %zu", b.len);
	buf_repeat(&b, "x", 1);
	GZIP(&b, STR_LIT("one\ntwo\n"), ERR_FORMAT, place);
	b.len--;
	buf_add(&b, "\x1f", 1);
	snprintf(place, sizeof(place), "byte %zu", b.len);
	GZIP(&b, STR_LIT("one\ntwo\n"), ERR_FORMAT, place); /* cut in the first byte of a member */
	b.len--;
	for (int i = 0; i < 200000; i++)
		buf_byte(&b, 0);
	GZIP(&b, STR_LIT("one\ntwo\n"), 0, "");
	snprintf(place, sizeof(place), "byte %zu", b.len - 200000);
	buf_byte(&b, 1);
	GZIP(&b, STR_LIT("one\ntwo\n"), ERR_FORMAT, place);
	buf_free(&b);
}

static void member_limit(void)
{
	struct buf b = { .limit = 0 }, want = { .limit = 0 };
	char place[48];

	for (int i = 0; i < 64; i++) {
		gz(&b, STR_LIT("abc"));
		buf_puts(&want, "abc");
	}
	GZIP(&b, buf_view(&want), 0, "");
	snprintf(place, sizeof(place), "byte %zu", b.len);
	for (int i = 0; i < 10000; i++)
		gz(&b, STR_LIT(""));
	GZIP(&b, buf_view(&want), ERR_LIMIT, place);
	buf_free(&b);
	buf_free(&want);
}

/* Cut everywhere: a prefix is delivered, then the byte is named; only between members a cut is a whole file. */
static void cuts(void)
{
	struct buf data = { .limit = 0 }, b = { .limit = 0 };
	size_t border, wrong = 0, most = 0;

	for (int i = 0; i < 3000; i++)
		buf_printf(&data, "line %u of %d\n", rng(1000000), i);
	gz(&b, buf_view(&data));
	border = b.len;
	gz(&b, STR_LIT("the second member\n"));
	for (size_t n = 2; n < b.len; n += n < 300 || n + 300 > border ? 1 : 97) {
		struct reader *r = open_mem((struct str){ b.data, n }, &limits_default);
		struct buf got = { .limit = 0 };
		struct err err = { 0 };
		char place[48];
		int rc = drain(r, &got, &err);

		snprintf(place, sizeof(place), "byte %zu", n);
		if (n == border)
			wrong += rc != 0 || !str_eq(buf_view(&got), buf_view(&data));
		else
			wrong += rc != ERR_FORMAT || strcmp(err.place, place) != 0;
		wrong += n <= border &&
			 (got.len > data.len || memcmp(got.data ? got.data : "", data.data, got.len) != 0);
		most = n < border && got.len > most ? got.len : most;
		wrong += reader_raw_offset(r) != n;
		buf_free(&got);
		reader_close(r);
	}
	CHECK(wrong == 0);
	CHECK(most == data.len); /* only the trailer was missing */
	buf_free(&data);
	buf_free(&b);
}

/* A cut file by lines: whole lines, the last piece, then the error. reader_read() gives the cut's error, not "in the
 * middle". */
static void cut_lines(void)
{
	struct buf b = gz_of(STR_LIT("alpha\nbeta\ngamma\n"));
	struct reader *r = open_mem((struct str){ b.data, b.len - 10 }, &limits_default);
	struct err err = { 0 };
	struct str line;
	bool cut, eof;
	int n = 0, rc;

	while (!(rc = reader_line(r, &line, &cut, &eof, &err)) && !eof)
		n++;
	CHECK(rc == ERR_FORMAT && !eof && n >= 1);
	CHECK(strstr(err.msg, "cut") != NULL);
	reader_close(r);
	r = open_mem((struct str){ b.data, b.len - 10 }, &limits_default);
	CHECK(reader_read(r, NULL, 17, &err) == ERR_FORMAT && strstr(err.msg, "cut"));
	reader_close(r);
	buf_free(&b);
}

/* Any one bit: an error, or the same bytes (header fields that do not matter). */
static void flips(void)
{
	struct str text = STR_LIT("GC pauses, one a line, 1.25 ms 1.25 ms 1.25 ms 1.5 ms\n");
	struct buf b = gz_of(text);
	size_t wrong = 0, refused = 0;

	for (size_t i = 16; i < 8 * b.len; i++) {
		struct buf got = { .limit = 0 };
		struct err err = { 0 };
		struct reader *r;
		int rc;

		b.data[i / 8] = (char)(b.data[i / 8] ^ (1 << i % 8));
		r = open_mem(buf_view(&b), &limits_default);
		rc = drain(r, &got, &err);
		b.data[i / 8] = (char)(b.data[i / 8] ^ (1 << i % 8));
		refused += rc == ERR_FORMAT;
		wrong += (rc == 0 && !str_eq(buf_view(&got), text)) || (rc != 0 && rc != ERR_FORMAT);
		buf_free(&got);
		reader_close(r);
	}
	CHECK(wrong == 0);
	CHECK(refused > 8 * b.len / 2);
	buf_free(&b);
}

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

/* 160 MiB of zeros in 160 KiB: refused soon after the 64 MiB that are free, in bounded memory. */
static void bomb(void)
{
	struct buf b = { .limit = 0 };
	struct err err = { 0 };
	unsigned char *zeros = calloc(1, 1 << 20), chunk[4096];
	z_stream z = { 0 };
	struct reader *r;
	uint64_t at;
	long before;

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	for (int i = 0; i < 160; i++) {
		z.next_in = zeros;
		z.avail_in = 1 << 20;
		do {
			z.next_out = chunk;
			z.avail_out = sizeof(chunk);
			deflate(&z, i == 159 ? Z_FINISH : Z_NO_FLUSH);
			buf_add(&b, chunk, sizeof(chunk) - z.avail_out);
		} while (z.avail_out == 0);
	}
	deflateEnd(&z);
	before = peak_kib();
	r = open_mem(buf_view(&b), &limits_default);
	reader_limit(r, 1ULL << 40, 200);
	CHECK(reader_read(r, NULL, 1ULL << 40, &err) == ERR_LIMIT);
	at = reader_offset(r);
	CHECK(at >= 64u << 20 && at < 65u << 20);
	CHECK(strstr(err.msg, "bomb") != NULL);
	CHECK(peak_kib() - before < 8192);
	reader_close(r);
	/* A ratio that is allowed: the whole of it. */
	r = open_mem(buf_view(&b), &limits_default);
	reader_limit(r, 1ULL << 40, 2000);
	CHECK(reader_read(r, NULL, 160u << 20, &err) == 0);
	reader_close(r);
	free(zeros);
	buf_free(&b);
}

int main(void)
{
	members();
	member_limit();
	cuts();
	cut_lines();
	flips();
	bomb();
	return check_done();
}

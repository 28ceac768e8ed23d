// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_reader.c - core/reader: windows, lines, limits; and random walks against a plain model
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/reader.h"
#include "tests/unit/check.h"
#include "tests/unit/gz.h"

static void check_lines(struct str text, size_t line_bytes, const char *want, const char *file, int at)
{
	struct limits l = limits_default;
	struct buf zipped = gz_of(text);

	l.line_bytes = line_bytes;
	for (int pass = 0; pass < 2; pass++) {
		struct reader *r = open_mem(pass ? buf_view(&zipped) : text, &l);
		struct buf got = { .limit = 0 };
		struct err err = { 0 };
		bool cut, eof = false;
		struct str line;
		uint64_t n = 0;

		while (!reader_line(r, &line, &cut, &eof, &err) && !eof) {
			buf_printf(&got, "[%.*s%s]", (int)line.n, line.p, cut ? "~" : "");
			n++;
			check_report(reader_line_number(r) == n, file, at, "line number");
		}
		check_report(err.code == 0, file, at, "no error");
		check_report(reader_offset(r) == text.n, file, at, "offset at the end");
		check_report(reader_is_gzip(r) == (pass == 1), file, at, "gzip");
		check_str(got.data ? got.data : "", want, file, at, "lines");
		check_report(!reader_line(r, &line, &cut, &eof, &err) && eof, file, at, "the end stays the end");
		buf_free(&got);
		reader_close(r);
	}
	buf_free(&zipped);
}
#define LINES(text, max, want) check_lines(STR_LIT(text), max, want, __FILE__, __LINE__)

static void lines(void)
{
	LINES("", 10, "");
	LINES("a", 10, "[a]");
	LINES("\n", 10, "[]");
	LINES("a\n", 10, "[a]");
	LINES("a\n\nb", 10, "[a][][b]");
	LINES("a\r\n\r\nb\r\n", 10, "[a][][b]");
	LINES("a\rb\r\nc", 10, "[a\rb][c]");
	LINES("a\r", 10, "[a]");
	LINES("\r\r\n", 10, "[\r]");
	LINES("0123456789\nx\n", 10, "[0123456789][x]");
	LINES("0123456789\r\nx\n", 10, "[0123456789][x]");
	LINES("0123456789", 10, "[0123456789]");
	LINES("0123456789\r", 10, "[0123456789]");
	LINES("0123456789a\nx\n", 10, "[0123456789~][x]");
	LINES("0123456789a\r\nx\n", 10, "[0123456789~][x]");
	LINES("0123456789ab\nx\n", 10, "[0123456789~][x]");
	LINES("0123456789abcdefghijklm", 10, "[0123456789~]");
	LINES("0123456789abcdefghijklm\n", 10, "[0123456789~]");
	LINES("0123456789abcdefghijklm\n\ny", 10, "[0123456789~][][y]");
	LINES("\n\nabc\n", 0, "[][][~]");
	LINES("\x1f", 10, "[\x1f]");
}

static void line_with_nul(void)
{
	struct reader *r = open_mem(STR_LIT("a\0b\nc"), &limits_default);
	struct err err = { 0 };
	struct str line;
	bool cut, eof;

	CHECK(!reader_line(r, &line, &cut, &eof, &err) && line.n == 3 && memcmp(line.p, "a\0b", 3) == 0);
	reader_close(r);
}

/* The window ends between CR and LF (a member's end is one), when the line is as long as it may be. */
static void line_in_two(void)
{
	struct buf b = gz_of(STR_LIT("0123456789\r"));
	struct limits l = limits_default;
	struct err err = { 0 };
	struct reader *r;
	struct str line;
	bool cut, eof;

	gz(&b, STR_LIT("\nx\n"));
	l.line_bytes = 10;
	r = open_mem(buf_view(&b), &l);
	CHECK(!reader_line(r, &line, &cut, &eof, &err) && !cut && str_is(line, "0123456789"));
	CHECK(!reader_line(r, &line, &cut, &eof, &err) && !cut && str_is(line, "x"));
	reader_close(r);
	buf_reset(&b);
	gz(&b, STR_LIT("0123456789\r"));
	gz(&b, STR_LIT("abc\nx\n"));
	r = open_mem(buf_view(&b), &l);
	CHECK(!reader_line(r, &line, &cut, &eof, &err) && cut && str_is(line, "0123456789"));
	CHECK(!reader_line(r, &line, &cut, &eof, &err) && !cut && str_is(line, "x"));
	reader_close(r);
	buf_free(&b);
}

/* Lines of all lengths around the window and the limit, plain and gzip. */
static void long_lines(void)
{
	static const size_t length[] = { 1,	  65535,   65536,   262143,  262144,  262145, 3, 524288,
					 1048575, 1048576, 1048577, 1048578, 3000000, 0,      7 };
	const size_t n = sizeof(length) / sizeof(length[0]);
	struct buf text = { .limit = 0 }, zipped;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < length[i]; k++)
			buf_byte(&text, (char)('a' + (k * 7 + i) % 26));
		buf_puts(&text, i % 2 ? "\r\n" : "\n");
	}
	zipped = gz_of(buf_view(&text));
	for (int pass = 0; pass < 2; pass++) {
		struct reader *r = open_mem(buf_view(pass ? &zipped : &text), &limits_default);
		size_t max = (size_t)limits_default.line_bytes;
		const char *at = text.data;
		struct err err = { 0 };
		struct str line;
		bool cut, eof;

		for (size_t i = 0; i < n; i++) {
			size_t want = length[i] < max ? length[i] : max;

			CHECK(!reader_line(r, &line, &cut, &eof, &err) && !eof);
			CHECK(line.n == want && cut == (length[i] > max));
			CHECK(line.n != want || memcmp(line.p, at, want) == 0);
			at += length[i] + 1 + i % 2;
		}
		CHECK(!reader_line(r, &line, &cut, &eof, &err) && eof && line.n == 0);
		reader_close(r);
	}
	buf_free(&text);
	buf_free(&zipped);
}

/* After a cut line, peek and read begin behind its newline. */
static void cut_then_read(void)
{
	struct limits l = limits_default;
	struct err err = { 0 };
	struct str s;
	char two[2];
	bool cut, eof;

	l.line_bytes = 4;
	for (int pass = 0; pass < 2; pass++) {
		struct reader *r = open_mem(STR_LIT("abcdefghijkl\nxyz"), &l);

		CHECK(!reader_line(r, &s, &cut, &eof, &err) && cut && str_is(s, "abcd"));
		if (pass) {
			CHECK(!reader_peek(r, 3, &s, &err) && str_is(s, "xyz"));
		} else {
			CHECK(!reader_read(r, two, 2, &err) && memcmp(two, "xy", 2) == 0);
			CHECK(reader_offset(r) == 15);
		}
		reader_close(r);
	}
}

/* 64 KiB peeks at odd steps, so that they cross every border of window and inflate. */
static void peeks(void)
{
	static const size_t steps[] = { 1021, 65536, 40000, 65535, 262139 };
	struct buf data = noise(1500000), zipped = gz_of(buf_view(&data));

	for (size_t k = 0; k < 2 * sizeof(steps) / sizeof(steps[0]); k++) {
		struct reader *r = open_mem(buf_view(k % 2 ? &zipped : &data), &limits_default);
		size_t at = 0, bad = 0;
		struct err err = { 0 };
		struct str s;

		while (!reader_peek(r, 65536, &s, &err) && s.n) {
			size_t want = data.len - at < 65536 ? data.len - at : 65536, go = steps[k / 2];

			bad += s.n < want || memcmp(s.p, data.data + at, want) != 0 || reader_offset(r) != at;
			go = go < s.n ? go : s.n;
			reader_skip_peeked(r, go);
			at += go;
		}
		CHECK(bad == 0 && at == data.len && err.code == 0);
		CHECK(reader_raw_offset(r) == (k % 2 ? zipped.len : data.len));
		CHECK(reader_peek(r, 65537, &s, &err) == ERR_INTERNAL);
		reader_close(r);
	}
	buf_free(&data);
	buf_free(&zipped);
}

static void reads(void)
{
	struct buf data = noise(700000), zipped = gz_of(buf_view(&data));
	char *copy = malloc(data.len);

	for (int pass = 0; pass < 2; pass++) {
		struct reader *r = open_mem(buf_view(pass ? &zipped : &data), &limits_default);
		struct err err = { 0 };

		CHECK(!reader_read(r, copy, 300000, &err) && memcmp(copy, data.data, 300000) == 0);
		CHECK(!reader_read(r, NULL, 300000, &err) && reader_offset(r) == 600000);
		CHECK(!reader_read(r, copy, 0, &err));
		CHECK(!reader_read(r, copy, 99999, &err) && memcmp(copy, data.data + 600000, 99999) == 0);
		CHECK(reader_read(r, copy, 2, &err) == ERR_FORMAT);
		CHECK_STR(err.place, "byte 700000");
		CHECK(reader_read(r, NULL, UINT64_MAX, &err) == ERR_FORMAT);
		reader_close(r);
	}
	free(copy);
	buf_free(&data);
	buf_free(&zipped);
}

/* max_bytes is exact, whether the sniff had already read past it or not. */
static void byte_limit(void)
{
	struct buf data = noise(300000), zipped = gz_of(buf_view(&data));
	static const size_t max[] = { 0, 1, 1000, 65536, 262144, 299999, 300000, 300001 };

	for (size_t k = 0; k < 4 * sizeof(max) / sizeof(max[0]); k++) {
		struct reader *r = open_mem(buf_view(k & 1 ? &zipped : &data), &limits_default);
		size_t m = max[k / 4], want = m < data.len ? m : data.len;
		struct buf got = { .limit = 0 };
		struct err err = { 0 };
		struct str s;
		int rc;

		if (k & 2)
			CHECK(!reader_peek(r, 65536, &s, &err) && s.n >= 65536);
		reader_limit(r, m, 1000);
		rc = drain(r, &got, &err);
		CHECK(rc == (m < data.len ? ERR_LIMIT : 0));
		CHECK(got.len == want && memcmp(got.data ? got.data : "", data.data, want) == 0);
		buf_free(&got);
		reader_close(r);
	}
	buf_free(&data);
	buf_free(&zipped);
}

/* Before reader_limit() the limits of a text hold. */
static void default_limit(void)
{
	struct limits l = limits_default;
	struct buf got = { .limit = 0 };
	struct err err = { 0 };
	struct reader *r;

	l.text_bytes = 5;
	r = open_mem(STR_LIT("0123456789"), &l);
	CHECK(drain(r, &got, &err) == ERR_LIMIT && str_is(buf_view(&got), "01234"));
	buf_free(&got);
	reader_close(r);
}

static void from_fd(void)
{
	struct buf data = noise(900000), zipped = gz_of(buf_view(&data)), got = { .limit = 0 };
	int fd = memfd_create("t_reader", MFD_CLOEXEC);
	struct reader *r = NULL;
	struct err err = { 0 };

	CHECK(write(fd, zipped.data, zipped.len) == (ssize_t)zipped.len && lseek(fd, 0, SEEK_SET) == 0);
	CHECK(!reader_open(&r, fd, &limits_default, &err));
	CHECK(r && reader_is_gzip(r) && !drain(r, &got, &err) && str_eq(buf_view(&got), buf_view(&data)));
	CHECK(r && reader_raw_offset(r) == zipped.len);
	reader_close(r);
	close(fd);
	fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(reader_open(&r, fd, &limits_default, &err) == ERR_IO && !r);
	CHECK_STR(err.place, "byte 0");
	close(fd);
	reader_close(NULL);
	buf_free(&got);
	buf_free(&data);
	buf_free(&zipped);
}

/* A model of reader_line over the whole text. */
static struct str model_line(struct str text, size_t *at, size_t max, bool *cut)
{
	const char *p = text.p + *at, *nl = memchr(p, '\n', text.n - *at);
	size_t n = nl ? (size_t)(nl - p) : text.n - *at;

	*at += n + (nl != NULL);
	if (n && p[n - 1] == '\r')
		n--;
	*cut = n > max;
	return (struct str){ p, *cut ? max : n };
}

/* Random calls give what the model gives. */
static void walk(struct str text, struct str file)
{
	struct limits l = limits_default;
	struct reader *r;
	size_t at = 0, wrong = 0;
	struct err err = { 0 };
	static char copy[100000];

	l.line_bytes = rng(2) ? rng(300) : rng(300000);
	r = open_mem(file, &l);
	for (int i = 0; i < 400 && !wrong; i++) {
		size_t n = rng(4) ? rng(200) : rng(65537), left = text.n - at;
		bool cut, eof, want_cut = false;
		struct str s, want;

		switch (rng(4)) {
		case 0:
			wrong += reader_peek(r, n, &s, &err) != 0 || s.n < (n < left ? n : left) || s.n > left;
			wrong += s.n && memcmp(s.p, text.p + at, s.n) != 0;
			n = rng((uint32_t)s.n + 1);
			reader_skip_peeked(r, n);
			at += n;
			break;
		case 1:
			n = n < left ? n : left;
			wrong += reader_read(r, copy, n, &err) != 0 || memcmp(copy, text.p + at, n) != 0;
			at += n;
			break;
		default:
			wrong += reader_line(r, &s, &cut, &eof, &err) != 0 || eof != (left == 0);
			want = left ? model_line(text, &at, (size_t)l.line_bytes, &want_cut) : STR_NONE;
			wrong += cut != want_cut || !str_eq(s, want);
		}
	}
	CHECK(wrong == 0);
	reader_close(r);
}

static void walks(void)
{
	for (int i = 0; i < 60; i++) {
		struct buf data = { .limit = 0 }, zipped;
		size_t total = rng(2) ? rng(3000) : rng(900000);

		while (data.len < total) {
			for (uint32_t k = rng(20) ? rng(120) : rng(200000); k; k--)
				buf_byte(&data, (char)('a' + rng(26)));
			buf_puts(&data, rng(3) ? "\n" : "\r\n");
		}
		if (data.len && rng(2))
			data.data[--data.len] = '\0';
		zipped = gz_of((struct str){ data.data, data.len / 2 });
		gz(&zipped, str_skip(buf_view(&data), data.len / 2));
		walk(buf_view(&data), buf_view(&data));
		walk(buf_view(&data), buf_view(&zipped));
		buf_free(&data);
		buf_free(&zipped);
	}
}

int main(void)
{
	lines();
	line_with_nul();
	line_in_two();
	long_lines();
	cut_then_read();
	peeks();
	reads();
	byte_limit();
	default_limit();
	from_fd();
	walks();
	return check_done();
}

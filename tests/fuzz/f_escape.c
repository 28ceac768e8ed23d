// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_escape.c - libFuzzer target: text from outside, cleaned at the door and escaped for each output; and the small readers of text
 *
 * Cleaning is idempotent and leaves no control and no bidirectional character; each escaper's output is well formed in its format
 * and holds nothing that could leave it; a cut or padded text has the width it was asked for.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "core/gosym.h"
#include "core/json.h"
#include "core/text.h"
#include "ingest/timeparse.h"
#include "report/report.h"

static void check(bool ok)
{
	if (!ok)
		abort();
}

static bool has(const struct buf *b, const char *lit)
{
	return b->len && memmem(b->data, b->len, lit, strlen(lit));
}

static void check_clean(struct str clean)
{
	struct str s = clean;

	while (s.n) {
		uint32_t c = text_next(&s);

		check(c != TEXT_INVALID && c >= ' ' && !(c >= 0x7f && c < 0xa0));
		check(!(c >= 0x202a && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) && c != 0x200e && c != 0x200f && c != 0x61c);
		check(c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe && c != 0xffff);
	}
	check(text_is_clean(clean));
}

/* What JSON's own grammar says of our strings, and that a <script> cannot end in one. */
static void check_json(struct str raw, struct buf *b)
{
	const char *why;

	buf_reset(b);
	text_json(b, raw);
	check(json_fault(buf_view(b), &why) == b->len);
	check(b->data[0] == '"' && b->data[b->len - 1] == '"' && !has(b, "<") && !has(b, "\xe2\x80\xa8"));
}

static void check_html(struct str raw, struct buf *b)
{
	buf_reset(b);
	text_html(b, raw);
	check(!has(b, "<") && !has(b, ">") && !has(b, "\"") && !has(b, "'"));
	for (size_t i = 0; i < b->len; i++)
		check(b->data[i] != '&' || memchr(b->data + i, ';', b->len - i > 8 ? 8 : b->len - i));
}

static void check_csv(struct str raw, struct buf *b)
{
	bool quoted;
	size_t quotes = 0;

	buf_reset(b);
	text_csv(b, raw);
	quoted = b->len && b->data[0] == '"';
	for (size_t i = 0; i < b->len; i++) {
		quotes += b->data[i] == '"';
		check(quoted || !strchr(",\r\n\"", b->data[i] ? b->data[i] : 'x'));
	}
	check(quotes % 2 == 0);
	check(!b->len || !strchr("=+-@\t\r", b->data[quoted] ? b->data[quoted] : 'x'));
}

static void check_width(struct str clean, struct buf *b, size_t columns, bool ascii)
{
	buf_reset(b);
	text_cut(b, clean, columns, ascii);
	check(text_width(buf_view(b)) <= columns);
	buf_reset(b);
	text_pad(b, clean, columns, ascii);
	check(text_width(buf_view(b)) == columns);
	buf_reset(b);
	text_wrap(b, clean, columns < 8 ? 8 : columns, 2);
	for (struct str s = buf_view(b); s.n;) {
		const char *nl = memchr(s.p, '\n', s.n);
		size_t n = nl ? (size_t)(nl - s.p) : s.n;

		check(text_width((struct str){ s.p, n }) <= (columns < 8 ? 8 : columns));
		s = str_skip(s, n + (nl != NULL));
	}
	buf_reset(b);
	report_guard(b, clean);
	check(b->len < 2 || memcmp(b->data, "::", 2) != 0);
	check(!has(b, "\n::") && !has(b, "##"));
}

static void read_small(struct str raw, struct buf *b)
{
	int64_t i;
	double d;

	if (fmt_parse_real(raw, &d)) {
		buf_reset(b);
		fmt_real(b, d);
		check(!isnan(d));
	}
	if (fmt_parse_int(raw, &i))
		check(fmt_parse_real(raw, &d));
	if (fmt_parse_duration(raw, &d))
		check(!isnan(d));
	buf_reset(b);
	fmt_value(b, d = (double)raw.n, "ns/request");
	buf_reset(b);
	gosym_canonical(b, raw);
	check(gosym_package(raw).n + gosym_base(raw).n <= raw.n);
	gosym_path(b, gosym_package(raw));
	gosym_is_std(gosym_package(raw));
	gosym_module(gosym_package(raw));
}

/* A document that the parser takes has no fault, one with a fault it refuses. */
static void read_json(struct str raw)
{
	static struct json *j;
	static struct limits l;
	struct err err = { 0 };
	struct buf b = { .limit = 1 << 20 };
	const char *why;
	int rc;

	if (!j) {
		l = limits_default;
		l.json_bytes = 1 << 16;
		check(json_new(&j, &l, &err) == 0);
	}
	rc = json_parse(j, raw, &err);
	check(!rc || err.msg[0]);
	check(rc || json_fault(raw, &why) == raw.n);
	for (uint32_t n = rc ? JSON_NONE : json_first(j, json_root(j)); n != JSON_NONE; n = json_next(j, n))
		json_scalar(j, n, &b);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf clean, again, b;	/* kept: most of the time would be allocating them */
	struct str raw;

	if (size < 2)
		return 0;
	raw = (struct str){ (const char *)data + 2, size - 2 };
	buf_reset(&clean);
	text_clean(&clean, raw);
	check_clean(buf_view(&clean));
	buf_reset(&again);
	text_clean(&again, buf_view(&clean));
	check(str_eq(buf_view(&clean), buf_view(&again)));
	check_json(raw, &b);
	check_html(raw, &b);
	check_csv(raw, &b);
	buf_reset(&b);
	text_quote(&b, raw);
	check(!has(&b, "\n") && b.len >= 2);
	check_width(buf_view(&clean), &b, data[0], data[1] & 1);
	read_small(raw, &b);
	if (data[1] & 2)
		read_json(raw);
	return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * text_escape.c - what each output format needs on top of clean text
 *
 * These are the last line of defence, so they do not rely on text_clean(): any bytes give well-formed output. One walk
 * serves all formats: it copies runs of harmless characters and asks the format what stands for any other. In JSON the
 * characters of markup are escaped as well: escaping "</script" alone is not enough, since a comment inside a script
 * element changes how its end is found.
 */
#include "core/text.h"

#include <stdio.h>

#define REPLACEMENT "\xef\xbf\xbd"

enum { SCRATCH = 24 };

/* replace() says what stands for c (TEXT_INVALID possible), read from the bytes raw; NULL: c itself. */
static void walk(struct buf *out, struct str s, const char *(*replace)(uint32_t c, struct str raw, char *scratch))
{
	const char *from = s.p, *here, *with;
	char scratch[SCRATCH];
	uint32_t c;

	while (s.n) {
		here = s.p;
		c = text_next(&s);
		with = replace(c, (struct str){ here, (size_t)(s.p - here) }, scratch);
		if (!with)
			continue;
		buf_add(out, from, (size_t)(here - from));
		buf_puts(out, with);
		from = s.p;
	}
	if (from)
		buf_add(out, from, (size_t)(s.p - from));
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* \" \\ \n \r \t, which JSON and C share; NULL for any other. */
static const char *short_escape(uint32_t c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

static const char *json_char(uint32_t c, struct str raw, char *scratch)
{
	const char *s = short_escape(c);

	(void)raw;
	if (s)
		return s;
	if (c == TEXT_INVALID)
		return REPLACEMENT;
	if (!is_control(c) && c != '<' && c != '>' && c != '&' && c != 0x2028 && c != 0x2029)
		return NULL;
	snprintf(scratch, SCRATCH, "\\u%04x", c);
	return scratch;
}

static const char *json_char_or_hash(uint32_t c, struct str raw, char *scratch)
{
	return c == '#' ? "\\u0023" : json_char(c, raw, scratch);
}

/* JSON on standard output may run through the log of a CI runner, and GitHub's takes ##[...] for a command wherever it stands in a line. */
void text_json(struct buf *out, struct str s)
{
	bool command = s.n && memmem(s.p, s.n, "##[", 3);

	buf_byte(out, '"');
	walk(out, s, command ? json_char_or_hash : json_char);
	buf_byte(out, '"');
}

static const char *html_char(uint32_t c, struct str raw, char *scratch)
{
	(void)raw;
	(void)scratch;
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
	case '\t':
		return NULL;
	default: /* XML knows no escape for the others */
		return is_control(c) || c == 0xfffe || c == 0xffff || c == TEXT_INVALID ? REPLACEMENT : NULL;
	}
}

void text_html(struct buf *out, struct str s)
{
	walk(out, s, html_char);
}

static const char *csv_char(uint32_t c, struct str raw, char *scratch)
{
	(void)raw;
	(void)scratch;
	if (c == '"')
		return "\"\"";
	return c == 0 || c == TEXT_INVALID ? REPLACEMENT : NULL;
}

/* Spreadsheets take the wide forms of = + - @ for the narrow ones. */
static bool starts_formula(struct str s)
{
	uint32_t c = s.n ? text_next(&s) : 'x';

	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' || c == 0 || c == 0xff1d ||
	       c == 0xff0b || c == 0xff0d || c == 0xff20;
}

/* Other programs split at ';' or TAB, and drop blanks at the ends. */
static bool wants_quotes(struct str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (strchr(",;\"\t\r\n", s.p[i]) && s.p[i])
			return true;
	}
	return s.p[0] == ' ' || s.p[s.n - 1] == ' ';
}

void text_csv(struct buf *out, struct str s)
{
	bool quotes = wants_quotes(s);

	if (quotes)
		buf_byte(out, '"');
	if (starts_formula(s))
		buf_byte(out, '\'');
	walk(out, s, csv_char);
	if (quotes)
		buf_byte(out, '"');
}

/* Invalid bytes keep their values here: a dump must tell two inputs apart. */
static const char *quote_char(uint32_t c, struct str raw, char *scratch)
{
	const char *s = short_escape(c);
	size_t n = 0;

	if (s)
		return s;
	if (c == TEXT_INVALID) {
		for (size_t i = 0; i < raw.n; i++)
			n += (size_t)snprintf(scratch + n, SCRATCH - n, "\\x%02x", (unsigned char)raw.p[i]);
		return scratch;
	}
	if (c < 0x20 || c == 0x7f)
		snprintf(scratch, SCRATCH, "\\x%02x", c);
	else if (!text_is_clean(raw))
		snprintf(scratch, SCRATCH, "\\u%04x", c);
	else
		return NULL;
	return scratch;
}

void text_quote(struct buf *out, struct str s)
{
	buf_byte(out, '"');
	walk(out, s, quote_char);
	buf_byte(out, '"');
}

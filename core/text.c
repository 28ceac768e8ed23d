// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * text.c - one gate for text from outside
 *
 * What passes text_clean() can neither move a cursor, nor reorder a line, nor end one, nor break the well-formedness of
 * XML; all later code relies on that and only adds the escapes of its format. Invalid bytes are replaced as browsers
 * and Python do it, so that a name looks the same wherever it is shown.
 */
#include "core/text.h"

/* What text_clean() shows as an escape, though it is valid UTF-8. */
static bool is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffe ||
	       c == 0xffff;
}

/* Length of a sequence by its first byte (0: none begins so), and the range of its second byte. */
static size_t lead(unsigned char c, unsigned char *lo, unsigned char *hi)
{
	*lo = 0x80;
	*hi = 0xbf;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (c < 0xe0)
		return 2;
	if (c == 0xe0)
		*lo = 0xa0; /* shorter form exists */
	if (c == 0xed)
		*hi = 0x9f; /* surrogates */
	if (c == 0xf0)
		*lo = 0x90;
	if (c == 0xf4)
		*hi = 0x8f; /* above U+10FFFF */
	return c < 0xf0 ? 3 : 4;
}

uint32_t text_next(struct str *s)
{
	unsigned char c = (unsigned char)s->p[0], lo, hi, next;
	size_t n, i;
	uint32_t v;

	*s = str_skip(*s, 1);
	if (c < 0x80)
		return c;
	n = lead(c, &lo, &hi);
	if (n == 0)
		return TEXT_INVALID;
	v = c & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if (s->n == 0)
			return TEXT_INVALID;
		next = (unsigned char)s->p[0];
		if (next < lo || next > hi)
			return TEXT_INVALID;
		v = v << 6 | (next & 0x3f);
		*s = str_skip(*s, 1);
		lo = 0x80;
		hi = 0xbf;
	}
	return v;
}

/* Bytes at the front that are printable ASCII, eight at a time. */
static size_t plain_prefix(struct str s)
{
	const uint64_t ones = UINT64_MAX / 255, high = ones << 7;
	size_t i = 0;
	uint64_t w;

	for (; i + 8 <= s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		/* a byte above 0x7e carries into its high bit, one below 0x20 borrows there */
		if (((w + ones) | (w - 0x20 * ones) | w) & high)
			break;
	}
	while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7f)
		i++;
	return i;
}

bool text_is_clean(struct str s)
{
	while (s.n) {
		uint32_t c;

		s = str_skip(s, plain_prefix(s));
		if (s.n == 0)
			break;
		c = text_next(&s);
		if (c == TEXT_INVALID || is_unsafe(c))
			return false;
	}
	return true;
}

void text_clean(struct buf *out, struct str s)
{
	const char *from = s.p, *here;
	uint32_t c;

	while (s.n) {
		s = str_skip(s, plain_prefix(s));
		if (s.n == 0)
			break;
		here = s.p;
		c = text_next(&s);
		if (c != TEXT_INVALID && !is_unsafe(c))
			continue;
		buf_add(out, from, (size_t)(here - from));
		if (c == TEXT_INVALID)
			buf_puts(out, "\xef\xbf\xbd");
		else
			buf_printf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
		from = s.p;
	}
	if (from)
		buf_add(out, from, (size_t)(s.p - from));
}

size_t text_utf8(char out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

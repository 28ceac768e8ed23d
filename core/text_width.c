// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * text_width.c - text in columns
 *
 * Widths come from a short list of ranges instead of wcwidth(): that depends on the locale and its version, and equal
 * input must give equal bytes. The list holds the scripts and emoji that names really have; what is missing counts 1.
 * A name is cut in its middle: the package begins it and the method ends it, and these two tell it from others.
 */
#include "core/text.h"

struct range {
	uint32_t first, last;
};

/* Both lists are in order. */
static const struct range zero_width[] = {
	{ 0x300, 0x36f },     { 0x483, 0x489 },	  { 0x591, 0x5bd },   { 0x5bf, 0x5bf },	    { 0x5c1, 0x5c2 },
	{ 0x5c4, 0x5c5 },     { 0x610, 0x61a },	  { 0x64b, 0x65f },   { 0x670, 0x670 },	    { 0x6d6, 0x6dc },
	{ 0x6df, 0x6e4 },     { 0x6e7, 0x6e8 },	  { 0x6ea, 0x6ed },   { 0x900, 0x902 },	    { 0x93c, 0x93c },
	{ 0x941, 0x948 },     { 0x94d, 0x94d },	  { 0x951, 0x957 },   { 0xe31, 0xe31 },	    { 0xe34, 0xe3a },
	{ 0xe47, 0xe4e },     { 0x1ab0, 0x1ace }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },   { 0x202a, 0x202e },
	{ 0x2060, 0x2064 },   { 0x2066, 0x206f }, { 0x20d0, 0x20f0 }, { 0x302a, 0x302d },   { 0x3099, 0x309a },
	{ 0xfe00, 0xfe0f },   { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f },
	{ 0xe0100, 0xe01ef },
};

static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },	  { 0x23e9, 0x23ec },	{ 0x23f0, 0x23f0 },
	{ 0x23f3, 0x23f3 },   { 0x25fd, 0x25fe },   { 0x2614, 0x2615 },	  { 0x2648, 0x2653 },	{ 0x267f, 0x267f },
	{ 0x2693, 0x2693 },   { 0x26a1, 0x26a1 },   { 0x26aa, 0x26ab },	  { 0x26bd, 0x26be },	{ 0x26c4, 0x26c5 },
	{ 0x26ce, 0x26ce },   { 0x26d4, 0x26d4 },   { 0x26ea, 0x26ea },	  { 0x26f2, 0x26f3 },	{ 0x26f5, 0x26f5 },
	{ 0x26fa, 0x26fa },   { 0x26fd, 0x26fd },   { 0x2705, 0x2705 },	  { 0x270a, 0x270b },	{ 0x2728, 0x2728 },
	{ 0x274c, 0x274c },   { 0x274e, 0x274e },   { 0x2753, 0x2755 },	  { 0x2757, 0x2757 },	{ 0x2795, 0x2797 },
	{ 0x27b0, 0x27b0 },   { 0x27bf, 0x27bf },   { 0x2b1b, 0x2b1c },	  { 0x2b50, 0x2b50 },	{ 0x2b55, 0x2b55 },
	{ 0x2e80, 0x303e },   { 0x3041, 0xa4cf },   { 0xa960, 0xa97f },	  { 0xac00, 0xd7a3 },	{ 0xf900, 0xfaff },
	{ 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6b },   { 0xff01, 0xff60 },	  { 0xffe0, 0xffe6 },	{ 0x16fe0, 0x18cff },
	{ 0x1aff0, 0x1b2ff }, { 0x1f004, 0x1f004 }, { 0x1f0cf, 0x1f0cf }, { 0x1f18e, 0x1f18e }, { 0x1f191, 0x1f19a },
	{ 0x1f200, 0x1f320 }, { 0x1f32d, 0x1f335 }, { 0x1f337, 0x1f37c }, { 0x1f37e, 0x1f393 }, { 0x1f3a0, 0x1f3ca },
	{ 0x1f3cf, 0x1f3d3 }, { 0x1f3e0, 0x1f3f0 }, { 0x1f3f4, 0x1f3f4 }, { 0x1f3f8, 0x1f43e }, { 0x1f440, 0x1f440 },
	{ 0x1f442, 0x1f4fc }, { 0x1f4ff, 0x1f53d }, { 0x1f54b, 0x1f54e }, { 0x1f550, 0x1f567 }, { 0x1f57a, 0x1f57a },
	{ 0x1f595, 0x1f596 }, { 0x1f5a4, 0x1f5a4 }, { 0x1f5fb, 0x1f64f }, { 0x1f680, 0x1f6c5 }, { 0x1f6cc, 0x1f6cc },
	{ 0x1f6d0, 0x1f6d2 }, { 0x1f6d5, 0x1f6df }, { 0x1f6eb, 0x1f6ec }, { 0x1f6f4, 0x1f6fc }, { 0x1f7e0, 0x1f7eb },
	{ 0x1f7f0, 0x1f7f0 }, { 0x1f90c, 0x1f93a }, { 0x1f93c, 0x1f945 }, { 0x1f947, 0x1f9ff }, { 0x1fa70, 0x1faff },
	{ 0x20000, 0x3fffd },
};

static bool in_ranges(uint32_t c, const struct range *r, size_t n)
{
	size_t lo = 0, hi = n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (c > r[mid].last)
			lo = mid + 1;
		else if (c < r[mid].first)
			hi = mid;
		else
			return true;
	}
	return false;
}

static size_t char_width(uint32_t c)
{
	if (c < 0x300)
		return c >= 0x20 && (c < 0x7f || c > 0x9f);
	if (in_ranges(c, zero_width, sizeof(zero_width) / sizeof(zero_width[0])))
		return 0;
	return in_ranges(c, wide, sizeof(wide) / sizeof(wide[0])) ? 2 : 1;
}

/* Takes ESC [ digits ; ... m off the front. */
static bool skip_sgr(struct str *s)
{
	size_t i = 2;

	if (s->n < 3 || s->p[0] != '\x1b' || s->p[1] != '[')
		return false;
	while (i < s->n && ((s->p[i] >= '0' && s->p[i] <= '9') || s->p[i] == ';'))
		i++;
	if (i == s->n || s->p[i] != 'm')
		return false;
	*s = str_skip(*s, i + 1);
	return true;
}

size_t text_width(struct str s)
{
	size_t width = 0;

	while (s.n) {
		if (!skip_sgr(&s))
			width += char_width(text_next(&s));
	}
	return width;
}

/* The longest prefix of s of at most `columns`, with the combining characters that follow; its width in *width. */
static struct str fit(struct str s, size_t columns, size_t *width)
{
	const char *from = s.p;
	struct str rest = s;
	size_t w;

	*width = 0;
	while (s.n) {
		w = char_width(text_next(&rest));
		if (*width + w > columns)
			break;
		*width += w;
		s = rest;
	}
	return (struct str){ from, (size_t)(s.p - from) };
}

/* The longest suffix of s of at most `columns`, not begun by a combining character. total is the width of s. */
static struct str fit_tail(struct str s, size_t total, size_t columns)
{
	struct str rest = s;
	size_t w;

	while (s.n) {
		w = char_width(text_next(&rest));
		if (w && total <= columns)
			break;
		total -= w;
		s = rest;
	}
	return s;
}

void text_cut(struct buf *out, struct str s, size_t columns, bool ascii)
{
	size_t width = text_width(s), dots = ascii ? 3 : 1, head;

	if (width <= columns) {
		buf_str(out, s);
	} else if (columns <= dots) {
		if (columns) /* a mark alone */
			buf_add(out, ascii ? "..." : "\xe2\x80\xa6", ascii ? columns : 3);
	} else {
		columns -= dots;
		buf_str(out, fit(s, (columns + 1) / 2, &head));
		buf_puts(out, ascii ? "..." : "\xe2\x80\xa6");
		buf_str(out, fit_tail(s, width, columns - head));
	}
}

void text_pad(struct buf *out, struct str s, size_t columns, bool ascii)
{
	size_t from = out->len, width;

	text_cut(out, s, columns, ascii);
	if (out->failed)
		return;
	width = text_width((struct str){ out->data ? out->data + from : "", out->len - from });
	if (width < columns)
		buf_repeat(out, " ", columns - width);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static struct str next_word(struct str *s)
{
	struct str word;
	size_t n = 0;

	while (s->n && is_blank(s->p[0]))
		*s = str_skip(*s, 1);
	while (n < s->n && !is_blank(s->p[n]))
		n++;
	word = (struct str){ s->p, n };
	*s = str_skip(*s, n);
	return word;
}

/* The column where out's last line ends. */
static size_t column_of(const struct buf *out)
{
	size_t at = out->len;

	while (at && out->data[at - 1] != '\n')
		at--;
	return out->data ? text_width((struct str){ out->data + at, out->len - at }) : 0;
}

static size_t new_line(struct buf *out, size_t indent)
{
	buf_byte(out, '\n');
	buf_repeat(out, " ", indent);
	return indent;
}

void text_wrap(struct buf *out, struct str s, size_t columns, size_t indent)
{
	size_t at = column_of(out), width, used;
	struct str word, part;
	bool begun = false;

	if (columns < indent + 2)
		columns = indent + 2; /* room for the widest character */
	for (word = next_word(&s); word.n; word = next_word(&s)) {
		width = text_width(word);
		if (begun && at + 1 + width <= columns) {
			buf_byte(out, ' ');
			at++;
		} else if (begun || (at > indent && at + width > columns)) {
			at = new_line(out, indent);
		}
		while (at + width > columns) {
			part = fit(word, columns > at ? columns - at : 0, &used);
			buf_str(out, part);
			word = str_skip(word, part.n);
			width -= used;
			at = new_line(out, indent);
		}
		buf_str(out, word);
		at += width;
		begun = true;
	}
}

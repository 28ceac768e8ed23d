// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * page.c - wraps, cuts and colours
 *
 * Lines are filled to one column less than the terminal has: terminals differ in what a full last column does, and the guard may
 * add a character. Wrapping is done here and not by core/text because a Go symbol is one "word" that is often longer than a line.
 */
#include "report/page.h"

#include <math.h>

#include "core/text.h"

#define LABEL 9		/* columns of a field's label */

void page_init(struct page *p, struct buf *out, const struct report_opts *o)
{
	unsigned columns = o->columns < 40 ? 40 : o->columns > 200 ? 200 : o->columns;

	*p = (struct page){ .out = out, .width = columns - 1, .utf8 = o->utf8, .colour = o->colour, .wide = o->wide };
}

/* An ASCII terminal gets as many columns as a character had: what the page measured stays true. */
static void to_ascii(struct buf *out, struct str s)
{
	static const struct { uint32_t c; const char *ascii; } known[] = {
		{ 0xb5, "u" }, { 0x3bc, "u" }, { 0xd7, "x" }, { 0x2013, "-" }, { 0x2212, "-" }, { 0xb1, "~" }, { 0xb7, "." },
	};

	while (s.n) {
		struct str at = s;
		uint32_t c = text_next(&s);
		const char *ascii = NULL;

		if (c < 0x80) {
			buf_byte(out, (char)c);
			continue;
		}
		for (size_t i = 0; !ascii && i < sizeof(known) / sizeof(known[0]); i++)
			if (known[i].c == c)
				ascii = known[i].ascii;
		if (ascii)
			buf_puts(out, ascii);
		else
			buf_repeat(out, "?", text_width((struct str){ at.p, at.n - s.n }));
	}
}

/* Without the blanks that cells leave at a line's end. */
static void trim_lines(struct buf *out, struct str s)
{
	while (s.n) {
		const char *nl = memchr(s.p, '\n', s.n);
		size_t line = nl ? (size_t)(nl - s.p) : s.n, keep = line;

		while (keep && s.p[keep - 1] == ' ')
			keep--;
		buf_add(out, s.p, keep);
		if (nl)
			buf_byte(out, '\n');
		s = str_skip(s, line + (nl != NULL));
	}
}

void page_finish(struct buf *out, const struct buf *text, const struct report_opts *o)
{
	struct buf trimmed = { .limit = text->limit }, ascii = { .limit = text->limit };

	trim_lines(&trimmed, buf_view(text));
	if (!o->utf8)
		to_ascii(&ascii, buf_view(&trimmed));
	report_guard(out, o->utf8 ? buf_view(&trimmed) : buf_view(&ascii));
	out->failed = out->failed || text->failed || trimmed.failed || ascii.failed;
	buf_free(&trimmed);
	buf_free(&ascii);
}

void page_blank(struct page *p)
{
	buf_byte(p->out, '\n');
}

void page_end(struct page *p)
{
	buf_byte(p->out, '\n');
}

void page_pad(struct page *p, unsigned columns)
{
	buf_repeat(p->out, " ", columns);
}

void page_ink(struct page *p, enum page_ink ink)
{
	static const char *const sgr[] = { "\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m" };

	if (p->colour)
		buf_puts(p->out, sgr[ink]);
}

const char *page_mark_text(const struct page *p, enum page_mark mark)
{
	static const char *const utf8[] = { "+", "\u2212", "=", "!", "\u2713", "\u2717", "\u2022" };
	static const char *const ascii[] = { "+", "-", "=", "!", "+", "x", "*" };

	return p->utf8 ? utf8[mark] : ascii[mark];
}

static enum page_ink mark_ink(enum page_mark mark)
{
	static const enum page_ink ink[] = { INK_BAD, INK_GOOD, INK_DIM, INK_WARN, INK_GOOD, INK_BAD, INK_PLAIN };

	return ink[mark];
}

void page_heading(struct page *p, const char *title, const char *note)
{
	page_blank(p);
	page_ink(p, INK_BOLD);
	buf_printf(p->out, "%s %s", p->utf8 ? "\u2588" : "==", title);
	page_ink(p, INK_PLAIN);
	if (note && *note) {
		size_t used = text_width(str_from(title)) + 3, n = text_width(str_from(note));

		if (used + 2 + n > p->width) {
			page_end(p);
			page_text(p, 2, 2, INK_PLAIN, str_from(note));
			return;
		}
		buf_printf(p->out, "  %s", note);
	}
	page_end(p);
}

static size_t word_length(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != ' ' && s.p[i] != '\n')
		i++;
	return i;
}

/* Does s begin with a blank and a unit, perhaps with a comma or a bracket behind it? */
static bool unit_follows(struct str s)
{
	static const char *const units[] = { "%", "ns", "us", "ms", "s", "min", "B", "KiB", "MiB", "GiB", "k", "M" };
	struct str u = s.n ? (struct str){ s.p + 1, word_length(str_skip(s, 1)) } : s;

	while (u.n && strchr(",;.:)", u.p[u.n - 1]))
		u.n--;
	for (size_t i = 0; s.n && s.p[0] == ' ' && i < sizeof(units) / sizeof(units[0]); i++)
		if (str_is(u, units[i]))
			return true;
	return false;
}

/* A number and its unit are one word: no line ends between them. */
static struct str next_word(struct str *rest)
{
	struct str w;
	size_t i;

	while (rest->n && (*rest->p == ' ' || *rest->p == '\n'))
		*rest = str_skip(*rest, 1);
	i = word_length(*rest);
	if (i && rest->p[i - 1] >= '0' && rest->p[i - 1] <= '9' && unit_follows(str_skip(*rest, i)))
		i += 1 + word_length(str_skip(*rest, i + 1));
	w = (struct str){ rest->p, i };
	*rest = str_skip(*rest, i);
	return w;
}

/* Words from column `at` on; later lines begin at `hang`. Leaves the line open. */
static void fill(struct page *p, size_t at, unsigned hang, struct str text)
{
	size_t begin = at;

	for (struct str w = next_word(&text); w.n; w = next_word(&text)) {
		size_t n = text_width(w);

		if (at > begin && at + 1 + n > p->width) {
			page_end(p);
			page_pad(p, hang);
			at = begin = hang;
		} else if (at > begin) {
			buf_byte(p->out, ' ');
			at++;
		}
		if (at + n > p->width && !p->wide) {
			size_t room = p->width > at + 8 ? p->width - at : 8;

			text_cut(p->out, w, room, !p->utf8);
			n = n < room ? n : room;
		} else {
			buf_str(p->out, w);
		}
		at += n;
	}
}

void page_rest(struct page *p, unsigned at, unsigned hang, struct str text)
{
	buf_byte(p->out, ' ');
	fill(p, at + 1, hang, text);
}

void page_text(struct page *p, unsigned indent, unsigned hang, enum page_ink ink, struct str text)
{
	if (!text.p)
		return;
	page_pad(p, indent);
	if (ink != INK_PLAIN)
		page_ink(p, ink);
	fill(p, indent, hang, text);
	if (ink != INK_PLAIN)
		page_ink(p, INK_PLAIN);
	page_end(p);
}

void page_field(struct page *p, unsigned indent, const char *label, struct str text)
{
	unsigned column = indent + LABEL, wide = (unsigned)text_width(str_from(label));

	if (!text.p || !text.n)
		return;
	page_pad(p, indent);
	page_ink(p, INK_DIM);
	buf_puts(p->out, label);
	page_ink(p, INK_PLAIN);
	page_pad(p, wide < LABEL ? LABEL - wide : 1);
	fill(p, wide < LABEL ? column : indent + wide + 1, column, text);
	page_end(p);
}

void page_item(struct page *p, unsigned indent, enum page_mark mark, struct str text)
{
	const char *m = page_mark_text(p, mark);
	unsigned wide = (unsigned)text_width(str_from(m));

	page_pad(p, indent);
	page_ink(p, mark_ink(mark));
	buf_puts(p->out, m);
	page_ink(p, INK_PLAIN);
	buf_byte(p->out, ' ');
	fill(p, indent + wide + 1, indent + 2, text);
	page_end(p);
}

void page_cell(struct page *p, struct str text, unsigned columns, bool right)
{
	size_t n = text_width(text);

	if (right && n < columns)
		page_pad(p, columns - (unsigned)n);
	if (n > columns)
		text_cut(p->out, text, columns, !p->utf8);
	else
		buf_str(p->out, text);
	if (!right && n < columns)
		page_pad(p, columns - (unsigned)n);
}

void page_name(struct page *p, struct str name, unsigned columns)
{
	if (p->wide || text_width(name) <= columns)
		buf_str(p->out, name);
	else
		text_cut(p->out, name, columns, !p->utf8);
}

void page_bar(struct page *p, double share, unsigned cells)
{
	static const char *const eighth[] = { "", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589" };
	unsigned eighths, full, part;

	share = share > 1 ? 1 : share > 0 ? share : 0;	/* a NaN is an empty bar */
	eighths = (unsigned)lround(share * cells * 8);
	full = eighths / 8;
	part = eighths % 8;
	if (!p->utf8) {
		full = (unsigned)lround(share * cells);
		buf_repeat(p->out, "=", full);
		buf_repeat(p->out, ".", cells - full);
		return;
	}
	buf_repeat(p->out, "\u2588", full);
	buf_puts(p->out, eighth[part]);
	page_pad(p, cells - full - (part > 0));
}

void page_spark(struct page *p, const double *v, size_t n, double most)
{
	static const char *const block[] = { "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588" };
	static const char ascii[] = ".:-=+*%@";

	for (size_t i = 0; i < n; i++) {
		long k = isnan(v[i]) ? -1 : most > 0 ? lround(v[i] / most * 8) - 1 : 0;

		k = k > 7 ? 7 : !isnan(v[i]) && k < 0 ? 0 : k;
		if (k < 0)
			buf_byte(p->out, ' ');
		else if (p->utf8)
			buf_puts(p->out, block[k]);
		else
			buf_byte(p->out, ascii[k]);
	}
}

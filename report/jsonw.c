// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * jsonw.c - JSON by hand: SQLite's writer rounds reals to 15 digits and prints Inf, and a library would be one more
 */
#include "report/jsonw.h"

#include "core/fmt.h"
#include "core/text.h"

#define LINES 3		/* levels whose members have a line of their own, when nothing else is said */

static bool has_lines(const struct jsonw *w)
{
	return w->depth <= (w->lines ? w->lines : LINES);
}

static void new_line(struct jsonw *w, int depth)
{
	buf_byte(w->out, '\n');
	buf_repeat(w->out, "  ", (size_t)depth);
}

static void begin(struct jsonw *w, const char *key)
{
	if (w->depth) {
		if (w->any[w->depth])
			buf_puts(w->out, has_lines(w) ? "," : ", ");
		w->any[w->depth] = true;
		if (has_lines(w))
			new_line(w, w->depth);
	}
	if (key) {
		text_json(w->out, str_from(key));
		buf_puts(w->out, ": ");
	}
}

void jsonw_open(struct jsonw *w, const char *key, char bracket)
{
	begin(w, key);
	buf_byte(w->out, bracket);
	if (w->depth + 1 >= JSONW_DEPTH) {
		w->out->failed = true;	/* a promise of our own writers, not of the input */
		return;
	}
	w->any[++w->depth] = false;
}

void jsonw_close(struct jsonw *w, char bracket)
{
	bool any = w->any[w->depth];

	if (any && has_lines(w))
		new_line(w, w->depth - 1);
	w->depth--;
	buf_byte(w->out, bracket);
	if (!w->depth)
		buf_byte(w->out, '\n');
}

void jsonw_text(struct jsonw *w, const char *key, struct str v)
{
	begin(w, key);
	if (v.p)
		text_json(w->out, v);
	else
		buf_puts(w->out, "null");
}

void jsonw_real(struct jsonw *w, const char *key, double v)
{
	begin(w, key);
	fmt_real(w->out, v);
}

void jsonw_int(struct jsonw *w, const char *key, int64_t v)
{
	begin(w, key);
	if (v == STORE_NULL)
		buf_puts(w->out, "null");
	else
		buf_printf(w->out, "%lld", (long long)v);
}

void jsonw_bool(struct jsonw *w, const char *key, bool v)
{
	begin(w, key);
	buf_puts(w->out, v ? "true" : "false");
}

/* In valid JSON these characters stand only inside strings, where an escape means the same. */
void jsonw_raw(struct jsonw *w, const char *key, struct str v)
{
	begin(w, key);
	if (!v.p || !v.n) {
		buf_puts(w->out, "null");
		return;
	}
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (c == '<' || c == '>' || c == '&' || c == '#')
			buf_printf(w->out, "\\u%04x", c);
		else if (c == '\n' || c == '\r' || c == '\t')
			buf_byte(w->out, ' ');
		else
			buf_byte(w->out, v.p[i]);
	}
}

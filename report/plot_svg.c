// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * plot_svg.c - another program's picture, taken apart and written anew
 *
 * Nothing of gnuplot's output is copied into the page unread. It is scanned tag by tag; what is a known element with known
 * attributes and harmless values is written again, and anything else - a script, a handler, a link to anywhere but #id, an element nobody
 * expected - refuses the whole picture. On the way it becomes fit to stand in a page: ids are made unique, black becomes the page's text
 * colour so that it also shows on a dark page, groups without content (gnuplot writes hundreds) and definitions nobody uses go.
 */
#include <stdio.h>
#include <strings.h>

#include "core/text.h"
#include "report/plot.h"

#define DEPTH 16

/* One tag: <name attributes>, </name>, or <name ... />. */
struct tag {
	struct str name, attributes;
	bool closing, empty;
};

struct rewrite {
	struct buf *out;
	enum plot_kind chart;
	int depth;		/* open elements that are written */
	struct str open[DEPTH];
	struct buf pending;	/* groups opened and still without content */
	int n_pending;
	struct str skipping;	/* inside this element nothing is written: title, desc, filter; or defs that are not used */
	bool uses_defs;
};

enum { SKIP_UNTIL_END, KEEP_ELEMENT, REFUSE };

static int element_rule(const struct rewrite *r, struct str name)
{
	static const char *const keep[] = { "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "use" };

	if (str_is(name, "title") || str_is(name, "desc") || str_is(name, "filter"))
		return SKIP_UNTIL_END;
	if (str_is(name, "defs"))
		return r->uses_defs ? KEEP_ELEMENT : SKIP_UNTIL_END;
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (str_is(name, keep[i]))
			return KEEP_ELEMENT;
	return REFUSE;
}

/* Values of numbers, names, lists and functions; no markup, no quotes, no scheme, no escape; url() of a part of the picture only. */
static bool harmless(struct str v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];
		bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr(" \t\n.,#()%+-_", c);

		if (!ok || !c)
			return false;
		if (v.n - i >= 4 && strncasecmp(v.p + i, "url(", 4) == 0 && (v.n - i == 4 || v.p[i + 4] != '#'))
			return false;
	}
	return true;
}

static void attribute(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, " %s=\"", name);
	text_html(out, value);
	buf_byte(out, '"');
}

/* black -> currentColor, the grid's gray a shade of it; gnuplot pads numbers in rgb( 1, 22, 33). */
static void colour(struct buf *out, const char *name, struct str value)
{
	int r, g, b;
	char text[64], hex[16];

	if (str_is(value, "black") || str_is(value, "gray")) {
		attribute(out, name, STR_LIT("currentColor"));
		if (str_is(value, "gray") && strcmp(name, "stroke") == 0)
			attribute(out, "stroke-opacity", STR_LIT("0.25"));
		return;
	}
	snprintf(text, sizeof(text), "%.*s", (int)(value.n < 60 ? value.n : 60), value.p);
	if (sscanf(text, "rgb( %d , %d , %d )", &r, &g, &b) == 3) {
		snprintf(hex, sizeof(hex), "#%02x%02x%02x", (unsigned)r & 255, (unsigned)g & 255, (unsigned)b & 255);
		value = str_from(hex);
	}
	attribute(out, name, value);
}

/* "#gpPt6" -> "#c0-gpPt6" */
static bool local_link(struct buf *out, const char *name, struct str value, enum plot_kind k)
{
	if (!value.n || value.p[0] != '#')
		return false;
	buf_printf(out, " %s=\"#c%d-", name, (int)k);
	text_html(out, str_skip(value, 1));
	buf_byte(out, '"');
	return true;
}

static bool put_attribute(struct buf *out, struct str name, struct str value, enum plot_kind k)
{
	static const char *const keep[] = { "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points",
		"transform", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "fill-opacity", "font-size",
		"text-anchor" };
	static const char *const drop[] = { "class", "font-family", "font-weight", "font-style", "xml:space", "viewBox", "xmlns", "xmlns:xlink" };
	static const char *const paint[] = { "fill", "stroke" };

	if (str_is(name, "xlink:href") || str_is(name, "href"))
		return harmless(value) && local_link(out, "href", value, k);
	if (str_is(name, "id")) {
		buf_printf(out, " id=\"c%d-", (int)k);
		text_html(out, value);
		buf_byte(out, '"');
		return harmless(value);
	}
	for (size_t i = 0; i < sizeof(drop) / sizeof(drop[0]); i++)
		if (str_is(name, drop[i]))
			return true;
	if (!harmless(value))
		return false;
	if (str_is(name, "color")) {	/* black is what it inherits */
		if (!str_is(value, "black") && !str_is(value, "gray"))
			colour(out, "color", value);
		return true;
	}
	for (size_t i = 0; i < sizeof(paint) / sizeof(paint[0]); i++)
		if (str_is(name, paint[i])) {
			colour(out, paint[i], value);
			return true;
		}
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (str_is(name, keep[i])) {
			attribute(out, keep[i], value);
			return true;
		}
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_skip(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Takes name="value" off the front of *rest. false: there is none; *bad when what is there is no attribute. */
static bool next_attribute(struct str *rest, struct str *name, struct str *value, bool *bad)
{
	size_t n = 0;
	const char *end;

	*rest = trim(*rest);
	if (!rest->n)
		return false;
	while (n < rest->n && rest->p[n] != '=' && !is_blank(rest->p[n]))
		n++;
	*name = (struct str){ rest->p, n };
	*rest = str_skip(*rest, n);
	*bad = rest->n < 3 || rest->p[0] != '=' || (rest->p[1] != '"' && rest->p[1] != '\'');
	if (*bad)
		return false;
	end = memchr(rest->p + 2, rest->p[1], rest->n - 2);
	*bad = !end;
	if (*bad)
		return false;
	*value = trim((struct str){ rest->p + 2, (size_t)(end - rest->p) - 2 });
	*rest = str_skip(*rest, (size_t)(end - rest->p) + 1);
	return true;
}

static void content(struct rewrite *r)
{
	buf_str(r->out, buf_view(&r->pending));
	buf_reset(&r->pending);
	r->n_pending = 0;
}

static bool put_open(struct rewrite *r, const struct tag *t)
{
	bool group = str_is(t->name, "g") && !t->empty, bad = false;
	struct str rest = t->attributes, name, value;
	struct buf *out = group ? &r->pending : r->out;

	if (!group)
		content(r);
	buf_byte(out, '<');
	buf_str(out, t->name);
	while (next_attribute(&rest, &name, &value, &bad))
		if (!put_attribute(out, name, value, r->chart))
			return false;
	if (bad)
		return false;
	buf_puts(out, t->empty ? "/>" : ">");
	if (t->empty)
		return true;
	if (r->depth == DEPTH)
		return false;
	r->open[r->depth++] = t->name;
	r->n_pending += group;
	return true;
}

static bool put_close(struct rewrite *r, const struct tag *t)
{
	if (!r->depth || !str_eq(r->open[r->depth - 1], t->name))
		return false;
	r->depth--;
	if (r->n_pending) {	/* a group without content: forget its opening tag */
		while (r->pending.len && r->pending.data[r->pending.len - 1] != '<')
			r->pending.len--;
		r->pending.len -= r->pending.len > 0;
		r->n_pending--;
		return true;
	}
	buf_puts(r->out, "</");
	buf_str(r->out, t->name);
	buf_puts(r->out, ">");
	return true;
}

static bool put_tag(struct rewrite *r, const struct tag *t)
{
	int rule;

	if (r->skipping.p) {
		if (t->closing && str_eq(t->name, r->skipping))
			r->skipping = STR_NONE;
		return true;
	}
	if (t->closing)
		return put_close(r, t);
	rule = element_rule(r, t->name);
	if (rule == REFUSE)
		return false;
	if (rule == SKIP_UNTIL_END) {
		if (!t->empty)
			r->skipping = t->name;
		return true;
	}
	return put_open(r, t);
}

/* The tag at the start of s (which is '<'); 0: none, else its length. */
static size_t read_tag(struct str s, struct tag *t)
{
	const char *end = memchr(s.p, '>', s.n);
	size_t n = 0;
	struct str in;

	if (!end)
		return 0;
	in = (struct str){ s.p + 1, (size_t)(end - s.p) - 1 };
	t->closing = in.n && in.p[0] == '/';
	in = str_skip(in, t->closing);
	t->empty = !t->closing && in.n && in.p[in.n - 1] == '/';
	in.n -= t->empty;
	while (n < in.n && !is_blank(in.p[n]))
		n++;
	t->name = (struct str){ in.p, n };
	t->attributes = str_skip(in, n);
	return (size_t)(end - s.p) + 1;
}

/* The text between tags: numbers of an axis. */
static void put_text(struct rewrite *r, struct str s)
{
	s = trim(s);
	if (!s.n || r->skipping.p || !r->depth || !str_is(r->open[r->depth - 1], "text"))
		return;
	content(r);
	text_html(r->out, s);
}

static bool rewrite_body(struct rewrite *r, struct str s)
{
	while (s.n) {
		const char *lt = memchr(s.p, '<', s.n);
		size_t n = lt ? (size_t)(lt - s.p) : s.n;
		struct tag t;

		put_text(r, (struct str){ s.p, n });
		s = str_skip(s, n);
		if (!s.n)
			break;
		n = read_tag(s, &t);
		if (!n || !put_tag(r, &t))
			return false;
		s = str_skip(s, n);
	}
	return r->depth == 0 && !r->skipping.p;
}

static const char *find(struct str s, const char *what)
{
	return s.n ? memmem(s.p, s.n, what, strlen(what)) : NULL;
}

bool plot_svg(struct buf *out, struct str *rest, enum plot_kind k, int high)
{
	const char *from = find(*rest, "<svg"), *body, *end, *defs;
	struct rewrite r = { .out = out, .chart = k, .pending = { .limit = 1 << 16 } };
	struct str inside;
	bool ok;

	if (!from)
		return false;
	*rest = str_skip(*rest, (size_t)(from - rest->p));
	body = memchr(rest->p, '>', rest->n);
	end = find(*rest, "</svg>");
	if (!body || !end || body > end)
		return false;
	inside = (struct str){ body + 1, (size_t)(end - body) - 1 };
	*rest = str_skip(*rest, (size_t)(end - rest->p) + strlen("</svg>"));
	defs = find(inside, "</defs>");
	r.uses_defs = defs && find((struct str){ defs, inside.n - (size_t)(defs - inside.p) }, "href=");
	buf_printf(out, "<svg viewBox=\"0 0 %d %d\" fill=\"none\" font-family=\"sans-serif\" role=\"img\" aria-label=\"%s, drawn; the same as"
		   " a table below\">", PLOT_WIDE, high, plot_title(k));
	ok = rewrite_body(&r, inside) && !r.pending.failed && !out->failed;
	buf_puts(out, "</svg>");
	buf_free(&r.pending);
	return ok;
}

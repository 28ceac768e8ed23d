// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_clusters.c - the map of the goroutines: what belongs together as areas, and the stack that stands for each
 *
 * A squarified treemap (Bruls, Huizing, van Wijk 2000): clusters by size, laid in rows along the shorter side of what is left, a row
 * closed when one more would make its tiles longer. Area: goroutines a dump on the side that has more. The picture repeats the list below
 * it, which has every number.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/text.h"
#include "report/html.h"
#include "report/say.h"
#include "report/words.h"

#define WIDE 560
#define HIGH 300
#define TILES 40
#define FRAMES 64	/* of one stack */
#define FONT 15
#define CERTAIN .01	/* p of a signal */
#define CHAR 8.8	/* a character's width, about */

struct tile {
	const struct model_cluster *k;
	double size, x, y, w, h;
};

static int by_size(const void *a, const void *b)
{
	const struct tile *x = a, *y = b;

	if (x->size > y->size || x->size < y->size)
		return x->size > y->size ? -1 : 1;
	return (x->k->id > y->k->id) - (x->k->id < y->k->id);
}

/* How long the worst tile of a row is beside its width, for a row of `sum` with extremes lo and hi along a side. */
static double worst(double lo, double hi, double sum, double side)
{
	double s2 = sum * sum, w2 = side * side;

	return fmax(w2 * hi / s2, s2 / (w2 * lo));
}

/* Places t[0..n) in the rectangle; sizes are areas already. */
static void squarify(struct tile *t, size_t n, double x, double y, double w, double h)
{
	for (size_t i = 0; i < n;) {
		double side = fmin(w, h), sum = t[i].size, at = 0, thick;
		bool across = w >= h;
		size_t end = i + 1;

		while (end < n && worst(t[end].size, t[i].size, sum + t[end].size, side) <= worst(t[end - 1].size, t[i].size, sum, side))
			sum += t[end++].size;
		thick = side > 0 ? sum / side : 0;
		for (; i < end; i++) {
			double along = thick > 0 ? t[i].size / thick : 0;

			t[i].x = across ? x : x + at;
			t[i].y = across ? y + at : y;
			t[i].w = across ? thick : along;
			t[i].h = across ? along : thick;
			at += along;
		}
		x += across ? thick : 0;
		y += across ? 0 : thick;
		w -= across ? thick : 0;
		h -= across ? 0 : thick;
	}
}

/* Tested as a change of its own, or as what a signal stands on. */
static bool certain(const struct report_model *m, struct str name)
{
	for (size_t i = 0; i < m->changes.n; i++)
		if (str_is(m->changes.v[i].scope, "cluster") && str_eq(m->changes.v[i].name, name) && model_found(&m->changes.v[i]))
			return true;
	for (size_t i = 0; i < m->signals.n; i++)
		if (str_eq(m->signals.v[i].cluster, name) && m->signals.v[i].p < CERTAIN)
			return true;
	return false;
}

/* Tiles carry dark ink on both themes. Red more than in the baseline, blue fewer; strong: certain. */
static const char *fill(const struct report_model *m, const struct model_cluster *k)
{
	bool sure = certain(m, k->name);

	if (!say_cluster_moved(k))
		return "<rect fill=\"#e2e6eb\" stroke=\"#f8f9fb\" x=\"";
	if (k->cur > k->base)
		return sure ? "<rect fill=\"#ee7058\" stroke=\"#f8f9fb\" x=\"" : "<rect fill=\"#fad6cb\" stroke=\"#f8f9fb\" x=\"";
	return sure ? "<rect fill=\"#62a0e4\" stroke=\"#f8f9fb\" x=\"" : "<rect fill=\"#cce1f7\" stroke=\"#f8f9fb\" x=\"";
}

/* "2 -> 386", one number in a snapshot. */
static void say_counts(struct buf *b, const struct model_cluster *k, bool snapshot)
{
	if (!snapshot) {
		words_value(b, k->base, STR_LIT("count"));
		buf_puts(b, " \xe2\x86\x92 ");
	}
	words_value(b, k->cur, STR_LIT("count"));
}

/* carrier.(*Desk).ask [chan_send] from its whole name. */
static struct str short_name(struct str name)
{
	size_t at = 0;

	for (size_t i = 0; i < name.n && name.p[i] != '['; i++)
		if (name.p[i] == '/')
			at = i + 1;
	return str_skip(name, at);
}

static void put_label(struct htmlw *w, const struct tile *t, double y, bool name)
{
	html_lit(w, "<text fill=\"#16191d\" font-size=\"15\" x=\"");
	html_number(w, round(t->x + 5));
	html_lit(w, "\" y=\"");
	html_number(w, round(y));
	html_lit(w, "\">");
	html_words(w);
	if (name)
		text_cut(&w->words, short_name(t->k->name), (size_t)((t->w - 8) / CHAR), false);
	else
		say_counts(&w->words, t->k, str_is(w->m->design, "snapshot"));
	html_put(w);
	html_lit(w, "</text>");
}

static bool labelled(const struct tile *t)
{
	return t->h >= FONT + 6 && t->w >= 8 * CHAR;
}

static void put_tile(struct htmlw *w, const struct tile *t)
{
	char id[32];

	snprintf(id, sizeof(id), "%lld", (long long)t->k->id);
	html_anchor(w, "<a href=\"#cluster-", str_from(id));
	html_lit(w, " aria-label=\"");
	html_words(w);
	if (labelled(t)) {	/* what is spoken begins with what is seen */
		text_cut(&w->words, short_name(t->k->name), (size_t)((t->w - 8) / CHAR), false);
		buf_byte(&w->words, ' ');
	}
	say_counts(&w->words, t->k, str_is(w->m->design, "snapshot"));
	buf_puts(&w->words, ": ");
	buf_str(&w->words, t->k->name);
	html_put(w);
	html_lit(w, "\">");
	html_raw(w, fill(w->m, t->k));
	html_number(w, round(t->x * 10) / 10);
	html_lit(w, "\" y=\"");
	html_number(w, round(t->y * 10) / 10);
	html_lit(w, "\" width=\"");
	html_number(w, fmax(.1, round(t->w * 10) / 10));
	html_lit(w, "\" height=\"");
	html_number(w, fmax(.1, round(t->h * 10) / 10));
	html_lit(w, "\"/>");
	if (labelled(t))
		put_label(w, t, t->y + FONT + 2, true);
	if (t->h >= 2 * FONT + 10 && t->w >= 9 * CHAR)
		put_label(w, t, t->y + 2 * FONT + 6, false);
	html_lit(w, "</a>\n");
}

static void put_map(struct htmlw *w)
{
	struct tile t[TILES];
	size_t n = 0, left = 0;
	double sum = 0;

	for (size_t i = 0; i < w->m->clusters.n; i++) {
		const struct model_cluster *k = &w->m->clusters.v[i];
		double size = fmax(k->base, k->cur);

		if (!str_is(k->kind, "goroutine") || !(size > 0))
			continue;
		if (n < TILES)
			t[n++] = (struct tile){ .k = k, .size = size };
		else
			left++;
	}
	if (n < 2)
		return;
	for (size_t i = 0; i < n; i++)
		sum += t[i].size;
	for (size_t i = 0; i < n; i++)
		t[i].size *= WIDE * (double)HIGH / sum;
	qsort(t, n, sizeof(*t), by_size);
	squarify(t, n, 0, 0, WIDE, HIGH);
	html_lit(w, "<figure class=\"map\"><svg viewBox=\"0 0 560 300\" font-family=\"sans-serif\" role=\"group\" aria-label=\"map of the goroutines; the list below says the same\">\n");
	for (size_t i = 0; i < n; i++)
		put_tile(w, &t[i]);
	html_lit(w, "</svg><figcaption><p>Area: goroutines a dump, on the side that has more. Red: more than in the baseline, blue: fewer, grey: no change; strong: certain, pale: not.");
	if (left) {
		buf_printf(html_words(w), " %zu more are only in the database.", left);
		html_put(w);
	}
	html_lit(w, "</p></figcaption></figure>\n");
}

static void put_cluster(struct htmlw *w, const struct model_cluster *k, bool snapshot)
{
	char id[32];

	snprintf(id, sizeof(id), "%lld", (long long)k->id);
	html_lit(w, "<li");
	html_id(w, "cluster", str_from(id));
	html_lit(w, ">");
	say_cluster(html_words(w), k, snapshot);
	html_put(w);
	if (k->frames.n) {
		html_lit(w, "<details><summary>the stack, where it waits first</summary><ol class=\"stack\">\n");
		for (size_t i = 0; i < k->frames.n && i < FRAMES; i++) {
			say_place(html_words(w), &k->frames.v[i].place);
			html_in(w, "li");
		}
		html_lit(w, "</ol></details>");
	}
	html_lit(w, "</li>\n");
}

void html_clusters(struct htmlw *w)
{
	bool snapshot = str_is(w->m->design, "snapshot");
	size_t n = 0;

	for (size_t i = 0; i < w->m->clusters.n; i++)
		n += str_is(w->m->clusters.v[i].kind, "goroutine");
	if (!n)
		return;
	buf_puts(html_words(w), "Stacks that belong together, over both sides.");
	html_section(w, "clusters", "Goroutines");
	put_map(w);
	html_lit(w, "<ul class=\"clusters\">\n");
	n = 0;
	for (int moved = 1; moved >= 0; moved--)
		for (size_t i = 0; i < w->m->clusters.n && n < TILES; i++) {
			const struct model_cluster *k = &w->m->clusters.v[i];

			if (str_is(k->kind, "goroutine") && (say_cluster_moved(k) || snapshot) == moved && ++n)
				put_cluster(w, k, snapshot);
		}
	html_lit(w, "</ul></section>\n");
}

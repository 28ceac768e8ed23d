// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_changes.c - what changed, in numbers with their intervals; and what this data could not have shown
 */
#include <math.h>

#include "core/fmt.h"
#include "report/html.h"
#include "report/say.h"
#include "report/words.h"

#define ROWS 200	/* functions of one metric */
#define OPEN 30		/* so many are shown unasked, though their total did not change */

/* Green and red only repeat what sign and words say: more cost is red. */
static void change_cell(struct htmlw *w, const struct model_change *c)
{
	bool less_is_worse = str_is(c->metric, "rps");

	html_cell_toned(w, isfinite(c->relative) ? c->relative : c->delta, !model_found(c) ? "" : (c->delta > 0) != less_is_worse ? " bad" : " good");
}

static void put_total(struct htmlw *w, const struct model_change *c)
{
	struct str unit = words_unit(c->unit);

	html_lit(w, "<tr><th scope=\"row\">");
	words_metric(html_words(w), c->metric);
	html_put(w);
	html_lit(w, "</th>");
	html_words(w);
	if (isfinite(c->base))
		say_total_change(&w->words, c);
	change_cell(w, c);
	if (isfinite(c->base))
		words_value(html_words(w), c->base, unit);
	html_cell(w, c->base);
	if (isfinite(c->cur))
		words_value(html_words(w), c->cur, unit);
	html_cell(w, c->cur);
	if (isfinite(c->lo) && isfinite(c->hi)) {
		words_delta(html_words(w), c->lo, unit);
		buf_puts(&w->words, " to ");
		words_delta(&w->words, c->hi, unit);
	}
	html_cell(w, c->lo);
	words_p(html_words(w), "", c->p);
	html_cell(w, c->p);
	if (isfinite(c->smallest))
		words_smallest(html_words(w), c);
	html_cell(w, c->smallest);
	html_lit(w, "</tr>\n");
}

static void put_totals(struct htmlw *w, bool snapshot)
{
	static const char *const heads[] = { "of", "#change", "#baseline", "#current", "#95 % interval of the change", "#p", "#smallest change it could show", NULL };

	if (!w->m->totals.n)
		return;
	html_table(w, heads, snapshot ? "levels" : "totals");
	for (int found = 1; found >= 0; found--)
		for (size_t i = 0; i < w->m->totals.n; i++)
			if (isfinite(w->m->totals.v[i]->cur) && model_found(w->m->totals.v[i]) == found)
				put_total(w, w->m->totals.v[i]);
	html_end_table(w);
}

static void put_shifts(struct htmlw *w)
{
	if (!w->m->shifts.n)
		return;
	html_lit(w, "<h3>Moved, not grown</h3>\n<ul>\n");
	for (size_t i = 0; i < w->m->shifts.n && i < ROWS; i++) {
		say_shift(html_words(w), &w->m->shifts.v[i]);
		html_in(w, "li");
	}
	html_lit(w, "</ul>\n");
}

static void stat_cells(struct htmlw *w, const struct model_change *c)
{
	html_words(w);
	if (c)
		say_delta(&w->words, c);
	html_cell(w, c ? c->delta : NAN);
	html_words(w);
	say_relative(&w->words, c);
	if (c)
		change_cell(w, c);
	else
		html_cell(w, NAN);
}

static void put_function(struct htmlw *w, const struct model_function *f)
{
	html_lit(w, "<tr><th scope=\"row\"><code>");
	html_text(w, f->name);
	html_lit(w, "</code>");
	words_at(html_words(w), f->place.file, STORE_NULL);
	if (w->words.len) {
		html_lit(w, " <small>");
		html_put(w);
		html_lit(w, "</small>");
	}
	html_lit(w, "</th>");
	stat_cells(w, f->flat);
	stat_cells(w, f->cum);
	html_lit(w, "</tr>\n");
}

/* The changed functions of one metric, from the i-th on; where the next metric begins. */
static size_t put_metric(struct htmlw *w, size_t i)
{
	static const char *const heads[] = { "function", "#flat", "#flat, relative", "#cum", "#cum, relative", NULL };
	const struct model_function *f = w->m->functions.v;
	struct str metric = f[i].metric;
	size_t found = 0, shown = 0, end = i;

	for (; end < w->m->functions.n && str_eq(f[end].metric, metric); end++)
		found += f[end].found;
	if (!found)
		return end;
	html_raw(w, say_total_found(w->m, metric) || found <= OPEN ? "<details open><summary><h3>" : "<details><summary><h3>");
	words_metric(html_words(w), metric);
	buf_printf(&w->words, ": %zu %s changed", found, found == 1 ? "function" : "functions");
	html_put(w);
	html_lit(w, "</h3></summary>\n");
	html_table(w, heads, "functions that changed");
	for (; i < end && shown < ROWS; i++)
		if (f[i].found) {
			put_function(w, &f[i]);
			shown++;
		}
	html_end_table(w);
	if (shown < found) {
		buf_printf(html_words(w), "and %zu more: attrib diff and --json have them all", found - shown);
		html_in(w, "p");
	}
	html_lit(w, "</details>\n");
	return end;
}

static void put_functions(struct htmlw *w)
{
	bool any = false;

	for (size_t i = 0; i < w->m->functions.n; i++)
		any = any || w->m->functions.v[i].found;
	if (!w->m->functions.n)
		return;
	html_lit(w, "<h3>Functions</h3>\n");
	if (!any) {
		html_lit(w, "<p>No function's cost changed for certain.</p>\n");
		return;
	}
	html_lit(w, "<p class=\"note\">~ cannot be told from chance, = did not change</p>\n");
	for (size_t i = 0; i < w->m->functions.n;)
		i = put_metric(w, i);
}

void html_changes(struct htmlw *w)
{
	const struct report_model *m = w->m;
	bool snapshot = str_is(m->design, "snapshot");

	buf_puts(html_words(w), str_is(m->per, "request") ? "Costs per request." : "Costs per second.");
	if (snapshot)
		html_section(w, "changes", "Levels");
	else
		html_section(w, "changes", "What changed");
	put_totals(w, snapshot);
	put_shifts(w);
	if (!snapshot)
		put_functions(w);
	html_lit(w, "</section>\n");
}

void html_unseen(struct htmlw *w)
{
	if (!say_unseen(html_words(w), w->m))
		return;
	html_lit(w, "\n<section id=\"unseen\"><h2>What could not be seen</h2>\n<p>Changes smaller than: ");
	html_put(w);
	html_lit(w, ".</p></section>\n");
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_charts.c - what happened over time: pictures where gnuplot drew them, the same as tables always
 *
 * The legend is written here and not by gnuplot, so that no word of the data goes through it. The two sides differ in dash and mark as
 * well as in colour.
 */
#include <math.h>

#include "core/fmt.h"
#include "report/html.h"
#include "report/words.h"

static void value_cell(struct htmlw *w, double v, struct str unit)
{
	html_words(w);
	if (isfinite(v))
		words_value(&w->words, v, unit);
	html_cell(w, v);
}

static void time_table(struct htmlw *w, enum plot_kind k)
{
	static const char *const heads[] = { "seconds", "#baseline", "#current", NULL };
	const struct plot_chart *c = &w->plots->chart[k];

	html_table(w, heads, plot_title(k));
	for (size_t i = 0; i < c->bins; i++) {
		const struct plot_bin *b = &c->bin[i];

		buf_printf(html_words(w), "%.0f to %.0f", b->t0, b->t1);
		html_lit(w, "<tr><th scope=\"row\">");
		html_put(w);
		html_lit(w, "</th>");
		for (int s = 0; s < PLOT_SIDES; s++)
			value_cell(w, b->y[s], plot_unit(k));
		html_lit(w, "</tr>\n");
	}
	html_end_table(w);
}

static const struct model_quantile *quantile(const struct report_model *m, const char *side, double q)
{
	for (size_t i = 0; i < m->quantiles.n; i++) {
		const struct model_quantile *v = &m->quantiles.v[i];

		if (str_is(v->metric, "gc_pause") && str_is(v->side, side) && fabs(v->q - q) < 1e-9)
			return v;
	}
	return NULL;
}

static void interval_cell(struct htmlw *w, const struct model_quantile *q)
{
	struct buf *b;

	html_lit(w, "<td class=\"n\">");
	b = html_words(w);
	if (q && isfinite(q->value)) {
		words_value(b, q->value, STR_LIT("ns"));
		html_put(w);
		if (isfinite(q->lo) || isfinite(q->hi)) {
			html_lit(w, " <small>(");
			words_range(html_words(w), q->lo, q->hi, STR_LIT("ns"));
			html_put(w);
			html_lit(w, ")</small>");
		}
	}
	html_words(w);
	html_lit(w, "</td>");
}

/* The quantiles that the analysis compared, with their 95 % intervals. */
static void quantile_table(struct htmlw *w)
{
	static const char *const heads[] = { "of all pauses", "#baseline", "#current", NULL };
	static const double at[] = { .5, .9, .95, .99, 1 };

	html_table(w, heads, plot_title(PLOT_ECDF));
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		const struct model_quantile *b = quantile(w->m, "baseline", at[i]), *c = quantile(w->m, "current", at[i]);

		if (!b && !c)
			continue;
		html_lit(w, "<tr><th scope=\"row\">");
		if (at[i] < 1)
			buf_printf(html_words(w), "%.0f %% are not longer than", at[i] * 100);
		else
			buf_puts(html_words(w), "the longest");
		html_put(w);
		html_lit(w, "</th>");
		interval_cell(w, b);
		interval_cell(w, c);
		html_lit(w, "</tr>\n");
	}
	html_end_table(w);
}

static void put_caption(struct htmlw *w, enum plot_kind k)
{
	const struct plot_chart *c = &w->plots->chart[k];
	const char *unit;
	struct buf *b = html_words(w);

	plot_scale(c, k, &unit);
	html_lit(w, "<figcaption><h3>");
	if (k == PLOT_ECDF)
		buf_puts(b, "distribution of GC pauses");
	else
		buf_puts(b, plot_title(k));
	html_put(w);
	b = html_words(w);
	html_lit(w, "</h3><p>");
	if (k == PLOT_ECDF)
		buf_printf(b, "share of the pauses not longer than so many %s", unit);
	else
		buf_printf(b, "%s%sseconds from the start of load%s", unit, *unit ? " over " : "over ",
			   k >= PLOT_P50 && k <= PLOT_P99 ? ", until it ends" : "");
	buf_printf(b, "; %zu and %zu points", c->line[PLOT_BASE].measured, c->line[PLOT_CUR].measured);
	html_put(w);
	html_lit(w, "</p></figcaption>\n");
}

static void put_chart(struct htmlw *w, enum plot_kind k)
{
	const struct plot_chart *c = &w->plots->chart[k];

	html_lit(w, "<figure>");
	put_caption(w, k);
	if (c->svg.p)
		html_raw(w, c->svg.p);	/* written by plot_svg(), which lets nothing else through; the arena ends it with a NUL */
	html_raw(w, c->svg.p ? "<details><summary>" : "<details open><summary>");
	buf_puts(html_words(w), k == PLOT_ECDF ? "as a table, with 95 % intervals" : plot_highest(k) ? "as a table: the highest of each stretch" :
		 "as a table: the median of each stretch");
	html_put(w);
	html_lit(w, "</summary>\n");
	if (k == PLOT_ECDF)
		quantile_table(w);
	else
		time_table(w, k);
	html_lit(w, "</details></figure>\n");
}

void html_charts(struct htmlw *w)
{
	if (!w->plots || !w->plots->there)
		return;
	html_words(w);
	html_section(w, "time", "Over time");
	html_lit(w, "<p class=\"legend\"><span><svg width=\"46\" height=\"12\" viewBox=\"0 0 46 12\" aria-hidden=\"true\" fill=\"none\" stroke=\"#3b82c4\" "
		    "stroke-width=\"2\"><path stroke-dasharray=\"7,4\" d=\"M0,6H28\"/><circle cx=\"39\" cy=\"6\" r=\"3.5\"/></svg> baseline (dashed, circles)</span> "
		    "<span><svg width=\"46\" height=\"12\" viewBox=\"0 0 46 12\" aria-hidden=\"true\" fill=\"none\" stroke=\"#d1571b\" stroke-width=\"2\">"
		    "<path d=\"M0,6H28M39,2L35,9.5H43Z\"/></svg> current (solid, triangles)</span></p>\n");
	if (w->plots->why) {
		buf_puts(html_words(w), w->plots->why);
		buf_puts(&w->words, ", so the curves are shown as numbers only.");
		w->words.data[0] = w->words.data[0] == 'g' ? 'G' : w->words.data[0];
		html_in(w, "p");
	}
	html_lit(w, "<div class=\"charts\">\n");
	for (int k = 0; k < PLOT_KINDS; k++)
		if (w->plots->chart[k].there)
			put_chart(w, (enum plot_kind)k);
	html_lit(w, "</div></section>\n");
}

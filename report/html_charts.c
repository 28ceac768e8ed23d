// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_charts.c - what happened over time: pictures where gnuplot drew them, the same as tables always
 *
 * The pictures over time stand one below the other with one axis, so that what happened at once stands at one place. The legend is
 * written here and not by gnuplot, so that no word of the data goes through it. The two sides differ in dash and mark as well as in colour.
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

/* What each side has of each kind of profile. */
static void data_table(struct htmlw *w)
{
	static const char *const heads[] = { "kind", "side", "#profiles", "#with a time", "#seconds covered", NULL };

	html_table(w, heads, plot_title(PLOT_SLICES));
	for (size_t i = 0; i < w->m->data.n; i++) {
		const struct model_data *d = &w->m->data.v[i];

		html_lit(w, "<tr><th scope=\"row\">");
		html_text(w, d->kind);
		html_lit(w, "</th><td>");
		html_text(w, d->side);
		html_lit(w, "</td>");
		value_cell(w, (double)d->profiles, STR_LIT("count"));
		value_cell(w, d->timed == STORE_NULL ? NAN : (double)d->timed, STR_LIT("count"));
		value_cell(w, isfinite(d->seconds) ? d->seconds * 1e9 : NAN, STR_LIT("ns"));
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
	struct buf *b = html_words(w);

	if (q && isfinite(q->value)) {
		words_value(b, q->value, STR_LIT("ns"));
		if (isfinite(q->lo) || isfinite(q->hi)) {
			buf_puts(b, " (");
			words_range(b, q->lo, q->hi, STR_LIT("ns"));
			buf_puts(b, ")");
		}
	}
	html_cell(w, q ? q->value : NAN);
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

/* Laws as a description: which is closest, by how much; a and b as in table fit. */
static void fit_table(struct htmlw *w)
{
	static const char *const heads[] = { "law", "side", "#AIC", "#a", "#b, ns", NULL };

	if (!w->m->fits.n)
		return;
	html_lit(w, "<p class=\"note\">Laws that describe the pauses (the smallest AIC is closest and is drawn dotted). a, b: mean and spread of the logarithm"
		    " (lognormal), shape and scale (gamma, weibull).</p>\n");
	html_table(w, heads, "laws that describe the pauses");
	for (size_t i = 0; i < w->m->fits.n; i++) {
		const struct model_fit *f = &w->m->fits.v[i];

		if (!str_is(f->metric, "gc_pause"))
			continue;
		html_lit(w, "<tr><th scope=\"row\">");
		html_text(w, f->law);
		html_lit(w, "</th><td>");
		html_text(w, f->side);
		html_lit(w, "</td>");
		buf_printf(html_words(w), "%.0f", f->aic);
		html_cell(w, f->aic);
		buf_printf(html_words(w), "%.3g", f->a);
		html_cell(w, f->a);
		buf_printf(html_words(w), "%.3g", f->b);
		html_cell(w, f->b);
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
	if (*unit && k != PLOT_ECDF)
		buf_printf(b, ", %s", unit);
	html_put(w);
	html_lit(w, "</h3><p>");
	b = html_words(w);
	if (k == PLOT_ECDF)
		buf_printf(b, "share of the pauses not longer than so many %s; ", unit);
	if (k == PLOT_SLICES)
		buf_puts(b, "baseline above, current below in each row; ");
	buf_printf(b, "%zu and %zu points", c->line[PLOT_BASE].measured / (k == PLOT_SLICES ? 2 : 1), c->line[PLOT_CUR].measured / (k == PLOT_SLICES ? 2 : 1));
	html_put(w);
	html_lit(w, "</p></figcaption>\n");
}

static const char *const ids[PLOT_KINDS] = {
	[PLOT_PAUSE] = "pause", [PLOT_HEAP] = "heap", [PLOT_RATE] = "rate", [PLOT_P50] = "p50", [PLOT_P95] = "p95", [PLOT_P99] = "p99",
	[PLOT_GOROUTINES] = "goroutines", [PLOT_ECDF] = "pauses", [PLOT_SLICES] = "slices",
};

static void put_picture(struct htmlw *w, enum plot_kind k)
{
	const struct plot_chart *c = &w->plots->chart[k];

	html_lit(w, "<figure");
	html_id(w, "time", str_from(ids[k]));
	html_lit(w, ">");
	put_caption(w, k);
	if (c->svg.p)
		html_raw(w, c->svg.p);	/* written by plot_svg(), which lets nothing else through; the arena ends it with a NUL */
	html_lit(w, "</figure>\n");
}

static void put_tables(struct htmlw *w, bool open)
{
	html_raw(w, open ? "<details open><summary>the same as tables: the median of each stretch of time, of pauses the longest</summary>\n" :
			   "<details><summary>the same as tables: the median of each stretch of time, of pauses the longest</summary>\n");
	html_lit(w, "<div class=\"charts\">\n");
	for (int i = 0; i < PLOT_STACK; i++) {
		enum plot_kind k = plot_stack[i];

		if (!w->plots->chart[k].there)
			continue;
		html_lit(w, "<div><h4>");
		buf_puts(html_words(w), plot_title(k));
		html_put(w);
		html_lit(w, "</h4>");
		if (k == PLOT_SLICES)
			data_table(w);
		else
			time_table(w, k);
		html_lit(w, "</div>\n");
	}
	html_lit(w, "</div></details>\n");
}

static void put_onsets(struct htmlw *w)
{
	const struct plots *p = w->plots;

	if (!p->onsets)
		return;
	html_lit(w, "<h3>When it began</h3>\n<p class=\"note\">Dotted upright lines, in the current side.</p>\n<ol class=\"onsets\">\n");
	for (size_t i = 0; i < p->onsets; i++) {
		const struct plot_onset *o = &p->onset[i];

		html_lit(w, "<li>");
		buf_printf(html_words(w), "%.1f s", o->x);
		if (isfinite(o->err))
			buf_printf(&w->words, " \xc2\xb1 %.1f s", o->err);
		buf_puts(&w->words, ": ");
		html_put(w);
		html_link(w, "e", o->name);
		html_lit(w, "</li>\n");
	}
	html_lit(w, "</ol>\n");
}

static void put_lags(struct htmlw *w)
{
	enum { SHOWN = 12 };
	size_t n = w->m->lags.n;

	if (!n)
		return;
	html_lit(w, "<h3>What came first</h3>\n<ul>\n");
	for (size_t i = 0; i < n && i < SHOWN; i++) {
		const struct model_lag *l = &w->m->lags.v[i];

		html_lit(w, "<li>");
		html_link(w, "e", l->earlier);
		buf_puts(html_words(w), " began ");
		fmt_duration(&w->words, (double)l->gap);
		buf_puts(&w->words, " before ");
		html_put(w);
		html_link(w, "e", l->later);
		html_words(w);
		if (l->err != STORE_NULL) {
			buf_puts(&w->words, " (\xc2\xb1 ");
			fmt_duration(&w->words, (double)l->err);
			buf_puts(&w->words, ")");
		}
		if (isfinite(l->r))
			buf_printf(&w->words, ", r=%.2f", l->r);
		html_put(w);
		html_lit(w, "</li>\n");
	}
	html_lit(w, "</ul>\n");
}

static void put_legend(struct htmlw *w)
{
	html_lit(w, "<p class=\"legend\"><span><svg width=\"46\" height=\"12\" viewBox=\"0 0 46 12\" aria-hidden=\"true\" fill=\"none\" stroke=\"#3b82c4\" "
		    "stroke-width=\"2\"><path stroke-dasharray=\"7,4\" d=\"M0,6H28\"/><circle cx=\"39\" cy=\"6\" r=\"3.5\"/></svg> baseline (dashed, circles)</span> "
		    "<span><svg width=\"46\" height=\"12\" viewBox=\"0 0 46 12\" aria-hidden=\"true\" fill=\"none\" stroke=\"#d1571b\" stroke-width=\"2\">"
		    "<path d=\"M0,6H28M39,2L35,9.5H43Z\"/></svg> current (solid, triangles)</span> <span>seconds from the start of load</span></p>\n");
	if (w->plots->why) {
		buf_puts(html_words(w), w->plots->why);
		buf_puts(&w->words, ", so the curves are shown as numbers only.");
		if (w->words.len)	/* the words may have found no memory */
			w->words.data[0] = w->words.data[0] == 'g' ? 'G' : w->words.data[0];
		html_in(w, "p");
	}
}

static void put_pauses(struct htmlw *w)
{
	if (!w->plots->chart[PLOT_ECDF].there)
		return;
	put_picture(w, PLOT_ECDF);
	quantile_table(w);
	html_lit(w, "<details><summary>laws that describe them</summary>\n");
	fit_table(w);
	html_lit(w, "</details>\n");
}

void html_charts(struct htmlw *w)
{
	bool drawn;

	if (!w->plots || !w->plots->there)
		return;
	drawn = !w->plots->why;
	html_words(w);
	html_section(w, "time", "Over time");
	put_legend(w);
	html_lit(w, "<div class=\"over\"><div class=\"axis\">\n");
	for (int i = 0; i < PLOT_STACK && drawn; i++)
		if (w->plots->chart[plot_stack[i]].there)
			put_picture(w, plot_stack[i]);
	html_lit(w, "</div><div class=\"beside\">\n");
	put_onsets(w);
	put_lags(w);
	put_pauses(w);
	html_lit(w, "</div></div>\n");
	put_tables(w, !drawn);
	html_lit(w, "</section>\n");
}

/* ---- which figure shows a signal */

static struct str flame_of(const struct htmlw *w, const char *metric)
{
	static const char *const per[] = { "_per_request", "_per_second", "" };

	for (int i = 0; i < 3; i++)
		for (size_t k = 0; k < w->m->totals.n; k++) {
			struct str id = w->m->totals.v[k]->metric;

			if (str_starts(id, metric) && str_is(str_skip(id, strlen(metric)), per[i]) && html_has_flame(w, id))
				return id;
		}
	return STR_NONE;
}

static bool chart_of(const struct htmlw *w, enum plot_kind k)
{
	return w->plots && w->plots->chart[k].there && (k == PLOT_ECDF || !w->plots->why);
}

struct str html_flame_metric(const struct htmlw *w, const struct model_evidence *e)
{
	static const struct { const char *group, *metric; } of[] = {
		{ "cpu", "cpu" }, { "heap", "alloc_bytes" }, { "mutex", "mutex_delay" }, { "block", "block_delay" }, { "gc", "cpu" },
	};

	if (html_has_flame(w, e->metric))
		return e->metric;
	if (str_starts(e->signal, "heap.site") || str_starts(e->signal, "sig.timer_leak.timer_heap"))
		return flame_of(w, "inuse_bytes");
	if (str_starts(e->signal, "gc.") || str_starts(e->signal, "heap.") || str_starts(e->signal, "env."))
		return STR_NONE;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (str_is(e->source_group, of[i].group))
			return flame_of(w, of[i].metric);
	return STR_NONE;
}

void html_figure_link(struct htmlw *w, const struct model_evidence *e)
{
	static const struct { const char *starts; enum plot_kind k; } over_time[] = {
		{ "load.latency_p50", PLOT_P50 }, { "load.latency_p95", PLOT_P95 }, { "load.latency", PLOT_P99 }, { "load.", PLOT_RATE },
		{ "gc.pause", PLOT_ECDF }, { "linear.gc", PLOT_ECDF }, { "gc.", PLOT_PAUSE }, { "heap.", PLOT_HEAP }, { "goroutines.slope", PLOT_GOROUTINES },
	};
	struct str flame = html_flame_metric(w, e);

	if (flame.p) {
		html_anchor(w, " <a class=\"fig\" href=\"#flame-", flame);
		html_lit(w, ">flame graph</a>");
		return;
	}
	for (size_t i = 0; i < sizeof(over_time) / sizeof(over_time[0]); i++)
		if (str_starts(e->signal, over_time[i].starts) && chart_of(w, over_time[i].k)) {
			html_anchor(w, " <a class=\"fig\" href=\"#time-", str_from(ids[over_time[i].k]));
			html_lit(w, ">over time</a>");
			return;
		}
	if (str_is(e->source_group, "goroutine") && w->m->clusters.n)
		html_lit(w, " <a class=\"fig\" href=\"#clusters\">goroutines</a>");
}

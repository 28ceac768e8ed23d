// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_flame.c - where the cost is: the trees as data for the page's script, and as tables for everybody
 *
 * The tables are no second best: they hold the paths that changed most, which is what one looks for in a flame graph. The data block is JSON
 * in an element that is never run; the script draws it. Costs are whole numbers in steps of a ten-millionth of the larger side, so
 * that a hundred thousand frames stay small.
 */
#include <math.h>

#include "core/fmt.h"
#include "core/map.h"
#include "core/text.h"
#include "report/flame.h"
#include "report/html.h"
#include "report/say.h"
#include "report/words.h"

#define PATHS 12	/* of one metric, in its table */
#define CALLERS 5	/* named beside a path's end */
#define STEPS 1e7

static const struct flames *flames(const struct htmlw *w)
{
	return w->plots && w->plots->flames && w->plots->flames->n ? w->plots->flames : NULL;
}

bool html_has_flame(const struct htmlw *w, struct str metric)
{
	const struct flames *f = flames(w);

	for (size_t i = 0; f && i < f->n; i++)
		if (str_eq(f->v[i].metric, metric))
			return f->v[i].n > 0;
	return false;
}

static const struct model_change *total_of(const struct report_model *m, struct str metric)
{
	for (size_t i = 0; i < m->totals.n; i++)
		if (str_eq(m->totals.v[i]->metric, metric))
			return m->totals.v[i];
	return NULL;
}

static double whole(const struct flame *f)
{
	double sum[FLAME_SIDES] = { 0 };

	for (size_t i = 0; i < f->n; i++)
		for (int s = 0; s < FLAME_SIDES && f->v[i].depth == 1; s++)
			sum[s] += fmax(0, f->v[i].cum[s]);
	return fmax(sum[FLAME_BASE], sum[FLAME_CUR]);
}

/* One letter of a status: report.js knows them. */
static char letter(struct str status)
{
	return status.n && !str_is(status, "unsure") && !str_is(status, "shifted") ? status.p[0] : str_is(status, "shifted") ? 'm' : '?';
}

static void put_p(struct buf *b, double p)
{
	if (isfinite(p))
		buf_printf(b, "%.3g", p);
	else
		buf_puts(b, "null");
}

static void put_step(struct buf *b, double v, double step)
{
	if (isfinite(v))
		buf_printf(b, "%.0f", v / step);
	else
		buf_puts(b, "null");
}

enum column { COLUMN_DEPTH, COLUMN_NAME, COLUMN_BASE, COLUMN_CUR, COLUMN_BASE_FLAT, COLUMN_CUR_FLAT };

static void put_column(struct buf *b, const struct flame *f, const char *name, enum column what, double step)
{
	buf_printf(b, ",\"%s\":[", name);
	for (size_t i = 0; i < f->n; i++) {
		const struct flame_node *n = &f->v[i];

		if (i)
			buf_byte(b, ',');
		if (what == COLUMN_DEPTH || what == COLUMN_NAME)
			buf_printf(b, "%u", what == COLUMN_DEPTH ? n->depth : n->name);
		else if (what == COLUMN_BASE || what == COLUMN_CUR)
			put_step(b, n->cum[what == COLUMN_CUR], step);
		else
			put_step(b, n->flat[what == COLUMN_CUR_FLAT], step);
	}
	buf_byte(b, ']');
}

static void put_tests(struct buf *b, const struct flame *f, const struct report_model *m, const struct map *names, double step)
{
	size_t n = 0;

	buf_puts(b, ",\"ps\":[");
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].status.p) {
			buf_printf(b, "%s[%zu,\"%c\",", n++ ? "," : "", i, letter(f->v[i].status));
			put_p(b, f->v[i].p);
			buf_byte(b, ']');
		}
	buf_puts(b, "],\"s\":[");
	n = 0;
	for (size_t i = 0; i < m->changes.n; i++) {
		const struct model_change *c = &m->changes.v[i];
		bool flat = str_is(c->stat, "flat");
		uint32_t k;

		if (!str_is(c->scope, "symbol") || !str_eq(c->metric, f->metric) || (!flat && !str_is(c->stat, "cum")))
			continue;
		k = map_get(names, c->name.p, c->name.n);
		if (k == MAP_NONE)
			continue;
		buf_printf(b, "%s[%u,%d,\"%c\",", n++ ? "," : "", k, flat, letter(c->status));
		put_p(b, c->p);
		buf_byte(b, ',');
		put_step(b, c->lo, step);
		buf_byte(b, ',');
		put_step(b, c->hi, step);
		buf_byte(b, ']');
	}
	buf_puts(b, "]");
}

static bool per_work(struct str metric)
{
	static const char *const per[] = { "_per_request", "_per_second" };

	for (int i = 0; i < 2; i++)
		if (metric.n > strlen(per[i]) && memcmp(metric.p + metric.n - strlen(per[i]), per[i], strlen(per[i])) == 0)
			return true;
	return false;
}

static void put_metric(struct buf *b, const struct flame *f, const struct report_model *m, const struct map *names)
{
	const struct model_change *total = total_of(m, f->metric);
	double top = whole(f), step = top > 0 ? top / STEPS : 1;
	struct buf title = { .limit = 4096 };

	words_metric(&title, f->metric);
	buf_puts(b, "{\"id\":");
	text_json(b, f->metric);
	buf_puts(b, ",\"title\":");
	text_json(b, buf_view(&title));
	buf_puts(b, ",\"unit\":");
	text_json(b, total ? words_unit(total->unit) : STR_LIT("count"));
	buf_printf(b, ",\"per\":%s,\"folded\":%zu,\"q\":", per_work(f->metric) ? "true" : "false", f->folded);
	fmt_real(b, step);
	buf_puts(b, ",\"side\":[");
	for (int s = 0; s < FLAME_SIDES; s++) {
		const double v[] = { f->side[s].slices, f->side[s].seconds, f->side[s].requests };

		buf_puts(b, s ? ",[" : "[");
		for (int i = 0; i < 3; i++) {
			buf_puts(b, i ? "," : "");
			fmt_real(b, v[i]);
		}
		buf_puts(b, "]");
	}
	buf_puts(b, "]");
	put_column(b, f, "d", COLUMN_DEPTH, step);
	put_column(b, f, "n", COLUMN_NAME, step);
	put_column(b, f, "b", COLUMN_BASE, step);
	put_column(b, f, "c", COLUMN_CUR, step);
	put_column(b, f, "fb", COLUMN_BASE_FLAT, step);
	put_column(b, f, "fc", COLUMN_CUR_FLAT, step);
	put_tests(b, f, m, names, step);
	buf_puts(b, "}");
	buf_free(&title);
}

/* What the page opens with: what speaks for the verdict, else a total that changed, else the first. */
static size_t first(const struct htmlw *w, const struct flames *f)
{
	const struct model_cause *c = model_cause(w->m, w->m->verdict);

	for (size_t i = 0; c && i < c->evidence.n; i++)
		for (size_t k = 0; k < f->n && str_is(c->evidence.v[i].role, "for"); k++)
			if (str_eq(html_flame_metric(w, &c->evidence.v[i]), f->v[k].metric))
				return k;
	for (size_t k = 0; k < f->n; k++)
		if (say_total_found(w->m, f->v[k].metric))
			return k;
	return 0;
}

static void put_data(struct htmlw *w, const struct flames *f)
{
	struct buf *b = html_words(w);
	struct map names = { .keys = { .limit = 1u << 30 } };

	buf_puts(b, "{\"per\":");
	text_json(b, w->m->per);
	buf_printf(b, ",\"first\":%zu", first(w, f));
	buf_puts(b, ",\"names\":[");
	for (size_t i = 0; i < f->n_names; i++) {
		if (map_add(&names, f->name[i].name.p, f->name[i].name.n, NULL) != i)
			b->failed = true;	/* a symbol's name is unique, or there was no memory */
		buf_puts(b, i ? "," : "");
		text_json(b, f->name[i].name);
	}
	buf_puts(b, "],\"m\":[");
	for (size_t i = 0; i < f->n; i++) {
		buf_puts(b, i ? ",\n" : "");
		put_metric(b, &f->v[i], w->m, &names);
	}
	buf_puts(b, "]}");
	map_free(&names);
	html_data(w);
}

/* The frames above i, nearest first, as "called by a, b, c". */
static void say_callers(struct buf *b, const struct flames *f, const struct flame *t, uint32_t i)
{
	uint32_t depth = t->v[i].depth;
	int n = 0;

	while (i-- && depth > 1 && n <= CALLERS)
		if (t->v[i].depth < depth) {
			depth = t->v[i].depth;
			buf_puts(b, !n++ ? "called by " : ", ");
			buf_str(b, n <= CALLERS ? f->name[t->v[i].name].name : STR_LIT("\xe2\x80\xa6"));
		}
}

/* Of the path where it was tested, else of its function. */
static const struct model_change *function_test(const struct report_model *m, struct str metric, struct str name)
{
	for (size_t i = 0; i < m->functions.n; i++)
		if (str_eq(m->functions.v[i].metric, metric) && str_eq(m->functions.v[i].name, name))
			return m->functions.v[i].cum;
	return NULL;
}

static void put_path(struct htmlw *w, const struct flames *f, const struct flame *t, uint32_t i, struct str unit)
{
	const struct flame_node *n = &t->v[i];
	const struct model_change *c = function_test(w->m, t->metric, f->name[n->name].name);
	struct str status = n->status.p ? n->status : c ? c->status : STR_NONE;
	double d = n->cum[FLAME_CUR] - n->cum[FLAME_BASE];

	html_lit(w, "<tr><th scope=\"row\"><code>");
	html_text(w, f->name[n->name].name);
	html_lit(w, "</code> <small>");
	say_callers(html_words(w), f, t, i);
	html_put(w);
	html_lit(w, "</small></th>");
	words_delta(html_words(w), d, unit);
	html_cell(w, d);
	for (int s = 0; s < FLAME_SIDES; s++) {
		words_value(html_words(w), n->cum[s], unit);
		html_cell(w, n->cum[s]);
	}
	html_lit(w, "<td>");
	buf_puts(html_words(w), !status.p ? "not tested" : str_is(status, "unsure") ? "~" : str_is(status, "same") ? "=" : "certain");
	html_put(w);
	html_lit(w, "</td></tr>\n");
}

static void put_table(struct htmlw *w, const struct flames *f, const struct flame *t, bool open)
{
	static const char *const heads[] = { "path: where it ends, and its callers", "#change", "#baseline", "#current", "sure?", NULL };
	const struct model_change *total = total_of(w->m, t->metric);
	struct str unit = total ? words_unit(total->unit) : STR_LIT("count");
	uint32_t top[PATHS];
	size_t n = flame_carriers(t, top, PATHS);

	html_lit(w, "<details class=\"paths\"");
	html_id(w, "flame", t->metric);
	html_raw(w, open ? " open><summary><h3>" : "><summary><h3>");
	words_metric(html_words(w), t->metric);
	buf_puts(&w->words, n ? ": the paths that changed most" : ": no path changed by more than 0.2 % of the whole");
	html_put(w);
	html_lit(w, "</h3></summary>\n");
	if (n) {
		html_table(w, heads, "paths that changed most");
		for (size_t i = 0; i < n; i++)
			put_path(w, f, t, top[i], unit);
		html_end_table(w);
	}
	if (t->folded) {
		buf_printf(html_words(w), "The graph leaves out the %zu thinnest of %zu paths, to keep this page small; the database has them all.", t->folded, t->folded + t->n);
		html_in(w, "p class=\"note\"");
	}
	html_lit(w, "</details>\n");
}

void html_flames(struct htmlw *w)
{
	const struct flames *f = flames(w);
	bool any = false;

	if (!f)
		return;
	buf_puts(html_words(w), "Call trees of both sides in one. Width: what a path costs. Red costs more than in the baseline, blue less; strong colour, a number and a dark"
				" edge: certain; pale: cannot be told from chance. Paths below 0.1 % of the whole are not drawn, so a gap below a frame is its own cost and theirs.");
	html_section(w, "flames", "Where the cost is");
	html_lit(w, "<div id=\"fg\" hidden></div>\n<noscript><p>The flame graph needs JavaScript; the tables below say the same of the paths that changed most.</p></noscript>\n");
	for (size_t i = 0; i < f->n; i++)
		any = any || say_total_found(w->m, f->v[i].metric);
	for (size_t i = 0; i < f->n; i++)
		put_table(w, f, &f->v[i], any ? say_total_found(w->m, f->v[i].metric) : i == 0);
	put_data(w, f);
	html_lit(w, "</section>\n");
}

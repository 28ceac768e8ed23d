// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_signals.c - evidence in detail: every signal, loudest first; opened, its numbers, its place, its time, and the causes it speaks to
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "report/say.h"
#include "report/triage/ui.h"
#include "report/words.h"

static double loudness(const struct model_signal *s)
{
	return str_is(s->state, "measured") ? isfinite(s->value) ? fabs(s->value) : 0 : -1;
}

static int by_loudness(const void *a, const void *b)
{
	const struct model_signal *x = *(const struct model_signal *const *)a, *y = *(const struct model_signal *const *)b;

	if (loudness(x) > loudness(y) || loudness(x) < loudness(y))
		return loudness(x) > loudness(y) ? -1 : 1;
	return model_order(x->name, y->name);
}

static void number(struct page *p, const char *label, double v, struct str unit)
{
	struct buf b = { .limit = 4096 };

	if (isnan(v))
		return;
	words_value(&b, v, unit);
	page_field(p, 4, label, buf_view(&b));
	buf_free(&b);
}

static void for_causes(struct ui *u, struct page *p, const struct model_signal *s, const char *role, const char *label)
{
	struct buf b = { .limit = 1 << 16 };

	for (size_t i = 0; i < u->m->evidence.n; i++) {
		const struct model_evidence *e = &u->m->evidence.v[i];

		if (!str_eq(e->signal, s->name) || !str_is(e->role, role))
			continue;
		buf_puts(&b, b.len ? ", " : "");
		buf_str(&b, e->cause);
		if (isfinite(e->weight))
			buf_printf(&b, " (weight %.2g)", e->weight);
	}
	page_field(p, 4, label, b.len ? buf_view(&b) : STR_NONE);
	buf_free(&b);
}

static void lags(struct ui *u, struct page *p, const struct model_signal *s)
{
	struct buf b = { .limit = 1 << 16 };

	for (size_t i = 0; i < u->m->lags.n; i++) {
		const struct model_lag *g = &u->m->lags.v[i];
		bool first = str_eq(g->earlier, s->name);

		if (!first && !str_eq(g->later, s->name))
			continue;
		buf_puts(&b, b.len ? "; " : "");
		fmt_duration(&b, (double)g->gap);
		buf_puts(&b, first ? " before " : " after ");
		buf_str(&b, first ? g->later : g->earlier);
	}
	page_field(p, 4, "began", b.len ? buf_view(&b) : STR_NONE);
	buf_free(&b);
}

static void detail(struct ui *u, struct page *p, const struct model_signal *s)
{
	struct buf b = { .limit = 1 << 16 };
	double x = time_of(u, s->onset);

	number(p, "baseline", s->base, s->unit);
	number(p, "current", s->cur, s->unit);
	if (isfinite(s->lo) && isfinite(s->hi)) {
		words_range(&b, s->lo, s->hi, s->unit);
		page_field(p, 4, "95 %", buf_view(&b));
		buf_reset(&b);
	}
	if (isfinite(s->value)) {
		buf_printf(&b, "%.3f (0 quiet, 1 loud; below 0: it fell)", s->value);
		page_field(p, 4, "loud", buf_view(&b));
		buf_reset(&b);
	}
	words_p(&b, "", s->p);
	page_field(p, 4, "p", buf_view(&b));
	buf_reset(&b);
	page_field(p, 4, "source", s->source_group);
	page_field(p, 4, "where", s->cluster);
	for (size_t i = 0; i < u->m->evidence.n; i++)
		if (str_eq(u->m->evidence.v[i].signal, s->name) && say_place(&b, &u->m->evidence.v[i].place))
			break;
	page_field(p, 4, "where", b.len ? buf_view(&b) : STR_NONE);
	buf_reset(&b);
	if (isfinite(x)) {
		buf_printf(&b, "%.1f s from the start of load", x);
		page_field(p, 4, "onset", buf_view(&b));
	}
	lags(u, p, s);
	for_causes(u, p, s, "for", "for");
	for_causes(u, p, s, "against", "against");
	for_causes(u, p, s, "explained_by", "elsewhere");
	for_causes(u, p, s, "not_tested", "wanted by");
	buf_free(&b);
}

static void one(struct ui *u, struct doc *d, const struct model_signal *s)
{
	size_t i = (size_t)(s - u->m->signals.v);
	struct item it = { ITEM_SIGNAL, (uint32_t)i };
	struct page *p = doc_item(d, ITEM_SIGNAL, i);
	struct buf b = { .limit = 1 << 16 };
	bool loud = loudness(s) >= .5;

	item_anchor(u, it, &b);
	buf_puts(p->out, keep_marked(u, buf_view(&b)) ? "*" : ui_is_open(u, it) ? (u->utf8 ? "\u25be" : "v") : u->utf8 ? "\u25b8" : ">");
	if (str_is(s->state, "measured") && p->width >= 40) {
		page_ink(p, loud ? INK_WARN : INK_DIM);
		page_bar(p, isfinite(s->value) ? fabs(s->value) : 0, 5);
		page_ink(p, INK_PLAIN);
	}
	buf_reset(&b);
	buf_str(&b, s->name);
	buf_puts(&b, str_is(s->state, "measured") ? ": " : " not measured: ");
	if (s->why.n) {
		buf_str(&b, s->why);
	} else if (isfinite(s->cur)) {
		words_value(&b, s->base, s->unit);
		buf_puts(&b, " -> ");
		words_value(&b, s->cur, s->unit);
	}
	if (isfinite(s->p)) {
		buf_puts(&b, " (");
		words_p(&b, "p", s->p);
		buf_puts(&b, ")");
	}
	page_rest(p, p->width >= 40 ? 6 : 1, 4, buf_view(&b));
	page_end(p);
	buf_reset(&b);
	if (ui_is_open(u, it))
		detail(u, p, s);
	item_anchor(u, it, &b);
	if (keep_note_of(u, buf_view(&b)).n)
		page_field(p, 4, "note", keep_note_of(u, buf_view(&b)));
	buf_free(&b);
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_SIGNALS];
	const struct model_signal **v = calloc(u->m->signals.n + 1, sizeof(struct model_signal *));
	size_t n = 0;

	if (!v)
		return err_nomem(err);
	doc_begin(d, u->columns, u->utf8);
	for (size_t i = 0; i < u->m->signals.n; i++) {
		double x = time_of(u, u->m->signals.v[i].onset);

		if (!u->window_on || (isfinite(x) && ui_in_window(u, x, x)) || ui_is_open(u, (struct item){ ITEM_SIGNAL, (uint32_t)i }))
			v[n++] = &u->m->signals.v[i];
	}
	if (n)
		qsort(v, n, sizeof(*v), by_loudness);
	for (size_t i = 0; i < n; i++)
		one(u, d, v[i]);
	if (n < u->m->signals.n) {
		struct buf b = { .limit = 200 };

		buf_printf(&b, "%zu signals that did not begin in the time window are not shown (w)", u->m->signals.n - n);
		page_text(doc_item(d, ITEM_TEXT, 0), 0, 2, INK_DIM, buf_view(&b));
		buf_free(&b);
	}
	free(v);
	return doc_end(d, err);
}

static void title(const struct ui *u, struct buf *out)
{
	size_t measured = 0;

	for (size_t i = 0; i < u->m->signals.n; i++)
		measured += str_is(u->m->signals.v[i].state, "measured");
	buf_printf(out, "%zu measured, %zu not; loudest first", measured, u->m->signals.n - measured);
}

const struct view view_signals = { .name = "signals", .tab = "signals", .about = "evidence in detail: numbers, place, time, which causes it speaks to", .build = build,
	.title = title };

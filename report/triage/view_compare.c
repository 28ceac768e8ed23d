// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_compare.c - this answer beside that of another run: verdicts, scores, totals, functions that both, or only one, found changed
 */
#include <math.h>

#include "core/fmt.h"
#include "report/say.h"
#include "report/triage/ui.h"
#include "report/words.h"

static void heading(struct doc *d, const char *title)
{
	page_text(doc_item(d, ITEM_NONE, 0), 0, 0, INK_BOLD, str_from(title));
}

static void answer(struct doc *d, const char *which, const struct report_model *m)
{
	struct buf b = { .limit = 1 << 16 };

	buf_printf(&b, "%s: ", which);
	say_verdict_words(&b, m);
	buf_puts(&b, "; ");
	say_verdict_title(&b, m);
	page_text(doc_item(d, ITEM_TEXT, 0), 0, 2, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

static void causes(struct ui *u, struct doc *d)
{
	heading(d, "causes: score here, score there");
	for (size_t k = 0; k < u->m->causes.n; k++) {
		size_t i = u->order[k];
		const struct model_cause *c = &u->m->causes.v[i], *o = model_cause(u->other, c->id);
		struct page *p;
		struct buf b = { .limit = 1 << 16 };

		if (u->rank[i].score < .01 && (!o || o->score < .01))
			continue;
		p = doc_item(d, ITEM_CAUSE, i);
		buf_printf(p->out, "%5.2f %5.2f", u->rank[i].score, o ? o->score : NAN);
		buf_str(&b, c->id);
		page_rest(p, 11, 12, buf_view(&b));
		page_end(p);
		buf_free(&b);
	}
}

static const struct model_change *total_of(const struct report_model *m, struct str metric)
{
	for (size_t i = 0; i < m->totals.n; i++)
		if (str_eq(m->totals.v[i]->metric, metric))
			return m->totals.v[i];
	return NULL;
}

static void totals(struct ui *u, struct doc *d)
{
	heading(d, "totals: here; there");
	for (size_t i = 0; i < u->m->totals.n; i++) {
		const struct model_change *c = u->m->totals.v[i], *o = total_of(u->other, c->metric);
		struct buf b = { .limit = 1 << 16 };

		say_total(&b, c);
		buf_puts(&b, " ");
		say_total_change(&b, c);
		buf_puts(&b, "; ");
		if (o) {
			words_value(&b, o->base, words_unit(o->unit));
			buf_puts(&b, " -> ");
			words_value(&b, o->cur, words_unit(o->unit));
			buf_puts(&b, " ");
			say_total_change(&b, o);
		} else {
			buf_puts(&b, "not measured");
		}
		page_text(doc_item(d, ITEM_TOTAL, i), 0, 2, INK_PLAIN, buf_view(&b));
		buf_free(&b);
	}
}

static const struct model_function *function_of(const struct report_model *m, const struct model_function *f)
{
	for (size_t i = 0; i < m->functions.n; i++)
		if (str_eq(m->functions.v[i].name, f->name) && str_eq(m->functions.v[i].metric, f->metric))
			return &m->functions.v[i];
	return NULL;
}

#define MOST 200

static void functions(struct ui *u, struct doc *d, const struct report_model *m, const struct report_model *than, bool both, const char *title)
{
	size_t n = 0;

	heading(d, title);
	for (size_t i = 0; i < m->functions.n && n < MOST; i++) {
		const struct model_function *f = &m->functions.v[i], *o;
		uint32_t symbol;
		struct buf b = { .limit = 1 << 16 };

		if (!f->found)
			continue;
		o = function_of(than, f);
		if ((o && o->found) != both)
			continue;
		n++;
		words_metric(&b, f->metric);
		buf_byte(&b, ' ');
		say_relative(&b, model_found(f->flat) ? f->flat : f->cum);
		if (both && o) {
			buf_puts(&b, " / ");
			say_relative(&b, model_found(o->flat) ? o->flat : o->cum);
		}
		buf_puts(&b, ": ");
		buf_str(&b, f->name);
		symbol = costs_symbol(u->costs, f->name);
		page_text(doc_item(d, symbol ? ITEM_SYMBOL : ITEM_TEXT, symbol), 0, 2, INK_PLAIN, buf_view(&b));
		buf_free(&b);
	}
	if (!n)
		page_text(doc_item(d, ITEM_TEXT, 0), 0, 0, INK_DIM, STR_LIT("none"));
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_COMPARE];

	doc_begin(d, u->columns, u->utf8);
	if (!u->other) {
		page_text(doc_item(d, ITEM_TEXT, 0), 0, 0, INK_PLAIN,
			  STR_LIT("No other run. C asks for one; attrib triage RUN --with OTHER begins with it."));
		return doc_end(d, err);
	}
	answer(d, "here", u->m);
	answer(d, "there", u->other);
	causes(u, d);
	totals(u, d);
	functions(u, d, u->m, u->other, true, "functions that changed in both");
	functions(u, d, u->m, u->other, false, "functions that changed only here");
	functions(u, d, u->other, u->m, false, "functions that changed only there");
	return doc_end(d, err);
}

static void title(const struct ui *u, struct buf *out)
{
	if (!u->other)
		buf_puts(out, "no other run");
	else
		buf_printf(out, "with another run of %.*s%s", (int)u->other->service.n, u->other->service.p ? u->other->service.p : "",
			   u->other_foreign ? " (foreign database)" : "");
}

const struct view view_compare = { .name = "compare", .tab = "with", .about = "this answer beside that of another run", .build = build, .title = title };

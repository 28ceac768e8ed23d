// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diffpeek.c - callers above, the function itself, callees below: pprof's peek, with both sides
 */
#include <math.h>

#include "report/diffview.h"
#include "report/json_parts.h"
#include "report/words.h"

#define LIST 12		/* callers or callees of a function that are shown */

enum place { CALLER, SELF, CALLEE };

static enum place place_of(const struct model_edge *e)
{
	if (!e->callee.p)
		return SELF;
	return str_eq(e->callee, e->subject) && !(e->caller.p && str_eq(e->caller, e->subject)) ? CALLER : CALLEE;
}

static void print_row(struct page *p, const struct model_change *c, struct str name, unsigned indent)
{
	diff_value_cell(p, c, true);
	diff_value_cell(p, c, false);
	diff_change_cell(p, c);
	diff_q_cell(p, c);
	page_pad(p, indent);
	page_name(p, name, p->width - 2 * DIFF_VALUE - DIFF_CHANGE - DIFF_Q - indent);
	page_end(p);
}

static void print_more(struct page *p, size_t left)
{
	struct buf b = { .limit = 100 };

	if (left) {
		buf_printf(&b, "and %zu more (-n)", left);
		page_text(p, 2 * DIFF_VALUE + DIFF_CHANGE + DIFF_Q + 4, 2, INK_DIM, buf_view(&b));
	}
	buf_free(&b);
}

/* The function as a whole: its cum. */
static const struct model_change *cum_of(const struct report_model *m, struct str metric, struct str name)
{
	for (size_t i = 0; i < m->functions.n; i++)
		if (str_eq(m->functions.v[i].name, name) && str_eq(m->functions.v[i].metric, metric))
			return m->functions.v[i].cum;
	return NULL;
}

static void print_head(struct page *p)
{
	page_ink(p, INK_DIM);
	page_cell(p, STR_LIT("base"), DIFF_VALUE, true);
	page_cell(p, STR_LIT("current"), DIFF_VALUE, true);
	page_cell(p, STR_LIT("change"), DIFF_CHANGE, true);
	page_cell(p, STR_LIT("q"), DIFF_Q, true);
	buf_puts(p->out, "  callers, the function, callees");
	page_ink(p, INK_PLAIN);
	page_end(p);
}

/* Edges [i, end) of one subject: callers, itself, callees stand in this order. */
static void print_subject(struct page *p, const struct report_model *m, struct str metric, size_t i, size_t end, size_t most)
{
	struct str subject = m->edges.v[i].subject;
	size_t shown[3] = { 0 }, left[3] = { 0 };
	enum place last = CALLER;

	page_blank(p);
	print_head(p);
	for (; i <= end; i++) {
		const struct model_edge *e = i < end ? &m->edges.v[i] : NULL;
		enum place at = e ? place_of(e) : CALLEE;

		if (at != CALLER && last == CALLER) {
			print_more(p, left[CALLER]);
			page_ink(p, INK_BOLD);
			print_row(p, cum_of(m, metric, subject), subject, 2);
			page_ink(p, INK_PLAIN);
		}
		last = at;
		if (!e)
			break;
		if (at != SELF && shown[at]++ >= most) {
			left[at]++;
			continue;
		}
		print_row(p, &e->change, at == SELF ? STR_LIT("(itself)") : at == CALLEE ? e->callee : e->caller.p ? e->caller : STR_LIT("(root)"), at == CALLER ? 6 : 4);
	}
	print_more(p, left[CALLEE]);
}

void diff_peek(struct page *p, const struct report_model *m, const struct model_change *total, size_t most)
{
	bool any = false;

	page_blank(p);
	diff_total(p, total);
	for (size_t i = 0, end; i < m->edges.n; i = end) {
		const struct model_edge *e = &m->edges.v[i];

		for (end = i + 1; end < m->edges.n && str_eq(m->edges.v[end].subject, e->subject) &&
		     str_eq(m->edges.v[end].change.metric, e->change.metric); end++)
			;
		if (!str_eq(e->change.metric, total->metric))
			continue;
		any = true;
		print_subject(p, m, total->metric, i, end, most ? most : LIST);
	}
	if (!any)
		page_text(p, 0, 2, INK_PLAIN, str_from("No function of this metric matches --peek."));
}

void diff_peek_json(struct jsonw *w, const struct report_model *m, const char *metric)
{
	jsonw_open(w, "edges", '[');
	for (size_t i = 0; i < m->edges.n; i++) {
		const struct model_edge *e = &m->edges.v[i];

		if (!diff_wanted(e->change.metric, metric))
			continue;
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", e->change.metric);
		jsonw_text(w, "function", e->subject);
		jsonw_text(w, "caller", e->caller);
		jsonw_text(w, "callee", e->callee);
		jsonw_text(w, "unit", e->change.unit);
		json_change(w, &e->change);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

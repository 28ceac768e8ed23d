// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_causes.c - the verdict and what limits it, then every cause by its score, with what speaks for and against the opened ones
 */
#include <math.h>

#include "core/fmt.h"
#include "report/say.h"
#include "report/term.h"
#include "report/triage/ui.h"
#include "report/words.h"

static void verdict(struct ui *u, struct doc *d)
{
	const struct report_model *m = u->m;
	const char *line = say_headline(m);
	struct buf b = { .limit = 1 << 16 };
	struct page *p = doc_item(d, ITEM_VERDICT, 0);

	if (line)
		page_text(p, 0, 2, INK_BOLD, str_from(line));
	if (model_is_cause(m->verdict)) {
		const struct model_cause *c = model_cause(m, m->verdict);

		say_verdict_title(&b, m);
		if (c && c->guilty.n) {
			buf_puts(&b, ", in ");
			say_place(&b, &c->guilty.v[0].place);
		}
		page_text(p, 0, 2, INK_BOLD, buf_view(&b));
		buf_reset(&b);
	}
	if (say_shows_limits(m))
		say_could_have_seen(&b, m, u->utf8);
	else
		say_sureness(&b, m);
	page_text(p, 0, 2, INK_PLAIN, buf_view(&b));
	if (u->why.len)
		page_item(p, 0, MARK_NOTE, buf_view(&u->why));
	for (size_t i = 0; i < m->caveats.n; i++) {
		p = doc_item(d, ITEM_TEXT, i);
		buf_reset(&b);
		say_caveat(&b, &m->caveats.v[i]);
		page_item(p, 0, MARK_NOTE, buf_view(&b));
	}
	p = doc_item(d, ITEM_NONE, 0);
	page_text(p, 0, 0, INK_DIM, STR_LIT("causes, ranked; + for it, - against it, = explained by another"));
	buf_free(&b);
}

static void cause_line(struct ui *u, struct page *p, size_t i, size_t rank)
{
	const struct model_cause *c = &u->m->causes.v[i];
	const struct triage_cause *r = &u->rank[i];
	unsigned cells = p->width >= 100 ? 10 : p->width >= 60 ? 5 : 0;
	struct buf b = { .limit = 1 << 16 };

	buf_printf(p->out, "%s%2zu %.2f ", ui_is_open(u, (struct item){ ITEM_CAUSE, (uint32_t)i }) ? (u->utf8 ? "\u25be" : "v") : (u->utf8 ? "\u25b8" : ">"),
		   rank, r->score);
	page_ink(p, r->score >= .5 ? INK_BAD : r->score >= .1 ? INK_WARN : INK_DIM);
	page_bar(p, r->score, cells);
	page_ink(p, INK_PLAIN);
	item_anchor(u, (struct item){ ITEM_CAUSE, (uint32_t)i }, &b);
	buf_puts(p->out, keep_marked(u, buf_view(&b)) ? "*" : " ");
	buf_reset(&b);
	if (r->verdict != TRIAGE_OPEN)
		buf_puts(&b, r->verdict == TRIAGE_YES ? "[accepted] " : "[rejected] ");
	buf_str(&b, c->id);
	buf_puts(&b, ": ");
	say_cause_title(&b, c);
	if (fabs(r->score - r->found) >= .01)
		buf_printf(&b, " (was %.2f)", r->found);
	if (say_untested(c))
		buf_puts(&b, ", not tested");
	page_rest(p, 9 + cells, 10, buf_view(&b));
	page_end(p);
	buf_free(&b);
}

/* The evidence line of the report, with the time it began where that is known. */
static void evidence(struct ui *u, struct doc *d, const struct model_evidence *e)
{
	struct buf b = { .limit = 1 << 16 };
	size_t i = (size_t)(e - u->m->evidence.v);
	struct page *p = doc_item(d, ITEM_EVIDENCE, i);
	enum page_mark mark = str_is(e->role, "for") ? MARK_FOR : str_is(e->role, "against") ? MARK_AGAINST :
		str_is(e->role, "explained_by") ? MARK_ELSEWHERE : MARK_NOTE;
	double x = time_of(u, e->onset);

	say_evidence(&b, e);
	buf_puts(&b, "  (");
	buf_str(&b, e->signal);
	if (isfinite(e->p)) {
		buf_puts(&b, ", ");
		words_p(&b, "p", e->p);
	}
	if (isfinite(x))
		buf_printf(&b, ", from %.1f s%s", x, u->window_on && ui_in_window(u, x, x) ? ", in the window" : "");
	buf_puts(&b, ")");
	page_item(p, 4, mark, buf_view(&b));
	buf_reset(&b);
	item_anchor(u, (struct item){ ITEM_EVIDENCE, (uint32_t)i }, &b);
	if (keep_note_of(u, buf_view(&b)).n)
		page_field(p, 6, "note", keep_note_of(u, buf_view(&b)));
	buf_free(&b);
}

static void opened(struct ui *u, struct doc *d, const struct model_cause *c)
{
	static const char *const roles[] = { "for", "against", "explained_by", "not_tested" };
	struct buf b = { .limit = 1 << 16 };

	for (size_t i = 0; i < c->guilty.n; i++) {
		buf_reset(&b);
		if (say_guilty(&b, &c->guilty.v[i]))
			page_text(doc_item(d, ITEM_GUILTY, (size_t)(&c->guilty.v[i] - u->m->guilty.v)), 4, 6, INK_PLAIN, buf_view(&b));
	}
	for (size_t r = 0; r < sizeof(roles) / sizeof(roles[0]); r++)
		for (size_t i = 0; i < c->evidence.n; i++)
			if (str_is(c->evidence.v[i].role, roles[r]))
				evidence(u, d, &c->evidence.v[i]);
	if (!c->guilty.n && !c->evidence.n)
		page_text(doc_item(d, ITEM_TEXT, 0), 4, 6, INK_DIM, STR_LIT("no signal speaks for or against it"));
	buf_free(&b);
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_CAUSES];
	struct buf b = { .limit = 1 << 16 };

	doc_begin(d, u->columns, u->utf8);
	verdict(u, d);
	for (size_t k = 0; k < u->m->causes.n; k++) {
		size_t i = u->order[k];
		struct page *p = doc_item(d, ITEM_CAUSE, i);

		cause_line(u, p, i, k + 1);
		buf_reset(&b);
		item_anchor(u, (struct item){ ITEM_CAUSE, (uint32_t)i }, &b);
		if (keep_note_of(u, buf_view(&b)).n)
			page_field(p, 4, "note", keep_note_of(u, buf_view(&b)));
		if (ui_is_open(u, (struct item){ ITEM_CAUSE, (uint32_t)i }))
			opened(u, d, &u->m->causes.v[i]);
	}
	buf_free(&b);
	return doc_end(d, err);
}

static void title(const struct ui *u, struct buf *out)
{
	size_t decided = 0;

	say_header(out, u->m);
	for (size_t i = 0; i < u->m->causes.n; i++)
		decided += u->rank[i].verdict != TRIAGE_OPEN;
	if (decided)
		buf_printf(out, "; %zu decided", decided);
}

const struct view view_causes = { .name = "causes", .tab = "causes", .about = "the verdict, every cause ranked, evidence for and against", .build = build,
	.title = title };

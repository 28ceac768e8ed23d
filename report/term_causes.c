// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * term_causes.c - the competition: what else it could be, and why each stands where it stands
 *
 * The three likeliest are shown with their code and a few lines of evidence on both sides; the rest in a line. "Not tested" is kept
 * apart from "unlikely": a cause whose file is missing has not been ruled out.
 */
#include <math.h>

#include "report/say.h"
#include "report/term.h"
#include "report/words.h"

#define FEW 6		/* so many unlikely ones are named */
#define FOR_LINES 3
#define AGAINST_LINES 2

void term_evidence(struct page *p, unsigned indent, const struct model_evidence *e)
{
	struct buf b = { .limit = 1 << 16 };
	enum page_mark mark = str_is(e->role, "for") ? MARK_FOR : str_is(e->role, "against") ? MARK_AGAINST :
		str_is(e->role, "explained_by") ? MARK_ELSEWHERE : MARK_NOTE;

	say_evidence(&b, e);
	buf_puts(&b, "  (");
	buf_str(&b, e->signal);
	if (isfinite(e->p)) {
		buf_puts(&b, ", ");
		words_p(&b, "p", e->p);
	}
	buf_puts(&b, ")");
	page_item(p, indent, mark, buf_view(&b));
	buf_free(&b);
}

static void guilty_line(struct page *p, unsigned indent, const struct model_guilty *g)
{
	struct buf b = { .limit = 1 << 16 };

	if (say_guilty(&b, g))
		page_text(p, indent, indent + 2, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

static void title_line(struct page *p, const struct model_cause *c)
{
	struct buf b = { .limit = 1 << 16 };
	unsigned cells = p->width >= 60 ? 10 : 5;

	buf_printf(&b, "%2lld %.2f ", (long long)c->rank, c->score);
	buf_str(p->out, buf_view(&b));
	page_bar(p, c->score, cells);
	buf_reset(&b);
	buf_str(&b, c->id);
	buf_puts(&b, ": ");
	say_cause_title(&b, c);
	page_ink(p, INK_BOLD);
	page_rest(p, 8 + cells, 8, buf_view(&b));
	page_ink(p, INK_PLAIN);
	page_end(p);
	buf_free(&b);
}

static size_t evidence_part(struct page *p, const struct model_cause *c, const char *role, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < c->evidence.n; i++) {
		if (!str_is(c->evidence.v[i].role, role))
			continue;
		if (n++ < most)
			term_evidence(p, 8, &c->evidence.v[i]);
	}
	return n > most ? n - most : 0;
}

static void cause_block(struct page *p, const struct model_cause *c, bool all)
{
	size_t most = all ? c->evidence.n : 0, left;

	title_line(p, c);
	for (size_t i = 0; i < c->guilty.n && i < (all ? c->guilty.n : 2); i++)
		guilty_line(p, 8, &c->guilty.v[i]);
	left = evidence_part(p, c, "for", all ? most : FOR_LINES);
	left += evidence_part(p, c, "against", all ? most : AGAINST_LINES);
	left += evidence_part(p, c, "explained_by", all ? most : 1);
	if (all) {
		evidence_part(p, c, "not_tested", most);
	} else if (left) {
		struct buf b = { .limit = 200 };

		buf_printf(&b, "and %zu more", left);
		page_text(p, 10, 10, INK_DIM, buf_view(&b));
		buf_free(&b);
	}
}

/* One wrapped line of "id 0.03, id 0.01" or of ids alone. Which: of those from `from` on. */
enum rest { REST_SMALL, REST_TINY, REST_UNTESTED };

static bool belongs(const struct model_cause *c, enum rest which)
{
	bool untested = say_untested(c);

	if (which == REST_UNTESTED || untested)
		return which == REST_UNTESTED && untested;
	return (c->score < SAY_TINY) == (which == REST_TINY);
}

static void rest_line(struct page *p, const struct report_model *m, const char *label, size_t from, enum rest which)
{
	struct buf b = { .limit = 1 << 16 };
	size_t n = 0;

	for (size_t i = from; i < m->causes.n; i++) {
		const struct model_cause *c = &m->causes.v[i];

		if (!belongs(c, which))
			continue;
		buf_puts(&b, n++ ? ", " : "");
		buf_str(&b, c->id);
		if (which == REST_SMALL)
			buf_printf(&b, " %.2f", c->score);
	}
	if (n) {
		struct buf line = { .limit = 1 << 16 };

		buf_printf(&line, "%s: ", label);
		if (which == REST_TINY && n > FEW)
			buf_printf(&line, "%zu others (-v lists them)", n);
		else
			buf_str(&line, buf_view(&b));
		page_text(p, 3, 5, INK_PLAIN, buf_view(&line));
		buf_free(&line);
	}
	buf_free(&b);
}

void term_causes(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	size_t n = o->verbose ? m->causes.n : say_causes_shown(m);

	if (!m->causes.n)
		return;
	page_heading(p, "CAUSES", "ranked, scores add up to 1");
	page_text(p, 3, 5, INK_DIM, str_from(p->utf8 ? "+ speaks for it, \u2212 against it, = explained by another cause" :
						       "+ speaks for it, - against it, = explained by another cause"));
	for (size_t i = 0; i < n; i++)
		if (!say_untested(&m->causes.v[i]) || o->verbose)
			cause_block(p, &m->causes.v[i], o->verbose);
	rest_line(p, m, "less likely", n, REST_SMALL);
	rest_line(p, m, "below 0.01", n, REST_TINY);
	if (!o->verbose)
		rest_line(p, m, "not tested, so not ruled out", 0, REST_UNTESTED);
	for (size_t i = 0; i < m->linear.n && (o->verbose || say_linear_ranks(m)); i++) {
		struct buf b = { .limit = 4096 };

		say_linear(&b, &m->linear.v[i]);
		page_text(p, 3, 5, INK_PLAIN, buf_view(&b));
		buf_free(&b);
	}
}

bool report_cause(struct buf *out, const struct report_model *m, const struct report_opts *o, const char *id)
{
	const struct model_cause *c = model_cause(m, str_from(id));
	struct buf text = { .limit = 64 << 20 }, facts = { .limit = 1 << 20 };
	struct page p;
	bool any = false;

	if (!c)
		return false;
	page_init(&p, &text, o);
	cause_block(&p, c, true);
	for (size_t i = 0; i < m->recommendations.n; i++) {
		const struct model_recommendation *r = &m->recommendations.v[i];

		if (!str_eq(r->cause, c->id))
			continue;
		if (!any)
			page_heading(&p, "WHAT TO DO", NULL);
		any = true;
		term_recommendation(&p, r, false);
		say_facts(&facts, r->facts, "; ");
		page_field(&p, 4, "facts", buf_view(&facts));
		buf_reset(&facts);
	}
	page_finish(out, &text, o);
	buf_free(&text);
	buf_free(&facts);
	return true;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_causes.c - the competition: every cause with all its evidence; the likely ones open
 *
 * Every cause has its anchor, also one that was not tested: a link from a ticket must not break because a file was missing that day.
 */
#include <math.h>

#include "core/fmt.h"
#include "report/html.h"
#include "report/say.h"
#include "report/words.h"

#define BAR 60

static const struct role { const char *role, *open; } roles[] = {
	{ "for", "<tr class=\"for\"><th scope=\"row\">+&nbsp;for</th><td>" },
	{ "against", "<tr class=\"against\"><th scope=\"row\">\xe2\x88\x92&nbsp;against</th><td>" },
	{ "explained_by", "<tr class=\"other\"><th scope=\"row\">=&nbsp;elsewhere</th><td>" },
	{ "not_tested", "<tr class=\"other\"><th scope=\"row\">?&nbsp;missing</th><td>" },
};

static void put_evidence(struct htmlw *w, const struct model_evidence *e, const char *open)
{
	struct buf *b;

	html_raw(w, open);
	say_evidence(html_words(w), e);
	html_put(w);
	html_lit(w, " <small>");
	html_link(w, "e", e->signal);
	b = html_words(w);
	if (isfinite(e->p)) {
		buf_puts(b, ", ");
		words_p(b, "p", e->p);
	}
	if (isfinite(e->weight) && !str_is(e->role, "not_tested"))
		buf_printf(b, ", weight %+.2f", e->weight);
	html_put(w);
	if (!str_is(e->role, "not_tested"))
		html_figure_link(w, e);
	html_lit(w, "</small></td></tr>\n");
}

static void put_bar(struct htmlw *w, double share)
{
	share = share > 1 ? 1 : share > 0 ? share : 0;
	html_lit(w, "<svg class=\"bar\" width=\"60\" height=\"10\" viewBox=\"0 0 60 10\" aria-hidden=\"true\">"
		    "<rect width=\"60\" height=\"10\" fill=\"currentColor\" fill-opacity=\"0.15\"/><rect height=\"10\" fill=\"currentColor\" width=\"");
	html_number(w, round(share * BAR * 10) / 10);
	html_lit(w, "\"/></svg> ");
}

/* The likely ones are headings; two dozen more would make the page's outline useless. */
static void put_summary(struct htmlw *w, const struct model_cause *c, bool likely)
{
	html_raw(w, likely ? "<summary><h3>" : "<summary>");
	if (say_untested(c)) {
		html_lit(w, "<span class=\"rank\">not tested</span> ");
	} else {
		buf_printf(html_words(w), "%lld", (long long)c->rank);
		html_lit(w, "<span class=\"rank\">");
		html_put(w);
		html_lit(w, "</span> <span class=\"score\">");
		buf_printf(html_words(w), "%.2f", c->score);
		html_put(w);
		html_lit(w, "</span> ");
		if (c->score >= SAY_TINY)
			put_bar(w, c->score);
	}
	html_lit(w, "<code>");
	html_text(w, c->id);
	html_lit(w, "</code> <span>");
	say_cause_title(html_words(w), c);
	html_put(w);
	html_raw(w, likely ? "</span></h3></summary>\n" : "</span></summary>\n");
}

static void put_cause(struct htmlw *w, const struct model_cause *c, bool open)
{
	size_t n = 0;

	html_lit(w, "<details class=\"cause\"");
	html_id(w, "cause", c->id);
	html_raw(w, open ? " open>" : ">");
	put_summary(w, c, open);
	for (size_t i = 0; i < c->guilty.n; i++)
		if (say_guilty(html_words(w), &c->guilty.v[i])) {
			html_raw(w, n++ ? "" : "<ul class=\"guilty\">\n");
			html_in(w, "li");
		}
	html_raw(w, n ? "</ul>\n" : "");
	n = 0;
	for (size_t k = 0; k < sizeof(roles) / sizeof(roles[0]); k++)
		for (size_t i = 0; i < c->evidence.n; i++) {
			if (!str_is(c->evidence.v[i].role, roles[k].role))
				continue;
			html_raw(w, n++ ? "" : "<table class=\"evidence\"><tbody>\n");
			put_evidence(w, &c->evidence.v[i], roles[k].open);
		}
	html_raw(w, n ? "</tbody></table>\n" : "<p>No signal speaks for or against it.</p>\n");
	html_lit(w, "</details>\n");
}

static void put_rest(struct htmlw *w, size_t from, bool untested)
{
	size_t n = 0;

	for (size_t i = 0; i < w->m->causes.n; i++) {
		const struct model_cause *c = &w->m->causes.v[i];

		if (say_untested(c) != untested || (!untested && i < from))
			continue;
		if (!n++)
			html_raw(w, untested ? "<h3 class=\"rest\">Not tested, so not ruled out</h3>\n<div class=\"rest\">\n" :
				"<h3 class=\"rest\">Less likely</h3>\n<div class=\"rest\">\n");
		put_cause(w, c, false);
	}
	html_raw(w, n ? "</div>\n" : "");
}

void html_causes(struct htmlw *w)
{
	const struct report_model *m = w->m;
	size_t shown = say_causes_shown(m);

	if (!m->causes.n)
		return;
	buf_puts(html_words(w), "Ranked; scores add up to 1. + speaks for it, \xe2\x88\x92 against it, = is explained by another cause.");
	html_section(w, "causes", "Causes");
	for (size_t i = 0; i < shown; i++)
		if (!say_untested(&m->causes.v[i]))
			put_cause(w, &m->causes.v[i], true);
	put_rest(w, shown, false);
	put_rest(w, 0, true);
	if (m->linear.n && say_linear_ranks(m)) {
		html_lit(w, "<ul>\n");
		for (size_t i = 0; i < m->linear.n; i++) {
			say_linear(html_words(w), &m->linear.v[i]);
			html_in(w, "li");
		}
		html_lit(w, "</ul>\n");
	}
	html_lit(w, "</section>\n");
}

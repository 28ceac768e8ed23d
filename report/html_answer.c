// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_answer.c - verdict, gates, what to do first
 */
#include <math.h>
#include <string.h>

#include "report/html.h"
#include "report/say.h"

#define RANKS 4
#define CAVEATS 4

static const char *tone(const struct report_model *m)
{
	if (str_is(m->direction, "better"))
		return "<section id=\"verdict\" class=\"verdict good\">\n";
	if (model_is_cause(m->verdict))
		return "<section id=\"verdict\" class=\"verdict bad\">\n";
	return str_is(m->verdict, "unknown") ? "<section id=\"verdict\" class=\"verdict warn\">\n" : "<section id=\"verdict\" class=\"verdict\">\n";
}

/* What was found, as the page's title; a sentence that qualifies it stands before it. */
static void put_title(struct htmlw *w)
{
	const char *line = say_headline(w->m);

	if (model_is_cause(w->m->verdict)) {
		buf_puts(html_words(w), line ? line : "");
		html_in(w, "p class=\"lead\"");
		say_verdict_title(html_words(w), w->m);
		html_in(w, "h1");
	} else {
		buf_puts(html_words(w), line ? line : "");
		html_in(w, "h1");
	}
}

static void put_moved(struct htmlw *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->m->totals.n && n < 3; i++) {
		if (!say_moved(html_words(w), w->m->totals.v[i]))
			continue;
		html_raw(w, n++ ? "" : "<ul>\n");
		html_in(w, "li");
	}
	html_raw(w, n ? "</ul>\n" : "");
}

/* The first of the competition, on the first screen whatever stands between it and their evidence. */
static void put_ranks(struct htmlw *w)
{
	const struct report_model *m = w->m;
	size_t n = 0;

	for (size_t i = 0; i < m->causes.n && n < RANKS; i++) {
		const struct model_cause *c = &m->causes.v[i];

		if (say_untested(c) || c->score < SAY_TINY)
			continue;
		html_raw(w, n++ ? ", " : "<p class=\"ranks\">Ranked: ");
		html_link(w, "cause", c->id);
		buf_printf(html_words(w), " %.2f", c->score);
		html_put(w);
	}
	html_raw(w, n ? "</p>\n" : "");
}

/* All of them, the first few at once: what to do must not be pushed off the screen. */
static void put_caveats(struct htmlw *w)
{
	const struct report_model *m = w->m;
	size_t first = m->caveats.n > CAVEATS + 1 ? CAVEATS : m->caveats.n;

	html_raw(w, m->caveats.n ? "<ul class=\"caveats\">\n" : "");
	for (size_t i = 0; i < m->caveats.n; i++) {
		if (i == first) {
			buf_printf(html_words(w), "%zu more that limit the answer", m->caveats.n - first);
			html_lit(w, "</ul>\n<details>");
			html_in(w, "summary");
			html_lit(w, "<ul class=\"caveats\">\n");
		}
		say_caveat(html_words(w), &m->caveats.v[i]);
		html_in(w, "li");
	}
	html_raw(w, m->caveats.n ? "</ul>\n" : "");
	html_raw(w, first < m->caveats.n ? "</details>\n" : "");
}

void html_verdict(struct htmlw *w)
{
	const struct report_model *m = w->m;
	const struct model_cause *c = model_cause(m, m->verdict);

	html_raw(w, tone(m));
	say_verdict_words(html_words(w), m);
	html_in(w, "p class=\"tag\"");
	put_title(w);
	if (model_is_cause(m->verdict) && c && c->guilty.n && say_place(html_words(w), &c->guilty.v[0].place)) {
		html_lit(w, "<p class=\"where\">in <code>");
		html_put(w);
		html_lit(w, "</code></p>\n");
	}
	html_words(w);
	if (say_shows_limits(m))
		say_could_have_seen(&w->words, m, true);
	html_in(w, "p");
	if (!model_is_cause(m->verdict))
		put_moved(w);
	say_sureness(html_words(w), m);
	html_in(w, "p");
	put_ranks(w);
	put_caveats(w);
	html_lit(w, "</section>\n");
}

void html_gates(struct htmlw *w)
{
	const struct report_model *m = w->m;

	if (!m->gates.n)
		return;
	say_gate_counts(html_words(w), m);
	html_section(w, "gates", "Gates");
	html_lit(w, "<ul class=\"gates\">\n");
	for (size_t i = 0; i < m->gates.n; i++) {
		const struct model_gate *g = &m->gates.v[i];
		bool pass = str_is(g->result, "pass"), warn = str_is(g->level, "warn");

		say_gate(html_words(w), g);
		html_raw(w, pass ? "<li class=\"good\">" : warn ? "<li class=\"warn\">" : "<li class=\"bad\">");
		html_put(w);
		html_lit(w, "</li>\n");
	}
	html_lit(w, "</ul></section>\n");
}

static void field(struct htmlw *w, const char *label)
{
	if (!w->words.len)
		return;
	html_lit(w, "<div><dt>");
	html_text(w, str_from(label));
	html_lit(w, "</dt><dd>");
	html_put(w);
	html_lit(w, "</dd></div>\n");
}

static void text_field(struct htmlw *w, const char *label, struct str text)
{
	buf_str(html_words(w), text.p ? text : STR_LIT(""));
	field(w, label);
}

/* What the numbers are made of is for who doubts them: folded, a line each. */
static void put_facts(struct htmlw *w, struct str facts)
{
	struct buf b = { .limit = 1 << 20 };
	struct str rest;

	say_facts(&b, facts, "\n");
	rest = buf_view(&b);
	html_raw(w, rest.n ? "<details class=\"facts\"><summary>what the numbers are made of</summary>\n<ul>\n" : "");
	while (rest.n) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		struct str line = { rest.p, nl ? (size_t)(nl - rest.p) : rest.n };

		buf_str(html_words(w), line);
		html_in(w, "li");
		rest = str_skip(rest, line.n + (nl != NULL));
	}
	html_raw(w, b.len ? "</ul></details>\n" : "");
	w->out->failed = w->out->failed || b.failed;
	buf_free(&b);
}

static void put_advice(struct htmlw *w, const struct model_recommendation *r)
{
	struct str rest;

	html_lit(w, "<li>");
	buf_str(html_words(w), say_act(r->act, &rest));
	html_in(w, "h3");
	if (rest.n) {
		buf_str(html_words(w), rest);
		html_in(w, "p");
	}
	html_lit(w, "<dl>\n");
	say_place(html_words(w), &r->place);
	field(w, "where");
	say_gain(html_words(w), r);
	field(w, "gain");
	text_field(w, "needs", r->needs);
	text_field(w, "risk", r->risk);
	text_field(w, "verify", r->verify);
	text_field(w, "versions", r->versions);
	if (!str_eq(r->cause, w->m->verdict)) {	/* else it stands above */
		html_lit(w, "<div><dt>cause</dt><dd>");
		html_link(w, "cause", r->cause);
		if (isfinite(r->score)) {
			buf_printf(html_words(w), " %.2f", r->score);
			html_put(w);
		}
		html_lit(w, "</dd></div>\n");
	}
	html_lit(w, "</dl>\n");
	put_facts(w, r->facts);
	html_lit(w, "</li>\n");
}

void html_advice(struct htmlw *w)
{
	const struct report_model *m = w->m;
	size_t first = m->recommendations.n < SAY_ADVICE ? m->recommendations.n : SAY_ADVICE;

	if (!first)
		return;
	html_words(w);
	html_section(w, "do", "Do first");
	html_lit(w, "<ol class=\"advice\">\n");
	for (size_t i = 0; i < first; i++)
		put_advice(w, &m->recommendations.v[i]);
	html_lit(w, "</ol>\n");
	if (first < m->recommendations.n) {
		buf_printf(html_words(w), "and %zu more, of less use or less sure", m->recommendations.n - first);
		html_lit(w, "<details>");
		html_in(w, "summary");
		html_lit(w, "<ol class=\"advice\" start=\"");
		html_number(w, (double)first + 1);
		html_lit(w, "\">\n");
		for (size_t i = first; i < m->recommendations.n; i++)
			put_advice(w, &m->recommendations.v[i]);
		html_lit(w, "</ol></details>\n");
	}
	html_lit(w, "</section>\n");
}

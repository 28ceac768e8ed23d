// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * json_answer.c - the answer for programs: docs/attrib-1.schema.json describes it
 *
 * The keys that attrib/1 promises come first, in the order of that file, and are always there; what follows them may grow. Nothing
 * that two equal runs may differ in is printed: no time of ours, no sizes or digests of compressed files, no row ids.
 */
#include <math.h>

#include "core/json.h"
#include "report/json_parts.h"
#include "report/words.h"

static void put_where(struct jsonw *w, const char *key, const struct model_place *at)
{
	struct buf b = { .limit = 1 << 16 };

	words_at(&b, at->file, at->line);
	jsonw_text(w, key, b.len ? buf_view(&b) : STR_NONE);
	w->out->failed = w->out->failed || b.failed;
	buf_free(&b);
}

static void put_line(struct jsonw *w, int64_t line)
{
	jsonw_int(w, "line", line == 0 ? STORE_NULL : line);
}

static void put_verdict(struct jsonw *w, const struct report_model *m)
{
	bool snapshot = str_is(m->design, "snapshot");

	jsonw_open(w, "verdict", '{');
	jsonw_text(w, "cause", m->verdict);
	jsonw_real(w, "score", m->score);
	jsonw_text(w, "level", m->level);
	jsonw_real(w, "changed", snapshot ? NAN : m->changed);
	jsonw_real(w, "explained", m->explained);
	jsonw_text(w, "title", m->title);
	jsonw_text(w, "variant", m->variant);
	jsonw_text(w, "direction", m->direction);
	jsonw_close(w, '}');
}

/* A role of evidence is also the key of its list. */
static void put_evidence(struct jsonw *w, const struct model_cause *c, const char *role)
{
	bool tested = strcmp(role, "not_tested") != 0;

	jsonw_open(w, role, '[');
	for (size_t i = 0; i < c->evidence.n; i++) {
		const struct model_evidence *e = &c->evidence.v[i];

		if (!str_is(e->role, role))
			continue;
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "signal", e->signal);
		jsonw_text(w, "why", e->why);
		if (tested) {
			jsonw_real(w, "weight", e->weight);
			jsonw_real(w, "covers", e->covers);
			jsonw_real(w, "value", e->value);
			jsonw_real(w, "base", e->base);
			jsonw_real(w, "current", e->cur);
			jsonw_text(w, "unit", e->unit);
			jsonw_real(w, "lo", e->lo);
			jsonw_real(w, "hi", e->hi);
			jsonw_real(w, "p", e->p);
			jsonw_int(w, "onset", e->onset);
			jsonw_text(w, "function", e->place.function);
			jsonw_text(w, "cluster", e->cluster);
		}
		jsonw_text(w, "group", e->source_group);
		if (strcmp(role, "explained_by") == 0)
			jsonw_text(w, "other", e->other);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void put_cause(struct jsonw *w, const struct model_cause *c)
{
	jsonw_open(w, NULL, '{');
	jsonw_int(w, "rank", c->rank);
	jsonw_text(w, "id", c->id);
	jsonw_real(w, "score", c->score);
	jsonw_text(w, "title", c->title);
	jsonw_text(w, "variant", c->variant);
	jsonw_bool(w, "tested", c->tested);
	jsonw_real(w, "coverage", c->coverage);
	jsonw_real(w, "residual", c->residual);
	jsonw_open(w, "guilty", '[');
	for (size_t i = 0; i < c->guilty.n; i++) {
		const struct model_guilty *g = &c->guilty.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "function", g->place.function);
		jsonw_text(w, "file", g->place.file);
		put_line(w, g->place.line);
		jsonw_real(w, "share", g->share);
		jsonw_text(w, "role", g->role);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	put_evidence(w, c, "for");
	put_evidence(w, c, "against");
	put_evidence(w, c, "not_tested");
	put_evidence(w, c, "explained_by");
	jsonw_close(w, '}');
}

static void put_recommendation(struct jsonw *w, const struct model_recommendation *r)
{
	const char *why;

	jsonw_open(w, NULL, '{');
	jsonw_int(w, "rank", r->rank);
	jsonw_text(w, "cause", r->cause);
	jsonw_text(w, "do", r->act);
	put_where(w, "where", &r->place);
	jsonw_open(w, "gain", '{');
	jsonw_real(w, "lo", r->gain_lo);
	jsonw_real(w, "hi", r->gain_hi);
	jsonw_text(w, "unit", r->gain_unit);
	jsonw_close(w, '}');
	jsonw_text(w, "risk", r->risk);
	jsonw_text(w, "verify", r->verify);
	jsonw_text(w, "variant", r->variant);
	jsonw_text(w, "needs", r->needs);
	jsonw_text(w, "function", r->place.function);
	jsonw_text(w, "file", r->place.file);
	put_line(w, r->place.line);
	jsonw_text(w, "versions", r->versions);
	/* Looked at here and not by SQLite, which calls JSON invalid when it has no memory to parse it. */
	if (json_fault(r->facts, &why) == r->facts.n)
		jsonw_raw(w, "facts", r->facts);
	else
		jsonw_text(w, "facts", r->facts);
	jsonw_close(w, '}');
}

static void put_gates(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "gates", '[');
	for (size_t i = 0; i < m->gates.n; i++) {
		const struct model_gate *g = &m->gates.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "expr", g->expr);
		jsonw_text(w, "level", g->level);
		jsonw_text(w, "result", g->result);
		jsonw_real(w, "value", g->value);
		jsonw_real(w, "lo", g->lo);
		jsonw_real(w, "hi", g->hi);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

void report_json(struct buf *out, const struct report_model *m)
{
	struct jsonw w = { .out = out };

	jsonw_open(&w, NULL, '{');
	json_head(&w, m);
	put_verdict(&w, m);
	jsonw_open(&w, "causes", '[');
	for (size_t i = 0; i < m->causes.n; i++)
		put_cause(&w, &m->causes.v[i]);
	jsonw_close(&w, ']');
	jsonw_open(&w, "recommendations", '[');
	for (size_t i = 0; i < m->recommendations.n; i++)
		put_recommendation(&w, &m->recommendations.v[i]);
	jsonw_close(&w, ']');
	json_detectable(&w, m);
	put_gates(&w, m);
	json_inputs(&w, m);
	json_rest(&w, m);
	jsonw_close(&w, '}');
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * model.c - reads the views once, a table of lists, and links them
 *
 * A list is a row of model_parts_*: an SQL text over a view, the size of a row, a function that fills one. Everything else here is the
 * same for all lists. Text is cleaned again on the way in, since report opens databases that were not written by this program.
 */
#include "report/model.h"

#include <math.h>
#include <stdlib.h>

#include "core/text.h"

#define MODEL_BYTES (1ULL << 30)	/* the largest answer that is still shown: far above any real one */

struct list {
	void *v;
	size_t n;
};

struct str model_text(struct report_model *m, struct stmt *q, int col)
{
	struct str s = stmt_text(q, col), kept;
	struct buf clean = { .limit = 0 };

	if (!s.p || text_is_clean(s))
		return s.p ? arena_str(&m->arena, s) : STR_NONE;
	text_clean(&clean, s);
	m->arena.failed = m->arena.failed || clean.failed;
	kept = arena_str(&m->arena, buf_view(&clean));
	buf_free(&clean);
	return kept;
}

struct model_place model_place(struct report_model *m, struct stmt *q, int col)
{
	return (struct model_place){ .function = model_text(m, q, col), .package = model_text(m, q, col + 1),
		.file = model_text(m, q, col + 2), .line = stmt_int(q, col + 3) };
}

/* Rows double in the arena; what the smaller ones held is given back with the model. */
static void *add_row(struct report_model *m, struct list *l, size_t *cap, size_t size)
{
	if (l->n == *cap) {
		size_t more = *cap ? *cap * 2 : 16;
		char *v = arena_alloc_n(&m->arena, more, size);

		if (!v)
			return NULL;
		if (l->n)
			memcpy(v, l->v, l->n * size);
		l->v = v;
		*cap = more;
	}
	return (char *)l->v + l->n++ * size;
}

static int load_part(struct report_model *m, struct store *st, const struct model_part *part, struct err *err)
{
	struct list l = { NULL, 0 };
	struct stmt *q;
	size_t cap = 0;
	int rc = part->bound ? store_query(st, &q, err, part->sql, "i", m->analysis) : store_query(st, &q, err, part->sql, "");

	if (rc)
		return rc;
	while (store_next(q, err)) {
		void *row = add_row(m, &l, &cap, part->size);

		if (!row) {
			store_end(q, err);
			return err_nomem(err);
		}
		part->fill(m, q, row);
	}
	rc = store_end(q, err);
	memcpy((char *)m + part->list, &l, sizeof(l));
	return rc;
}

static int load_answer(struct report_model *m, struct store *st, struct err *err)
{
	struct stmt *q;
	int rc = store_query(st, &q, err,
			     "SELECT analysis, service, design, per, verdict, title, variant, level, direction, options, model,"
			     " score, changed, explained FROM answers ORDER BY analysis LIMIT 1", "");

	if (rc)
		return rc;
	m->analysis = 1;
	m->score = m->changed = m->explained = NAN;
	if (store_next(q, err)) {
		struct str *const texts[] = { &m->service, &m->design, &m->per, &m->verdict, &m->title, &m->variant, &m->level,
			&m->direction, &m->options, &m->fingerprint };

		m->analysed = true;
		m->analysis = stmt_int(q, 0);
		for (int i = 0; i < 10; i++)
			*texts[i] = model_text(m, q, i + 1);
		m->score = stmt_real(q, 11);
		m->changed = stmt_real(q, 12);
		m->explained = stmt_real(q, 13);
	}
	return store_end(q, err);
}

int report_model_load(struct report_model **out, struct store *st, struct err *err)
{
	const struct model_part *const tables[] = { model_parts_meaning, model_parts_input };
	struct report_model *m = calloc(1, sizeof(*m));
	int rc;

	*out = NULL;
	if (!m)
		return err_nomem(err);
	m->arena.limit = MODEL_BYTES;
	rc = load_answer(m, st, err);
	for (size_t t = 0; t < 2; t++)
		for (const struct model_part *p = tables[t]; !rc && p->sql; p++)
			rc = load_part(m, st, p, err);
	if (!rc)
		rc = model_link(m, err);
	if (!rc && m->arena.failed)	/* texts without memory look like none */
		rc = err_nomem(err);
	if (rc) {
		report_model_free(m);
		return err_wrap(err, "cannot read the answer from the database");
	}
	*out = m;
	return 0;
}

int report_model_add_raw(struct report_model *m, struct store *st, struct err *err)
{
	int rc = load_part(m, st, &model_part_raw, err);

	return !rc && m->arena.failed ? err_nomem(err) : rc;
}

void report_model_free(struct report_model *m)
{
	if (!m)
		return;
	arena_free(&m->arena);
	free(m);
}

const struct model_cause *model_cause(const struct report_model *m, struct str id)
{
	for (size_t i = 0; i < m->causes.n; i++)
		if (str_eq(m->causes.v[i].id, id))
			return &m->causes.v[i];
	return NULL;
}

bool model_is_cause(struct str id)
{
	return id.p && !str_is(id, "none") && !str_is(id, "unknown");
}

bool model_found(const struct model_change *c)
{
	return c && (str_is(c->status, "up") || str_is(c->status, "down") || str_is(c->status, "new") || str_is(c->status, "gone"));
}

bool model_in_points(const struct model_change *c)
{
	return str_is(c->scope, "series") && str_is(c->unit, "ratio");
}

size_t model_inputs(const struct report_model *m, const char *status)
{
	size_t n = 0;

	for (size_t i = 0; i < m->inputs.n; i++)
		n += str_is(m->inputs.v[i].status, status);
	return n;
}

int64_t model_runs(const struct report_model *m, const char *side)
{
	int64_t n = 0;

	for (size_t i = 0; i < m->runs.n; i++)
		n += str_is(m->runs.v[i].side, side) && m->runs.v[i].instances > 0;
	return n;
}

const struct model_raw *model_raw(const struct report_model *m, const char *metric, struct str name, const char *side)
{
	size_t lo = 0, hi = m->raw.n;

	while (lo < hi) {	/* ordered by metric, name, side */
		size_t mid = lo + (hi - lo) / 2;
		const struct model_raw *r = &m->raw.v[mid];
		int d = model_order(r->metric, str_from(metric));

		d = d ? d : model_order(r->name, name);
		d = d ? d : model_order(r->side, str_from(side));
		if (!d)
			return r;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static void count_input(struct report_facts *out, struct str status, struct str side, size_t n)
{
	bool usable = str_is(status, "read") || str_is(status, "partial");

	out->read += str_is(status, "read") ? n : 0;
	out->partial += str_is(status, "partial") ? n : 0;
	out->refused += str_is(status, "refused") ? n : 0;
	out->ignored += str_is(status, "ignored") ? n : 0;
	out->usable_base += usable && str_is(side, "baseline") ? n : 0;
	out->usable_cur += usable && str_is(side, "current") ? n : 0;
}

int report_count_inputs(struct report_facts *out, struct store *st, struct err *err)
{
	struct stmt *q;
	int rc = store_query(st, &q, err, "SELECT status, side, count(*) FROM inputs GROUP BY 1, 2", "");

	*out = (struct report_facts){ .verdict = STR_NONE };
	if (rc)
		return rc;
	while (store_next(q, err))
		count_input(out, stmt_text(q, 0), stmt_text(q, 1), (size_t)stmt_int(q, 2));
	return store_end(q, err);
}

void report_facts(struct report_facts *out, const struct report_model *m)
{
	*out = (struct report_facts){ .analysed = m->analysed, .verdict = m->verdict };
	for (size_t i = 0; i < m->inputs.n; i++)
		count_input(out, m->inputs.v[i].status, m->inputs.v[i].side, 1);
	for (size_t i = 0; i < m->gates.n; i++)
		out->gates_failed += str_is(m->gates.v[i].level, "fail") && !str_is(m->gates.v[i].result, "pass");
}

bool report_gate(struct report_gate *out, const struct report_model *m, const char *gate)
{
	struct str expr = str_from(gate);

	if (str_starts(expr, "warn:"))
		expr = str_skip(expr, 5);
	for (size_t i = 0; i < m->gates.n; i++) {
		const struct model_gate *g = &m->gates.v[i];

		if (!str_eq(g->expr, expr))
			continue;
		*out = (struct report_gate){ g->value, g->lo, g->hi, str_is(g->result, "missing"), !str_is(g->result, "pass") };
		return true;
	}
	return false;
}

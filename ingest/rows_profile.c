// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * rows_profile.c - profiles, their measures, and what was measured
 *
 * Two call sites of a file can become one here (equal names in several function entries), so a sample or a total may
 * meet a row of its own file: they are added up, and at the ends of the integers the sum stays there instead of
 * wrapping.
 */
#include <stdio.h>

#include "ingest/rows_state.h"

#define SUM(column)                                                                                                    \
	column " = CASE typeof(" column " + excluded." column ") WHEN 'integer' THEN " column " + excluded." column    \
	       " ELSE iif(" column " < 0, -9223372036854775807, 9223372036854775807) END"

int rows_put_profile(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT INTO profile (id, source, instance, seq, t0, t1, t_err, t_from, depth_cut) "
				  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	const struct rec_profile *p = rec;
	int64_t t0 = p->t0, t1 = p->t1, id = r->next[ROWS_PROFILE]++, instance;
	bool known = t0 != STORE_NULL || t1 != STORE_NULL;

	if (rows_ids_add(r, &r->profiles, p->id, id, "profile", err) || rows_instance(r, &instance, err))
		return (int)err->code;
	/* An instant covers itself. */
	t0 = rows_known(t0, t1);
	t1 = rows_known(t1, t0);
	if (known && t1 < t0)
		return rows_bad(r, err, "a profile that ends before it begins");
	if (store_run(r->st, err, sql, "iiiiiiisi", id, r->source, instance, p->id, t0, t1,
		      known ? (int64_t)0 : STORE_NULL, known ? "file" : "none", rows_known(p->depth_cut, 0)))
		return (int)err->code;
	return p->comment.p && p->comment.n ? rows_note(r, STR_LIT("comment"), p->comment, err) : 0;
}

int rows_put_measure(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT INTO measure (id, profile, metric, count_unit, amount_unit, period, scaled, "
				  "extent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
	static const char *const extents[] = { "interval", "since_start", "instant", NULL };
	const struct rec_measure *m = rec;
	const char *extent = rows_word(m->extent, extents);
	int64_t profile, twin, id = r->next[ROWS_MEASURE]++;

	if (!m->metric.p || !extent)
		return rows_bad(r, err, "a measure without metric or extent");
	if (rows_ids_add(r, &r->measures, m->id, id, "measure", err) ||
	    rows_ids_get(r, &r->profiles, m->profile, &profile, "profile", err) ||
	    store_int(r->st, err, &twin, 0, "SELECT id FROM measure WHERE profile = ? AND metric = ?", "it", profile,
		      m->metric))
		return (int)err->code;
	if (twin)
		return rows_bad(r, err, "the metric '%.*s' twice in one profile",
				(int)(m->metric.n < 60 ? m->metric.n : 60), m->metric.p);
	return store_run(r->st, err, sql, "iitttiis", id, profile, m->metric, m->count_unit, m->amount_unit, m->period,
			 (int64_t)(rows_known(m->scaled, 0) != 0), extent);
}

int rows_put_sample(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] =
		"INSERT INTO sample (measure, callsite, labelset, count, amount) VALUES (?, ?, ?, ?, ?) "
		"ON CONFLICT DO UPDATE SET " SUM("count") ", " SUM("amount");
	const struct rec_sample *s = rec;
	int64_t measure, site, labels;

	if (rows_ids_get(r, &r->measures, s->measure, &measure, "measure", err) ||
	    rows_ids_get(r, &r->callsites, s->callsite, &site, "call site", err) ||
	    rows_labelset_get(r, s->labelset, &labels, err))
		return (int)err->code;
	rows_tree_use(&r->callsite, site);
	return store_run(r->st, err, sql, "iiiii", measure, rows_tree_id(&r->callsite, site), labels,
			 rows_known(s->count, 0), rows_known(s->amount, 0));
}

int rows_put_func_total(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] =
		"INSERT INTO func_total (measure, func, flat_count, flat, cum_count, cum) VALUES (?, ?, ?, ?, ?, ?) "
		"ON CONFLICT DO UPDATE SET " SUM("flat_count") ", " SUM("flat") ", " SUM("cum_count") ", " SUM("cum");
	const struct rec_func_total *t = rec;
	int64_t measure, func;

	if (rows_ids_get(r, &r->measures, t->measure, &measure, "measure", err) ||
	    rows_ids_get(r, &r->funcs, t->func, &func, "function", err))
		return (int)err->code;
	rows_tree_use(&r->func, func);
	return store_run(r->st, err, sql, "iiiiii", measure, rows_tree_id(&r->func, func), rows_known(t->flat_count, 0),
			 rows_known(t->flat, 0), rows_known(t->cum_count, 0), rows_known(t->cum, 0));
}

int rows_put_gogroup(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT INTO gogroup (id, profile, callsite, state, class, wait_min, creator, "
				  "creator_line, labelset, locked, leaked, count) "
				  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	const struct rec_gogroup *g = rec;
	int64_t profile, site, labels, creator = STORE_NULL;

	if (rows_ids_get(r, &r->profiles, g->profile, &profile, "profile", err) ||
	    rows_ids_get(r, &r->callsites, g->callsite, &site, "call site", err) ||
	    rows_labelset_get(r, g->labelset, &labels, err))
		return (int)err->code;
	if (g->creator != STORE_NULL) {
		if (rows_ids_get(r, &r->funcs, g->creator, &creator, "function", err))
			return (int)err->code;
		rows_tree_use(&r->func, creator);
		creator = rows_tree_id(&r->func, creator);
	}
	rows_tree_use(&r->callsite, site);
	return store_run(r->st, err, sql, "iiittiiiiiii", r->next[ROWS_GOGROUP]++, profile,
			 rows_tree_id(&r->callsite, site), g->state, g->class.p ? g->class : STR_LIT("unknown"),
			 g->wait_min, creator, g->creator_line, labels, rows_known(g->locked, 0),
			 rows_known(g->leaked, 0), rows_known(g->count, 0));
}

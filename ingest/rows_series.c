// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * rows_series.c - what has a time: GC cycles, series with their points and buckets, events
 *
 * A second value at a time that has one already is left out, and counted: rows_accept() says how many there were.
 */
#include <math.h>

#include "ingest/rows_state.h"

/* After an INSERT OR IGNORE. */
static int count_ignored(struct rows *r, struct err *err)
{
	int64_t changes;

	if (store_int(r->st, err, &changes, 0, "SELECT changes()", ""))
		return (int)err->code;
	r->twice += changes == 0;
	return 0;
}

int rows_put_gc_cycle(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT OR IGNORE INTO gc_cycle (source, instance, n, t, t_err, pause, pause1, "
				  "pause2, mark, assist, background, idle, "
				  "heap_start, heap_end, heap_live, goal, procs, forced) VALUES (?, ?, ?, ?, ?, ?, ?, "
				  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	const struct rec_gc_cycle *c = rec;
	int64_t instance, n, last = r->gc_last;

	if (rows_instance(r, &instance, err))
		return (int)err->code;
	r->put_gc = true;
	n = rows_known(c->n, r->gc_last + 1);
	if (store_run(r->st, err, sql, "iiiiiiiiiiiiiiiiii", r->source, instance, n, c->t, c->t_err, c->pause,
		      c->pause1, c->pause2, c->mark, c->assist, c->background, c->idle, c->heap_start, c->heap_end,
		      c->heap_live, c->goal, c->procs, c->forced))
		return (int)err->code;
	r->gc_last = n > last ? n : last;
	return n > last ? 0 : count_ignored(r, err);
}

int rows_put_series(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] =
		"INSERT INTO series (id, source, instance, name, label, unit, kind) VALUES (?, ?, ?, ?, ?, ?, ?)";
	static const char *const kinds[] = { "gauge", "counter", "rate", "histogram", "summary", NULL };
	const struct rec_series *s = rec;
	const char *kind = rows_word(s->kind, kinds);
	int64_t id = r->next[ROWS_SERIES]++;

	if (!s->name.p || !kind)
		return rows_bad(r, err, "a series without name or kind");
	if (rows_ids_add(r, &r->series, s->id, id, "series", err) ||
	    rows_ids_add(r, &r->series_last, s->id, INT64_MIN, "series", err))
		return (int)err->code;
	return store_run(r->st, err, sql, "iiittts", id, r->source, r->what.of_run ? STORE_NULL : r->instance, s->name,
			 s->label.p ? s->label : STR_LIT(""), s->unit.p ? s->unit : STR_LIT(""), kind);
}

int rows_put_point(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT OR IGNORE INTO point (series, t, span, value) VALUES (?, ?, ?, ?)";
	const struct rec_point *p = rec;
	int64_t series, *last;

	if (rows_ids_get(r, &r->series, p->series, &series, "series", err))
		return (int)err->code;
	if (p->t == STORE_NULL)
		return rows_bad(r, err, "a point without a time");
	if (isnan(p->value)) {
		r->twice++;
		return 0;
	}
	if (store_run(r->st, err, sql, "iiid", series, p->t, rows_known(p->span, 0), p->value))
		return (int)err->code;
	last = &r->series_last.v[p->series];
	if (p->t <= *last)
		return count_ignored(r, err);
	*last = p->t; /* nothing later can have been there */
	return 0;
}

int rows_put_bucket(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT OR IGNORE INTO bucket (series, t, lo, hi, count) VALUES (?, ?, ?, ?, ?)";
	const struct rec_bucket *b = rec;
	int64_t series;

	if (rows_ids_get(r, &r->series, b->series, &series, "series", err))
		return (int)err->code;
	if (b->t == STORE_NULL)
		return rows_bad(r, err, "a bucket without a time");
	if (isnan(b->lo) || isnan(b->hi) || isnan(b->count)) {
		r->twice++;
		return 0;
	}
	if (store_run(r->st, err, sql, "iiddd", series, b->t, b->lo, b->hi, b->count))
		return (int)err->code;
	return count_ignored(r, err);
}

int rows_put_event(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] =
		"INSERT INTO event (id, source, instance, t, span, kind, text) VALUES (?, ?, ?, ?, ?, ?, ?)";
	const struct rec_event *e = rec;

	return store_run(r->st, err, sql, "iiiiitt", r->next[ROWS_EVENT]++, r->source,
			 r->what.of_run ? STORE_NULL : r->instance, e->t, rows_known(e->span, 0),
			 e->kind.p ? e->kind : STR_LIT("unknown"), e->text.p ? e->text : STR_LIT(""));
}

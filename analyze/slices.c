// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * slices.c - the pieces of evidence, each with the work it covers
 *
 * A profile covers [t0, t1] and is never cut: it is one slice, takes the requests of exactly its seconds, and belongs to the phase
 * that holds most of it. A measure that counts since the process began becomes differences of neighbours in time (heap and
 * allocs files show the same counter, so they form one chain). Only slices of the steady phase are used, unless a side has none there.
 */
#include <math.h>

#include "analyze/exposure.h"
#include "analyze/pass.h"

#define CHAIN_GAP_NS 1000000000LL	/* snapshots closer than this are one */

struct stretch_row {
	int64_t id, instance, run, t0, t1;
	enum side side;
	bool steady;
	struct exposure exposure;
};

struct measure_row {
	int64_t id, instance, t0, t1;
	enum { INTERVAL, SINCE_START, INSTANT } extent;
	struct str metric;
};

struct slicing {
	struct stretch_row *stretch;
	size_t n_stretch;
	struct measure_row *measure;
	size_t n_measure;
};

static int load_stretches(struct pass *p, struct slicing *s, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM stretch", "");

	if (rc)
		return rc;
	s->stretch = arena_array(&p->mem, struct stretch_row, (size_t)n + 1);
	if (!s->stretch)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT s.id, s.instance, i.run, s.t0, s.t1, s.phase IN ('steady', 'unknown'), s.side = 'current' FROM stretch s"
			 " JOIN instance i ON i.id = s.instance ORDER BY s.id", "");
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)s->n_stretch < n; s->n_stretch++)
		s->stretch[s->n_stretch] = (struct stretch_row){ .id = stmt_int(q, 0), .instance = stmt_int(q, 1),
			.run = stmt_int(q, 2), .t0 = stmt_int(q, 3), .t1 = stmt_int(q, 4), .steady = stmt_int(q, 5) == 1, .side = stmt_int(q, 6) == 1 ? CUR : BASE };
	rc = store_end(q, err);
	for (size_t i = 0; !rc && i < s->n_stretch; i++) {
		struct stretch_row *r = &s->stretch[i];

		if (i && r->run == s->stretch[i - 1].run)
			r->exposure = s->stretch[i - 1].exposure;
		else
			rc = exposure_load(&r->exposure, p, r->run, err);
	}
	return rc;
}

static int load_measures(struct pass *p, struct slicing *s, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM measure", "");

	if (rc)
		return rc;
	s->measure = arena_array(&p->mem, struct measure_row, (size_t)n + 1);
	if (!s->measure)
		return err_nomem(err);
	/* Ordered by what the data say, never by ids: a store that grew file by file answers as a fresh one. */
	rc = store_query(p->st, &q, err,
			 "SELECT m.id, f.instance, f.t0, f.t1, m.extent, m.metric FROM measure m JOIN profile f ON f.id = m.profile"
			 " JOIN source c ON c.id = f.source JOIN instance i ON i.id = f.instance JOIN run r ON r.id = i.run"
			 " ORDER BY r.folder, i.name, i.life, m.metric, coalesce(f.t1, f.t0), coalesce(f.t0, f.t1), c.sha256, c.path, f.seq", "");
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)s->n_measure < n; s->n_measure++) {
		struct str extent = stmt_text(q, 4);

		s->measure[s->n_measure] = (struct measure_row){ .id = stmt_int(q, 0), .instance = stmt_int(q, 1),
			.t0 = stmt_int(q, 2), .t1 = stmt_int(q, 3), .extent = str_is(extent, "interval") ? INTERVAL :
			str_is(extent, "since_start") ? SINCE_START : INSTANT, .metric = arena_str(&p->mem, stmt_text(q, 5)) };
	}
	return store_end(q, err);
}

/* The stretch of an instance (on a side, SIDES: any) that holds most of [t0, t1], or an instant within the tolerance; NULL: none. */
static const struct stretch_row *find_stretch(const struct slicing *s, enum side side, int64_t tolerance, int64_t instance, int64_t t0, int64_t t1)
{
	const struct stretch_row *best = NULL;
	int64_t most = -1;

	for (size_t i = 0; i < s->n_stretch; i++) {
		const struct stretch_row *r = &s->stretch[i];
		int64_t a = r->t0 == STORE_NULL ? t0 : r->t0 - tolerance, b = r->t1 == STORE_NULL ? t1 : r->t1 + tolerance;
		int64_t lo, hi;

		if (r->instance != instance || (side != SIDES && r->side != side))
			continue;
		if (t1 == STORE_NULL)	/* no time known: the first steady stretch, else the first */
			lo = hi = 0;
		else {
			lo = t0 > a ? t0 : a;
			hi = t1 < b ? t1 : b;
		}
		if (hi >= lo && (hi - lo > most || (hi - lo == most && best && !best->steady && r->steady))) {
			most = hi - lo;
			best = r;
		}
	}
	return best;
}

static int put_on_side(struct pass *p, const struct slicing *s, enum side side, const struct measure_row *m, const struct measure_row *minus, struct err *err)
{
	int64_t t1 = m->t1 != STORE_NULL ? m->t1 : m->t0, t0 = minus ? minus->t1 : m->t0 != STORE_NULL ? m->t0 : t1;
	const struct stretch_row *r = find_stretch(s, side, p->align_ns, m->instance, t0, t1);
	bool since_start = m->extent == SINCE_START && !minus;
	double seconds = NAN, requests = NAN;

	if (!r)
		return 0;
	if (m->extent != INSTANT && !since_start && t1 != STORE_NULL && t1 > t0)
		seconds = (double)(t1 - t0) * 1e-9;
	if (m->extent == INTERVAL || minus)
		requests = exposure_requests(&r->exposure, t0, t1);
	else if (since_start && t1 != STORE_NULL)
		requests = exposure_requests_until(&r->exposure, t1);
	return store_run(p->st, err,
			 "INSERT INTO slice (stretch, measure, minus, t0, t1, seconds, requests, used, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 "iiiiiddis", r->id, m->id, minus ? minus->id : STORE_NULL, since_start ? STORE_NULL : t0, t1, seconds, requests,
			 (int64_t)r->steady, r->steady ? since_start ? "since the process began" : NULL : "outside the steady phase");
}

static int put_slice(struct pass *p, const struct slicing *s, const struct measure_row *m, const struct measure_row *minus, struct err *err)
{
	int rc;

	if (!p->one_process)
		return put_on_side(p, s, SIDES, m, minus, err);
	rc = put_on_side(p, s, BASE, m, minus, err);
	return rc ? rc : put_on_side(p, s, CUR, m, minus, err);
}

/* One chain of snapshots of a counter: differences of neighbours; a single one stands for all since the start. */
static int put_chain(struct pass *p, const struct slicing *s, size_t first, size_t end, struct err *err)
{
	const struct measure_row *before = &s->measure[first];
	bool any = false;
	int rc = 0;

	for (size_t i = first + 1; !rc && i < end; i++) {
		const struct measure_row *m = &s->measure[i];

		if (m->t1 == STORE_NULL || before->t1 == STORE_NULL || m->t1 - before->t1 < CHAIN_GAP_NS)
			continue;
		rc = put_slice(p, s, m, before, err);
		before = m;
		any = true;
	}
	return rc || any ? rc : put_slice(p, s, &s->measure[first], NULL, err);
}

int pass_caveat_per_second(struct pass *p, struct err *err)
{
	return pass_caveat(p, err, "per_second", NULL,
			   "No load report covers both sides: costs are per second, so a change of load cannot be told from a change of cost.");
}

/* Costs are per request only when both sides know the requests of their slices. */
static int decide_unit(struct pass *p, struct err *err)
{
	int64_t sides = 0, known = 0, all = 0;
	int rc = store_int(p->st, err, &sides, 0,
			   "SELECT count(DISTINCT t.side) FROM slice s JOIN stretch t ON t.id = s.stretch"
			   " WHERE s.used = 1 AND s.requests > 0", "");

	if (!rc)
		rc = store_int(p->st, err, &known, 0,
			       "SELECT count(*) FROM slice WHERE used = 1 AND requests > 0", "");
	if (!rc)
		rc = store_int(p->st, err, &all, 0,
			       "SELECT count(*) FROM slice WHERE used = 1 AND (requests > 0 OR seconds > 0)", "");
	if (rc || p->one_process)	/* how many requests each label had is not told: the caveat of the split says so */
		return rc;
	p->per_request = known > 0 && sides == (p->design == DESIGN_SNAPSHOT ? 1 : SIDES);
	if (!p->per_request)
		return all ? pass_caveat_per_second(p, err) : 0;
	return store_run(p->st, err,
			 "UPDATE slice SET used = 0, why = 'the load report does not cover it' WHERE used = 1 AND requests IS NULL"
			 " AND measure IN (SELECT id FROM measure WHERE extent <> 'instant')", "");
}

int pass_slices(struct pass *p, struct err *err)
{
	struct slicing s = { 0 };
	int rc = load_stretches(p, &s, err);

	if (!rc)
		rc = load_measures(p, &s, err);
	for (size_t i = 0, end; !rc && i < s.n_measure; i = end) {
		const struct measure_row *m = &s.measure[i];

		end = i + 1;
		if (m->extent == SINCE_START) {
			while (end < s.n_measure && s.measure[end].extent == SINCE_START && s.measure[end].instance == m->instance &&
			       str_eq(s.measure[end].metric, m->metric))
				end++;
			rc = put_chain(p, &s, i, end, err);
		} else {
			rc = put_slice(p, &s, m, NULL, err);
		}
	}
	/* A metric that a side has only outside the steady phase is better than none. */
	if (!rc)
		rc = store_run(p->st, err,
			       "UPDATE slice SET used = 1, why = 'no slice of its kind in the steady phase' WHERE used = 0 AND NOT EXISTS"
			       " (SELECT 1 FROM slice o JOIN stretch ot ON ot.id = o.stretch JOIN measure om ON om.id = o.measure"
			       "  WHERE o.used = 1 AND om.metric = (SELECT metric FROM measure WHERE id = slice.measure)"
			       "  AND ot.side = (SELECT side FROM stretch WHERE id = slice.stretch))", "");
	if (!rc && p->by_label)
		rc = store_run(p->st, err,
			       "UPDATE slice SET used = 0, why = 'no sample has the label' WHERE used = 1 AND NOT EXISTS (SELECT 1 FROM sample s JOIN split x"
			       " ON x.labelset = s.labelset WHERE s.measure = slice.measure)", "");
	return rc ? rc : decide_unit(p, err);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * recovery.c - what stays when the load has gone
 *
 * The best evidence of a leak there is: goroutines and live heap that were made for requests go with them, what leaked stays. What is left at the end of
 * the cool-down, above what there was when the load began, is compared between the sides: caches stay too, on both. A side speaks
 * through its process that kept most.
 */
#include <math.h>

#include "analyze/math/dist.h"
#include "analyze/math/rank.h"
#include "analyze/signal.h"

#define MIN_REST_NS 10000000000LL	/* so long after the load before anything is expected to be gone: idle connections, a GC */
#define LOUD_HEAP .25			/* of the heap at rest of the baseline */
#define LOUD_GOROUTINES .5		/* as goroutines.slope */
#define FEW 15.0			/* goroutines, as goroutines.slope */
#define MIN_HEAP (4 << 20)		/* method 2.7 */

/* ?1 instance, ?2 first and ?3 last instant. Columns: value, in order of time. */
static const char *const goroutine_sources[] = {
	"SELECT o.value FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name IN ('/sched/goroutines:goroutines', 'goroutines')"
	" AND s.instance = ?1 AND f.clock = 'epoch' AND o.t BETWEEN ?2 AND ?3 ORDER BY o.t",
	"SELECT (SELECT sum(v.count) FROM sample v WHERE v.measure = m.id) FROM profile p JOIN measure m ON m.profile = p.id AND m.metric = 'goroutine'"
	" WHERE p.instance = ?1 AND coalesce(p.t1, p.t0) BETWEEN ?2 AND ?3 ORDER BY coalesce(p.t1, p.t0), p.id", NULL };
/* A heap profile shows what the last GC left; a cycle of the collector what it left itself. */
static const char *const heap_sources[] = {
	"SELECT (SELECT sum(v.amount) FROM sample v WHERE v.measure = m.id) FROM profile p JOIN measure m ON m.profile = p.id AND m.metric = 'inuse'"
	" WHERE p.instance = ?1 AND coalesce(p.t1, p.t0) BETWEEN ?2 AND ?3 ORDER BY coalesce(p.t1, p.t0), p.id",
	"SELECT o.value FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name = '/gc/heap/live:bytes'"
	" AND s.instance = ?1 AND f.clock = 'epoch' AND o.t BETWEEN ?2 AND ?3 ORDER BY o.t",
	"SELECT coalesce(g.heap_live, g.goal / (1 + coalesce((SELECT CAST(value AS REAL) FROM setting s WHERE s.instance = g.instance AND s.name = 'GOGC'"
	" LIMIT 1), 100.0) / 100.0), g.heap_end) FROM gc_best g JOIN source f ON f.id = g.source WHERE g.instance = ?1 AND f.clock = 'epoch'"
	" AND g.t BETWEEN ?2 AND ?3 ORDER BY g.t, g.n", NULL };

/* Where the load of one process began, was in full and ended, and the last instant of its run, ns. */
struct rest {
	int64_t instance, began, ended, last;
	enum side side;
};

struct left {
	double start, end;		/* NaN: not known */
	int64_t instance;
	int processes;
};

/* The last value of a time, or its median over the second half of it (settled): false when there is none. */
static int value_in(struct pass *p, const char *sql, int64_t instance, int64_t t0, int64_t t1, bool first, double *out, struct err *err)
{
	double x[64];
	struct stmt *q;
	size_t n = 0;
	int rc = store_query(p->st, &q, err, sql, "iii", instance, t0, t1);

	*out = NAN;
	if (rc)
		return rc;
	while (store_next(q, err)) {
		double v = stmt_real(q, 0);

		if (!isfinite(v) || (first && n >= 5))
			continue;
		x[n % 64] = v;	/* the first five, or the last sixty-four: a minute of a series of seconds */
		n++;
	}
	rc = store_end(q, err);
	*out = rank_median(x, n < 64 ? n : 64);
	return rc;
}

static int left_of(struct pass *p, const char *const *source, const struct rest *r, struct left *l, struct err *err)
{
	int64_t half = r->ended + (r->last - r->ended) / 2, settled = r->ended + MIN_REST_NS;
	int rc = 0;

	*l = (struct left){ .start = NAN, .end = NAN, .instance = r->instance };
	for (int i = 0; !rc && source[i] && isnan(l->end); i++) {
		rc = value_in(p, source[i], r->instance, half > settled ? half : settled, r->last, false, &l->end, err);
		if (!rc && isfinite(l->end))
			rc = value_in(p, source[i], r->instance, INT64_MIN + 1, r->began, true, &l->start, err);
	}
	return rc;
}

/* Processes whose load ended while they were still looked at; the load of a run began where its ramp begins. */
static int rests(struct pass *p, struct rest **out, size_t *n, struct err *err)
{
	static const char sql[] =
		"WITH seen (instance, t) AS (SELECT p.instance, coalesce(p.t1, p.t0) FROM profile p UNION ALL SELECT s.instance, o.t FROM series s"
		"  JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE f.clock = 'epoch' AND s.instance IS NOT NULL)"
		" SELECT t.instance, min(CASE t.phase WHEN 'steady' THEN t.t0 END), min(CASE t.phase WHEN 'cooldown' THEN t.t0 END),"
		"  (SELECT max(t) FROM seen WHERE seen.instance = t.instance), CASE WHEN ?1 THEN 'current' ELSE t.side END AS side"
		" FROM stretch t JOIN instance i ON i.id = t.instance JOIN run r ON r.id = i.run GROUP BY t.instance, side"
		" ORDER BY side, r.folder, i.name, i.life";
	struct stmt *q;
	int64_t rows = 0;
	int rc = store_int(p->st, err, &rows, 0, "SELECT count(*) FROM stretch", "");

	*n = 0;
	*out = arena_array(&p->mem, struct rest, (size_t)rows + 1);
	if (!rc && !*out)
		rc = err_nomem(err);
	if (!rc)
		rc = store_query(p->st, &q, err, sql, "i", (int64_t)(p->design == DESIGN_EARLY_LATE));
	if (rc)
		return rc;
	while (store_next(q, err) && (int64_t)*n < rows) {
		struct rest r = { stmt_int(q, 0), stmt_int(q, 1), stmt_int(q, 2), stmt_int(q, 3), str_is(stmt_text(q, 4), "current") ? CUR : BASE };

		if (!stmt_null(q, 1) && !stmt_null(q, 2) && !stmt_null(q, 3) && r.last - r.ended >= MIN_REST_NS)
			(*out)[(*n)++] = r;
	}
	return store_end(q, err);
}

static int sides(struct pass *p, const char *const *source, const struct rest *r, size_t n, struct left out[SIDES], struct err *err)
{
	int rc = 0;

	for (int s = 0; s < SIDES; s++)
		out[s] = (struct left){ .start = NAN, .end = NAN, .instance = STORE_NULL };
	for (size_t i = 0; !rc && i < n; i++) {
		struct left l, *most = &out[r[i].side];
		int processes = most->processes;

		rc = left_of(p, source, &r[i], &l, err);
		if (rc || isnan(l.end))
			continue;
		if (!processes || l.end - fmax(0, isnan(l.start) ? 0 : l.start) > most->end - fmax(0, isnan(most->start) ? 0 : most->start))
			*most = l;
		most->processes = processes + 1;
	}
	return rc;
}

static int put(struct pass *p, const char *name, const char *group, const char *what, const char *unit, const struct left l[SIDES], double loud, double whole,
	       double pv, struct err *err)
{
	struct signal s = SIGNAL(name, group);
	double base = isnan(l[BASE].end) ? NAN : l[BASE].end - (isnan(l[BASE].start) ? 0 : l[BASE].start);
	double cur = l[CUR].end - (isnan(l[CUR].start) ? 0 : l[CUR].start), d = cur - (isnan(base) ? 0 : base);
	int rc = signal_of_process(p, what, l[CUR].instance, l[CUR].processes, &what, err);

	s.base = base;
	s.cur = cur;
	s.unit = unit;
	s.p = pv;
	signal_loud(&s, d / whole * (strcmp(unit, "bytes") == 0 ? 1 : fmin(1, fabs(d) / FEW)), loud, pv);
	s.why = signal_told(p, what, base, cur, unit);
	return rc ? rc : signal_put(p, &s, err);
}

int pass_recovery(struct pass *p, struct err *err)
{
	struct left l[SIDES];
	struct rest *r;
	size_t n;
	double tau, base;
	int rc = rests(p, &r, &n, err);

	if (!rc)
		rc = sides(p, goroutine_sources, r, n, l, err);
	if (!rc && isfinite(l[CUR].end) && (isfinite(l[BASE].end) || (p->design != DESIGN_TWO_SIDES && isfinite(l[CUR].start)))) {
		base = isfinite(l[BASE].end) ? l[BASE].end : l[CUR].start;
		tau = p->tau[TAU_goroutines] * p->tau_scale;
		rc = put(p, "recovery.goroutines", "goroutine", "goroutines left after the load, above those at its start", "count", l, LOUD_GOROUTINES, fmax(base, 20),
			 dist_normal_p2(log((l[CUR].end + .5) / (base + .5)) / sqrt(1 / (base + 1) + 1 / (l[CUR].end + 1) + 2 * tau * tau)), err);
	}
	if (!rc)
		rc = sides(p, heap_sources, r, n, l, err);
	if (!rc && isfinite(l[CUR].end) && (isfinite(l[BASE].end) || (p->design != DESIGN_TWO_SIDES && isfinite(l[CUR].start)))) {
		base = fmax(isfinite(l[BASE].end) ? l[BASE].end : l[CUR].start, MIN_HEAP);
		tau = p->tau[TAU_heap_after_gc];
		rc = put(p, "recovery.heap", "gc", "live heap left after the load, above that at its start", "bytes", l, LOUD_HEAP, base,
			 dist_normal_p2(log(fmax(l[CUR].end, MIN_HEAP) / base) / sqrt(2 * tau * tau)), err);
	}
	return rc;
}

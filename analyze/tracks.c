// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tracks.c - quantities over the steady phase, from whichever source tells them
 *
 * Several sources may tell one quantity: they are tried in the order of the table, the first with points enough for an
 * onset is taken.
 */
#include "analyze/tracks.h"

#include <math.h>

const char *const track_noun[TRACKS] = { "heap after GC",	"goroutines",  "GC pauses",
					 "GC cycles",		"allocation",  "CPU",
					 "runnable goroutines", "threads",     "lock waits",
					 "throughput",		"errors",      "completed requests",
					 "median latency",	"latency p95", "latency p99" };

/* COUNTER: differences over time. EVENTS: instants, counted a second. */
#define LEAST_RATE 1e-3 /* of a LOG_COUNTER, a second: what is less is nothing */

enum form { VALUE, LOG, COUNTER, LOG_COUNTER, EVENTS };

/* ?1 instance, ?2 and ?3 the steady phase, ?4 the origin, ?5 run. Columns: seconds, value. */
#define OF_SERIES(name)                                                                                                \
	"SELECT (o.t - ?4) * 1e-9, o.value FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = " \
	"s.id WHERE s.name = '" name "'"                                                                               \
	" AND s.instance = ?1 AND f.clock = 'epoch' AND o.t BETWEEN ?2 AND ?3 AND ?5 > 0 ORDER BY s.label, o.t"
#define OF_LOAD(value, having)                                                                                         \
	"SELECT (o.t + CASE f.clock WHEN 'epoch' THEN 0 ELSE r.started END + o.span - ?4) * 1e-9, " value              \
	" FROM series s JOIN source f ON f.id = s.source"                                                              \
	" JOIN run r ON r.id = f.run JOIN point o ON o.series = s.id WHERE s.source IN (SELECT source FROM "           \
	"run_load_reports WHERE run = ?5)"                                                                             \
	" AND f.clock <> 'none' AND (f.clock = 'epoch' OR r.started IS NOT NULL)"                                      \
	" AND o.t + CASE f.clock WHEN 'epoch' THEN 0 ELSE r.started END >= ?2 AND o.t + o.span + CASE f.clock WHEN "   \
	"'epoch' THEN 0 ELSE r.started END <= ?3 AND ?1 > 0"                                                           \
	" GROUP BY o.t HAVING " having " ORDER BY o.t"
#define SUM(name)   "sum(CASE s.name WHEN '" name "' THEN o.value END)"
#define WORST(a, b) "max(CASE WHEN s.name IN ('" a "', '" b "') AND o.value > 0 THEN o.value END)"
#define HEAP                                                                                                           \
	"coalesce(g.heap_live, g.goal / (1 + coalesce((SELECT CAST(value AS REAL) FROM setting s WHERE s.instance = "  \
	"g.instance AND s.name = 'GOGC' LIMIT 1),"                                                                     \
	" 100.0) / 100.0), g.heap_end)"
#define OF_GC(value)                                                                                                   \
	"SELECT (g.t - ?4) * 1e-9, " value                                                                             \
	" FROM gc_best g JOIN source f ON f.id = g.source WHERE g.instance = ?1 AND f.clock = 'epoch'"                 \
	" AND g.t BETWEEN ?2 AND ?3 AND ?5 > 0 ORDER BY g.t, g.n"

static const struct {
	enum track_kind kind;
	enum form form;
	const char *sql;
} told[] = {
	{ TRACK_HEAP, VALUE, OF_GC(HEAP) },
	{ TRACK_HEAP, VALUE, OF_SERIES("/gc/heap/live:bytes") },
	{ TRACK_HEAP, VALUE, OF_SERIES("/gc/heap/goal:bytes") },
	{ TRACK_GOROUTINES, VALUE, OF_SERIES("/sched/goroutines:goroutines") },
	{ TRACK_GOROUTINES, VALUE, OF_SERIES("goroutines") },
	{ TRACK_GOROUTINES, VALUE,
	  "SELECT (coalesce(p.t1, p.t0) - ?4) * 1e-9, (SELECT sum(v.count) FROM sample v WHERE v.measure = m.id) FROM "
	  "profile p JOIN measure m"
	  " ON m.profile = p.id AND m.metric = 'goroutine' WHERE p.instance = ?1 AND coalesce(p.t1, p.t0) BETWEEN ?2 "
	  "AND ?3 AND ?5 > 0 ORDER BY 1, 2" },
	{ TRACK_PAUSE, LOG, OF_GC("g.pause") },
	{ TRACK_GC_RATE, EVENTS, OF_GC("1") },
	{ TRACK_GC_RATE, COUNTER, OF_SERIES("/gc/cycles/total:gc-cycles") },
	{ TRACK_ALLOC, COUNTER, OF_SERIES("/gc/heap/allocs:bytes") },
	{ TRACK_CPU, COUNTER, OF_SERIES("/cpu/classes/user:cpu-seconds") },
	{ TRACK_CPU, COUNTER, OF_SERIES("process.cpu_seconds") },
	{ TRACK_CPU, COUNTER, OF_SERIES("cgroup.cpu_seconds") },
	{ TRACK_CPU, VALUE,
	  "SELECT (p.t0 - ?4) * 1e-9, (SELECT sum(v.amount) FROM sample v WHERE v.measure = m.id) * 1.0 / (p.t1 - "
	  "p.t0) FROM profile p JOIN measure m"
	  " ON m.profile = p.id AND m.metric = 'cpu' WHERE p.instance = ?1 AND p.t0 >= ?2 AND p.t1 <= ?3 AND p.t1 > "
	  "p.t0 AND ?5 > 0 ORDER BY 1" },
	{ TRACK_RUNNABLE, VALUE, OF_SERIES("sched.runqueue") },
	{ TRACK_RUNNABLE, VALUE, OF_SERIES("/sched/goroutines/runnable:goroutines") },
	{ TRACK_THREADS, VALUE, OF_SERIES("threads") },
	{ TRACK_LOCK_WAIT, LOG_COUNTER, OF_SERIES("/sync/mutex/wait/total:seconds") },
	{ TRACK_RPS, VALUE, OF_LOAD(SUM("load.requests") " * 1e9 / max(o.span)", "max(o.span) > 0") },
	{ TRACK_ERRORS, VALUE, OF_LOAD(SUM("load.errors") " / " SUM("load.requests"), SUM("load.requests") " > 0") },
	{ TRACK_ACHIEVED, VALUE, OF_LOAD(SUM("load.requests") " / " SUM("load.offered"), SUM("load.offered") " > 0") },
	{ TRACK_P50, LOG, OF_LOAD(WORST("load.p50", "load.latency_p50"), "1") },
	{ TRACK_P95, LOG, OF_LOAD(WORST("load.p95", "load.latency_p95"), "1") },
	{ TRACK_P99, LOG, OF_LOAD(WORST("load.p99", "load.latency_p99"), "1") },
};

int track_places(struct pass *p, struct track_place **place, size_t *n, struct err *err)
{
	struct stmt *q;
	int64_t rows = 0;
	int rc = store_int(p->st, err, &rows, 0, "SELECT count(*) FROM stretch", "");

	*n = 0;
	*place = NULL;
	if (rc)
		return rc;
	*place = arena_array(&p->mem, struct track_place, (size_t)rows + 1);
	if (!*place)
		return err_nomem(err);
	/* One run, early against late: its whole steady phase is one place of the current side. */
	rc = store_query(
		p->st, &q, err,
		"SELECT t.instance, i.run, CASE WHEN ?1 THEN 'current' ELSE t.side END AS side, min(coalesce(t.t0, "
		"z.t)),"
		" max(coalesce(t.t1, 9000000000000000000)), z.t FROM stretch t JOIN instance i ON i.id = t.instance "
		"JOIN run r ON r.id = i.run"
		" JOIN run_starts z ON z.run = i.run WHERE t.phase IN ('steady', 'unknown') AND z.t IS NOT NULL"
		" GROUP BY t.instance, side ORDER BY side, r.folder, i.name, i.life",
		"i", (int64_t)(p->design == DESIGN_EARLY_LATE));
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)*n < rows; ++*n)
		(*place)[*n] = (struct track_place){ .instance = stmt_int(q, 0),
						     .run = stmt_int(q, 1),
						     .side = str_is(stmt_text(q, 2), "current") ? CUR : BASE,
						     .t0 = stmt_int(q, 3),
						     .t1 = stmt_int(q, 4),
						     .origin = stmt_int(q, 5) };
	return store_end(q, err);
}

static int read(struct pass *p, const char *sql, const struct track_place *at, struct track *x, struct err *err)
{
	struct stmt *q;
	size_t room = 0;
	int rc = store_query(p->st, &q, err, sql, "iiiii", at->instance, at->t0, at->t1, at->origin, at->run);

	x->n = 0;
	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		if (x->n == room) {
			size_t more = room ? 2 * room : 512;
			double *t = arena_array(&p->mem, double, more), *y = arena_array(&p->mem, double, more);

			if (!t || !y) {
				rc = err_nomem(err);
				break;
			}
			if (x->n) {
				memcpy(t, x->t, x->n * sizeof(*t));
				memcpy(y, x->y, x->n * sizeof(*y));
			}
			x->t = t;
			x->y = y;
			room = more;
		}
		x->t[x->n] = stmt_real(q, 0);
		x->y[x->n] = stmt_real(q, 1);
		x->n += isfinite(x->t[x->n]) && isfinite(x->y[x->n]);
	}
	return store_finish(q, rc, err);
}

/* A counter's differences, at the end of what they cover; falls and repeated times are left out. */
static void differences(struct track *x)
{
	size_t k = 0;

	for (size_t i = 1; i < x->n; i++)
		if (x->t[i] > x->t[i - 1] && x->y[i] >= x->y[i - 1]) {
			double d = (x->y[i] - x->y[i - 1]) / (x->t[i] - x->t[i - 1]);

			x->t[k] = x->t[i];
			x->y[k++] = d;
		}
	x->n = k;
}

/* Instants become counts a second, in place: there are no more whole seconds with an event than events, empty ones
 * included only while they fit. */
static int per_second(struct pass *p, const struct track_place *at, struct track *x, struct err *err)
{
	double first = x->n ? floor(x->t[0]) : 0, last = x->n ? floor(x->t[x->n - 1]) : 0;
	size_t n = x->n ? (size_t)(last - first) : 0; /* the last second may not be whole */
	double *t, *y;

	(void)at;
	if (n > 200000)
		n = 0;
	t = arena_array(&p->mem, double, n + 1);
	y = arena_array(&p->mem, double, n + 1);
	if (!t || !y)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		t[i] = first + 1 + (double)i;
		y[i] = 0;
	}
	for (size_t i = 0; i < x->n; i++) {
		size_t b = (size_t)(floor(x->t[i]) - first);

		if (b < n)
			y[b] += 1;
	}
	*x = (struct track){ t, y, n };
	return 0;
}

static void logarithms(struct track *x)
{
	size_t k = 0;

	for (size_t i = 0; i < x->n; i++)
		if (x->y[i] > 0) {
			x->t[k] = x->t[i];
			x->y[k++] = log(x->y[i]);
		}
	x->n = k;
}

int track_load(struct pass *p, enum track_kind kind, const struct track_place *at, struct track *out, struct err *err)
{
	int rc = 0;

	*out = (struct track){ 0 };
	for (size_t i = 0; !rc && i < sizeof(told) / sizeof(told[0]); i++) {
		struct track x = { 0 };

		if (told[i].kind != kind || out->n >= ONSET_MIN_POINTS)
			continue;
		rc = read(p, told[i].sql, at, &x, err);
		if (!rc && told[i].form == COUNTER)
			differences(&x);
		else if (!rc && told[i].form == LOG_COUNTER) {
			differences(&x);
			for (size_t k = 0; k < x.n; k++)
				x.y[k] = log(fmax(x.y[k], LEAST_RATE));
		}
		else if (!rc && told[i].form == EVENTS)
			rc = per_second(p, at, &x, err);
		else if (!rc && told[i].form == LOG)
			logarithms(&x);
		if (x.n > out->n)
			*out = x;
	}
	return rc;
}

size_t track_on_seconds(const struct track *x, double from, size_t n, double *out)
{
	double before = x->y[0];
	size_t k = 0, filled = 0;

	for (size_t i = 0; i < n; i++) {
		double sum = 0;
		size_t m = 0;

		for (; k < x->n && x->t[k] < from + (double)i + 1; k++)
			if (x->t[k] >= from + (double)i) {
				sum += x->y[k];
				m++;
			}
		out[i] = before = m ? sum / (double)m : before;
		filled += m > 0;
	}
	return filled;
}

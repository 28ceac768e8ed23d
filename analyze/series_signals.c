// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * series_signals.c - metrics over time become signals, one row of a table each
 *
 * A series of a side is reduced to one number (median, rate of a counter, p99 of a histogram's growth, growth of a gauge, ratio of two
 * counters) over the steady phase, and the sides' numbers are compared as a ratio or a difference with an assumed spread between runs. One
 * series of a side is one observation, however many points it has: the points of one process are not independent.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/change.h"
#include "analyze/math/dist.h"
#include "analyze/math/rank.h"
#include "analyze/math/trend.h"
#include "analyze/signal.h"

/* P99 and EVENTS are of a histogram: of what it gained, and how much that is a second. SHARE: growth of the counter over the growth of `per`; REUSE: the same, and of a single look the counts since their start. */
enum reduce { LEVEL, RATE, P99, EVENTS, GROWTH, SHARE, REUSE, LAST };

struct series_signal {
	const char *signal, *group;
	const char *series, *per;	/* names, or GLOB patterns over them */
	enum reduce reduce;
	bool difference;	/* compared as cur - base, else as ln(cur / base) */
	double loud, tau;	/* tau: of the ln, or of the difference */
	const char *unit, *what;
	double floor;		/* added to both sides before the ln, for what may be 0 or too small to matter */
	size_t few;		/* fewer points of a level that jumps tell nothing */
};

static const struct series_signal table[] = {
	{ "sched.latency_p99", "sched", "/sched/latencies:seconds", NULL, P99, false, 1.4, 1.0, "seconds", "scheduling latency p99", 1e-3, 0 },
	{ "sched.runnable", "sched", "sched.runqueue", NULL, LEVEL, true, 4, 1, "goroutines", "goroutines waiting for a processor", 0, 5 },
	{ "sched.runnable", "sched", "/sched/goroutines/runnable:goroutines", NULL, LEVEL, true, 4, 1, "goroutines",
	  "goroutines waiting for a processor", 0, 5 },
	{ "sched.idle_procs", "sched", "sched.idle_procs", NULL, LEVEL, true, 1, .4, "processors", "idle processors", 0, 5 },
	{ "gc.forced", "gc", "/gc/cycles/forced:gc-cycles", NULL, RATE, true, .2, .05, "1/s", "forced GC cycles a second", 0, 0 },
	{ "gc.limiter", "gc", "/gc/limiter/last-enabled:gc-cycle", NULL, LAST, true, 1, .1, "cycle", "last GC cycle that hit the CPU limiter", 0, 0 },
	{ "gc.goal_ratio", "gc", "/gc/heap/goal:bytes", "/gc/heap/live:bytes", LEVEL, false, .3, .06, "ratio", "GC goal over live heap", 0, 0 },
	{ "stw.other_p99", "stw", "/sched/pauses/total/other:seconds", NULL, P99, false, 1.4, .7, "seconds",
	  "stop-the-world pauses outside GC, p99", 1e-4, 0 },
	{ "stw.other_rate", "stw", "/sched/pauses/total/other:seconds", NULL, EVENTS, true, 20, 2, "1/s", "stop-the-world pauses outside GC a second", 0, 0 },
	{ "stw.stopping_share", "stw", "/sched/pauses/stopping/gc:seconds", "/sched/pauses/total/gc:seconds", P99, true, .4, .5, "ratio",
	  "share of a long pause that is stopping", 1e-3, 0 },
	{ "threads.slope", "threads", "threads", NULL, GROWTH, true, 10, 2, "threads", "threads grew during the steady phase by", 0, 0 },
	{ "mutex.wait", "mutex", "/sync/mutex/wait/total:seconds", NULL, RATE, false, 1.1, .5, "seconds/s", "time blocked on locks a second", .02, 0 },
	{ "quota.throttle_share", "quota", "quota.throttled_periods", "quota.periods", SHARE, true, .1, .02, "ratio",
	  "share of periods the quota throttled", 0, 0 },
	{ "load.achieved_ratio", "load", "load.requests", "load.offered", SHARE, true, .05, .01, "ratio", "requests completed of those offered", 0, 0 },
	{ "load.attempts", "load", "load.attempts", "load.requests", SHARE, true, .2, .03, "ratio", "attempts per call", 0, 0 },
	{ "load.generator_cpu", "load", "load.generator_cpu", NULL, LEVEL, true, .3, .1, "ratio", "the load generator's use of its processors", 0, 0 },
	{ "net.listen_overflows", "net", "tcp.listen_overflows", NULL, RATE, true, 1, .1, "1/s", "accept queue overflows a second", 0, 0 },
	{ "net.retransmits", "net", "tcp.retransmits", "tcp.segments_out", SHARE, true, .01, .002, "ratio", "segments sent again", 0, 0 },
	{ "net.rtt", "net", "net.rtt", NULL, LEVEL, false, .69, .2, "ns", "round trip time", 0, 0 },
	{ "net.dials", "net", "tcp.active_opens", NULL, RATE, false, 1.1, .3, "1/s", "connections the host opened a second", 2, 0 },
	{ "net.dials", "net", "cluster.*.upstream_cx_total", NULL, RATE, false, 1.1, .3, "1/s", "connections the proxy opened a second", 2, 0 },
	{ "net.requests_per_conn", "net", "cluster.*.upstream_rq_total", "cluster.*.upstream_cx_total", REUSE, false, 1.1, .3, "requests",
	  "requests a connection of the proxy carried", 0, 0 },
	{ "net.rwnd_limited", "net", "net.rwnd_limited", NULL, LEVEL, true, .2, .05, "ratio", "time limited by the receiver's window", 0, 0 },
};

struct points {
	double *t, *v;
	size_t n;
};

/* Where a quantity of one process stands: several files (a scrape each) of one instance are one series. instance 0: of the run. */
struct place {
	int64_t run, instance;
};

/* The points of one series name of one process in the steady phase of a side; timed: not those that only stand in an order. */
static int load(struct pass *p, enum side side, const char *series, bool timed, struct points *x, struct place at, struct err *err)
{
	static const char sql[] =
		"SELECT o.t, o.value FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name GLOB ?1 AND f.run = ?3 AND coalesce(s.instance, 0) = ?4"
		" AND (?5 = 0 OR f.clock <> 'none') AND (?1 NOT LIKE 'load.%' OR s.source IN (SELECT source FROM run_load_reports))"
		" AND EXISTS (SELECT 1 FROM stretch t JOIN instance i ON i.id = t.instance WHERE t.side = ?2 AND i.run = f.run"
		"  AND (s.instance IS NULL OR s.instance = i.id) AND t.phase IN ('steady', 'unknown')"
		"  AND (f.clock <> 'epoch' OR ((t.t0 IS NULL OR o.t >= t.t0) AND (t.t1 IS NULL OR o.t <= t.t1)))) ORDER BY s.name, s.label, o.t";
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name GLOB ?"
			   " AND f.run = ? AND coalesce(s.instance, 0) = ?", "sii", series, at.run, at.instance);

	*x = (struct points){ 0 };
	x->t = arena_array(&p->mem, double, (size_t)n + 1);
	x->v = arena_array(&p->mem, double, (size_t)n + 1);
	if (!rc && (!x->t || !x->v))
		rc = err_nomem(err);
	if (!rc)
		rc = store_query(p->st, &q, err, sql, "ssiii", series, side_name[side], at.run, at.instance, (int64_t)timed);
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)x->n < n; x->n++) {
		x->t[x->n] = stmt_real(q, 0) * 1e-9;
		x->v[x->n] = stmt_real(q, 1);
	}
	return store_end(q, err);
}

/* Growth of a counter; a fall is a restart and counts from there on. */
static double counter_growth(const struct points *x)
{
	double sum = 0;

	for (size_t i = 1; i < x->n; i++)
		if (x->t[i] > x->t[i - 1] && x->v[i] >= x->v[i - 1])
			sum += x->v[i] - x->v[i - 1];
	return sum;
}

static double total(const struct points *x)
{
	double sum = 0;

	for (size_t i = 0; i < x->n; i++)
		sum += x->v[i];
	return sum;
}

static bool one_look(const struct points *x)
{
	for (size_t i = 1; i < x->n; i++)
		if (x->t[i] != x->t[0])
			return false;
	return x->n > 0;
}

/* Of what a histogram gained between its first and last state on the side: p99, the upper bound of the bucket it falls in, or how much a second. */
static int histogram(struct pass *p, enum side side, enum reduce reduce, const char *series, struct place at, double *out, struct err *err)
{
	static const char sql[] =
		"WITH h (label, t, lo, hi, count) AS (SELECT s.label, b.t, b.lo, b.hi, b.count FROM bucket b JOIN series s ON s.id = b.series"
		"  JOIN source f ON f.id = s.source WHERE s.name = ?1 AND f.run = ?3 AND coalesce(s.instance, 0) = ?4"
		"  AND EXISTS (SELECT 1 FROM stretch t JOIN instance i ON i.id = t.instance WHERE t.side = ?2 AND i.run = f.run"
		"   AND (s.instance IS NULL OR s.instance = i.id) AND t.phase IN ('steady', 'unknown')"
		"   AND (f.clock <> 'epoch' OR ((t.t0 IS NULL OR b.t >= t.t0) AND (t.t1 IS NULL OR b.t <= t.t1))))),"
		" w (label, t0, t1) AS (SELECT label, min(t), max(t) FROM h GROUP BY label)"
		" SELECT h.hi, h.lo, sum(CASE WHEN h.t = w.t1 THEN h.count ELSE -h.count END), max(w.t1 - w.t0) FROM w JOIN h ON h.label = w.label"
		"  AND (h.t = w.t1 OR (h.t = w.t0 AND w.t0 < w.t1)) GROUP BY h.lo, h.hi ORDER BY h.lo";
	struct stmt *q;
	double *hi, *n, sum = 0, reached = 0, ns = 0;
	size_t k = 0, room = 4096;
	int rc = store_query(p->st, &q, err, sql, "ssii", series, side_name[side], at.run, at.instance);

	*out = NAN;
	if (rc)
		return rc;
	hi = arena_array(&p->mem, double, room);
	n = arena_array(&p->mem, double, room);
	while (hi && n && store_next(q, err) && k < room) {
		double bound = stmt_real(q, 0);

		hi[k] = isfinite(bound) ? bound : stmt_real(q, 1);
		n[k] = fmax(0, stmt_real(q, 2));
		ns = fmax(ns, stmt_real(q, 3));
		sum += n[k++];
	}
	rc = store_finish(q, hi && n ? 0 : err_nomem(err), err);
	if (reduce == EVENTS)
		*out = ns > 0 ? sum / (ns * 1e-9) : NAN;
	for (size_t i = 0; reduce == P99 && i < k && sum > 0; i++) {
		reached += n[i];
		if (reached >= .99 * sum) {
			*out = hi[i];
			break;
		}
	}
	return rc;
}

static int reduce(struct pass *p, const struct series_signal *s, enum side side, struct place at, double *out, struct err *err)
{
	struct points x, y = { 0 };
	struct trend_sen sen;
	double other = NAN;
	bool timed;
	int rc;

	*out = NAN;
	if (s->reduce == P99 || s->reduce == EVENTS) {
		rc = histogram(p, side, s->reduce, s->series, at, out, err);
		if (!rc && s->per) {
			rc = histogram(p, side, P99, s->per, at, &other, err);
			*out = other > 0 ? *out / (other + s->floor) : NAN;	/* a share of what is short matters to nobody */
		}
		return rc;
	}
	timed = s->reduce == RATE || s->reduce == GROWTH;
	rc = load(p, side, s->series, timed, &x, at, err);
	if (!rc && s->per)
		rc = load(p, side, s->per, timed, &y, at, err);
	if (rc || x.n < s->few || !x.n || (s->per && !y.n))
		return rc;
	switch (s->reduce) {
	case LEVEL:
		*out = rank_median(x.v, x.n);
		if (s->per)
			*out /= rank_median(y.v, y.n);
		break;
	case RATE:
		*out = x.n > 1 && x.t[x.n - 1] > x.t[0] ? counter_growth(&x) / (x.t[x.n - 1] - x.t[0]) : NAN;
		break;
	case SHARE:	/* load rows are amounts of their span, kernel counters count since start */
		if (strncmp(s->series, "load.", 5) == 0)
			*out = total(&y) > 0 ? total(&x) / total(&y) : NAN;
		else
			*out = counter_growth(&y) > 0 ? counter_growth(&x) / counter_growth(&y) : y.n > 1 ? 0 : NAN;	/* no period passed, none was cut */
		break;
	case REUSE:
		*out = counter_growth(&y) > 0 ? counter_growth(&x) / counter_growth(&y) : one_look(&y) && total(&y) > 0 ? total(&x) / total(&y) : NAN;
		break;
	case GROWTH:
		if (x.n == 2)
			*out = x.v[1] - x.v[0];
		else if (x.n >= 3 && (rc = trend_theil_sen(x.t, x.v, x.n, .05, &sen, err)) == 0)
			*out = sen.slope * (x.t[x.n - 1] - x.t[0]);
		break;
	default:
		*out = x.v[x.n - 1];
		break;
	}
	return rc;
}

/* The mean over the processes of a side that have the series. */
static int side_value(struct pass *p, const struct series_signal *s, enum side side, double *out, struct err *err)
{
	struct place place[256];
	struct stmt *q;
	double sum = 0, v;
	int n = 0, used = 0;
	int rc = store_query(p->st, &q, err,
			     "SELECT DISTINCT f.run, coalesce(s.instance, 0) FROM series s JOIN source f ON f.id = s.source JOIN instance i"
			     " ON i.run = f.run JOIN stretch t ON t.instance = i.id JOIN run r ON r.id = i.run WHERE s.name GLOB ? AND t.side = ?"
			     " AND (s.instance IS NULL OR s.instance = i.id) ORDER BY r.folder, i.name, i.life", "ss", s->series, side_name[side]);

	*out = NAN;
	if (rc)
		return rc;
	while (store_next(q, err) && n < 256)
		place[n++] = (struct place){ stmt_int(q, 0), stmt_int(q, 1) };
	rc = store_end(q, err);
	for (int i = 0; !rc && i < n; i++) {
		rc = reduce(p, s, side, place[i], &v, err);
		if (isfinite(v)) {
			sum += v;
			used++;
		}
	}
	if (used)
		*out = sum / used;
	return rc;
}

static int put(struct pass *p, const struct series_signal *s, double base, double cur, struct err *err)
{
	struct signal g = SIGNAL(s->signal, s->group);
	double b = base + s->floor, c = cur + s->floor;
	double effect = s->difference ? cur - base : b > 0 && c > 0 ? log(c / b) : 0;

	g.base = base;
	g.cur = cur;
	g.unit = s->unit;
	g.p = isnan(base) ? NAN : dist_normal_p2(effect / (sqrt(2) * s->tau));
	signal_loud(&g, isnan(base) ? 0 : effect, s->loud, g.p);
	g.why = signal_told(p, s->what, base, cur, s->unit);
	return signal_put(p, &g, err);
}

int pass_series(struct pass *p, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(table) / sizeof(table[0]); i++) {
		double base = NAN, cur = NAN;

		rc = side_value(p, &table[i], BASE, &base, err);
		if (!rc)
			rc = side_value(p, &table[i], CUR, &cur, err);
		if (!rc && isfinite(cur) && (isfinite(base) || p->design == DESIGN_SNAPSHOT))
			rc = put(p, &table[i], base, cur, err);
	}
	return rc;
}

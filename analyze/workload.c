// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * workload.c - what kind of work it is: CPU-bound, I/O-bound or mixed, with the figures that say so
 *
 * Processors in use over processors to be used (GOMAXPROCS, or the quota where that is less). A process that uses most of them is bound by them; one
 * that uses few and whose working goroutines wait for the network, files or answers is bound by I/O; the rest is mixed.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/math/dist.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define CPU_BOUND .7
#define IO_BOUND .4		/* at most so much of the processors */
#define IO_WAITS .5		/* and at least so many of the goroutines that are not idle for good */
#define LOUD .2			/* of the processors */

/* NaN where the settings do not tell. */
static int processors(struct pass *p, enum side side, double *out, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT avg(n) FROM (SELECT min(CAST(s.value AS REAL)) AS n FROM setting s WHERE s.name IN ('GOMAXPROCS', 'cpu_quota')"
			     " AND CAST(s.value AS REAL) > 0 AND s.instance IN (SELECT instance FROM stretch WHERE side = ?)"
			     " AND s.instance IN (SELECT instance FROM setting WHERE name = 'GOMAXPROCS') GROUP BY s.instance)", "s", side_name[side]);

	*out = NAN;
	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0))
		*out = stmt_real(q, 0);
	return store_end(q, err);
}

/* The share of goroutines in I/O and in waits for an answer, of those not parked for good. NaN without a dump. */
static int io_share(struct pass *p, enum side side, double *out, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT sum(CASE WHEN g.class = 'io' THEN g.count ELSE 0 END) * 1.0 / nullif(sum(g.count), 0) FROM gogroup g JOIN profile f"
			     " ON f.id = g.profile JOIN source c ON c.id = f.source JOIN measure m ON m.profile = f.id JOIN slice l ON l.measure = m.id"
			     " JOIN stretch t ON t.id = l.stretch WHERE l.used = 1 AND t.side = ? AND c.kind = 'godump'"
			     " AND g.class IN ('io', 'running', 'runnable', 'syscall', 'mutex', 'select', 'chan_recv', 'chan_send')", "s", side_name[side]);

	*out = NAN;
	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0))
		*out = stmt_real(q, 0);
	return store_end(q, err);
}

static const char *class_of(double use, double io)
{
	if (use >= CPU_BOUND)
		return "CPU-bound";
	return use <= IO_BOUND && !(io < IO_WAITS) ? "I/O-bound" : "mixed";
}

static int cores(struct pass *p, double *base, double *cur, double *pv, bool *there, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT base, cur, p FROM signal WHERE name = 'cpu.busy_cores' AND state = 'measured'", "");

	*there = false;
	if (rc)
		return rc;
	if (store_next(q, err)) {
		*base = stmt_real(q, 0);
		*cur = stmt_real(q, 1);
		*pv = stmt_real(q, 2);
		*there = true;
	}
	return store_end(q, err);
}

int pass_workload(struct pass *p, struct err *err)
{
	struct signal s = SIGNAL("cpu.utilisation", "cpu");
	double n[SIDES] = { NAN, NAN }, io[SIDES] = { NAN, NAN }, base, cur, pv;
	struct buf b = { .limit = 400 };
	bool there;
	int rc = cores(p, &base, &cur, &pv, &there, err);

	for (int i = 0; !rc && there && i < SIDES; i++) {
		rc = processors(p, (enum side)i, &n[i], err);
		if (!rc)
			rc = io_share(p, (enum side)i, &io[i], err);
	}
	if (rc || !there || !(n[CUR] > 0))
		return rc;
	s.base = n[BASE] > 0 ? base / n[BASE] : NAN;
	s.cur = cur / n[CUR];
	s.unit = "ratio";
	s.p = pv;
	signal_loud(&s, isnan(s.base) ? 0 : s.cur - s.base, LOUD, pv);
	buf_printf(&b, "%s: of %.3g processors in use ", class_of(s.cur, io[CUR]), n[CUR]);
	if (isfinite(s.base)) {
		fmt_percent(&b, s.base);
		buf_puts(&b, " -> ");
	}
	fmt_percent(&b, s.cur);
	if (isfinite(io[CUR])) {
		buf_puts(&b, "; of the goroutines at work ");
		fmt_percent(&b, io[CUR]);
		buf_puts(&b, " wait for I/O");
	}
	s.why = arena_buf(&p->mem, &b);
	buf_free(&b);
	return signal_put(p, &s, err);
}

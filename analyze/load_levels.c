// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * load_levels.c - what the service takes when the load rises: the knee, and the highest rate it still serves
 *
 * The rows of the load report are put in order of the rate that was offered. Where the latency bends upward over the rate is the knee (the same search
 * that finds onsets over time); it is sought only where the load was stepped or ramped. The highest rate at which 99 % of what was due was
 * served without error, over five seconds or more, is a capacity only when a higher rate failed; else a lower bound, and said to be.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze/math/dist.h"
#include "analyze/math/onset.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define STEPPED 2.0		/* highest rate over lowest, so that the load is one of several levels */
#define BELOW 0.05		/* of the highest rate: no load */
#define SERVED .99
#define WINDOW_NS 5000000000LL
#define LOUD .10		/* ln: as load.rps */
#define TAU_KNEE .10		/* of the ln of a knee: an eighth of a step of a usual staircase */

struct row {
	double rate, latency, requests, errors, offered;	/* rate: offered where told, else completed, 1/s; latency: ln ns */
	int64_t span;
};

struct rows {
	struct row *row;
	size_t n;
	bool by_offer;
};

static int load(struct pass *p, enum side side, struct rows *x, struct err *err)
{
	static const char sql[] =
		"SELECT max(o.span), sum(CASE s.name WHEN 'load.requests' THEN o.value END), sum(CASE s.name WHEN 'load.errors' THEN o.value END),"
		" sum(CASE s.name WHEN 'load.offered' THEN o.value END), max(CASE WHEN s.name IN ('load.p95', 'load.latency_p95') THEN o.value END)"
		" FROM series s JOIN source f ON f.id = s.source JOIN run r ON r.id = f.run JOIN point o ON o.series = s.id"
		" WHERE s.source IN (SELECT source FROM run_load_reports) AND f.clock <> 'none' AND f.run IN (SELECT i.run FROM stretch t JOIN instance i"
		"  ON i.id = t.instance WHERE t.side = ?) GROUP BY f.id, o.t HAVING max(o.span) > 0 ORDER BY r.folder, f.path, o.t";
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM series s JOIN point o ON o.series = s.id WHERE s.name = 'load.requests'", "");

	*x = (struct rows){ .by_offer = true };
	x->row = arena_array(&p->mem, struct row, (size_t)n + 1);
	if (!rc && !x->row)
		rc = err_nomem(err);
	if (!rc)
		rc = store_query(p->st, &q, err, sql, "s", side_name[side]);
	if (rc)
		return rc;
	while (store_next(q, err) && (int64_t)x->n < n) {
		struct row *r = &x->row[x->n++];

		*r = (struct row){ .span = stmt_int(q, 0), .requests = stmt_real(q, 1), .errors = stmt_null(q, 2) ? 0 : stmt_real(q, 2),
			.offered = stmt_real(q, 3), .latency = stmt_real(q, 4) > 0 ? log(stmt_real(q, 4)) : NAN };
		x->by_offer = x->by_offer && r->offered >= 0;
	}
	for (size_t i = 0; i < x->n; i++)
		x->row[i].rate = (x->by_offer ? x->row[i].offered : x->row[i].requests) * 1e9 / (double)x->row[i].span;
	return store_end(q, err);
}

static int by_rate(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->rate != y->rate)
		return x->rate < y->rate ? -1 : 1;
	return (x->latency > y->latency) - (x->latency < y->latency);
}

struct knee {
	double rate, err;	/* NaN: the load was not stepped, or nothing bent */
	bool stepped;
};

static int find_knee(struct pass *p, const struct rows *x, struct knee *k, struct err *err)
{
	struct row *row = arena_array(&p->mem, struct row, x->n + 1);
	double *t = arena_array(&p->mem, double, x->n + 1), *y = arena_array(&p->mem, double, x->n + 1), most = 0;
	struct onset o;
	size_t n = 0;
	int rc;

	*k = (struct knee){ NAN, NAN, false };
	if (!row || !t || !y)
		return err_nomem(err);
	for (size_t i = 0; i < x->n; i++)
		most = fmax(most, x->row[i].rate);
	for (size_t i = 0; i < x->n; i++)
		if (x->row[i].rate > BELOW * most && isfinite(x->row[i].latency))
			row[n++] = x->row[i];
	if (n < 2 * ONSET_MIN_POINTS)
		return 0;
	qsort(row, n, sizeof(*row), by_rate);
	/* A tenth of the rows on either end, not one row, tells that the load had levels. */
	k->stepped = row[n - 1 - n / 10].rate >= STEPPED * row[n / 10].rate;
	if (!k->stepped)
		return 0;
	for (size_t i = 0; i < n; i++) {
		t[i] = row[i].rate;
		y[i] = row[i].latency;
	}
	rc = onset_find(t, y, n, &o, err);
	if (!rc && o.shape != ONSET_NONE && o.size >= log(1.5)) {	/* a knee is felt */
		k->rate = o.t;
		k->err = fmax(o.t - o.lo, o.hi - o.t);
	}
	return rc;
}

static int put_knee(struct pass *p, const struct rows x[SIDES], struct err *err)
{
	struct signal s = SIGNAL("load.knee", "load");
	struct knee k[SIDES];
	double v;
	int rc = find_knee(p, &x[BASE], &k[BASE], err);

	if (!rc)
		rc = find_knee(p, &x[CUR], &k[CUR], err);
	if (rc || isnan(k[CUR].rate))
		return rc;
	s.base = k[BASE].rate;
	s.cur = k[CUR].rate;
	s.unit = "requests/s";
	s.lo = k[CUR].rate - k[CUR].err;
	s.hi = k[CUR].rate + k[CUR].err;
	if (k[BASE].rate > 0 && k[CUR].rate > 0) {
		v = pow(k[BASE].err / k[BASE].rate, 2) / 4 + pow(k[CUR].err / k[CUR].rate, 2) / 4 + 2 * TAU_KNEE * TAU_KNEE;
		s.p = dist_normal_p2(log(s.cur / s.base) / sqrt(v));
		signal_loud(&s, log(s.cur / s.base), LOUD, s.p);
	} else {
		signal_loud(&s, 0, LOUD, NAN);
	}
	s.why = signal_told(p, "rate from which latency p95 bends upward", s.base, s.cur, "requests/s");
	return signal_put(p, &s, err);
}

struct capacity {
	double rate;		/* NaN: never served */
	bool reached;		/* a higher rate was asked for and not served */
};

/* The rows within a twentieth of each rate stand together: five seconds of them at least. */
static int capacity_of(struct pass *p, const struct rows *x, struct capacity *c, struct err *err)
{
	struct row *row = arena_array(&p->mem, struct row, x->n + 1);
	double due = 0, good = 0;
	int64_t span = 0;
	size_t lo = 0, hi = 0;

	*c = (struct capacity){ NAN, false };
	if (!row)
		return err_nomem(err);
	memcpy(row, x->row, x->n * sizeof(*row));
	qsort(row, x->n, sizeof(*row), by_rate);
	for (size_t i = 0; i < x->n; i++) {
		for (; hi < x->n && row[hi].rate <= 1.05 * row[i].rate; hi++) {
			due += row[hi].rate * 1e-9 * (double)row[hi].span;
			good += row[hi].requests - row[hi].errors;
			span += row[hi].span;
		}
		for (; row[lo].rate < .95 * row[i].rate; lo++) {
			due -= row[lo].rate * 1e-9 * (double)row[lo].span;
			good -= row[lo].requests - row[lo].errors;
			span -= row[lo].span;
		}
		if (span < WINDOW_NS || !(row[i].rate > 0))
			continue;
		c->reached = good < SERVED * due;
		if (!c->reached)
			c->rate = row[i].rate;
	}
	return 0;
}

static int put_capacity(struct pass *p, const struct rows x[SIDES], struct err *err)
{
	struct signal s = SIGNAL("load.max_rps_at_99", "load");
	struct capacity c[SIDES];
	char what[160];
	int rc = capacity_of(p, &x[BASE], &c[BASE], err);

	if (!rc)
		rc = capacity_of(p, &x[CUR], &c[CUR], err);
	if (rc)
		return rc;
	if (!(c[CUR].rate > 0) || (p->design == DESIGN_TWO_SIDES && !(c[BASE].rate > 0)))
		return 0;
	s.base = c[BASE].rate;
	s.cur = c[CUR].rate;
	s.unit = "requests/s";
	s.p = s.base > 0 ? dist_normal_p2(log(s.cur / s.base) / (sqrt(2) * p->tau[TAU_rps])) : NAN;
	signal_loud(&s, s.base > 0 ? log(s.cur / s.base) : 0, LOUD, s.p);
	snprintf(what, sizeof(what), "highest rate of which 99 %% was served%s", c[CUR].reached ? "" : " (no higher one was tried: at least)");
	s.why = signal_told(p, what, s.base, s.cur, "requests/s");
	return signal_put(p, &s, err);
}

int pass_load_levels(struct pass *p, struct err *err)
{
	struct rows x[SIDES];
	int rc = load(p, BASE, &x[BASE], err);

	if (!rc)
		rc = load(p, CUR, &x[CUR], err);
	if (p->design == DESIGN_EARLY_LATE)
		x[BASE].n = 0;		/* the same report: its whole time is the current side's */
	if (!rc && x[CUR].n)
		rc = put_knee(p, x, err);
	return rc || !x[CUR].n ? rc : put_capacity(p, x, err);
}

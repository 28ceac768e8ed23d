// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * load.c - what the load generator saw
 *
 * Rate, errors and latency of the steady phase, tested as levels: of a latency the median over the rows of a side, of a rate the mean (requests
 * over time: its rows are counts, whose chance is the number's), with the rows' own spread and a variance between runs. The rows of one run are not independent, so their number is cut by their autocorrelation. A level that drifts,
 * as under a growing queue, is not an uncertain one: its spread is that around its own line, where that is smaller.
 */
#include <math.h>

#include "analyze/change.h"
#include "analyze/math/dist.h"
#include "analyze/math/rank.h"
#include "analyze/math/rates.h"
#include "analyze/math/trend.h"
#include "analyze/signal.h"

#define LOUD_RATE .10		/* ln 1.1: method 5.2, comparable load */
#define LOUD_LATENCY .69	/* ln 2 */
#define LOUD_ERRORS .01		/* of the requests */

#define MEDIAN_SE 1.2533	/* sqrt(pi / 2): standard error of a median over that of a mean */

struct level {
	double *x;
	size_t n;
	double at, v_ln;	/* median or mean; v_ln: variance of ln at */
	double of;		/* what the value is a share of, summed over the rows: requests */
};

struct quantity {
	const char *series, *per_series;	/* value / per_series where given */
	const char *metric, *signal, *unit, *what;	/* metric NULL: a signal alone, no row among the changes */
	double loud;
	enum tau tau;
	bool rate;				/* counts over time */
	bool difference;			/* compared as a difference, not as a ratio (shares near 0) */
};

static const struct quantity quantities[] = {
	{ "load.requests", NULL, "rps", "load.rps", "requests/s", "requests a second", LOUD_RATE, TAU_rps, true, false },
	{ "load.offered", NULL, NULL, "load.offered", "requests/s", "requests offered a second", LOUD_RATE, TAU_rps, true, false },
	{ "load.errors", "load.requests", "error_rate", "load.errors", "ratio", "errors per request", LOUD_ERRORS, TAU_rps, false, true },
	{ "load.p50", NULL, "latency_p50", "load.latency_p50", "ns", "median latency", LOUD_LATENCY, TAU_latency_p50, false, false },
	{ "load.p95", NULL, "latency_p95", NULL, "ns", "latency p95", LOUD_LATENCY, TAU_latency_p95, false, false },
	{ "load.p99", NULL, "latency_p99", "load.latency_p99", "ns", "latency p99", LOUD_LATENCY, TAU_latency_p99, false, false },
};

/* The variance of ln of the level of rows that scatter like x; x stays as it is. */
static double spread_of(const double *x, size_t n, double at, bool rate, double *scratch)
{
	double mad, centre;

	if (rate)
		return dist_variance(x, n, 1) / (at * at) / fmax(1, trend_n_eff(x, n));
	memcpy(scratch, x, n * sizeof(*scratch));	/* the ranks reorder, the autocorrelation must not */
	mad = rank_mad(scratch, n, &centre);
	return pow(MEDIAN_SE * RANK_MAD_SIGMA * mad / at, 2) / fmax(1, trend_n_eff(x, n));
}

static int level_of(struct pass *p, struct level *l, bool rate, struct err *err)
{
	double *scratch = arena_array(&p->mem, double, l->n), *rest = arena_array(&p->mem, double, l->n);
	struct trend_sen sen;
	int rc;

	if (!scratch || !rest)
		return err_nomem(err);
	memcpy(scratch, l->x, l->n * sizeof(*scratch));
	l->at = rate ? dist_mean(l->x, l->n) : rank_median(scratch, l->n);
	if (l->n <= 2 || !(l->at > 0))
		return 0;
	l->v_ln = spread_of(l->x, l->n, l->at, rate, scratch);
	rc = trend_theil_sen(NULL, l->x, l->n, .05, &sen, err);
	if (rc || !isfinite(sen.slope))
		return rc;
	for (size_t i = 0; i < l->n; i++)
		rest[i] = l->x[i] - sen.slope * (double)i;
	l->v_ln = fmin(l->v_ln, spread_of(rest, l->n, l->at, rate, scratch));
	return 0;
}

/* One value a row of the steady phase; rates are divided by their span. */
static int load_level(struct pass *p, enum side side, const struct quantity *u, struct level *l, struct err *err)
{
	static const char sql[] =
		"SELECT CASE WHEN ?2 IS NULL THEN sum(o.value) / CASE WHEN ?1 IN ('load.requests', 'load.offered') THEN o.span * 1e-9 ELSE count(*) END"
		" ELSE sum(o.value) / (SELECT sum(o2.value) FROM series s2 JOIN point o2 ON o2.series = s2.id WHERE s2.source = s.source"
		"  AND s2.name = ?2 AND o2.t = o.t) END,"
		" (SELECT sum(o2.value) FROM series s2 JOIN point o2 ON o2.series = s2.id WHERE s2.source = s.source AND s2.name = ?2 AND o2.t = o.t)"
		" FROM series s JOIN source f ON f.id = s.source JOIN run r ON r.id = f.run JOIN point o ON o.series = s.id"
		" WHERE s.name = ?1 AND s.source IN (SELECT source FROM run_load_reports)"
		" AND EXISTS (SELECT 1 FROM stretch t JOIN instance i ON i.id = t.instance WHERE i.run = f.run AND t.side = ?3"
		"  AND t.phase IN ('steady', 'unknown') AND (t.t0 IS NULL OR o.t + CASE f.clock WHEN 'epoch' THEN 0 ELSE coalesce(r.started, 0) END >= t.t0)"
		"  AND (t.t1 IS NULL OR o.t + o.span + CASE f.clock WHEN 'epoch' THEN 0 ELSE coalesce(r.started, 0) END <= t.t1))"
		" GROUP BY r.folder, f.path, o.t HAVING o.span > 0 ORDER BY r.folder, f.path, o.t";
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM series s JOIN point o ON o.series = s.id WHERE s.name = ?", "s",
			   u->series);

	*l = (struct level){ .at = NAN, .v_ln = NAN };
	if (rc)
		return rc;
	l->x = arena_array(&p->mem, double, (size_t)n + 1);
	if (!l->x)
		return err_nomem(err);
	rc = store_query(p->st, &q, err, sql, "sss", u->series, u->per_series, side_name[side]);
	if (rc)
		return rc;
	while (store_next(q, err) && (int64_t)l->n < n) {
		l->x[l->n++] = stmt_real(q, 0);
		l->of += stmt_null(q, 1) ? 0 : fmax(0, stmt_real(q, 1));
	}
	rc = store_end(q, err);
	l->n = rank_clean(l->x, l->n);
	if (!rc && l->n)
		rc = level_of(p, l, u->rate, err);
	return rc;
}

/* Of a share, in points: what its own rows vary by, and not below the chance that lies in the number of requests. */
static double smallest_share(const struct level l[SIDES])
{
	double v = 0, errors = 0, all = l[BASE].of + l[CUR].of, p;

	for (int s = 0; s < SIDES; s++) {
		if (l[s].n < 2 || !(l[s].of > 0))
			return NAN;
		v += dist_variance(l[s].x, l[s].n, 1) / fmax(1, trend_n_eff(l[s].x, l[s].n));
		errors += dist_mean(l[s].x, l[s].n) * l[s].of;
	}
	p = fmin(1, fmax(errors, 1) / all);
	return fmax(rates_power_z(.05, .8) * sqrt(v), rates_mde_share(p, l[BASE].of, l[CUR].of, 1, .05, .8));
}

static struct change compare(struct pass *p, const struct quantity *u, const struct level l[SIDES])
{
	double se, effect;
	struct change c = { .metric = u->metric, .scope = "series", .stat = "level", .unit = u->unit, .test = "level",
		.family = STORE_NULL, .subject = STORE_NULL, .line = STORE_NULL, .base = l[BASE].at, .cur = l[CUR].at,
		.delta = l[CUR].at - l[BASE].at, .n_base = (int64_t)l[BASE].n, .n_cur = (int64_t)l[CUR].n, .p = NAN, .q = NAN,
		.lo = NAN, .hi = NAN, .smallest = NAN, .status = "unsure" };

	if (u->difference) {
		struct rank_mwu m;

		if (rank_mwu(l[BASE].x, l[BASE].n, l[CUR].x, l[CUR].n, &m, &(struct err){ 0 }) == 0)
			c.p = c.q = m.p;
		c.base = dist_mean(l[BASE].x, l[BASE].n);
		c.cur = dist_mean(l[CUR].x, l[CUR].n);
		c.delta = c.cur - c.base;
		c.lo = c.hi = c.delta;
		c.smallest = smallest_share(l);
	} else if (c.base > 0 && c.cur > 0) {
		effect = log(c.cur / c.base);
		se = sqrt(fmax(0, isnan(l[BASE].v_ln) ? .04 : l[BASE].v_ln) + fmax(0, isnan(l[CUR].v_ln) ? .04 : l[CUR].v_ln) +
			  2 * p->tau[u->tau] * p->tau[u->tau]);
		c.p = c.q = dist_normal_p2(effect / se);
		c.lo = c.base * (exp(effect - 1.96 * se) - 1);
		c.hi = c.base * (exp(effect + 1.96 * se) - 1);
		c.smallest = rates_mde(se, .05, .8);
	}
	c.status = change_status(p, &c, fmax(c.base, c.cur));
	return c;
}

static int put_quantity(struct pass *p, const struct quantity *u, bool *told, struct err *err)
{
	struct level l[SIDES];
	struct change c;
	struct signal s;
	int64_t id = STORE_NULL;
	int rc = load_level(p, BASE, u, &l[BASE], err);

	if (!rc)
		rc = load_level(p, CUR, u, &l[CUR], err);
	if (rc || !l[CUR].n || (p->design == DESIGN_TWO_SIDES && !l[BASE].n))
		return rc;
	*told = true;
	c = compare(p, u, l);
	if (u->metric)
		rc = change_put(p, &c, &id, err);
	if (rc || !u->signal)
		return rc;
	s = SIGNAL(u->signal, "load");
	s.base = c.base;
	s.cur = c.cur;
	s.unit = u->unit;
	s.lo = c.lo;
	s.hi = c.hi;
	s.p = c.p;
	s.change = id;
	signal_loud(&s, u->difference ? c.delta : log(c.cur / c.base), u->loud, c.p);
	s.why = signal_told(p, u->what, c.base, c.cur, u->unit);
	return signal_put(p, &s, err);
}

int pass_load(struct pass *p, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(quantities) / sizeof(quantities[0]); i++) {
		struct quantity u = quantities[i];
		bool told = false;

		rc = put_quantity(p, &u, &told, err);
		/* A report that does not tell what was offered: what was completed. */
		if (!rc && !told && strcmp(u.series, "load.offered") == 0) {
			u.series = "load.requests";
			u.what = "requests a second (what was offered is not told)";
			rc = put_quantity(p, &u, &told, err);
		}
	}
	return rc;
}

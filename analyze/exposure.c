// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * exposure.c - requests between two instants
 *
 * A load row covers [t, t + span) and its requests are spread evenly over it: the error of a profile of seconds against rows of one
 * second is far below the counting noise. Times relative to the start of load are anchored at run.started, else unusable.
 */
#include "analyze/exposure.h"

#include <math.h>

#include "analyze/math/rank.h"

#define STEADY_COMPLETED .8	/* of the median rate: below it the load ramps or has ended */
#define STEADY_OFFERED .9	/* the same of the rate offered, which is a plan and has no noise */
#define IDLE .05		/* of the highest rate: no load */

static int read_run(struct exposure *e, struct pass *p, int64_t run, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT started, ended, requests FROM run WHERE id = ?", "i", run);

	if (rc)
		return rc;
	e->run_t0 = e->run_t1 = STORE_NULL;
	e->run_requests = NAN;
	if (store_next(q, err)) {
		e->run_t0 = stmt_int(q, 0);
		e->run_t1 = stmt_int(q, 1);
		e->run_requests = stmt_real(q, 2);
	}
	return store_end(q, err);
}

/* Requests a nanosecond by which the phases of the load are told. */
static double rate_of(const struct exposure *e, size_t i)
{
	return (e->by_offer ? e->row[i].offered : e->row[i].requests) / (double)e->row[i].span;
}

/* The load may be silent for most of a run and ramp for a good part of the rest: the median is that of the time under load. */
static double median_rate(const struct exposure *e, double *rate)
{
	double most = 0;
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		if (e->row[i].span > 0)
			most = fmax(most, rate_of(e, i));
	for (size_t i = 0; i < e->n; i++)
		if (e->row[i].span > 0 && rate_of(e, i) > IDLE * most)
			rate[n++] = rate_of(e, i);
	return rank_median(rate, n);
}

static int find_steady(struct exposure *e, struct arena *mem, struct err *err)
{
	double *rate = arena_array(mem, double, e->n + 1);
	size_t first = 0, last;
	double least;

	e->steady_t0 = e->steady_t1 = STORE_NULL;
	e->steady_rps = NAN;
	if (!rate)
		return err_nomem(err);
	e->by_offer = e->n > 0;
	for (size_t i = 0; i < e->n; i++)
		e->by_offer = e->by_offer && e->row[i].offered >= 0;
	least = (e->by_offer ? STEADY_OFFERED : STEADY_COMPLETED) * median_rate(e, rate);
	if (!(least > 0))
		return 0;
	while (first < e->n && !(rate_of(e, first) >= least))
		first++;
	last = e->n;
	while (last > first && !(rate_of(e, last - 1) >= least))
		last--;
	if (last == first)
		return 0;
	e->steady_t0 = e->row[first].t;
	e->steady_t1 = e->row[last - 1].t + e->row[last - 1].span;
	e->steady_rps = exposure_requests(e, e->steady_t0, e->steady_t1) / ((double)(e->steady_t1 - e->steady_t0) * 1e-9);
	return 0;
}

int exposure_load(struct exposure *e, struct pass *p, int64_t run, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = read_run(e, p, run, err);

	if (!rc)
		rc = store_int(p->st, err, &n, 0,
			       "SELECT count(*) FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id"
			       " WHERE f.run = ?1 AND s.name = 'load.requests'"
		       " AND s.source IN (SELECT source FROM run_load_reports)", "i", run);
	if (rc)
		return rc;
	e->row = arena_array(&p->mem, struct exposure_row, (size_t)n + 1);
	if (!e->row)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT o.t + CASE f.clock WHEN 'epoch' THEN 0 ELSE r.started END, max(o.span),"
			 " sum(CASE s.name WHEN 'load.requests' THEN o.value END), sum(CASE s.name WHEN 'load.offered' THEN o.value END)"
			 " FROM series s JOIN source f ON f.id = s.source JOIN run r ON r.id = f.run JOIN point o ON o.series = s.id"
			 " WHERE f.run = ?1 AND s.name IN ('load.requests', 'load.offered') AND (f.clock = 'epoch' OR r.started IS NOT NULL)"
			 " AND s.source IN (SELECT source FROM run_load_reports)"
			 " GROUP BY 1 HAVING sum(s.name = 'load.requests') > 0 ORDER BY 1", "i", run);
	if (rc)
		return rc;
	for (; (int64_t)e->n < n && store_next(q, err); e->n++)
		e->row[e->n] = (struct exposure_row){ stmt_int(q, 0), stmt_int(q, 1), stmt_real(q, 2), stmt_real(q, 3) };
	rc = store_end(q, err);
	return rc ? rc : find_steady(e, &p->mem, err);
}

static double overlap(int64_t a0, int64_t a1, int64_t b0, int64_t b1)
{
	int64_t lo = a0 > b0 ? a0 : b0, hi = a1 < b1 ? a1 : b1;

	return hi > lo ? (double)(hi - lo) : 0;
}

double exposure_requests_until(const struct exposure *e, int64_t t)
{
	double sum = 0;

	for (size_t i = 0; i < e->n; i++)
		if (e->row[i].t + e->row[i].span <= t)
			sum += e->row[i].requests;
	return sum > 0 ? sum : e->run_requests;
}

double exposure_requests(const struct exposure *e, int64_t t0, int64_t t1)
{
	double sum = 0, covered = 0;

	if (t0 == STORE_NULL || t1 == STORE_NULL || t1 <= t0)
		return NAN;
	for (size_t i = 0; i < e->n; i++) {
		const struct exposure_row *r = &e->row[i];
		double o = r->span > 0 ? overlap(t0, t1, r->t, r->t + r->span) : 0;

		if (o > 0)
			sum += r->requests * o / (double)r->span;
		covered += o;
	}
	/* What the load report does not cover had no load; a slice it covers by less than half has no known exposure. */
	if (e->n)
		return covered >= .5 * (double)(t1 - t0) && sum > 0 ? sum : NAN;
	if (e->run_requests > 0 && e->run_t0 != STORE_NULL && e->run_t1 > e->run_t0)
		return e->run_requests * (double)(t1 - t0) / (double)(e->run_t1 - e->run_t0);
	return NAN;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * alignment.c - how well the sources stand on one axis, and what time of a side is not compared
 *
 * The load report is often written on another host than the profiles. Where the load changes (a ramp, a step, its end),
 * what the process does follows at once: the lag at which the changes of the request rate and of the process fit best
 * is the offset of the two clocks. It is stated, not corrected: half a minute of it would put requests beside the wrong
 * profile. A flat load tells no offset, and nothing is said.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/math/trend.h"
#include "analyze/tracks.h"

#define UNMATCHED   .2 /* of a side's time: less is not worth a sentence */
#define MAX_OFFSET  60 /* seconds */
#define TOLD_OFFSET 2  /* seconds: the rows of a load report are one */

/* Steady, ramp and cool-down seconds of a side, its processes added up. */
static int unmatched(struct pass *p, enum side side, struct err *err)
{
	static const char sql[] =
		"WITH seen (instance, t0, t1) AS (SELECT instance, min(t), max(t) FROM (SELECT p.instance, p.t0 AS t "
		"FROM profile p UNION ALL SELECT p.instance, p.t1 FROM profile p"
		"  UNION ALL SELECT i.id, l.t FROM instance i JOIN source f ON f.run = i.run AND f.clock = 'epoch' "
		"JOIN load_by_second l ON l.source = f.id"
		"  WHERE l.requests > 0 OR l.offered > 0) WHERE t IS NOT NULL GROUP BY instance)"
		" SELECT coalesce(sum(CASE WHEN t.phase IN ('steady', 'unknown') THEN min(coalesce(t.t1, s.t1), s.t1) "
		"- max(coalesce(t.t0, s.t0), s.t0) END), 0) * 1e-9,"
		"  coalesce(sum(CASE t.phase WHEN 'ramp' THEN max(0, t.t1 - s.t0) END), 0) * 1e-9, coalesce(sum(CASE "
		"t.phase WHEN 'cooldown' THEN max(0, s.t1 - t.t0) END), 0) * 1e-9"
		" FROM stretch t JOIN seen s ON s.instance = t.instance WHERE t.side = ?";
	double steady = 0, ramp = 0, rest = 0;
	struct stmt *q;
	int rc = store_query(p->st, &q, err, sql, "s", side_name[side]);

	if (rc)
		return rc;
	if (store_next(q, err)) {
		steady = stmt_real(q, 0);
		ramp = stmt_real(q, 1);
		rest = stmt_real(q, 2);
	}
	rc = store_end(q, err);
	if (rc || !(steady > 0) || ramp + rest < UNMATCHED * (steady + ramp + rest))
		return rc;
	return pass_caveat(p, err, "unmatched", NULL,
			   "Of the %s side %.0f s are compared; %.0f s in which the load rose and %.0f s after it are "
			   "not (%.0f %%).",
			   side_name[side], steady, ramp, rest, 100 * (ramp + rest) / (steady + ramp + rest));
}

/* Seconds by which what the process does is behind (or, negative, ahead of) what the load report says; *known false
 * where nothing tells. */
static int offset_of(struct pass *p, const struct track_place *at, double *offset, bool *known, struct err *err)
{
	static const enum track_kind follows[] = { TRACK_ALLOC, TRACK_GC_RATE, TRACK_GOROUTINES };
	struct track load, own;
	int rc = track_load(p, TRACK_RPS, at, &load, err);

	*known = false;
	for (size_t f = 0; !rc && !*known && load.n >= ONSET_MIN_POINTS && f < sizeof(follows) / sizeof(follows[0]);
	     f++) {
		double from, *x, *y;
		struct trend_lag lag;
		size_t n;

		rc = track_load(p, follows[f], at, &own, err);
		if (rc || own.n < ONSET_MIN_POINTS)
			continue;
		from = floor(fmax(load.t[0], own.t[0]));
		if (!(fmin(load.t[load.n - 1], own.t[own.n - 1]) - from > 2 * MAX_OFFSET) ||
		    fmin(load.t[load.n - 1], own.t[own.n - 1]) - from > 20000)
			continue;
		n = (size_t)(fmin(load.t[load.n - 1], own.t[own.n - 1]) - from);
		x = arena_array(&p->mem, double, n);
		y = arena_array(&p->mem, double, n);
		if (!x || !y)
			return err_nomem(err);
		track_on_seconds(&load, from, n, x);
		track_on_seconds(&own, from, n, y);
		for (size_t i = 0; i + 1 < n; i++) {
			x[i] = x[i + 1] - x[i];
			y[i] = y[i + 1] - y[i];
		}
		lag = trend_lag(x, y, n - 1, MAX_OFFSET);
		*known = lag.accepted;
		*offset = (double)lag.lag;
	}
	return rc;
}

int pass_alignment(struct pass *p, struct err *err)
{
	struct track_place *place;
	size_t n;
	int rc = unmatched(p, BASE, err);

	if (!rc)
		rc = unmatched(p, CUR, err);
	if (!rc)
		rc = track_places(p, &place, &n, err);
	for (size_t i = 0; !rc && i < n; i++) {
		double offset;
		bool known;

		place[i].t0 = INT64_MIN + 1; /* ramp and end are what tells */
		place[i].t1 = INT64_MAX;
		rc = offset_of(p, &place[i], &offset, &known, err);
		if (!rc && known && fabs(offset) >= TOLD_OFFSET) {
			rc = pass_caveat(p, err, "clocks", NULL,
					 "The load report's clock is %.0f s %s that of the profiled process on the %s "
					 "side (1 s either way): requests are counted beside the wrong seconds.",
					 fabs(offset), offset < 0 ? "ahead of" : "behind", side_name[place[i].side]);
			break;
		}
	}
	return rc;
}

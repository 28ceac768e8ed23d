// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * load_mix.c - did the requests change their mix, and how much of a change of latency is that alone
 *
 * Needs a load report that tells endpoints (series with labels). The distance is the share of requests that went to another endpoint than on the
 * other side; what the mix does to the mean of the endpoints' median latencies is split off exactly (method 5.4).
 */
#include <math.h>
#include <stdio.h>

#include "analyze/math/score.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define LOUD .10	/* of the requests */
#define MAX_ENDPOINTS 512

struct endpoint {
	double n[SIDES], cost[SIDES];	/* requests; their median latency, ns, NaN unknown */
	struct str name;
};

/* Requests and the mean of the median latency by endpoint, weighted by requests, in the steady phase. */
static int load(struct pass *p, struct endpoint *e, size_t *n, struct err *err)
{
	static const char sql[] =
		"WITH row (side, label, t, source, requests, p50) AS (SELECT t.side, s.label, o.t, s.source, sum(CASE s.name WHEN 'load.requests' THEN o.value END),"
		"  max(CASE WHEN s.name IN ('load.p50', 'load.latency_p50') THEN o.value END) FROM series s JOIN source f ON f.id = s.source JOIN run r ON r.id = f.run"
		"  JOIN point o ON o.series = s.id JOIN (SELECT DISTINCT i.run, t.side, t.t0, t.t1 FROM stretch t JOIN instance i ON i.id = t.instance"
		"   WHERE t.phase IN ('steady', 'unknown')) t ON t.run = f.run WHERE s.label <> '' AND s.source IN (SELECT source FROM run_load_reports)"
		"  AND (t.t0 IS NULL OR o.t + CASE f.clock WHEN 'epoch' THEN 0 ELSE coalesce(r.started, 0) END >= t.t0)"
		"  AND (t.t1 IS NULL OR o.t + CASE f.clock WHEN 'epoch' THEN 0 ELSE coalesce(r.started, 0) END < t.t1) GROUP BY t.side, s.label, s.source, o.t)"
		" SELECT label, sum(CASE side WHEN 'baseline' THEN requests ELSE 0 END), sum(CASE side WHEN 'current' THEN requests ELSE 0 END),"
		"  sum(CASE side WHEN 'baseline' THEN p50 * requests END) / nullif(sum(CASE WHEN side = 'baseline' AND p50 IS NOT NULL THEN requests END), 0),"
		"  sum(CASE side WHEN 'current' THEN p50 * requests END) / nullif(sum(CASE WHEN side = 'current' AND p50 IS NOT NULL THEN requests END), 0)"
		" FROM row WHERE requests > 0 GROUP BY label ORDER BY label";
	struct stmt *q;
	int rc = store_query(p->st, &q, err, sql, "");

	*n = 0;
	if (rc)
		return rc;
	for (; store_next(q, err) && *n < MAX_ENDPOINTS; ++*n)
		e[*n] = (struct endpoint){ .n = { stmt_real(q, 1), stmt_real(q, 2) }, .cost = { stmt_real(q, 3), stmt_real(q, 4) },
			.name = arena_str(&p->mem, stmt_text(q, 0)) };
	return store_end(q, err);
}

static const char *sentence(struct pass *p, const struct endpoint *e, size_t n, const double all[SIDES], double moved, double by_mix)
{
	const struct endpoint *most = &e[0];
	struct buf b = { .limit = 600 };
	char *s;

	for (size_t i = 1; i < n; i++)
		if (fabs(e[i].n[CUR] / all[CUR] - e[i].n[BASE] / all[BASE]) > fabs(most->n[CUR] / all[CUR] - most->n[BASE] / all[BASE]))
			most = &e[i];
	buf_puts(&b, "share of requests that went to other endpoints: ");
	fmt_percent(&b, moved);
	buf_printf(&b, "; most of all %.*s, ", (int)(most->name.n < 120 ? most->name.n : 120), most->name.p);
	fmt_percent(&b, most->n[BASE] / all[BASE]);
	buf_puts(&b, " -> ");
	fmt_percent(&b, most->n[CUR] / all[CUR]);
	if (isfinite(by_mix)) {
		buf_puts(&b, "; that alone changes the mean of the endpoints' median latencies by ");
		fmt_change(&b, by_mix);
	}
	s = arena_buf(&p->mem, &b);
	buf_free(&b);
	return s;
}

int pass_load_mix(struct pass *p, struct err *err)
{
	struct endpoint *e = arena_array(&p->mem, struct endpoint, MAX_ENDPOINTS);
	double *column[4], all[SIDES] = { 0 }, moved = 0, mean = 0, by_mix = NAN;
	struct signal s = SIGNAL("load.mix", "load");
	struct score_mix m;
	bool costs = true;
	size_t n;
	int rc;

	if (!e)
		return err_nomem(err);
	rc = load(p, e, &n, err);
	for (int i = 0; i < 4 && !rc; i++)
		if (!(column[i] = arena_array(&p->mem, double, n + 1)))
			rc = err_nomem(err);
	for (size_t i = 0; !rc && i < n; i++)
		for (int k = 0; k < SIDES; k++)
			all[k] += e[i].n[k];
	if (rc || n < 2 || !(all[BASE] > 0) || !(all[CUR] > 0))
		return rc;
	for (size_t i = 0; i < n; i++) {
		moved += .5 * fabs(e[i].n[CUR] / all[CUR] - e[i].n[BASE] / all[BASE]);
		for (int k = 0; k < SIDES; k++) {
			column[2 * k][i] = e[i].n[k];
			column[2 * k + 1][i] = e[i].cost[k];
			costs = costs && (isfinite(e[i].cost[k]) || !(e[i].n[k] > 0));
		}
		mean += e[i].n[BASE] > 0 ? e[i].n[BASE] / all[BASE] * e[i].cost[BASE] : 0;
	}
	if (costs && mean > 0) {
		m = score_mix(column[0], column[1], column[2], column[3], n);
		by_mix = m.mix / mean;
		rc = store_run(p->st, err, "INSERT INTO cost_split (analysis, metric, load, efficiency, mix) VALUES (1, 'latency_p50', 0, ?, ?)", "dd", m.efficiency, m.mix);
	}
	s.base = 0;
	s.cur = moved;
	s.unit = "ratio";
	signal_loud(&s, moved, LOUD, NAN);
	s.why = sentence(p, e, n, all, moved, by_mix);
	return rc ? rc : signal_put(p, &s, err);
}

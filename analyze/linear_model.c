// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * linear_model.c - the original design's three signals and three scores, kept exactly (docs/names.md)
 *
 * Always computed, so that both models can be compared; `--model linear` lets it rank. Its known faults (blocking lowers CPU, a leak at
 * one place lowers entropy) are why it is not the default.
 */
#include <math.h>

#include "analyze/change.h"
#include "analyze/math/linear.h"
#include "analyze/math/rank.h"
#include "analyze/signal.h"

static int cpu_delta(struct pass *p, double *value, double *pv, struct err *err)
{
	struct stmt *q;
	struct linear_function *f;
	double total = NAN;
	int64_t n = 0, i = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM change", "");

	*value = *pv = NAN;
	f = arena_array(&p->mem, struct linear_function, (size_t)n + 1);
	if (!rc && !f)
		rc = err_nomem(err);
	if (!rc)
		rc = store_query(p->st, &q, err,
				 "SELECT scope = 'total', base, cur, q FROM change WHERE metric IN ('cpu_per_request', 'cpu_per_second')"
				 " AND (scope = 'total' OR (scope = 'symbol' AND stat = 'flat')) ORDER BY id", "");
	if (rc)
		return rc;
	for (; store_next(q, err);) {
		if (stmt_int(q, 0) == 1)
			total = stmt_real(q, 1);
		else if (i < n)
			f[i++] = (struct linear_function){ stmt_real(q, 1), stmt_real(q, 2), stmt_real(q, 3) };
	}
	rc = store_end(q, err);
	if (!rc && total > 0)
		*value = linear_cpu_delta(f, (size_t)i, total, pv);
	return rc;
}

/* Steady one-second windows with a pause, and those whose p99 pause is long; pauses without a time count one by one. */
static int windows(struct pass *p, enum side side, double *over, double *all, struct err *err)
{
	struct stmt *q;
	double x[1024];
	int64_t second = STORE_NULL;
	size_t n = 0;
	int rc = store_query(p->st, &q, err,
			     "SELECT DISTINCT g.t / 1000000000, g.pause, g.source, g.n FROM gc_best g JOIN source f ON f.id = g.source"
			     " JOIN stretch t ON t.instance = g.instance WHERE g.pause IS NOT NULL AND t.side = ?"
			     " AND t.phase IN ('steady', 'unknown')"
			     " AND (g.t IS NULL OR f.clock <> 'epoch' OR ((t.t0 IS NULL OR g.t >= t.t0) AND (t.t1 IS NULL OR g.t <= t.t1)))"
			     " ORDER BY 1, 2", "s", side_name[side]);

	*over = *all = 0;
	if (rc)
		return rc;
	while (store_next(q, err)) {
		int64_t s = stmt_int(q, 0);

		if (n && (s != second || s == STORE_NULL || n == sizeof(x) / sizeof(x[0]))) {
			*all += 1;
			*over += rank_quantile(x, n, .99) > p->pause_ns;
			n = 0;
		}
		second = s;
		x[n++] = stmt_real(q, 1);
	}
	if (n) {
		*all += 1;
		*over += rank_quantile(x, n, .99) > p->pause_ns;
	}
	return store_end(q, err);
}

static int gc_spike(struct pass *p, double *value, double *pv, struct err *err)
{
	double over[SIDES], all[SIDES];
	int rc = windows(p, BASE, &over[BASE], &all[BASE], err);

	*value = *pv = NAN;
	if (!rc)
		rc = windows(p, CUR, &over[CUR], &all[CUR], err);
	if (!rc && all[CUR] > 0 && (all[BASE] > 0 || p->design == DESIGN_SNAPSHOT))
		*value = linear_gc_spike(over[BASE], all[BASE], over[CUR], all[CUR], all[BASE] > 0, pv);
	return rc;
}

/* |Hn(current) - Hn(baseline)| over the common clusters; without a baseline Hn alone. */
static int entropy(struct pass *p, double *value, double *pv, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT base, cur, p FROM signal WHERE name = 'goroutines.entropy' AND state = 'measured'", "");

	*value = *pv = NAN;
	if (rc)
		return rc;
	if (store_next(q, err)) {
		*value = stmt_null(q, 0) ? stmt_real(q, 1) : fabs(stmt_real(q, 1) - stmt_real(q, 0));
		*pv = stmt_real(q, 2);
	}
	return store_end(q, err);
}

int pass_linear(struct pass *p, struct err *err)
{
	static const char *const why[LINEAR_SIGNALS] = { "share of CPU cost in functions that got significantly dearer",
		"share of seconds with a long GC pause, against the baseline", "change of the spread of goroutines over clusters" };
	double signal[LINEAR_SIGNALS], pv[LINEAR_SIGNALS];
	struct linear m;
	int rc = cpu_delta(p, &signal[LINEAR_CPU_DELTA], &pv[LINEAR_CPU_DELTA], err);

	if (!rc)
		rc = gc_spike(p, &signal[LINEAR_GC_SPIKE], &pv[LINEAR_GC_SPIKE], err);
	if (!rc)
		rc = entropy(p, &signal[LINEAR_CLUSTER_ENTROPY], &pv[LINEAR_CLUSTER_ENTROPY], err);
	if (rc)
		return rc;
	m = linear_model(signal, pv);
	for (int i = 0; !rc && i < LINEAR_SIGNALS; i++) {
		char name[40] = "linear.";
		struct signal s = SIGNAL(name, "linear");

		strcat(name, linear_signal_name((enum linear_signal)i));
		if (isnan(signal[i])) {
			rc = signal_absent(p, name, "linear", why[i], err);
			continue;
		}
		s.value = signal[i];
		s.cur = signal[i];
		s.base = m.s[i];	/* the significance factor it is multiplied by */
		s.unit = "ratio";
		s.p = pv[i];
		s.why = why[i];
		rc = signal_put(p, &s, err);
	}
	for (int i = 0; !rc && i < LINEAR_CAUSES; i++)
		rc = store_run(p->st, err, "INSERT INTO linear_score (analysis, cause, score, unweighted) VALUES (1, ?, ?, ?)", "sdd",
			       linear_cause_id((enum linear_cause)i), m.score[i], m.raw[i]);
	return rc;
}

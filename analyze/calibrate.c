// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * calibrate.c - the spread between runs of the same code, from runs of the same code
 *
 * Every run is a unit, on whichever side it stands. A cost per unit of work has a sampling error of its own (its raw events, its
 * slices), so what counts is the variance beyond it (between.h), pooled over the functions of a kind. Quantities without such an error - rates,
 * latencies, the heap - keep all of their spread.
 */
#include <math.h>

#include "analyze/compare.h"
#include "analyze/diff.h"
#include "analyze/match.h"
#include "analyze/math/between.h"
#include "analyze/pass.h"

#define MIN_EVENTS 50		/* of a function, in the mean of its runs: below, the logarithm of a count is no measure */
#define MAX_UNITS 512
#define NO_ERROR 1e-12		/* the variance of what has none */

struct units {
	double y[MAX_UNITS], v[MAX_UNITS];
	size_t n;
};

/* The slices of the run that slice `first` is the first of, as windows. */
static size_t windows_of(const struct cube *c, const struct metric *m, enum stat stat, uint32_t symbol, bool total, size_t first,
			 struct ratio_window *w)
{
	size_t n = 0;

	for (size_t i = first; i < c->n; i++) {
		const struct cube_slice *s = &c->slice[i];
		double value = total ? m->by_count ? s->total_count : s->total
			: m->by_count ? CUBE_AT(c, count, stat, i, symbol) : CUBE_AT(c, amount, stat, i, symbol);
		double var = total ? m->by_count ? s->var_count : s->var
			: m->by_count ? CUBE_AT(c, var_count, stat, i, symbol) : CUBE_AT(c, var, stat, i, symbol);

		if (s->run != c->slice[first].run)
			continue;
		value = fmax(0, value);
		w[n] = (struct ratio_window){ .count = var > 0 ? value * value / var : 0, .amount = value, .exposure = s->exposure };
		/* As the diff tests it: where a machine's speed matters, a function is measured against the rest of the cost. */
		if (m->common && !total) {
			w[n].exposure = s->total - value;
			if (w[n].count > 0 && s->var > 0 && s->total > 0)
				w[n].count = 1 / (1 / w[n].count + s->var / (s->total * s->total));
		}
		n++;
	}
	return n;
}

static bool is_first_of_run(const struct cube *c, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (c->slice[k].run == c->slice[i].run)
			return false;
	return true;
}

static void collect(const struct cube *c, const struct metric *m, enum stat stat, uint32_t symbol, bool total, struct ratio_window *w,
		    struct between *to)
{
	struct ratio_opts o = { .kind = RATIO_COST, .phi = m->phi, .late = c->late };
	struct units u = { .n = 0 };
	double events = 0;

	for (size_t i = 0; i < c->n && u.n < MAX_UNITS; i++) {
		struct ratio_side s;

		if (!is_first_of_run(c, i))
			continue;
		s = ratio_side(w, windows_of(c, m, stat, symbol, total, i, w), &o);
		u.y[u.n] = s.count > 0 ? log(s.value) : NAN;
		u.v[u.n++] = s.v;
		events += s.count;
	}
	/* All runs of a function or none: leaving out those that saw little of it would cut off the spread that is asked for. */
	if (events >= MIN_EVENTS * (double)u.n)
		between_add(to, u.y, u.v, u.n);
}

/* only: by symbol, which are asked about; NULL: all. */
static int calibrate_metric(struct pass *p, const struct tree *t, const struct metric *m, const bool *only, struct between b[TAUS], struct err *err)
{
	struct cube c = { 0 };
	struct ratio_window *w;
	int rc = cube_load(&c, p, t, m->metric, err);

	if (rc || !c.n)
		return rc;
	w = arena_array(&p->mem, struct ratio_window, c.n + 1);
	if (!w)
		return err_nomem(err);
	collect(&c, m, STAT_FLAT, 0, true, w, &b[m->tau_total]);
	for (uint32_t s = 1; s <= t->n_symbols; s++) {
		bool runtime;

		if (only && !only[s])
			continue;
		runtime = diff_tau(m, t->sym[s].kind) == m->tau_runtime;

		collect(&c, m, runtime ? STAT_FLAT : STAT_OWN, s, false, w, &b[diff_tau(m, t->sym[s].kind)]);
	}
	return 0;
}

/* One value a run for each figure; rows of one figure stand together. */
struct plain {
	enum tau tau;
	const char *sql;
};

#define RUN_SERIES(name) "SELECT 0, avg(o.value) FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id" \
	" WHERE s.name = '" name "' AND s.source IN (SELECT source FROM run_load_reports) AND o.value > 0 GROUP BY f.run ORDER BY f.run"

static const struct plain plain[] = {
	{ TAU_rps, RUN_SERIES("load.requests") },
	{ TAU_latency_p50, RUN_SERIES("load.p50") },
	{ TAU_latency_p95, RUN_SERIES("load.p95") },
	{ TAU_latency_p99, RUN_SERIES("load.p99") },
	{ TAU_gc_rate, "SELECT 0, (count(*) - 1) * 1e9 / nullif(max(g.t) - min(g.t), 0) FROM gc_best g WHERE g.t IS NOT NULL"
	  " GROUP BY g.instance ORDER BY g.instance" },
	{ TAU_gc_pause, "SELECT 0, avg(g.pause) FROM gc_best g WHERE g.pause > 0 GROUP BY g.instance ORDER BY g.instance" },
	{ TAU_heap_after_gc, "SELECT 0, avg(coalesce(g.heap_live, g.heap_end)) FROM gc_best g GROUP BY g.instance HAVING count(*) >= 8"
	  " ORDER BY g.instance" },
	/* By wait class: goroutines a dump. */
	{ TAU_goroutines, "SELECT g.class, sum(g.count) * 1.0 / (SELECT count(*) FROM profile o JOIN source d ON d.id = o.source"
	  "  WHERE o.instance = f.instance AND d.kind = 'godump') FROM gogroup g JOIN profile f ON f.id = g.profile JOIN source c ON c.id = f.source"
	  " WHERE c.kind = 'godump' GROUP BY g.class, f.instance HAVING sum(g.count) >= 50 ORDER BY g.class, f.instance" },
};

static int calibrate_plain(struct pass *p, const struct plain *q, struct between *b, struct err *err)
{
	struct units u = { .n = 0 };
	struct buf figure = { .limit = 64 };
	struct stmt *s;
	int rc = store_query(p->st, &s, err, q->sql, "");

	if (rc)
		return rc;
	while (store_next(s, err)) {
		double v = stmt_real(s, 1);

		if (!str_eq(stmt_text(s, 0), buf_view(&figure))) {
			between_add(b, u.y, u.v, u.n);
			u.n = 0;
			buf_reset(&figure);
			buf_str(&figure, stmt_text(s, 0));
		}
		if (u.n < MAX_UNITS) {
			u.y[u.n] = v > 0 ? log(v) : NAN;
			/* Goroutines in one place are counts: that much of their spread the test adds by itself. */
			u.v[u.n++] = q->tau == TAU_goroutines && v > 0 ? 1 / v : NO_ERROR;
		}
	}
	between_add(b, u.y, u.v, u.n);
	buf_free(&figure);
	return store_end(s, err);
}

/* The functions that --focus names: each has a spread of its own, and that of one is asked for to plan a test of it. */
static int only_those(struct pass *p, const struct tree *t, bool **only, struct err *err)
{
	const char *focus = p->o->view ? p->o->view->focus : NULL;
	struct match *m;
	int rc;

	*only = NULL;
	if (!focus)
		return 0;
	*only = arena_array(&p->mem, bool, (size_t)t->n_symbols + 1);
	if (!*only)
		return err_nomem(err);
	rc = match_new(&m, "focus", str_from(focus), err);
	for (uint32_t s = 1; !rc && s <= t->n_symbols; s++)
		(*only)[s] = t->sym[s].name.p && match_in(m, t->sym[s].name);
	match_free(m);
	return rc;
}

int pass_calibrate(struct pass *p, struct err *err)
{
	struct between b[TAUS] = { { 0 } };
	struct tree t = { 0 };
	bool *only = NULL;
	int rc = tree_load(&t, p, err);

	if (!rc)
		rc = only_those(p, &t, &only, err);
	for (size_t i = 0; !rc && i < diff_n_metrics; i++)
		rc = diff_metrics[i].asked ? 0 : calibrate_metric(p, &t, &diff_metrics[i], only, b, err);
	for (size_t i = 0; !rc && i < sizeof(plain) / sizeof(plain[0]); i++)
		rc = calibrate_plain(p, &plain[i], &b[plain[i].tau], err);
	for (int i = 0; !rc && i < TAUS; i++)
		p->fitted[i] = (struct analyze_tau){ tau_name[i], tau_what[i], taus_assumed[i], between_tau(&b[i]), b[i].figures, b[i].units };
	return rc;
}

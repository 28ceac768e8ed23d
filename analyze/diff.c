// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diff.c - which functions got dearer, per unit of work
 *
 * For each metric: the total first, then flat, cum and own (cost charged to the nearest user frame) of every symbol with enough
 * samples, each a family of its own under Benjamini-Hochberg, the user's functions apart from the rest. Two guards against what lies in every real pair:
 *   - with one run a side the variance between runs (tau) is added, or any two runs of one binary would differ;
 *   - a machine that ran slower makes everything dearer by one factor, run by run. Symbols are tested against the cost of what did not change
 *     (diff_rest.c), which is free of it, and the effect must be there with and without it. The total keeps it: it is what the user pays.
 */
#include "analyze/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/change.h"
#include "analyze/math/dist.h"
#include "analyze/math/fdr.h"
#include "analyze/math/score.h"
#include "analyze/signal.h"
#include "core/costs.h"

#define KEEP_SHARE 1e-4		/* untold symbols below this share of the total are not stored by `analyze` */
#define FULL_DIFF 30000		/* rows a family that `attrib diff` stores at most */

const struct metric diff_metrics[] = {
	{ "cpu", false, "cpu", "ns", "cpu", TAU_cpu_total, TAU_cpu_user, TAU_cpu_runtime, 1.3, true, false },
	{ "cpu", true, "cpu_samples", "count", "cpu", TAU_cpu_total, TAU_cpu_user, TAU_cpu_runtime, 1.3, true, true },
	{ "alloc", false, "alloc_bytes", "bytes", "heap", TAU_alloc_bytes_total, TAU_alloc_bytes_user, TAU_alloc_bytes_runtime, 1.3, false, false },
	{ "alloc", true, "alloc_objects", "count", "heap", TAU_alloc_objects_total, TAU_alloc_objects_user, TAU_alloc_objects_runtime, 1.3, false, false },
	{ "inuse", false, "inuse_bytes", "bytes", "heap", TAU_inuse_total, TAU_inuse_user, TAU_inuse_runtime, 2, false, false },
	{ "inuse", true, "inuse_objects", "count", "heap", TAU_inuse_total, TAU_inuse_user, TAU_inuse_runtime, 2, false, true },
	{ "mutex", false, "mutex_delay", "ns", "mutex", TAU_mutex_total, TAU_mutex_user, TAU_mutex_runtime, 4, false, false },
	{ "mutex", true, "mutex_contentions", "count", "mutex", TAU_mutex_total, TAU_mutex_user, TAU_mutex_runtime, 4, false, true },
	{ "block", false, "block_delay", "ns", "block", TAU_block_total, TAU_block_user, TAU_block_runtime, 4, false, false },
	{ "block", true, "block_contentions", "count", "block", TAU_block_total, TAU_block_user, TAU_block_runtime, 4, false, true },
	{ "wall", false, "wall", "ns", "wall", TAU_wall_total, TAU_wall_user, TAU_wall_runtime, 1.3, false, false },
};
const size_t diff_n_metrics = sizeof(diff_metrics) / sizeof(diff_metrics[0]);

struct row {
	uint32_t symbol;
	struct compared t;
	double p, q;
};

struct family {
	struct row *row;
	size_t n;
};

enum tau diff_tau(const struct metric *m, enum symbol_kind kind)
{
	return kind == KIND_RUNTIME || kind == KIND_PROFILER || kind == KIND_UNKNOWN ? m->tau_runtime : m->tau_user;
}

/* The user's functions are few beside those of runtime and libraries, and are what is asked about: each of the two strata has its own BH. */
static int stratum_bh(struct family *f, struct pass *p, const struct tree *t, bool user, struct err *err)
{
	double *pv = arena_array(&p->mem, double, f->n);
	int rc = pv ? 0 : err_nomem(err);

	for (size_t i = 0; !rc && i < f->n; i++)	/* NaN: not of this stratum, not counted */
		pv[i] = (t->sym[f->row[i].symbol].kind == KIND_USER) == user ? f->row[i].p : NAN;
	if (!rc)
		rc = fdr_bh(pv, f->n, pv, err);
	for (size_t i = 0; !rc && i < f->n; i++)
		if (!isnan(pv[i]))
			f->row[i].q = pv[i];
	return rc;
}

/* Tests every symbol with enough samples. */
static int test_family(struct family *f, struct pass *p, struct comparison *k, const struct tree *t, enum stat stat, struct err *err)
{
	int rc = 0;

	f->n = 0;
	for (uint32_t s = 1; !rc && s <= t->n_symbols; s++) {
		struct row *r = &f->row[f->n];

		if (!t->sym[s].name.p || (stat == STAT_OWN && t->sym[s].kind != KIND_USER) ||
		    compare_symbol_raw(k, stat, s) < DIFF_MIN_RAW)
			continue;
		rc = compare_symbol(k, stat, s, diff_tau(k->m, t->sym[s].kind), &r->t, err);
		r->symbol = s;
		r->q = NAN;
		r->p = r->t.rest.method == RATIO_NONE ? r->t.work.p : r->t.rest.p;
		f->n += !rc;
	}
	if (rc || !f->n)
		return rc;
	rc = stratum_bh(f, p, t, true, err);
	return rc ? rc : stratum_bh(f, p, t, false, err);
}

static int put_family(struct pass *p, const struct family *f, const struct tree *t, const struct comparison *k, const struct diff_metric *d, enum stat stat,
		      bool all, struct err *err)
{
	size_t tested[2] = { 0, 0 };	/* of a stratum: the user's functions, the others */
	int rc = 0;

	for (size_t i = 0; i < f->n; i++)
		tested[t->sym[f->row[i].symbol].kind != KIND_USER] += isnan(f->row[i].p) ? 0 : 1;
	for (size_t i = 0, stored = 0; !rc && i < f->n; i++) {
		const struct row *r = &f->row[i];
		struct change c = change_of_both(&r->t, d->id, d->unit);

		c.scope = "symbol";
		c.stat = stat_name[stat];
		c.family = d->total_change;
		c.subject = r->symbol;
		c.p = r->p;
		c.q = r->q;
		c.n_base = (int64_t)k->c->n_side[BASE];
		c.n_cur = (int64_t)k->c->n_side[CUR];
		c.status = change_status(p, &c, d->whole);
		change_set_smallest(p, &c, &r->t, d->whole, tested[t->sym[r->symbol].kind != KIND_USER]);
		if (!change_is_found(&c) && !all && fmax(c.base, c.cur) < KEEP_SHARE * d->whole)
			continue;
		if (stored++ < FULL_DIFF || p->kept)
			rc = change_put(p, &c, NULL, err);
	}
	return rc;
}

/* What a view leaves of functions with too few samples for a test: their two values, and nothing said about them. */
static int put_untested(struct pass *p, const struct comparison *k, const struct tree *t, const struct diff_metric *d, enum stat stat, struct err *err)
{
	const struct cube *c = k->c;
	int rc = 0;

	for (uint32_t s = 1; !rc && s <= t->n_symbols; s++) {
		double sum[SIDES] = { 0 }, exposure[SIDES] = { 0 };
		struct change row = { .metric = d->id, .scope = "symbol", .stat = stat_name[stat], .unit = d->unit, .test = "none", .beyond = NAN, .status = "unsure",
			.family = d->total_change, .subject = s, .line = STORE_NULL, .lo = NAN, .hi = NAN, .p = NAN, .q = NAN, .smallest = NAN,
			.n_base = (int64_t)c->n_side[BASE], .n_cur = (int64_t)c->n_side[CUR] };

		if (!t->sym[s].name.p || compare_symbol_raw(k, stat, s) >= DIFF_MIN_RAW)
			continue;
		for (size_t i = 0; i < c->n; i++) {
			sum[c->slice[i].side] += k->m->by_count ? CUBE_AT(c, count, stat, i, s) : CUBE_AT(c, amount, stat, i, s);
			exposure[c->slice[i].side] += c->slice[i].exposure;
		}
		if (!(fabs(sum[BASE]) > 0) && !(fabs(sum[CUR]) > 0))
			continue;
		row.base = exposure[BASE] > 0 ? sum[BASE] / exposure[BASE] : NAN;
		row.cur = exposure[CUR] > 0 ? sum[CUR] / exposure[CUR] : NAN;
		row.delta = row.cur - row.base;
		rc = change_put(p, &row, NULL, err);
	}
	return rc;
}

static int put_total(struct pass *p, struct comparison *k, struct diff_metric *d, struct err *err)
{
	struct ratio_test t;
	struct change c;
	int rc = compare_total(k, &t, err);

	if (rc)
		return rc;
	c = change_of(&t, d->id, d->unit);
	c.q = c.p;	/* a family of one */
	c.n_base = (int64_t)k->c->n_side[BASE];
	c.n_cur = (int64_t)k->c->n_side[CUR];
	d->whole = fmax(t.base, t.cur);
	c.status = change_status(p, &c, d->whole);
	if (c.base > 0 && isfinite(c.smallest))
		c.smallest = fmax(c.smallest, fmax(p->effect_share * d->whole / c.base, p->effect_relative));
	d->total = c;
	return change_put(p, &c, &d->total_change, err);
}

/* The change of the total a second, split exactly: more requests, and dearer ones (method 5.4). The mix is part of the latter: load reports that
 * tell endpoints apart are not split by them yet. */
static int put_split(struct pass *p, const struct diff_metric *d, struct err *err)
{
	struct stmt *q;
	double before = NAN, now = NAN;
	struct score_load l;
	int rc = p->per_request ? store_query(p->st, &q, err, "SELECT base, cur FROM change WHERE metric = 'rps' LIMIT 1", "") : 0;

	if (rc || !p->per_request)
		return rc;
	if (store_next(q, err)) {
		before = stmt_real(q, 0);
		now = stmt_real(q, 1);
	}
	rc = store_end(q, err);
	l = score_load(before, d->total.base, now, d->total.cur);
	if (rc || !isfinite(l.total) || strstr(d->id, "_per_request") == NULL)
		return rc;
	return store_run(p->st, err, "INSERT INTO cost_split (analysis, metric, load, efficiency, mix) VALUES (1, ?, ?, ?, 0)", "sdd", d->id, l.load,
			 l.efficiency);
}

static int diff_one(struct pass *p, const struct tree *t, struct comparison *k, struct diff_metric *d, bool full, struct err *err)
{
	struct family f = { 0 };
	int rc = put_total(p, k, d, err);

	if (!rc)
		rc = put_split(p, d, err);
	if (rc)
		return rc;
	f.row = arena_array(&p->mem, struct row, (size_t)t->n_symbols + 1);
	if (!f.row)
		return err_nomem(err);
	if (k->m->common)
		rc = diff_rest(p, t, k, err);
	for (int stat = 0; !rc && stat < STATS; stat++) {
		/* Without a tree nobody's callers are known, and no object count has an error bar (it needs its buckets). */
		if ((stat == STAT_OWN && (!full || p->kept)) || (k->m->by_count && !full))
			continue;
		rc = test_family(&f, p, k, t, (enum stat)stat, err);
		if (!rc)
			rc = put_family(p, &f, t, k, d, (enum stat)stat, p->brief, err);
		if (!rc && p->o->view && stat != STAT_OWN)
			rc = put_untested(p, k, t, d, (enum stat)stat, err);
	}
	return rc;
}

static int name_metric(struct pass *p, const struct metric *m, const struct cube *c, struct diff_metric *d, struct err *err)
{
	const char *per = p->per_request ? "request" : "second";
	struct buf id = { .limit = 200 }, unit = { .limit = 200 };

	buf_puts(&id, m->id);
	buf_puts(&unit, c->share ? "ratio" : m->unit);
	if (c->share) {
		buf_puts(&id, "_share");
	} else if (!c->instant && !c->absolute) {
		buf_printf(&id, "_per_%s", per);
		buf_printf(&unit, "/%s", p->per_request ? "request" : "s");
	}
	d->id = arena_strdup(&p->mem, id.data);
	d->unit = arena_strdup(&p->mem, unit.data);
	buf_free(&id);
	buf_free(&unit);
	return d->id && d->unit ? 0 : err_nomem(err);
}

static int begin_metric(struct pass *p, const struct metric *m, const struct cube *c, struct diff_metric *d, struct err *err)
{
	int rc = name_metric(p, m, c, d, err);

	if (rc || !p->brief || !c->absolute || c->instant || m->by_count || (p->o->view && p->o->view->per == ANALYZE_PER_SIDE))
		return rc;
	return pass_caveat(p, err, "absolute", NULL, "%s: over which time or how many requests is not known on both sides, so the sums are compared as they are.",
			   m->id);
}

int pass_diff(struct pass *p, struct err *err)
{
	struct tree t = { 0 };
	struct cube cube = { 0 };
	struct toolchains compiled;
	bool full;
	int rc = tree_load(&t, p, err);

	full = t.n_paths > 0;
	if (!rc)
		rc = diff_toolchains(p, &compiled, err);
	for (size_t i = 0; !rc && i < diff_n_metrics; i++) {
		const struct metric *m = &diff_metrics[i];
		struct comparison k;
		struct diff_metric d = { .m = m };

		if (!i || strcmp(m->metric, diff_metrics[i - 1].metric) != 0)
			rc = cube_load(&cube, p, &t, m->metric, err);
		if (rc || !cube.n || (cube.share && m->by_count) || (m->asked && !p->o->counts))
			continue;
		rc = begin_metric(p, m, &cube, &d, err);
		if (!rc)
			rc = compare_init(&k, p, m, &cube, err);
		if (!rc)
			rc = diff_one(p, &t, &k, &d, full, err);
		if (!rc && full && !m->by_count)
			rc = diff_paths(p, &t, &k, &d, err);
		if (!rc && full && p->o->view && p->o->view->peek && !m->by_count)
			rc = diff_edges(p, &t, &k, &d, err);
		if (!rc && full && p->design == DESIGN_TWO_SIDES)
			rc = diff_shifts(p, &t, &k, &d, err);
		if (!rc)
			rc = diff_toolchain(p, &d, &compiled, err);
		/* Profiles of one side alone say nothing about a change. */
		if (!rc && !p->brief && (p->design == DESIGN_SNAPSHOT || (cube.n_side[BASE] && cube.n_side[CUR])))
			rc = diff_signals(p, &t, &k, &d, err);
	}
	return rc ? rc : diff_toolchain_caveat(p, &compiled, err);
}

int diff_pair(struct pass *p, const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], bool full, struct err *err)
{
	struct cube cube = { 0 };
	int rc = 0;

	for (size_t i = 0; !rc && i < diff_n_metrics; i++) {
		const struct metric *m = &diff_metrics[i];
		struct comparison k;
		struct diff_metric d = { .m = m };

		if (!i || strcmp(m->metric, diff_metrics[i - 1].metric) != 0)
			rc = cube_of_pair(&cube, p, t, m->metric, side, of, err);
		if (rc || !cube.n || (m->asked && !p->o->counts))
			continue;
		rc = begin_metric(p, m, &cube, &d, err);
		if (!rc)
			rc = compare_init(&k, p, m, &cube, err);
		if (!rc)
			rc = diff_one(p, t, &k, &d, full, err);
	}
	return rc;
}

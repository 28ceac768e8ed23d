// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diff_paths.c - where in the tree the change sits
 *
 * Paths are tested from the roots down, a family the children of each path that changed. Of those, the deepest that still holds half of its
 * parent's change carries it: the largest inclusive change is always near main() and tells nobody anything. Where nothing is certain, the heaviest
 * such way is kept, with its test, and reports print it as undecided.
 */
#include <math.h>

#include "analyze/diff.h"
#include "analyze/math/fdr.h"

#define CARRY .5		/* of the parent's change */
#define VISIBLE .001		/* of the total: thinner paths are not kept for drawing */
#define MAX_ROWS 8192
#define MAX_EXPORT 4000000	/* when every stack is wanted */

struct side_sum {
	double exposure, total;
};

static void sum_sides(const struct cube *c, struct side_sum s[SIDES])
{
	memset(s, 0, SIDES * sizeof(*s));
	for (size_t i = 0; i < c->n; i++) {
		s[c->slice[i].side].exposure += c->slice[i].exposure;
		s[c->slice[i].side].total += c->slice[i].total;
	}
}

static double cost(const struct cube *c, const struct side_sum s[SIDES], enum side side, uint32_t path)
{
	return s[side].exposure > 0 ? c->path_amount[side][path] / s[side].exposure : 0;
}

static int put_path_cost(struct pass *p, const struct comparison *k, const struct diff_metric *d, const struct side_sum s[SIDES],
			 struct err *err)
{
	const struct cube *c = k->c;
	bool all = p->o->view && p->o->view->paths;
	int rc = 0, rows = 0;

	for (uint32_t i = 1; !rc && i <= c->n_paths && rows < (all ? MAX_EXPORT : MAX_ROWS); i++) {
		double base = cost(c, s, BASE, i), cur = cost(c, s, CUR, i);

		if (all ? !(fabs(base) > 0 || fabs(cur) > 0) : fmax(fabs(base), fabs(cur)) < VISIBLE * d->whole || !(fmax(fabs(base), fabs(cur)) > 0))
			continue;
		rows++;
		rc = store_run(p->st, err,
			       "INSERT INTO path_cost (analysis, metric, path, base_flat, base_cum, cur_flat, cur_cum)"
			       " VALUES (1, ?, ?, ?, ?, ?, ?)",
			       "sidddd", d->id, (int64_t)i, s[BASE].exposure > 0 ? c->path_flat[BASE][i] / s[BASE].exposure : 0, base,
			       s[CUR].exposure > 0 ? c->path_flat[CUR][i] / s[CUR].exposure : 0, cur);
	}
	return rc;
}

/* The child of `path` with the largest change in the direction of `delta`. Children come after their parent. */
static uint32_t heaviest_child(const struct tree *t, const struct cube *c, const struct side_sum s[SIDES], uint32_t path, double delta)
{
	uint32_t best = 0;
	double most = 0;

	for (uint32_t i = path + 1; i <= t->n_paths; i++) {
		double change;

		if (t->parent[i] != path)
			continue;
		change = (cost(c, s, CUR, i) - cost(c, s, BASE, i)) * (delta < 0 ? -1 : 1);
		if (change > most) {
			most = change;
			best = i;
		}
	}
	return most >= CARRY * fabs(delta) ? best : 0;
}

static int put_carrier(struct pass *p, const struct comparison *k, const struct diff_metric *d, const struct side_sum s[SIDES],
		       uint32_t path, struct err *err)
{
	const struct cube *c = k->c;
	struct ratio_window w[SIDES];
	struct ratio_opts o = { .kind = RATIO_COST, .tau = k->tau[k->m->tau_user], .phi = k->m->phi };
	struct ratio_test t;
	struct change ch;

	for (int i = 0; i < SIDES; i++)
		w[i] = (struct ratio_window){ .count = c->path_var[i][path] > 0 ? c->path_amount[i][path] * c->path_amount[i][path] / c->path_var[i][path] : 0,
			.amount = c->path_amount[i][path], .exposure = s[i].exposure };
	t = ratio_test_windows(&w[BASE], 1, &w[CUR], 1, &o);
	ch = change_of(&t, d->id, d->unit);
	ch.scope = "path";
	ch.stat = "cum";
	ch.family = d->total_change;
	ch.subject = path;
	ch.q = ch.p;
	ch.n_base = (int64_t)c->n_side[BASE];
	ch.n_cur = (int64_t)c->n_side[CUR];
	ch.status = change_status(p, &ch, d->whole);
	return change_put(p, &ch, NULL, err);
}

/* The heaviest way down while a child holds half of its parent's change; 0: not even a root does. */
static uint32_t heaviest_way(const struct tree *t, const struct cube *c, const struct side_sum s[SIDES], double delta)
{
	uint32_t path = 0, next;

	while ((next = heaviest_child(t, c, s, path, delta)) != 0) {
		path = next;
		delta = cost(c, s, CUR, path) - cost(c, s, BASE, path);
	}
	return path;
}

/* ---- the tested tree ---- */

struct tested {
	struct change *change;	/* by path - 1; test NULL: too few samples */
	double *p, *q;
	size_t *parent;
	bool *rejected, *carries;
};

struct testing {
	struct tested *x;
	const struct tree *t;
	struct comparison *k;
	const struct diff_metric *d;
};

/* The test of path i + 1, when its family is reached. */
static int test_path(void *arg, size_t i, double *p, struct err *err)
{
	struct testing *g = arg;
	const struct cube *c = g->k->c;
	uint32_t path = (uint32_t)i + 1, symbol = g->t->symbol[path];
	struct compared r;
	int rc;

	*p = NAN;
	if (c->path_var[BASE][path] + c->path_var[CUR][path] <= 0 || compare_path_raw(g->k, path) < DIFF_MIN_RAW)
		return 0;
	rc = compare_path(g->k, path, symbol, diff_tau(g->k->m, g->t->sym[symbol].kind), &r, err);
	if (rc)
		return rc;
	g->x->change[i] = change_of_both(&r, g->d->id, g->d->unit);
	*p = g->x->p[i] = g->x->change[i].p;
	return 0;
}

static int test_paths(struct tested *x, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err)
{
	struct testing g = { x, t, k, d };

	for (uint32_t i = 1; i <= k->c->n_paths; i++) {
		x->parent[i - 1] = t->parent[i] ? t->parent[i] - 1 : FDR_NO_PARENT;
		x->p[i - 1] = NAN;
	}
	return fdr_tree(x->parent, k->c->n_paths, FDR_TREE_LEVEL, test_path, &g, x->q, x->rejected, err);
}

/* Rejected, large enough, and half of a parent that carries: the deepest of those is what to open. */
static void find_carriers(struct tested *x, struct pass *p, const struct comparison *k, const struct diff_metric *d)
{
	for (uint32_t i = 0; i < k->c->n_paths; i++) {
		struct change *c = &x->change[i];
		size_t up = x->parent[i];

		if (!x->rejected[i] || !c->test)
			continue;
		c->scope = "path";
		c->stat = "cum";
		c->family = d->total_change;
		c->subject = (int64_t)i + 1;
		c->p = x->p[i];
		c->q = x->q[i];
		c->n_base = (int64_t)k->c->n_side[BASE];
		c->n_cur = (int64_t)k->c->n_side[CUR];
		c->status = change_status(p, c, d->whole);
		x->carries[i] = change_is_found(c) && (up == FDR_NO_PARENT || !x->change[up].test || !x->rejected[up] ||
						       (x->carries[up] && c->delta / x->change[up].delta >= CARRY));
	}
}

static int put_carriers(struct tested *x, struct pass *p, const struct comparison *k, bool *any, struct err *err)
{
	int rc = 0;
	size_t n = k->c->n_paths;
	bool *above = arena_array(&p->mem, bool, n + 1);

	if (!above)
		return err_nomem(err);
	for (size_t i = n; i-- > 0;)
		if (x->carries[i] && x->parent[i] != FDR_NO_PARENT)
			above[x->parent[i]] = true;
	for (size_t i = 0; !rc && i < n; i++)
		if (x->carries[i] && !above[i]) {
			*any = true;
			rc = change_put(p, &x->change[i], NULL, err);
		}
	return rc;
}

/* Yekutieli's hierarchy over the canonical tree (method 2.5): the children of a path that changed are one family. */
static int put_tested(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, bool *any, struct err *err)
{
	size_t n = k->c->n_paths;
	struct tested x = { arena_array(&p->mem, struct change, n + 1), arena_array(&p->mem, double, n + 1), arena_array(&p->mem, double, n + 1),
		arena_array(&p->mem, size_t, n + 1), arena_array(&p->mem, bool, n + 1), arena_array(&p->mem, bool, n + 1) };
	int rc = x.change && x.p && x.q && x.parent && x.rejected && x.carries ? test_paths(&x, t, k, d, err) : err_nomem(err);

	if (rc)
		return rc;
	find_carriers(&x, p, k, d);
	return put_carriers(&x, p, k, any, err);
}

int diff_paths(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err)
{
	struct side_sum s[SIDES];
	bool any = false;
	uint32_t path;
	int rc;

	sum_sides(k->c, s);
	rc = put_path_cost(p, k, d, s, err);
	if (rc || !k->c->n_side[BASE] || !k->c->n_side[CUR] || !isfinite(d->total.delta))
		return rc;
	if (k->c->cell_amount)
		rc = put_tested(p, t, k, d, &any, err);
	path = any ? 0 : heaviest_way(t, k->c, s, d->total.delta);
	return rc || !path ? rc : put_carrier(p, k, d, s, path, err);
}

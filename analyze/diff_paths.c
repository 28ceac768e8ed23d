// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diff_paths.c - where in the tree the change sits
 *
 * From the root, go to the child that holds at least half of its parent's change, and on from there: the deepest such path carries
 * the change. The largest inclusive change is always near main() and tells nobody anything; the deepest carrier is what to open.
 */
#include <math.h>

#include "analyze/diff.h"

#define CARRY .5		/* of the parent's change */
#define VISIBLE .001		/* of the total: thinner paths are not kept for drawing */
#define MAX_ROWS 8192

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
	int rc = 0, rows = 0;

	for (uint32_t i = 1; !rc && i <= c->n_paths && rows < MAX_ROWS; i++) {
		double base = cost(c, s, BASE, i), cur = cost(c, s, CUR, i);

		if (fmax(fabs(base), fabs(cur)) < VISIBLE * d->whole || !(fmax(fabs(base), fabs(cur)) > 0))
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

int diff_paths(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
{
	struct side_sum s[SIDES];
	uint32_t path = 0, next;
	double delta = d->total.delta;
	int rc;

	sum_sides(k->c, s);
	rc = put_path_cost(p, k, d, s, err);
	if (rc || !k->c->n_side[BASE] || !k->c->n_side[CUR] || !isfinite(delta))
		return rc;
	while ((next = heaviest_child(t, k->c, s, path, delta)) != 0) {
		path = next;
		delta = cost(k->c, s, CUR, path) - cost(k->c, s, BASE, path);
	}
	return path ? put_carrier(p, k, d, s, path, err) : 0;
}

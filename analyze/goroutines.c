// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * goroutines.c - one vocabulary and one clustering over both sides
 *
 * The sides are never clustered apart: a cluster is worth comparing only if it means the same on both. The heaviest stacks are
 * clustered (k by silhouette), the light rest joins its nearest centre; the exact stacks stay beside the clusters, since growth
 * in one exact stack is the sharpest evidence there is.
 */
#include "analyze/goroutines.h"

#include <math.h>
#include <stdio.h>

#include "analyze/change.h"
#include "analyze/math/agree.h"
#include "analyze/math/dist.h"
#include "analyze/math/rank.h"
#include "analyze/math/silhouette.h"
#include "analyze/math/trend.h"
#include "core/map.h"

#define HEAVIEST 2000		/* stacks whose silhouette is computed (issue: the rest joins) */
#define STABILITY_ROUNDS 20
#define MANY 500		/* stacks: from here on fewer rounds and iterations, each of which costs more and moves less */
#define MANY_ROUNDS 5
#define MANY_ITERATIONS 30

double goroutines_growth_p(const struct pass *p, double base, double cur)
{
	double tau = p->tau[TAU_goroutines] * p->tau_scale;
	double v = 1 / (base + 1) + 1 / (cur + 1) + 2 * tau * tau;

	if (p->design == DESIGN_SNAPSHOT)
		return NAN;
	return dist_normal_p2(log((cur + .5) / (base + .5)) / sqrt(v));
}

/* Labels for every stack: those that were clustered have one, each of the light rest joins the centre it is nearest to. */
static void label_all(struct gostacks *g, const struct tfidf_rows *all, const struct kmeans *km, size_t n)
{
	for (size_t i = 0; i < g->n; i++) {
		double most = -INFINITY;

		for (size_t k = 0; i >= n && k < km->k; k++) {	/* unit rows and centres: the cosine; ties to the heavier cluster */
			double c = tfidf_dot_dense(all, i, km->centre + k * km->cols);

			if (c > most) {
				most = c;
				g->stack[i].cluster = (uint32_t)k;
			}
		}
		if (i < n)
			g->stack[i].cluster = km->label[i];
	}
}

static int sum_clusters(struct gostacks *g, struct goclusters *c, struct pass *p, struct err *err)
{
	double *base = arena_array(&p->mem, double, c->k), *cur = arena_array(&p->mem, double, c->k);
	double *jsd = arena_array(&p->mem, double, c->k);

	c->count = arena_array(&p->mem, double, c->k * g->n_dumps + 1);
	if (!base || !cur || !jsd || !c->count)
		return err_nomem(err);
	for (size_t i = 0; i < g->n; i++) {
		struct gostack *s = &g->stack[i];

		for (int side = 0; side < SIDES; side++)
			c->cluster[s->cluster].mean[side] += s->mean[side];
		for (size_t d = 0; d < g->n_dumps; d++)
			c->count[d * c->k + s->cluster] += s->count[d];
	}
	for (size_t k = 0; k < c->k; k++) {
		base[k] = c->cluster[k].mean[BASE];
		cur[k] = c->cluster[k].mean[CUR];
	}
	agree_jsd(base, cur, c->k, jsd);
	for (size_t k = 0; k < c->k; k++)
		c->cluster[k].jsd = isnan(jsd[k]) ? 0 : jsd[k];
	return 0;
}

/* Goroutines a second on the current side, by Theil-Sen over its dumps; NaN with fewer than three. */
static int slope_of(const struct gostacks *g, const struct goclusters *c, size_t k, struct pass *p, double *slope, struct err *err)
{
	double *t = arena_array(&p->mem, double, g->n_dumps + 1), *y = arena_array(&p->mem, double, g->n_dumps + 1);
	struct trend_sen sen;
	size_t n = 0;
	int rc;

	*slope = NAN;
	if (!t || !y)
		return err_nomem(err);
	for (size_t d = 0; d < g->n_dumps; d++)
		if (g->dump[d].side == CUR && g->dump[d].t != STORE_NULL) {
			t[n] = (double)(g->dump[d].t - g->dump[0].t) * 1e-9;
			y[n++] = c->count[d * c->k + k];
		}
	if (n < 3)
		return 0;
	rc = trend_theil_sen(t, y, n, .05, &sen, err);
	*slope = sen.slope;
	return rc;
}

/* Quantiles of the minutes waited on the current side, weighted by count; NaN when no dump says any. */
static int waits_of(struct pass *p, const struct gostacks *g, size_t k, double *p50, double *p90, struct err *err)
{
	double *x = arena_array(&p->mem, double, g->n + 1);
	size_t n = 0;

	*p50 = *p90 = NAN;
	if (!x)
		return err_nomem(err);
	for (size_t i = 0; i < g->n; i++)
		if (g->stack[i].cluster == k && isfinite(g->stack[i].wait_max))
			x[n++] = g->stack[i].wait_max * 60e9;
	if (!n)
		return 0;
	rank_sort(x, n);
	*p50 = rank_quantile(x, n, .5);
	*p90 = rank_quantile(x, n, .9);
	return 0;
}

static int put_cluster(struct pass *p, const struct tree *t, const struct gostacks *g, struct goclusters *c, size_t k, struct err *err)
{
	struct gocluster *u = &c->cluster[k];
	const struct gostack *m = &g->stack[u->medoid];
	uint32_t top = gostacks_top(m, t);
	double slope, p50, p90;
	int64_t callsite = m->callsite;
	char name[400];
	int rc = slope_of(g, c, k, p, &slope, err);

	if (!rc)
		rc = gostacks_callsite(p, m, &callsite, err);
	if (!rc)
		rc = waits_of(p, g, k, &p50, &p90, err);
	if (rc)
		return rc;
	snprintf(name, sizeof(name), "%.*s [%.*s]", (int)(top && t->sym[top].name.n < 300 ? t->sym[top].name.n : 0),
		 top ? t->sym[top].name.p : "", (int)m->class.n, m->class.p);
	rc = store_run(p->st, err,
		       "INSERT INTO cluster (analysis, kind, name, medoid, creator, class, base, cur, slope, wait_p50, wait_p90, jsd,"
		       " silhouette, ari) VALUES (1, 'goroutine', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		       "siitdddddddd", name, callsite, m->creator ? (int64_t)m->creator : STORE_NULL, m->class, u->mean[BASE], u->mean[CUR],
		       slope, p50, p90, u->jsd, c->silhouette, c->stability);
	u->id = store_last_id(p->st);
	return rc;
}

/* Which cluster each group of goroutines belongs to, in one pass: groups and stacks are both many. */
static int put_groups(struct pass *p, const struct gostacks *g, const struct goclusters *c, struct err *err)
{
	struct map keys = { 0 };
	struct { int64_t group; uint32_t stack; } *row;
	struct stmt *q = NULL;
	int64_t n = 0, k = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM gogroup", "");

	row = arena_alloc_n(&p->mem, (size_t)n + 1, sizeof(*row));
	if (!rc && !row)
		rc = err_nomem(err);
	for (size_t i = 0; !rc && i < g->n; i++) {
		struct gostack_key key = gostacks_key(g->stack[i].path, g->stack[i].creator, g->stack[i].class);

		if (map_add(&keys, &key, sizeof(key), NULL) != (uint32_t)i)	/* stacks differ, so the i-th is number i */
			rc = err_nomem(err);
	}
	if (!rc)
		rc = store_query(p->st, &q, err,
				 "SELECT g.id, coalesce(c.path, 0), g.class, coalesce(f.symbol, 0) FROM gogroup g LEFT JOIN callsite_path c ON c.callsite = g.callsite"
				 " LEFT JOIN func_symbol f ON f.func = g.creator ORDER BY g.id", "");
	if (!rc) {
		while (store_next(q, err) && k < n) {
			struct gostack_key key = gostacks_key((uint32_t)stmt_int(q, 1), (uint32_t)stmt_int(q, 3), stmt_text(q, 2));

			row[k].group = stmt_int(q, 0);
			row[k].stack = map_get(&keys, &key, sizeof(key));
			k += row[k].stack != MAP_NONE;	/* of dumps that no slice uses */
		}
		rc = store_end(q, err);
	}
	for (int64_t i = 0; !rc && i < k; i++)
		rc = store_run(p->st, err, "INSERT INTO cluster_group (cluster, gogroup) VALUES (?, ?)", "ii", c->cluster[g->stack[row[i].stack].cluster].id, row[i].group);
	map_free(&keys);
	return rc;
}

static int cluster(struct gostacks *g, struct goclusters *c, struct pass *p, const struct tree *t, struct err *err)
{
	struct kmeans_opts o = { .spherical = true, .tol = -1 };
	struct silhouette_choice choice = { 0 };
	struct kmeans km = { 0 };
	struct tfidf_rows rows, all;
	size_t n = g->n < HEAVIEST ? g->n : HEAVIEST;
	bool many = n > MANY;
	double *weight = arena_array(&p->mem, double, n + 1);
	size_t *medoid;
	int rc;

	if (!weight)
		return err_nomem(err);
	o.max_iterations = many ? MANY_ITERATIONS : 0;
	for (size_t i = 0; i < n; i++)
		weight[i] = log2(1 + g->stack[i].mean[BASE] + g->stack[i].mean[CUR]);
	rc = gostacks_rows(g, g->n, p, t, &all, err);	/* one vocabulary and one rarity for all stacks */
	rows = all;
	rows.rows = n;
	if (!rc)
		rc = silhouette_choose(&rows, weight, &o, &p->mem, &km, &choice, err);
	if (rc)
		return rc;
	c->k = km.k;
	c->silhouette = choice.score;
	c->cluster = arena_array(&p->mem, struct gocluster, c->k + 1);
	medoid = arena_array(&p->mem, size_t, c->k + 1);
	if (!c->cluster || !medoid)
		return err_nomem(err);
	rc = kmeans_order(&km, &rows, weight, NULL, medoid, err);
	for (size_t k = 0; k < c->k; k++)
		c->cluster[k].medoid = medoid[k];
	if (!rc)
		rc = agree_stability(&rows, weight, &km, &o, many ? MANY_ROUNDS : STABILITY_ROUNDS, &c->stability, err);
	if (!rc)
		label_all(g, &all, &km, n);
	return rc;
}

int pass_goroutines(struct pass *p, struct err *err)
{
	struct tree t = { 0 };
	struct gostacks g = { 0 };
	struct goclusters c = { .stability = NAN };
	int rc = tree_load(&t, p, err);

	if (!rc)
		rc = gostacks_load(&g, p, &t, err);
	if (rc || !g.n)
		return rc;
	rc = cluster(&g, &c, p, &t, err);
	if (!rc)
		rc = sum_clusters(&g, &c, p, err);
	for (size_t k = 0; !rc && k < c.k; k++)
		rc = put_cluster(p, &t, &g, &c, k, err);
	if (!rc)
		rc = put_groups(p, &g, &c, err);
	return rc ? rc : goroutine_signals(p, &t, &g, &c, err);
}

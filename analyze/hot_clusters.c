// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * hot_clusters.c - changed hot paths that belong together
 *
 * A change in one place shows in many paths: every caller of a dearer function, every callee of a new loop. The paths whose own CPU changed most become weighted
 * tokens as goroutine stacks do (goroutines.c) and are clustered by the same code; a cluster is named by the top user frame of its middle, with what
 * it cost on each side.
 */
#include <math.h>
#include <stdlib.h>

#include "analyze/gostacks.h"
#include "analyze/math/agree.h"
#include "analyze/math/silhouette.h"

#define MOST_PATHS 300
#define VISIBLE .002	/* of the larger side's total: smaller changes are no hot path */
#define ROUNDS 20

struct hot {
	uint32_t path;
	double base, cur;	/* flat cost per unit of work */
};

static int load(struct pass *p, const char *metric, struct hot *h, size_t *n, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT path, base_flat, cur_flat FROM path_cost WHERE metric = ?1 AND abs(cur_flat - base_flat) >= ?2 *"
			     " (SELECT max(sum(base_flat), sum(cur_flat)) FROM path_cost WHERE metric = ?1) ORDER BY abs(cur_flat - base_flat) DESC, path LIMIT ?3",
			     "sdi", metric, VISIBLE, (int64_t)MOST_PATHS);

	*n = 0;
	if (rc)
		return rc;
	for (; store_next(q, err) && *n < MOST_PATHS; ++*n)
		h[*n] = (struct hot){ (uint32_t)stmt_int(q, 0), stmt_real(q, 1), stmt_real(q, 2) };
	return store_end(q, err);
}

static int callsite_of(struct pass *p, uint32_t path, int64_t *callsite, struct err *err)
{
	return store_int(p->st, err, callsite, STORE_NULL, "SELECT k.callsite FROM callsite_path k WHERE k.path = ? ORDER BY " CALLSITE_TEXT("k.callsite") ", 1 LIMIT 1", "i",
			 (int64_t)path);
}

struct clustering {
	struct kmeans km;
	double silhouette, stability;
	size_t *medoid;
	double *base, *cur, *jsd;	/* by cluster */
};

static int put(struct pass *p, const struct tree *t, const struct gostacks *g, const struct hot *h, const struct clustering *c, size_t k, struct err *err)
{
	const struct gostack *m = &g->stack[c->medoid[k]];
	uint32_t top = gostacks_top(m, t);
	int64_t callsite = STORE_NULL, id;
	int rc = callsite_of(p, m->path, &callsite, err);

	if (!rc)
		rc = store_run(p->st, err,
			       "INSERT INTO cluster (analysis, kind, name, medoid, base, cur, jsd, silhouette, ari) VALUES (1, 'path', ?, ?, ?, ?, ?, ?, ?)", "tiddddd",
			       top ? t->sym[top].name : STR_LIT("?"), callsite, c->base[k], c->cur[k], isnan(c->jsd[k]) ? 0 : c->jsd[k], c->silhouette, c->stability);
	id = store_last_id(p->st);
	for (size_t i = 0; !rc && i < g->n; i++)
		if (c->km.label[i] == k)
			rc = store_run(p->st, err, "INSERT INTO cluster_path (cluster, path) VALUES (?, ?)", "ii", id, (int64_t)h[i].path);
	return rc;
}

static int group(struct pass *p, const struct tree *t, struct gostacks *g, const double *weight, struct clustering *c, struct err *err)
{
	struct kmeans_opts o = { .spherical = true, .tol = -1 };
	struct silhouette_choice choice;
	struct tfidf_rows rows;
	int rc = gostacks_rows(g, g->n, p, t, &rows, err);

	if (!rc)
		rc = silhouette_choose(&rows, weight, &o, &p->mem, &c->km, &choice, err);
	if (rc)
		return rc;
	c->silhouette = choice.score;
	c->medoid = arena_array(&p->mem, size_t, c->km.k + 1);
	c->base = arena_array(&p->mem, double, c->km.k + 1);
	c->cur = arena_array(&p->mem, double, c->km.k + 1);
	c->jsd = arena_array(&p->mem, double, c->km.k + 1);
	if (!c->medoid || !c->base || !c->cur || !c->jsd)
		return err_nomem(err);
	rc = kmeans_order(&c->km, &rows, weight, NULL, c->medoid, err);
	return rc ? rc : agree_stability(&rows, weight, &c->km, &o, ROUNDS, &c->stability, err);
}

int pass_hot_clusters(struct pass *p, struct err *err)
{
	struct hot *h = arena_array(&p->mem, struct hot, MOST_PATHS + 1);
	double *weight = arena_array(&p->mem, double, MOST_PATHS + 1);
	struct clustering c = { .stability = NAN };
	struct gostacks g = { 0 };
	struct tree t = { 0 };
	int rc;

	if (p->design == DESIGN_SNAPSHOT)
		return 0;
	if (!h || !weight)
		return err_nomem(err);
	rc = load(p, p->per_request ? "cpu_per_request" : "cpu_per_second", h, &g.n, err);
	if (!rc && g.n)
		rc = tree_load(&t, p, err);
	if (rc || !g.n)
		return rc;
	g.stack = arena_array(&p->mem, struct gostack, g.n + 1);
	if (!g.stack)
		return err_nomem(err);
	for (size_t i = 0; i < g.n; i++) {
		g.stack[i] = (struct gostack){ .path = h[i].path, .class = STR_LIT("cpu") };
		weight[i] = fabs(h[i].cur - h[i].base);
	}
	rc = group(p, &t, &g, weight, &c, err);
	for (size_t i = 0; !rc && i < g.n; i++) {
		c.base[c.km.label[i]] += h[i].base;
		c.cur[c.km.label[i]] += h[i].cur;
	}
	if (!rc)
		agree_jsd(c.base, c.cur, c.km.k, c.jsd);
	for (size_t k = 0; !rc && k < c.km.k; k++)
		rc = put(p, &t, &g, h, &c, k, err);
	return rc;
}

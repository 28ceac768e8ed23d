// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * guilty_cost.c - who stands above a frame signature, by what it costs, and which library below a function carries its growth
 *
 * The goroutine dumps name who waits; these name who pays: the nearest user function above the frames of a cost signature whose
 * cost under it grew most, or where no user code stands above them (a server's own goroutine) the nearest library function.
 */
#include <math.h>

#include "analyze/cube.h"
#include "analyze/guilty.h"
#include "analyze/signature_match.h"

#define CARRIES .5	/* of a function's growth, from which a library below it is shown too */

/* Growth of the cost of a path itself, per unit of work. */
struct path_growth {
	const struct cube *c;
	double exposure[SIDES];
};

static struct path_growth growth_by_path(const struct cube *c)
{
	struct path_growth g = { .c = c };

	for (size_t i = 0; i < c->n; i++)
		g.exposure[c->slice[i].side] += c->slice[i].exposure;
	return g;
}

static double grown(const struct path_growth *g, uint32_t path)
{
	double cost[SIDES];

	for (int s = 0; s < SIDES; s++)
		cost[s] = g->exposure[s] > 0 ? g->c->path_flat[s][path] / g->exposure[s] : 0;
	return cost[CUR] - cost[BASE];
}

/* The nearest library frame at or above a path and below a user frame, 0 none. */
static uint32_t library(const struct tree *t, uint32_t path)
{
	for (; path && t->sym[t->symbol[path]].kind != KIND_USER; path = t->parent[path])
		if (t->sym[t->symbol[path]].kind == KIND_DEPENDENCY)
			return t->symbol[path];
	return 0;
}

static uint32_t largest(const double *by_symbol, uint32_t n, double *all)
{
	uint32_t best = 0;

	*all = 0;
	for (uint32_t y = 1; y <= n; y++) {
		*all += fmax(0, by_symbol[y]);
		if (by_symbol[y] > (best ? by_symbol[best] : 0))
			best = y;
	}
	return best;
}

int guilty_payer(struct pass *p, const struct tree *t, const struct cause_frames *f, uint32_t *symbol, double *share, struct err *err)
{
	uint64_t *symbols = arena_array(&p->mem, uint64_t, (size_t)t->n_symbols + 1);
	uint64_t *paths = arena_array(&p->mem, uint64_t, (size_t)t->n_paths + 1);
	double *by_symbol = arena_array(&p->mem, double, (size_t)t->n_symbols + 1), all;
	struct path_growth g;
	struct cube c;
	int rc;

	*symbol = 0;
	*share = NAN;
	if (!symbols || !paths || !by_symbol)
		return err_nomem(err);
	rc = cube_load(&c, p, t, f->metric, err);
	if (rc || !c.n)
		return rc;
	rc = signature_symbols(f, t, 1, symbols, err);
	if (rc)
		return rc;
	signature_paths(t, symbols, paths);
	g = growth_by_path(&c);
	for (uint32_t i = 1; i <= t->n_paths; i++)
		if (paths[i])
			by_symbol[t->owner[i] ? t->owner[i] : library(t, i)] += grown(&g, i);
	by_symbol[0] = 0;
	*symbol = largest(by_symbol, t->n_symbols, &all);
	*share = *symbol ? by_symbol[*symbol] / all : NAN;
	return 0;
}

int guilty_library(struct pass *p, const struct tree *t, const char *measure, uint32_t owner, uint32_t *symbol, double *share, struct err *err)
{
	double *by_symbol = arena_array(&p->mem, double, (size_t)t->n_symbols + 1), whole = 0, all;
	struct path_growth g;
	struct cube c;
	int rc;

	*symbol = 0;
	*share = NAN;
	if (!by_symbol)
		return err_nomem(err);
	rc = cube_load(&c, p, t, measure, err);
	if (rc || !c.n)
		return rc;
	g = growth_by_path(&c);
	for (uint32_t i = 1; i <= t->n_paths; i++)
		if (t->owner[i] == owner) {
			by_symbol[library(t, i)] += grown(&g, i);
			whole += grown(&g, i);
		}
	by_symbol[0] = 0;
	*symbol = largest(by_symbol, t->n_symbols, &all);
	if (*symbol && !(by_symbol[*symbol] >= CARRIES * whole))
		*symbol = 0;
	*share = *symbol ? by_symbol[*symbol] / whole : NAN;
	return 0;
}

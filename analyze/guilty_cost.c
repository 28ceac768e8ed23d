// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * guilty_cost.c - who stands above a frame signature, by what it costs, and which library below a function carries its growth
 *
 * The goroutine dumps name who waits; these name who pays: the nearest user function above the frames of a cost signature whose
 * cost under it grew most, or where no user code stands above them (a server's own goroutine) the nearest library function.
 */
#include <math.h>
#include <string.h>

#include "analyze/cube.h"
#include "analyze/guilty.h"
#include "analyze/signature_match.h"

#define CARRIES .5	/* of a function's growth, from which a library below it is shown too */

/* Growth of what each path itself costs, NULL where the metric is not there. Several causes ask for the same. */
static int growth_by_path(struct guilty_costs *g, struct pass *p, const struct tree *t, const char *metric, const double **out, struct err *err)
{
	double exposure[SIDES] = { 0 }, *growth = NULL;
	struct cube c;
	size_t i = 0;
	int rc;

	while (i < g->n && strcmp(g->metric[i], metric) != 0)
		i++;
	*out = i < g->n ? g->growth[i] : NULL;
	if (i < g->n || g->n == GUILTY_METRICS)
		return 0;
	rc = cube_load(&c, p, t, metric, err);
	if (rc)
		return rc;
	for (i = 0; i < c.n; i++)
		exposure[c.slice[i].side] += c.slice[i].exposure;
	if (c.n) {
		growth = arena_array(&p->mem, double, (size_t)t->n_paths + 1);
		if (!growth)
			return err_nomem(err);
		for (i = 1; i <= t->n_paths; i++)
			for (int s = 0; s < SIDES; s++)
				growth[i] += exposure[s] > 0 ? (s == CUR ? 1 : -1) * c.path_flat[s][i] / exposure[s] : 0;
	}
	g->metric[g->n] = metric;
	g->growth[g->n++] = growth;
	*out = growth;
	return 0;
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

int guilty_payer(struct guilty_costs *g, struct pass *p, const struct tree *t, const struct cause_frames *f, uint32_t *symbol, double *share, struct err *err)
{
	uint64_t *symbols = arena_array(&p->mem, uint64_t, (size_t)t->n_symbols + 1);
	uint64_t *paths = arena_array(&p->mem, uint64_t, (size_t)t->n_paths + 1);
	double *by_symbol = arena_array(&p->mem, double, (size_t)t->n_symbols + 1), all;
	const double *growth;
	int rc;

	*symbol = 0;
	*share = NAN;
	if (!symbols || !paths || !by_symbol)
		return err_nomem(err);
	rc = growth_by_path(g, p, t, f->metric, &growth, err);
	if (rc || !growth)
		return rc;
	rc = signature_symbols(f, t, 1, symbols, err);
	if (rc)
		return rc;
	signature_paths(t, symbols, paths);
	for (uint32_t i = 1; i <= t->n_paths; i++)
		if (paths[i])
			by_symbol[t->owner[i] ? t->owner[i] : library(t, i)] += growth[i];
	by_symbol[0] = 0;
	*symbol = largest(by_symbol, t->n_symbols, &all);
	*share = *symbol ? by_symbol[*symbol] / all : NAN;
	return 0;
}

int guilty_library(struct guilty_costs *g, struct pass *p, const struct tree *t, const char *measure, uint32_t owner, uint32_t *symbol, double *share,
		   struct err *err)
{
	double *by_symbol = arena_array(&p->mem, double, (size_t)t->n_symbols + 1), whole = 0, all;
	const double *growth;
	int rc;

	*symbol = 0;
	*share = NAN;
	if (!by_symbol)
		return err_nomem(err);
	rc = growth_by_path(g, p, t, measure, &growth, err);
	if (rc || !growth)
		return rc;
	for (uint32_t i = 1; i <= t->n_paths; i++)
		if (t->owner[i] == owner) {
			by_symbol[library(t, i)] += growth[i];
			whole += growth[i];
		}
	by_symbol[0] = 0;
	*symbol = largest(by_symbol, t->n_symbols, &all);
	if (*symbol && !(by_symbol[*symbol] >= CARRIES * whole))
		*symbol = 0;
	*share = *symbol ? by_symbol[*symbol] / whole : NAN;
	return 0;
}

int guilty_kept(struct pass *p, const struct tree *t, uint32_t *symbol, double *growth, size_t *n, double *all, struct err *err)
{
	static const char sql[] =
		"WITH snap AS (SELECT p.instance, coalesce(p.t1, p.t0) AS t, m.id AS measure FROM profile p JOIN measure m ON m.profile = p.id AND m.metric = 'inuse'),"
		" ends AS (SELECT instance, min(t) AS first, max(t) AS last FROM snap GROUP BY instance HAVING max(t) > min(t)),"
		" seen AS (SELECT DISTINCT instance, side FROM stretch WHERE side = 'current' OR ?1)"
		" SELECT c.path, sum(v.amount * CASE WHEN (s.t = e.last) = (z.side = 'current') THEN 1 ELSE -1 END)"
		" FROM snap s JOIN ends e ON e.instance = s.instance AND s.t IN (e.first, e.last) JOIN seen z ON z.instance = s.instance"
		" JOIN sample v ON v.measure = s.measure JOIN callsite_path c ON c.callsite = v.callsite GROUP BY c.path ORDER BY c.path";
	double *by_symbol = arena_array(&p->mem, double, (size_t)t->n_symbols + 1), left;
	struct stmt *q;
	size_t most = *n;
	int rc;

	*n = 0;
	if (!by_symbol)
		return err_nomem(err);
	rc = store_query(p->st, &q, err, sql, "i", (int64_t)(p->design == DESIGN_TWO_SIDES));
	if (rc)
		return rc;
	while (store_next(q, err)) {
		uint32_t path = (uint32_t)stmt_int(q, 0);

		by_symbol[t->owner[path] ? t->owner[path] : library(t, path)] += stmt_real(q, 1);
	}
	by_symbol[0] = 0;
	for (*n = 0; *n < most && (symbol[*n] = largest(by_symbol, t->n_symbols, *n ? &left : all)) != 0; ++*n) {
		growth[*n] = by_symbol[symbol[*n]];
		by_symbol[symbol[*n]] = 0;
	}
	return store_end(q, err);
}

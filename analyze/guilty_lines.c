// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * guilty_lines.c - which line of a function grew
 *
 * Closures of one function share a canonical symbol, and a function has many lines: the exact tree knows both. Cost is charged to
 * the nearest user call site at or above the leaf, the same rule as the `own` statistic, and summed by (function, line) of that call site.
 */
#include <math.h>

#include "analyze/guilty.h"
#include "analyze/labels.h"
#include "core/map.h"

int guilty_lines_load(struct guilty_lines *g, struct pass *p, const struct tree *t, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT max(id) FROM callsite", "");

	if (rc)
		return rc;
	g->t = t;
	g->n = (uint32_t)n;
	g->owner = arena_array(&p->mem, uint32_t, (size_t)n + 1);
	g->symbol = arena_array(&p->mem, uint32_t, (size_t)n + 1);
	g->func = arena_array(&p->mem, uint32_t, (size_t)n + 1);
	g->line = arena_array(&p->mem, int32_t, (size_t)n + 1);
	if (!g->owner || !g->symbol || !g->func || !g->line)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT c.id, coalesce(c.parent, 0), c.func, f.symbol, c.line FROM callsite c JOIN func_symbol f ON f.func = c.func"
			 " ORDER BY c.id", "");
	if (rc)
		return rc;
	while (store_next(q, err)) {
		int64_t id = stmt_int(q, 0);

		g->func[id] = (uint32_t)stmt_int(q, 2);
		g->symbol[id] = (uint32_t)stmt_int(q, 3);
		g->line[id] = (int32_t)stmt_int(q, 4);
		g->owner[id] = t->sym[g->symbol[id]].kind == KIND_USER ? (uint32_t)id : g->owner[stmt_int(q, 1)];
	}
	return store_end(q, err);
}

#define MAX_PLACES 65536	/* lines of one function that are told apart; no hand-written function has more */

struct place {
	uint32_t func;
	int32_t line;
};

struct places {
	struct map map;
	double *growth;
	size_t cap;
};

static int add(struct guilty_lines *g, struct pass *p, struct places *pl, enum side side, int64_t measure, double factor, uint32_t symbol,
	       struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT callsite, sum(amount) FROM sample WHERE measure = ?1" LABELS_OF("labelset", "2") " GROUP BY callsite", "is",
			     measure, labels_side(p, side));

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		uint32_t owner = g->owner[stmt_int(q, 0)], i;
		struct place key;

		if (!owner || g->symbol[owner] != symbol)
			continue;
		key = (struct place){ g->func[owner], g->line[owner] };
		i = map_add(&pl->map, &key, sizeof(key), NULL);
		if (i == MAP_NONE)
			rc = err_nomem(err);
		else if (i < pl->cap)
			pl->growth[i] += factor * stmt_real(q, 1);
	}
	return store_finish(q, rc, err);
}

struct slice_row {
	int64_t measure, minus;
	enum side side;
	double exposure;
};

static int load_slices(struct pass *p, const char *measure, struct slice_row **out, size_t *n, double sum[SIDES], struct err *err)
{
	struct stmt *q;
	int64_t count = 0;
	int rc = store_int(p->st, err, &count, 0, "SELECT count(*) FROM slice", "");

	*n = 0;
	sum[BASE] = sum[CUR] = 0;
	*out = arena_array(&p->mem, struct slice_row, (size_t)count + 1);
	if (!rc && !*out)
		rc = err_nomem(err);
	if (!rc)
		rc = store_query(p->st, &q, err,
				 "SELECT s.measure, s.minus, t.side = 'current', s.seconds, s.requests, m.extent = 'instant' FROM slice s"
				 " JOIN stretch t ON t.id = s.stretch JOIN measure m ON m.id = s.measure WHERE s.used = 1 AND m.metric = ? ORDER BY s.id",
				 "s", measure);
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)*n < count; ++*n) {
		struct slice_row *r = &(*out)[*n];

		*r = (struct slice_row){ stmt_int(q, 0), stmt_int(q, 1), stmt_int(q, 2) == 1 ? CUR : BASE, 1 };
		if (stmt_int(q, 5) != 1)
			r->exposure = p->per_request ? stmt_real(q, 4) : stmt_real(q, 3);
		if (!(r->exposure > 0))
			r->exposure = 1;
		sum[r->side] += r->exposure;
	}
	return store_end(q, err);
}

int guilty_line(struct guilty_lines *g, struct pass *p, const char *measure, uint32_t symbol, int64_t *func, int64_t *line, struct err *err)
{
	struct places pl = { .cap = MAX_PLACES };
	struct slice_row *row;
	double sum[SIDES], most = -INFINITY;
	size_t n;
	int rc = load_slices(p, measure, &row, &n, sum, err);

	*func = *line = STORE_NULL;
	pl.growth = arena_array(&p->mem, double, pl.cap);
	if (!rc && !pl.growth)
		rc = err_nomem(err);
	for (size_t i = 0; !rc && i < n; i++) {
		double factor = (row[i].side == CUR ? 1 : -1) / sum[row[i].side];

		rc = add(g, p, &pl, row[i].side, row[i].measure, factor, symbol, err);
		if (!rc && row[i].minus != STORE_NULL)
			rc = add(g, p, &pl, row[i].side, row[i].minus, -factor, symbol, err);
	}
	for (uint32_t i = 0; !rc && i < pl.map.n; i++) {
		struct place k;

		memcpy(&k, pl.map.key[i].p, sizeof(k));
		if (pl.growth[i] > most || (pl.growth[i] == most && k.line < *line)) {
			most = pl.growth[i];
			*func = k.func;
			*line = k.line;
		}
	}
	map_free(&pl.map);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * guilty_lines.c - which line of a function grew
 *
 * Closures of one function share a canonical symbol, and a function has many lines: the exact tree knows both. Cost is charged to
 * the nearest user call site at or above the leaf, the same rule as the `own` statistic, and summed by (function, line) of that call site.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/guilty.h"
#include "analyze/labels.h"

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

struct place_key {
	uint32_t func;
	int32_t line;
};

struct guilty_place {
	uint32_t symbol, func;
	int32_t line;
	double growth;
};

static int place_of(struct guilty_lines *g, uint32_t owner, struct guilty_place **out, struct err *err)
{
	struct place_key key = { g->func[owner], g->line[owner] };
	bool is_new;
	uint32_t i = map_add(&g->places, &key, sizeof(key), &is_new);

	if (i == MAP_NONE)
		return err_nomem(err);
	if (i >= g->cap) {
		uint32_t cap = g->cap ? g->cap * 2 : 1024;
		struct guilty_place *place = realloc(g->place, cap * sizeof(*place));

		if (!place)
			return err_nomem(err);
		g->place = place;
		g->cap = cap;
	}
	*out = &g->place[i];
	if (is_new)
		**out = (struct guilty_place){ g->symbol[owner], key.func, key.line, 0 };
	return 0;
}

static int add(struct guilty_lines *g, struct pass *p, enum side side, int64_t measure, double factor, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT callsite, sum(amount) FROM sample WHERE measure = ?1" LABELS_OF("labelset", "2") " GROUP BY callsite", "is",
			     measure, labels_side(p, side));

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		uint32_t owner = g->owner[stmt_int(q, 0)];
		struct guilty_place *place;

		if (!owner)
			continue;
		rc = place_of(g, owner, &place, err);
		if (!rc)
			place->growth += factor * stmt_real(q, 1);
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

static int load_measure(struct guilty_lines *g, struct pass *p, const char *measure, struct err *err)
{
	struct slice_row *row;
	double sum[SIDES];
	size_t n;
	int rc = load_slices(p, measure, &row, &n, sum, err);

	map_free(&g->places);
	g->measure = measure;
	for (size_t i = 0; !rc && i < n; i++) {
		double factor = (row[i].side == CUR ? 1 : -1) / sum[row[i].side];

		rc = add(g, p, row[i].side, row[i].measure, factor, err);
		if (!rc && row[i].minus != STORE_NULL)
			rc = add(g, p, row[i].side, row[i].minus, -factor, err);
	}
	return rc;
}

int guilty_line(struct guilty_lines *g, struct pass *p, const char *measure, uint32_t symbol, int64_t *func, int64_t *line, struct err *err)
{
	double most = -INFINITY;
	int rc = g->measure && strcmp(g->measure, measure) == 0 ? 0 : load_measure(g, p, measure, err);

	*func = *line = STORE_NULL;
	for (uint32_t i = 0; !rc && i < g->places.n; i++) {
		const struct guilty_place *k = &g->place[i];

		if (k->symbol != symbol)
			continue;
		if (k->growth > most || (k->growth == most && k->line < *line)) {
			most = k->growth;
			*func = k->func;
			*line = k->line;
		}
	}
	return rc;
}

void guilty_lines_free(struct guilty_lines *g)
{
	map_free(&g->places);
	free(g->place);
}

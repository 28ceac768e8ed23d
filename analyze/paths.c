// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * paths.c - the canonical tree, derived from the exact one
 *
 * One walk over the call sites in id order (parents first). A frame that two builds of the same code need not share is left out:
 * a preemption point that happened to be the leaf, the frame a goroutine exits through, a function calling itself directly. The exact tree stays as
 * it is, so a better rule here needs no new ingest.
 *
 * Call site ids follow the order in which files were read. Path ids must not: sums of real numbers run in path order, and the same run
 * under other file names has to give the same bits. So paths are numbered by depth, then parent, then symbol name.
 */
#include <stdlib.h>

#include "analyze/view.h"
#include "core/gosym.h"
#include "core/map.h"

struct node_key {
	uint32_t parent;	/* node, 0 at a root */
	uint32_t symbol;	/* symbol ids are in the order of names (symbols.c) */
};

struct node {
	uint32_t parent, symbol, depth, path;
};

struct builder {
	struct map keys;
	struct node *node;	/* from 1; room for one a call site */
	uint32_t *node_of;	/* by call site */
	unsigned char *bits;	/* by call site: what the view's filters found in it and above it */
	uint32_t *order;	/* nodes in the order of their path ids */
	uint32_t n;
	int64_t max_callsite;
};

/* The node of one frame: its parent's where the frame is left out, 0 when that is absent. */
static int add_frame(struct builder *b, int64_t callsite, uint32_t parent, uint32_t symbol, bool skip, struct err *err)
{
	struct node_key key = { parent, symbol };
	bool is_new = false;
	uint32_t i;

	b->node_of[callsite] = parent;
	if (skip || (parent && b->node[parent].symbol == symbol))
		return 0;
	i = map_add(&b->keys, &key, sizeof(key), &is_new);
	if (i == MAP_NONE)
		return err_nomem(err);
	i++;
	if (is_new) {
		b->node[i] = (struct node){ .parent = parent, .symbol = symbol, .depth = parent ? b->node[parent].depth + 1 : 0 };
		b->n = i;
	}
	b->node_of[callsite] = i;
	return 0;
}

/* What the view makes of a frame: hidden, above the one that the stack is shown from, or one line of its function. */
static int look_at(struct builder *b, struct pass *p, int64_t site, int64_t parent, int64_t func, int64_t line, uint32_t *symbol, bool *skip,
		   struct err *err)
{
	const struct view *v = p->view;

	b->bits[site] = (unsigned char)(b->bits[parent] | v->bits[func]);
	*skip = (*skip && !v->exact) || v->hidden[func] || ((v->need & VIEW_FROM) && !(b->bits[site] & VIEW_FROM));
	return *skip ? 0 : view_symbol(p, func, line, *symbol, symbol, err);
}

static int load(struct builder *b, struct pass *p, struct err *err)
{
	struct stmt *q;
	size_t room;
	int rc = store_int(p->st, err, &b->max_callsite, 0, "SELECT max(id) FROM callsite", "");

	if (rc)
		return rc;
	room = (size_t)b->max_callsite + 2;
	b->node = arena_array(&p->mem, struct node, room);
	b->node_of = arena_array(&p->mem, uint32_t, room);
	b->order = arena_array(&p->mem, uint32_t, room);
	b->bits = p->view ? arena_array(&p->mem, unsigned char, room) : NULL;
	if (!b->node || !b->node_of || !b->order || (p->view && !b->bits))
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT c.id, coalesce(c.parent, 0), s.id, s.name, c.func, c.line FROM callsite c JOIN func_symbol f ON f.func = c.func"
			 " JOIN symbol s ON s.id = f.symbol ORDER BY c.id", "");
	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		int64_t site = stmt_int(q, 0), parent = stmt_int(q, 1), func = stmt_int(q, 4);
		uint32_t symbol = (uint32_t)stmt_int(q, 2);
		bool skip = gosym_is_artefact(stmt_text(q, 3));

		if (p->view)
			rc = look_at(b, p, site, parent, func, stmt_int(q, 5), &symbol, &skip, err);
		if (!rc)
			rc = add_frame(b, site, b->node_of[parent], symbol, skip, err);
	}
	return store_finish(q, rc, err);
}

static int by_parent(const void *a, const void *b, void *arg)
{
	const struct node *n = arg, *x = &n[*(const uint32_t *)a], *y = &n[*(const uint32_t *)b];
	uint32_t px = n[x->parent].path, py = n[y->parent].path;

	if (px != py)
		return px < py ? -1 : 1;
	return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* Level by level: a level's parents have their numbers already. */
static int number(struct builder *b, struct pass *p, struct err *err)
{
	uint32_t deepest = 0, *start, at = 0;

	for (uint32_t i = 1; i <= b->n; i++)
		if (b->node[i].depth > deepest)
			deepest = b->node[i].depth;
	start = arena_array(&p->mem, uint32_t, (size_t)deepest + 3);
	if (!start)
		return err_nomem(err);
	for (uint32_t i = 1; i <= b->n; i++)
		start[b->node[i].depth + 2]++;
	for (uint32_t d = 2; d <= deepest + 2; d++)
		start[d] += start[d - 1];
	for (uint32_t i = 1; i <= b->n; i++)
		b->order[start[b->node[i].depth + 1]++] = i;
	for (uint32_t d = 0; d <= deepest && b->n; d++) {
		qsort_r(b->order + at, start[d + 1] - at, sizeof(*b->order), by_parent, b->node);
		for (; at < start[d + 1]; at++)
			b->node[b->order[at]].path = at + 1;
	}
	return 0;
}

static int write_down(const struct builder *b, struct pass *p, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < b->n; i++) {
		const struct node *n = &b->node[b->order[i]];

		rc = store_run(p->st, err, "INSERT INTO path (id, parent, symbol) VALUES (?, ?, ?)", "iii", (int64_t)n->path,
			       n->parent ? (int64_t)b->node[n->parent].path : STORE_NULL, (int64_t)n->symbol);
	}
	for (int64_t c = 1; !rc && c <= b->max_callsite; c++)
		if (b->node_of[c] && (!p->view || !b->bits || view_keeps(p->view, b->bits[c])))
			rc = store_run(p->st, err, "INSERT INTO callsite_path (callsite, path) VALUES (?, ?)", "ii", c,
				       (int64_t)b->node[b->node_of[c]].path);
	return rc;
}

int pass_paths(struct pass *p, struct err *err)
{
	struct builder b = { 0 };
	int rc = load(&b, p, err);

	if (!rc)
		rc = number(&b, p, err);
	if (!rc)
		rc = write_down(&b, p, err);
	map_free(&b.keys);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * paths.c - the canonical tree, derived from the exact one
 *
 * One walk over the call sites in id order (parents first). A frame that two builds of the same code need not share is left out:
 * a preemption point that happened to be the leaf, the goroutine's exit stub, a function calling itself directly. The exact tree stays as it is, so a better
 * rule here needs no new ingest.
 */
#include "analyze/pass.h"
#include "core/map.h"

struct node_key {
	uint32_t parent;	/* path, 0 at a root */
	uint32_t symbol;
};

static bool is_artefact(struct str name)
{
	static const char *const list[] = { "runtime.asyncPreempt", "runtime.goexit", "runtime.asyncPreempt2", NULL };

	for (int i = 0; list[i]; i++)
		if (str_is(name, list[i]))
			return true;
	return false;
}

struct builder {
	struct map nodes;
	uint32_t *path_of;	/* by callsite id */
	uint32_t *symbol_of;	/* by path, from 1 */
	int64_t max_callsite;
};

/* The path of one frame, a new one if need be; 0 = no memory. An artefact at a root has the path 0 of its absent parent. */
static int put_node(struct pass *p, struct builder *b, int64_t callsite, uint32_t parent, uint32_t symbol, bool skip, struct err *err)
{
	struct node_key key = { parent, symbol };
	bool is_new = false;
	uint32_t path = parent;
	int rc = 0;

	if (!skip && !(parent && b->symbol_of[parent] == symbol)) {
		path = map_add(&b->nodes, &key, sizeof(key), &is_new);
		if (path == MAP_NONE)
			return err_nomem(err);
		path++;
	}
	if (is_new) {
		b->symbol_of[path] = symbol;
		rc = store_run(p->st, err, "INSERT INTO path (id, parent, symbol) VALUES (?, ?, ?)", "iii", (int64_t)path,
			       parent ? (int64_t)parent : STORE_NULL, (int64_t)symbol);
	}
	b->path_of[callsite] = path;
	if (!rc && path)
		rc = store_run(p->st, err, "INSERT INTO callsite_path (callsite, path) VALUES (?, ?)", "ii", callsite, (int64_t)path);
	return rc;
}

int pass_paths(struct pass *p, struct err *err)
{
	struct builder b = { 0 };
	struct stmt *q;
	int rc = store_int(p->st, err, &b.max_callsite, 0, "SELECT max(id) FROM callsite", "");

	if (rc)
		return rc;
	b.path_of = arena_array(&p->mem, uint32_t, (size_t)b.max_callsite + 2);
	b.symbol_of = arena_array(&p->mem, uint32_t, (size_t)b.max_callsite + 2);
	if (!b.path_of || !b.symbol_of)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT c.id, c.parent, s.id, s.name FROM callsite c JOIN func_symbol f ON f.func = c.func"
			 " JOIN symbol s ON s.id = f.symbol ORDER BY c.id", "");
	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		int64_t parent = stmt_int(q, 1);

		rc = put_node(p, &b, stmt_int(q, 0), parent == STORE_NULL ? 0 : b.path_of[parent], (uint32_t)stmt_int(q, 2),
			      is_artefact(stmt_text(q, 3)), err);
	}
	rc = store_finish(q, rc, err);
	map_free(&b.nodes);
	return rc;
}

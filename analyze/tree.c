// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tree.c - load the canonical tree
 *
 * `outermost` needs, for each path, whether its symbol stands above it: walking up from every path costs its depth, which stays small
 * because the canonical tree has no direct recursion; a walk is cut at MAX_WALK frames, deeper repeats count as outermost no more.
 */
#include "analyze/tree.h"

#define MAX_WALK 4096

enum symbol_kind tree_kind_named(struct str s)
{
	static const char *const name[] = { "user", "dependency", "std", "runtime", "profiler" };

	for (int i = 0; i < KIND_UNKNOWN; i++)
		if (str_is(s, name[i]))
			return (enum symbol_kind)i;
	return KIND_UNKNOWN;
}

static int load_symbols(struct tree *t, struct pass *p, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT max(id) FROM symbol", "");

	if (rc)
		return rc;
	t->n_symbols = (uint32_t)n;
	t->sym = arena_array(&p->mem, struct tree_symbol, (size_t)n + 1);
	if (!t->sym)
		return err_nomem(err);
	rc = store_query(p->st, &q, err, "SELECT id, name, package, kind FROM symbol", "");
	if (rc)
		return rc;
	while (store_next(q, err))
		t->sym[stmt_int(q, 0)] = (struct tree_symbol){ arena_str(&p->mem, stmt_text(q, 1)),
			arena_str(&p->mem, stmt_text(q, 2)), tree_kind_named(stmt_text(q, 3)) };
	return store_end(q, err);
}

static bool seen_above(const struct tree *t, uint32_t path)
{
	uint32_t symbol = t->symbol[path];
	int steps = 0;

	for (uint32_t a = t->parent[path]; a; a = t->parent[a])
		if (t->symbol[a] == symbol || ++steps > MAX_WALK)
			return true;
	return false;
}

int tree_load(struct tree *t, struct pass *p, struct err *err)
{
	struct stmt *q;
	struct tree *whole;
	int64_t n = 0;
	int rc = 0;

	if (p->tree) {
		*t = *p->tree;
		return 0;
	}
	rc = load_symbols(t, p, err);
	if (!rc)
		rc = store_int(p->st, err, &n, 0, "SELECT max(id) FROM path", "");
	if (rc)
		return rc;
	t->n_paths = (uint32_t)n;
	t->parent = arena_array(&p->mem, uint32_t, (size_t)n + 1);
	t->symbol = arena_array(&p->mem, uint32_t, (size_t)n + 1);
	t->owner = arena_array(&p->mem, uint32_t, (size_t)n + 1);
	t->outermost = arena_array(&p->mem, bool, (size_t)n + 1);
	if (!t->parent || !t->symbol || !t->owner || !t->outermost)
		return err_nomem(err);
	rc = store_query(p->st, &q, err, "SELECT id, parent, symbol FROM path ORDER BY id", "");
	if (rc)
		return rc;
	while (store_next(q, err)) {
		int64_t id = stmt_int(q, 0), parent = stmt_int(q, 1);

		t->parent[id] = parent == STORE_NULL ? 0 : (uint32_t)parent;
		t->symbol[id] = (uint32_t)stmt_int(q, 2);
		t->owner[id] = t->sym[t->symbol[id]].kind == KIND_USER ? t->symbol[id] : t->owner[t->parent[id]];
		t->outermost[id] = !seen_above(t, (uint32_t)id);
	}
	rc = store_end(q, err);
	if (rc || !n)
		return rc;
	whole = arena_new(&p->mem, struct tree);	/* paths are made once: what comes later finds it here */
	if (!whole)
		return err_nomem(err);
	*whole = *t;
	p->tree = whole;
	return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tree.h - the canonical tree in memory, loaded once for the passes that sum over it
 *
 * Paths and symbols are numbered from 1; 0 is "no parent", "no symbol". A parent's number is below its child's, so that one loop
 * upward or downward replaces recursion.
 */
#ifndef ANALYZE_TREE_H
#define ANALYZE_TREE_H

#include "analyze/pass.h"

enum symbol_kind { KIND_USER, KIND_DEPENDENCY, KIND_STD, KIND_RUNTIME, KIND_PROFILER, KIND_UNKNOWN };

enum symbol_kind tree_kind_named(struct str word);	/* of symbol.kind */

struct tree_symbol {
	struct str name, package;
	enum symbol_kind kind;
};

struct tree {
	uint32_t n_paths, n_symbols;
	uint32_t *parent, *symbol;	/* by path */
	bool *outermost;		/* by path: no ancestor has the same symbol (cum counts a symbol once a stack) */
	uint32_t *owner;		/* by path: the symbol of the nearest user frame at or above it, 0 none */
	struct tree_symbol *sym;	/* by symbol */
};

/* In the pass's arena; read from the store once. */
int tree_load(struct tree *t, struct pass *p, struct err *err) ERR_MUST_CHECK;

/*
 * SQL: the frames of call site `id` (an expression of the outer query) as text, leaf first: an order of call sites in which the order of the files, and so of ids, has no
 * say.
 */
#define CALLSITE_TEXT(id) \
	"(WITH RECURSIVE up (parent, text, depth) AS (SELECT c.parent, f.name || ':' || coalesce(c.line, 0), 0 FROM callsite c JOIN func f ON f.id = c.func" \
	" WHERE c.id = " id " UNION ALL SELECT c.parent, up.text || ';' || f.name || ':' || coalesce(c.line, 0), up.depth + 1 FROM up JOIN callsite c ON c.id = up.parent" \
	" JOIN func f ON f.id = c.func WHERE up.depth < 200) SELECT text FROM up ORDER BY depth DESC LIMIT 1)"

#endif

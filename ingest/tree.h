/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tree.h - the call sites of one source: "func, called from parent"
 *
 * Nodes are numbered from 0 in the order of their birth, a parent before its children, as the record `callsite` asks.
 * tree_child() finds or adds; tree_append() adds what its caller knows to be new, and a tree is filled by one of the
 * two. Both give TREE_NONE when memory is out. A zeroed struct is an empty tree.
 */
#ifndef INGEST_TREE_H
#define INGEST_TREE_H

#include "ingest/sink.h"

#define TREE_NONE UINT32_MAX	/* also: the parent of a root */

struct tree_node {
	uint32_t parent, func;
	uint32_t line;		/* 0: unknown */
	uint32_t inlined;	/* 0 or 1 */
};

struct tree {
	struct tree_node *node;
	size_t n, cap;
	uint32_t *slot;		/* tree_child()'s hash: node + 1, 0 empty */
	size_t n_slots;
};

uint32_t tree_child(struct tree *t, struct tree_node node);
uint32_t tree_append(struct tree *t, struct tree_node node);
/* Puts every node as a callsite record. */
int tree_put(const struct tree *t, struct sink *sink, struct err *err) ERR_MUST_CHECK;
/* Folds light subtrees into '[folded]' (function `folded`) until at most `most` nodes are left: those below the smallest share of `whole`, from
 * 1e-5 on and four times more each try, that does it. weight: of each node alone on entry, of its subtree afterwards. *moved (caller frees) tells
 * where each node went, *share below what was folded. */
int tree_fold(struct tree *t, double *weight, double whole, uint32_t folded, uint64_t most, uint32_t **moved, double *share,
	      struct err *err) ERR_MUST_CHECK;
void tree_clear(struct tree *t);	/* forgets the nodes, keeps the memory */
void tree_free(struct tree *t);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tree.c - a prefix tree as an array, with one hash table over (parent, func, line, inlined)
 *
 * No lists of children: the only questions asked are "is this child there" and "all of them, in order". The hash is
 * keyed with the process's secret, since functions and lines come from a file.
 */
#include "ingest/tree.h"

#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "ingest/grow.h"

enum { SLOTS_FIRST = 256 };

static bool same(const struct tree_node *a, const struct tree_node *b)
{
	return a->parent == b->parent && a->func == b->func && a->line == b->line && a->inlined == b->inlined;
}

/* The slot that holds node, or the empty one where it belongs. */
static size_t find(const struct tree *t, const struct tree_node *node)
{
	size_t mask = t->n_slots - 1, at = (size_t)map_hash(node, sizeof(*node)) & mask;

	while (t->slot[at] && !same(&t->node[t->slot[at] - 1], node))
		at = (at + 1) & mask;
	return at;
}

static bool rehash(struct tree *t)
{
	size_t n = t->n_slots ? t->n_slots * 2 : SLOTS_FIRST;
	uint32_t *slot;

	while (n / 4 * 3 <= t->n)
		n *= 2;
	slot = calloc(n, sizeof(*slot));
	if (!slot)
		return false;
	free(t->slot);
	t->slot = slot;
	t->n_slots = n;
	for (size_t i = 0; i < t->n; i++)
		t->slot[find(t, &t->node[i])] = (uint32_t)i + 1;
	return true;
}

uint32_t tree_append(struct tree *t, struct tree_node node)
{
	struct err err;

	if (t->n >= TREE_NONE || grow(&t->node, &t->cap, t->n + 1, sizeof(node), &err))
		return TREE_NONE;
	t->node[t->n] = node;
	return (uint32_t)t->n++;
}

uint32_t tree_child(struct tree *t, struct tree_node node)
{
	uint32_t id;
	size_t at;

	if (t->n_slots / 4 * 3 <= t->n && !rehash(t))
		return TREE_NONE;
	at = find(t, &node);
	if (t->slot[at])
		return t->slot[at] - 1;
	id = tree_append(t, node);
	if (id != TREE_NONE)
		t->slot[at] = id + 1;
	return id;
}

int tree_put(const struct tree *t, struct sink *sink, struct err *err)
{
	const struct tree_node *node = t->node;
	int rc = 0;

	for (size_t i = 0; i < t->n && !rc; i++, node++)
		rc = put_callsite(sink, err, (struct rec_callsite){
			.id = (int64_t)i, .parent = node->parent == TREE_NONE ? STORE_NULL : (int64_t)node->parent,
			.func = node->func, .line = node->line, .inlined = node->inlined });
	return rc;
}

/* The tree without subtrees lighter than `least`; moved[i]: where node i went. */
static int fold_at(const struct tree *t, const double *weight, double least, uint32_t folded, struct tree *to, uint32_t *moved, struct err *err)
{
	for (size_t i = 0; i < t->n; i++) {
		struct tree_node node = t->node[i];
		bool up_kept = node.parent == TREE_NONE || weight[node.parent] >= least;

		if (node.parent != TREE_NONE)
			node.parent = moved[node.parent];
		if (!up_kept) {
			moved[i] = node.parent;
			continue;
		}
		if (weight[i] < least)
			node = (struct tree_node){ .parent = node.parent, .func = folded };
		moved[i] = tree_child(to, node);
		if (moved[i] == TREE_NONE)
			return err_nomem(err);
	}
	return 0;
}

int tree_fold(struct tree *t, double *weight, double whole, uint32_t folded, uint64_t most, uint32_t **moved, double *share, struct err *err)
{
	struct tree to = { 0 };
	int rc = 0;

	*share = 1e-5 / 4;
	*moved = malloc((t->n + 1) * sizeof(**moved));
	if (!*moved)
		return err_nomem(err);
	for (size_t i = t->n; i-- > 1;)
		if (t->node[i].parent != TREE_NONE)
			weight[t->node[i].parent] += weight[i];
	do {
		*share *= 4;
		tree_clear(&to);
		rc = fold_at(t, weight, whole * *share, folded, &to, *moved, err);
	} while (!rc && to.n > most && *share < 1);
	tree_free(t);
	*t = to;
	return rc;
}

void tree_clear(struct tree *t)
{
	t->n = 0;
	if (t->slot)
		memset(t->slot, 0, t->n_slots * sizeof(*t->slot));
}

void tree_free(struct tree *t)
{
	free(t->node);
	free(t->slot);
	*t = (struct tree){ 0 };
}

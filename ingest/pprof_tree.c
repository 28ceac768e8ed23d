// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_tree.c - stacks to call sites
 *
 * Growing a tree stack by stack costs a cache miss a frame, and holds eight million nodes before it can fold one.
 * Here the samples are an array that is partitioned instead, as a radix sort would: all samples stand at the root;
 * those at a node are grouped by their next frame, each group is a child, and a group knows its weight before a node
 * is spent on it. So a light subtree is folded without ever being built, and deep chains run through the cache.
 *
 * Folding begins when the whole tree would have more than limits->tree_nodes. Then the groups are opened heaviest first
 * until that many nodes are spent, and what was not opened ends in one leaf '[folded]' under its parent, with all it
 * holds. A group weighs its largest share of any column's absolute sum. What is left is as a rule far below what a test
 * could see (docs/performance.md has measurements): a changed path is reported when its change exceeds 0.5 % of the
 * total, a graph draws what holds 0.1 %. The note says what was reached. Function totals never depend on it.
 */
#include <stdlib.h>

#include "ingest/grow.h"
#include "ingest/pprof.h"
#include "ingest/waitclass.h"

#define WEIGHT_ONE	((uint64_t)1 << 40)	/* the weight of a whole column */
#define NO_GROUP	UINT32_MAX
enum { SMALL = 48, SURELY_LARGE = 4, QUARTERS = 256 };
enum { AT_END = 0 };	/* the key of a sample whose stack ends here; frame f has the key f + 1 */

/* Where a sample stands: its next frame is in slot, then those of the locations at `at`. */
struct cursor {
	const unsigned char *at, *end;
	uint32_t slot, slot_end;
};

struct range {
	size_t lo, hi;
	uint32_t node;
};

/* Samples that go on with one frame below a node, not opened yet. */
struct group {
	size_t lo, hi;
	uint64_t weight;
	uint32_t parent, next;		/* next: of its list */
};

struct builder {
	struct pprof *p;
	struct cursor *cursor;		/* by sample */
	uint64_t *weight;		/* by sample: its largest share of a column, rounded up */
	uint64_t *item, *spare;		/* key << 32 | sample: the samples, grouped by node */
	struct range *todo;
	size_t n_todo, cap_todo;
	bool too_large;
	/* heaviest first: groups in lists by the logarithm of their weight, in quarters */
	struct group *group;
	size_t n_group, cap_group;
	uint32_t list[QUARTERS];
	uint32_t *waiting;		/* by node + 1: its groups in the lists, then its '[folded]' + 1 */
	size_t n_parents;		/* nodes that have some: each will need a leaf */
};

/* The key of a sample's next frame, and past it. */
static inline uint64_t next_key(const struct pprof *p, struct cursor *c)
{
	if (c->slot == c->slot_end) {
		const struct pprof_span *span;

		if (c->at == c->end)
			return AT_END;
		span = &p->f.loc[stack_row(c->at)];
		c->at += STACK_STEP;
		c->slot = span->at;
		c->slot_end = span->at + span->n;
	}
	return (uint64_t)p->f.slot_frame[c->slot++] + 1;
}

static void insertion_sort(uint64_t *item, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t x = item[i];
		size_t k = i;

		for (; k && item[k - 1] > x; k--)
			item[k] = item[k - 1];
		item[k] = x;
	}
}

/* Sorts by the upper half; the lower halves ascend already. Bytes that are equal everywhere cost nothing. */
static void sort_items(uint64_t *item, uint64_t *spare, size_t n)
{
	uint64_t differ = 0, *from = item, *to = spare, *swap;

	if (n <= SMALL) {
		insertion_sort(item, n);
		return;
	}
	for (size_t i = 1; i < n; i++)
		differ |= item[i] ^ item[0];
	for (int shift = 32; shift < 64; shift += 8) {
		size_t at[257] = { 0 };

		if (!(differ >> shift & 0xff))
			continue;
		for (size_t i = 0; i < n; i++)
			at[(from[i] >> shift & 0xff) + 1]++;
		for (int b = 0; b < 256; b++)
			at[b + 1] += at[b];
		for (size_t i = 0; i < n; i++)
			to[at[from[i] >> shift & 0xff]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != item)
		memcpy(item, from, n * sizeof(*item));
}

static int new_node(struct builder *b, uint32_t parent, uint32_t frame, uint32_t *out, struct err *err)
{
	const struct pprof_frame *f = &b->p->f.frame[frame];

	*out = tree_append(&b->p->tree, (struct tree_node){ .parent = parent, .func = f->func, .line = f->line,
							    .inlined = f->inlined });
	return *out == TREE_NONE ? err_nomem(err) : 0;
}

static int push(struct builder *b, struct range r, struct err *err)
{
	int rc = grow(&b->todo, &b->cap_todo, b->n_todo + 1, sizeof(*b->todo), err);

	if (!rc)
		b->todo[b->n_todo++] = r;
	return rc;
}

static void settle(struct builder *b, size_t lo, size_t hi, uint32_t node)
{
	for (size_t i = lo; i < hi; i++)
		b->p->node[(uint32_t)b->item[i]] = node;
}

static uint64_t key_at(const struct builder *b, size_t at)
{
	return b->item[at] >> 32;
}

/* Samples whose stack ends where their node stands; at no node at all, they had none. */
static int settle_ends(struct builder *b, size_t lo, size_t hi, uint32_t node, struct err *err)
{
	int rc = node == TREE_NONE ? new_node(b, node, b->p->f.unknown, &node, err) : 0;

	if (!rc)
		settle(b, lo, hi, node);
	return rc;
}

/* A child for each group. */
static int place_child(struct builder *b, size_t lo, size_t hi, uint32_t parent, struct err *err)
{
	uint32_t node;
	int rc;

	b->too_large = b->p->tree.n >= b->p->l->tree_nodes;
	rc = b->too_large ? 0 : new_node(b, parent, (uint32_t)(key_at(b, lo) - 1), &node, err);
	return rc || b->too_large ? rc : push(b, (struct range){ lo, hi, node }, err);
}

/* The list of a weight: its two bits behind the first say which quarter. */
static size_t list_of(uint64_t weight)
{
	int first = 63 - __builtin_clzll(weight | 4);

	return (size_t)first * 4 + (size_t)(weight >> (first - 2) & 3);
}

static int wait_group(struct builder *b, size_t lo, size_t hi, uint32_t parent, struct err *err)
{
	struct group g = { .lo = lo, .hi = hi, .parent = parent };
	int rc = b->n_group < NO_GROUP ? grow(&b->group, &b->cap_group, b->n_group + 1, sizeof(*b->group), err) : err_nomem(err);
	uint32_t *head;

	if (rc)
		return rc;
	for (size_t i = lo; i < hi; i++)
		g.weight += b->weight[(uint32_t)b->item[i]];
	head = &b->list[list_of(g.weight)];
	g.next = *head;
	*head = (uint32_t)b->n_group;
	b->group[b->n_group++] = g;
	b->n_parents += b->waiting[parent + 1]++ == 0;
	return 0;
}

/* One step down from a node: reads everybody's next frame, groups by it, hands on each group. */
static int expand(struct builder *b, struct range r, int (*place)(struct builder *b, size_t lo, size_t hi, uint32_t parent, struct err *err),
		  struct err *err)
{
	size_t n = r.hi - r.lo, from = r.lo;
	uint64_t *item = b->item + r.lo;
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t sample = item[i] & UINT32_MAX;

		item[i] = next_key(b->p, &b->cursor[sample]) << 32 | sample;
	}
	sort_items(item, b->spare, n);
	for (size_t i = r.lo + 1; i <= r.hi && !rc && !b->too_large; i++) {
		if (i < r.hi && key_at(b, i) == key_at(b, from))
			continue;
		rc = key_at(b, from) == AT_END ? settle_ends(b, from, i, r.node, err) : place(b, from, i, r.node, err);
		from = i;
	}
	return rc;
}

/* All samples at the root. */
static struct range begin(struct builder *b)
{
	const struct pprof_samples *s = &b->p->s;

	for (size_t i = 0; i < s->n; i++) {
		struct str stack = s->stacks.key[s->sample[i].stack];
		const unsigned char *at = (const unsigned char *)stack.p;

		b->item[i] = i;
		b->cursor[i] = (struct cursor){ .at = at, .end = at + stack.n };
	}
	tree_clear(&b->p->tree);
	b->too_large = false;
	return (struct range){ 0, s->n, TREE_NONE };
}

static int build(struct builder *b, struct err *err)
{
	struct range all = begin(b);
	int rc = all.hi ? push(b, all, err) : 0;

	while (b->n_todo && !rc && !b->too_large)
		rc = expand(b, b->todo[--b->n_todo], place_child, err);
	return rc;
}

/* The heaviest group becomes a node, and its own groups wait. */
static int open_group(struct builder *b, uint32_t *head, struct err *err)
{
	struct group g = b->group[*head];
	uint32_t node;
	int rc = new_node(b, g.parent, (uint32_t)(key_at(b, g.lo) - 1), &node, err);

	*head = g.next;
	b->n_parents -= --b->waiting[g.parent + 1] == 0;
	return rc ? rc : expand(b, (struct range){ g.lo, g.hi, node }, wait_group, err);
}

static int fold_group(struct builder *b, const struct group *g, struct err *err)
{
	uint32_t *leaf = &b->waiting[g->parent + 1], node;
	int rc = 0;

	if (!*leaf) {
		rc = new_node(b, g->parent, b->p->f.folded, &node, err);
		*leaf = node + 1;
	}
	if (!rc)
		settle(b, g->lo, g->hi, *leaf - 1);
	return rc;
}

/* *share: the weight of the heaviest group that was folded, 0 when all were opened. */
static int build_heaviest_first(struct builder *b, uint64_t *share, struct err *err)
{
	uint64_t most = b->p->l->tree_nodes;
	int rc;

	memset(b->list, 0xff, sizeof(b->list));
	b->waiting = calloc(most + 2, sizeof(*b->waiting));
	rc = b->waiting ? expand(b, begin(b), wait_group, err) : err_nomem(err);
	*share = 0;
	for (size_t i = QUARTERS; i-- > 0 && !rc;) {
		while (b->list[i] != NO_GROUP && b->p->tree.n + b->n_parents + 2 <= most && !rc)
			rc = open_group(b, &b->list[i], err);
		/* A group is never heavier than the one it came out of, but may share its list: nothing is left above i. */
	}
	if (!rc)
		memset(b->waiting, 0, (most + 2) * sizeof(*b->waiting));
	for (size_t i = QUARTERS; i-- > 0 && !rc;) {
		for (uint32_t k = b->list[i]; k != NO_GROUP && !rc; k = b->group[k].next) {
			if (b->group[k].weight > *share)
				*share = b->group[k].weight;
			rc = fold_group(b, &b->group[k], err);
		}
	}
	return rc;
}

/* v / total in WEIGHT_ONE parts, rounded up. */
static uint64_t share_of(uint64_t v, uint64_t total)
{
	__extension__ unsigned __int128 wide = v;

	return (uint64_t)((wide * WEIGHT_ONE + total - 1) / total);
}

static int weigh(struct builder *b, struct err *err)
{
	const struct pprof_samples *s = &b->p->s;
	const int64_t *value = s->value;

	b->weight = calloc(s->n + 1, sizeof(*b->weight));
	if (!b->weight)
		return err_nomem(err);
	for (size_t i = 0; i < s->n; i++) {
		for (uint32_t c = 0; c < s->n_cols; c++, value++) {
			uint64_t v = (uint64_t)(*value < 0 ? -*value : *value), total = (uint64_t)s->total[c], share;

			if (v == 0)
				continue;
			share = share_of(v, total);
			if (share > b->weight[i])
				b->weight[i] = share;
		}
	}
	return pprof_frame_named(b->p, "[folded]", &b->p->f.folded, err);
}

int pprof_tree(struct pprof *p, struct err *err)
{
	struct builder b = { .p = p };
	size_t n = p->s.n + 1;
	uint64_t share = 0;
	int rc = 0;

	b.cursor = malloc(n * sizeof(*b.cursor));
	b.item = malloc(n * sizeof(*b.item));
	b.spare = malloc(n * sizeof(*b.spare));
	p->node = malloc(n * sizeof(*p->node));
	if (!b.cursor || !b.item || !b.spare || !p->node)
		rc = err_nomem(err);
	b.too_large = p->s.stacks.n / SURELY_LARGE > p->l->tree_nodes;
	if (!rc && !b.too_large)
		rc = build(&b, err);
	if (!rc && b.too_large)
		rc = weigh(&b, err);
	if (!rc && b.too_large)
		rc = build_heaviest_first(&b, &share, err);
	if (!rc && share)
		rc = pprof_note(p, false, err, "more than %llu call sites: subtrees of at most %.1e of every total are folded",
				(unsigned long long)p->l->tree_nodes, (double)share / (double)WEIGHT_ONE);
	free(b.cursor);
	free(b.item);
	free(b.spare);
	free(b.todo);
	free(b.weight);
	free(b.group);
	free(b.waiting);
	return rc;
}

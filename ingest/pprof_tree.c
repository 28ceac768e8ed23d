// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_tree.c - stacks to call sites
 *
 * Growing a tree stack by stack costs a cache miss a frame, and holds eight million nodes before it can fold one.
 * Here the samples are an array that is partitioned instead, as a radix sort would: all samples stand at the root;
 * those at a node are grouped by their next frame, each group is a child, and a group knows its weight before a node
 * is spent on it. So a light subtree is folded without ever being built, and deep chains run through the cache.
 *
 * Folding begins when the whole tree would have more than limits->tree_nodes. Then a subtree whose share of every
 * column's absolute sum is below SHARE ends in one leaf '[folded]' under its parent, with all it holds. A changed
 * path is reported only when its change exceeds 0.5 % of the total, so no test can see what lies below 1/500 of that
 * (SHARE = 1e-5). While the tree is still too large the share is doubled; function totals never depend on it.
 */
#include <stdlib.h>

#include "ingest/grow.h"
#include "ingest/pprof.h"
#include "ingest/waitclass.h"

#define WEIGHT_ONE	((uint64_t)1 << 40)	/* the weight of a whole column */
#define SHARE_FIRST	(WEIGHT_ONE / 100000)
enum { SHARE_STEP = 2, SMALL = 48 };
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

struct builder {
	struct pprof *p;
	struct cursor *cursor;		/* by sample */
	uint64_t *weight;		/* by sample: its largest share of a column, rounded up */
	uint64_t *item, *spare;		/* key << 32 | sample: the samples, grouped by node */
	struct range *todo;
	size_t n_todo, cap_todo;
	uint64_t share;			/* 0: nothing is folded */
	bool too_large;
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

	if (b->p->tree.n >= b->p->l->tree_nodes && b->share < WEIGHT_ONE) {
		b->too_large = true;
		return 0;
	}
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

static bool is_light(const struct builder *b, size_t lo, size_t hi)
{
	uint64_t sum = 0;

	for (size_t i = lo; i < hi && sum < b->share; i++)
		sum += b->weight[(uint32_t)b->item[i]];
	return sum < b->share;
}

/* Samples [lo, hi) stand at parent and go on with the same frame, or end there. *fold: the parent's '[folded]',
 * once made. */
static int place_group(struct builder *b, size_t lo, size_t hi, uint32_t parent, uint32_t *fold, struct err *err)
{
	uint64_t key = b->item[lo] >> 32;
	uint32_t node = parent;
	int rc = 0;

	if (key == AT_END && parent != TREE_NONE) {
		settle(b, lo, hi, parent);
		return 0;
	}
	if (key == AT_END) {
		rc = new_node(b, parent, b->p->f.unknown, &node, err);
	} else if (is_light(b, lo, hi)) {
		if (*fold == NONE)
			rc = new_node(b, parent, b->p->f.folded, fold, err);
		node = *fold;
	} else {
		rc = new_node(b, parent, (uint32_t)(key - 1), &node, err);
		return rc || b->too_large ? rc : push(b, (struct range){ lo, hi, node }, err);
	}
	if (!rc && !b->too_large)
		settle(b, lo, hi, node);
	return rc;
}

/* One step down from a node: reads everybody's next frame, groups by it, places each group. */
static int expand(struct builder *b, struct range r, struct err *err)
{
	size_t n = r.hi - r.lo, from = r.lo;
	uint64_t *item = b->item + r.lo;
	uint32_t fold = NONE;
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t sample = item[i] & UINT32_MAX;

		item[i] = next_key(b->p, &b->cursor[sample]) << 32 | sample;
	}
	sort_items(item, b->spare, n);
	for (size_t i = r.lo + 1; i <= r.hi && !rc && !b->too_large; i++) {
		if (i < r.hi && b->item[i] >> 32 == b->item[from] >> 32)
			continue;
		rc = place_group(b, from, i, r.node, &fold, err);
		from = i;
	}
	return rc;
}

static int build(struct builder *b, struct err *err)
{
	const struct pprof_samples *s = &b->p->s;
	int rc;

	for (size_t i = 0; i < s->n; i++) {
		struct str stack = s->stacks.key[s->sample[i].stack];
		const unsigned char *at = (const unsigned char *)stack.p;

		b->item[i] = i;
		b->cursor[i] = (struct cursor){ .at = at, .end = at + stack.n };
	}
	tree_clear(&b->p->tree);
	b->too_large = false;
	b->n_todo = 0;
	rc = s->n ? push(b, (struct range){ 0, s->n, TREE_NONE }, err) : 0;
	while (b->n_todo && !rc && !b->too_large)
		rc = expand(b, b->todo[--b->n_todo], err);
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
	int rc = 0;

	b.cursor = malloc(n * sizeof(*b.cursor));
	b.item = malloc(n * sizeof(*b.item));
	b.spare = malloc(n * sizeof(*b.spare));
	p->node = malloc(n * sizeof(*p->node));
	if (!b.cursor || !b.item || !b.spare || !p->node)
		rc = err_nomem(err);
	else
		rc = build(&b, err);
	while (!rc && b.too_large) {
		if (!b.weight)
			rc = weigh(&b, err);
		b.share = b.share ? b.share * SHARE_STEP : SHARE_FIRST;
		if (!rc)
			rc = build(&b, err);
	}
	if (!rc && b.share)
		rc = pprof_note(p, false, err, "more than %llu call sites: subtrees below %g of every total are folded",
				(unsigned long long)p->l->tree_nodes, (double)b.share / (double)WEIGHT_ONE);
	free(b.cursor);
	free(b.item);
	free(b.spare);
	free(b.todo);
	free(b.weight);
	return rc;
}

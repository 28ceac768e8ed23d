/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flame.h - the call trees that a page draws: one a metric, both sides of every path
 *
 * Loaded from views like the model, in the order in which they are drawn: pre-order, the heavier child first, so that a depth beside each
 * node is the whole shape. Nodes share one table of names. What is too thin for any figure is left out and counted.
 */
#ifndef REPORT_FLAME_H
#define REPORT_FLAME_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/store.h"

enum { FLAME_BASE, FLAME_CUR, FLAME_SIDES };

struct flame_node {
	uint32_t name;			/* index in flames.name */
	uint32_t depth;			/* 1: a root */
	double flat[FLAME_SIDES], cum[FLAME_SIDES];	/* per request or second; of heap: bytes */
	struct str status;		/* of the path's own test; STR_NONE: it had none */
	double p;
};

struct flame_side { double slices, seconds, requests; };	/* NaN: not known */

struct flame {
	struct str metric;
	struct flame_node *v;
	size_t n;
	size_t folded;			/* nodes left out because the page would grow too big */
	struct flame_side side[FLAME_SIDES];
};

struct flame_name { struct str name, kind; int64_t symbol; };

struct flames {
	struct arena arena;
	struct flame *v;		/* in the order in which people ask for metrics */
	size_t n;
	struct flame_name *name;
	size_t n_names;
};

/* Trees of at most `nodes` nodes each; analysis: whose. */
int flame_load(struct flames **out, struct store *st, size_t nodes, struct err *err) ERR_MUST_CHECK;
void flame_free(struct flames *f);	/* NULL is fine */
/* The deepest paths that carry change: indices of at most `most` nodes, the largest change first; returns how many. */
size_t flame_carriers(const struct flame *f, uint32_t *out, size_t most);
/* The index behind the last node of i's subtree. */
size_t flame_end(const struct flame *f, size_t i);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * costs.h - what a profile costs by function, in memory: from ingest to analyze, and what came of it to report
 *
 * `attrib diff` of two files needs no rows: sums by function in, tested changes out. Sides are 0, the baseline, and 1, the current one.
 */
#ifndef CORE_COSTS_H
#define CORE_COSTS_H

#include <stdint.h>

#include "core/arena.h"
#include "core/store.h"	/* STORE_NULL */

struct cost_func {
	struct str name, file;
	int64_t start_line;
};
struct cost_row {
	uint32_t func;		/* index */
	int64_t flat_count, flat, cum_count, cum;
};
struct cost_measure {
	struct str metric, extent;	/* as schema.sql has them */
	int64_t period;
	struct cost_row *row;
	size_t n, cap;
};
/* Of `count` events of a function itself, those in copies inlined into callers. CPU only. */
struct cost_inlined {
	uint32_t func;
	int64_t inlined, count;
};

#define COST_MEASURES 8
struct profile_costs {
	struct arena mem;
	int64_t t0, t1;		/* ns since the epoch; STORE_NULL: not known */
	struct cost_func *func;
	size_t n_funcs, cap_funcs;
	struct cost_measure measure[COST_MEASURES];
	size_t n_measures;
	struct cost_inlined *inlined;
	size_t n_inlined, cap_inlined;
};

/* A figure of both sides with its test, as table change has it; NaN: not known. */
struct cost_change {
	const char *metric, *unit, *scope, *stat, *status, *kind;	/* scope total or symbol; kind of the symbol, NULL */
	struct str name;		/* of the symbol */
	double base, cur, delta, lo, hi, p, q, smallest;
	int64_t subject;		/* the symbol's number, ascending within a metric and stat */
};
struct cost_answer {
	const struct cost_change *change;
	size_t n;
	const char *const *caveat;
	size_t n_caveats;
};

/* A doubled array in the arena; NULL: no memory. */
static inline void *costs_grow(struct arena *mem, void *old, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap ? *cap * 2 : 64;
	void *v;

	if (n < *cap)
		return old;
	v = arena_alloc_n(mem, more, size);
	if (v && n)
		memcpy(v, old, n * size);
	if (v)
		*cap = more;
	return v;
}

static inline void profile_costs_free(struct profile_costs *c)
{
	arena_free(&c->mem);
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cube.h - one metric of both sides: slices x symbols
 *
 * For each used slice of a metric the flat, cum and own cost of every symbol; own = cost charged to the nearest user
 * frame at or above the leaf, so that what the runtime or a library does is charged to the code that asked for it.
 * Path sums are kept per side only.
 */
#ifndef ANALYZE_CUBE_H
#define ANALYZE_CUBE_H

#include "analyze/tree.h"

enum stat { STAT_FLAT, STAT_CUM, STAT_OWN, STATS };
extern const char *const stat_name[STATS];

/* What a slice has in stacks that end at one path (0: unknown). */
struct cube_flat {
	uint32_t path;
	double amount, count;
};

struct cube_slice {
	int64_t id, measure, minus, instance, run, t0, t1;
	enum side side;
	double seconds, requests;
	double exposure;		/* requests or seconds; 1 for an instant */
	double total, total_count;	/* of all samples */
	double var, var_count;		/* their variances from sampling alone */
	const struct cube_flat *flat;	/* of samples, in no order */
	size_t n_flat;
};

struct cube {
	const char *metric;		/* cpu, alloc, inuse, mutex, block ... */
	bool instant;
	bool late;			/* every slice is the difference of two heap profiles, which know what was allocated up to a GC cycle ago */
	bool absolute;			/* some slice's work and time are not known: totals are compared as they are */
	bool share;			/* exposures are totals: what is compared is the share of them */
	int64_t period;			/* amount a count stands for, 0 unknown */
	struct cube_slice *slice;
	size_t n;			/* slices, baseline ones first, each side in time order */
	size_t n_side[SIDES];
	uint32_t n_symbols, n_paths;
	double *amount[STATS], *count[STATS];	/* [slice * (n_symbols + 1) + symbol] */
	/* Sampling variances of both. A bucket of n raw events that stand for `amount` has variance amount^2 / n; scaled
	 * counts are scaled back to raw events bucket by bucket, since a small object's one sample stands for thousands. */
	double *var[STATS], *var_count[STATS];
	double *path_amount[SIDES], *path_var[SIDES];	/* cum by path */
	double *path_flat[SIDES];
	/* Cum by slice and path, and its sampling variance; NULL where that would be too much memory (CUBE_PATH_CELLS). */
	double *cell_amount, *cell_var;	/* [slice * (n_paths + 1) + path] */
};

#define CUBE_PATH_CELLS (4u << 20)

#define CUBE_AT(c, which, stat, s, symbol) ((c)->which[stat][(s) * ((size_t)(c)->n_symbols + 1) + (symbol)])

/* A metric is loaded once an analysis: who comes later gets the same arrays. */
struct cube_kept {
	struct cube_kept *next;
	struct cube cube;
};

/* In the pass's arena, not to be changed. n == 0: the metric is in no used slice. */
int cube_load(struct cube *c, struct pass *p, const struct tree *t, const char *metric, struct err *err) ERR_MUST_CHECK;

/* The same of two profiles without a store; of: by side and func, the symbol. */
struct profile_costs;
int cube_of_pair(struct cube *c, struct pass *p, const struct tree *t, const char *metric, const struct profile_costs *side, uint32_t *const of[SIDES],
		 struct err *err) ERR_MUST_CHECK;

/* What a slice holds by path, those of `minus` taken off; of its side's labels only, where labels part the sides. */
void cube_paths(const struct cube_slice *s, void (*add)(void *to, uint32_t path, double amount, double count), void *to);

/* Raw events behind a (count, amount) pair of one bucket. */
double cube_raw(const struct cube *c, const struct pass *p, double count, double amount);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gc.h - the collector's cycles of a side, between gc.c (pauses, rate) and gc_heap.c (the heap they leave)
 */
#ifndef ANALYZE_GC_H
#define ANALYZE_GC_H

#include "analyze/pass.h"

struct gc_cycles {
	double *pause, *t, *heap;	/* ns, s, bytes; heap NaN where unknown */
	int64_t *instance;		/* cycles of one process stand together, in order of time */
	size_t n;
	double seconds;			/* from each cycle to the next of its process, added up */
	double squares;			/* of each, added up, s^2 */
	size_t gaps;			/* how many such steps */
	double pause_n_eff;
};

/* The cycles of the steady phase, each once (view gc_best). side SIDES: both. */
int gc_cycles_load(struct pass *p, enum side side, struct gc_cycles *c, struct err *err) ERR_MUST_CHECK;
/* heap.live_slope and heap.after_gc. Reads the cycles in the order they were loaded. */
int gc_put_heap(struct pass *p, const struct gc_cycles c[SIDES], struct err *err) ERR_MUST_CHECK;
/* ln(cur / base), 0 where either is not above 0; and its two-sided p with variance v and a spread of tau between runs. */
double gc_ln(double base, double cur);
double gc_p(double effect, double v, double tau);
/* The smallest relative change that gc_p() would find with 80 % power; NaN without a baseline. */
double gc_smallest(double base, double v, double tau);
/* A row of change with scope series; *id: its id. */
int gc_put_change(struct pass *p, const char *metric, const char *unit, double base, double cur, double pv, double smallest, int64_t *id, struct err *err)
	ERR_MUST_CHECK;

#endif

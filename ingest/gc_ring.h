/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gc_ring.h - the last 256 GC cycles that a process remembers, as gc_cycle records
 *
 * MemStats' PauseNs and PauseEnd (expvar, heap debug=1) and debug.GCStats hold the same data in two orders. A pause is
 * the sum of a cycle's pauses. Several dumps of one process share cycles: each is put once.
 */
#ifndef INGEST_GC_RING_H
#define INGEST_GC_RING_H

#include "ingest/sink.h"

#define GC_RING 256

struct gc_ring_cycle {
	int64_t n, t, pause;
};

struct gc_ring {
	int64_t newest; /* number of the newest cycle put, 0: none */
	uint64_t lost, restarts;
	struct gc_ring_cycle cycle[GC_RING]; /* of the dump being read */
	int n;
};

void gc_ring_begin(struct gc_ring *g);
/* A cycle of the dump: t STORE_NULL: not known. More than GC_RING are not kept. */
void gc_ring_add(struct gc_ring *g, int64_t n, int64_t t, int64_t pause);
/* The index of cycle n (from 1) in a ring as MemStats has it. */
int gc_ring_index(int64_t n);
/* Puts the new ones, oldest first; num_gc: cycles since the process began. */
int gc_ring_put(struct gc_ring *g, struct sink *out, int64_t num_gc, struct err *err) ERR_MUST_CHECK;
int gc_ring_finish(const struct gc_ring *g, struct sink *out, struct err *err) ERR_MUST_CHECK;

#endif

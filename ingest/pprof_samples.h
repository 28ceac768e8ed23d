/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof_samples.h - samples and their labels, spooled until the end of the file
 */
#ifndef INGEST_PPROF_SAMPLES_H
#define INGEST_PPROF_SAMPLES_H

#include "core/map.h"

struct pprof_sample {
	uint32_t stack, labelset;
};

/* A stack is the key of a map: rows of locations, root first, three bytes each. So equal stacks are kept once. */
enum { STACK_STEP = 3, STACK_ROWS = 1 << 24 };
static inline uint32_t stack_row(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
}

struct pprof_samples {
	struct map stacks;
	struct idmap ids;		/* label set << 32 | stack -> sample */
	struct pprof_sample *sample;
	int64_t *value;			/* n_cols a sample */
	size_t n, cap, cap_value;
	uint32_t n_cols;
	uint64_t first_at, seen, frames;	/* byte of the first one; counts of those in the file */
	int64_t *total;			/* a column's sum of absolute values: while it fits, so does every sum */
	unsigned char *bytes;		/* one stack being encoded */
	uint64_t deepest;		/* locations of the deepest stack; stacks that stand at Go's usual limits */
	uint64_t at_32, at_64, at_128;
};

struct pprof_key {
	uint32_t text, values, same_as;	/* a string; distinct values; the first key with that text */
	bool dropped, too_many;		/* no longer read; left out of what is put */
};
struct pprof_labels {
	struct map atoms, sets;		/* labels as numbers of the file; sorted numbers of atoms */
	struct map keys;		/* a string -> key */
	struct pprof_key *key;
	size_t cap_key;
	bool keys_lost;
	uint32_t *out;			/* set number + 1 -> record id, once put; [0] = 0 */
};

#endif

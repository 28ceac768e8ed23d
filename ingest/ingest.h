/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ingest.h - the door of the first stage: run folders in, rows out
 *
 * Two steps, because workers are forked before any database is open:
 *     ingest_start()   walks the folders, sorts the files, forks the workers
 *     ingest_finish()  turns their records into rows, in the order of the sorted file list, whatever the number of workers
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include "core/costs.h"
#include "core/limits.h"
#include "core/store.h"

struct decoder;

struct ingest_root {
	const char *path;	/* a folder (RUN, --baseline DIR), or one file (attrib diff) */
	const char *hint;	/* 'baseline', 'current', or NULL: folder and file names below it tell */
};

struct ingest_progress {
	uint64_t files, files_done, bytes, bytes_done;
};

struct ingest_opts {
	const struct ingest_root *roots;
	size_t n_roots;
	const struct limits *limits;
	unsigned workers;	/* 0: one a core */
	bool tree;		/* false: exact function totals only, for attrib diff */
	bool costs;		/* for ingest_costs(): nothing is hashed; then tree is false */
	bool by_symbol;		/* with costs: of symbols, as the canonical tree has them, not of names */
	bool sandbox;		/* Landlock in the workers where the kernel has it */
	const char *known_db;	/* a trusted attrib.db whose unchanged sources need not be read again; NULL: none */
	void (*progress)(void *arg, const struct ingest_progress *p);	/* may be NULL */
	void *progress_arg;
	const volatile int *stop;	/* a signal number once the user wants to stop; may be NULL */
	/* The decoder for a file's first bytes; NULL: decoder_find(). Tests bring decoders that crash. */
	const struct decoder *(*find)(struct str head, const char **why);
};

struct ingest_stats {
	size_t read, partial, refused, ignored, unchanged;
};

struct ingest;

int ingest_start(struct ingest **out, const struct ingest_opts *o, struct err *err) ERR_MUST_CHECK;
int ingest_finish(struct ingest *ing, struct store *st, struct ingest_stats *stats, struct err *err) ERR_MUST_CHECK;
/*
 * In the place of ingest_finish(), where each of two roots is one file: what they cost by function, out[i] of root i, without a row. *plain false: one is not
 * a whole profile, or says more than its sums; then out holds nothing of use, and a start anew with ingest_finish() tells. out is the caller's to free either way.
 */
int ingest_costs(struct ingest *ing, struct profile_costs out[2], bool *plain, struct ingest_stats *stats, struct err *err) ERR_MUST_CHECK;
void ingest_free(struct ingest *ing);	/* ends and reaps the workers; NULL is fine */

#endif

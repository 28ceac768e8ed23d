/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof.h - what the files pprof*.c share: one profile while it is being read
 *
 *     pprof.c         the decoder: top-level fields to their readers, then the steps below in order
 *     pprof_split.c   the top level of the stream          pprof_tables.c  strings, functions, mappings, locations
 *     pprof_samples.c samples, spooled and added up        pprof_labels.c  label sets
 *     pprof_packed.c  the numbers of a packed stack
 *   at the end of the file, when every index has a meaning:
 *     pprof_frames.c  locations to functions and frames    pprof_prune.c   drop_frames, keep_frames
 *     pprof_kind.c    columns to measures, times           pprof_totals.c  flat and cum of every function
 *     pprof_tree.c    stacks to call sites                 pprof_rows.c    samples and goroutines at call sites
 *     pprof_version.c the Go versions it can come from
 */
#ifndef INGEST_PPROF_H
#define INGEST_PPROF_H

#include "ingest/decoder.h"
#include "ingest/pprof_frames.h"
#include "ingest/pprof_samples.h"
#include "ingest/pprof_split.h"
#include "ingest/pprof_tables.h"
#include "ingest/profile.pb-c.h"
#include "ingest/tree.h"

enum { PPROF_NEAR = 16 << 10 };
enum pprof_kind { KIND_OTHER, KIND_CPU, KIND_WALL, KIND_HEAP, KIND_CONTENTION, KIND_COUNT };
struct pprof_measure {
	struct str metric, count_unit, amount_unit;
	int count_col, amount_col;	/* -1: the file has none */
	int64_t period, scale;		/* amounts are multiplied by scale: other units of time become ns */
	bool scaled;
	const char *extent;
};

struct pprof {
	const struct decode_opts *o;
	const struct limits *l;
	struct sink *sink;
	struct split split;
	ProtobufCAllocator alloc;	/* into near, then into scratch; both are reset for each message */
	size_t n_near, max_near;
	_Alignas(16) char near[PPROF_NEAR];	/* as it comes: nobody asks for zeros, and most messages fit */
	struct arena scratch;
	bool scratch_full;
	char *rest;			/* the small top-level fields as they came */
	size_t n_rest, cap_rest;
	uint64_t field_at[16];		/* where each was seen last */
	uint32_t field_n[16];
	int first_field;
	Pb__Profile *prof;		/* rest, unpacked, once the end is reached */
	struct pprof_tables t;
	struct pprof_samples s;
	struct pprof_labels labels;
	struct pprof_frames f;
	struct pprof_measure *measure;
	size_t n_measures;
	enum pprof_kind kind;
	bool delta;			/* duration tells that two snapshots were subtracted */
	int64_t t0, t1, depth_cut;
	int64_t *cum, *flat;		/* pprof_totals.c; n_rows of them */
	uint32_t n_rows;
	struct pprof_leaf {
		int64_t inlined, count;
	} *leaf;			/* by row, by_symbol only */
	struct tree tree;
	uint32_t *node;			/* by sample */
};

/* ERR_FORMAT with the byte. */
int pprof_bad(uint64_t at, struct err *err, const char *fmt, ...) ERR_PRINTF(3, 4);
/* ERR_LIMIT with the byte and the limit's name. */
int pprof_over(uint64_t at, const char *limit, uint64_t value, struct err *err);
int pprof_note(struct pprof *p, bool lost, struct err *err, const char *fmt, ...) ERR_PRINTF(4, 5) ERR_MUST_CHECK;

int pprof_add_string(struct pprof *p, struct str s, uint64_t at, struct err *err) ERR_MUST_CHECK;
int pprof_add_function(struct pprof *p, const Pb__Function *m, uint64_t at, struct err *err) ERR_MUST_CHECK;
int pprof_add_mapping(struct pprof *p, const Pb__Mapping *m, uint64_t at, struct err *err) ERR_MUST_CHECK;
int pprof_add_location(struct pprof *p, const Pb__Location *m, uint64_t at, struct err *err) ERR_MUST_CHECK;
/* The sample with its stack as numbers, both in p->alloc. False: the stack is malformed, or larger than a message may be. */
bool pprof_unpack_stack(struct pprof *p, const Pb__PackedSample *from, Pb__Sample *to);
int pprof_add_sample(struct pprof *p, const Pb__Sample *m, uint64_t at, struct err *err) ERR_MUST_CHECK;
/* The index of a location that a sample names, seen or not. */
int pprof_location(struct pprof *p, uint64_t id, uint64_t at, uint32_t *out, struct err *err) ERR_MUST_CHECK;
/* A string index as the file gives it: checked against what can be, and against the table at the end. */
int pprof_string(struct pprof *p, int64_t index, uint64_t at, uint32_t *out, struct err *err) ERR_MUST_CHECK;
/* After the end: the text of an index that was accepted. */
struct str pprof_text(const struct pprof *p, int64_t index);
int pprof_tables_check(struct pprof *p, struct err *err) ERR_MUST_CHECK;
int pprof_samples_check(struct pprof *p, struct err *err) ERR_MUST_CHECK;

/* The number + 1 of a sample's label set, 0 for no labels. Not wanted: labels are only checked, and the set is 0. */
int pprof_labelset(struct pprof *p, const Pb__Sample *m, bool wanted, uint64_t at, uint32_t *out, struct err *err)
	ERR_MUST_CHECK;
int pprof_labels_put(struct pprof *p, struct err *err) ERR_MUST_CHECK;
void pprof_labels_free(struct pprof *p);

int pprof_kind(struct pprof *p, struct err *err) ERR_MUST_CHECK;
/* Names a contention profile by what the leaves of its samples do. */
int pprof_kind_contention(struct pprof *p, int64_t unlocks, int64_t waits, struct err *err) ERR_MUST_CHECK;
int pprof_frames(struct pprof *p, struct err *err) ERR_MUST_CHECK;
int pprof_prune(struct pprof *p, struct err *err) ERR_MUST_CHECK;
int pprof_totals(struct pprof *p, struct err *err) ERR_MUST_CHECK;
int pprof_version_put(struct pprof *p, struct err *err) ERR_MUST_CHECK;
/* Narrows [*min, *max] (STORE_NULL: open) by one function as debug=1 texts show it. */
void pprof_version_text(struct str name, struct str file, int64_t *min, int64_t *max);
int pprof_totals_put(struct pprof *p, struct err *err) ERR_MUST_CHECK;
int pprof_tree(struct pprof *p, struct err *err) ERR_MUST_CHECK;
/* The samples of the tree, and the goroutines of a goroutine profile. */
int pprof_rows_put(struct pprof *p, struct err *err) ERR_MUST_CHECK;
/* A func without file and line, e.g. '[folded]'. */
int pprof_frame_named(struct pprof *p, const char *name, uint32_t *out, struct err *err) ERR_MUST_CHECK;
int pprof_frames_put(struct pprof *p, struct err *err) ERR_MUST_CHECK;
void pprof_frames_free(struct pprof *p);

#endif

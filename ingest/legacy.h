/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * legacy.h - what the decoders of profile texts share: records of numbers and a stack, to measures and call sites
 *
 *     legacy.c        lines to records: numbers, addresses, frames
 *     legacy_stack.c  a record's frames to a call site
 *     legacy_put.c    the end: function totals, folding, samples
 *     legacy_heap.c, legacy_contention.c, legacy_count.c   debug=1 of Go's profiles
 *     folded.c        "a;b;c 12"
 */
#ifndef INGEST_LEGACY_H
#define INGEST_LEGACY_H

#include "core/map.h"
#include "ingest/decoder.h"
#include "ingest/tree.h"

enum { LEGACY_COLUMNS = 4 };

struct legacy_frame {
	uint32_t name, file, line, inlined;
	uint64_t pc, entry;	/* of the physical function; 0: not known */
};

struct legacy_row {
	uint32_t node, labelset;	/* labelset: 0 none, else a number of the decoder's own */
	uint32_t class;			/* of a goroutine */
	uint32_t other;			/* the decoder's own, until the end */
	uint64_t leaf;			/* the same: the first address */
	int64_t value[LEGACY_COLUMNS];
};

struct legacy_measure {
	struct str metric;
	const char *amount_unit, *extent;
	int count_col, amount_col;
	int64_t period;
	bool scaled;
};

struct legacy {
	const struct decode_opts *o;
	const struct limits *l;
	struct reader *in;
	struct sink *out;

	struct map names, files, funcs;		/* funcs: numbers of name and file */
	uint32_t *func_name, *name_func;	/* name_func: the first func of a name */
	size_t cap_func, cap_name_func;
	struct legacy_frame *frame;		/* of the record being read, leaf first */
	size_t n_frames, cap_frame;
	uint64_t *addr;				/* behind its '@': return addresses */
	size_t n_addr, cap_addr;
	struct tree tree;
	struct legacy_row *row;
	size_t n_rows, cap_row;
	int64_t sum[LEGACY_COLUMNS];		/* of absolute values */
	uint64_t frames;
	uint64_t deepest, at_32, at_128;	/* addresses of a record, as the runtime cut them */

	int64_t t;				/* of the whole; STORE_NULL */
	int64_t go_min, go_max;
	uint64_t odd, odd_line;			/* lines that mean nothing here, and the first of them */
	struct str comment;
};

/* What a text with '@' records has of its own. */
struct legacy_text {
	/* The numbers before '@' into row->value; false: no record begins here. */
	bool (*head)(struct str numbers, int64_t *value);
	/* A line "# text" that is no frame: true when it is known. */
	int (*remark)(struct legacy *l, struct str text, bool *known, void *arg, struct err *err);
	/* A line of another kind before the first record; NULL: there is none. */
	bool (*preamble)(struct str line, void *arg);
	/* The record is whole: its frames are in l->frame. */
	int (*record)(struct legacy *l, struct legacy_row *row, void *arg, struct err *err);
};

void legacy_init(struct legacy *l, struct reader *in, const struct decode_opts *o, struct sink *out);
void legacy_free(struct legacy *l);
/* All lines up to the end. */
int legacy_read(struct legacy *l, const struct legacy_text *text, void *arg, struct err *err) ERR_MUST_CHECK;
int legacy_note(struct legacy *l, bool lost, uint64_t line, struct err *err, const char *fmt, ...)
	ERR_PRINTF(5, 6) ERR_MUST_CHECK;
/* "12: 34 [5: 6]" against a pattern in which N is a number with or without '-', a blank any blanks. */
bool legacy_numbers(struct str s, const char *pattern, int64_t *value);
/* How many addresses before the first frame are not shown as frames. */
size_t legacy_hidden(const struct legacy *l);

/* ---- stacks ---- */

/* Adds the next frame towards the root. file.n 0: unknown; pc, entry 0: unknown. */
int legacy_push(struct legacy *l, struct str name, struct str file, struct legacy_frame at,
		struct err *err) ERR_MUST_CHECK;
/* The frames as a call site into row->node, and the row into the table; forgets frames and addresses. */
int legacy_add(struct legacy *l, struct legacy_row row, struct err *err) ERR_MUST_CHECK;
/* Adds to l->sum; no sum of values may overflow, whatever is added up later. */
int legacy_sum(struct legacy *l, const int64_t *value, struct err *err) ERR_MUST_CHECK;
int legacy_func(struct legacy *l, struct str name, struct str file, uint32_t *func, struct err *err) ERR_MUST_CHECK;

/* ---- the end ---- */

/* x as an integer; ERR_FORMAT when it is none. */
int legacy_int(double x, int64_t *out, struct err *err) ERR_MUST_CHECK;
/* Everything but settings. labels puts the label sets after the functions and may renumber rows; NULL: none. */
int legacy_put(struct legacy *l, const struct legacy_measure *m, size_t n, bool goroutines,
	       int (*labels)(struct legacy *l, void *arg, struct err *err), void *arg, struct err *err) ERR_MUST_CHECK;
/* Narrows go_min, go_max by all functions. */
void legacy_version(struct legacy *l);

#endif

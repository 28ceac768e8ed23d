/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rows_state.h - private to rows*.c: what the writer holds, and who handles which record */
#ifndef INGEST_ROWS_STATE_H
#define INGEST_ROWS_STATE_H

#include "core/buf.h"
#include "ingest/grow.h"
#include "ingest/intern.h"
#include "ingest/rows.h"

#define ROWS_TEXTS 6 /* texts of one record, at most */

/* Tables whose ids the writer gives: dense, ascending, from max(id) + 1. */
enum rows_table {
	ROWS_SOURCE,
	ROWS_NOTE,
	ROWS_FUNC,
	ROWS_CALLSITE,
	ROWS_LABELSET,
	ROWS_PROFILE,
	ROWS_MEASURE,
	ROWS_GOGROUP,
	ROWS_SERIES,
	ROWS_EVENT,
	ROWS_TABLES
};

/* Keys shared over files. fresh: the numbers whose rows this file made, in that order. */
struct rows_shared {
	struct intern in;
	uint32_t mark; /* keys there were before this file */
	uint32_t *fresh;
	size_t n_fresh, cap_fresh;
};

/* Local id to number in a rows_shared, or to a row id. */
struct rows_ids {
	int64_t *v;
	size_t n, cap;
};

struct rows_line { /* a func whose start_line this file changed */
	uint32_t func;
	int64_t before;
};

struct rows {
	struct sink sink;
	struct store *st;
	const struct limits *limits;
	struct place *place;
	int64_t next[ROWS_TABLES], mark[ROWS_TABLES];
	struct rows_shared func, callsite, labelset;
	int64_t *start_line; /* by number of func */
	size_t cap_lines;

	/* the file at hand */
	const struct walk_file *file;
	struct wire_what what;
	int64_t source, run, instance;
	int64_t home;		/* the instance of the source, once a record opened another life of it; else STORE_NULL */
	bool dropped; /* rows of earlier sources went, since the start */
	bool only_places, blame, partial, put_gc, put_setting;
	const char *clock;
	int64_t go_min, go_max, gc_last;
	uint64_t notes, twice; /* notes put; values left out since their key was there */
	struct place_mark placed;
	struct rows_ids funcs, callsites, labelsets, profiles, measures, series, series_last;
	struct rows_line *line;
	size_t n_lines, cap_line;
	bool set_open; /* a labelset whose labels are still coming in set_key */
	struct buf set_key;
	struct buf key, text[ROWS_TEXTS];
};

/* The record is at fault: ERR_FORMAT, and the file is refused. */
int rows_bad(struct rows *r, struct err *err, const char *fmt, ...) ERR_PRINTF(3, 4);
/* Appends; local ids are dense, so id must be the next one. */
int rows_ids_add(struct rows *r, struct rows_ids *ids, int64_t id, int64_t value, const char *what,
		 struct err *err) ERR_MUST_CHECK;
/* *value of a local id; ERR_FORMAT when it was not put. */
int rows_ids_get(struct rows *r, const struct rows_ids *ids, int64_t id, int64_t *value, const char *what,
		 struct err *err) ERR_MUST_CHECK;
/* The instance of the file; made when a source that is of the run turns out to tell of a process. */
int rows_instance(struct rows *r, int64_t *instance, struct err *err) ERR_MUST_CHECK;
int rows_note(struct rows *r, struct str place, struct str text, struct err *err) ERR_MUST_CHECK;
/* One of a NULL-ended list, or NULL. */
const char *rows_word(struct str s, const char *const *words);
int64_t rows_known(int64_t v, int64_t otherwise); /* v unless it is STORE_NULL */

/* rows_tree.c */
int rows_tree_load(struct rows *r, struct err *err) ERR_MUST_CHECK;
void rows_tree_begin(struct rows *r);
int rows_tree_keep(struct rows *r, struct err *err) ERR_MUST_CHECK; /* drops what nothing refers to, writes lines */
void rows_tree_forget(struct rows *r);
void rows_tree_free(struct rows *r);
void rows_tree_use(struct rows_shared *s, int64_t number);
int64_t rows_tree_id(const struct rows_shared *s, int64_t number);
int rows_labelset_close(struct rows *r, struct err *err) ERR_MUST_CHECK;
int rows_labelset_get(struct rows *r, int64_t local, int64_t *id, struct err *err) ERR_MUST_CHECK;

/* rows_tree.c: one record each; rec is the struct of its type, texts clean */
int rows_put_func(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_callsite(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_labelset(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_label(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
/* rows_profile.c: one record each; rec is the struct of its type, texts clean */
int rows_put_profile(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_measure(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_sample(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_func_total(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_gogroup(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
/* rows_series.c: one record each; rec is the struct of its type, texts clean */
int rows_put_gc_cycle(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_series(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_point(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_bucket(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;
int rows_put_event(struct rows *r, const void *rec, struct err *err) ERR_MUST_CHECK;

#endif

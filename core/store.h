/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - SQLite behind one small interface; it knows no table
 *
 * Statements are cached by the address of their text, so sql must be a string constant (or live as long as the store).
 * A statement in use must be ended by store_end() before the same text is asked for again.
 *
 * Bind types, one letter an argument:  i int64_t (STORE_NULL binds NULL)   d double (NaN binds NULL)   s const char * (NULL
 * binds NULL)   t struct str (p NULL binds NULL; bound as is)   b const void *, size_t (blob)
 */
#ifndef CORE_STORE_H
#define CORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"
#include "core/limits.h"
#include "core/str.h"

#define STORE_NULL INT64_MIN	/* "not known" in every integer field of the program */

struct store;
struct stmt;

enum store_mode {
	STORE_MEMORY,	/* a new one in memory, schema made */
	STORE_BUILD,	/* a private file nobody else sees: no journal, no sync; schema made when empty */
	STORE_READ,	/* read-only and never trusted: defensive, quick-checked, no extensions; application_id, version and tables
			 * must be ours (else ERR_INPUT), the views are ours whatever views the file has */
	STORE_KNOWN,	/* as STORE_READ, for bytes that storefile says are ours: their rows are not checked again */
	STORE_KEPT,	/* store_open_kept() */
};

int store_open(struct store **out, const char *path, enum store_mode mode, const struct limits *limits,
	       struct err *err) ERR_MUST_CHECK;
/*
 * A file that is kept for good, made when it is not there: journaled, synced, another process may have it open too (5 s are waited for it). script
 * has lines `-- version N`, each before what turns version N - 1 into N; what a file lacks is run in one transaction. ERR_INPUT for
 * a file of something else, or of a later version than the script knows.
 */
int store_open_kept(struct store **out, const char *path, int32_t application_id, const char *script, const struct limits *limits,
		    struct err *err) ERR_MUST_CHECK;
void store_close(struct store *st);	/* NULL is fine */
/* A statement that runs while *stop is not 0 ends with ERR_SIGNAL (err->signal = *stop). The flag outlives the store. */
void store_stop_on(struct store *st, const volatile int *stop);

/* Runs one statement that returns no row. */
int store_run(struct store *st, struct err *err, const char *sql, const char *types, ...) ERR_MUST_CHECK;
/* Runs a script of our own (no values). */
int store_script(struct store *st, const char *sql, struct err *err) ERR_MUST_CHECK;
/* One integer of one row; *out = otherwise when there is no row or it is NULL. */
int store_int(struct store *st, struct err *err, int64_t *out, int64_t otherwise, const char *sql, const char *types, ...)
	ERR_MUST_CHECK;
int64_t store_last_id(struct store *st);

/*	struct stmt *q;
 *	if (store_query(st, &q, err, SQL, "s", name)) return err->code;
 *	while (store_next(q, err)) use(stmt_int(q, 0));
 *	if (store_end(q, err)) return err->code;          (safe and needed on every way out) */
int store_query(struct store *st, struct stmt **out, struct err *err, const char *sql, const char *types, ...)
	ERR_MUST_CHECK;
bool store_next(struct stmt *q, struct err *err);	/* false at the end and on error; store_end() tells which */
int store_end(struct stmt *q, struct err *err);
/* Ends q; an rc from the loop body, with its err, goes before what store_end() has to say. */
static inline int store_finish(struct stmt *q, int rc, struct err *err)
{
	struct err other;

	if (!rc)
		return store_end(q, err);
	store_end(q, &other);
	return rc;
}

int64_t stmt_int(struct stmt *q, int col);		/* STORE_NULL for NULL */
double stmt_real(struct stmt *q, int col);		/* NaN for NULL */
struct str stmt_text(struct stmt *q, int col);		/* STR_NONE for NULL; borrowed until the next store_next() */
struct str stmt_blob(struct stmt *q, int col);
bool stmt_null(struct stmt *q, int col);
char stmt_type(struct stmt *q, int col);		/* of the value, by the letters above: i d t b, n for NULL */
int stmt_columns(struct stmt *q);
const char *stmt_column(struct stmt *q, int col);

int store_begin(struct store *st, struct err *err) ERR_MUST_CHECK;
int store_commit(struct store *st, struct err *err) ERR_MUST_CHECK;
/* STORE_BUILD keeps no journal: there a rollback of writes, like a write that failed, leaves a store that can only be closed. */
void store_rollback(struct store *st);
/* True when no write failed or was rolled back and no transaction is open: fit for others to see. */
bool store_sound(const struct store *st);

/* One statement that a person typed (store_ask.c): reads only, or ERR_USAGE; ends after `rows` rows or `ms`, or when stop() says so, with
 * ERR_LIMIT whose message says which. row() gets the names first (names true), then the values, clean text, STR_NONE for NULL, borrowed
 * for the call; not 0: out of memory. *rows: rows handed over, also when it fails. */
#define STORE_ASK_COLUMNS 64
struct store_ask {
	size_t rows;
	unsigned ms;
	int (*row)(void *arg, const struct str *cell, int n, bool names);
	bool (*stop)(void *arg);	/* NULL: nobody interrupts */
	void *arg;
};
int store_ask(struct store *st, struct str sql, const struct store_ask *a, size_t *rows, struct err *err) ERR_MUST_CHECK;

/* The text of core/schema.sql and core/views.sql, for docs and checks. */
extern const char store_schema_sql[], store_views_sql[], store_index_sql[];
/* Makes the indexes of index.sql (left out while loading). */
int store_make_indexes(struct store *st, struct err *err) ERR_MUST_CHECK;
/* *ours: every row of sqlite_schema, and application_id and user_version, are what this program makes. */
int store_schema_is_ours(struct store *st, bool *ours, struct err *err) ERR_MUST_CHECK;

#endif

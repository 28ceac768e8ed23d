/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_db.h - what store.c, store_open.c and store_schema.c share; nobody else includes it
 */
#ifndef CORE_STORE_DB_H
#define CORE_STORE_DB_H

#include <sqlite3.h>

#include "core/store.h"

struct stmt {
	struct store *st;
	sqlite3_stmt *s;
	const char *sql; /* the key of the cache: an address */
	int n_params;
	bool busy;	   /* between store_query() and store_end() */
	uint64_t ops;	   /* virtual machine steps since store_query(), in units of STORE_TICK */
	struct err failed; /* what ended it early; store_end() hands it out */
};

#define STORE_TICK 100000 /* steps between two looks at the stop flag: about a millisecond */

struct store {
	sqlite3 *db;
	enum store_mode mode;
	char *path;	     /* NULL: in memory */
	struct store *model; /* an empty one with our schema, to compare with; made when first needed */
	uint64_t max_bytes;
	uint64_t max_ops; /* STORE_TICKs one statement may take; 0: any number */
	const volatile int *stop;
	struct stmt *running; /* whose steps the ticks are */
	bool out_of_ops, broken;
	struct stmt **slot; /* open addressing by address of the text */
	size_t n, n_slots;
};

/* Says what SQLite just refused, as one of our codes. sql may be NULL. */
int store_refused(struct store *st, const char *sql, struct err *err);

/* Opens path for reading and writing, made when it is not there, journal and syncs as SQLite has them; hardened. */
int store_open_shared(struct store *st, const char *path, const struct limits *l, struct err *err) ERR_MUST_CHECK;
/* Sets the progress handler that looks at the stop flag and counts steps (again, after another one was set). */
void store_ticks(struct store *st);

int store_schema_make(struct store *st, struct err *err) ERR_MUST_CHECK;
/* Our views as TEMP views of st, over its tables. */
int store_schema_temp_views(struct store *st, struct err *err) ERR_MUST_CHECK;
/* ERR_INPUT when a row breaks a CHECK of our schema. st has our tables. */
int store_schema_check_rows(struct store *st, struct err *err) ERR_MUST_CHECK;
/* What the header of our files says. */
int store_schema_marks(struct store *st, int64_t *application_id, int64_t *user_version,
		       struct err *err) ERR_MUST_CHECK;
/* *same: the tables (only_tables) or all rows of sqlite_schema equal ours, text for text. */
int store_schema_compare(struct store *st, bool only_tables, bool *same, struct err *err) ERR_MUST_CHECK;

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * store_ask.c - one SELECT that a person typed
 *
 * What is typed may read and compute, nothing else: the authorizer refuses every other action while the text is compiled, so that
 * it does not matter how the connection was opened. While it runs, the progress handler looks at the clock and at the caller's flag
 * a thousand times a second.
 */
#include <time.h>

#include "core/store_db.h"
#include "core/text.h"

#define ASK_TICK  10000 /* steps between two looks at the clock: some 0.1 ms */
#define ASK_BYTES (1u << 20)

struct asking {
	const struct store_ask *a;
	struct store *st;
	int64_t ends; /* ns of the monotonic clock */
	bool late;
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int on_ask_tick(void *arg)
{
	struct asking *k = arg;

	if (k->st->stop && *k->st->stop)
		return 1;
	if (now() > k->ends) {
		k->late = true;
		return 1;
	}
	return k->a->stop && k->a->stop(k->a->arg);
}

static int allow(void *arg, int action, const char *one, const char *two, const char *db, const char *trigger)
{
	static const char *const no_function[] = { "load_extension", "fts3_tokenizer", "edit", "writefile", "readfile" };

	(void)arg;
	(void)one;
	(void)db;
	(void)trigger;
	if (action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_RECURSIVE)
		return SQLITE_OK;
	if (action != SQLITE_FUNCTION || !two)
		return SQLITE_DENY;
	for (size_t i = 0; i < sizeof(no_function) / sizeof(no_function[0]); i++)
		if (sqlite3_stricmp(two, no_function[i]) == 0)
			return SQLITE_DENY;
	return SQLITE_OK;
}

/* SQLite's words, which quote the person's own text and names of tables. */
static int ask_refused(struct asking *k, struct err *err)
{
	struct buf b = { .limit = 400 };
	int code = sqlite3_errcode(k->st->db) & 0xff;

	if (k->late)
		return err_set(err, ERR_LIMIT, "stopped after %u ms", k->a->ms);
	if (code == SQLITE_INTERRUPT)
		return err_set(err, ERR_LIMIT, "stopped by a key");
	if (code == SQLITE_NOMEM)
		return err_nomem(err);
	if (code == SQLITE_AUTH)
		return err_set(err, ERR_USAGE, "only a SELECT is allowed: this database is read, never changed");
	text_clean(&b, str_from(sqlite3_errmsg(k->st->db)));
	err_set(err, ERR_USAGE, "%s", b.data ? b.data : "refused");
	buf_free(&b);
	return ERR_USAGE;
}

/* One row as clean text; NULL is STR_NONE. */
static int hand_row(struct asking *k, sqlite3_stmt *s, int columns, bool names)
{
	struct str cell[STORE_ASK_COLUMNS];
	struct buf b = { .limit = ASK_BYTES };
	size_t at[STORE_ASK_COLUMNS + 1] = { 0 };
	int rc;

	for (int i = 0; i < columns; i++) {
		const char *p = names ? sqlite3_column_name(s, i) : (const char *)sqlite3_column_text(s, i);
		size_t n = names ? strlen(p ? p : "") : (size_t)sqlite3_column_bytes(s, i);

		cell[i] = (struct str){ p, n };
		if (p)
			text_clean(&b, (struct str){ p, n < 4096 ? n : 4096 });
		at[i + 1] = b.len;
	}
	for (int i = 0; i < columns; i++)
		if (cell[i].p)
			cell[i] = (struct str){ b.data ? b.data + at[i] : "", at[i + 1] - at[i] };
	rc = k->a->row(k->a->arg, cell, columns, names);
	buf_free(&b);
	return rc;
}

static int ask_rows(struct asking *k, sqlite3_stmt *s, size_t *rows, struct err *err)
{
	int columns = sqlite3_column_count(s), rc;

	if (columns > STORE_ASK_COLUMNS)
		columns = STORE_ASK_COLUMNS;
	if (hand_row(k, s, columns, true))
		return err_nomem(err);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (*rows == k->a->rows)
			return err_set(err, ERR_LIMIT, "the first %zu rows", *rows);
		++*rows;
		if (hand_row(k, s, columns, false))
			return err_nomem(err);
	}
	return rc == SQLITE_DONE ? 0 : ask_refused(k, err);
}

int store_ask(struct store *st, struct str sql, const struct store_ask *a, size_t *rows, struct err *err)
{
	struct asking k = { .a = a, .st = st, .ends = now() + (int64_t)a->ms * 1000000 };
	sqlite3_stmt *s = NULL;
	const char *tail = NULL;
	int rc = 0;

	*rows = 0;
	sqlite3_set_authorizer(st->db, allow, NULL);
	sqlite3_progress_handler(st->db, ASK_TICK, on_ask_tick, &k);
	if (sqlite3_prepare_v2(st->db, sql.p, (int)(sql.n < INT32_MAX ? sql.n : INT32_MAX), &s, &tail) != SQLITE_OK)
		rc = ask_refused(&k, err);
	else if (!s)
		rc = err_set(err, ERR_USAGE, "no statement: type a SELECT");
	else if ((size_t)(tail - sql.p) < sql.n && tail[strspn(tail, " \t\n;")])
		rc = err_set(err, ERR_USAGE, "one statement at a time");
	else
		rc = ask_rows(&k, s, rows, err);
	sqlite3_finalize(s);
	sqlite3_set_authorizer(st->db, NULL, NULL);
	store_ticks(st);
	return rc;
}

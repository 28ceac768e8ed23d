// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * store.c - statements: prepared once, bound by a string of types, stepped, and their failures told apart
 *
 * Ingest writes a million rows a second through store_run(), so a statement is found by the address of its text
 * (one multiplication, one probe) and never compared or parsed again.
 *
 * A failure of SQLite has many fathers, and the exit status differs: a full disk is not a limit of ours, a damaged file
 * is not a bug, an interrupt may be the user's or our own brake on a hostile database. store_refused() is the one place
 * that tells them apart.
 */
#include "core/store.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "core/store_db.h"
#include "core/text.h"

#define CACHE_BYTES (64u << 20)
#define DISK_ROOM   (1u << 20)

/* SQLITE_FULL is both, our max_page_count and ENOSPC: the file's size and the disk's room tell which. */
static bool limit_reached(const struct store *st)
{
	struct statvfs vfs;
	struct stat file;

	if (!st->path)
		return true;
	if (stat(st->path, &file) < 0 || statvfs(st->path, &vfs) < 0)
		return true;
	if ((uint64_t)file.st_size + 2 * CACHE_BYTES < st->max_bytes)
		return false;
	return (uint64_t)vfs.f_bavail * vfs.f_bsize > DISK_ROOM;
}

/* SQLite's words carry names from the file: cleaned, with the start of the statement on one line. */
static int refused_with_words(struct store *st, enum err_code code, const char *front, const char *sql, struct err *err)
{
	struct buf b = { .limit = 4096 };
	const char *words;

	text_clean(&b, str_from(sqlite3_errmsg(st->db)));
	if (sql) {
		size_t n = strcspn(sql, "\n");

		buf_printf(&b, " (in %.*s%s)", (int)(n < 60 ? n : 60), sql, n < strlen(sql) || n > 60 ? " ..." : "");
	}
	words = b.data && !b.failed ? b.data : "unknown error";
	err_set(err, code, "%s%s", front, words);
	buf_free(&b);
	return (int)code;
}

static int refused_interrupt(struct store *st, struct err *err)
{
	if (st->stop && *st->stop) {
		int sig = *st->stop;

		err_set(err, ERR_SIGNAL, "stopped by signal %d", sig);
		err->signal = sig;
		return ERR_SIGNAL;
	}
	return err_set(err, ERR_INPUT, "a query over the database would not end: its rows cannot be an analysis");
}

static bool reads(const struct store *st)
{
	return st->mode == STORE_READ || st->mode == STORE_KNOWN;
}

static int refused_io(struct store *st, struct err *err)
{
	enum err_code code = reads(st) ? ERR_IO : ERR_OUTPUT;
	int why = sqlite3_system_errno(st->db);

	if (sqlite3_extended_errcode(st->db) == SQLITE_IOERR_NOMEM)
		return err_nomem(err);
	if (!why) /* a COMMIT forgets it */
		return refused_with_words(
			st, code, code == ERR_IO ? "cannot read the database: " : "cannot write the database: ", NULL,
			err);
	return err_sys(err, code, why, "cannot %s the database", code == ERR_IO ? "read" : "write");
}

int store_refused(struct store *st, const char *sql, struct err *err)
{
	bool read = reads(st);

	switch (sqlite3_errcode(st->db) & 0xff) {
	case SQLITE_NOMEM:
		return err_nomem(err);
	case SQLITE_INTERRUPT:
		return refused_interrupt(st, err);
	case SQLITE_FULL:
		if (limit_reached(st))
			return err_set(err, ERR_LIMIT, "the database reached the limit store_bytes (%" PRIu64 " bytes)",
				       st->max_bytes);
		return err_sys(err, ERR_OUTPUT, ENOSPC, "cannot write the database");
	case SQLITE_IOERR:
		return refused_io(st, err);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return refused_with_words(st, read ? ERR_INPUT : ERR_OUTPUT, "database: ", NULL, err);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		if (read)
			return refused_with_words(st, ERR_INPUT, "the database is damaged: ", NULL, err);
		break;
	default:
		break;
	}
	return refused_with_words(st, ERR_STORE, "database: ", sql, err);
}

static size_t slot_of(const struct store *st, const char *sql)
{
	return (size_t)(((uint64_t)(uintptr_t)sql * 0x9e3779b97f4a7c15ULL) >> 32) & (st->n_slots - 1);
}

/* The place of sql in the cache: its statement, or the empty slot where it belongs. */
static struct stmt **find(struct store *st, const char *sql)
{
	size_t i = slot_of(st, sql);

	while (st->slot[i] && st->slot[i]->sql != sql)
		i = (i + 1) & (st->n_slots - 1);
	return &st->slot[i];
}

static int grow(struct store *st, struct err *err)
{
	struct stmt **old = st->slot;
	size_t n_old = st->n_slots, n = n_old ? 2 * n_old : 64;

	st->slot = calloc(n, sizeof(struct stmt *));
	if (!st->slot) {
		st->slot = old;
		return err_nomem(err);
	}
	st->n_slots = n;
	for (size_t i = 0; i < n_old; i++) {
		if (old[i])
			*find(st, old[i]->sql) = old[i];
	}
	free(old);
	return 0;
}

/* NULL with *err set when it is not one statement that the schema allows. */
static struct stmt *prepare(struct store *st, const char *sql, struct err *err)
{
	struct stmt *q;
	const char *tail;

	if (2 * st->n >= st->n_slots && grow(st, err))
		return NULL;
	q = calloc(1, sizeof(*q));
	if (!q) {
		err_nomem(err);
		return NULL;
	}
	if (sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->s, &tail) != SQLITE_OK) {
		free(q);
		store_refused(st, sql, err);
		return NULL;
	}
	if (!q->s || tail[strspn(tail, " \t\n;")]) {
		sqlite3_finalize(q->s);
		free(q);
		err_set(err, ERR_INTERNAL, "not one statement: %.60s", sql);
		return NULL;
	}
	q->st = st;
	q->sql = sql;
	q->n_params = sqlite3_bind_parameter_count(q->s);
	*find(st, sql) = q;
	st->n++;
	return q;
}

static int bind_int(struct stmt *q, int i, int64_t v)
{
	return v == STORE_NULL ? sqlite3_bind_null(q->s, i) : sqlite3_bind_int64(q->s, i, v);
}

static int bind_text(struct stmt *q, int i, const char *p, size_t n, sqlite3_destructor_type keep)
{
	return p ? sqlite3_bind_text64(q->s, i, p, n, keep, SQLITE_UTF8) : sqlite3_bind_null(q->s, i);
}

static int bind_all(struct stmt *q, const char *types, va_list ap, sqlite3_destructor_type keep, struct err *err)
{
	int rc = SQLITE_OK, i = 0;

	for (const char *t = types; *t && rc == SQLITE_OK; t++) {
		if (++i > q->n_params)
			break;
		if (*t == 'i') {
			rc = bind_int(q, i, va_arg(ap, int64_t));
		} else if (*t == 'd') {
			rc = sqlite3_bind_double(q->s, i, va_arg(ap, double)); /* which makes NaN a NULL */
		} else if (*t == 's') {
			const char *s = va_arg(ap, const char *);

			rc = bind_text(q, i, s, s ? strlen(s) : 0, keep);
		} else if (*t == 't') {
			struct str s = va_arg(ap, struct str);

			rc = bind_text(q, i, s.p, s.n, keep);
		} else if (*t == 'b') {
			const void *p = va_arg(ap, const void *);
			size_t n = va_arg(ap, size_t);

			rc = sqlite3_bind_blob64(q->s, i, p, n, keep);
		} else {
			return err_set(err, ERR_INTERNAL, "bind type '%c' in %.60s", *t, q->sql);
		}
	}
	if (rc != SQLITE_OK)
		return store_refused(q->st, q->sql, err);
	if (i != q->n_params)
		return err_set(err, ERR_INTERNAL, "%d values wanted, types \"%s\", in %.60s", q->n_params, types,
			       q->sql);
	return 0;
}

/* Found or prepared, bound, and marked busy. */
static int start(struct store *st, struct stmt **out, const char *sql, const char *types, va_list ap,
		 sqlite3_destructor_type keep, struct err *err)
{
	struct stmt *q = st->n_slots ? *find(st, sql) : NULL;

	*out = NULL;
	if (!q)
		q = prepare(st, sql, err);
	if (!q)
		return (int)err->code;
	if (q->busy)
		return err_set(err, ERR_INTERNAL, "asked again before store_end(): %.60s", sql);
	if (bind_all(q, types, ap, keep, err)) {
		sqlite3_clear_bindings(q->s);
		return (int)err->code;
	}
	q->busy = true;
	q->ops = 0;
	q->failed.code = ERR_OK;
	*out = q;
	return 0;
}

/* SQLITE_ROW, SQLITE_DONE, or SQLITE_ERROR with q->failed set. */
static int step(struct stmt *q)
{
	struct store *st = q->st;
	int rc;

	st->running = q;
	rc = sqlite3_step(q->s);
	st->running = NULL;
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return rc;
	store_refused(st, q->sql, &q->failed);
	if (st->mode == STORE_BUILD && !sqlite3_stmt_readonly(q->s))
		st->broken = true;
	return SQLITE_ERROR;
}

int store_end(struct stmt *q, struct err *err)
{
	if (!q)
		return 0;
	sqlite3_reset(q->s);
	q->busy = false;
	if (q->failed.code)
		*err = q->failed;
	return (int)q->failed.code;
}

int store_run(struct store *st, struct err *err, const char *sql, const char *types, ...)
{
	struct stmt *q;
	va_list ap;

	va_start(ap, types);
	start(st, &q, sql, types, ap, SQLITE_STATIC, err);
	va_end(ap);
	if (!q)
		return (int)err->code;
	if (step(q) == SQLITE_ROW)
		err_set(&q->failed, ERR_INTERNAL, "a row where none was expected: %.60s", sql);
	return store_end(q, err);
}

int store_int(struct store *st, struct err *err, int64_t *out, int64_t otherwise, const char *sql, const char *types,
	      ...)
{
	struct stmt *q;
	va_list ap;

	*out = otherwise;
	va_start(ap, types);
	start(st, &q, sql, types, ap, SQLITE_STATIC, err);
	va_end(ap);
	if (!q)
		return (int)err->code;
	if (step(q) == SQLITE_ROW && !stmt_null(q, 0))
		*out = stmt_int(q, 0);
	return store_end(q, err);
}

int store_query(struct store *st, struct stmt **out, struct err *err, const char *sql, const char *types, ...)
{
	va_list ap;
	int rc;

	va_start(ap, types);
	/* Copied: the caller's text may be gone at the second store_next(). */
	rc = start(st, out, sql, types, ap, SQLITE_TRANSIENT, err);
	va_end(ap);
	return rc;
}

bool store_next(struct stmt *q, struct err *err)
{
	int rc = q->failed.code ? SQLITE_ERROR : step(q);

	if (rc == SQLITE_ERROR)
		*err = q->failed;
	return rc == SQLITE_ROW;
}

int64_t stmt_int(struct stmt *q, int col)
{
	return stmt_null(q, col) ? STORE_NULL : sqlite3_column_int64(q->s, col);
}

double stmt_real(struct stmt *q, int col)
{
	return stmt_null(q, col) ? NAN : sqlite3_column_double(q->s, col);
}

/*
 * Conversion may need memory: a NULL for what was not NULL ends the statement, or a row would be told wrong. Asked before, since a value that
 * could not be converted is NULL from then on.
 */
static struct str column(struct stmt *q, int col, bool blob)
{
	bool null = stmt_null(q, col);
	const void *p = blob ? sqlite3_column_blob(q->s, col) : sqlite3_column_text(q->s, col);
	size_t n = (size_t)sqlite3_column_bytes(q->s, col);

	if (p)
		return (struct str){ p, n };
	if (null)
		return STR_NONE;
	if (sqlite3_errcode(q->st->db) == SQLITE_NOMEM)
		err_nomem(&q->failed);
	return STR_LIT("");
}

struct str stmt_text(struct stmt *q, int col)
{
	return column(q, col, false);
}

struct str stmt_blob(struct stmt *q, int col)
{
	return column(q, col, true);
}

bool stmt_null(struct stmt *q, int col)
{
	return sqlite3_column_type(q->s, col) == SQLITE_NULL;
}

char stmt_type(struct stmt *q, int col)
{
	switch (sqlite3_column_type(q->s, col)) {
	case SQLITE_INTEGER:
		return 'i';
	case SQLITE_FLOAT:
		return 'd';
	case SQLITE_TEXT:
		return 't';
	case SQLITE_BLOB:
		return 'b';
	default:
		return 'n';
	}
}

int stmt_columns(struct stmt *q)
{
	return sqlite3_column_count(q->s);
}

const char *stmt_column(struct stmt *q, int col)
{
	return sqlite3_column_name(q->s, col);
}

int64_t store_last_id(struct store *st)
{
	return sqlite3_last_insert_rowid(st->db);
}

int store_script(struct store *st, const char *sql, struct err *err)
{
	if (sqlite3_exec(st->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	store_refused(st, NULL, err);
	if (st->mode == STORE_BUILD)
		st->broken = true;
	return (int)err->code;
}

int store_begin(struct store *st, struct err *err)
{
	return store_run(st, err, "BEGIN", "");
}

int store_commit(struct store *st, struct err *err)
{
	int rc = store_run(st, err, "COMMIT", "");

	if (rc && st->mode == STORE_BUILD)
		st->broken = true;
	return rc;
}

void store_rollback(struct store *st)
{
	if (sqlite3_get_autocommit(st->db))
		return;
	if (st->mode == STORE_BUILD && sqlite3_txn_state(st->db, "main") == SQLITE_TXN_WRITE)
		st->broken = true;
	sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
}

bool store_sound(const struct store *st)
{
	return !st->broken && sqlite3_get_autocommit(st->db);
}

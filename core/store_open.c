// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * store_open.c - opening a database, with as little trust as each way of opening can do with
 *
 * A file that is only read may have been made by anybody: a SQLite file holds SQL of its own (views, triggers, checks,
 * expressions of indexes) that runs when it is queried. So, in this order: the header is read by hand, since no code of
 * SQLite need run for a file that is not ours; the file is opened immutable, so that a -wal or -journal planted
 * beside it is not replayed and nothing is written; everything it brings is switched off; its tables must be ours, text
 * for text; quick_check looks at pages and types, store_schema.c at the CHECKs; the views are ours. A statement may
 * then take a number of steps that a real analysis of that size never needs: rows too can be written to make a query
 * run for ever.
 *
 * SQLITE_OPEN_NOFOLLOW refuses a link anywhere in the path, and folders behind links are everyday things: so the folder
 * is resolved first and only the file itself must not be a link.
 */
#include "core/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/store_db.h"

#define PAGE_SIZE    8192
#define HEADER_BYTES 100		  /* sqlite.org/fileformat2.html, section 1.3 */
#define OPS_BASE     (500u * 1000 * 1000) /* some 10 s; the largest query of a small analysis takes 1 % of it */
#define OPS_PER_BYTE 64
#define MAX_PATH     511 /* of SQLite's unix layer */

static int on_tick(void *arg)
{
	struct store *st = arg;

	if (st->stop && *st->stop)
		return 1;
	return st->running && ++st->running->ops > st->max_ops && st->max_ops;
}

void store_ticks(struct store *st)
{
	sqlite3_progress_handler(st->db, STORE_TICK, on_tick, st);
}

void store_stop_on(struct store *st, const volatile int *stop)
{
	st->stop = stop;
}

void store_close(struct store *st)
{
	if (!st)
		return;
	for (size_t i = 0; i < st->n_slots; i++) {
		if (st->slot[i])
			sqlite3_finalize(st->slot[i]->s);
		free(st->slot[i]);
	}
	free(st->slot);
	store_close(st->model); /* which has none itself */
	sqlite3_close(st->db);
	free(st->path);
	free(st);
}

/* folder/../links/attrib.db as SQLite wants it: absolute, no link but perhaps the last part. */
static int resolve(char **out, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	char *folder = file_folder(path), *real = folder ? realpath(folder, NULL) : NULL;
	struct buf b = { .limit = 0 };
	int rc = 0;

	*out = NULL;
	if (!folder || (!real && errno == ENOMEM)) {
		rc = err_nomem(err);
	} else if (!real) {
		rc = err_sys(err, ERR_INPUT, errno, "cannot open '%s'", path);
	} else {
		buf_printf(&b, "%s/%s", strcmp(real, "/") ? real : "", base);
		rc = buf_check(&b, err);
		if (!rc && b.len > MAX_PATH)
			rc = err_set(err, ERR_INPUT, "the path of the database is longer than %d bytes", MAX_PATH);
	}
	free(folder);
	free(real);
	if (rc)
		buf_free(&b);
	else
		*out = b.data;
	return rc;
}

static int open_file(struct store *st, const char *name, int flags, struct err *err)
{
	flags |= SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	if (sqlite3_open_v2(name, &st->db, flags, NULL) != SQLITE_OK)
		return st->db ? store_refused(st, NULL, err) : err_nomem(err);
	store_ticks(st);
	return 0;
}

static int set_max_bytes(struct store *st, const struct limits *l, struct err *err)
{
	uint64_t pages = l->store_bytes / PAGE_SIZE;
	char sql[64];

	st->max_bytes = l->store_bytes;
	if (pages < 1)
		pages = 1;
	if (pages > INT32_MAX)
		pages = INT32_MAX;
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %" PRIu64, pages);
	return store_script(st, sql, err);
}

/* Every switch that a file could use against us, off; for stores of our own it costs nothing. */
static void harden(struct store *st)
{
	static const int off[] = {
		SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_DQS_DML,
		SQLITE_DBCONFIG_DQS_DDL,	SQLITE_DBCONFIG_WRITABLE_SCHEMA,
	};

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		sqlite3_db_config(st->db, off[i], 0, NULL);
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
}

static void tighten(struct store *st)
{
	static const struct {
		int id, value;
	} bound[] = {
		{ SQLITE_LIMIT_LENGTH, 16 << 20 },     { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
		{ SQLITE_LIMIT_COLUMN, 200 },	       { SQLITE_LIMIT_EXPR_DEPTH, 200 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 100 }, { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },     { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	static const char *const modules[] = { "json_each", "json_tree", NULL };

	for (size_t i = 0; i < sizeof(bound) / sizeof(bound[0]); i++)
		sqlite3_limit(st->db, bound[i].id, bound[i].value);
	/* A "table" may be a full-text index with a parser of its own behind it: none but JSON's. */
	sqlite3_drop_modules(st->db, (const char **)(uintptr_t)modules);
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(st->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL); /* temp views stay trusted */
}

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Regular, and the header says ours; *size for the bound on steps. */
static int check_header(struct store *st, uint64_t *size, struct err *err)
{
	unsigned char h[HEADER_BYTES];
	int64_t id, version;
	struct stat file;
	ssize_t n;
	int fd;

	if (store_schema_marks(st, &id, &version, err))
		return (int)err->code;
	fd = open(st->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP)
		return err_set(err, ERR_INPUT, "is a symbolic link, which is not followed");
	if (fd < 0)
		return err_sys(err, ERR_INPUT, errno, "cannot open");
	n = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) ? pread(fd, h, sizeof(h), 0) : 0;
	close(fd);
	if (n < 0)
		return err_sys(err, ERR_IO, errno, "cannot read");
	if (n != sizeof(h) || memcmp(h, "SQLite format 3", 16) != 0 || big_endian(h + 68) != id)
		return err_set(err, ERR_INPUT, "is not a database of attrib");
	if (big_endian(h + 60) != version)
		return err_set(err, ERR_INPUT,
			       "was written by another version (its format is %" PRIu32 ", this program's %" PRId64
			       "): analyze again",
			       big_endian(h + 60), version);
	*size = (uint64_t)file.st_size;
	return 0;
}

/* quick_check says of a page it had no memory for, or could not read, that it is damaged; only its code tells. */
static void damaged(struct str said, struct err *err)
{
	const char *at = memmem(said.p, said.n, "error code=", 11);
	long code = at ? strtol(at + 11, NULL, 10) & 0xff : SQLITE_CORRUPT;

	if (code == SQLITE_NOMEM)
		err_nomem(err);
	else if (code == SQLITE_IOERR)
		err_set(err, ERR_IO, "cannot be read: %.*s", (int)said.n, said.p);
	else
		err_set(err, ERR_INPUT, "is damaged: %.*s", (int)said.n, said.p);
}

static int quick_check(struct store *st, struct err *err)
{
	struct stmt *q;

	if (store_query(st, &q, err, "PRAGMA quick_check(1)", ""))
		return (int)err->code;
	if (store_next(q, err) && !str_is(stmt_text(q, 0), "ok"))
		damaged(stmt_text(q, 0), &q->failed);
	return store_end(q, err);
}

/* "file:///a/b%20c/attrib.db?mode=ro&immutable=1" */
static int open_immutable(struct store *st, struct err *err)
{
	struct buf uri = { .limit = 0 };
	int rc;

	buf_puts(&uri, "file://");
	for (const char *p = st->path; *p; p++) {
		if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
		    strchr("/._-", *p))
			buf_byte(&uri, *p);
		else
			buf_printf(&uri, "%%%02x", (unsigned char)*p);
	}
	buf_puts(&uri, "?mode=ro&immutable=1");
	rc = buf_check(&uri, err);
	if (!rc)
		rc = open_file(st, uri.data, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
	buf_free(&uri);
	return rc;
}

static int open_read(struct store *st, struct err *err)
{
	uint64_t size = 0;
	bool same;

	if (check_header(st, &size, err) || open_immutable(st, err))
		return (int)err->code;
	if (st->mode == STORE_READ)
		st->max_ops = (OPS_BASE + OPS_PER_BYTE * size) / STORE_TICK;
	harden(st);
	tighten(st);
	if (store_script(st, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA cache_size = -65536", err) ||
	    store_schema_compare(st, true, &same, err))
		return (int)err->code;
	if (!same)
		return err_set(err, ERR_INPUT, "has other tables than this program makes: analyze again");
	if (st->mode == STORE_READ && (quick_check(st, err) || store_schema_check_rows(st, err)))
		return (int)err->code;
	if (store_schema_temp_views(st, err))
		return (int)err->code;
	return store_script(st, "PRAGMA query_only = ON", err);
}

static int open_build(struct store *st, const struct limits *l, struct err *err)
{
	int64_t entries;

	if (open_file(st, st->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) ||
	    store_script(st,
			 "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			 "PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = OFF; PRAGMA cache_size = -65536;"
			 "PRAGMA foreign_keys = OFF",
			 err))
		return (int)err->code;
	harden(st); /* after journal_mode: a defensive connection may not switch its journal off */
	if (set_max_bytes(st, l, err) || store_int(st, err, &entries, 0, "SELECT count(*) FROM sqlite_schema", ""))
		return (int)err->code;
	return entries ? 0 : store_schema_make(st, err);
}

int store_open_shared(struct store *st, const char *path, const struct limits *l, struct err *err)
{
	if (resolve(&st->path, path, err) || open_file(st, st->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err))
		return (int)err->code;
	harden(st);
	return set_max_bytes(st, l, err);
}

static int open_memory(struct store *st, const struct limits *l, struct err *err)
{
	if (open_file(st, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, err) ||
	    store_script(st, "PRAGMA page_size = 8192", err))
		return (int)err->code;
	harden(st);
	if (set_max_bytes(st, l, err))
		return (int)err->code;
	return store_schema_make(st, err);
}

int store_open(struct store **out, const char *path, enum store_mode mode, const struct limits *limits, struct err *err)
{
	struct store *st = calloc(1, sizeof(*st));
	int rc;

	*out = NULL;
	if (!st)
		return err_nomem(err);
	st->mode = mode;
	if (mode == STORE_MEMORY)
		rc = open_memory(st, limits, err);
	else if (!path)
		rc = err_set(err, ERR_INTERNAL, "a database in a file needs a path");
	else if (resolve(&st->path, path, err))
		rc = (int)err->code;
	else if (mode == STORE_BUILD)
		rc = open_build(st, limits, err);
	else
		rc = open_read(st, err);
	if (rc) {
		store_close(st);
		return path ? err_wrap(err, "'%s'", path) : rc;
	}
	*out = st;
	return 0;
}

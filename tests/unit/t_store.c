// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_store.c - core/store: binding and caching, limits and failures told apart, and databases made by somebody else
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"
#include "core/store.h"
#include "core/store_db.h"
#include "tests/unit/check.h"

static char dir[4096];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static struct store *open_ok(const char *path, enum store_mode mode, const char *file, int line)
{
	struct store *st = NULL;
	struct err err = { 0 };

	check_report(!store_open(&st, path, mode, &limits_default, &err) && st, file, line, "store_open");
	if (!st) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	return st;
}
#define OPEN(path, mode) open_ok(path, mode, __FILE__, __LINE__)

/* Any SQL, on any file, as a stranger would. */
static void raw(const char *path, const char *sql)
{
	sqlite3 *db;
	char *msg = NULL;

	CHECK(sqlite3_open(path, &db) == SQLITE_OK && !sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL));
	if (sqlite3_exec(db, sql, NULL, NULL, &msg) != SQLITE_OK) {
		CHECK(!"raw SQL");
		fprintf(stderr, "%s\n", msg);
	}
	sqlite3_free(msg);
	sqlite3_close(db);
}

/* Without the fsync of file_replace(). */
static void put(const char *path, struct str data)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	CHECK(fd >= 0 && write(fd, data.p, data.n) == (ssize_t)data.n);
	close(fd);
}

static void copy(const char *to, const char *from)
{
	struct buf b = { .limit = 0 };
	struct err err = { 0 };

	CHECK(!file_slurp(&b, from, 64 << 20, &err));
	put(to, buf_view(&b));
	buf_free(&b);
}

static void values(void)
{
	struct store *st = OPEN(NULL, STORE_MEMORY);
	struct err err = { 0 };
	struct stmt *q;

	CHECK(!store_script(st, "CREATE TABLE v (a, b, c, d, e, f)", &err));
	CHECK(!store_run(st, &err, "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", "idstbi", (int64_t)-7, 0.1, "text",
			 (struct str){ "a\0b", 3 }, (const void *)"\0\1", (size_t)2, INT64_MAX));
	CHECK(store_last_id(st) == 1);
	CHECK(!store_run(st, &err, "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", "idstbd", STORE_NULL, NAN, (const char *)NULL,
			 STR_NONE, (const void *)NULL, (size_t)0, INFINITY));
	CHECK(!store_run(st, &err, "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", "idstbi", (int64_t)0, -0.0, "", STR_LIT(""),
			 (const void *)"", (size_t)0, INT64_MIN + 1));
	CHECK(!store_query(st, &q, &err, "SELECT a, b, c, d, e, f AS last FROM v ORDER BY rowid", ""));
	CHECK(store_next(q, &err) && stmt_columns(q) == 6 && !strcmp(stmt_column(q, 5), "last"));
	CHECK(stmt_int(q, 0) == -7 && stmt_real(q, 1) == 0.1 && str_is(stmt_text(q, 2), "text"));
	CHECK(str_eq(stmt_text(q, 3), (struct str){ "a\0b", 3 }) && str_eq(stmt_blob(q, 4), (struct str){ "\0\1", 2 }));
	CHECK(stmt_int(q, 5) == INT64_MAX);
	CHECK(store_next(q, &err));
	for (int col = 0; col < 5; col++)
		CHECK(stmt_null(q, col) && stmt_int(q, col) == STORE_NULL && isnan(stmt_real(q, col)) && !stmt_text(q, col).p &&
		      !stmt_blob(q, col).p);
	CHECK(stmt_real(q, 5) == INFINITY);
	CHECK(store_next(q, &err) && stmt_int(q, 0) == 0 && stmt_real(q, 1) == 0 && !stmt_null(q, 2));
	CHECK(stmt_text(q, 2).p && stmt_text(q, 2).n == 0 && stmt_text(q, 3).p && stmt_blob(q, 4).p && !stmt_null(q, 4));
	CHECK(stmt_int(q, 5) == INT64_MIN + 1);
	CHECK(!store_next(q, &err) && !store_end(q, &err));
	store_close(st);
}

static void one_integer(void)
{
	struct store *st = OPEN(NULL, STORE_MEMORY);
	struct err err = { 0 };
	int64_t n;

	CHECK(!store_int(st, &err, &n, 5, "SELECT 3 WHERE ?", "i", (int64_t)1) && n == 3);
	CHECK(!store_int(st, &err, &n, 5, "SELECT 3 WHERE ?", "i", (int64_t)0) && n == 5);
	CHECK(!store_int(st, &err, &n, 5, "SELECT NULL", "") && n == 5);
	CHECK(store_int(st, &err, &n, 5, "SELECT x FROM nowhere", "") == ERR_STORE && n == 5);
	CHECK(strstr(err.msg, "nowhere") != NULL);
	store_close(st);
}

static void cache(void)
{
	static const char again[] = "SELECT ?";
	struct store *st = OPEN(NULL, STORE_MEMORY);
	struct err err = { 0 };
	struct stmt *q, *p, *first;
	char gone[8] = "abc";
	static char texts[300][32];
	int64_t n;

	CHECK(!store_query(st, &first, &err, again, "i", (int64_t)1) && store_next(first, &err) && !store_end(first, &err));
	for (int i = 0; i < 300; i++) {
		snprintf(texts[i], sizeof(texts[i]), "SELECT %d + ?", i);
		CHECK(!store_int(st, &err, &n, 0, texts[i], "i", (int64_t)i) && n == 2 * i);
	}
	for (int i = 0; i < 300; i++)
		CHECK(!store_int(st, &err, &n, 0, texts[i], "i", (int64_t)1000) && n == 1000 + i);
	/* The same text is the same statement, and one at a time. */
	CHECK(!store_query(st, &q, &err, again, "s", gone) && q == first);
	memset(gone, 'x', 3);
	CHECK(store_query(st, &p, &err, again, "i", (int64_t)2) == ERR_INTERNAL && !p);
	CHECK(store_int(st, &err, &n, 0, again, "i", (int64_t)2) == ERR_INTERNAL);
	CHECK(store_next(q, &err) && str_is(stmt_text(q, 0), "abc"));	/* bound by value */
	CHECK(!store_end(q, &err) && !store_end(NULL, &err));
	CHECK(!store_int(st, &err, &n, 0, again, "i", (int64_t)2) && n == 2);
	store_close(st);
}

static void misuse(void)
{
	struct store *st = OPEN(NULL, STORE_MEMORY);
	struct err err = { 0 };
	struct stmt *q;
	int64_t n;

	CHECK(store_int(st, &err, &n, 0, "SELECT ?, ?", "i", (int64_t)1) == ERR_INTERNAL);
	CHECK(store_int(st, &err, &n, 0, "SELECT ?+0", "ii", (int64_t)1, (int64_t)1) == ERR_INTERNAL);
	CHECK(store_int(st, &err, &n, 0, "SELECT ?+1", "z", 1) == ERR_INTERNAL);
	CHECK(store_run(st, &err, "SELECT 1", "") == ERR_INTERNAL);
	CHECK(store_run(st, &err, "SELECT 1; SELECT 2", "") == ERR_INTERNAL);
	CHECK(store_run(st, &err, "", "") == ERR_INTERNAL);
	CHECK(store_query(st, &q, &err, "SELEKT", "") == ERR_STORE && !q);
	/* Strings in double quotes are mistakes, not strings. */
	CHECK(store_int(st, &err, &n, 0, "SELECT \"abc\"", "") == ERR_STORE);
	CHECK(store_run(st, &err, "SELECT load_extension('x')", "") == ERR_STORE);
	CHECK(store_script(st, "CREATE TABLE once (x); CREATE TABLE once (x)", &err) == ERR_STORE);
	CHECK(!store_end(NULL, &err));
	store_close(st);
	store_close(NULL);
}

static void transactions(void)
{
	struct store *st = OPEN(NULL, STORE_MEMORY);
	struct err err = { 0 };
	int64_t n;

	CHECK(store_sound(st) && !store_begin(st, &err) && !store_sound(st));
	CHECK(!store_run(st, &err, "INSERT INTO meta VALUES ('a', 'b')", "") && !store_commit(st, &err) && store_sound(st));
	CHECK(!store_begin(st, &err) && !store_run(st, &err, "INSERT INTO meta VALUES ('c', 'd')", ""));
	store_rollback(st);
	store_rollback(st);
	CHECK(!store_int(st, &err, &n, 0, "SELECT count(*) FROM meta", "") && n == 1 && store_sound(st));
	CHECK(store_run(st, &err, "INSERT INTO meta VALUES ('a', 'b')", "") == ERR_STORE && strstr(err.msg, "UNIQUE") != NULL);
	CHECK(store_run(st, &err, "INSERT INTO meta VALUES (?, x'00')", "s", "k") == ERR_STORE);	/* STRICT */
	CHECK(store_commit(st, &err) == ERR_STORE);
	store_close(st);
	/* Without a journal a failed write cannot be taken back. */
	st = OPEN("broken.db", STORE_BUILD);
	CHECK(store_sound(st) && !store_begin(st, &err));
	store_rollback(st);
	CHECK(store_sound(st));
	CHECK(store_run(st, &err, "INSERT INTO nowhere VALUES (1)", "") == ERR_STORE && store_sound(st));
	CHECK(!store_begin(st, &err) && !store_run(st, &err, "INSERT INTO meta VALUES ('c', 'd')", ""));
	store_rollback(st);
	CHECK(!store_sound(st));
	store_close(st);
	CHECK(unlink("broken.db") == 0);
}

static void stop_flag(void)
{
	static const char endless[] = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
	struct store *st = OPEN(NULL, STORE_MEMORY);
	volatile int stop = 0;
	struct err err = { 0 };
	struct stmt *q;
	int64_t n;
	int rows = 0;

	store_stop_on(st, &stop);
	CHECK(!store_query(st, &q, &err, endless, ""));
	while (store_next(q, &err))
		stop = ++rows >= 10 ? SIGTERM : 0;
	CHECK(rows > 10 && store_end(q, &err) == ERR_SIGNAL && err.signal == SIGTERM);
	stop = 0;
	CHECK(!store_int(st, &err, &n, 0, "SELECT 1", "") && n == 1);
	store_close(st);
}

/* A row at a time or inside one step: both have an end on a file that is not trusted. */
static void step_limit(void)
{
	static const char rows[] = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
	static const char inside[] = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
	struct store *st = OPEN("ours.db", STORE_READ);
	struct err err = { 0 };
	struct stmt *q;
	int64_t n = 0, dull;

	CHECK(st->max_ops > 1000);
	st->max_ops = 5;
	CHECK(!store_query(st, &q, &err, rows, ""));
	while (store_next(q, &err)) {
		if (++n % 100 == 0)
			CHECK(!store_int(st, &err, &dull, 0, "SELECT 1", "") && dull == 1);
	}
	CHECK(n > 1000 && store_end(q, &err) == ERR_INPUT && strstr(err.msg, "would not end") != NULL);
	CHECK(store_int(st, &err, &n, 0, inside, "") == ERR_INPUT);
	CHECK(!store_int(st, &err, &n, 0, "SELECT 1", "") && n == 1);
	store_close(st);
}

static int fill_up(struct store *st, struct err *err)
{
	int rc = store_begin(st, err);

	for (int i = 0; i < 100000 && !rc; i++)
		rc = store_run(st, err, "INSERT INTO meta VALUES (?, hex(zeroblob(500)))", "i", (int64_t)i);
	return rc ? rc : store_commit(st, err);
}

static void size_limit(void)
{
	struct limits l = limits_default;
	struct err err = { 0 };
	struct store *st;
	struct stat file;

	l.store_bytes = 2 << 20;
	CHECK(!store_open(&st, "full.db", STORE_BUILD, &l, &err));
	CHECK(fill_up(st, &err) == ERR_LIMIT && strstr(err.msg, "store_bytes") != NULL && !store_sound(st));
	store_close(st);
	CHECK(stat("full.db", &file) == 0 && file.st_size <= 2 << 20 && unlink("full.db") == 0);
	CHECK(!store_open(&st, NULL, STORE_MEMORY, &l, &err));
	CHECK(fill_up(st, &err) == ERR_LIMIT);
	store_close(st);
	l.store_bytes = 100;
	CHECK(store_open(&st, NULL, STORE_MEMORY, &l, &err) == ERR_LIMIT && !st);
}

/* A file that cannot grow, with no limit of ours near: the output failed. */
static void no_room(void)
{
	struct rlimit small = { 1 << 20, 1 << 20 };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct err err = { 0 };
		struct store *st;

		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &small) || store_open(&st, "full.db", STORE_BUILD, &limits_default, &err))
			_exit(2);
		if (fill_up(st, &err) != ERR_OUTPUT || !strstr(err.msg, "too large")) {
			fprintf(stderr, "%d %s\n", (int)err.code, err.msg);
			_exit(1);
		}
		store_close(st);
		_exit(0);
	}
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	unlink("full.db");
}

static void build_and_read(void)
{
	struct store *st = OPEN("ours.db", STORE_BUILD), *mem;
	struct err err = { 0 };
	int64_t n, want;
	bool ours;

	CHECK(!store_begin(st, &err));
	CHECK(!store_run(st, &err, "INSERT INTO func (id, name, file, package) VALUES (?, ?, ?, ?)", "isss", (int64_t)1, "main.main",
			 "main.go", "main"));
	CHECK(!store_run(st, &err, "INSERT INTO func (id, name, file, package) VALUES (?, ?, ?, ?)", "isss", (int64_t)2, "main.f",
			 "main.go", "main"));
	CHECK(!store_run(st, &err, "INSERT INTO callsite (id, parent, func, line, inlined) VALUES (1, NULL, 1, 3, 0)", ""));
	CHECK(!store_run(st, &err, "INSERT INTO callsite (id, parent, func, line, inlined) VALUES (2, 1, 2, 9, 0)", ""));
	CHECK(!store_commit(st, &err));
	CHECK(!store_schema_is_ours(st, &ours, &err) && !ours);		/* the indexes are missing */
	CHECK(!store_make_indexes(st, &err) && !store_make_indexes(st, &err));
	CHECK(!store_schema_is_ours(st, &ours, &err) && ours);
	CHECK(!store_int(st, &err, &n, 0, "PRAGMA page_size", "") && n == 8192);
	store_close(st);
	CHECK(access("ours.db-journal", F_OK) != 0 && access("ours.db-wal", F_OK) != 0);
	st = OPEN("ours.db", STORE_BUILD);				/* again: the schema is there already */
	CHECK(!store_int(st, &err, &n, 0, "SELECT count(*) FROM callsite", "") && n == 2);
	store_close(st);
	st = OPEN("ours.db", STORE_READ);
	mem = OPEN(NULL, STORE_MEMORY);
	CHECK(!store_schema_is_ours(st, &ours, &err) && ours);
	CHECK(!store_int(st, &err, &n, 0, "SELECT count(*) FROM callsite", "") && n == 2);
	CHECK(store_run(st, &err, "INSERT INTO meta VALUES ('a', 'b')", "") == ERR_INPUT);
	CHECK(store_script(st, "CREATE TEMP TABLE x (y)", &err) != 0);
	CHECK(store_script(st, "ATTACH 'other.db' AS o", &err) == ERR_STORE && access("other.db", F_OK) != 0);
	/* Our views stand in temp, all of them, and can be queried. */
	CHECK(!store_int(st, &err, &n, 0, "SELECT count(*) FROM temp.sqlite_schema WHERE type = 'view'", ""));
	CHECK(!store_int(mem, &err, &want, 0, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", ""));
	CHECK(n == want && n > 0);
	store_close(mem);
	store_close(st);
}

/* Every view compiles and runs, here and over a read-only file. */
static void views_run(void)
{
	struct store *mem = OPEN(NULL, STORE_MEMORY), *st = OPEN("ours.db", STORE_READ);
	static char sql[200][128];
	struct err err = { 0 };
	struct stmt *q;
	int64_t n;
	int i = 0;

	CHECK(!store_query(mem, &q, &err, "SELECT name FROM sqlite_schema WHERE type = 'view'", ""));
	while (store_next(q, &err) && i < 199)
		snprintf(sql[i++], sizeof(sql[0]), "SELECT count(*) FROM %.*s", (int)stmt_text(q, 0).n, stmt_text(q, 0).p);
	CHECK(!store_end(q, &err) && i > 0);
	while (i--) {
		err.code = ERR_OK;
		CHECK(!store_int(mem, &err, &n, -1, sql[i], "") && n >= 0);
		CHECK(!store_int(st, &err, &n, -1, sql[i], "") && n >= 0);
		if (err.code)
			fprintf(stderr, "%s: %s\n", sql[i], err.msg);
	}
	store_close(mem);
	store_close(st);
}

static void check_refused(const char *path, int code, const char *word, const char *file, int line)
{
	struct store *st = (struct store *)1;
	struct err err = { 0 };
	int rc = store_open(&st, path, STORE_READ, &limits_default, &err);

	check_report(rc == code && !st, file, line, path);
	check_report(strstr(err.msg, word) != NULL && strstr(err.msg, path) != NULL, file, line, err.msg);
}
#define REFUSED(path, word) check_refused(path, ERR_INPUT, word, __FILE__, __LINE__)

static void not_a_database(void)
{
	struct err err = { 0 };
	struct store *st;
	char far[700];

	CHECK(!file_replace("text.db", STR_LIT("goroutine 1 [running]:\n"), &err) && !file_replace("empty.db", STR_LIT(""), &err));
	CHECK(!mkdir("folder.db", 0755) && !mkfifo("fifo.db", 0644) && !symlink("ours.db", "link.db"));
	REFUSED("missing.db", "No such file");
	REFUSED("missing/a.db", "No such file");
	REFUSED("text.db", "not a database of attrib");
	REFUSED("empty.db", "not a database of attrib");
	REFUSED("folder.db", "not a database of attrib");
	REFUSED("fifo.db", "not a database of attrib");
	REFUSED("link.db", "symbolic link");
	raw("foreign.db", "CREATE TABLE t (x)");
	REFUSED("foreign.db", "not a database of attrib");
	memset(far, 'x', sizeof(far));
	far[sizeof(far) - 1] = 0;
	CHECK(store_open(&st, far, STORE_READ, &limits_default, &err) == ERR_INPUT && strstr(err.msg, "longer than 511"));
	/* A folder behind a link is an everyday thing; odd names too. */
	CHECK(!mkdir("real dir %41?#&", 0755) && !symlink("real dir %41?#&", "via"));
	copy("via/o?mode=rw#.db", "ours.db");
	store_close(OPEN("via/o?mode=rw#.db", STORE_READ));
	store_close(OPEN("real dir %41?#&/o?mode=rw#.db", STORE_READ));
}

static void version(void)
{
	copy("v.db", "ours.db");
	raw("v.db", "PRAGMA user_version = 999");
	REFUSED("v.db", "another version");
	copy("v.db", "ours.db");
	raw("v.db", "PRAGMA application_id = 5");
	REFUSED("v.db", "not a database of attrib");
}

/* Our mark, our version, and something else inside. */
static void tampered(void)
{
	static const char *const refused[] = {
		"CREATE TABLE extra (x)",
		"ALTER TABLE func ADD COLUMN evil TEXT AS (hex(zeroblob(10)))",
		"ALTER TABLE func RENAME TO func2",
		"DROP TABLE guilty; CREATE VIEW guilty AS SELECT 1",
		"DROP TABLE guilty; CREATE TABLE guilty (analysis, cause, rank, role, func, line, path, share)",
		"CREATE VIRTUAL TABLE words USING fts5 (a)",
		"DROP TABLE guilty; CREATE VIRTUAL TABLE guilty USING fts5 (a)",
	};
	static const char *const rows[] = {
		"PRAGMA ignore_check_constraints = ON; UPDATE callsite SET parent = 2 WHERE id = 1",
		"PRAGMA ignore_check_constraints = ON; INSERT INTO run (folder, name, hint) VALUES ('', '', 'side')",
		"PRAGMA ignore_check_constraints = ON; INSERT INTO path (id, parent, symbol) VALUES (7, 7, 1)",
		"PRAGMA ignore_check_constraints = ON; INSERT INTO gate VALUES (1, '', 'fail', 1, 1, 1, 'passed')",
	};
	struct store *st;
	struct err err = { 0 };
	int64_t n;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		copy("t.db", "ours.db");
		raw("t.db", refused[i]);
		REFUSED("t.db", "other tables");
	}
	/* Rows that no attrib wrote: the CHECKs tell. */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		copy("t.db", "ours.db");
		raw("t.db", rows[i]);
		REFUSED("t.db", "CHECK of the schema");
	}
	/* Views and triggers of its own are there and are not used. */
	copy("t.db", "ours.db");
	raw("t.db", "DROP VIEW answers; CREATE VIEW answers AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x FROM c) "
		    "SELECT x AS analysis FROM c; CREATE VIEW mine AS SELECT load_extension('x') AS x;"
		    "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM func; END");
	st = OPEN("t.db", STORE_READ);
	CHECK(!store_int(st, &err, &n, -1, "SELECT count(*) FROM answers", "") && n == 0);
	CHECK(store_int(st, &err, &n, -1, "SELECT count(*) FROM mine", "") == ERR_STORE);
	CHECK(store_int(st, &err, &n, -1, "SELECT count(*) FROM main.answers", "") == ERR_STORE);
	store_close(st);
}

/* What is planted beside the file is neither replayed nor removed, and the file is not written. */
static void planted_logs(void)
{
	struct store *st;
	struct err err = { 0 };
	struct stat a, b;
	int64_t n;
	pid_t pid;
	int status;

	copy("w.db", "ours.db");
	pid = fork();
	if (pid == 0) {	/* dies with a -wal that holds a row */
		raw("w.db", "PRAGMA journal_mode = WAL");
		sqlite3 *db;

		if (sqlite3_open("w.db", &db) || sqlite3_exec(db, "INSERT INTO meta VALUES ('planted', 'x')", NULL, NULL, NULL)) {
			fprintf(stderr, "%s\n", sqlite3_errmsg(db));
			_exit(1);
		}
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(stat("w.db-wal", &a) == 0 && a.st_size > 0);
	st = OPEN("w.db", STORE_READ);
	CHECK(!store_int(st, &err, &n, -1, "SELECT count(*) FROM meta", "") && n == 0);
	store_close(st);
	CHECK(stat("w.db-wal", &b) == 0 && a.st_size == b.st_size);

	copy("j.db", "ours.db");
	pid = fork();
	if (pid == 0) {	/* dies with a hot journal: pages spilled, not committed */
		sqlite3 *db;

		if (sqlite3_open("j.db", &db) ||
		    sqlite3_exec(db, "PRAGMA cache_size = 5; BEGIN; UPDATE func SET name = name || 'x';"
				     "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000)"
				     "INSERT INTO meta SELECT x, hex(zeroblob(500)) FROM c", NULL, NULL, NULL))
			_exit(1);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(stat("j.db-journal", &a) == 0 && a.st_size > 0 && stat("j.db", &b) == 0);
	/* Half a transaction: refused or read, but the journal stays a stranger's. */
	if (store_open(&st, "j.db", STORE_READ, &limits_default, &err) == 0)
		store_close(st);
	else
		CHECK(err.code == ERR_INPUT);
	CHECK(stat("j.db-journal", &a) == 0 && a.st_size > 0 && stat("j.db", &a) == 0);
	CHECK(a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec && a.st_size == b.st_size);
}

/* Bytes changed anywhere behind the header: refused with one of three codes, or opened and read to the end. */
static void mutants(void)
{
	struct buf whole = { .limit = 0 };
	struct err err = { 0 };
	uint64_t state = 42;
	int opened = 0, refused = 0, other = 0;

	CHECK(!file_slurp(&whole, "ours.db", 64 << 20, &err));
	for (int i = 0; i < 100; i++) {
		struct buf b = { .limit = 0 };
		struct store *st;
		int64_t n;

		buf_str(&b, buf_view(&whole));
		for (int k = 0; k < 1 + i % 8; k++) {
			state = state * 6364136223846793005ULL + 1442695040888963407ULL;
			b.data[100 + (state >> 20) % (b.len - 100)] = (char)(state >> 56);
		}
		if (i % 10 == 9)
			b.len = b.len / 10 * (size_t)(i % 9 + 1);
		put("mutant.db", buf_view(&b));
		err.code = ERR_OK;
		if (!store_open(&st, "mutant.db", STORE_READ, &limits_default, &err)) {
			opened++;
			if (store_int(st, &err, &n, 0, "SELECT sum(line) FROM callsite JOIN func ON func.id = func", ""))
				other += err.code != ERR_INPUT;
			store_close(st);
		} else {
			refused++;
			other += err.code != ERR_INPUT && err.code != ERR_IO;
		}
		if (other)
			fprintf(stderr, "mutant %d: %d %s\n", i, (int)err.code, err.msg);
		buf_free(&b);
		if (other)
			break;
	}
	CHECK(other == 0 && opened > 5 && refused > 5);
	buf_free(&whole);
}

/* SQLite's words may carry a name from the file: no escape sequence gets through. */
static void hostile_words(void)
{
	struct err err = { 0 };
	struct store *st;

	copy("t.db", "ours.db");
	raw("t.db", "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE ' || name || ' (' || char(27, 155) || ')' "
		    ", name = 'func' || char(27) || '[31m' || char(8238) WHERE name = 'func'");
	CHECK(store_open(&st, "t.db", STORE_READ, &limits_default, &err) == ERR_INPUT && !st);
	CHECK(!strchr(err.msg, 27) && !strstr(err.msg, "\xe2\x80\xae") && !strstr(err.msg, "\xc2\x9b"));
	CHECK(strstr(err.msg, "damaged") != NULL);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%s/t_store-XXXXXX", tmp ? tmp : P_tmpdir);
	if (!mkdtemp(dir) || chdir(dir)) {
		perror(dir);
		return 1;
	}
	values();
	one_integer();
	cache();
	misuse();
	transactions();
	stop_flag();
	size_limit();
	no_room();
	build_and_read();
	views_run();
	step_limit();
	not_a_database();
	version();
	tampered();
	planted_logs();
	mutants();
	hostile_words();
	CHECK(chdir("/") == 0 && nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
	return check_done();
}

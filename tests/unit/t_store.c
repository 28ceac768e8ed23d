// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_store.c - core/store: binding and caching, limits and failures told apart, our own files written and read
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store.h"
#include "core/store_db.h"
#include "tests/unit/check.h"
#include "tests/unit/opened.h"
#include "tests/unit/scratch.h"

static void values(void)
{
	struct store *st = OPEN(NULL, STORE_MEMORY);
	struct err err = { 0 };
	struct stmt *q;

	CHECK(!store_script(st, "CREATE TABLE v (a, b, c, d, e, f)", &err));
	CHECK(!store_run(st, &err, "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", "idstbi", (int64_t)-7, 0.1, "text",
			 (struct str){ "a\0b", 3 }, (const void *)"\0\1", (size_t)2, INT64_MAX));
	CHECK(store_last_id(st) == 1);
	CHECK(!store_run(st, &err, "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", "idstbd", STORE_NULL, NAN,
			 (const char *)NULL, STR_NONE, (const void *)NULL, (size_t)0, INFINITY));
	CHECK(!store_run(st, &err, "INSERT INTO v VALUES (?, ?, ?, ?, ?, ?)", "idstbi", (int64_t)0, -0.0, "",
			 STR_LIT(""), (const void *)"", (size_t)0, INT64_MIN + 1));
	CHECK(!store_query(st, &q, &err, "SELECT a, b, c, d, e, f AS last FROM v ORDER BY rowid", ""));
	CHECK(store_next(q, &err) && stmt_columns(q) == 6 && !strcmp(stmt_column(q, 5), "last"));
	CHECK(stmt_int(q, 0) == -7 && stmt_real(q, 1) == 0.1 && str_is(stmt_text(q, 2), "text"));
	CHECK(str_eq(stmt_text(q, 3), (struct str){ "a\0b", 3 }) && str_eq(stmt_blob(q, 4), (struct str){ "\0\1", 2 }));
	CHECK(stmt_int(q, 5) == INT64_MAX);
	CHECK(store_next(q, &err));
	for (int col = 0; col < 5; col++)
		CHECK(stmt_null(q, col) && stmt_int(q, col) == STORE_NULL && isnan(stmt_real(q, col)) &&
		      !stmt_text(q, col).p && !stmt_blob(q, col).p);
	CHECK(stmt_real(q, 5) == INFINITY);
	CHECK(store_next(q, &err) && stmt_int(q, 0) == 0 && stmt_real(q, 1) == 0 && !stmt_null(q, 2));
	CHECK(stmt_text(q, 2).p && stmt_text(q, 2).n == 0 && stmt_text(q, 3).p && stmt_blob(q, 4).p &&
	      !stmt_null(q, 4));
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

	CHECK(!store_query(st, &first, &err, again, "i", (int64_t)1) && store_next(first, &err) &&
	      !store_end(first, &err));
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
	CHECK(store_next(q, &err) && str_is(stmt_text(q, 0), "abc")); /* bound by value */
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
	CHECK(!store_run(st, &err, "INSERT INTO meta VALUES ('a', 'b')", "") && !store_commit(st, &err) &&
	      store_sound(st));
	CHECK(!store_begin(st, &err) && !store_run(st, &err, "INSERT INTO meta VALUES ('c', 'd')", ""));
	store_rollback(st);
	store_rollback(st);
	CHECK(!store_int(st, &err, &n, 0, "SELECT count(*) FROM meta", "") && n == 1 && store_sound(st));
	CHECK(store_run(st, &err, "INSERT INTO meta VALUES ('a', 'b')", "") == ERR_STORE &&
	      strstr(err.msg, "UNIQUE") != NULL);
	CHECK(store_run(st, &err, "INSERT INTO meta VALUES (?, x'00')", "s", "k") == ERR_STORE); /* STRICT */
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
	static const char endless[] =
		"WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";
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
	static const char inside[] =
		"WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
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

static int fill_up(struct store *st, int rows, struct err *err)
{
	int rc = store_begin(st, err);

	for (int i = 0; i < rows && !rc; i++)
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
	CHECK(fill_up(st, 100000, &err) == ERR_LIMIT && strstr(err.msg, "store_bytes") != NULL && !store_sound(st));
	store_close(st);
	CHECK(stat("full.db", &file) == 0 && file.st_size <= 2 << 20 && unlink("full.db") == 0);
	CHECK(!store_open(&st, NULL, STORE_MEMORY, &l, &err));
	CHECK(fill_up(st, 100000, &err) == ERR_LIMIT);
	store_close(st);
	l.store_bytes = 100;
	CHECK(store_open(&st, NULL, STORE_MEMORY, &l, &err) == ERR_LIMIT && !st);
}

/* A file that cannot grow, with no limit of ours near: the output failed, in an INSERT or, when all fits the cache, in
 * COMMIT. */
static void no_room(int rows)
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
		if (fill_up(st, rows, &err) != ERR_OUTPUT || !strstr(err.msg, "cannot write the database: ") ||
		    store_sound(st)) {
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
	CHECK(!store_run(st, &err, "INSERT INTO func (id, name, file, package) VALUES (?, ?, ?, ?)", "isss", (int64_t)1,
			 "main.main", "main.go", "main"));
	CHECK(!store_run(st, &err, "INSERT INTO func (id, name, file, package) VALUES (?, ?, ?, ?)", "isss", (int64_t)2,
			 "main.f", "main.go", "main"));
	CHECK(!store_run(st, &err, "INSERT INTO callsite (id, parent, func, line, inlined) VALUES (1, NULL, 1, 3, 0)",
			 ""));
	CHECK(!store_run(st, &err, "INSERT INTO callsite (id, parent, func, line, inlined) VALUES (2, 1, 2, 9, 0)",
			 ""));
	CHECK(!store_commit(st, &err));
	CHECK(!store_schema_is_ours(st, &ours, &err) && !ours); /* the indexes are missing */
	CHECK(!store_make_indexes(st, &err) && !store_make_indexes(st, &err));
	CHECK(!store_schema_is_ours(st, &ours, &err) && ours);
	CHECK(!store_int(st, &err, &n, 0, "PRAGMA page_size", "") && n == 8192);
	store_close(st);
	CHECK(access("ours.db-journal", F_OK) != 0 && access("ours.db-wal", F_OK) != 0);
	st = OPEN("ours.db", STORE_BUILD); /* again: the schema is there already */
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
		snprintf(sql[i++], sizeof(sql[0]), "SELECT count(*) FROM %.*s", (int)stmt_text(q, 0).n,
			 stmt_text(q, 0).p);
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

int main(void)
{
	scratch_enter("t_store");
	values();
	one_integer();
	cache();
	misuse();
	transactions();
	stop_flag();
	size_limit();
	no_room(100000);
	no_room(3000);
	build_and_read();
	views_run();
	step_limit();
	scratch_leave();
	return check_done();
}

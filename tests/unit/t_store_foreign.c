// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_store_foreign.c - core/store: databases made by somebody else are refused, or read without running what they bring
 */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store.h"
#include "tests/unit/check.h"
#include "tests/unit/opened.h"
#include "tests/unit/scratch.h"

/* Any SQL, on any file, as a stranger would. */
static void raw(const char *path, const char *sql)
{
	sqlite3 *db;
	char *msg = NULL;

	CHECK(sqlite3_open(path, &db) == SQLITE_OK && !sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL));
	if (sqlite3_exec(db, sql, NULL, NULL, &msg) != SQLITE_OK)
		fprintf(stderr, "%s\n", msg);
	CHECK(msg == NULL);
	sqlite3_free(msg);
	sqlite3_close(db);
}

static void copy(const char *to, const char *from)
{
	struct buf b = bytes_of(from);

	put(to, buf_view(&b));
	buf_free(&b);
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

	CHECK(!file_replace("text.db", STR_LIT("goroutine 1 [running]:\n"), &err) &&
	      !file_replace("empty.db", STR_LIT(""), &err));
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
	CHECK(store_open(&st, far, STORE_READ, &limits_default, &err) == ERR_INPUT &&
	      strstr(err.msg, "longer than 511"));
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
	/* For bytes that are known the rows are not asked again; everything else holds. */
	store_close(OPEN("t.db", STORE_KNOWN));
	copy("t.db", "ours.db");
	raw("t.db", refused[0]);
	CHECK(store_open(&st, "t.db", STORE_KNOWN, &limits_default, &err) == ERR_INPUT && !st);
	/* Views and triggers of its own are there and are not used. */
	copy("t.db", "ours.db");
	raw("t.db",
	    "DROP VIEW answers; CREATE VIEW answers AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x FROM c) "
	    "SELECT x AS analysis FROM c; CREATE VIEW mine AS SELECT load_extension('x') AS x;"
	    "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM func; END");
	st = OPEN("t.db", STORE_READ);
	CHECK(!store_int(st, &err, &n, -1, "SELECT count(*) FROM answers", "") && n == 0);
	CHECK(store_int(st, &err, &n, -1, "SELECT count(*) FROM mine", "") == ERR_STORE);
	CHECK(store_int(st, &err, &n, -1, "SELECT count(*) FROM main.answers", "") == ERR_STORE);
	store_close(st);
}

/* A page of zeros where the file says an index is: no query of ours need notice, quick_check does. */
static void damaged(void)
{
	static char zeros[8192];
	struct store *st = OPEN("ours.db", STORE_READ);
	struct err err = { 0 };
	int64_t root;
	int fd;

	CHECK(!store_int(st, &err, &root, 0, "SELECT rootpage FROM main.sqlite_schema WHERE name = 'callsite_by_func'",
			 ""));
	CHECK(root > 1);
	store_close(st);
	copy("t.db", "ours.db");
	fd = open("t.db", O_WRONLY | O_CLOEXEC);
	CHECK(pwrite(fd, zeros, sizeof(zeros), (root - 1) * (int64_t)sizeof(zeros)) == sizeof(zeros));
	close(fd);
	REFUSED("t.db", "damaged");
}

/* Statistics are the one table that may be there beside ours; as a virtual one it has no module to run. */
static void statistics(void)
{
	struct err err = { 0 };
	struct store *st;
	int64_t n;

	copy("t.db", "ours.db");
	raw("t.db", "ANALYZE");
	store_close(OPEN("t.db", STORE_READ));
	copy("t.db", "ours.db");
	raw("t.db",
	    "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('table', 'sqlite_stat1', 'sqlite_stat1', 0,"
	    "'CREATE VIRTUAL TABLE sqlite_stat1 USING fts5 (tbl, idx, stat)')");
	st = OPEN("t.db", STORE_READ);
	CHECK(store_int(st, &err, &n, 0, "SELECT count(*) FROM sqlite_stat1", "") == ERR_STORE);
	CHECK(strstr(err.msg, "no such module") != NULL);
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
	if (pid == 0) { /* dies with a -wal that holds a row */
		sqlite3 *db;

		raw("w.db", "PRAGMA journal_mode = WAL");
		if (sqlite3_open("w.db", &db) ||
		    sqlite3_exec(db, "INSERT INTO meta VALUES ('planted', 'x')", NULL, NULL, NULL)) {
			fprintf(stderr, "%s\n", sqlite3_errmsg(db));
			_exit(1);
		}
		raise(SIGKILL);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	CHECK(stat("w.db-wal", &a) == 0 && a.st_size > 0);
	st = OPEN("w.db", STORE_READ);
	CHECK(!store_int(st, &err, &n, -1, "SELECT count(*) FROM meta", "") && n == 0);
	store_close(st);
	CHECK(stat("w.db-wal", &b) == 0 && a.st_size == b.st_size);

	copy("j.db", "ours.db");
	pid = fork();
	if (pid == 0) { /* dies with a hot journal: pages spilled, not committed */
		sqlite3 *db;

		if (sqlite3_open("j.db", &db) ||
		    sqlite3_exec(db,
				 "PRAGMA cache_size = 5; BEGIN; UPDATE func SET name = name || 'x';"
				 "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000)"
				 "INSERT INTO meta SELECT x, hex(zeroblob(500)) FROM c",
				 NULL, NULL, NULL))
			_exit(1);
		raise(SIGKILL);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
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
	for (int i = 0; i < 60; i++) {
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
			if (store_int(st, &err, &n, 0, "SELECT sum(line) FROM callsite JOIN func ON func.id = func",
				      ""))
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
	raw("t.db", "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE ' || name || ' (' || "
		    "char(27, 155) || ')' "
		    ", name = 'func' || char(27) || '[31m' || char(8238) WHERE name = 'func'");
	CHECK(store_open(&st, "t.db", STORE_READ, &limits_default, &err) == ERR_INPUT && !st);
	CHECK(!strchr(err.msg, 27) && !strstr(err.msg, "\xe2\x80\xae") && !strstr(err.msg, "\xc2\x9b"));
	CHECK(strstr(err.msg, "damaged") != NULL);
}

/* A small database of ours that everything here is made from. */
static void make_ours(void)
{
	struct store *st = OPEN("ours.db", STORE_BUILD);
	struct err err = { 0 };

	CHECK(!store_script(
		st,
		"BEGIN; INSERT INTO func (id, name, file, package) VALUES (1, 'main.main', 'main.go', 'main'),"
		"(2, 'main.f', 'main.go', 'main');"
		"INSERT INTO callsite (id, parent, func, line, inlined) VALUES (1, NULL, 1, 3, 0), (2, 1, 2, 9, 0); "
		"COMMIT",
		&err));
	CHECK(!store_make_indexes(st, &err));
	store_close(st);
}

int main(void)
{
	scratch_enter("t_store_foreign");
	make_ours();
	not_a_database();
	version();
	tampered();
	damaged();
	statistics();
	planted_logs();
	mutants();
	hostile_words();
	scratch_leave();
	return check_done();
}

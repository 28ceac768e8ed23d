// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_storefile.c - core/storefile: published and trusted, touched and not trusted, killed and whole, two at once
 */
#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"
#include "core/storefile.h"
#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#define DB    "run/attrib/attrib.db"
#define STATE "state/attrib"

static void raw(const char *sql)
{
	sqlite3 *db;
	char *msg = NULL;

	CHECK(sqlite3_open(DB, &db) == SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &msg) != SQLITE_OK)
		fprintf(stderr, "%s\n", msg);
	CHECK(msg == NULL);
	sqlite3_free(msg);
	sqlite3_close(db);
}

/* Names in folder; with `digests` only those of 64 characters. */
static int entries(const char *folder, bool digests)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += digests ? strlen(e->d_name) == 64 : e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

/* Opens the life cycle and checks what it thinks of the file. word NULL: trusted or nothing there. */
static struct storefile init(bool trusted, const char *word, const char *file, int line)
{
	struct storefile f;
	struct err err = { 0 };

	if (storefile_init(&f, DB, STATE, false, &limits_default, &err)) {
		fprintf(stderr, "%s:%d: %s\n", file, line, err.msg);
		exit(1);
	}
	check_report(f.trusted == trusted && !f.tmp, file, line, "trusted");
	check_report(word ? strstr(f.why, word) != NULL : !f.why[0], file, line, f.why);
	check_report(storefile_is_ours(DB, STATE) == (trusted || (word && strstr(word, "version"))), file, line,
		     "is_ours");
	return f;
}
#define INIT(trusted, word) init(trusted, word, __FILE__, __LINE__)

static int64_t metas(struct store *st)
{
	struct err err = { 0 };
	int64_t n = -1;

	CHECK(!store_int(st, &err, &n, -1, "SELECT count(*) FROM meta", ""));
	return n;
}

/* One analysis: begins with `before` rows and leaves one more. */
static void publish(bool trusted, const char *word, int64_t before)
{
	struct storefile f = INIT(trusted, word);
	struct err err = { 0 };
	struct store *st;
	char *tmp;

	CHECK(!storefile_begin(&f, &st, &limits_default, &err));
	CHECK(f.tmp && strstr(f.tmp, DB FILE_TEMP_MARK) == f.tmp && !access(f.tmp, F_OK));
	tmp = strdup(f.tmp);
	CHECK(metas(st) == before);
	CHECK(!store_run(st, &err, "INSERT INTO meta VALUES (?, 'x')", "i", before));
	CHECK(!storefile_publish(&f, st, &err) && !f.tmp && !f.why[0]);
	CHECK(access(tmp, F_OK) != 0 && entries("run/attrib", false) == 1);
	CHECK(storefile_is_ours(DB, STATE));
	free(tmp);
	storefile_free(&f);
	storefile_free(&f);
}

static void cycle(void)
{
	struct stat st;
	struct buf a, b;

	umask(022);
	publish(false, NULL, 0);
	CHECK(stat(DB, &st) == 0 && (st.st_mode & 0777) == 0644);
	CHECK(entries(STATE, true) == 1);
	publish(true, NULL, 1);
	publish(true, NULL, 2);
	CHECK(entries(STATE, true) == 3);
	/* Moved folders and copies are the same bytes; the same work is the same bytes. */
	a = bytes_of(DB);
	CHECK(rename(DB, "elsewhere.db") == 0 && storefile_is_ours("elsewhere.db", STATE));
	publish(false, NULL, 0);
	publish(true, NULL, 1);
	publish(true, NULL, 2);
	b = bytes_of(DB);
	CHECK(str_eq(buf_view(&a), buf_view(&b)));
	buf_free(&a);
	buf_free(&b);
	CHECK(!storefile_is_ours(DB, NULL) && !storefile_is_ours("nothing", STATE) && !storefile_is_ours("run", STATE));
	CHECK(!storefile_is_ours(DB, "state") && !storefile_is_ours(DB, "nothing"));
}

static void restore(const struct buf *good)
{
	struct storefile f;

	put(DB, buf_view(good));
	f = INIT(true, NULL);
	storefile_free(&f);
}

/* Whatever touched the file, it is built anew, and the reason is said. */
static void tamper(void)
{
	static const char *const sql[] = {
		"INSERT INTO meta VALUES ('false', 'row')",
		"CREATE TABLE extra (x)",
		"CREATE VIEW extra AS SELECT 1",
		"DROP INDEX callsite_by_func",
		"PRAGMA user_version = 2",
		"PRAGMA application_id = 1",
		"VACUUM; PRAGMA journal_mode = WAL",
	};
	struct buf good = bytes_of(DB);
	struct storefile f;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		raw(sql[i]);
		f = INIT(false, "changed since");
		storefile_free(&f);
		restore(&good);
	}
	for (size_t at = 0; at < good.len; at += 1 + good.len / 37) {
		good.data[at] ^= 1;
		put(DB, buf_view(&good));
		good.data[at] ^= 1;
		f = INIT(false, "changed since");
		storefile_free(&f);
	}
	put(DB, (struct str){ good.data, good.len - 1 });
	f = INIT(false, "changed since");
	storefile_free(&f);
	put(DB, STR_LIT(""));
	f = INIT(false, "changed since");
	storefile_free(&f);
	restore(&good);
	/* Without a state folder nothing is known. */
	{
		struct err err = { 0 };

		CHECK(!storefile_init(&f, DB, NULL, false, &limits_default, &err) && !f.trusted &&
		      strstr(f.why, "state folder") != NULL);
		storefile_free(&f);
		CHECK(!storefile_init(&f, DB, "nothing", false, &limits_default, &err) && !f.trusted && f.why[0]);
		storefile_free(&f);
	}
	/* A link and a FIFO are not followed and not waited for. */
	CHECK(rename(DB, "elsewhere.db") == 0 && symlink("../../elsewhere.db", DB) == 0);
	f = INIT(false, "regular file");
	storefile_free(&f);
	CHECK(unlink(DB) == 0 && mkfifo(DB, 0644) == 0);
	f = INIT(false, "regular file");
	storefile_free(&f);
	CHECK(rename("elsewhere.db", DB) == 0);
	restore(&good);
	buf_free(&good);
}

/* Bytes that are known and have another schema: an older program of ours wrote them. */
static void known_but_other(void)
{
	static const char *const sql[] = { "CREATE VIEW extra AS SELECT 1", "CREATE TABLE extra (x)",
					   "PRAGMA user_version = 999", "CREATE INDEX extra ON meta (value)",
					   "CREATE TRIGGER extra AFTER INSERT ON meta BEGIN SELECT 1; END" };
	struct buf good = bytes_of(DB);
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		unsigned char digest[FILE_SHA256];
		char hex[2 * FILE_SHA256 + 1], entry[200];
		struct storefile f;
		int fd;

		raw(sql[i]);
		fd = open(DB, O_RDONLY | O_CLOEXEC);
		CHECK(!file_sha256(fd, digest, &err));
		close(fd);
		file_hex(hex, digest, sizeof(digest));
		snprintf(entry, sizeof(entry), STATE "/%s", hex);
		put(entry, STR_LIT(""));
		CHECK(storefile_is_ours(DB, STATE));
		CHECK(!storefile_init(&f, DB, STATE, false, &limits_default, &err) && !f.trusted && f.why[0]);
		CHECK(strstr(f.why, "version") != NULL || strstr(f.why, "tables") != NULL);
		storefile_free(&f);
		/* An entry that others could have made proves nothing. */
		restore(&good);
		CHECK(unlink(entry) == 0);
	}
	CHECK(chmod(STATE, 0777) == 0 && !storefile_is_ours(DB, STATE) && chmod(STATE, 0755) == 0 &&
	      storefile_is_ours(DB, STATE));
	buf_free(&good);
}

/* What must not be published is not, and the old file stays. */
static void refused_publish(void)
{
	static const char *const sql[] = {
		"CREATE TABLE extra (x)", "BEGIN; INSERT INTO meta VALUES ('open', 'x')",
		"INSERT INTO meta VALUES ('twice', 'x'); INSERT INTO meta VALUES ('twice', 'x')", "ANALYZE"
	};
	struct buf good = bytes_of(DB), now;
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		struct storefile f = INIT(true, NULL);
		struct store *st;

		CHECK(!storefile_begin(&f, &st, &limits_default, &err));
		CHECK(store_script(st, sql[i], &err) == (i == 2 ? ERR_STORE : 0));
		CHECK(storefile_publish(&f, st, &err) == ERR_INTERNAL && !f.tmp);
		storefile_free(&f);
		CHECK(entries("run/attrib", false) == 1);
	}
	now = bytes_of(DB);
	CHECK(str_eq(buf_view(&good), buf_view(&now)));
	buf_free(&now);
	buf_free(&good);
}

/* Given up, or killed, before the rename: the old one stands; what a kill left is gone at the next start. */
static void given_up(void)
{
	struct storefile f = INIT(true, NULL);
	struct err err = { 0 };
	struct store *st;
	pid_t pid;
	int status;

	CHECK(!storefile_begin(&f, &st, &limits_default, &err) && entries("run/attrib", false) == 2);
	store_close(st);
	storefile_free(&f);
	CHECK(entries("run/attrib", false) == 1);
	pid = fork();
	if (pid == 0) {
		if (storefile_init(&f, DB, STATE, false, &limits_default, &err) ||
		    storefile_begin(&f, &st, &limits_default, &err))
			_exit(1);
		raise(SIGKILL);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(entries("run/attrib", false) == 2);
	put("run/attrib/report.html.tmp-1", STR_LIT("not ours to remove"));
	f = INIT(true, NULL);
	CHECK(entries("run/attrib", false) == 2 && access("run/attrib/report.html.tmp-1", F_OK) == 0);
	CHECK(unlink("run/attrib/report.html.tmp-1") == 0);
	storefile_free(&f);
}

/* Changed between the decision and the copy: not one byte of it is used. */
static void swapped(void)
{
	struct buf good = bytes_of(DB);
	struct storefile f = INIT(true, NULL);
	struct err err = { 0 };
	struct store *st = (struct store *)1;
	struct timespec tick = { 0, 20000000 };

	nanosleep(&tick, NULL);
	put(DB, buf_view(&good));
	CHECK(storefile_begin(&f, &st, &limits_default, &err) == ERR_IO && !st && !f.tmp &&
	      strstr(err.msg, "changed") != NULL);
	storefile_free(&f);
	CHECK(entries("run/attrib", false) == 1);
	f = INIT(true, NULL);
	CHECK(unlink(DB) == 0);
	CHECK(storefile_begin(&f, &st, &limits_default, &err) == ERR_IO && !st);
	storefile_free(&f);
	restore(&good);
	buf_free(&good);
}

/* No room for the copy or for the new one: the old one stays. */
static void no_room(void)
{
	struct buf good = bytes_of(DB), now;
	struct rlimit small = { 8192, 8192 };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct storefile f;
		struct store *st;
		struct err err = { 0 };

		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &small) || storefile_init(&f, DB, STATE, false, &limits_default, &err) ||
		    !f.trusted)
			_exit(2);
		if (storefile_begin(&f, &st, &limits_default, &err) != ERR_OUTPUT || !strstr(err.msg, "too large"))
			_exit(3);
		storefile_free(&f);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(entries("run/attrib", false) == 1);
	now = bytes_of(DB);
	CHECK(str_eq(buf_view(&good), buf_view(&now)));
	buf_free(&now);
	buf_free(&good);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void two_at_once(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct storefile f = INIT(true, NULL), g;
	struct err err = { 0 };
	int go[2], status;
	pid_t pid;
	char c = 0;

	/* No wait: said at once. A signal while waiting: said too. */
	CHECK(storefile_init(&g, DB, STATE, false, &limits_default, &err) == ERR_LIMIT && g.lock_fd == -1 && !g.path);
	CHECK(strstr(err.msg, "another analysis") != NULL && strstr(err.msg, "run/attrib") != NULL);
	sigaction(SIGALRM, &sa, NULL);
	alarm(1);
	CHECK(storefile_init(&g, DB, STATE, true, &limits_default, &err) == ERR_SIGNAL);
	/* The second waits until the first is done, then sees what the first published. */
	CHECK(pipe2(go, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		struct store *st;

		storefile_free(&(struct storefile){ .lock_fd = f.lock_fd }); /* not a holder of the lock */
		if (write(go[1], "w", 1) != 1 || storefile_init(&g, DB, STATE, true, &limits_default, &err) ||
		    !g.trusted || storefile_begin(&g, &st, &limits_default, &err) || metas(st) != 4 ||
		    store_run(st, &err, "INSERT INTO meta VALUES ('second', 'x')", "") ||
		    storefile_publish(&g, st, &err)) {
			fprintf(stderr, "second: %s\n", err.msg);
			_exit(1);
		}
		storefile_free(&g);
		_exit(0);
	}
	CHECK(read(go[0], &c, 1) == 1);
	{
		struct timespec tick = { 0, 100000000 };
		struct store *st;

		nanosleep(&tick, NULL);
		CHECK(waitpid(pid, &status, WNOHANG) == 0); /* still waiting */
		CHECK(!storefile_begin(&f, &st, &limits_default, &err) && metas(st) == 3);
		CHECK(!store_run(st, &err, "INSERT INTO meta VALUES ('first', 'x')", "") &&
		      !storefile_publish(&f, st, &err));
	}
	storefile_free(&f);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(go[0]);
	close(go[1]);
	publish(true, NULL, 5);
}

/* A reader that has the old one open keeps it whole while a new one takes its name. */
static void reader_meanwhile(void)
{
	struct err err = { 0 };
	struct store *st;

	CHECK(!store_open(&st, DB, STORE_READ, &limits_default, &err));
	publish(true, NULL, 6);
	CHECK(metas(st) == 6);
	store_close(st);
}

/* The newest thousand stay, strangers' files too. */
static void state_is_bounded(void)
{
	char name[200];
	int n;

	put(STATE "/notes.txt", STR_LIT("kept"));
	for (int i = 0; i < 1300; i++) {
		struct timespec old[2] = { { 1000 + i, 0 }, { 1000 + i, 0 } };

		snprintf(name, sizeof(name), STATE "/%064x", i);
		put(name, STR_LIT(""));
		CHECK(utimensat(AT_FDCWD, name, old, 0) == 0);
	}
	publish(true, NULL, 7);
	n = entries(STATE, true);
	CHECK(n == 1000);
	CHECK(access(STATE "/notes.txt", F_OK) == 0 && storefile_is_ours(DB, STATE));
	snprintf(name, sizeof(name), STATE "/%064x", 0);
	CHECK(access(name, F_OK) != 0);
	snprintf(name, sizeof(name), STATE "/%064x", 1299);
	CHECK(access(name, F_OK) == 0);
	publish(true, NULL, 8);
	CHECK(entries(STATE, true) == 1001);
}

/* The state folder cannot be written: the result stands, and it is said that the next one starts anew. */
static void no_state(void)
{
	struct storefile f;
	struct err err = { 0 };
	struct store *st;

	put("plainfile", STR_LIT(""));
	CHECK(!storefile_init(&f, DB, "plainfile/state", false, &limits_default, &err) && !f.trusted);
	CHECK(!storefile_begin(&f, &st, &limits_default, &err) && !storefile_publish(&f, st, &err) &&
	      strstr(f.why, "plainfile") != NULL);
	storefile_free(&f);
	CHECK(!storefile_init(&f, DB, NULL, false, &limits_default, &err));
	CHECK(!storefile_begin(&f, &st, &limits_default, &err) && !storefile_publish(&f, st, &err) && !f.why[0]);
	storefile_free(&f);
	CHECK(storefile_init(&f, "plainfile/attrib/attrib.db", STATE, false, &limits_default, &err) == ERR_OUTPUT);
	CHECK(unlink("run/attrib/.lock") == 0 && symlink("../../plainfile", "run/attrib/.lock") == 0);
	CHECK(storefile_init(&f, DB, STATE, false, &limits_default, &err) == ERR_OUTPUT &&
	      strstr(err.msg, ".lock") != NULL);
}

int main(void)
{
	scratch_enter("t_storefile");
	cycle();
	tamper();
	known_but_other();
	refused_publish();
	given_up();
	swapped();
	no_room();
	two_at_once();
	reader_meanwhile();
	state_is_bounded();
	no_state();
	scratch_leave();
	return check_done();
}

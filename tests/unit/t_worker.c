// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_worker.c - the door with decoders that go wrong: each costs its file and no other; the number of workers changes
 * nothing; nothing is left running or open
 */
#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "ingest/pool.h"
#include "tests/unit/check.h"
#include "tests/unit/tiny.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static struct limits limits;
static struct ingest_stats stats;
static struct err err;
static volatile int stop;

static void on_alarm(int sig)
{
	stop = sig;
}

/* Reads the folder into a new database file `db`. */
static int read_folder(const char *folder, const char *db, unsigned workers, bool sandbox)
{
	struct ingest_root root = { tiny_path(folder), NULL };
	struct ingest_opts o = { .roots = &root,
				 .n_roots = 1,
				 .limits = &limits,
				 .workers = workers,
				 .tree = true,
				 .sandbox = sandbox,
				 .stop = &stop,
				 .find = tiny_find };
	struct ingest *g = NULL;
	struct store *st = NULL;
	int rc;

	err = (struct err){ 0 };
	unlink(tiny_path(db));
	rc = ingest_start(&g, &o, &err);
	if (!rc)
		rc = store_open(&st, tiny_path(db), STORE_BUILD, &limits, &err);
	if (!rc)
		rc = ingest_finish(g, st, &stats, &err);
	ingest_free(g);
	store_close(st);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD); /* no child, not even a dead one */
	return rc;
}

static struct buf answer;

/* Rows of sql, columns by '|', each ended by a newline. */
static const char *ask(const char *db, const char *sql)
{
	struct store *st;
	struct stmt *q;

	buf_reset(&answer);
	if (store_open(&st, tiny_path(db), STORE_READ, &limits, &err))
		return err.msg;
	if (store_query(st, &q, &err, sql, "")) {
		store_close(st);
		return err.msg;
	}
	while (store_next(q, &err)) {
		for (int i = 0; i < stmt_columns(q); i++) {
			buf_puts(&answer, i ? "|" : "");
			buf_str(&answer, stmt_text(q, i));
		}
		buf_byte(&answer, '\n');
	}
	store_end(q, &err);
	store_close(st);
	return answer.data ? answer.data : "";
}

static void same_files(const char *a, const char *b)
{
	unsigned char x[FILE_SHA256], y[FILE_SHA256];
	int f = open(tiny_path(a), O_RDONLY), g = open(tiny_path(b), O_RDONLY);

	CHECK(f >= 0 && g >= 0 && !file_sha256(f, x, &err) && !file_sha256(g, y, &err) && memcmp(x, y, sizeof(x)) == 0);
	close(f);
	close(g);
}

static void each_way_to_die(void)
{
	char want[2000];
	int before = tiny_open_files();

	snprintf(want, sizeof(want), "%s%s%s",
		 "a_good|read|||tiny|3|0\n"
		 "b_crash|refused|the process that read it crashed (segmentation fault)||tiny|3|1\n"
		 "c_abort|refused|the process that read it crashed (abort)||tiny|3|1\n"
		 "d_kill|refused|the process that read it was killed (out of memory?)||tiny|3|1\n"
		 "e_exit|refused|the process that read it ended with status 3||tiny|3|1\n"
		 "f_loop|refused|took more than 1 s of processor time (--limit worker_seconds=N)||tiny|3|1\n",
		 SANITIZED ? "g_eat|refused|bad word 'memory'|line 3|tiny|3|0\n"
			   : "g_eat|refused|needs more memory than the limit worker_memory allows||tiny|3|1\n",
		 "h_refuse|refused|bad word 'varint'|line 3|tiny|3|0\n"
		 "i_nonsense|refused|the process that read it sent nonsense||tiny|3|1\n"
		 "j_good|read|||tiny|3|0\n"
		 "k_text|ignored|plain text||plain text|0|0\n"
		 "l_empty|ignored|empty||empty|0|0\n"
		 "m_quiet_exit|refused|the process that read it went away||tiny|3|1\n"
		 "n_good|read|||tiny|3|0\n");

	tiny_write("bad/a_good", "tiny process\nbulk 100 1\n");
	tiny_write("bad/b_crash", "tiny process\nbulk 100 2\ncrash\n");
	tiny_write("bad/c_abort", "tiny process\nbulk 100 3\nabort\n");
	tiny_write("bad/d_kill", "tiny process\nbulk 40000 4\nkill\n");
	tiny_write("bad/e_exit", "tiny process\nexit 3\n");
	tiny_write("bad/f_loop", "tiny process\nbulk 100 5\nloop\n");
	tiny_write("bad/g_eat", "tiny process\neat 1000000000\n");
	tiny_write("bad/h_refuse", "tiny process\nbulk 40000 6\nrefuse varint\n");
	tiny_write("bad/i_nonsense", "tiny process\nnonsense\nsleep 200\n");
	tiny_write("bad/j_good", "tiny process\nbulk 100 7\n");
	tiny_write("bad/k_text", "some text\n");
	tiny_write("bad/l_empty", "");
	tiny_write("bad/m_quiet_exit", "tiny process\nexit 0\n");
	tiny_write("bad/n_good", "tiny process\nbulk 100 8\n");
	limits.worker_seconds = 1;
	limits.worker_memory = 256 << 20;
	if (SANITIZED) /* no limit on memory there: the shadow needs more than any */
		tiny_write("bad/g_eat", "tiny process\nrefuse memory\n");
	CHECK(read_folder("bad", "bad.db", 3, true) == 0);
	CHECK(stats.read == 3 && stats.refused == 9 && stats.ignored == 2 && stats.partial == 0);
	CHECK_STR(ask("bad.db", "SELECT path, status, coalesce(reason, ''), coalesce(place, ''), kind, decoder, sha256 "
				"IS NULL FROM source ORDER BY id"),
		  want);
	/* Of the refused ones nothing is left, be it much or little that they had put. */
	CHECK_STR(ask("bad.db", "SELECT s.path, count(*) FROM source s JOIN profile p ON p.source = s.id JOIN measure "
				"m ON m.profile = p.id "
				"JOIN sample x ON x.measure = m.id GROUP BY 1"),
		  "a_good|34\nj_good|34\nn_good|34\n");
	CHECK_STR(ask("bad.db", "SELECT count(*) FROM func WHERE id NOT IN (SELECT func FROM callsite)"), "0\n");
	CHECK_STR(ask("bad.db", "SELECT count(*), max(id) FROM callsite WHERE id NOT IN (SELECT parent FROM callsite "
				"WHERE parent IS NOT NULL) "
				"AND id NOT IN (SELECT callsite FROM sample)"),
		  "0|\n");
	CHECK_STR(ask("bad.db", "PRAGMA foreign_key_check"), "");
	CHECK(tiny_open_files() == before);
	limits = limits_default;
}

/* All slots lost while files wait: an error, not a hang. */
static void all_lost(void)
{
	tiny_write("lost/a", "tiny process\nnonsense\nsleep 100\n");
	tiny_write("lost/b", "tiny process\nbulk 10 1\n");
	tiny_write("lost/c", "tiny process\nbulk 10 1\n");
	CHECK(read_folder("lost", "lost.db", 1, false) == ERR_INTERNAL);
	CHECK(strstr(err.msg, "went away") != NULL);
}

static void any_number_of_workers(void)
{
	char path[64], text[200];

	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof(path), "many/%s/run-%d/f%03d", i % 2 ? "baseline" : "current", i % 3, i);
		snprintf(text, sizeof(text), "tiny process\nbulk %d %d\n%s", 20 + i % 90, i,
			 i % 37 == 5   ? "crash\n"
			 : i % 41 == 7 ? "refuse it\n"
			 : i % 29 == 1 ? "note odd 1\n"
				       : "");
		tiny_write(path, text);
	}
	CHECK(read_folder("many", "one.db", 1, false) == 0);
	CHECK(stats.read + stats.partial + stats.refused == 500 && stats.refused > 20 && stats.partial > 10);
	CHECK(read_folder("many", "two.db", 2, true) == 0);
	CHECK(read_folder("many", "five.db", 5, true) == 0);
	same_files("one.db", "two.db");
	same_files("one.db", "five.db");
	CHECK_STR(ask("one.db", "PRAGMA foreign_key_check"), "");
	CHECK_STR(ask("one.db", "PRAGMA integrity_check"), "ok\n");
	CHECK_STR(ask("one.db", "SELECT group_concat(folder, ' ') FROM run"),
		  "baseline/run-0 baseline/run-1 baseline/run-2 current/run-0 current/run-1 current/run-2\n");
}

/* The first file is slow and the others send more than a slot may keep: they wait, nobody waits for ever, memory is
 * bounded. */
static void slow_first_file(void)
{
	char path[64];

	tiny_write("slow/a", "tiny process\nsleep 1500\nbulk 30 1\n");
	for (int i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "slow/b%d", i);
		tiny_write(path, SANITIZED ? "tiny process\nbulk 30000 1\n" : "tiny process\nbulk 300000 1\n");
	}
	CHECK(read_folder("slow", "slow.db", 2, false) == 0);
	CHECK(stats.read == 7);
	CHECK(read_folder("slow", "slow1.db", 1, false) == 0);
	same_files("slow.db", "slow1.db");
}

static struct ingest_root slot_root;
static struct known known;
static struct walk walk;
static struct job_env env;

/* A pool of one slot over a folder. */
static struct pool *one_slot(const char *folder)
{
	static char path[PATH_MAX];
	struct ingest_opts o = { .roots = &slot_root, .n_roots = 1, .limits = &limits };
	struct pool *p = NULL;

	snprintf(path, sizeof(path), "%s", tiny_path(folder));
	slot_root = (struct ingest_root){ path, NULL };
	env = (struct job_env){ .walk = &walk, .known = &known, .limits = &limits, .find = tiny_find, .tree = true };
	CHECK(walk_open(&walk, &o, &err) == 0);
	CHECK(pool_open(&p, &env, 1, &err) == 0);
	walk_close_roots(&walk);
	return p;
}

/* A slot's buffer full to the brim, then taken in small pieces. */
static void full_buffer(void)
{
	size_t all = 0, most = 0;
	struct pool *p;

	tiny_write("full/a", "tiny process\nbulk 4000000 1\n");
	p = one_slot("full");
	while (pool_bytes(p, 0).n < POOL_BUFFER / 2 && !pool_end(p, 0))
		CHECK(pool_poll(p, 1000, &err) == 0);
	for (int i = 0; i < 3000; i++) /* the worker writes on until it is not listened to */
		CHECK(pool_poll(p, 0, &err) == 0);
	while (!pool_end(p, 0) || pool_bytes(p, 0).n) {
		size_t n = pool_bytes(p, 0).n;

		most = n > most ? n : most;
		n = n > 100000 ? 100000 : n;
		all += n;
		pool_take(p, 0, n);
		if (pool_poll(p, n ? 0 : 1000, &err))
			break;
	}
	CHECK(all > POOL_BUFFER && most <= POOL_BUFFER);
	pool_close(p);
	walk_close(&walk);
}

/* The worker dies after a file, while the parent thinks that it waits for the next: nothing is lost, nothing is read
 * twice. */
static void dies_between_files(void)
{
	struct pool *p;
	uint64_t bytes;

	tiny_write("idle/a", "tiny process\nlater 50\n");
	tiny_write("idle/b", "tiny process\nlater 50\n");
	tiny_write("idle/c", "tiny process\nbulk 10 1\n");
	p = one_slot("idle");
	for (int i = 0; i < 50 && !(pool_end(p, 0) && pool_end(p, 1) && pool_end(p, 2)); i++) {
		nanosleep(&(struct timespec){ 0, 200000000 }, NULL);
		CHECK(pool_poll(p, 0, &err) == 0);
	}
	for (size_t i = 0; i < 3; i++)
		CHECK(pool_end(p, i) && pool_end(p, i)->verdict == WIRE_READ);
	CHECK(pool_done(p, &bytes) == 3 && bytes == walk.bytes);
	pool_close(p);
	walk_close(&walk);
}

static void jail(void)
{
	long landlock = syscall(444, NULL, 0, 1u);

	tiny_write("jail/a", "tiny process\nescape /etc/passwd\n");
	CHECK(read_folder("jail", "jail.db", 1, true) == 0);
	if (landlock > 0)
		CHECK_STR(ask("jail.db", "SELECT text FROM note LIMIT 1"), "read no, write no, list no\n");
	/* The root, the two pipes, the file itself. */
	CHECK_STR(ask("jail.db", "SELECT text FROM note WHERE text LIKE 'desc%'"), "descriptors 4\n");
	CHECK(read_folder("jail", "jail.db", 1, false) == 0);
	CHECK_STR(ask("jail.db", "SELECT text FROM note LIMIT 1"), "read yes, write yes, list yes\n");
}

static void run_limits(void)
{
	struct itimerspec in = { .it_value = { 0, 300000000 } };
	struct timespec t0, t1;
	timer_t timer;

	tiny_write("long/a", "tiny process\nsleep 20000\n");
	tiny_write("long/b", "tiny process\nbulk 10 1\n");
	limits.run_seconds = 1;
	clock_gettime(CLOCK_MONOTONIC, &t0);
	CHECK(read_folder("long", "long.db", 2, false) == ERR_LIMIT);
	CHECK(strstr(err.msg, "run_seconds") != NULL);
	limits.run_seconds = 100;
	signal(SIGALRM, on_alarm);
	CHECK(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0 && timer_settime(timer, 0, &in, NULL) == 0);
	CHECK(read_folder("long", "long.db", 2, false) == ERR_SIGNAL && err.signal == SIGALRM);
	timer_delete(timer);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	CHECK(t1.tv_sec - t0.tv_sec < 8);
	stop = 0;
	limits.store_bytes = 1 << 20;
	CHECK(read_folder("many", "small.db", 2, false) == ERR_LIMIT);
	CHECK(strstr(err.msg, "store_bytes") != NULL);
	limits = limits_default;
}

/* Started and never finished; and a parent that dies takes all with it. */
static void left_alone(void)
{
	struct ingest_root root = { tiny_path("long"), NULL };
	struct ingest_opts o = { .roots = &root, .n_roots = 1, .limits = &limits, .workers = 2, .find = tiny_find };
	struct ingest *g = NULL;
	int ended = 0, before = tiny_open_files();
	pid_t pid;

	CHECK(ingest_start(&g, &o, &err) == 0);
	ingest_free(g);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
	CHECK(tiny_open_files() == before);
	ingest_free(NULL);

	/* Orphans become ours, so that their ends can be seen: the parent, two supervisors, two workers. A busy machine gets a minute. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (pid == 0) {
		if (ingest_start(&g, &o, &err))
			_exit(1);
		nanosleep(&(struct timespec){ 0, 200000000 }, NULL);
		kill(getpid(), SIGKILL);
	}
	for (int tries = 0; tries < 6000 && ended < 5; tries++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			ended++;
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	}
	CHECK(ended == 5);
	CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

int main(void)
{
	limits = limits_default;
	tiny_begin();
	each_way_to_die();
	all_lost();
	any_number_of_workers();
	slow_first_file();
	full_buffer();
	dies_between_files();
	jail();
	run_limits();
	left_alone();
	buf_free(&answer);
	tiny_end();
	return check_done();
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_rows.c - records become rows, bad ones cost their file only, and a database that grew holds what a new one holds
 */
#include "tests/unit/check.h"
#include "tests/unit/tiny.h"

static struct limits limits;
static struct ingest_stats stats;
static struct err err;
static struct buf answer;

/* Every row of ingest's tables by what it says, without ids: the same text for the same content. */
static const char *const content[] = {
	"CREATE TEMP TABLE site AS WITH RECURSIVE k (id, key) AS (SELECT c.id, f.name || '@' || f.file || ':' || "
	"c.line || '/' || c.inlined "
	"FROM callsite c JOIN func f ON f.id = c.func WHERE parent IS NULL UNION ALL SELECT c.id, k.key || ' ' || "
	"f.name || '@' || f.file "
	"|| ':' || c.line || '/' || c.inlined FROM callsite c JOIN k ON k.id = c.parent JOIN func f ON f.id = c.func) "
	"SELECT id, key FROM k",
	"CREATE TEMP TABLE labels AS SELECT s.id, s.dropped || coalesce((SELECT group_concat(pos || key || '=' || "
	"coalesce(str, '-') || "
	"coalesce(num, '-') || coalesce(unit, '-')) FROM (SELECT * FROM label l WHERE l.labelset = s.id ORDER BY "
	"pos)), '') AS key FROM labelset s",
	"CREATE TEMP TABLE m AS SELECT m.id, s.path || '#' || p.seq || '.' || m.metric AS key FROM measure m JOIN "
	"profile p ON p.id = m.profile "
	"JOIN source s ON s.id = p.source",
	"SELECT 'source', s.path, s.bytes, hex(s.sha256), s.kind, s.decoder, s.status, s.reason, s.place, s.mtime, "
	"s.clock, s.go_min, s.go_max, "
	"r.folder, i.name FROM source s LEFT JOIN run r ON r.id = s.run LEFT JOIN instance i ON i.id = s.instance "
	"ORDER BY s.path",
	"SELECT 'run', folder, name, hint, revision, started, ended, requests FROM run ORDER BY folder",
	"SELECT 'instance', r.folder, i.name, i.life, i.go_min, i.go_max FROM instance i JOIN run r ON r.id = i.run "
	"ORDER BY 2, 3",
	"SELECT 'setting', r.folder, i.name, t.name, t.value, t.origin, s.path FROM setting t JOIN instance i ON i.id "
	"= t.instance "
	"JOIN run r ON r.id = i.run JOIN source s ON s.id = t.source ORDER BY 2, 3, 4, 6, 7",
	"SELECT 'note', s.path, n.place, n.text FROM note n JOIN source s ON s.id = n.source ORDER BY 2, 3, 4",
	"SELECT 'func', name, file, package, start_line FROM func ORDER BY 2, 3",
	"SELECT 'callsite', key FROM site ORDER BY 2",
	"SELECT 'labelset', key FROM labels ORDER BY 2",
	"SELECT 'profile', s.path, p.seq, i.name, p.t0, p.t1, p.t_err, p.t_from, p.depth_cut FROM profile p JOIN "
	"source s ON s.id = p.source "
	"JOIN instance i ON i.id = p.instance ORDER BY 2, 3",
	"SELECT 'measure', m.key, x.count_unit, x.amount_unit, x.period, x.scaled, x.extent FROM m JOIN measure x ON "
	"x.id = m.id ORDER BY 2",
	"SELECT 'sample', m.key, site.key, labels.key, x.count, x.amount FROM sample x JOIN m ON m.id = x.measure JOIN "
	"site ON site.id = x.callsite "
	"JOIN labels ON labels.id = x.labelset ORDER BY 2, 3, 4",
	"SELECT 'func_total', m.key, f.name, f.file, x.flat_count, x.flat, x.cum_count, x.cum FROM func_total x JOIN m "
	"ON m.id = x.measure "
	"JOIN func f ON f.id = x.func ORDER BY 2, 3, 4",
	"SELECT 'gogroup', s.path, p.seq, site.key, g.state, g.class, g.wait_min, f.name, g.creator_line, labels.key, "
	"g.count FROM gogroup g "
	"JOIN profile p ON p.id = g.profile JOIN source s ON s.id = p.source JOIN site ON site.id = g.callsite "
	"LEFT JOIN func f ON f.id = g.creator JOIN labels ON labels.id = g.labelset ORDER BY 2, 3, 4, 5, 8",
	"SELECT 'gc', s.path, i.name, g.n, g.t, g.pause FROM gc_cycle g JOIN source s ON s.id = g.source JOIN instance "
	"i ON i.id = g.instance ORDER BY 2, 4",
	"SELECT 'series', s.path, i.name, e.name, e.label, e.unit, e.kind FROM series e JOIN source s ON s.id = "
	"e.source "
	"LEFT JOIN instance i ON i.id = e.instance ORDER BY 2, 4, 5",
	"SELECT 'point', s.path, e.name, e.label, p.t, p.span, p.value FROM point p JOIN series e ON e.id = p.series "
	"JOIN source s ON s.id = e.source "
	"ORDER BY 2, 3, 4, 5",
	"SELECT 'bucket', s.path, e.name, b.t, b.lo, b.hi, b.count FROM bucket b JOIN series e ON e.id = b.series JOIN "
	"source s ON s.id = e.source "
	"ORDER BY 2, 3, 4, 5",
	"SELECT 'event', s.path, i.name, e.t, e.span, e.kind, e.text FROM event e JOIN source s ON s.id = e.source "
	"LEFT JOIN instance i ON i.id = e.instance ORDER BY 2, 4, 6, 7",
	"SELECT 'meta', key, value FROM meta ORDER BY key",
	"SELECT 'broken', * FROM pragma_foreign_key_check",
	"DROP TABLE site",
	"DROP TABLE labels",
	"DROP TABLE m",
};

static void query(struct store *st, const char *sql, struct buf *out)
{
	struct stmt *q;

	if (store_query(st, &q, &err, sql, "")) {
		buf_printf(out, "%s\n", err.msg);
		return;
	}
	while (store_next(q, &err)) {
		for (int i = 0; i < stmt_columns(q); i++) {
			buf_puts(out, i ? "|" : "");
			buf_str(out, stmt_text(q, i));
		}
		buf_byte(out, '\n');
	}
	if (store_end(q, &err))
		buf_printf(out, "%s\n", err.msg);
}

/* Reads roots into the file db; a new one, or on top of what it holds. */
static int read_roots(const struct ingest_root *roots, size_t n, const char *db, bool on_top)
{
	struct ingest_opts o = {
		.roots = roots, .n_roots = n, .limits = &limits, .workers = 2, .tree = true, .find = tiny_find
	};
	struct ingest *g = NULL;
	struct store *st = NULL;
	int rc;

	err = (struct err){ 0 };
	if (!on_top)
		unlink(tiny_path(db));
	o.known_db = on_top ? tiny_path(db) : NULL;
	rc = ingest_start(&g, &o, &err);
	if (!rc)
		rc = store_open(&st, tiny_path(db), STORE_BUILD, &limits, &err);
	if (!rc)
		rc = ingest_finish(g, st, &stats, &err);
	ingest_free(g);
	store_close(st);
	if (rc)
		fprintf(stderr, "%s\n", err.msg);
	return rc;
}

static int read_folder(const char *folder, const char *db, bool on_top)
{
	struct ingest_root root = { tiny_path(folder), NULL };

	return read_roots(&root, 1, db, on_top);
}

static const char *ask(const char *db, const char *sql)
{
	struct store *st;

	buf_reset(&answer);
	if (store_open(&st, tiny_path(db), STORE_BUILD, &limits, &err))
		return err.msg;
	query(st, sql, &answer);
	store_close(st);
	return answer.data ? answer.data : "";
}

static void all_content(const char *db, struct buf *out)
{
	struct store *st;

	buf_reset(out);
	if (store_open(&st, tiny_path(db), STORE_BUILD, &limits, &err)) {
		buf_puts(out, err.msg);
		return;
	}
	for (size_t i = 0; i < sizeof(content) / sizeof(content[0]); i++)
		query(st, content[i], out);
	store_close(st);
}

static void first_difference(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	fprintf(stderr, "  ... %.100s\n  ... %.100s\n", a, b);
}

/* The folder as it is now: read on top of grown.db, and read anew. */
static void step(const char *folder, size_t unchanged, const char *what)
{
	struct buf grown = { .limit = 0 }, fresh = { .limit = 0 };

	CHECK(read_folder(folder, "grown.db", true) == 0);
	if (stats.unchanged != unchanged)
		fprintf(stderr, "%s: %zu unchanged, %zu read\n", what, stats.unchanged, stats.read);
	CHECK(stats.unchanged == unchanged);
	CHECK(read_folder(folder, "fresh.db", false) == 0);
	all_content("grown.db", &grown);
	all_content("fresh.db", &fresh);
	CHECK(grown.len > 100 && !strstr(fresh.data, "broken"));
	if (strcmp(grown.data, fresh.data) != 0) {
		fprintf(stderr, "%s\n", what);
		first_difference(grown.data, fresh.data);
	}
	CHECK(strcmp(grown.data, fresh.data) == 0);
	buf_free(&grown);
	buf_free(&fresh);
}

#define TREE                                                                                                           \
	"func 0 main.main main.go 10\nfunc 1 example.com/shop.(*Cart).Add cart.go 20\nfunc 2 unused.f u.go 1\n"        \
	"site 0 - 0 11 0\nsite 1 0 1 21 0\nsite 2 0 1 99 0\n"

static void rows(void)
{
	tiny_write("rows/a",
		   "tiny process\n" TREE
		   "set 1 0\nlabel 1 0 path /a 5 bytes\nlabel 1 1 tenant x\nset 2 1\nset 3 0\nlabel 3 0 never used\n"
		   "profile 0 1000 2000\nmeasure 0 0 cpu interval\nsample 0 1 0 3 30\nsample 0 1 0 4 40\nsample 0 1 1 "
		   "1 9223372036854775807\n"
		   "sample 0 1 1 1 10\nsample 0 0 2 - -\ntotal 0 1 7 70 7 70\nsetting GOGC 100 file\ngo 19 22\nclock "
		   "epoch\n");
	tiny_write("rows/b", "tiny process\nfunc 0 example.com/shop.(*Cart).Add cart.go 18\nfunc 1 main.main main.go "
			     "0\nsite 0 - 1 11 0\n"
			     "site 1 0 0 21 0\nset 1 0\nlabel 1 0 path /a 5 bytes\nlabel 1 1 tenant x\nprofile 0 3000 "
			     "-\nmeasure 0 0 inuse instant\n"
			     "sample 0 1 1 2 -5\nprofile 1 - -\ngroup 1 1 running running 0 12\ngo 20 -\n"
			     "gc 1 5 100\ngc 2 6 200\ngc 2 7 300\nseries 0 heap.live - bytes gauge\npoint 0 10 0 "
			     "1.5\npoint 0 10 0 2.5\npoint 0 9 0 nan\n"
			     "bucket 0 1 0 1 7\nevent 5 0 panic text\x1b[2J\n");
	tiny_write("rows/c", "tiny process\nfunc 0 main.main main.go 3\nfunc 1 evil.f e.go 5\nsite 0 - 0 11 0\nsite 1 "
			     "0 1 1 0\nprofile 0 1 2\n"
			     "measure 0 0 cpu interval\nsample 0 1 0 1 1\ngc 1 1 1\nsetting a b file\nrefuse it\n");
	CHECK(read_folder("rows", "rows.db", false) == 0);
	CHECK(stats.read == 1 && stats.partial == 1 && stats.refused == 1);
	CHECK_STR(ask("rows.db", "SELECT id, name, file, package, start_line FROM func ORDER BY id"),
		  "1|main.main|main.go|main|10\n2|example.com/shop.(*Cart).Add|cart.go|example.com/shop|18\n");
	CHECK_STR(ask("rows.db", "SELECT id, parent, func, line FROM callsite ORDER BY id"), "1||1|11\n2|1|2|21\n");
	CHECK_STR(ask("rows.db", "SELECT s.id, dropped, pos, key, str, num, unit FROM labelset s LEFT JOIN label l ON "
				 "l.labelset = s.id ORDER BY 1, 3"),
		  "0|0|||||\n1|0|0|path|/a|5|bytes\n1|0|1|tenant|x||\n2|1|||||\n");
	CHECK_STR(ask("rows.db", "SELECT * FROM sample ORDER BY 1, 2, 3"),
		  "1|1|2|0|0\n1|2|0|7|70\n1|2|1|2|9223372036854775807\n2|2|1|2|-5\n");
	CHECK_STR(ask("rows.db", "SELECT source, seq, t0, t1, t_err, t_from FROM profile ORDER BY id"),
		  "1|0|1000|2000|0|file\n2|0|3000|3000|0|file\n2|1||||none\n");
	CHECK_STR(ask("rows.db", "SELECT n, t, pause FROM gc_cycle"), "1|5|100\n2|6|200\n");
	CHECK_STR(ask("rows.db", "SELECT t, value FROM point"), "10|1.5\n");
	CHECK_STR(ask("rows.db", "SELECT source, text FROM note"),
		  "2|3 values left out: not a number, or at a time that has one already\n");
	CHECK_STR(ask("rows.db", "SELECT text FROM event"), "text\\x1b[2J\n");
	CHECK_STR(ask("rows.db", "SELECT instance, name, value, origin, source FROM setting"), "1|GOGC|100|file|1\n");
	CHECK_STR(ask("rows.db", "SELECT go_min, go_max FROM instance"), "20|22\n");
	CHECK_STR(ask("rows.db", "SELECT path, status, reason, place FROM source WHERE id = 3"),
		  "c|refused|bad word 'it'|line 3\n");
	CHECK_STR(ask("rows.db", "PRAGMA foreign_key_check"), "");
}

/* Records that a decoder of ours would never put. */
static void bad_records(void)
{
	static const char *const bad[] = {
		"func 1 f f.go 1\n",
		"func 0 f f.go 1\nsite 0 - 1 1 0\n",
		"func 0 f f.go 1\nsite 0 0 0 1 0\n",
		"func 0 f f.go 1\nsite 0 -5 0 1 0\n",
		"label 1 0 a b\n",
		"set 1 0\nfunc 0 f f.go 1\nlabel 1 0 a b\n",
		"set 2 0\n",
		"measure 0 0 cpu interval\n",
		"profile 0 1 2\nmeasure 0 0 cpu often\n",
		"profile 0 1 2\nmeasure 0 0 - interval\n",
		"profile 0 1 2\nmeasure 0 0 cpu interval\nmeasure 1 0 cpu interval\n",
		"profile 0 1 2\nmeasure 0 0 cpu interval\nsample 0 0 0 1 1\n",
		"profile 0 2 1\n",
		"point 0 1 1 1\n",
		"series 0 a - ns gauge\npoint 0 - 1 1\n",
		"series 0 a - ns dial\n",
		"clock noon\n",
		"setting a b rumour\n",
		TREE "profile 0 1 2\ngroup 0 1 s c 9 1\n",
		TREE "profile 0 1 2\nmeasure 0 0 cpu interval\ntotal 0 3 1 1 1 1\n",
		TREE "profile 0 1 2\nmeasure 0 0 cpu interval\nsample 0 1 1 1 1\n",
		TREE "profile 0 1 2\nmeasure 0 0 cpu interval\nsample 9223372036854775807 1 0 1 1\n",
	};
	char path[32], text[400];
	size_t n = sizeof(bad) / sizeof(bad[0]);

	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "evil/%02zu", i);
		snprintf(text, sizeof(text), "tiny process\n%sevent 1 1 after all\n", bad[i]);
		tiny_write(path, text);
	}
	tiny_write("evil/zz", "tiny process\nbulk 30 1\n");
	CHECK(read_folder("evil", "evil.db", false) == 0);
	CHECK(stats.refused == n && stats.read == 1);
	CHECK_STR(ask("evil.db", "SELECT path FROM source WHERE status = 'refused' AND reason NOT LIKE 'its records "
				 "make no sense: %'"),
		  "");
	CHECK_STR(ask("evil.db",
		      "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM note) + (SELECT count(*) FROM "
		      "gogroup) + "
		      "(SELECT count(*) FROM series) + (SELECT count(*) FROM label) + (SELECT count(*) FROM setting)"),
		  "0\n");
	CHECK_STR(ask("evil.db", "SELECT count(*) > 5, min(id) FROM callsite"), "1|1\n");
}

static void growing(void)
{
	char path[64], text[300];

	unlink(tiny_path("grown.db"));
	tiny_write("grow/current/m",
		   "tiny process\n" TREE
		   "profile 0 1000000000000 1005000000000\nmeasure 0 0 cpu interval\nsample 0 1 0 3 30\n");
	CHECK(read_folder("grow", "grown.db", false) == 0);
	step("grow", 1, "nothing new");
	/* Others come before and behind, share and add. */
	for (int i = 0; i < 12; i++) {
		snprintf(path, sizeof(path), "grow/%s/%s%c", i % 3 ? "current" : "baseline", i % 4 ? "" : "pod/",
			 "mzaytbpcqodx"[i]);
		snprintf(text, sizeof(text), "tiny process\nbulk %d %d\ngo %d -\n", 20 + 3 * i, i % 4, 17 + i);
		tiny_write(path, text);
		step("grow", i < 1 ? 1 : (size_t)i + 1, "one more");
	}
	tiny_write("grow/run.json",
		   "tiny run.json\nruninfo shop 4f2c 5 9 100\nsetting GOGC 50 run.json\nlabel_of_run service shop\n"
		   "filetime current/late 77 78\nevent 4 0 deploy canary\n");
	step("grow", 13, "run.json");
	tiny_write("grow/current/late", "tiny process\n" TREE "profile 0 - -\n");
	step("grow", 14, "a file that run.json knows already");
	CHECK_STR(ask("grown.db", "SELECT t0, t1, t_from FROM profile p JOIN source s ON s.id = p.source WHERE s.path "
				  "= 'current/late'"),
		  "77|78|run.json\n");
	tiny_write("grow/current/newpod/x", "tiny process\nbulk 9 9\n");
	step("grow", 15, "a process that run.json's settings reach");
}

/* On the database that growing() left. */
static void changing(void)
{
	tiny_write("grow/current/m", "tiny process\n" TREE "profile 0 - -\nmeasure 0 0 cpu interval\nsample 0 2 0 3 "
				     "30\nset 1 0\nlabel 1 0 a b\nsample 0 2 1 3 3\n");
	step("grow", 15, "a file changed");
	tiny_write("grow/current/m", "tiny process\nrefuse it\n");
	step("grow", 15, "a file went bad");
	step("grow", 15, "and stays so");
	CHECK(stats.refused == 1);
	tiny_write("grow/current/m", "text\n");
	step("grow", 15, "a file is none any more");
	tiny_write("grow/current/run.json", "tiny run.json\nruninfo inner - 50 90 1000\nsetting GOGC 75 run.json\n");
	step("grow", 15, "a nearer run.json");
	CHECK_STR(ask("grown.db", "SELECT DISTINCT r.folder, t.value FROM setting t JOIN instance i ON i.id = "
				  "t.instance JOIN run r ON r.id = i.run "
				  "WHERE t.name = 'GOGC' ORDER BY 1"),
		  "baseline|50\ncurrent|75\n");
	CHECK_STR(ask("grown.db", "SELECT folder, name, revision, requests FROM run ORDER BY 1"),
		  "baseline|shop|4f2c|\ncurrent|inner|4f2c|1000.0\n");
	tiny_write("grow/load", "tiny run\nsetting vus 50 file\nseries 0 load.requests - count rate\npoint 0 5 1 7\n");
	step("grow", 16, "a load report");
	tiny_write("grow/current/third/x", "tiny process\nbulk 9 9\n");
	step("grow", 17, "a process that the load report's settings reach");
	tiny_remove(tiny_path("grow/current/newpod"));
	step("grow", 17, "a process gone");
	tiny_remove(tiny_path("grow/run.json"));
	step("grow", 16, "run.json gone");
	tiny_remove(tiny_path("grow/baseline"));
	step("grow", 12, "a side gone");
	limits.tree_nodes = 1000;
	step("grow", 0, "other limits");
	limits = limits_default;
	step("grow", 0, "the old limits again");
}

/* Settings of a run whose processes come later; sides that change their hint. */
static void late_processes(void)
{
	char new[PATH_MAX], old[PATH_MAX];
	struct ingest_root roots[2] = { { new, NULL }, { old, "baseline" } };

	snprintf(new, sizeof(new), "%s", tiny_path("late/new"));
	snprintf(old, sizeof(old), "%s", tiny_path("late/old"));
	unlink(tiny_path("grown.db"));
	tiny_write("late/new/load", "tiny run\nsetting vus 50 file\n");
	tiny_write("late/old/a", "tiny process\nbulk 9 9\n");
	CHECK(read_roots(roots, 1, "grown.db", false) == 0);
	tiny_write("late/new/a", "tiny process\nbulk 8 8\n");
	CHECK(read_roots(roots, 1, "grown.db", true) == 0);
	CHECK_STR(ask("grown.db", "SELECT name, value FROM setting"), "vus|50\n");
	CHECK_STR(ask("grown.db", "SELECT folder, hint FROM run"), "|\n");
	CHECK(read_roots(roots, 2, "grown.db", true) == 0);
	CHECK(stats.unchanged == 2 && stats.read == 1);
	CHECK_STR(ask("grown.db", "SELECT folder, hint FROM run ORDER BY 1"), "|current\nbaseline:|baseline\n");
	CHECK_STR(ask("grown.db", "SELECT i.run, name, s.path FROM source s LEFT JOIN instance i ON i.id = s.instance "
				  "ORDER BY s.path"),
		  "1||a\n2||baseline:a\n||load\n");
	CHECK(read_roots(roots, 1, "grown.db", true) == 0);
	CHECK_STR(ask("grown.db", "SELECT folder, hint FROM run"), "|\n");
	/* A database that says a file is known but does not hold it: never silently. */
	CHECK(read_roots(roots, 1, "other.db", false) == 0);
	ask("other.db", "DELETE FROM source");
	{
		struct ingest_opts o = { .roots = roots,
					 .n_roots = 1,
					 .limits = &limits,
					 .tree = true,
					 .find = tiny_find,
					 .known_db = tiny_path("grown.db") };
		struct ingest *g = NULL;
		struct store *st = NULL;

		CHECK(ingest_start(&g, &o, &err) == 0 &&
		      store_open(&st, tiny_path("other.db"), STORE_BUILD, &limits, &err) == 0);
		CHECK(ingest_finish(g, st, &stats, &err) == ERR_INTERNAL);
		ingest_free(g);
		store_close(st);
	}
}

#define UNTIMED                                                                                                        \
	"tiny process\nfunc 0 f f.go 1\nsite 0 - 0 1 0\nprofile 0 - -\nmeasure 0 0 goroutine instant\nsample 0 0 0 1 " \
	"1\n"
#define T 1795168950000000000LL

static void timed(const char *path, int64_t t0, int64_t t1)
{
	char text[200];

	snprintf(text, sizeof(text), "tiny process\nprofile 0 %lld %lld\nmeasure 0 0 cpu interval\n", (long long)t0,
		 (long long)t1);
	tiny_write(path, text);
	tiny_touch(path, t1 + 300000000);
}

static void times(void)
{
	timed("time/a/cpu-000", T, T + 5000000000);
	timed("time/a/cpu-001", T + 60000000000, T + 65000000000);
	tiny_write("time/a/goroutines-000", UNTIMED);
	tiny_write("time/a/goroutines-001.txt.gz", UNTIMED);
	tiny_write("time/a/heap_20261120T100250Z", UNTIMED);
	tiny_write("time/a/heap_20251120T100250Z", UNTIMED); /* a year off: no time at all rather than that */
	tiny_write("time/a/odd", UNTIMED);
	tiny_touch("time/a/odd", T + 30300000000);
	tiny_touch("time/a/heap_20251120T100250Z", T + 31300000000);
	tiny_write("time/a/several", "tiny process\nprofile 0 - -\nprofile 1 - -\n");
	tiny_write("time/run-9/odd", UNTIMED); /* nothing to compare its mtime with */
	tiny_write("time/run-9/named", UNTIMED);
	tiny_write(
		"time/run-9/run.json",
		"tiny run.json\nfiletime named.gz 1795168950500000000 -\nfiletime ./cpu 7 8\nfiletime nowhere 1 2\n");
	timed("time/run-9/cpu", T + 1, T + 2);
	CHECK(read_folder("time", "time.db", false) == 0);
	CHECK_STR(ask("time.db", "SELECT s.path, p.t0 - 1795168950000000000, p.t1 - 1795168950000000000, p.t_err, "
				 "p.t_from FROM profile p "
				 "JOIN source s ON s.id = p.source ORDER BY s.path, p.seq"),
		  "a/cpu-000|0|5000000000|0|file\n"
		  "a/cpu-001|60000000000|65000000000|0|file\n"
		  "a/goroutines-000|5000000000|5000000000|6000000000|sibling\n"
		  "a/goroutines-001.txt.gz|65000000000|65000000000|6000000000|sibling\n"
		  "a/heap_20251120T100250Z|31000000000|31000000000|1000000000|mtime\n"
		  "a/heap_20261120T100250Z|20000000000|20000000000|1000000000|name\n"
		  "a/odd|30000000000|30000000000|1000000000|mtime\n"
		  "a/several||||none\na/several||||none\n"
		  "run-9/cpu|1|2|0|file\n"
		  "run-9/named|500000000|500000000|1000000|run.json\n"
		  "run-9/odd|500000000|500000000|1499999999|sibling\n");
	/* Unpacked from an archive: all mtimes alike. They say nothing now. */
	tiny_touch("time/a/cpu-000", T);
	tiny_touch("time/a/cpu-001", T);
	tiny_touch("time/a/odd", T);
	CHECK(read_folder("time", "time.db", true) == 0);
	CHECK(stats.read == 0 && stats.unchanged == 12);
	CHECK_STR(ask("time.db",
		      "SELECT p.t_from, p.t0 FROM profile p JOIN source s ON s.id = p.source WHERE s.path = 'a/odd'"),
		  "none|\n");
}

int main(void)
{
	limits = limits_default;
	limits.worker_memory = 64ULL << 30; /* a checker of memory needs more than its program */
	tiny_begin();
	rows();
	bad_records();
	growing();
	changing();
	late_processes();
	times();
	buf_free(&answer);
	tiny_end();
	return check_done();
}

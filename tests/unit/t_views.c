// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_views.c - the views that compute: snapshot differences, splits, lines, packages, goroutines a dump, each GC once, the load's rows
 */
#include <stdlib.h>

#include "core/file.h"
#include "core/store.h"
#include "tests/unit/check.h"

static struct store *st;
static struct err err;

static void load(const char *change)
{
	struct buf sql = { .limit = 1 << 20 };

	if (file_slurp(&sql, "tests/fixtures/answer.sql", 1 << 20, &err) || store_open(&st, NULL, STORE_MEMORY, &limits_default, &err) ||
	    store_script(st, sql.data, &err) || (change && store_script(st, change, &err))) {
		fprintf(stderr, "fixture: %s (tests run in the project's folder)\n", err.msg);
		exit(1);
	}
	buf_free(&sql);
}

/* All rows as "a|b, a|b". */
static const char *rows(const char *sql)
{
	static struct buf b;
	struct stmt *q;

	buf_reset(&b);
	b.limit = 1 << 16;
	if (store_query(st, &q, &err, sql, "")) {
		fprintf(stderr, "%s\n", err.msg);
		return "failed";
	}
	while (store_next(q, &err)) {
		if (b.len)
			buf_puts(&b, ", ");
		for (int i = 0; i < stmt_columns(q); i++) {
			struct str s = stmt_text(q, i);

			buf_puts(&b, i ? "|" : "");
			buf_str(&b, s.p ? s : STR_LIT("-"));
		}
	}
	return store_end(q, &err) || !b.data ? "nothing" : b.data;
}

static void test_samples(void)
{
	load("INSERT INTO sample VALUES (1, 3, 0, 7, 70000000);");	/* in the older snapshot only */
	CHECK_STR(rows("SELECT callsite, count, amount FROM slice_sample WHERE slice = 1 ORDER BY callsite"),
		  "3|7|70000000, 4|10|100000000, 6|4|40000000");
	CHECK_STR(rows("SELECT callsite, count, amount FROM slice_sample WHERE slice = 3 ORDER BY callsite"),
		  "3|-7|-70000000, 4|20|200000000, 5|2|20000000, 6|-4|-40000000");
	CHECK_STR(rows("SELECT path, count FROM path_sample WHERE slice = 3 ORDER BY path"), "3|-7, 4|20, 5|-2");
	store_close(st);
	/* One run split by a label: each side has the samples of its label sets, and no other. */
	load("INSERT INTO labelset VALUES (1, 0), (2, 0);"
	     "INSERT INTO sample VALUES (1, 4, 1, 3, 30), (1, 4, 2, 5, 50);"
	     "INSERT INTO split VALUES (1, 1, 'baseline'), (1, 2, 'current');"
	     "INSERT INTO stretch VALUES (3, 1, 1, 'current', 'unknown', NULL, NULL, NULL);"
	     "INSERT INTO slice VALUES (4, 3, 1, NULL, NULL, NULL, 30, NULL, 1, NULL);");
	CHECK_STR(rows("SELECT slice, labelset, amount FROM slice_sample WHERE slice IN (1, 4) ORDER BY slice"), "1|1|30, 4|2|50");
	store_close(st);
}

static void test_costs(void)
{
	load("INSERT INTO callsite VALUES (7, 5, 2, 5, 0), (8, 7, 2, 5, 0);"	/* fanOut calls itself on one line */
	     "INSERT INTO sample VALUES (1, 8, 0, 1, 1000);");
	CHECK_STR(rows("SELECT flat, cum FROM line_flat_cum WHERE measure = 1 AND name = 'main.(*Hub).fanOut' AND line = 5"), "1000|1000");
	CHECK_STR(rows("SELECT flat, cum FROM line_flat_cum WHERE measure = 1 AND name = 'main.main'"), "0|140001000");
	CHECK_STR(rows("SELECT package, flat, cum FROM package_cost WHERE measure = 1 ORDER BY package"),
		  "encoding/json|40000000|40001000, main|1000|140001000, runtime|100000000|100000000");
	CHECK_STR(rows("SELECT name, flat, cum FROM func_flat_cum WHERE path = 'current/cpu.pprof' ORDER BY flat"),
		  "encoding/json.(*encodeState).reflectValue|20000000|20000000, runtime.gopark|300000000|300000000");
	CHECK_STR(rows("SELECT side, flat FROM raw_by_side WHERE name = 'runtime.gopark' ORDER BY side"), "baseline|100000000, current|300000000");
	CHECK_STR(rows("SELECT depth, function, line FROM cluster_frames WHERE cluster = 1 ORDER BY depth"),
		  "0|runtime.gopark|364, 1|main.(*Hub).fanOut|110, 2|main.(*Hub).Subscribe|88, 3|main.main|20");
	store_close(st);
}

static void test_goroutines(void)
{
	/* A second dump of the baseline without any of them: the mean a dump halves. */
	load("INSERT INTO profile VALUES (5, 3, 1, 1, NULL, 1763632841000000000, NULL, 'name', 0);"
	     "INSERT INTO measure VALUES (5, 5, 'goroutine', 'count', NULL, NULL, 0, 'instant');"
	     "INSERT INTO gogroup VALUES (9, 5, 1, 'running', 'running', NULL, NULL, NULL, 0, 0, 0, 2);");
	CHECK_STR(rows("SELECT function, class, creator, base, cur, growth, longest_wait_min FROM goroutine_growth WHERE class = 'chan'"),
		  "runtime.gopark|chan|main.(*Hub).Subscribe|6.0|1530.0|1524.0|3");
	CHECK_STR(rows("SELECT base, cur FROM goroutine_growth WHERE class = 'running'"), "3.0|4.0");
	store_close(st);
}

static void test_gc(void)
{
	/* Source 1 tells more of the cycles 100 .. 200; source 2 saw those and a later one; source 3 is of another process. */
	load("INSERT INTO gc_cycle (source, instance, n, t, pause, mark, heap_live) VALUES (1, 1, 1, 100, 5, 9, 77), (1, 1, 2, 200, 6, 9, 78);"
	     "INSERT INTO gc_cycle (source, instance, n, t, pause) VALUES (2, 1, 1, 110, 5), (2, 1, 2, 190, 6), (2, 1, 3, 300, 7), (3, 2, 1, 150, 8);");
	CHECK_STR(rows("SELECT source, n FROM gc_best ORDER BY t"), "1|1, 3|1, 1|2, 2|3");
	store_close(st);
	load("INSERT INTO gc_cycle (source, instance, n, pause) VALUES (1, 1, 1, 5), (1, 1, 2, 5), (2, 1, 1, 5);");	/* no times: the longer one */
	CHECK_STR(rows("SELECT source, n FROM gc_best ORDER BY n"), "1|1, 1|2");
	store_close(st);
}

static void test_load(void)
{
	load("INSERT INTO series VALUES (3, 5, 1, 'load.requests', '/b', 'count', 'gauge'), (4, 5, 1, 'load.p99', '/b', 'ns', 'gauge'),"
	     " (5, 5, 1, 'load.p99', '', 'ns', 'gauge');"
	     "INSERT INTO point VALUES (3, 1763632800000000000, 1000000000, 100), (4, 1763632800000000000, 1000000000, 5e6),"
	     " (5, 1763632800000000000, 1000000000, 4e6);");
	CHECK_STR(rows("SELECT requests, rps, p99, errors FROM load_by_second WHERE run = 'baseline' ORDER BY t LIMIT 1"), "500.0|500.0|5000000.0|-");
	store_close(st);
}

static void test_inputs(void)
{
	load(NULL);
	CHECK_STR(rows("SELECT path, status FROM not_read ORDER BY path"),
		  "README.txt|ignored, current/goroutines.txt|partial, current/heap.pprof|refused");
	CHECK_STR(rows("SELECT kind, side FROM inputs WHERE path = 'current/cpu.pprof'"), "cpu|current");
	CHECK_STR(rows("SELECT side, instances FROM runs ORDER BY folder"), "baseline|1, current|1");
	CHECK_STR(rows("SELECT name, base, cur FROM setting_differences"), "GOMAXPROCS|4|2");
	store_close(st);
	/* One instance on both sides (early against late) has no side of its own. */
	load("INSERT INTO stretch VALUES (9, 1, 1, 'current', 'unknown', NULL, NULL, NULL);");
	CHECK_STR(rows("SELECT side FROM runs WHERE folder = 'baseline'"), "-");
	store_close(st);
}

/* Every view can be read: a column that a table lost is found here, and not by a user. */
static void test_all_views(void)
{
	struct buf names = { .limit = 1 << 16 };
	int n = 0;

	load(NULL);
	buf_puts(&names, rows("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name"));
	store_close(st);
	for (char *v = strtok(names.data, ", "); v; v = strtok(NULL, ", "), n++) {
		static char sql[40][160];	/* the store keeps statements by the address of their text */

		load(NULL);
		snprintf(sql[n % 40], sizeof(sql[0]), "SELECT count(*) FROM %s", v);
		if (strcmp(rows(sql[n % 40]), "failed") == 0)
			fprintf(stderr, "view %s\n", v);
		CHECK(strcmp(rows(sql[n % 40]), "failed") != 0 && strcmp(rows(sql[n % 40]), "nothing") != 0);
		store_close(st);
	}
	CHECK(n > 30);
	buf_free(&names);
}

int main(void)
{
	test_samples();
	test_costs();
	test_goroutines();
	test_gc();
	test_load();
	test_inputs();
	test_all_views();
	return check_done();
}

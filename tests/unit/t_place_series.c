// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_place_series.c - files of one reading without a time get one, like profiles, and a database that grew agrees with a
 * new one
 */
#include "tests/unit/check.h"
#include "tests/unit/tiny.h"

static struct limits limits;
static struct err err;
static struct buf answer;

static const char rows_sql[] = "SELECT s.path, s.clock, coalesce(s.time_from, '-'), coalesce(s.time_err, '-'), "
			       "coalesce((SELECT group_concat(t) FROM (SELECT DISTINCT o.t FROM series e JOIN point o "
			       "ON o.series = e.id WHERE e.source = s.id ORDER BY 1)), '-'), "
			       "coalesce((SELECT group_concat(t) FROM (SELECT DISTINCT b.t FROM series e JOIN bucket b "
			       "ON b.series = e.id WHERE e.source = s.id ORDER BY 1)), '-') "
			       "FROM source s WHERE s.kind = 'tiny' ORDER BY 1";

static void query(struct store *st, const char *sql)
{
	struct stmt *q;

	buf_reset(&answer);
	if (store_query(st, &q, &err, sql, "")) {
		buf_puts(&answer, err.msg);
		return;
	}
	while (store_next(q, &err)) {
		for (int i = 0; i < stmt_columns(q); i++) {
			buf_puts(&answer, i ? "|" : "");
			buf_str(&answer, stmt_text(q, i));
		}
		buf_byte(&answer, '\n');
	}
	CHECK(store_end(q, &err) == 0);
}

/* The rows after reading the folder into db, a new one or on top of what it holds. */
static const char *read_into(const char *db, bool on_top)
{
	struct ingest_root root = { tiny_path("run"), NULL };
	struct ingest_opts o = {
		.roots = &root, .n_roots = 1, .limits = &limits, .workers = 2, .tree = true, .find = tiny_find
	};
	struct ingest_stats stats;
	struct ingest *g = NULL;
	struct store *st = NULL;
	int rc;

	if (!on_top)
		unlink(tiny_path(db));
	o.known_db = on_top ? tiny_path(db) : NULL;
	rc = ingest_start(&g, &o, &err);
	if (!rc)
		rc = store_open(&st, tiny_path(db), STORE_BUILD, &limits, &err);
	if (!rc)
		rc = ingest_finish(g, st, &stats, &err);
	ingest_free(g);
	if (!rc)
		query(st, rows_sql);
	store_close(st);
	CHECK(rc == 0);
	if (rc)
		fprintf(stderr, "%s\n", err.msg);
	return answer.data ? answer.data : "";
}

#define READING "tiny process\nclock none\nseries 0 a - ns gauge\nseries 1 h - ns histogram\n"

int main(void)
{
	char first[2000];

	limits = limits_default;
	limits.worker_memory = 64ULL << 30; /* a checker of memory needs more than its program */
	tiny_begin();
	tiny_write("run/current/cpu-000", "tiny process\nprofile 0 1795168800000000000 1795168805000000000\n");
	tiny_write("run/current/heap-001", "tiny process\nprofile 0 1795168830000000000 1795168830000000000\n");
	tiny_write("run/current/net-000", READING "point 0 0 0 5\nbucket 1 0 0 1 7\n");
	tiny_write("run/current/net-001", READING "point 0 0 0 6\n");
	tiny_write("run/current/net", READING "point 0 0 0 5\n");
	tiny_write("run/current/many-001", READING "point 0 0 0 5\npoint 0 1 0 6\n");
	tiny_write("run/current/long-001", READING "point 0 0 9 5\n");
	tiny_write("run/current/scrape-20261120T100007Z", READING "point 0 0 0 5\n");
	CHECK_STR(read_into("grown.db", false),
		  "current/cpu-000|epoch|-|-|-|-\n"
		  "current/heap-001|epoch|-|-|-|-\n"
		  "current/long-001|none|-|-|0|-\n"
		  "current/many-001|none|-|-|0,1|-\n"
		  "current/net|none|-|-|0|-\n"
		  "current/net-000|epoch|sibling|6000000000|1795168805000000000|1795168805000000000\n"
		  "current/net-001|epoch|sibling|1000000000|1795168830000000000|-\n"
		  "current/scrape-20261120T100007Z|epoch|name|1000000000|1795168807000000000|-\n");
	/* A run.json that knows better moves one; a sibling that goes takes a time with it. */
	tiny_write("run/run.json", "tiny run.json\nfiletime current/net 1795168810000000000 1795168812500000000\n"
				   "filetime current/net-000 1795168801000000000 1795168801000000000\n");
	unlink(tiny_path("run/current/heap-001"));
	CHECK(strstr(read_into("grown.db", true), "current/net|epoch|run.json|2500000000|1795168812500000000|-\n") !=
	      NULL);
	CHECK(strstr(answer.data,
		     "current/net-000|epoch|run.json|1000000000|1795168801000000000|1795168801000000000\n") != NULL);
	CHECK(strstr(answer.data, "current/net-001|none|-|-|0|-\n") != NULL);
	snprintf(first, sizeof(first), "%s", answer.data);
	CHECK_STR(read_into("new.db", false), first);
	unlink(tiny_path("run/run.json"));
	CHECK(strstr(read_into("grown.db", true), "current/net|none|-|-|0|-\n") != NULL);
	snprintf(first, sizeof(first), "%s", answer.data);
	CHECK_STR(read_into("new.db", false), first);
	buf_free(&answer);
	tiny_end();
	return check_done();
}

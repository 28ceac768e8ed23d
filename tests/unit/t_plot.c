// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_plot.c - curves: the right points on the right side of one axis, thinned without losing a peak; gnuplot is given numbers only and
 * its pictures are not trusted
 */
#include <ctype.h>
#include <stdlib.h>

#include "core/file.h"
#include "report/plot.h"
#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

static struct plots *load(const char *change)
{
	struct err err = { 0 };
	struct buf sql = { .limit = 1 << 20 };
	struct store *st = NULL;
	struct plots *p = NULL;

	if (file_slurp(&sql, "tests/fixtures/answer.sql", 1 << 20, &err) || store_open(&st, NULL, STORE_MEMORY, &limits_default, &err) ||
	    store_script(st, sql.data, &err) || store_script(st, change, &err) || plot_load(&p, st, &err)) {
		fprintf(stderr, "fixture: %s (tests run in the project's folder)\n", err.msg);
		exit(1);
	}
	store_close(st);
	buf_free(&sql);
	return p;
}

/* Rows for both sides: n cycles a side, 10 a second from 2 s after the load began; pauses 1 ms but one of 500 ms, heap 8 MiB. */
#define CYCLES(n, source, instance, t0) \
	"INSERT INTO gc_cycle (source, instance, n, t, pause, heap_live) WITH RECURSIVE k (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM k WHERE i < " n \
	" - 1) SELECT " source ", " instance ", i, " t0 " + 2000000000 + i * 100000000, CASE i WHEN 777 THEN 500000000 ELSE 1000000 END, 8388608 FROM k;"
#define BASE "1763632800000000000"
#define CUR "1763719200000000000"

static void test_load(void)
{
	struct plots *p = load(CYCLES("1000", "1", "1", BASE) CYCLES("50", "2", "2", CUR));
	const struct plot_chart *c = &p->chart[PLOT_PAUSE];
	double highest = 0, before = -1;
	size_t rising = 0;
	const char *word;

	CHECK(c->there && p->chart[PLOT_HEAP].there && p->chart[PLOT_ECDF].there);
	CHECK(!p->chart[PLOT_RATE].there && !p->chart[PLOT_P99].there && !p->chart[PLOT_GOROUTINES].there);
	CHECK(p->there == 3);
	CHECK(c->line[PLOT_BASE].measured == 1000 && c->line[PLOT_BASE].n < 700 && c->line[PLOT_BASE].n > 200);
	CHECK(c->line[PLOT_CUR].measured == 50 && c->line[PLOT_CUR].n == 50);
	CHECK_NEAR(c->line[PLOT_CUR].v[0].x, 2, 1e-6);	/* both sides from their own start of load */
	CHECK_NEAR(c->line[PLOT_BASE].v[0].x, 2, 1e-6);
	CHECK_NEAR(p->x_lo, 2, 1e-6);
	CHECK_NEAR(p->x_hi, 2 + 99.9, 1e-6);
	for (size_t i = 0; i < c->line[PLOT_BASE].n; i++) {
		highest = fmax(highest, c->line[PLOT_BASE].v[i].y);
		rising += c->line[PLOT_BASE].v[i].x > before;
		before = c->line[PLOT_BASE].v[i].x;
	}
	CHECK_NEAR(highest, 5e8, 0);	/* a peak among a thousand survives */
	CHECK(rising == c->line[PLOT_BASE].n);
	CHECK_NEAR(plot_scale(c, PLOT_PAUSE, &word), 1e6, 0);
	CHECK_STR(word, "ms");
	CHECK_NEAR(plot_scale(&p->chart[PLOT_HEAP], PLOT_HEAP, &word), 0x1p20, 0);
	CHECK_STR(word, "MiB");
	CHECK(c->bins == PLOT_BINS);
	CHECK_NEAR(c->bin[6].y[PLOT_BASE], 5e8, 0);	/* the highest of 76.9 s to 89.4 s; cycle 777 is at 79.7 s */
	CHECK_NEAR(c->bin[5].y[PLOT_BASE], 1e6, 0);
	CHECK(isnan(c->bin[6].y[PLOT_CUR]));
	c = &p->chart[PLOT_ECDF];
	CHECK_NEAR(c->line[PLOT_BASE].v[c->line[PLOT_BASE].n - 1].y, 1, 0);
	CHECK_NEAR(c->line[PLOT_BASE].v[c->line[PLOT_BASE].n - 1].x, 5e8, 0);
	CHECK_NEAR(c->line[PLOT_CUR].v[24].y, .5, 1e-12);
	plot_free(p);
}

/* Two processes of one side: two strokes. A process on both sides (early and late): each time on its own side. */
static void test_sides(void)
{
	struct plots *p = load("INSERT INTO instance VALUES (3, 1, 'b', 0, NULL, NULL);"
			       "INSERT INTO stretch VALUES (7, 1, 3, 'baseline', 'unknown', NULL, NULL, 405);"
			       CYCLES("5", "1", "1", BASE) CYCLES("4", "3", "3", BASE));
	const struct plot_line *l = &p->chart[PLOT_PAUSE].line[PLOT_BASE];

	CHECK(l->measured == 9 && l->n == 10 && isnan(l->v[5].y) && !isnan(l->v[4].y) && !isnan(l->v[6].y));
	plot_free(p);
	p = load("DELETE FROM stretch; INSERT INTO stretch VALUES (1, 1, 1, 'baseline', 'unknown', NULL, " BASE " + 2350000000, NULL),"
		 " (2, 1, 1, 'current', 'unknown', " BASE " + 2350000000, NULL, NULL);" CYCLES("10", "1", "1", BASE));
	CHECK(p->chart[PLOT_PAUSE].line[PLOT_BASE].n == 4 && p->chart[PLOT_PAUSE].line[PLOT_CUR].n == 6);
	plot_free(p);
	/* Times that count from the process's start, not from the epoch. */
	p = load("UPDATE source SET clock = 'process' WHERE id = 1; DELETE FROM gc_cycle;" CYCLES("10", "1", "1", "5"));
	CHECK(p->chart[PLOT_PAUSE].line[PLOT_BASE].n == 10);
	CHECK_NEAR(p->chart[PLOT_PAUSE].line[PLOT_BASE].v[0].x, 0, 1e-9);
	plot_free(p);
	p = load("DELETE FROM gc_cycle");
	CHECK(p->there == 0);
	plot_draw(p, "/nonexistent", NULL);
	CHECK(!p->why);		/* nothing to draw is nothing that failed */
	plot_free(p);
}

/* Load reports and goroutine dumps: each run from the start of its load, nothing of a report that has no time, dumps before profiles. */
static void test_others(void)
{
	struct plots *p = load("INSERT INTO series VALUES (3, 5, 1, 'load.p99', '', 'ns', 'gauge');"
			       "INSERT INTO point VALUES (1, " BASE " + 2000000000, 1000000000, 800), (1, " BASE " + 3000000000, 500000000, 100),"
			       " (3, " BASE ", 1000000000, 5e6), (3, " BASE " + 1000000000, 1000000000, 7e6), (3, " BASE " + 2000000000, 1000000000, 9e9);"
			       "UPDATE stretch SET t1 = " BASE " + 2000000000 WHERE id = 1;"
			       "INSERT INTO stretch VALUES (5, 1, 1, 'baseline', 'cooldown', " BASE " + 2000000000, NULL, NULL);");
	const struct plot_line *l = &p->chart[PLOT_RATE].line[PLOT_BASE];

	CHECK(p->chart[PLOT_RATE].there && l->n == 4 && p->chart[PLOT_RATE].line[PLOT_CUR].n == 1);
	CHECK_NEAR(l->v[2].x, 2, 1e-9);
	CHECK_NEAR(l->v[2].y, 800, 1e-9);
	CHECK_NEAR(l->v[3].y, 200, 1e-9);	/* 100 requests in half a second */
	l = &p->chart[PLOT_P99].line[PLOT_BASE];
	CHECK(l->n == 2 && !p->chart[PLOT_P99].there);	/* latency after the load says nothing */
	plot_free(p);
	p = load("UPDATE source SET clock = 'none' WHERE kind = 'load_csv'");
	CHECK(p->chart[PLOT_RATE].line[PLOT_BASE].n == 0);
	plot_free(p);
	p = load("INSERT INTO sample VALUES (3, 4, 0, 12, 12), (3, 1, 0, 4, 4);"
		 "INSERT INTO profile VALUES (5, 3, 1, 1, NULL, 1763632841000000000, NULL, 'name', 0), (6, 1, 1, 1, NULL, 1763632842000000000, NULL, 'name', 0);"
		 "INSERT INTO measure VALUES (5, 5, 'goroutine', 'count', NULL, NULL, 0, 'instant'), (6, 6, 'goroutine', 'count', NULL, NULL, 0, 'instant');"
		 "INSERT INTO sample VALUES (5, 4, 0, 20, 20), (6, 4, 0, 99, 99);");
	l = &p->chart[PLOT_GOROUTINES].line[PLOT_BASE];
	CHECK(p->chart[PLOT_GOROUTINES].there && l->n == 2);	/* profile 6 is of a process that has dumps */
	CHECK_NEAR(l->v[0].x, 31, 1e-9);
	CHECK_NEAR(l->v[0].y, 16, 0);
	CHECK_NEAR(l->v[1].y, 20, 0);
	plot_free(p);
}

/* What gnuplot reads before the constant script is numbers, the names of our variables and the mark; whatever the store holds. */
static void test_script(void)
{
	struct plots *p = load(CYCLES("20", "1", "1", BASE)
			       "UPDATE run SET folder = folder || '`id`\"; system(\"id\") #', name = '`id`';"
			       "UPDATE instance SET name = char(10) || 'EOD' || char(10) || 'plot \"< id\"';"
			       "UPDATE source SET path = path || char(10) || '`id`'; UPDATE analysis SET title = '\"`id`';");
	struct buf b = { .limit = 1 << 20 };
	const char *end;
	size_t lines = 0;

	plot_script(&b, p, "end_0123456789abcdef");
	end = strstr(b.data, "# report.gp");
	if (!end)
		end = strstr(b.data, "report.gp");
	CHECK(end != NULL);
	for (const char *at = b.data; end && at < end && *at != '#'; at = strchr(at, '\n') + 1, lines++) {
		size_t n = strcspn(at, "\n");

		if (strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789") + strlen(" = ") + strspn(strchr(at, '=') ? strchr(at, '=') + 2 : at, "0123456789.e+-") == n)
			continue;
		if ((strncmp(at, "$base_", 6) == 0 || strncmp(at, "$cur_", 5) == 0) && n < 40)
			continue;
		CHECK(strspn(at, "0123456789.e+- NaN") == n || strncmp(at, "end_0123456789abcdef\n", 21) == 0);
	}
	CHECK(lines > 40);
	CHECK(!strstr(b.data, "id\""));
	buf_free(&b);
	plot_free(p);
}

static int svg(const char *text, struct buf *out)
{
	struct str rest = str_from(text);

	*out = (struct buf){ .limit = 1 << 20 };
	return plot_svg(out, &rest, PLOT_HEAP, 250);
}

static void test_svg(void)
{
	static const char *const refused[] = {
		"", "no picture", "<svg>", "<svg><g></svg>", "<svg></g></svg>", "<svg><script>alert(1)</script></svg>", "<svg><g><script/></g></svg>",
		"<svg><foreignObject></foreignObject></svg>", "<svg><style>x</style></svg>", "<svg><path onload=\"x\"/></svg>",
		"<svg><path ONLOAD='x'/></svg>", "<svg><a href='#x'></a></svg>", "<svg><image href='#x'/></svg>",
		"<svg><use xlink:href='http://example.org/#x'/></svg>", "<svg><use href='x#y'/></svg>", "<svg><use xlink:href='#a\" onload=\"x'/></svg>",
		"<svg><path d='M0,0\" onload=\"x'/></svg>", "<svg><path d=M0/></svg>", "<svg><path d='M0,0/></svg>", "<svg><path style='x'/></svg>",
		"<svg><g fill='url(#x:y)'></g></svg>", "<svg><rect fill='javascript:x'/></svg>", "<svg><rect fill='url(other.svg#x)'/></svg>", "<svg><rect fill='URL(x)'/></svg>", "<svg><animate/></svg>", "<svg><set attributeName='x'/></svg>",
		"<svg><g><g></g></svg>", "<svg><!-- --></svg>", "<svg><text x='1'>1</svg>", "<svg><title></svg>",
	};
	struct buf b;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		int accepted = svg(refused[i], &b);

		if (accepted)
			fprintf(stderr, "  accepted: %s -> %s\n", refused[i], b.data);
		CHECK(!accepted);
		buf_free(&b);
	}
	CHECK(svg("<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 480 250\" onload=\"x\"\n>\n<title>Gnuplot</title><desc>by <b>x</b></desc><g id=\"a\">"
		  "<g fill=\"none\" color=\"black\" stroke=\"currentColor\"><path stroke='black'  d='M1,2 L3,4  '/></g><g></g>\n<g fill='x'>\n</g>"
		  "<use xlink:href='#gpPt6' color='rgb( 59, 130,  4)'/><text fill=\"black\"> 1 <tspan>no</tspan></text></g>\n</svg>", &b));
	CHECK_STR(b.data, "<svg viewBox=\"0 0 560 250\" fill=\"none\" font-family=\"sans-serif\" role=\"img\" aria-label=\"heap after GC, drawn; the same as a"
			  " table below\"><g id=\"c1-a\"><g fill=\"none\" stroke=\"currentColor\"><path stroke=\"currentColor\" d=\"M1,2 L3,4\"/></g>"
			  "<use href=\"#c1-gpPt6\" color=\"#3b8204\"/><text fill=\"currentColor\">1<tspan></tspan></text></g></svg>");
	buf_free(&b);
	/* Definitions go when nobody uses them. */
	CHECK(svg("<svg><defs><circle id='gpPt5' r='1'/></defs><g><rect x='1'/></g></svg>", &b));
	CHECK(!strstr(b.data, "gpPt5"));
	buf_free(&b);
	CHECK(svg("<svg><defs><circle id='gpPt5' r='1'/></defs><g><use xlink:href='#gpPt5'/></g></svg>", &b));
	CHECK(strstr(b.data, "<circle id=\"c1-gpPt5\"") && strstr(b.data, "href=\"#c1-gpPt5\""));
	buf_free(&b);
}

static void program(const char *path, const char *text)
{
	put(path, str_from(text));
	CHECK(chmod(path, 0755) == 0);
}

/* Whatever stands where gnuplot should be, the charts remain as numbers and one sentence says why. */
static void test_draw(void)
{
	static const struct { const char *text, *why; } table[] = {
		{ "#!/bin/sh\nexit 1\n", "gnuplot failed" },
		{ "#!/bin/sh\nexit 0\n", "gnuplot drew something else than was asked for" },
		{ "#!/bin/sh\necho '<svg><script>x</script></svg>'\n", "gnuplot drew something else than was asked for" },
		{ "#!/bin/sh\necho '<svg><g></g></svg>'\n", "gnuplot drew something else than was asked for" },	/* one of three */
		{ "#!/bin/sh\nkill -9 $$\n", "gnuplot failed" },
		{ "#!/bin/sh\nwhile :; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; done | head -c 20000000\n",
		  "gnuplot wrote more than 16 MiB" },
		{ "#!/bin/sh\nprintf x >\"$0.new\" || exit 1\nfor i in 1 2 3; do echo '<svg></svg>'; done\n", "gnuplot failed" },
		{ "#!/bin/sh\n[ \"$*\" = '-d /dev/stdin' ] || exit 1\n[ -z \"$HOME$TERM$GNUTERM$XDG_STATE_HOME\" ] || exit 1\nfor i in 1 2 3; do echo '<svg><g></g></svg>'; done\n",
		  NULL },
	};
	struct plots *p = load(CYCLES("20", "1", "1", BASE));
	volatile int stop = 15;
	char path[4200];

	plot_draw(p, NULL, NULL);
	CHECK_STR(p->why, "gnuplot is not installed");
	plot_draw(p, "/nonexistent/gnuplot", NULL);
	CHECK_STR(p->why, "gnuplot failed");
	scratch_enter("plot");
	snprintf(path, sizeof(path), "%s/gnuplot", scratch);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		program(path, table[i].text);
		plot_draw(p, path, NULL);
		CHECK_STR(p->why ? p->why : "drawn", table[i].why ? table[i].why : "drawn");
		CHECK((p->chart[PLOT_PAUSE].svg.p != NULL) == (table[i].why == NULL));
		CHECK(p->chart[PLOT_RATE].svg.p == NULL);
	}
	program(path, "#!/bin/sh\nexec sleep 60\n");
	plot_draw(p, path, &stop);
	CHECK_STR(p->why, "interrupted");
	scratch_leave();
	plot_free(p);
}

int main(void)
{
	test_load();
	test_sides();
	test_others();
	test_script();
	test_svg();
	test_draw();
	return check_done();
}

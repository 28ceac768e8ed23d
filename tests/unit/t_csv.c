// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_csv.c - rows, quotes, damage and where reading goes on behind it
 */
#include <stdlib.h>

#include "ingest/csv.h"
#include "ingest/csv_name.h"
#include "ingest/dump.h"
#include "tests/unit/check.h"

static char seen[1 << 16];

/* All rows as "line:a|b|c;" into seen; what csv_finish() says behind it. */
static const char *rows(const char *text, size_t n, char delim, const struct limits *l)
{
	struct buf b = { 0 }, notes = { 0 };
	struct err err = { 0 };
	struct csv_row row;
	struct reader *in;
	struct dump dump;
	struct csv *c;
	bool end;

	CHECK(reader_open_mem(&in, (struct str){ text, n }, l, &err) == 0);
	CHECK(csv_open(&c, in, delim, l, &err) == 0);
	while (csv_next(c, &row, &end, &err) == 0 && !end) {
		buf_printf(&b, "%d:", (int)row.line);
		for (int i = 0; i < row.n; i++) {
			buf_puts(&b, i ? "|" : "");
			buf_str(&b, row.field[i]);
		}
		buf_byte(&b, ';');
	}
	dump_init(&dump, &notes);
	if (csv_finish(c, &dump.sink, &err))
		buf_printf(&b, " refused %s", err.place);
	else if (notes.len)
		buf_printf(&b, " %s", notes.data);
	csv_close(c);
	reader_close(in);
	snprintf(seen, sizeof(seen), "%s", b.data ? b.data : "");
	buf_free(&b);
	buf_free(&notes);
	return seen;
}

static const char *plain(const char *text)
{
	return rows(text, strlen(text), ',', &limits_default);
}

static void good_rows(void)
{
	CHECK_STR(plain("a,b\n1,2\n"), "1:a|b;2:1|2;");
	CHECK_STR(plain("a,b\r\n1,2"), "1:a|b;2:1|2;");
	CHECK_STR(plain("\xef\xbb\xbf" "a,b\n"), "1:a|b;");
	CHECK_STR(plain("# c\n\n  \na,b\n# d\n1,2\n"), "4:a|b;6:1|2;");
	CHECK_STR(plain(" a , b \n"), "1:a|b;");
	CHECK_STR(plain("a,,\n"), "1:a||;");
	CHECK_STR(plain("\"x,\"\"y\"\"\",2\n"), "1:x,\"y\"|2;");
	CHECK_STR(plain("\"two\nlines\",2\n3,4\n"), "1:two\nlines|2;3:3|4;");
	CHECK_STR(plain(""), "");
	CHECK_STR(rows("a;b\n1,5;2\n", 10, ';', &limits_default), "1:a|b;2:1,5|2;");
	CHECK_STR(rows("a\tb\n1\t2\n\t3\n", 11, '\t', &limits_default), "1:a|b;2:1|2;3:|3;");
	CHECK_STR(rows("a,b\0c\n", 6, ',', &limits_default), "1:a|b");	/* the NUL is kept: the rest is behind it */
}

/* One bad row costs one line. */
static void damage(void)
{
	CHECK(strstr(plain("a,b\n1,\"x\"y\n3,4\n5,6\n7,8\n9,10\n1,2\n1,2\n1,2\n1,2\n1,2\n"), "1:a|b;3:3|4;") != NULL);
	CHECK(strstr(seen, "note place=\"line 2\" text=\"1 of 11 rows cannot be read and are left out\" lost=1") !=
	      NULL);
	/* A quote that is never closed: the lines behind it are rows again. */
	CHECK(strstr(plain("a,b\n1,\"x\n3,4\n5,6\n7,8\n9,9\n1,2\n1,2\n1,2\n1,2\n1,2\n"), "1:a|b;3:3|4;4:5|6;") != NULL);
	CHECK(strstr(seen, "place=\"line 2\"") != NULL);
	CHECK_STR(plain("a,b\n1,\"x\ny\"z\n"), "1:a|b; refused line 2");
	CHECK_STR(plain("\"\n\"\n"), "1:\n;");
	/* A carriage return inside a line would end libcsv's row there. */
	CHECK(strstr(plain("a,b\n1,2\r3,4\n"), "refused line 2") != NULL);
}

static void limits(void)
{
	struct limits l = limits_default;
	struct buf b = { 0 };

	l.line_bytes = 64;
	buf_puts(&b, "a,b\n1,\"");
	buf_repeat(&b, "x\n", 100);	/* an open quote with more behind it than a field may hold */
	buf_puts(&b, "3,4\n");
	CHECK(strstr(rows(b.data, b.len, ',', &l), "1:a|b;3:x;4:x;") != NULL);
	CHECK(strstr(seen, "103:3|4;") == NULL && strstr(seen, "102:3|4;") != NULL);
	buf_reset(&b);
	buf_puts(&b, "a,b\n");
	buf_repeat(&b, "y", 100);
	buf_puts(&b, "\n3,4\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n");
	CHECK(strstr(rows(b.data, b.len, ',', &l), "1:a|b;3:3|4;") != NULL);
	buf_reset(&b);
	buf_repeat(&b, ",", CSV_COLUMNS);
	buf_puts(&b, "\n");
	CHECK_STR(rows(b.data, b.len, ',', &limits_default), " refused line 1");
	buf_free(&b);
}

/* Damage must cost linear time: each line opens a quote, or swallows all that follows. */
static void linear(void)
{
	static const char *const lines[] = { "\"\n",	 "\"\"\"\n", "a,\"\"\n",  "\"x\n",
					     "x\"\"y\n", "\"a\"b\n", "\"\"\"\"\n" };

	for (size_t k = 0; k < sizeof(lines) / sizeof(*lines); k++) {
		struct buf b = { 0 };

		buf_puts(&b, "\"");
		buf_repeat(&b, lines[k], 400000);
		rows(b.data, b.len, ',', &limits_default);	/* the test's time limit is the check */
		buf_free(&b);
	}
	CHECK(true);
}

static char delimiter(const char *s)
{
	return csv_delimiter(str_from(s));
}

static void heads(void)
{
	struct str f[8], line;

	CHECK(delimiter("a,b\n1,2\n") == ',');
	CHECK(delimiter("a;b\n1,5;2,5\n") == ';');
	CHECK(delimiter("0,5;1,2\n0,6;1,3\n") == ';');
	CHECK(delimiter("a\tb\n1\t2\n") == '\t');
	CHECK(delimiter("a\n1\n") == 0);
	CHECK(delimiter("some text, with a comma\nand none here\n") == 0);
	CHECK(csv_split(STR_LIT("\"a,b\", c ,"), ',', f, 8) == 3 && str_is(f[0], "a,b") && str_is(f[1], "c") &&
	      f[2].n == 0);
	CHECK(csv_head_line(STR_LIT("# x\n\na\nb\n"), 1, &line) && str_is(line, "b"));
	CHECK(!csv_head_line(STR_LIT("# x\n\na\n"), 1, &line));
	CHECK(csv_head_line(STR_LIT("\xef\xbb\xbf" "a,b\r\n"), 0, &line) && str_is(line, "a,b"));
	CHECK(csv_head_line(STR_LIT("\r\n \t\r\nx"), 0, &line) && str_is(line, "x"));
	CHECK(delimiter("") == 0 && delimiter("# only a comment\n") == 0);
}

static void numbers(void)
{
	static const struct { const char *cell; bool comma; double want; bool ns; } cells[] = {
		{ "1.5", false, 1.5, false }, { "1,5", true, 1.5, false }, { "1,5ms", true, 1.5e6, true }, { "15", true, 15, false }, { "2us", false, 2e3, true },
		{ "", false, NAN, false }, { "n/a", true, NAN, false }, { "null", false, NAN, false },
	};
	char wide[100];
	double v;
	bool ns;

	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++) {
		CHECK(csv_name_number(str_from(cells[i].cell), cells[i].comma, &v, &ns) && ns == cells[i].ns);
		CHECK_NEAR(v, cells[i].want, 0);
	}
	CHECK(!csv_name_number(STR_LIT("1,5"), false, &v, &ns) && !csv_name_number(STR_LIT("x"), true, &v, &ns));
	memset(wide, '1', sizeof(wide));
	wide[1] = ',';
	CHECK(!csv_name_number((struct str){ wide, sizeof(wide) }, true, &v, &ns));	/* longer than any number */
}

static void columns(void)
{
	static const char *const cells[] = { "x", "pause_ns", "pause", "", "y" };
	struct buf text = { 0 };
	static struct csv_name n[120];
	bool taken[120] = { false };
	struct err err = { 0 };
	struct dump out;

	for (int i = 0; i < 120; i++)
		csv_name_parse(str_from(cells[i % 5]), &n[i]);
	CHECK(csv_name_find(n, 5, "pause other", taken) == 1 && csv_name_find(n, 5, "nothing pause", taken) == 2);
	CHECK(csv_name_find(n, 5, "pause", taken) == -1 && csv_name_find(n, 5, "y x", taken) == 4);
	dump_init(&out, &text);
	CHECK(csv_name_unused(&out.sink, n, 5, taken, &err) == 0 && strstr(text.data, "columns not used: x, (no name)\""));
	buf_reset(&text);
	CHECK(csv_name_unused(&out.sink, n, 120, taken, &err) == 0 && text.len < 600);
	buf_reset(&text);
	memset(taken, 1, sizeof(taken));
	CHECK(csv_name_unused(&out.sink, n, 120, taken, &err) == 0 && text.len == 0);
	buf_free(&text);
}

static void names(void)
{
	static const struct {
		const char *cell, *whole, *base;
		int64_t ns, bytes;
		bool percent;
	} want[] = {
		{ "GC Pause (ms)", "gc_pause", "gc_pause", 1000000, 0, false },
		{ "pause_ns", "pause_ns", "pause", 1, 0, false },
		{ "Pause [\xc2\xb5s]", "pause", "pause", 1000, 0, false },
		{ "heap-mb", "heap_mb", "heap", 0, 1 << 20, false },
		{ "gc.percent", "gc_percent", "gc", 0, 0, true },
		{ "\"stw time\"", "stw_time", "stw_time", 0, 0, false },
		{ "num_gc", "num_gc", "num_gc", 0, 0, false },
		{ "", "", "", 0, 0, false },
		{ "\xef\xbb\xbf" "PauseNs", "pausens", "pausens", 1, 0, false },
		{ "Seconds", "seconds", "seconds", 1000000000, 0, false },
		{ "cpu (%)", "cpu", "cpu", 0, 0, true },
		{ "cpu_pct", "cpu_pct", "cpu", 0, 0, true },
		{ "cpu [percent]", "cpu", "cpu", 0, 0, true },
		{ "p.99/ -latency..", "p_99_latency", "p_99_latency", 0, 0, false },
	};
	struct csv_name n;

	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		csv_name_parse(str_from(want[i].cell), &n);
		CHECK_STR(n.whole, want[i].whole);
		CHECK_STR(n.base, want[i].base);
		CHECK(n.time_unit == want[i].ns && n.byte_unit == want[i].bytes && n.percent == want[i].percent);
	}
	numbers();
	csv_name_parse(STR_LIT("pause_ns"), &n);
	CHECK(csv_name_rank(&n, "x pause y") == 1 && csv_name_rank(&n, "x pause_ns") == 1 &&
	      csv_name_rank(&n, "x y") == -1);
}

int main(void)
{
	good_rows();
	damage();
	limits();
	linear();
	heads();
	names();
	columns();
	return check_done();
}

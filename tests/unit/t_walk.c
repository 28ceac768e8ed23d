// SPDX-License-Identifier: GPL-3.0-or-later
/* t_walk.c - which files are found, in which order, and which run, process and side their paths name */
#include "ingest/place.h"
#include "ingest/walk.h"
#include "tests/unit/check.h"
#include "tests/unit/tiny.h"

static struct walk walk;
static struct err err;

static int open_roots(const struct ingest_root *roots, size_t n, const struct limits *l)
{
	struct ingest_opts o = { .roots = roots, .n_roots = n, .limits = l ? l : &limits_default };

	err = (struct err){ 0 };
	return walk_open(&walk, &o, &err);
}

static void say(struct buf *b, bool side)
{
	for (size_t i = 0; i < walk.n; i++) {
		const struct walk_file *f = &walk.file[i];

		buf_printf(b, "%s", f->path.p);
		if (side)
			buf_printf(b, " run='%s' instance='%s' hint=%s%s", f->run.p, f->instance.p,
				   f->hint ? f->hint : "-", f->top ? " top" : "");
		if (f->skip)
			buf_printf(b, " (%s: %s)", f->skip, f->skip_why);
		buf_byte(b, '\n');
	}
}

static void expect_roots(const struct ingest_root *roots, size_t n, bool side, const char *want)
{
	struct buf b = { .limit = 0 };

	CHECK(open_roots(roots, n, NULL) == 0);
	say(&b, side);
	CHECK_STR(b.data ? b.data : "", want);
	for (size_t i = 0; i < walk.n; i++)
		CHECK(walk_find(&walk, walk.file[i].path) == &walk.file[i]);
	CHECK(walk_find(&walk, STR_LIT("no such file")) == NULL);
	buf_free(&b);
	walk_close(&walk);
}

static void expect(const char *folder, const char *want)
{
	struct ingest_root root = { tiny_path(folder), NULL };

	expect_roots(&root, 1, true, want);
}

static void sides(void)
{
	tiny_write("two/baseline/cpu.pprof", "1");
	tiny_write("two/current/pod-1/cpu.pprof", "1");
	tiny_write("two/current/pod-2/deep/er/cpu.pprof", "1");
	tiny_write("two/current/run-2/pod-1/heap.pprof", "1");
	tiny_write("two/run.json", "1");
	tiny_write("two/baseline_notes.txt", "1");
	tiny_write("two/attrib/attrib.db", "1");
	tiny_write("two/current/attrib/.lock", "1");
	tiny_write("two/current/attrib/report.html", "1");
	tiny_write("two/baseline/attrib/heap.pprof", "1");
	expect("two", "baseline/attrib/heap.pprof run='baseline' instance='attrib' hint=baseline\n"
		      "baseline/cpu.pprof run='baseline' instance='' hint=baseline\n"
		      "baseline_notes.txt run='baseline' instance='' hint=baseline\n"
		      "current/pod-1/cpu.pprof run='current' instance='pod-1' hint=current\n"
		      "current/pod-2/deep/er/cpu.pprof run='current' instance='pod-2' hint=current\n"
		      "current/run-2/pod-1/heap.pprof run='current/run-2' instance='pod-1' hint=current\n"
		      "run.json run='' instance='' hint=- top\n");
}

static void flat(void)
{
	tiny_write("flat/cpu.pprof", "1");
	tiny_write("flat/gc_pause.csv", "1");
	tiny_write("flat/new_orders.csv", "1"); /* one side alone is no pair */
	expect("flat", "cpu.pprof run='' instance='' hint=-\ngc_pause.csv run='' instance='' hint=-\n"
		       "new_orders.csv run='' instance='' hint=-\n");
	tiny_write("pair/Baseline.prof", "1");
	tiny_write("pair/current-heap.pb.gz", "1");
	tiny_write("pair/currently.txt", "1");
	tiny_write("pair/old goroutines.txt", "1");
	expect("pair", "Baseline.prof run='baseline' instance='' hint=baseline\n"
		       "current-heap.pb.gz run='current' instance='' hint=current\n"
		       "currently.txt run='' instance='' hint=- top\n"
		       "old goroutines.txt run='baseline' instance='' hint=baseline\n");
	tiny_write("runs/run-1/cpu.pprof", "1");
	tiny_write("runs/run-2/cpu.pprof", "1");
	tiny_write("runs/load.csv", "1");
	expect("runs", "load.csv run='' instance='' hint=- top\nrun-1/cpu.pprof run='run-1' instance='' hint=-\n"
		       "run-2/cpu.pprof run='run-2' instance='' hint=-\n");
}

static void several_roots(void)
{
	struct ingest_root given[] = { { tiny_path("flat"), "current" }, { tiny_path("runs"), "baseline" } };
	struct ingest_root inner[] = { { tiny_path("two"), NULL }, { tiny_path("two/baseline"), "baseline" } };
	struct ingest_root files[] = { { tiny_path("pair/Baseline.prof"), "baseline" },
				       { tiny_path("pair/current-heap.pb.gz"), "current" } };
	struct ingest_root more[] = { { tiny_path("flat"), NULL },
				      { tiny_path("pair"), NULL },
				      { tiny_path("runs/run-1"), "baseline" },
				      { tiny_path("runs/run-2"), "baseline" } };

	expect_roots(given, 2, true,
		     "baseline:load.csv run='baseline:' instance='' hint=baseline top\n"
		     "baseline:run-1/cpu.pprof run='baseline:run-1' instance='' hint=baseline\n"
		     "baseline:run-2/cpu.pprof run='baseline:run-2' instance='' hint=baseline\n"
		     "cpu.pprof run='' instance='' hint=current\ngc_pause.csv run='' instance='' hint=current\n"
		     "new_orders.csv run='' instance='' hint=current\n");
	/* A root inside a root is read once; without a baseline of its own, RUN is the other side. */
	expect_roots(inner, 2, false,
		     "baseline:cpu.pprof\nbaseline_notes.txt\ncurrent/pod-1/cpu.pprof\n"
		     "current/pod-2/deep/er/cpu.pprof\ncurrent/run-2/pod-1/heap.pprof\nrun.json\n");
	expect_roots(files, 2, true,
		     "baseline:Baseline.prof run='baseline:' instance='' hint=baseline\ncurrent-heap.pb.gz run='' "
		     "instance='' hint=current\n");
	expect_roots(more, 4, false,
		     "baseline-2:cpu.pprof\nbaseline:cpu.pprof\ncpu.pprof\ngc_pause.csv\nnew_orders.csv\nrun-2:"
		     "Baseline.prof\n"
		     "run-2:current-heap.pb.gz\nrun-2:currently.txt\nrun-2:old goroutines.txt\n");
}

static void odd_files(void)
{
	struct ingest_root odd = { tiny_path("odd"), NULL };
	char link[PATH_MAX];

	tiny_write("odd/a\xff", "1");
	tiny_write("odd/a\xfe", "1");
	tiny_write("odd/a\x1b[2J", "1");
	tiny_write("odd/b:c", "1");
	tiny_write("odd/sub/x", "1");
	snprintf(link, sizeof(link), "%s", tiny_path("odd/link"));
	CHECK(symlink("/etc/passwd", link) == 0);
	snprintf(link, sizeof(link), "%s", tiny_path("odd/sub/up"));
	CHECK(symlink("..", link) == 0);
	CHECK(mkfifo(tiny_path("odd/pipe"), 0600) == 0);
	expect_roots(
		&odd, 1, false,
		"./b:c\na\\x1b[2J\na\xef\xbf\xbd\na\xef\xbf\xbd (2)\nlink (link: symbolic links are not followed)\n"
		"pipe (special file: only regular files are read)\nsub/up (link: symbolic links are not "
		"followed)\nsub/x\n");
}

static void limits(void)
{
	struct limits l = limits_default;
	struct ingest_root two = { tiny_path("two"), NULL }, none = { tiny_path("none"), NULL },
			   missing = { tiny_path("missing"), NULL };

	l.run_files = 6;
	CHECK(open_roots(&two, 1, &l) == ERR_LIMIT);
	l = limits_default;
	l.run_depth = 3;
	CHECK(open_roots(&two, 1, &l) == ERR_LIMIT);
	l.run_depth = 4;
	CHECK(open_roots(&two, 1, &l) == 0);
	walk_close(&walk);
	l = limits_default;
	l.run_bytes = 6;
	CHECK(open_roots(&two, 1, &l) == ERR_LIMIT);
	CHECK(mkdir(tiny_path("none"), 0700) == 0);
	CHECK(open_roots(&none, 1, NULL) == ERR_INPUT);
	CHECK(open_roots(&missing, 1, NULL) == ERR_INPUT);
	CHECK(strstr(err.msg, "missing") && !strchr(err.msg, '\n'));
}

static void beneath(void)
{
	struct ingest_root two = { tiny_path("two"), NULL };
	size_t from, to;

	CHECK(open_roots(&two, 1, NULL) == 0);
	walk_beneath(&walk, walk_find(&walk, STR_LIT("run.json")), &from, &to);
	CHECK(from == 0 && to == walk.n);
	walk_beneath(&walk, walk_find(&walk, STR_LIT("baseline/cpu.pprof")), &from, &to);
	CHECK(from == 0 && to == 2);
	walk_beneath(&walk, walk_find(&walk, STR_LIT("current/run-2/pod-1/heap.pprof")), &from, &to);
	CHECK(from == 5 && to == 6);
	walk_close(&walk);
}

static void names(void)
{
	static const struct {
		const char *name, *number;
		int64_t t, step; /* seconds; 0: none */
	} cases[] = {
		{ "heap-20261120T100230Z.pprof", NULL, 1795168950, 1 },
		{ "cpu_2026-11-20_10-02-30.pb.gz", "30", 1795168950, 1 },
		{ "cpu.20261120100230.prof", "20261120100230", 1795168950, 1 },
		{ "x-2026-11-20T11:02:30+01:00.txt", NULL, 1795168950, 1 },
		{ "x-20261120-1002.txt", "1002", 1795168920, 60 },
		{ "goroutine.1795168950.txt", "1795168950", 1795168950, 1 },
		{ "dump-1795168950123456789", "1795168950123456789", 1795168950, 0 },
		{ "cpu-007.pprof", "7", 0, 0 },
		{ "cpu-000.pb.gz", "0", 0, 0 },
		{ "goroutines.12.txt", "12", 0, 0 },
		{ "goroutine_debug2.txt", NULL, 0, 0 },
		{ "heap.pprof", NULL, 0, 0 },
		{ "x-20261320T100230.txt", NULL, 0, 0 },
		{ "order-1234567890123456.txt", "1234567890123456", 1234567890, 0 },
		{ "x-99999999999999999999999999.txt", NULL, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t t = 0, step = 0;
		struct str n = place_name_number(cases[i].name);

		CHECK(place_name_time(cases[i].name, &t, &step) == (cases[i].t != 0));
		CHECK(t / 1000000000 == cases[i].t);
		if (cases[i].t)
			CHECK(step / 1000000000 == cases[i].step);
		if (cases[i].number)
			CHECK(str_is(n, cases[i].number));
	}
	CHECK(!place_name_number("goroutine_debug2.txt").p && !place_name_number("heap.pprof").p);
}

int main(void)
{
	tiny_begin();
	sides();
	flat();
	several_roots();
	odd_files();
	limits();
	beneath();
	names();
	tiny_end();
	return check_done();
}

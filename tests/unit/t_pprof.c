// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_pprof.c - what the pprof decoder makes of well-formed profiles
 *
 * Real files are compared with `go tool pprof` elsewhere; here is what they hardly ever hold.
 */
#include "tests/unit/pprof_bytes.h"

static void test_whole(void)
{
	struct buf b = cpu_head();

	num(&b, 9, 1000);
	num(&b, 10, 500);
	num(&b, 13, B_GO);
	sample(&b, true, 3, (uint64_t[]){ 3, 2, 1 }, 2, (int64_t[]){ 2, 20 }, NULL);
	sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 1, 10 }, NULL);
	cpu_tables(&b);
	run(&b);
	CHECK_STR(out, "func id=0 name=\"main.a\" file=\"a.go\" start_line=0\n"
		       "func id=1 name=\"main.b\" file=\"a.go\" start_line=0\n"
		       "func id=2 name=\"main.c\" file=\"b.go\" start_line=0\n"
		       "profile id=0 t0=1000 t1=1500 depth_cut=0 comment=\"b.go\"\n"
		       "measure id=0 profile=0 metric=\"cpu\" count_unit=\"count\" amount_unit=\"ns\" period=10 "
		       "scaled=0 extent=\"interval\"\n"
		       "callsite id=0 func=0 line=10 inlined=0\n"
		       "callsite id=1 parent=0 func=1 line=10 inlined=0\n"
		       "callsite id=2 parent=1 func=2 line=10 inlined=0\n"
		       "sample measure=0 callsite=0 labelset=0 count=1 amount=10\n"
		       "sample measure=0 callsite=2 labelset=0 count=2 amount=20\n"
		       "func_total measure=0 func=0 flat_count=1 flat=10 cum_count=3 cum=30\n"
		       "func_total measure=0 func=1 flat_count=0 flat=0 cum_count=2 cum=20\n"
		       "func_total measure=0 func=2 flat_count=2 flat=20 cum_count=2 cum=20\n");
}

/* What other writers may do and must be taken. */
static void test_accepted(void)
{
	struct buf b = cpu_head();

	cpu_tables(&b);
	run(&b); /* no samples */
	CHECK(has("profile id=0 depth_cut=0\n"));
	CHECK(times("func_total") == 0 && times("callsite") == 0);
	/* Empty stacks, negative values, repeats, an unknown field of each wire type. */
	b = cpu_head();
	sample(&b, false, 0, NULL, 2, (int64_t[]){ 3, 30 }, NULL);
	sample1(&b, 1, -2);
	sample1(&b, 1, 1);
	sample(&b, true, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ -1, -10 }, NULL);
	num(&b, 99, 5);
	bytes(&b, 98, "abc", 3);
	buf_add(&b,
		"\x81\x01"
		"12345678"
		"\x85\x01"
		"1234",
		16);
	cpu_tables(&b);
	run(&b);
	CHECK(has("name=\"[unknown]\" file=\"\""));
	CHECK(has("func_total measure=0 func=0 flat_count=-2 flat=-20 cum_count=-2 cum=-20\n"));
	CHECK(has("func_total measure=0 func=1 flat_count=3 flat=30 cum_count=3 cum=30\n"));
	CHECK(times("\nsample ") == 2 && times("callsite id") == 2);
}

/* Where a name comes from when the function has none. */
static void test_names(void)
{
	/* A ten-byte id; a function and a mapping that are not there. */
	struct buf b = cpu_with(1, (uint64_t[]){ UINT64_MAX }, 1), m = { 0 };

	num(&m, 1, UINT64_MAX);
	num(&m, 2, 1234567);
	num(&m, 3, 0xabc);
	bytes(&m, 4, "\x08\x2a", 2);
	sub(&b, 4, &m);
	texts(&b, CPU);
	run(&b);
	CHECK(has("1 functions that lines name are not in the file"));
	CHECK(has("1 mappings that locations name are not in the file"));
	CHECK(has("name=\"0xabc\" file=\"\""));
	/* No lines: named by address and the mapping's file. Of a field that comes twice the last value. */
	b = cpu_with(1, (uint64_t[]){ 1 }, 1);
	num(&m, 1, 1);
	num(&m, 2, 5);
	num(&m, 3, 0x1234);
	sub(&b, 4, &m);
	num(&m, 1, 5);
	num(&m, 5, B_GO);
	sub(&b, 3, &m);
	num(&b, 10, 1);
	num(&b, 10, 7);
	num(&b, 9, 100);
	texts(&b, CPU);
	run(&b);
	CHECK(has("name=\"0x1234\" file=\"b.go\""));
	CHECK(has("t0=100 t1=107"));
	b = cpu_with(2, (uint64_t[]){ 1, 2 }, 1);	/* a function with a name for the linker alone, one with none */
	num(&m, 1, 1);
	num(&m, 3, B);
	sub(&b, 5, &m);
	function(&b, 2, 0, A_GO);
	loc1(&b, 1, 1);
	loc1(&b, 2, 2);
	bytes(&b, 13, (char[]){ A, B }, 2);		/* comments, packed */
	texts(&b, CPU);
	run(&b);
	CHECK(has("name=\"main.b\" file=\"\"") && has("name=\"0x1002\" file=\"\""));
	CHECK(has("comment=\"main.a; main.b\""));
}

/* The order of everything is free. */
static void test_order(void)
{
	static char first[sizeof(out)];
	struct buf b = { 0 };

	texts(&b, CPU);
	for (uint64_t i = 1; i <= 3; i++)
		function(&b, i, A + i - 1, i == 3 ? B_GO : A_GO);
	for (uint64_t i = 3; i >= 1; i--)
		loc1(&b, i, i);
	sample(&b, false, 2, (uint64_t[]){ 3, 1 }, 2, (int64_t[]){ 1, 10 }, NULL);
	sample1(&b, 2, 4);
	num(&b, 12, 10);
	type(&b, 11, 3, 4);
	type(&b, 1, 1, 2);
	type(&b, 1, 3, 4);
	run(&b);
	snprintf(first, sizeof(first), "%s", strstr(out, "profile"));
	b = cpu_head();
	sample(&b, true, 2, (uint64_t[]){ 3, 1 }, 2, (int64_t[]){ 1, 10 }, NULL);
	sample1(&b, 2, 4);
	cpu_tables(&b);
	run(&b);
	CHECK(times("flat_count") == 3);
	CHECK(has("flat_count=4 flat=40 cum_count=4 cum=40"));
	CHECK(strlen(first) == strlen(strstr(out, "profile")));
}

/* A stack in pieces of `each` numbers, packed, or one by one where each is 0; alternate: the second piece is one by one. */
static void stack_in(struct buf *m, const uint64_t *id, size_t n, size_t each, bool alternate)
{
	for (size_t i = 0; i < n; i++)
		if (!each || (alternate && i / each == 1)) {
			num(m, 1, id[i]);
		} else if (i % each == 0) {
			struct buf list = { 0 };

			for (size_t k = i; k < n && k < i + each; k++)
				varint(&list, id[k]);
			sub(m, 1, &list);
		}
}

/* However a stack is written, and however long its numbers are, it is the same. */
static void test_packing(void)
{
	static const uint64_t ids[] = { 1, 2, 127, 128, 300, 16383, 16384, (1 << 21) - 1, 1 << 21, 1 << 28, 1ULL << 35, 1ULL << 63, UINT64_MAX };
	enum { KINDS = sizeof(ids) / sizeof(*ids), DEEP = 400 };
	static char first[sizeof(out)];
	static uint64_t stack[DEEP];

	for (size_t i = 0; i < DEEP; i++)	/* short ones mostly, all neighbours sooner or later */
		stack[i] = ids[i % 3 ? i * i % 6 : i * 7 / 3 % KINDS];
	for (size_t way = 0; way < 8; way++) {
		struct buf b = cpu_head(), m = { 0 };

		stack_in(&m, stack, DEEP, (size_t[]){ DEEP, 1, 2, 7, 100, 399, 0, 50 }[way], way == 7);
		num(&m, 2, 7);
		num(&m, 2, 70);
		sub(&b, 2, &m);
		for (size_t i = 2; i < KINDS; i++)
			loc1(&b, ids[i], 1 + i % 3);
		cpu_tables(&b);
		run(&b);
		if (way == 0)
			snprintf(first, sizeof(first), "%s", out);
		CHECK(times("callsite id") == DEEP);
		CHECK(strcmp(first, out) == 0);
	}
}

/* Recursion counts once, by name, wherever the name comes from; inlined lines are frames. */
static void test_frames(void)
{
	struct buf b = cpu_with(4, (uint64_t[]){ 1, 5, 1, 1 }, 7);

	location(&b, 5, 0x55, 3, (uint64_t[]){ 1, 2, 4 });
	function(&b, 4, A, B_GO); /* main.a again, of another file */
	cpu_tables(&b);
	run(&b);
	CHECK(times("func_total") == 2);
	CHECK(has("func=0 flat_count=7 flat=70 cum_count=7 cum=70"));
	CHECK(has("func=2 flat_count=0 flat=0 cum_count=7 cum=70"));
	CHECK(has("func id=1 name=\"main.a\" file=\"b.go\""));
	CHECK(has("callsite id=2 parent=1 func=1 line=30 inlined=0\n"
		  "callsite id=3 parent=2 func=2 line=20 inlined=1\n"
		  "callsite id=4 parent=3 func=0 line=10 inlined=1\n"
		  "callsite id=5 parent=4 func=0 line=10 inlined=0\n"));
	CHECK(has("sample measure=0 callsite=5 labelset=0 count=7 amount=70"));
	b = cpu_with(2, (uint64_t[]){ 1, 2 }, 3); /* without a tree: totals alone */
	cpu_tables(&b);
	decode_as(&b, false, "x");
	buf_free(&b);
	CHECK(times("callsite") == 0 && times("\nsample") == 0 && times("label") == 0);
	CHECK(times("func_total") == 2 && times("measure id") == 1);
}

/* One profile of n columns (type and unit by text), one sample of ones, with a period type and times. */
static void typed(const char *const *columns, const char *period_type, const char *period_unit, const char *leaf,
		  int64_t span)
{
	struct buf b = { 0 }, strings = { 0 };
	int64_t ones[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	size_t n = 0;

	text(&strings, "");
	for (; columns[2 * n]; n++) {
		type(&b, 1, 2 * n + 1, 2 * n + 2);
		text(&strings, columns[2 * n]);
		text(&strings, columns[2 * n + 1]);
	}
	text(&strings, period_type);
	text(&strings, period_unit);
	text(&strings, leaf);
	type(&b, 11, 2 * n + 1, 2 * n + 2);
	num(&b, 12, 100);
	num(&b, 9, 5000);
	num(&b, 10, (uint64_t)span);
	sample(&b, false, 1, (uint64_t[]){ 1 }, n, ones, NULL);
	loc1(&b, 1, 1);
	function(&b, 1, 2 * n + 3, 0);
	buf_add(&b, strings.data, strings.len);
	buf_free(&strings);
	decode_as(&b, true, period_unit);
	buf_free(&b);
}

static void test_kinds(void)
{
	static const char *const heap[] = { "alloc_objects", "count",	    "alloc_space", "bytes", "inuse_objects",
					    "count",	     "inuse_space", "bytes",	   NULL };
	static const char *const lock[] = { "contentions", "count", "delay", "nanoseconds", NULL };
	static const char *const wall[] = { "samples", "count", "time", "nanoseconds", NULL };
	static const char *const one[] = { "goroutine", "count", NULL };
	static const char *const odd[] = { "wall", "microseconds", "wall", "milliseconds", "tasks", "count",
					   "heat", "kelvin",	   NULL };

	typed(heap, "space", "bytes", "f", 0);
	CHECK(has("t0=5000 t1=5000"));
	CHECK(has("metric=\"alloc\" count_unit=\"count\" amount_unit=\"bytes\" period=100 scaled=1 "
		  "extent=\"since_start\""));
	CHECK(has(
		"metric=\"inuse\" count_unit=\"count\" amount_unit=\"bytes\" period=100 scaled=1 extent=\"instant\""));
	typed(heap, "space", "bytes", "f", 1000);
	CHECK(has("t0=4000 t1=5000") && times("extent=\"interval\"") == 2);
	typed(lock, "contentions", "count", "sync.(*Mutex).Unlock", 0);
	CHECK(has("metric=\"mutex\" count_unit=\"count\" amount_unit=\"ns\"") && has("extent=\"since_start\""));
	typed(lock, "contentions", "count", "runtime.selectgo", 1000);
	CHECK(has("metric=\"block\"") && has("extent=\"interval\"") && has("t0=4000 t1=5000"));
	typed(lock, "contentions", "my-Mutex.pb", "main.f", 0);
	CHECK(has("metric=\"mutex\""));
	typed(lock, "contentions", "count", "main.f", 0);
	CHECK(has("metric=\"delay\"") && has("note text=\"neither"));
	typed(wall, "wallclock", "nanoseconds", "main.f", 1000);
	CHECK(has("metric=\"wall\"") && has("t0=5000 t1=6000") && has("extent=\"interval\""));
	typed(one, "goroutine", "count", "runtime.gopark", 0);
	CHECK(has("metric=\"goroutine\" count_unit=\"count\" amount_unit=\"count\" period=100 scaled=0 "
		  "extent=\"instant\""));
	CHECK(has("flat_count=1 flat=1 cum_count=1 cum=1"));
	CHECK(has("gogroup profile=0 callsite=0 class=\"other\" labelset=0 locked=0 leaked=0 count=1"));
	typed(one, "goroutine", "count", "main.f", 1000);
	CHECK(times("gogroup") == 0 && has("t0=4000 t1=5000"));
	typed((const char *const[]){ "threadcreate", "count", NULL }, "threadcreate", "count", "main.f", 0);
	CHECK(has("metric=\"threadcreate\"") && has("extent=\"instant\"") && times("gogroup") == 0);
	typed((const char *const[]){ "goroutineleak", "count", NULL }, "goroutineleak", "count", "main.f", 0);
	CHECK(has("class=\"runnable\" labelset=0 locked=0 leaked=1 count=1"));
	typed(odd, "wall", "microseconds", "main.f", INT64_MAX);	/* no such time: the start alone */
	CHECK(has("t0=5000 t1=5000"));
	typed(odd, "wall", "microseconds", "main.f", 1000);
	CHECK(has("metric=\"wall\" amount_unit=\"ns\" period=100000 scaled=0 extent=\"interval\"") &&
	      has("t0=5000 t1=6000"));
	CHECK(has("metric=\"wall#2\" amount_unit=\"ns\""));
	CHECK(has("metric=\"heat\" count_unit=\"count\" amount_unit=\"kelvin\" scaled=0"));
	CHECK(has("func_total measure=0 func=0 flat_count=0 flat=1000 ") &&
	      has("measure=1 func=0 flat_count=0 flat=1000000 "));
}

/* The class of a goroutine whose stack is given leaf first, separated by blanks. */
static const char *class_of(const char *stack)
{
	static char class[64];
	struct buf b = { 0 }, names = { 0 };
	uint64_t loc[16];
	size_t n = 0;
	char copy[512], *save = NULL;

	type(&b, 1, 1, 2);
	texts(&names, (const char *const[]){ "", "goroutine", "count", NULL });
	snprintf(copy, sizeof(copy), "%s", stack);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		loc[n] = n + 1;
		n++;
		loc1(&b, n, n);
		function(&b, n, n + 2, 0);
		text(&names, word);
	}
	sample(&b, true, n, loc, 1, (int64_t[]){ 1 }, NULL);
	buf_add(&b, names.data, names.len);
	buf_free(&names);
	run(&b);
	class[0] = '\0';
	if (has("class=\""))
		sscanf(strstr(out, "class=\""), "class=\"%60[^\"]", class);
	return class;
}

static void test_classes(void)
{
	CHECK_STR(class_of("runtime.gopark runtime.netpollblock internal/poll.runtime_pollWait net.(*conn).Read"),
		  "io");
	CHECK_STR(class_of("runtime.gopark runtime.chanrecv runtime.chanrecv1 main.f"), "chan_recv");
	CHECK_STR(class_of("runtime.gopark runtime.chansend runtime.chansend1 main.f"), "chan_send");
	CHECK_STR(class_of("runtime.gopark runtime.selectgo main.f"), "select");
	CHECK_STR(class_of("runtime.gopark runtime.block main.main"), "block_forever");
	CHECK_STR(class_of("runtime.gopark time.Sleep main.f"), "sleep");
	CHECK_STR(class_of("runtime.gopark runtime.goparkunlock sync.runtime_notifyListWait sync.(*Cond).Wait main.f"),
		  "cond");
	CHECK_STR(class_of("runtime.gopark runtime.goparkunlock runtime.semacquire1 sync.runtime_SemacquireMutex "
			   "sync.(*Mutex).lockSlow sync.(*Mutex).Lock main.f"),
		  "mutex");
	CHECK_STR(
		class_of(
			"runtime.gopark runtime.goparkunlock runtime.semacquire1 internal/sync.runtime_SemacquireMutex "
			"internal/sync.(*Mutex).lockSlow sync.(*Mutex).Lock main.f"),
		"mutex");
	CHECK_STR(class_of("runtime.gopark runtime.semacquire1 sync.runtime_SemacquireRWMutexR sync.(*RWMutex).RLock "
			   "main.f"),
		  "rwmutex_r");
	CHECK_STR(
		class_of("runtime.gopark runtime.semacquire1 sync.runtime_SemacquireMutex sync.(*RWMutex).Lock main.f"),
		"rwmutex_w");
	CHECK_STR(class_of("runtime.gopark runtime.semacquire1 sync.runtime_Semacquire sync.(*WaitGroup).Wait main.f"),
		  "waitgroup");
	CHECK_STR(class_of("runtime.gopark runtime.semacquire1 internal/poll.runtime_Semacquire "
			   "internal/poll.(*fdMutex).rwlock"),
		  "semacquire");
	CHECK_STR(class_of("syscall.Syscall syscall.read main.f"), "syscall");
	CHECK_STR(class_of("runtime/pprof.runtime_goroutineProfileWithLabels runtime/pprof.writeGoroutine"), "running");
	CHECK_STR(class_of("main.spin time.Sleep main.f"), "runnable");
	CHECK_STR(class_of("runtime.gopark main.f"), "other");
}

/* drop_frames and keep_frames: the stack root..leaf c b a with a pattern each. */
static void prune(const char *drop, const char *keep, size_t n, const uint64_t *loc)
{
	struct buf b = cpu_with(n, loc, 1);

	location(&b, 5, 0x55, 3, (uint64_t[]){ 1, 2, 3 });
	num(&b, 7, CPU_N);
	num(&b, 8, CPU_N + 1);
	cpu_tables(&b);
	text(&b, drop);
	text(&b, keep);
	run(&b);
}

static void test_prune(void)
{
	const uint64_t abc[] = { 1, 2, 3 }, inlined[] = { 1, 5, 3 };

	prune("main\\.b", "", 3, abc); /* b and what it called */
	CHECK(times("callsite id") == 1 && times("func_total") == 1 && has("name=\"main.c\""));
	prune("main\\.", "", 3, abc); /* whole names only */
	CHECK(times("callsite id") == 3);
	prune("main\\.[ab]|x", "main\\.b", 3, abc); /* kept, so only a goes */
	CHECK(times("callsite id") == 2 && times("func_total") == 2);
	prune("main\\.c", "", 3, abc); /* the root matches: nothing above it is left to keep, so it stays */
	CHECK(times("callsite id") == 3);
	prune(".*", "", 3, abc);
	CHECK(times("callsite id") == 3);
	prune("main\\.b", "", 3, inlined); /* inside a location: its root-side line stays */
	CHECK(times("callsite id") == 2);
	CHECK(has("callsite id=1 parent=0 func=0 line=30 inlined=0"));
	prune("main\\.(", "", 3, abc); /* not a pattern */
	CHECK(has("is no pattern") && times("callsite id") == 3);
	prune("(a|aa|m|ma|i|n|\\.|in)*x", "", 3, abc);
	CHECK(times("callsite id") == 3);
}

/* One frame named `name` below two others: does `pattern` take it? */
static bool pruned(const char *pattern, const char *name)
{
	struct buf b = cpu_with(2, (uint64_t[]){ 4, 1 }, 1);

	loc1(&b, 4, 4);
	function(&b, 4, CPU_N + 1, 0);
	num(&b, 7, CPU_N);
	cpu_tables(&b);
	text(&b, pattern);
	text(&b, name);
	run(&b);
	return times("callsite id") == 1;
}

static void test_simplified_names(void)
{
	char slow[80];

	CHECK(pruned("malloc", "malloc"));
	CHECK(!pruned("malloc", "mallocx") && !pruned("malloc", "xmalloc"));
	CHECK(pruned("malloc", ".malloc"));			/* a leading dot goes */
	CHECK(pruned("malloc", "malloc(unsigned long)"));	/* so does what is in parentheses */
	CHECK(pruned("main\\.", "main.(*T).M"));
	CHECK(pruned("\\(anonymous namespace\\)::f", "(anonymous namespace)::f(int)"));
	CHECK(pruned("A::operator\\(\\)", "A::operator()(int) const"));
	CHECK(pruned("a|b|malloc", "malloc"));			/* the whole name, whichever alternative */
	CHECK(!pruned("0x.*", "0"));
	memset(slow, 'a', sizeof(slow) - 1);
	slow[sizeof(slow) - 1] = '\0';
	CHECK(!pruned("(a|aa)*(a|aa)*[bc]", slow));
	CHECK(has("takes too long") && has("lost=1"));
}

static void test_versions(void)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{ "main.F[go.shape.int]", "goversion min=21\n" },
		{ "main.F[...]", "goversion min=18 max=20\n" },
		{ "runtime.findrunnable", "goversion max=18\n" },
		{ "main.f.gowrap1", "goversion min=22\n" },
		{ "internal/runtime/syscall/linux.Syscall6", "goversion min=26\n" },
		{ "internal/runtime/syscall.Syscall6", "goversion min=23 max=25\n" },
	};
	static const char *const one[] = { "thing", "count", NULL };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		typed(one, "thing", "count", cases[i].name, 0);
		CHECK(has(cases[i].want));
	}
	typed(one, "thing", "count", "main.f", 0);
	CHECK(times("goversion") == 0);
}

/* One function of the runtime: its file, its start line, and whether the file begins as the runtime's own do. */
static void runtime_file(const char *file, uint64_t start_line, bool own)
{
	struct buf b = { 0 }, head = cpu_head(), m = { 0 };

	if (own)
		num(&b, 9, 1);
	buf_add(&b, head.data, head.len);
	buf_free(&head);
	sample1(&b, 1, 1);
	loc1(&b, 1, 1);
	num(&m, 1, 1);
	num(&m, 2, CPU_N);
	num(&m, 4, CPU_N + 1);
	num(&m, 5, start_line);
	sub(&b, 5, &m);
	texts(&b, CPU);
	text(&b, "runtime.main");
	text(&b, file);
	run(&b);
}

static void test_version_of_files(void)
{
	runtime_file("/usr/lib/go-1.19/src/runtime/proc.go", 0, true);
	CHECK(has("goversion min=19 max=19\n"));
	runtime_file("/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.23.4.linux-amd64/src/runtime/proc.go", 200, true);
	CHECK(has("goversion min=23 max=23\n"));
	runtime_file("/go1.9/src/runtime/proc.go", 0, false);
	CHECK(has("goversion min=9 max=9\n"));
	runtime_file("/usr/local/go/src/runtime/proc.go", 200, true);
	CHECK(has("goversion min=20\n"));
	runtime_file("/usr/local/go/src/runtime/proc.go", 0, true);
	CHECK(has("goversion max=19\n"));
	runtime_file("/usr/local/go/src/runtime/proc.go", 0, false);	/* somebody else wrote it */
	CHECK(times("goversion") == 0);
	runtime_file("/go1.25/src/runtime/proc.go", 0, true);		/* contradicts itself: no evidence */
	CHECK(times("goversion") == 0);
}

/* A tree that would be too large ends in '[folded]' leaves; nothing is lost. */
static void test_folding(void)
{
	struct buf b = cpu_head();
	long long count, sum = 0;

	for (uint64_t i = 1; i <= 3000; i++) {
		count = (long long)(i % 7 + 1);
		sample(&b, true, 3, (uint64_t[]){ i, 3 + i % 100, 2 }, 2, (int64_t[]){ count, count * 10 }, NULL);
		if (i > 3)
			location(&b, i, i, 0, NULL);
		sum += count;
	}
	sample(&b, true, 3, (uint64_t[]){ 3, 1, 2 }, 2, (int64_t[]){ 1000000, 10000000 }, NULL);
	cpu_tables(&b);
	limits.tree_nodes = 200;
	decode_as(&b, true, "x");
	CHECK(has("more than 200 call sites") && has("name=\"[folded]\""));
	CHECK(times("callsite id") <= 200);
	for (const char *at = out; (at = strstr(at, "\nsample ")); at++) {
		if (sscanf(at, " sample measure=0 callsite=%*d labelset=0 count=%lld", &count) == 1)
			sum -= count;
	}
	CHECK(sum == -1000000);
	CHECK(times("func_total") == 3000);
	limits.tree_nodes = 0;
	decode_as(&b, true, "x");
	CHECK(times("callsite id") >= 1);
	limits = limits_default;
	decode_as(&b, true, "x");
	CHECK(times("folded") == 0 && times("\nsample ") > 1000);
	buf_free(&b);
}

int main(void)
{
	limits = limits_default;
	test_whole();
	test_accepted();
	test_names();
	test_order();
	test_packing();
	test_frames();
	test_kinds();
	test_classes();
	test_prune();
	test_simplified_names();
	test_versions();
	test_version_of_files();
	test_folding();
	return check_done();
}

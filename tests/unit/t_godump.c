// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_godump.c - goroutine dumps of Go 1.17 to 1.27, whole, cut, inside logs, and several in one text
 */
#include "ingest/godump.h"
#include "tests/unit/decode.h"

#define D &decoder_godump

static const char two[] =
	"goroutine 1 [running]:\n"
	"main.main()\n"
	"\t/app/main.go:10 +0x1f\n"
	"\n"
	"goroutine 7 [chan receive, 3 minutes, locked to thread]:\n"
	"main.(*T).work(0xc000012000, {0x7c83c0?, 0x1}, ...)\n"
	"\t/app/t.go:20 +0x2a\n"
	"main.run.func1(...)\n"
	"\t/app/t.go:30\n"
	"created by main.run in goroutine 1\n"
	"\t/app/t.go:31 +0x5f\n";

static void records(void)
{
	CHECK_STR(decode(D, two), "goversion min=21\n"
				  "func id=0 name=\"main.main\" file=\"/app/main.go\" start_line=0\n"
				  "func id=1 name=\"main.run.func1\" file=\"/app/t.go\" start_line=0\n"
				  "func id=2 name=\"main.(*T).work\" file=\"/app/t.go\" start_line=0\n"
				  "func id=3 name=\"main.run\" file=\"/app/t.go\" start_line=0\n"
				  "callsite id=0 func=0 line=10 inlined=0\n"
				  "callsite id=1 func=1 line=30 inlined=1\n"
				  "callsite id=2 parent=1 func=2 line=20 inlined=0\n"
				  "profile id=0 depth_cut=0\n"
				  "measure id=0 profile=0 metric=\"goroutine\" count_unit=\"count\" "
				  "amount_unit=\"count\" period=1 scaled=0 extent=\"instant\"\n"
				  "sample measure=0 callsite=0 labelset=0 count=1 amount=1\n"
				  "sample measure=0 callsite=2 labelset=0 count=1 amount=1\n"
				  "func_total measure=0 func=0 flat_count=1 flat=1 cum_count=1 cum=1\n"
				  "func_total measure=0 func=2 flat_count=1 flat=1 cum_count=1 cum=1\n"
				  "func_total measure=0 func=1 flat_count=0 flat=0 cum_count=1 cum=1\n"
				  "gogroup profile=0 callsite=0 state=\"running\" class=\"running\" labelset=0 "
				  "locked=0 leaked=0 count=1\n"
				  "gogroup profile=0 callsite=2 state=\"chan receive\" class=\"chan_recv\" wait_min=3 "
				  "creator=3 creator_line=31"
				  " labelset=0 locked=1 leaked=0 count=1\n");
	decode_bytes(D, two, strlen(two), false);
	CHECK(decode_count("func_total", "") == 3 && decode_count("callsite", "") == 0 &&
	      decode_count("sample", "") == 0 && decode_count("gogroup", "") == 0 && decode_count("measure", "") == 1);
	decode(D, "");
	CHECK(decode_count("profile", "") == 0);
}

static void header(const char *line, uint64_t id, const char *state, int64_t minutes, bool locked, bool leaked,
		   const char *labels)
{
	struct godump_header h;
	bool ok = godump_header(str_from(line), &h);

	CHECK(ok);
	if (!ok) {
		fprintf(stderr, "  header refused: %s\n", line);
		return;
	}
	CHECK(h.id == id && str_is(h.state, state) && h.minutes == minutes && h.locked == locked && h.leaked == leaked);
	CHECK(labels ? str_is(h.labels, labels) : h.labels.p == NULL);
}

static void headers(void)
{
	static const char *const none[] = {
		"goroutine 1 [running",
		"goroutine x [running]:",
		"goroutine 1 running:",
		"goroutine 1 []:",
		"goroutine 18446744073709551616 [select]:",
		"goroutine 1 [select]: and more",
		"goroutine 1 gp=0x1 [select]:",
		"goroutines 1 [select]:",
		"goroutine 1[select]:",
	};
	struct godump_header h;

	header("goroutine 1 [running]:", 1, "running", STORE_NULL, false, false, NULL);
	header("goroutine 9 [syscall, 2 minutes]:", 9, "syscall", 2, false, false, NULL);
	header("goroutine 4 [chan receive (nil chan), 12 minutes, locked to thread]:", 4, "chan receive (nil chan)", 12,
	       true, false, NULL);
	header("goroutine 18 [chan receive (leaked)]:", 18, "chan receive", STORE_NULL, false, true, NULL);
	header("goroutine 18 [select (no cases) (leaked) (scan)]:", 18, "select (no cases)", STORE_NULL, false, true,
	       NULL);
	header("goroutine 40 [chan receive (durable), synctest bubble 2]:", 40, "chan receive", STORE_NULL, false,
	       false, NULL);
	header("goroutine 40 [sleep (scan) (durable), 1 minutes, synctest group 3]:", 40, "sleep", 1, false, false,
	       NULL);
	header("goroutine 1 gp=0xc0000061c0 m=nil [chan receive, 2 minutes]:", 1, "chan receive", 2, false, false,
	       NULL);
	header("goroutine 34 gp=0xc000106380 m=3 mp=0xc00005b008 [running]:", 34, "running", STORE_NULL, false, false,
	       NULL);
	header("goroutine 23 [select, 3 minutes, locked to thread labels:{\"job\": \"sync\", \"note\": \"a ]: "
	       "b\\n\"}]:",
	       23, "select", 3, true, false, "\"job\": \"sync\", \"note\": \"a ]: b\\n\"");
	header("goroutine 23 [select labels:{\"q\": \"\\\"]:\"}]:", 23, "select", STORE_NULL, false, false,
	       "\"q\": \"\\\"]:\"");
	header("goroutine 5 [select] {\"a\": \"b\"}:", 5, "select", STORE_NULL, false, false, "\"a\": \"b\"");
	header("goroutine 5 [select]{\"a\": \"b\"}:", 5, "select", STORE_NULL, false, false, "\"a\": \"b\"");
	header("goroutine 5 [select]", 5, "select", STORE_NULL, false, false, NULL);
	header("goroutine 9223372036854775807 [GOMAXPROCS updater (idle)]:", INT64_MAX, "GOMAXPROCS updater (idle)",
	       STORE_NULL, false, false, NULL);
	header("goroutine 3 [some new reason (x)]:", 3, "some new reason (x)", STORE_NULL, false, false, NULL);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		CHECK(!godump_header(str_from(none[i]), &h));
}

static void func(const char *line, const char *name, bool inlined)
{
	struct str got;
	bool in;

	CHECK(godump_func(str_from(line), &got, &in));
	CHECK(str_is(got, name) && in == inlined);
}

static void lines(void)
{
	struct str s, f;
	uint32_t line;
	bool b;

	func("net/http.(*conn).serve(0xc000002000, {0x7c83c0, 0xc000168cc0})", "net/http.(*conn).serve", false);
	func("sync.(*Mutex).Lock(...)", "sync.(*Mutex).Lock", true);
	func("main.main()", "main.main", false);
	func("example.com/shop/store.(*Queue[...]).Put(0x0?, 0x0?)", "example.com/shop/store.(*Queue[...]).Put", false);
	func("example.com/n.v2/y%2ev3.S.Val({0x0?})", "example.com/n.v2/y%2ev3.S.Val", false);
	func("net.(*Resolver).goLookupIPCNAMEOrder.func4({_, _}, _)", "net.(*Resolver).goLookupIPCNAMEOrder.func4",
	     false);
	func("panic({0x4bfd60, 0x4fc8e0})", "panic", false);
	func("main.f((0x1), 0x2)", "main.f", false);
	CHECK(!godump_func(STR_LIT("main.f"), &s, &b) && !godump_func(STR_LIT("()"), &s, &b) &&
	      !godump_func(STR_LIT("))"), &s, &b));
	CHECK(godump_place(STR_LIT("/a/b.go:12 +0x1f fp=0x1 sp=0x2 pc=0x3"), &s, &b) && str_is(s, "/a/b.go:12") && b);
	CHECK(godump_place(STR_LIT("C:/x/y.go:12"), &s, &b) && str_is(s, "C:/x/y.go:12") && !b);
	CHECK(!godump_place(STR_LIT("/a/b.go"), &s, &b) && !godump_place(STR_LIT("/a/b.go:"), &s, &b) &&
	      !godump_place(STR_LIT("/a:1x"), &s, &b));
	godump_place_split(STR_LIT("C:/x/y.go:12"), &f, &line);
	CHECK(str_is(f, "C:/x/y.go") && line == 12);
	godump_place_split(STR_LIT(""), &f, &line);
	CHECK(f.n == 0 && line == 0);
	CHECK(godump_creator(STR_LIT("net/http.(*Server).Serve in goroutine 12"), &s, &b) &&
	      str_is(s, "net/http.(*Server).Serve") && b);
	CHECK(godump_creator(STR_LIT("time.goFunc"), &s, &b) && str_is(s, "time.goFunc") && !b);
	CHECK(!godump_creator(STR_LIT("the way of all things"), &s, &b));
}

static const char *class_of(const char *state, const char *f0, const char *f1, const char *f2)
{
	const struct str name[] = { str_from(f0), str_from(f1), str_from(f2) };

	return godump_class(str_from(state), name, 3);
}

static void classes(void)
{
	CHECK_STR(class_of("IO wait", "x", "y", "z"), "io");
	CHECK_STR(class_of("select (no cases)", "x", "y", "z"), "block_forever");
	CHECK_STR(class_of("a reason of Go 1.30", "x", "y", "z"), "other");
	CHECK_STR(
		class_of("semacquire", "sync.runtime_SemacquireMutex", "sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock"),
		"mutex");
	CHECK_STR(class_of("semacquire", "sync.runtime_SemacquireMutex", "sync.(*Mutex).lockSlow",
			   "sync.(*RWMutex).Lock"),
		  "rwmutex_w");
	CHECK_STR(class_of("semacquire", "sync.runtime_SemacquireMutex", "sync.(*RWMutex).RLock", "main.f"),
		  "rwmutex_r");
	CHECK_STR(class_of("semacquire", "sync.runtime_SemacquireMutex", "sync.(*RWMutex).Lock", "main.f"),
		  "rwmutex_w");
	CHECK_STR(class_of("semacquire", "sync.runtime_Semacquire", "sync.(*WaitGroup).Wait", "main.f"), "waitgroup");
	CHECK_STR(class_of("semacquire", "internal/poll.runtime_Semacquire", "internal/poll.(*fdMutex).rwlock", "x"),
		  "fd_lock");
	CHECK_STR(class_of("semacquire", "main.f", "main.g", "main.h"), "gc_wait");
	CHECK_STR(class_of("semacquire", "runtime.GC", "main.f", "main.g"), "stw");
	CHECK_STR(class_of("semacquire", "runtime.gopark", "runtime.semacquire1", "sync.(*WaitGroup).Wait"),
		  "waitgroup");
}

/* Counts and states, whatever the version. */
static void blocks(void)
{
	decode(D, "goroutine 1 [semacquire, 2 "
		  "minutes]:\nsync.runtime_Semacquire(0x1)\n\t/usr/lib/go-1.19/src/runtime/sema.go:56 +0x25\n"
		  "sync.(*WaitGroup).Wait(0x2)\n\t/usr/lib/go-1.19/src/sync/waitgroup.go:136 "
		  "+0x52\nmain.main()\n\t/a.go:1 +0x1\n");
	CHECK(decode_has("goversion min=19 max=19") && decode_has("class=\"waitgroup\" wait_min=2"));
	/* No stack, a scheduler stack, everything shown, registers behind. */
	decode(D, "2024/05/01 10:00:00 serving\n^\\SIGQUIT: quit\nPC=0x46f0a1 m=0 sigcode=0\n\n"
		  "goroutine 0 gp=0x8a3ac0 m=0 mp=0x8a4a60 [idle]:\nruntime.futex(0x8a4ba8)\n\t/sys.s:557 +0x21 fp=0x7 "
		  "sp=0x7 pc=0x4\n\n"
		  "goroutine 1 gp=0xc0000061c0 m=nil [chan receive, 2 minutes]:\nruntime.gopark(0x0?)\n\t/proc.go:402 "
		  "+0xce fp=0x1 sp=0x2 pc=0x3\n"
		  "main.main()\n\t/app/main.go:20 +0x9b fp=0x1 sp=0x2 pc=0x3\nruntime.main()\n\t/proc.go:250 +0x212 "
		  "fp=0x1 sp=0x2 pc=0x3\n"
		  "runtime.goexit()\n\t/asm.s:1594 +0x1 fp=0x1 sp=0x2 pc=0x4\n\n"
		  "goroutine 34 gp=0xc000106380 m=3 mp=0xc00005b008 [running]:\n\tgoroutine running on other thread; "
		  "stack unavailable\n"
		  "created by main.main in goroutine 1\n\t/app/main.go:14 +0x85\n\nrax    0xca\nrbx    0x0\nrip    "
		  "0x46f0a1\n");
	CHECK(decode_sum("gogroup", " count=") == 2 && decode_has("func=") && decode_has("name=\"[unknown]\"") &&
	      decode_has("goversion min=22"));
	CHECK(!decode_has("goexit") && !decode_has("futex") && decode_has("1 scheduler stacks") &&
	      decode_has("event span=0 kind=\"signal\""));
	/* cgo, with and without a symbolizer; gopanic's other name. */
	decode(D, "goroutine 1 [syscall]:\nnon-Go function at pc=4a5b\nc_work\n\t/src/work.c:12 pc=0x4a5c\nnon-Go "
		  "function\n\tpc=0x4a5d\n"
		  "main._Cfunc_work(0x1e)\n\t_cgo_gotypes.go:62 +0x45\npanic({0x1, 0x2})\n\t/p.go:1 "
		  "+0x1\nmain.main()\n\t/a.go:3 +0x1\n");
	CHECK(decode_has("name=\"c_work\" file=\"/src/work.c\"") && decode_has("name=\"non-Go function\" file=\"\"") &&
	      decode_has("name=\"runtime.gopanic\" file=\"/p.go\"") && decode_has("callsite id=5") &&
	      !decode_has("callsite id=6"));
	/* Ancestors are not frames of the goroutine. */
	decode(D, "goroutine 8 [select]:\nmain.a()\n\t/a.go:1 +0x1\ncreated by main.b\n\t/a.go:2 +0x1\n[originating "
		  "from goroutine 1]:\n"
		  "main.c(...)\n\t/a.go:3 +0x1\n...additional frames elided...\ncreated by main.d\n\t/a.go:4 +0x1\n");
	CHECK(decode_count("func ", "") == 2 && decode_has("depth_cut=0") && decode_has("creator=1 creator_line=2"));
	/* Other writers' lines inside a block, a tab lost, CRLF. */
	decode(D, "goroutine 8 [select]:\r\nmain.a()\r\n2024/05/01 10:00:00 GET /x (timeout)\r\n\t/a.go:1 "
		  "+0x1\r\nmain.b()\r\n/b.go:2 +0x1\r\n"
		  "gc 3 @1s 0%: 0.07+3+0.06 ms clock, 0.1+0/3/0+0.1 ms cpu, 1->1->0 MB, 4 MB goal, 2 P\r\ncreated by "
		  "main.c in goroutine 1\r\n"
		  "\t/c.go:3 +0x1\r\n");
	CHECK(decode_has("name=\"main.a\" file=\"/a.go\"") && decode_has("name=\"main.b\" file=\"/b.go\"") &&
	      decode_count("func ", "") == 3);
	CHECK(decode_has("1 gctrace lines"));
}

static void elision(void)
{
	struct buf b = { 0 };

	decode(D, "goroutine 13 [select (no cases)]:\nmain.deep(0x0)\n\t/m.go:126 +0x37\n...51 frames "
		  "elided...\nmain.root(0x96)\n\t/m.go:128 +0x25\n"
		  "created by main.block in goroutine 19\n\t/m.go:110 +0x7fa\n");
	CHECK(decode_has("name=\"[elided]\"") && decode_has("depth_cut=0") &&
	      decode_has("1 stacks have frames left out"));
	decode(D, "goroutine 13 [select]:\nmain.deep(0x0)\n\t/m.go:126 +0x37\n...additional frames elided...\ncreated "
		  "by main.block\n\t/m.go:110 +0x7fa\n");
	CHECK(decode_has("depth_cut=1") && !decode_has("[elided]"));
	/* 1.17-1.20 cut at 100 frames, hidden ones counted, and say nothing: so with 97 printed the root is missing. */
	for (int round = 0; round < 3; round++) {
		buf_reset(&b);
		buf_puts(&b, "goroutine 13 [select]:\n");
		for (int i = 0; i < 97; i++)
			buf_printf(&b, "main.deep(0x%x)\n\t/m.go:126 +0x37\n", (unsigned)i);
		if (round == 1)
			buf_puts(&b, "main.main()\n\t/m.go:1 +0x1\n");
		buf_printf(&b, "created by main.block%s\n\t/m.go:110 +0x7fa\n", round == 2 ? " in goroutine 1" : "");
		decode(D, b.data);
		CHECK(decode_count("profile", round == 0 ? "depth_cut=1" : "depth_cut=0") == 1);
	}
	buf_free(&b);
}

static void groups(void)
{
	static const char stack[] =
		"main.a(0x%d)\n\t/a.go:1 +0x1\ncreated by main.b in goroutine %d\n\t/a.go:%d +0x1\n\n";
	bool kind[16] = { false };
	int kinds = 0;
	struct buf b = { 0 };

	/* Arguments and the creator's id make no difference; state, minutes, labels, creator's line do. */
	for (int i = 1; i <= 60; i++) {
		buf_printf(&b, "goroutine %d [%s%s%s]:\n", i, i % 2 ? "select" : "sleep", i % 3 ? "" : ", 4 minutes",
			   i % 5 ? "" : " labels:{\"k\": \"v\"}");
		buf_printf(&b, stack, i, i, i % 7 ? 2 : 3);
		kind[(i % 2 == 0) * 8 + (i % 3 == 0) * 4 + (i % 5 == 0) * 2 + (i % 7 == 0)] = true;
	}
	for (int i = 0; i < 16; i++)
		kinds += kind[i];
	decode(D, b.data);
	CHECK(decode_sum("gogroup", " count=") == 60 && decode_count("gogroup", "") == kinds && kinds > 12);
	CHECK(decode_sum("gogroup", " count=") == decode_sum("sample", " count="));
	CHECK(decode_count("sample", "") == 2 &&
	      decode_has("func_total measure=0 func=0 flat_count=60 flat=60 cum_count=60 cum=60"));
	buf_free(&b);
}

static void labels(void)
{
	struct buf b = { 0 };

	decode(D,
	       "goroutine 1 [select labels:{\"z\": \"1\", \"a\": \"\\u00e9\\x01\\\"\"}]:\nmain.a()\n\t/a.go:1 +0x1\n\n"
	       "goroutine 2 [select labels:{\"a\": \"\\u00e9\\x01\\\"\", \"z\": \"1\"}]:\nmain.a()\n\t/a.go:1 +0x1\n\n"
	       "goroutine 3 [select labels:{\"broken]:\nmain.a()\n\t/a.go:1 +0x1\n");
	CHECK(decode_count("labelset", "id=1") == 1 && decode_count("labelset", "id=2") == 0);
	CHECK(decode_has("label labelset=1 pos=0 key=\"a\" str=\"\xc3\xa9\\x01\\\"\"\n") &&
	      decode_has("label labelset=1 pos=1 key=\"z\" str=\"1\"\n"));
	CHECK(decode_has("labelset=1 locked=0 leaked=0 count=2"));
	/* A key that never repeats is left out, and what remains falls together. */
	decode_limits.label_sets = 10;
	for (int i = 1; i <= 40; i++)
		buf_printf(
			&b,
			"goroutine %d [select labels:{\"id\": \"%d\", \"e\": \"%d\"}]:\nmain.a()\n\t/a.go:1 +0x1\n\n",
			i, i, i % 2);
	decode(D, b.data);
	CHECK(decode_has("label 'id' has more than 10 values") && decode_count("labelset", "dropped=1") == 2 &&
	      decode_count("label ", "") == 2);
	CHECK(decode_count("gogroup", "count=20") == 2 && decode_count("sample", "count=20") == 2);
	decode_limits = limits_default;
	buf_free(&b);
}

static const char block_a[] = "goroutine 7 [select]:\nmain.a()\n\t/a.go:1 +0x1\n";
static const char block_1[] = "goroutine 1 [running]:\nmain.main()\n\t/a.go:9 +0x1\n";
static const char block_9[] = "goroutine 9 [running]:\nmain.dump()\n\t/a.go:5 +0x1\n";
static const char block_w[] = "goroutine 1 [IO wait]:\nmain.main()\n\t/a.go:9 +0x1\n";

/* Dumps as "goroutines per profile". */
static const char *per_profile(const char *text)
{
	static char out[64];
	size_t n = 0;

	decode(D, text);
	out[0] = '\0';
	for (int i = 0; i < 6; i++) {
		char what[32];
		long count;

		snprintf(what, sizeof(what), "sample measure=%d ", i);
		count = decode_sum(what, " count=");
		if (count)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%ld", n ? " " : "", count);
	}
	return out;
}

static const char *text_of(const char *a, const char *b, const char *c, const char *d, const char *e)
{
	static char text[4096];

	snprintf(text, sizeof(text), "%s%s%s%s%s", a, b, c, d, e);
	return text;
}

static void several(void)
{
	CHECK_STR(per_profile(text_of(block_1, "\n", block_a, "", "")), "2");
	/* Two files joined: no blank line between them. */
	CHECK_STR(per_profile(text_of(block_1, "\n", block_a, block_1, "\n")), "2 1");
	/* A goroutine again: the one that wrote the second dump stands before it. */
	CHECK_STR(per_profile(text_of(block_9, "\n", block_w, "\n", block_a)), "3");
	CHECK_STR(per_profile("goroutine 9 [running]:\nmain.d()\n\t/a.go:5 +0x1\n\ngoroutine 1 [IO "
			      "wait]:\nmain.main()\n\t/a.go:9 +0x1\n\n"
			      "goroutine 12 [running]:\nmain.d()\n\t/a.go:5 +0x1\n\ngoroutine 1 [IO "
			      "wait]:\nmain.main()\n\t/a.go:9 +0x1\n\n"
			      "goroutine 7 [select]:\nmain.a()\n\t/a.go:1 +0x1\n"),
		  "2 3");
	/* Log lines between blocks do not end a dump; a crash line does. */
	CHECK_STR(per_profile(text_of(block_1, "\n2024/05/01 10:00:00 GET /\n\n", block_a, "", "")), "2");
	CHECK_STR(per_profile(text_of(block_w, "\n", block_a, "\nfatal error: concurrent map writes\n\n", block_1)),
		  "2 1");
	/* GOTRACEBACK=crash: every thread prints all; the first counts. */
	CHECK_STR(per_profile(text_of("SIGQUIT: quit\n\n", block_w, "\nrax    0xca\n\n-----\n\nSIGQUIT: quit\n\n", block_w, "")), "1");
	CHECK(decode_has("1 goroutines are printed again"));
	/* Traces of one goroutine each are kept apart. */
	CHECK_STR(per_profile(text_of("2024/05/01 10:00:00 http: panic serving 1.2.3.4:5: secret\n", block_9,
				      "2024/05/01 10:00:01 http: panic serving 1.2.3.4:6: secret\n", block_9, "")),
		  "2");
	CHECK(decode_has("metric=\"goroutine_trace\"") && !decode_has("metric=\"goroutine\"") &&
	      decode_count("event", "kind=\"panic\"") == 2);
	CHECK(!decode_has("secret"));
	decode(D, text_of("panic: runtime error: index out of range [7] with length 1\n\n", block_1, "exit status 2\n",
			  "", ""));
	CHECK(decode_has("text=\"panic: runtime error: index out of range [7] with length 1\"") &&
	      decode_has("goroutine_trace"));
}

static void logs(void)
{
	decode(D, "app_1  | goroutine 1 [running]:\napp_1  | main.main()\napp_1  | \t/a.go:9 +0x1\napp_1  |\napp_1  | "
		  "goroutine 7 [select]:\n"
		  "app_1  | main.a()\napp_1  |         /a.go:1 +0x1\n");
	CHECK(decode_sum("gogroup", " count=") == 2 && decode_has("file=\"/a.go\"") &&
	      decode_count("callsite", "") == 2);
	decode(D, "2026-11-20T10:02:03Z goroutine 1 [running]:\n2026-11-20T10:02:03Z main.main()\n2026-11-20T10:02:03Z "
		  "\t/a.go:9 +0x1\n"
		  "2026-11-20T10:02:03Z \n2026-11-20T10:02:04Z goroutine 7 [select]:\n2026-11-20T10:02:04Z "
		  "main.a()\n2026-11-20T10:02:04Z \t/a.go:1 +0x1\n");
	CHECK(decode_sum("gogroup", " count=") == 2 && decode_has("t0=1795168923000000000"));
	decode(D, "{\"level\":\"error\",\"stack\":\"goroutine 5 [running]:\\nmain.f(0x1)\\n\\t/a.go:3 +0x1\\ncreated "
		  "by main.g in goroutine 1\\n\\t/a.go:4 +0x2\\n\",\"x\":1}\n"
		  "{\"level\":\"error\",\"stack\":\"goroutine 6 [running]:\\nmain.f(0x1)\\n\\t/a.go:3 +0x1\\ncreated "
		  "by main.g in goroutine 1\\n\\t/a.go:4 +0x2\\n\"}\n");
	CHECK(decode_has("goroutine_trace") && decode_has("creator=1 creator_line=4") && decode_has("count=2"));
	CHECK(decode_sniff(D, "x\nhost app[12]: goroutine 5 [select]:\n") && decode_sniff(D, two));
	CHECK(!decode_sniff(D, "a goroutine 5 [select] walks into a bar\n") &&
	      !decode_sniff(D, "goroutine profile: total 5\n"));
	CHECK(!decode_sniff(D, "mygoroutine 5 [select]:\n"));
}

/* Cut at any byte: never an error, never more goroutines than headers, at most the last frame is lost. */
static void cuts(void)
{
	/* A header counts from its bracket on: some people strip the colon. */
	size_t n = strlen(two), header1 = strlen("goroutine 1 [running]"),
	       header2 = (size_t)(strstr(two, "thread]:") - two) + 7;
	long all;

	for (size_t i = 0; i <= n; i++) {
		decode_bytes(D, two, i, true);
		CHECK(!decode_has("refused"));
		all = decode_sum("gogroup", " count=");
		CHECK(all == (i >= header1) + (i >= header2));
	}
	decode_bytes(D, two, (size_t)(strstr(two, ":20 +0x2a") - two) + 2, true);	/* ":2" is not line 2 */
	CHECK(!decode_has("line=2 ") && decode_has("lost=1") && decode_has("depth_cut=1"));
	decode_bytes(D, two, n - 1, true);	/* only the last newline is missing */
	CHECK(!decode_has("lost=1") && decode_has("creator_line=31"));
}

static void full_buffers(void)
{
	struct buf b = { 0 };

	while (b.len < 65536 - 200)
		buf_printf(&b, "goroutine %d [select]:\nmain.a()\n\t/a.go:1 +0x1\n\n", (int)b.len + 1);
	buf_puts(&b, "goroutine 99999999 [select]:\nmain.");
	while (b.len < 65536 - 20)
		buf_byte(&b, 'a');
	buf_puts(&b, "()\n\t/a.go:1 +0x1\n\n");
	CHECK(b.len == 65536 - 1 || b.len < 65536);
	while (b.len < 65536)
		buf_byte(&b, '\n');
	decode_bytes(D, b.data, b.len, true);
	CHECK(decode_has("fills its buffer to the byte") && decode_has("lost=1"));
	decode_bytes(D, b.data, b.len - 1, true);
	CHECK(!decode_has("lost=1"));
	buf_free(&b);
}

/* More call sites than tree_nodes: light subtrees fold, sums stay. */
static void folding(void)
{
	struct buf b = { 0 };

	for (int i = 1; i <= 400; i++) {
		int k = i <= 200 ? 0 : i;	/* 200 share one stack, the others have each their own */

		buf_printf(&b,
			   "goroutine %d [select]:\nmain.leaf%d()\n\t/a.go:1 +0x1\nmain.mid%d()\n\t/a.go:2 "
			   "+0x1\nmain.root()\n\t/a.go:3 +0x1\n\n",
			   i, k, k);
	}
	decode_limits.tree_nodes = 50;
	decode(D, b.data);
	CHECK(decode_count("callsite", "") <= 50 && decode_has("name=\"[folded]\"") && decode_has("are folded"));
	CHECK(decode_sum("sample", " count=") == 400 && decode_sum("gogroup", " count=") == 400 &&
	      decode_count("gogroup", "") == 2);
	CHECK(decode_count("func_total", "cum_count=400") == 1 && decode_count("func_total", "") == 1 + 201 * 2);
	decode_limits = limits_default;
	decode(D, b.data);
	CHECK(decode_count("callsite", "") == 1 + 201 * 2 && !decode_has("folded"));
	decode_limits.profile_objects = 100;
	decode(D, b.data);
	CHECK(decode_has("refused") && decode_has("profile_objects"));
	decode_limits = limits_default;
	buf_free(&b);
}

int main(void)
{
	decode_limits = limits_default;
	decode_limits_set = true;
	records();
	headers();
	lines();
	classes();
	blocks();
	elision();
	groups();
	labels();
	several();
	logs();
	cuts();
	full_buffers();
	folding();
	return decode_done();
}

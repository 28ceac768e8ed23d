// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_log.c - gctrace, schedtrace, crashes and dumps among the lines of a log
 */
#include "ingest/log.h"
#include "tests/unit/decode.h"

#define D &decoder_log

#define GC(n, at)                                                                                                      \
	"gc " n " @" at "s 3%: 0.10+2.0+0.005 ms clock, 0.20+0.50/1.5/0.25+0.010 ms cpu, 4->5->2 MB, 6 MB goal, 0 MB " \
			"stacks, 0 MB globals, 2 P"
#define CYCLE                                                                                                          \
	" pause=105000 pause1=100000 pause2=5000 mark=2000000 assist=500000 background=1500000 idle=250000 "           \
	"heap_start=4194304 heap_end=5242880 heap_live=2097152 goal=6291456 procs=2 forced=0\n"

static void gctrace(void)
{
	/* Every field; @ is when the cycle began. */
	CHECK_STR(decode(D, GC("7", "1.360") "\n"),
		  "clock origin=\"process\"\ngc_cycle n=7 t=1360000000 t_err=1000000" CYCLE
		  "setting name=\"GOMAXPROCS\" value=\"2\" origin=\"file\"\ngoversion min=18\n");
	/* Go 1.17 has no stacks, 1.26 the leak check. */
	decode(D, "gc 1 @0.011s 2%: 0.015+0.61+0.005 ms clock, 0.12+0.21/0.89/0.12+0.041 ms cpu, 4->4->0 MB, 5 MB "
		  "goal, 8 P\n");
	CHECK(decode_has("goal=5242880 procs=8 forced=0\n") && decode_has("goversion max=17\n"));
	decode(D,
	       "gc 4 @13.001s 1% (checking for goroutine leaks): 0.11+3.2+0.004 ms clock, 0.91+0/5.1/0+0.034 ms cpu, "
	       "402->402->400 MB, 804 MB goal, 3 MB stacks, 1 MB globals, 8 P (forced)\n");
	CHECK(decode_has("n=4 t=13001000000 ") && decode_has("pause=114000 ") && decode_has("heap_live=419430400 ") &&
	      decode_has("forced=1\n") && decode_has("goversion min=26\n"));
	/* Anywhere in a line: behind a prefix, glued to another writer's text, inside a dump, arrows escaped. */
	decode(D, "app_1  | " GC("1", "0.1") "\nGET /item" GC(
			  "2", "0.2") "\n{\"msg\":\"gc 3 @0.300s 3%: 0.10+2.0+0.005 ms clock, "
				      "0.20+0.50/1.5/0.25+0.010 ms cpu, 4-\\u003e5-\\u003e2 MB, 6 MB goal, 0 MB "
				      "stacks, 0 MB globals, 2 P\"}\n"
				      "goroutine 1 [running]:\nmain.main()\n" GC(
					      "4", "0.4") "\n\t/a.go:1 +0x1\n\r\n" GC("5", "0.5") "\r\n");
	CHECK(decode_count("gc_cycle", CYCLE + 1) == 0 && decode_count("gc_cycle", "mark=2000000") == 5 &&
	      decode_count("gc_cycle", "heap_live=2097152") == 5 && decode_has("name=\"main.main\" file=\"/a.go\""));
	/* Numbers that cannot be. */
	decode(D, GC("1", "0.1") "\n" GC("0", "0.2") "\n" GC("99999999999999999999", "0.3") "\n" GC("2", "0.3.4") "\n");
	CHECK(decode_count("gc_cycle", "") == 1);
	decode(D, "gc done @home\ngc 5 @1\ngc\ngc \ngc 5 @\n");
	CHECK(decode_count("gc_cycle", "") == 0 && decode_has("nothing to read"));
}

/* Cut between any two of the pieces that the runtime writes, with another writer's line in between: nothing is lost. */
static void torn(void)
{
	static const char line[] = GC("12", "1.234");
	static const char *const others[] = { "2026/11/21 10:00:00 GET /\n", "hello\n", "{\"a\":1}\n",
					      "2026-11-21T10:00:00Z x\n2026-11-21T10:00:00Z y\n" };
	char text[600];
	struct log_gc g;

	for (size_t i = 3; i < strlen(line); i++) {
		char prev = line[i - 1], next = line[i];
		bool inside =
			((prev >= '0' && prev <= '9') || prev == '.') && ((next >= '0' && next <= '9') || next == '.');
		bool word = !(prev >= '0' && prev <= '9') && !(next >= '0' && next <= '9');

		for (size_t k = 0; k < 4 && !inside && !word; k++) {
			snprintf(text, sizeof(text), "%.*s%s%s\n", (int)i, line, others[k], line + i);
			decode(D, text);
			CHECK(decode_count("gc_cycle", "n=12 ") == 1 &&
			      decode_has("heap_live=2097152 goal=6291456 procs=2") && decode_has("pause=105000 "));
		}
	}
	CHECK(log_gc_begin(&g, STR_LIT("gc 218 @1.511s 11%: 3.1+3.9+0.017 ms clock, 6.3+2026/11/21 20:30:59 GET /")) &&
	      !g.done);
	CHECK(!log_gc_resume(&g, STR_LIT("2026/11/21 20:30:59 GET /")) && !log_gc_resume(&g, STR_LIT("GET /")));
	CHECK(log_gc_resume(
		      &g,
		      STR_LIT("0.056/0.12/0+0.035 ms cpu, 9->10->4 MB, 11 MB goal, 0 MB stacks, 0 MB globals, 2 P")) &&
	      g.done && g.v[GC_E] == 56000 && g.v[GC_D] == 6300000 && g.v[GC_PROCS] == 2);
	/* No rest: said. */
	decode(D, GC("1", "0.1") "\ngc 2 @0.5s 3%: 0.10+2.0\n");
	CHECK(decode_count("gc_cycle", "") == 1 && decode_has("1 gctrace lines were torn apart") &&
	      decode_has("lost=1"));
	decode(D, GC("1", "0.1") "\n" GC("5", "0.5") "\n");
	CHECK(decode_has("3 GC cycles are missing") && decode_count("event", "") == 0);
}

static void restarts(void)
{
	decode(D, GC("624", "13.6") "\n" GC("625", "27.0") "\n" GC("1", "0.5") "\n" GC("2", "0.9") "\n");
	CHECK(decode_has("n=625 t=27000000000 ") && decode_has("n=626 t=27500000000 ") &&
	      decode_has("n=627 t=27900000000 "));
	CHECK(decode_count("event", "kind=\"restart\"") == 1 && decode_has("t=27500000000 span=0 kind=\"restart\""));
	/* Two processes into one log: no row of restarts. */
	decode(D, GC("1", "0.1") "\n" GC("2", "0.2") "\n" GC("1", "0.1") "\n" GC("3", "0.3") "\n" GC(
			  "2", "0.2") "\n" GC("4", "0.4") "\n");
	CHECK(decode_count("event", "kind=\"restart\"") == 1 && decode_has("several processes are mixed") &&
	      decode_count("gc_cycle", "") == 6 && decode_has("n=6 "));
	decode(D, "SCHED 900ms: gomaxprocs=2 idleprocs=2 threads=6 spinningthreads=0 idlethreads=2 runqueue=0 [0 0]\n"
		  "SCHED 0ms: gomaxprocs=2 idleprocs=2 threads=6 spinningthreads=0 idlethreads=2 runqueue=0 [0 0]\n"
		  "SCHED 100ms: gomaxprocs=4 idleprocs=2 threads=6 spinningthreads=0 idlethreads=2 runqueue=0 [0 0]\n");
	CHECK(decode_count("event", "kind=\"restart\"") == 1 &&
	      decode_has("point series=0 t=1000000000 span=0 value=4") && decode_has("value=\"4\" origin") &&
	      decode_has("GOMAXPROCS changed 1 times"));
}

static void schedtrace(void)
{
	CHECK_STR(decode(D, "SCHED 1016ms: gomaxprocs=2 idleprocs=0 threads=8 spinningthreads=0 idlethreads=3 "
			    "runqueue=5 [2 2]\n"),
		  "clock origin=\"process\"\n"
		  "series id=0 name=\"sched.gomaxprocs\" label=\"\" unit=\"count\" kind=\"gauge\"\n"
		  "series id=1 name=\"sched.idle_procs\" label=\"\" unit=\"count\" kind=\"gauge\"\n"
		  "series id=2 name=\"threads\" label=\"\" unit=\"count\" kind=\"gauge\"\n"
		  "series id=3 name=\"sched.idle_threads\" label=\"\" unit=\"count\" kind=\"gauge\"\n"
		  "series id=4 name=\"sched.runqueue\" label=\"\" unit=\"count\" kind=\"gauge\"\n"
		  "point series=0 t=1016000000 span=0 value=2\npoint series=1 t=1016000000 span=0 value=0\n"
		  "point series=2 t=1016000000 span=0 value=8\npoint series=3 t=1016000000 span=0 value=3\n"
		  "point series=4 t=1016000000 span=0 value=9\n"
		  "setting name=\"GOMAXPROCS\" value=\"2\" origin=\"file\"\ngoversion max=19\n");
	decode(D, "x SCHED 5ms: gomaxprocs=2 idleprocs=0 threads=8 spinningthreads=0 needspinning=0 idlethreads=3 "
		  "runqueue=5 [ 2 3 ] "
		  "schedticks=[ 5746 4579 ]\n");
	CHECK(decode_has("point series=4 t=5000000 span=0 value=10\n") && decode_has("goversion min=25\n"));
	/* scheddetail: the queues stand below, other lines may come between. */
	decode(D, "SCHED 1007ms: gomaxprocs=2 idleprocs=0 threads=7 spinningthreads=1 needspinning=0 idlethreads=2 "
		  "runqueue=1 "
		  "gcwaiting=false nmidlelocked=0 stopwait=1 sysmonwait=false\n"
		  "  P0: status=1 schedtick=5746 syscalltick=1017 m=4 runqsize=3 gfreecnt=26 timerslen=0\n"
		  "  P1: status=3 schedtick=4579 syscalltick=1185 m=nil runqsize=4 gfreecnt=16 timerslen=1\n"
		  "  M6: p=1 curg=25 mallocing=0 throwing=0 preemptoff=gcing locks=0 dying=0 spinning=false "
		  "blocked=true lockedg=nil\n"
		  "  G25: status=2(GC assist marking) m=6 lockedm=nil\n");
	CHECK(decode_has("point series=4 t=1007000000 span=0 value=8\n") && decode_count("point", "") == 5 &&
	      decode_has("goversion min=20\n"));
	decode(D, "SCHED 1007ms: gomaxprocs=2 idleprocs=0 thre\nSCHED xms: a=1\nSCHED 7ms: gomaxprocs=2 idleprocs=0 "
		  "threads=1 "
		  "idlethreads=0 runqueue=0 [x]\n");
	CHECK(decode_count("point", "") == 0 && decode_has("2 schedtrace lines were torn"));
}

static void stamps(void)
{
	/* Go's log beside bare gctrace: the process began where all lines agree. Cycle 2 ends at 5.002105 after
	 * 10:00:06 and before 10:00:08: the start lies in [00.997895, 02.997895]; cycle 3 is written before 10:00:10.
	 */
	decode(D, "2026/11/20 10:00:06 a\n" GC("2", "5.000") "\n2026/11/20 10:00:07 b\n" GC(
			  "3", "8.500") "\n2026/11/20 10:00:09 c\n");
	CHECK(decode_has("clock origin=\"epoch\"") && decode_has("n=2 t=1795168806247895000 t_err=251000000 ") &&
	      decode_has("n=3 t=1795168809747895000 t_err=251000000 "));
	/* A stamp of the line's own, of a container's runtime. */
	decode(D, "2026-11-20T10:00:06.500000000Z stderr F " GC(
			  "2", "5.000") "\n2026-11-20T10:00:07.500000000Z stderr F panic: boom\n");
	CHECK(decode_has("n=2 t=1795168806497895000 t_err=1000000 ") &&
	      decode_has("event t=1795168807500000000 span=0 kind=\"panic\""));
	/* klog and syslog have no year; another line may. */
	decode(D, "Log file created at: 2026/11/20 10:00:00\nI1120 10:00:06.500000   77 main.go:9] x\nI1120 "
		  "10:00:06.500000   77 "
		  "main.go:9] y\nfatal error: concurrent map writes\n");
	CHECK(decode_has("event t=1795168806500000000 span=0 kind=\"fatal\""));
	decode(D, "Nov 20 10:00:06 host app[12]: x 2026/11/20 10:00:05\nNov 20 10:00:07 host app[12]: SIGQUIT: "
		  "quit\nNov 20 10:00:07 host "
		  "app[12]: PC=0x1 m=0 sigcode=0\n");
	CHECK(decode_has("event t=1795168807000000000 span=0 kind=\"signal\""));
	decode(D, "Nov 20 10:00:06 host app[12]: x\nNov 20 10:00:07 host app[12]: SIGQUIT: quit\n");
	CHECK(decode_has("event span=0 kind=\"signal\"") && decode_has("have no year"));
	/* JSON, and docker's lines inside of JSON. */
	decode(D, "{\"level\":\"info\",\"ts\":1795168806.5,\"msg\":\"x\"}\npanic: boom\n");
	CHECK(decode_has("event t=1795168806500000000 span=0 kind=\"panic\""));
	decode(D, "{\"log\":\"panic: runtime error: integer divide by "
		  "zero\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T10:00:06.5Z\"}\n"
		  "{\"log\":\"\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T10:00:06.5Z\"}\n"
		  "{\"log\":\"goroutine 1 [running]:\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T10:00:06.5Z\"}\n"
		  "{\"log\":\"main.main()\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T10:00:06.5Z\"}\n"
		  "{\"log\":\"\\u0009/a.go:1 +0x1\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-20T10:00:06.5Z\"}\n");
	CHECK(decode_has("event t=1795168806500000000 span=0 kind=\"panic\" text=\"panic: runtime error: integer "
			 "divide by zero (") &&
	      decode_has("name=\"main.main\" file=\"/a.go\"") && decode_has("goroutine_trace"));
	/* A dump without a stamp has that of the line before. */
	decode(D,
	       "2026/11/20 10:00:06 a\nSIGQUIT: quit\nPC=0x1\n\ngoroutine 1 [select]:\nmain.main()\n\t/a.go:1 +0x1\n");
	CHECK(decode_has("profile id=0 t0=1795168806000000000 t1=1795168806000000000 "));
}

static const char *event_of(const char *line)
{
	static char out[400];
	const char *text = decode(D, line), *at = strstr(text, "text=\""), *end = at ? strchr(at, '\n') : NULL;

	snprintf(out, sizeof(out), "%.*s", at && strncmp(text, "event", 5) == 0 ? (int)(end - at) : 0, at ? at : "");
	return out;
}

static void crashes(void)
{
	CHECK_STR(event_of("panic: runtime error: index out of range [7] with length 1\n"),
		  "text=\"panic: runtime error: index out of range [7] with length 1 (an index beyond its slice)\"");
	CHECK_STR(event_of("panic: token=abc [recovered]\n"),
		  "text=\"panic: a value of the program's own, not repeated here, recovered and raised again\"");
	CHECK_STR(event_of("panic: (main.cfg) 0xc0000a2020\n"), "text=\"panic: a value of type main.cfg\"");
	CHECK_STR(event_of("panic: example.com/shop/store.Code(3)\n"),
		  "text=\"panic: a value of type example.com/shop/store.Code\"");
	decode(D, "2026/11/20 10:00:06 http: panic serving 10.0.0.1:55: runtime error: integer divide by zero\n");
	CHECK(decode_has("kind=\"panic\" text=\"http: panic serving: runtime error: integer divide by zero (a division "
			 "by zero); net/http "
			 "recovered it and the process goes on\""));
	CHECK_STR(event_of("runtime: program exceeds 10000-thread limit\nfatal error: thread exhaustion\n"),
		  "text=\"fatal error: thread exhaustion (too many threads blocked in system calls or cgo); program "
		  "exceeds 10000-thread "
		  "limit\"");
	CHECK_STR(event_of("^\\SIGABRT: abort\n"), "text=\"SIGABRT: abort (the process was told to abort)\"");
	decode(D, "panic: first [recovered]\n\tpanic: first\n\ngoroutine 1 [running]:\n");
	CHECK(decode_has("goversion max=24\n") && decode_count("event", "") == 1);
	decode(D, "panic: first [recovered, repanicked]\n");
	CHECK(decode_has("goversion min=25\n"));
	decode(D, "panic: line1\n\tline2\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1\n");
	CHECK(decode_has("goversion min=23\n"));
	decode(D, "x panic: not ours\nlevel=error msg=\"fatal error: no\"\nmy SIGQUIT: quit\n");
	CHECK(decode_count("event", "") == 0);
	/* A fatal error that prints one goroutine is a trace, one that prints several a dump. */
	decode(D, "fatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.f()\n\t/a.go:1 +0x1\n");
	CHECK(decode_has("goroutine_trace") && !decode_has("metric=\"goroutine\""));
	decode(D,
	       "fatal error: concurrent map writes\n\ngoroutine 7 [running]:\nmain.f()\n\t/a.go:1 +0x1\n\ngoroutine 1 "
	       "[select]:\nmain.main()\n\t/a.go:2 +0x1\nexit status 2\n2026/11/20 10:00:06 restarted\n");
	CHECK(!decode_has("goroutine_trace") && decode_sum("gogroup", " count=") == 2);
}

static void versions(void)
{
	decode(D, "scav 0 10240 KiB work, 64512 KiB total, 88% util\n");
	CHECK(decode_has("goversion max=18\n") && decode_has("1 lines of inittrace"));
	decode(D, "scav 512 KiB work, 2752 KiB total, 29% util (forced)\n");
	CHECK(decode_has("goversion min=19 max=20\n"));
	decode(D, "scav 128 KiB work (bg), 0 KiB work (eager), 2752 KiB now, 91% util\n");
	CHECK(decode_has("goversion min=21\n"));
	decode(D, "built with go1.22.3\n" GC("1", "0.1") "\n");
	CHECK(decode_has("goversion min=22 max=22\n"));
	decode(D, "2026/11/20 10:00:06 user agent go1.22.3\n");
	CHECK(!decode_has("goversion"));
	/* Evidence that contradicts itself is of several processes: nothing is said. */
	decode(D, "scav 0 10240 KiB work, 64512 KiB total, 88% util\nscav 128 KiB work (bg), 0 KiB work (eager), 1 KiB "
		  "now, 91% util\n");
	CHECK(!decode_has("goversion"));
}

static void stacks(void)
{
	/* zap: frames without a header, as lines and in JSON. */
	decode(D, "2026-11-20T10:00:06Z\tERROR\tit "
		  "failed\nmain.(*T).f\n\t/app/t.go:12\nmain.main\n\t/app/main.go:9\n2026-11-20T10:00:07Z\tINFO\tok\n"
		  "2026-11-20T10:00:08Z\tERROR\tagain\nmain.(*T).f\n\t/app/t.go:12\nmain.main\n\t/app/main.go:9\n");
	CHECK(decode_has("metric=\"goroutine_trace\"") && decode_count("gogroup", "count=2") == 1 &&
	      decode_count("callsite", "") == 2 && decode_has("name=\"main.(*T).f\" file=\"/app/t.go\"") &&
	      decode_has("line=12 "));
	decode(D, "{\"level\":\"error\",\"stacktrace\":\"main.f\\n\\t/app/main.go:12\\nnet/"
		  "http.HandlerFunc.ServeHTTP\\n\\t/go/src/net/http/"
		  "server.go:2136\"}\n");
	CHECK(decode_count("gogroup", "count=1") == 1 && decode_count("callsite", "") == 2 &&
	      decode_has("name=\"main.f\""));
	/* A dump in JSON, its escapes undone. */
	decode(D, "{\"stack\":\"goroutine 5 [running]:\\nmain.f(0x1)\\n\\t/a.go:3 +0x1\\n\"}\n");
	CHECK(decode_count("gogroup", "") == 1 && decode_has("name=\"main.f\" file=\"/a.go\""));
	/* Prefixes, and a scheduler's stack whose inlined frames look like a logger's. */
	decode(D, "app-1  | SIGQUIT: quit\napp-1  | \napp-1  | goroutine 0 [idle]:\napp-1  | runtime.mPark(...)\napp-1 "
		  " | \t/p.go:1867\n"
		  "app-1  | \napp-1  | goroutine 1 [select]:\napp-1  | main.main()\napp-1  | \t/a.go:9 +0x1\n");
	CHECK(decode_sum("gogroup", " count=") == 1 && decode_count("event", "kind=\"signal\"") == 1 &&
	      decode_has("1 scheduler stacks"));
	decode(D, "SIGQUIT: quit\n\ngoroutine 0 [idle]:\nruntime.mPark(...)\n\t/p.go:1867\n\ngoroutine 1 "
		  "[select]:\nmain.main()\n\t/a.go:9 +0x1\n");
	CHECK(decode_sum("gogroup", " count=") == 1);
}

static void sniffs(void)
{
	CHECK(decode_sniff(D, GC("1", "0.1") "\n") && decode_sniff(D, "x\ny " GC("1", "0.1") "\n"));
	CHECK(decode_sniff(
		D, "SCHED 0ms: gomaxprocs=2 idleprocs=0 threads=5 spinningthreads=1 idlethreads=0 runqueue=0 [0 0]\n"));
	CHECK(decode_sniff(D, "2026/11/20 10:02:03 serving\npanic: x\n\ngoroutine 7 [running]:\nmain.main()\n"));
	CHECK(decode_sniff(D, "fatal error: concurrent map writes\n") && decode_sniff(D, "SIGQUIT: quit\n"));
	CHECK(decode_sniff(D, "2026/11/20 10:02:03 http: panic serving 1.2.3.4:5: x\n"));
	/* A dump alone is godump's, with a gctrace line in it a log. */
	CHECK(!decode_sniff(D, "goroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1\n\ngoroutine 2 [select]:\n"));
	CHECK(decode_sniff(D, "goroutine 1 [running]:\nmain.main()\n" GC("1", "0.1") "\n\t/a.go:1 +0x1\n"));
	/* Programs' own words. */
	CHECK(!decode_sniff(D, "2026/11/20 10:02:03 gc 5 @home\n") && !decode_sniff(D, "panic: at the disco\n"));
	CHECK(!decode_sniff(D, "x.c:1: fatal error: y.h: No such file\n") && !decode_sniff(D, "fatal error: y.h\n"));
	CHECK(!decode_sniff(D, "SCHED 5ms: busy\n") && !decode_sniff(D, "timestamp,num_gc,pause_ns\n1,2,3\n") &&
	      !decode_sniff(D, ""));
	CHECK(log_plain(STR_LIT("2026/11/20 10:02:03 a\n2026/11/20 10:02:03 b\n2026/11/20 10:02:03 c\n")));
	CHECK(!log_plain(STR_LIT("2026-11-20T10:02:03Z,1,2\n2026-11-20T10:02:04Z,1,2\n2026-11-20T10:02:05Z,1,2\n")));
	CHECK(!log_long(STR_LIT("2026/11/20 10:02:03 a\n2026/11/20 10:02:03 b\n2026/11/20 10:02:03 c\n")));
}

/* Cut at any byte: never refused. */
static void cuts(void)
{
	static const char text[] = "2026/11/20 10:00:06 a\n" GC(
		"1", "0.1") "\nSCHED 7ms: gomaxprocs=2 idleprocs=0 threads=1 idlethreads=0 runqueue=0 [1]\n"
			    "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:1 +0x1\n";

	for (size_t i = 0; i < sizeof(text); i++) {
		decode_bytes(D, text, i, true);
		CHECK(!decode_has("refused") && decode_count("gc_cycle", "") == (i >= 22 + strlen(GC("1", "0.1"))));
	}
}

int main(void)
{
	gctrace();
	torn();
	restarts();
	schedtrace();
	stamps();
	crashes();
	versions();
	stacks();
	sniffs();
	cuts();
	return decode_done();
}

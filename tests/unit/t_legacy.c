// SPDX-License-Identifier: GPL-3.0-or-later
/* t_legacy.c - debug=1 texts and folded stacks: scaling, labels, classes, what is cut, what is hostile */
#include "tests/unit/decode.h"

#define HEAP "heap profile: 1: 1000 [3: 3000] @ heap/2000\n"
#define SITE "#\t0x10\tmain.f+0x8\t\t/a/b.go:7\n#\t0x20\t\tmain.main+0x4\t/a/b.go:9\n\n"

static void test_heap(void)
{
	decode(&decoder_legacy_heap, HEAP "1: 1000 [3: 3000] @ 0x11 0x21\n" SITE);
	/* 1/(1 - e^-1) = 1.58197... of each number, cut */
	CHECK(decode_has("sample measure=0 callsite=1 labelset=1 count=4 amount=4745\n"));
	CHECK(decode_has("sample measure=1 callsite=1 labelset=1 count=1 amount=1581\n"));
	CHECK(decode_has("metric=\"alloc\" count_unit=\"count\" amount_unit=\"bytes\" period=1000 scaled=1 extent=\"since_start\""));
	CHECK(decode_has("metric=\"inuse\" count_unit=\"count\" amount_unit=\"bytes\" period=1000 scaled=1 extent=\"instant\""));
	CHECK(decode_has("key=\"bytes\" num=1000 unit=\"bytes\""));
	CHECK(decode_has("callsite id=1 parent=0 func=1 line=7 inlined=0"));
	CHECK(decode_has("file=\"/a/b.go\""));
	CHECK(decode_count("note", "") == 0);
	decode(&decoder_legacy_heap, "heap profile: 1: 1000 [3: 3000] @ heap/2\n1: 1000 [3: 3000] @ 0x11 0x21\n" SITE);
	CHECK(decode_has("count=3 amount=3000\n") && decode_has("period=1 scaled=0"));
	/* In use below zero, nothing allocated: a difference of two profiles. */
	decode(&decoder_legacy_heap, "heap profile: -1: -10 [0: 0] @ heap/2\n-1: -10 [0: 0] @ 0x11\n");
	CHECK(decode_has("sample measure=1 callsite=0 labelset=0 count=-1 amount=-10\n"));
	decode(&decoder_legacy_heap, HEAP);
	CHECK(decode_count("note", "do not add up") == 1 && decode_count("note", "lost=1") == 1);
}

static void test_memstats(void)
{
	struct buf b = { 0 };

	buf_puts(&b, "heap profile: 0: 0 [0: 0] @ heap/1048576\n\n# runtime.MemStats\n# NextGC = 4194304\n"
		     "# Stack = 100 / 200\n# LastGC = 1795279505521568208\n");
	for (int ring = 0; ring < 2; ring++) {
		buf_puts(&b, ring ? "# PauseEnd = [" : "# PauseNs = [");
		for (int i = 0; i < 256; i++)
			buf_printf(&b, i ? " %lld" : "%lld", i > 1 ? 0LL : ring ? 1795279505000000000LL + i : 1000LL + i);
		buf_puts(&b, "]\n");
	}
	buf_puts(&b, "# NumGC = 2\n# DebugGC = false\n");
	decode(&decoder_legacy_heap, b.data);
	CHECK(decode_has("series id=0 name=\"/gc/heap/goal:bytes\""));
	CHECK(decode_has("point series=0 t=1795279505521568208"));
	CHECK(decode_has("gc_cycle n=1 t=1795279505000000000 t_err=0 pause=1000"));
	CHECK(decode_count("gc_cycle", "") == 2);
	CHECK(decode_has("profile id=0 t0=1795279505521568208 t1=1795279505521568208"));
	CHECK(decode_count("note", "") == 0);
	buf_free(&b);
}

static void test_contention(void)
{
	decode(&decoder_legacy_contention, "--- contention:\ncycles/second=2000000000\n4000000000 3 @ 0x11 0x21\n" SITE);
	CHECK(decode_has("metric=\"block\" count_unit=\"count\" amount_unit=\"ns\" period=1 scaled=1 extent=\"since_start\""));
	CHECK(decode_has("count=3 amount=2000000000\n"));
#define MUTEX(path) "--- mutex:\ncycles/second=2000000000\nsampling period=5\n2000000000 3 @ 0x11\n" \
		    "#\t0x10\tsync.(*Mutex).Unlock+0x8\t" path ":7\n\n"
	decode(&decoder_legacy_contention, MUTEX("/usr/lib/go-1.19/src/runtime/mutex.go"));
	CHECK(decode_has("count=15 amount=5000000000\n") && decode_has("metric=\"mutex\"") && decode_has("scaled=1"));
	CHECK(decode_has("setting name=\"mutex_fraction\" value=\"5\""));
	decode(&decoder_legacy_contention, MUTEX("/usr/lib/go-1.22/src/runtime/mutex.go"));
	CHECK(decode_has("count=3 amount=1000000000\n") && decode_has("scaled=1"));
	decode(&decoder_legacy_contention, MUTEX("/usr/local/go/src/sync/mutex.go"));
	CHECK(decode_has("count=3 amount=1000000000\n") && decode_has("scaled=0"));
	CHECK(decode_count("note", "one contention in 5 was sampled") == 1);
	CHECK(strstr(decode(&decoder_legacy_contention, "--- mutex:\n2 3 @ 0x11\n"), "refused") != NULL);
	CHECK(decode_has("cycles/second"));
}

static void test_goroutines(void)
{
	decode(&decoder_legacy_count,
	       "goroutine profile: total 20\n"
	       "9 @ 0x100 0x200 0x300 0x400\n# labels: {\"a\":\"x\\\"y\", \"b\":\"2\"}\n"
	       "#\t0x2ff\tinternal/poll.runtime_pollWait+0x8\t/g/netpoll.go:1\n#\t0x3ff\tmain.read+0x9\t/m.go:1\n\n"
	       "5 @ 0x100 0x250 0x500\n#\t0x4ff\tmain.loop+0x9\t/m.go:2\n\n"		/* one hidden: select */
	       "3 @ 0x100 0x260 0x270 0x600\n#\t0x5ff\tmain.chan+0x9\t/m.go:3\n\n"	/* two: a channel */
	       "2 @ 0x999 0x250 0x700\n#\t0x6ff\tmain.busy+0x9\t/m.go:4\n\n"		/* not gopark */
	       "1 @ 0x800\n#\t0x7ff\tsyscall.Syscall+0x9\t/m.go:4\n\n");
	CHECK(decode_count("gogroup", "class=\"io\"") == 1 && decode_count("gogroup", "labelset=1") == 1);
	CHECK(decode_count("gogroup", "class=\"select\"") == 1 && decode_count("gogroup", "class=\"other\"") == 1);
	CHECK(decode_count("gogroup", "class=\"runnable\"") == 1 && decode_count("gogroup", "class=\"syscall\"") == 1);
	CHECK(decode_sum("gogroup", " count=") == 20 && decode_sum("sample", " count=") == 20);
	CHECK(decode_has("key=\"a\" str=\"x\\\"y\""));
	CHECK(decode_count("note", "") == 0 && decode_count("gogroup", "state=") == 0);
	decode(&decoder_legacy_count, "goroutine profile: total 9\n3 @ 0x1\nrubbish\n# 0x\n");
	CHECK(decode_count("note", "may be cut off") == 1 && decode_count("note", "2 lines") == 1);
	decode(&decoder_legacy_count, "goroutineleak profile: total 3\r\n3 @ 0x1\r\n\r\n");
	CHECK(decode_count("gogroup", "leaked=1") == 1 && decode_count("note", "") == 0);
}

/* Frames that begin where their caller does under another name are inlined; recursion is not. */
static void test_inlined(void)
{
	decode(&decoder_legacy_count,
	       "x/y.z profile: total 1\n1 @ 0x111 0x121 0x131 0x141\n#\t0x110\tm.f+0x10\t/a.go:1\n"
	       "#\t0x120\tm.g+0x20\t/a.go:2\n#\t0x130\tm.f+0x30\t/a.go:3\n#\t0x140\tm.main+0x5\t/a.go:4\n\n");
	CHECK(decode_has("metric=\"x/y.z\"") && decode_count("gogroup", "") == 0);
	CHECK(decode_has("callsite id=2 parent=1 func=2 line=2 inlined=1"));
	CHECK(decode_count("callsite", "inlined=0") == 3);
	CHECK(decode_count("func_total", "flat=1 cum_count=1 cum=1") == 1 && decode_count("func_total", "") == 3);
}

static void test_empty_stacks(void)
{
	decode(&decoder_legacy_count, "threadcreate profile: total 11\n10 @\n#\t0x0\n\n1 @ 0x11 0x21\n" SITE);
	CHECK(decode_has("name=\"[unknown]\""));
	CHECK(decode_sum("sample", " amount=") == 11 && decode_count("sample", "amount=10") == 1);
	decode(&decoder_legacy_count, "x profile: total 1\n1 @ 0x11\n#\t0x10\n");
	CHECK(decode_has("name=\"0x10\""));
}

static void test_folded(void)
{
	decode(&decoder_folded, "main.main;a;b 3\nmain.main;a;b 4\nmain.main;a 1\n");
	CHECK(decode_has("metric=\"samples\"") && decode_count("callsite", "") == 3);
	CHECK(decode_has("sample measure=0 callsite=2 labelset=0 count=7 amount=7\n"));
	decode(&decoder_folded, "b;a;runtime.goexit 3\nc d;a;runtime.goexit 2\n");
	CHECK(decode_has("metric=\"wall\"") && decode_has("func id=0 name=\"runtime.goexit\""));
	CHECK(decode_has("count=2 amount=20202020\n") && decode_has("name=\"c d\""));
	CHECK(strstr(decode(&decoder_folded, ""), "refused") != NULL);
}

static void test_hostile(void)
{
	CHECK(strstr(decode(&decoder_legacy_count,
			    "x profile: total 1\n9223372036854775807 @ 0x1\n\n9223372036854775807 @ 0x1\n"), "refused") != NULL);
	CHECK(strstr(decode(&decoder_legacy_contention, "--- mutex:\ncycles/second=1\n9223372036854775807 1 @ 0x1\n"),
		     "refused") != NULL);
	CHECK(strstr(decode(&decoder_legacy_heap, "heap profile: 1: 1 [1: 1] @ heap/9223372036854775807\n"
			    "9000000000000000000: 1 [1: 1] @ 0x1\n"), "refused") != NULL);
	CHECK(strstr(decode(&decoder_folded, "a;runtime.goexit 9223372036854775807\n"), "refused") != NULL);
	CHECK(strstr(decode(&decoder_legacy_heap, "heap profile: 99999999999999999999: 1 [1: 1] @ heap/2\n"), "refused line 1") !=
	      NULL);
}

/* More call sites than the limit: light subtrees end in one leaf, and no number is lost. */
static void test_fold(void)
{
	struct buf b = { 0 };

	buf_puts(&b, "main.main;heavy 1000000\n");
	for (int i = 0; i < 200; i++)
		buf_printf(&b, "main.main;light%d;deeper%d 1\n", i, i);
	decode(&decoder_folded, b.data);
	CHECK(decode_count("callsite", "") == 402);
	decode_limits.tree_nodes = 50;
	decode(&decoder_folded, b.data);
	CHECK(decode_count("callsite", "") == 3 && decode_has("name=\"[folded]\""));
	CHECK(decode_sum("sample", " amount=") == 1000200);
	CHECK(decode_count("func_total", "") == 402 && decode_count("note", "folded") == 1);
	decode_limits.tree_nodes = limits_default.tree_nodes;
	decode_bytes(&decoder_folded, b.data, b.len, false);
	CHECK(decode_count("func_total", "") == 402 && decode_count("callsite", "") == 0 && decode_count("sample", "") == 0);
	buf_free(&b);
}

static void test_sniff(void)
{
	CHECK(decode_sniff(&decoder_legacy_heap, HEAP) && !decode_sniff(&decoder_legacy_heap, "heap profile: 3\n"));
	CHECK(decode_sniff(&decoder_legacy_contention, "--- mutex:\n") && !decode_sniff(&decoder_legacy_contention, "--- a/b.c\n"));
	CHECK(decode_sniff(&decoder_legacy_count, "a/b.c profile: total 7\r\n"));
	CHECK(!decode_sniff(&decoder_legacy_count, "my cpu profile: total 7\n"));
	CHECK(!decode_sniff(&decoder_legacy_count, "goroutine profile: total seven\n"));
	CHECK(decode_sniff(&decoder_folded, "a;b 1\nc 2\nd;e 4\nhalf a li"));
	CHECK(!decode_sniff(&decoder_folded, "a;b 1\na;b\n") && !decode_sniff(&decoder_folded, "time;pause\n1;2\n"));
}

int main(void)
{
	test_heap();
	test_memstats();
	test_contention();
	test_goroutines();
	test_inlined();
	test_empty_stacks();
	test_folded();
	test_hostile();
	test_fold();
	test_sniff();
	return decode_done();
}

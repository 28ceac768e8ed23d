// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_gc_csv.c - pauses from CSV files of every shape that helpers write
 */
#include "tests/unit/decode.h"

#define D &decoder_gc_csv

static void shapes(void)
{
	CHECK_STR(decode(D, "timestamp,num_gc,pause_ns,heap_alloc,heap_goal,gc_cpu_fraction,forced\n"
			    "2026-11-21T16:45:02.383824951Z,118,1886392,4194304,4510912,0.152,false\n"
			    "2026-11-21T16:45:02.407785695Z,120,477076,4194304,4510912,0.153,true\n"),
		  "series id=0 name=\"gc.cpu_fraction\" label=\"\" unit=\"ratio\" kind=\"gauge\"\n"
		  "point series=0 t=1795279502383824951 span=0 value=0.152\n"
		  "gc_cycle n=118 t=1795279502383824951 t_err=1 pause=1886392 heap_end=4194304 goal=4510912 forced=0\n"
		  "point series=0 t=1795279502407785695 span=0 value=0.153\n"
		  "gc_cycle n=120 t=1795279502407785695 t_err=1 pause=477076 heap_end=4194304 goal=4510912 forced=1\n");
	/* Decimal commas, units in brackets, a time that counts from somewhere. */
	CHECK_STR(
		decode(D, "# collected by gcdump v2\nTime (s);GC Pause (ms);Heap (MB)\n12,402;0,35;3\n12,410;1,30;4\n"),
		"clock origin=\"process\"\n"
		"gc_cycle n=1 t=12402000000 t_err=1000000 pause=350000 heap_end=3145728\n"
		"gc_cycle n=2 t=12410000000 t_err=1000000 pause=1300000 heap_end=4194304\n");
	CHECK_STR(decode(D, "ts,stw_sweep_ms,stw_mark_ms,mark_ms,heap_live\n1753000000,0.1,0.2,5,100\n"),
		  "gc_cycle n=1 t=1753000000000000000 t_err=1000000000 pause=300000 pause1=100000 pause2=200000 "
		  "mark=5000000 heap_live=100\n");
	/* Durations as Go prints them need no unit. */
	CHECK_STR(decode(D, "time,pause\n1.5s,870\xc2\xb5s\n2s,1.2ms\n"),
		  "clock origin=\"process\"\n"
		  "gc_cycle n=1 t=1500000000 t_err=1 pause=870000\n"
		  "gc_cycle n=2 t=2000000000 t_err=1 pause=1200000\n");
	CHECK_STR(decode(D, "pause_us\n12\n"), "gc_cycle n=1 pause=12000\n");
	decode(D, "time,pause_ms,pod,zone\n1,2,a,b\n");
	CHECK(decode_has("note place=\"line 1\" text=\"columns not used: pod, zone\" lost=0"));
	decode(D, "time,pause_ms\n23:59:59,1\n00:00:01,1\n");
	CHECK(decode_has("clock origin=\"none\"") && decode_has("t=86399000000000") && decode_has("t=86401000000000"));
}

static void guesses(void)
{
	decode(D, "time,pause\n1,0.5\n2,3.5\n");
	CHECK(decode_has("read as seconds") && decode_has("pause=500000000"));
	decode(D, "time,pause\n1,100000\n2,250000\n");
	CHECK(decode_has("read as ns") && decode_has("pause=250000"));
	decode(D, "time,pause\n1,12.5\n2,3\n");
	CHECK(decode_has("read as ms") && decode_has("pause=12500000"));
	decode(D, "time,pause\n1,12\n2,3\n");
	CHECK(decode_has("read as ms") && decode_has("pause=3000000"));
	/* Headerless: one column of pauses, two of time and pause. */
	decode(D, "0.35\n0.40\n1.25\n2.5\n");
	CHECK(decode_sum("gc_cycle", " n=") == 10 &&
	      decode_has("unit guessed: the column of pauses is read as seconds"));
	decode(D, "1753000000.5,350000\n1753000001.5,400000\n1753000002.5,410000\n1753000003.5,420000\n");
	CHECK(decode_has("gc_cycle n=1 t=1753000000500000000 t_err=100000000 pause=350000") &&
	      decode_sum("gc_cycle", " n=") == 10);
	decode(D, "time,pause_ms,gc_cpu_fraction\n1,2,0.5\n2,2,12.5\n");
	CHECK(decode_has("value=0.125"));
	decode(D, "time,pause_ms,gc_percent\n1,2,0.5\n");
	CHECK(decode_has("value=0.005"));
}

static void sums(void)
{
	/* A poller: a sum since start, cycles counted, one restart. */
	CHECK_STR(decode(D, "time,numgc,pause_total_ns\n10,5,1000\n11,6,1300\n12,6,1300\n13,8,1700\n14,2,90\n"),
		  "note text=\"the column pause_total_ns is a sum since start: differences are taken\" lost=0\n"
		  "clock origin=\"process\"\n"
		  "gc_cycle n=6 t=11000000000 t_err=1000000000 pause=300\n"
		  "gc_cycle n=8 t=13000000000 t_err=1000000000 pause=200\n"
		  "event t=14000000000 span=0 kind=\"restart\" text=\"the process restarted: the cycle number began "
		  "anew at line 6\"\n"
		  "gc_cycle n=10 t=14000000000 t_err=1000000000 pause=45\n"
		  "note text=\"2 rows without a new cycle are left out\" lost=0\n"
		  "note text=\"2 rows cover several cycles: each gives their mean pause\" lost=0\n");
	decode(D, "time,total_pause_ns\n1,100\n2,100\n3,350\n");
	CHECK(decode_count("gc_cycle", "") == 1 && decode_has("pause=250"));
	/* A total of one cycle is not a sum since start: it falls as often as it rises. */
	decode(D, "time,total_pause_ns\n1,100\n2,50\n3,350\n4,20\n5,90\n6,30\n");
	CHECK(decode_count("gc_cycle", "") == 6 && decode_sum("gc_cycle", "pause=") == 640);
	/* Rows that repeat the last cycle. */
	decode(D, "time,num_gc,last_pause_ns\n1,7,500\n2,7,500\n3,8,600\n4,8,600\n");
	CHECK(decode_count("gc_cycle", "") == 2 && decode_has("n=7") && decode_has("n=8"));
	/* Numbers stay ascending over a restart. */
	decode(D, "time,num_gc,pause_ns\n1,7,500\n2,8,501\n3,1,502\n4,2,503\n");
	CHECK(decode_sum("gc_cycle", " n=") == 7 + 8 + 9 + 10 && decode_count("event", "restart") == 1);
	decode(D, "time,pause_ns,num_forced_gc\n1,500,3\n2,500,3\n3,500,4\n");
	CHECK(decode_count("gc_cycle", "forced=1") == 1 &&
	      decode_has("t=3000000000 t_err=1000000000 pause=500 forced=1"));
}

static void damage(void)
{
	CHECK_STR(decode(D, "time,pause_ms\n1,1\nx,1\n"),
		  "refused line 3: 1 of 3 rows cannot be read, more than one in ten");
	decode(D, "time,pause_ms\n1,1\n2,1\n3,1\n4,1\n5,bad\n6,1\n7,1\n8,1\n9,1\n10,1\n");
	CHECK(decode_count("gc_cycle", "") == 9);
	CHECK(decode_has("note place=\"line 6\" text=\"1 of 11 rows cannot be read and are left out\" lost=1"));
	decode(D, "time,pause_ms\n1,-1\n");
	CHECK(decode_has("refused line 2"));
	decode(D, "time,pause_ms\n1,1\n2026-11-21T16:45:02Z,1\n");	/* two kinds of time */
	CHECK(decode_has("refused line 3"));
	decode(D, "no,such\n1,2\n");
	CHECK(decode_has("refused"));
}

static void sniffing(void)
{
	CHECK(decode_sniff(D, "time,pause_ms\n1,1\n"));
	CHECK(decode_sniff(D, "timestamp,duration_ms\n1,1\n"));
	CHECK(decode_sniff(D, "0.5\n0.6\n0.7\n0.8\n"));
	CHECK(decode_sniff(D, "1,0.5\n2,0.6\n3,0.7\n4,0.8\n"));
	CHECK(!decode_sniff(D, "duration (ms),status,error\n1,OK,\n"));
	CHECK(!decode_sniff(D, "timestamp,duration_ms,url\n1,1,/x\n"));
	CHECK(!decode_sniff(D, "time,pause_ms\n1,hello\n"));
	CHECK(!decode_sniff(D, "timestamp,requests,errors\n1,1,1\n"));
	CHECK(!decode_sniff(D, "4,0.5\n3,0.6\n2,0.7\n1,0.8\n"));	/* times run back */
	CHECK(!decode_sniff(D, "1,2,3\n4,5,6\n7,8,9\n"));
	CHECK(!decode_sniff(D, "2026/11/20 10:02:03 server started\n2026/11/20 10:02:04 pause\n"));
	CHECK(!decode_sniff(D, "GC pause, 12 ms\nall is well\n"));
	CHECK(!decode_sniff(D, ""));
	CHECK(!decode_sniff(D, "hello\n"));
}

/* Beyond the rows that decide, rows stream; the answer does not depend on it. */
static void many(void)
{
	struct buf b = { 0 };

	buf_puts(&b, "time,num_gc,pause\n");
	for (int i = 1; i <= 70000; i++)
		buf_printf(&b, "%d,%d,%d\n", i, i, 100000 + i % 7);
	decode(D, b.data);
	CHECK(decode_count("gc_cycle", "") == 70000 &&
	      decode_has("gc_cycle n=70000 t=70000000000000 t_err=1000000000 pause=100000\n"));
	buf_free(&b);
}

int main(void)
{
	shapes();
	guesses();
	sums();
	damage();
	sniffing();
	many();
	return decode_done();
}

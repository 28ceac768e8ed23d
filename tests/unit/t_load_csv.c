// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_load_csv.c - attrib's own CSV inputs: load, metrics, events
 */
#include "tests/unit/decode.h"

static void load(void)
{
	CHECK_STR(decode(&decoder_load_csv, "timestamp,requests,errors,p50_ms,p99_ms,vus\n1753000000,100,1,2.5,20,8\n"
					    "1753000001,110,0,2.5,21,8\n1753000003,50,,3,22,9\n"),
		  "series id=0 name=\"load.requests\" label=\"\" unit=\"count\" kind=\"rate\"\n"
		  "point series=0 t=1753000000000000000 span=1000000000 value=100\n"
		  "series id=1 name=\"load.errors\" label=\"\" unit=\"count\" kind=\"rate\"\n"
		  "point series=1 t=1753000000000000000 span=1000000000 value=1\n"
		  "series id=2 name=\"load.p50\" label=\"\" unit=\"ns\" kind=\"gauge\"\n"
		  "point series=2 t=1753000000000000000 span=1000000000 value=2500000\n"
		  "series id=3 name=\"load.p99\" label=\"\" unit=\"ns\" kind=\"gauge\"\n"
		  "point series=3 t=1753000000000000000 span=1000000000 value=20000000\n"
		  "series id=4 name=\"load.vus\" label=\"\" unit=\"count\" kind=\"gauge\"\n"
		  "point series=4 t=1753000000000000000 span=1000000000 value=8\n"
		  "point series=0 t=1753000001000000000 span=2000000000 value=110\n"
		  "point series=1 t=1753000001000000000 span=2000000000 value=0\n"
		  "point series=2 t=1753000001000000000 span=2000000000 value=2500000\n"
		  "point series=3 t=1753000001000000000 span=2000000000 value=21000000\n"
		  "point series=4 t=1753000001000000000 span=2000000000 value=8\n"
		  "point series=0 t=1753000003000000000 span=2000000000 value=50\n"
		  "point series=2 t=1753000003000000000 span=2000000000 value=3000000\n"
		  "point series=3 t=1753000003000000000 span=2000000000 value=22000000\n"
		  "point series=4 t=1753000003000000000 span=2000000000 value=9\n");
	decode(&decoder_load_csv, "timestamp,requests,errors,offered\n0,10,0,11\n5,10,0,11\n");
	CHECK(decode_has("clock origin=\"load\"") && decode_count("point", "span=5000000000") == 6 &&
	      decode_has("load.offered"));
	decode(&decoder_load_csv, "timestamp,requests,errors\n1753000000,10,0\n");
	CHECK(decode_count("point", "span=0") == 2 && decode_has("one stamp only"));
	decode(&decoder_load_csv, "timestamp,requests,p50,colour\n1753000000,10,5,red\n1753000001,10,6,red\n");
	CHECK(decode_has("unit guessed: the column p50 is read as ms") && decode_has("columns not used: colour"));
}

static void endpoints(void)
{
	decode(&decoder_load_csv,
	       "timestamp,requests,errors,p50_ms,endpoint\n1753000000,10,0,5,/a\n1753000000,20,1,6,/b\n"
	       "1753000002,11,0,5,/a\n1753000004,12,0,5,/a\n1753000004,24,0,5,/b\n");
	CHECK(decode_count("series", "label=\"/a\"") == 3 && decode_count("series", "label=\"/b\"") == 3);
	CHECK(decode_sum("point", "value=") == 10 + 20 + 11 + 12 + 24 + 1 + 5000000 * 4 + 6000000);
	CHECK(decode_count("point", "span=2000000000") == 15);
	decode_limits.label_sets = 1;
	decode(&decoder_load_csv,
	       "timestamp,requests,p50_ms,endpoint\n1753000000,10,5,/a\n1753000000,20,5,/b\n1753000000,30,5,/c\n"
	       "1753000001,1,5,/a\n");
	CHECK(decode_has("name=\"load.requests\" label=\"[other]\"") && decode_has("value=50"));
	CHECK(decode_count("series", "load.p50") == 1 && decode_has("2 rows are counted as [other]\" lost=1"));
	decode_limits = limits_default;
	decode(&decoder_load_csv, "timestamp,requests,errors,endpoint\n1753000000,10,0,/a\n1753000000,20,1,/a\n");
	CHECK(decode_has("refused line 3"));
}

static void load_damage(void)
{
	decode(&decoder_load_csv, "timestamp,requests,errors\n1753000001,10,0\n1753000000,10,0\n");
	CHECK(decode_has("refused line 3"));	/* time runs back */
	decode(&decoder_load_csv, "timestamp,requests,errors\n1753000001,,0\n");
	CHECK(decode_has("refused line 2"));
	decode(&decoder_load_csv, "timestamp,requests,errors\n1753000001,1\n");
	CHECK(decode_has("refused line 2"));
	CHECK(decode_sniff(&decoder_load_csv, "timestamp,requests,errors,p50_ms,p95_ms,p99_ms\n"));
	CHECK(decode_sniff(&decoder_load_csv, "timestamp;requests\n1;2\n"));
	CHECK(!decode_sniff(&decoder_load_csv, "Timestamp,User Count,Type,Name,Requests/s,Failures/s\n"));
	CHECK(!decode_sniff(&decoder_load_csv, "timestamp,requests,who,what\n"));
	CHECK(!decode_sniff(&decoder_load_csv, "timestamp,metric,value\n"));
}

static void metrics(void)
{
	CHECK_STR(decode(&decoder_metric_csv,
			 "timestamp,metric,value,instance\n1753000000,/gc/heap/live:bytes,1000,pod-1\n"
			 "1753000000,/gc/cycles/total:gc-cycles,7,pod-1\n1753000000,/gc/heap/live:bytes,NaN,pod-2\n"
			 "1753000001,/gc/heap/live:bytes,1.5e3,pod-1\n1753000001,temperature,20,\n"),
		  "series id=0 name=\"/gc/heap/live:bytes\" label=\"pod-1\" unit=\"bytes\" kind=\"gauge\"\n"
		  "point series=0 t=1753000000000000000 span=0 value=1000\n"
		  "series id=1 name=\"/gc/cycles/total:gc-cycles\" label=\"pod-1\" unit=\"count\" kind=\"counter\"\n"
		  "point series=1 t=1753000000000000000 span=0 value=7\n"
		  "point series=0 t=1753000001000000000 span=0 value=1500\n"
		  "series id=2 name=\"temperature\" label=\"\" unit=\"\" kind=\"gauge\"\n"
		  "point series=2 t=1753000001000000000 span=0 value=20\n");
	decode(&decoder_metric_csv,
	       "timestamp,metric,value\n1,tcp_retransmits,5\n1,go_gc_heap_allocs_bytes_total,5\n1,x_seconds,1\n");
	CHECK(decode_has("clock origin=\"process\"") &&
	      decode_has("name=\"tcp_retransmits\" label=\"\" unit=\"count\" kind=\"counter\""));
	CHECK(decode_has("name=\"/gc/heap/allocs:bytes\" label=\"\" unit=\"bytes\" kind=\"counter\"") &&
	      decode_has("name=\"x_seconds\" label=\"\" unit=\"seconds\" kind=\"gauge\""));
	decode(&decoder_metric_csv, "timestamp,metric,value\n1,a,5\n1,a,6\n");
	CHECK(decode_has("refused line 3"));
	decode_limits.source_series = 1;
	decode(&decoder_metric_csv, "timestamp,metric,value\n1,a,5\n1,b,6\n");
	CHECK(decode_has("refused") && decode_has("source_series"));
	decode_limits = limits_default;
	CHECK(decode_sniff(&decoder_metric_csv, "timestamp,metric,value\n"));
	CHECK(!decode_sniff(&decoder_metric_csv, "metric_name,timestamp,metric_value,check\n"));
}

static void events(void)
{
	CHECK_STR(decode(&decoder_events_csv, "timestamp,kind,text,end\n2026-11-20T10:04:00Z,deploy,\"canary, 10 %\",\n"
					      "2026-11-20T10:05:00Z,fault,net,2026-11-20T10:05:30Z\n"),
		  "event t=1795169040000000000 span=0 kind=\"deploy\" text=\"canary, 10 %\"\n"
		  "event t=1795169100000000000 span=30000000000 kind=\"fault\" text=\"net\"\n");
	decode(&decoder_events_csv, "timestamp,kind,text\n5,deploy,x\n");
	CHECK(decode_has("clock origin=\"load\""));
	decode(&decoder_events_csv, "timestamp,kind,text\n2026-11-20T10:04:00Z,,x\n");
	CHECK(decode_has("refused line 2"));
	CHECK(decode_sniff(&decoder_events_csv, "timestamp,kind,text\n") &&
	      !decode_sniff(&decoder_events_csv, "timestamp,kind\n"));
}

int main(void)
{
	decode_limits = limits_default;
	decode_limits_set = true;
	load();
	endpoints();
	load_damage();
	metrics();
	events();
	return decode_done();
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_metrics_json.c - expvar, debug.GCStats and dumps of runtime/metrics, and the names they share
 */
#include "ingest/gc_ring.h"
#include "ingest/metric_name.h"
#include "tests/unit/decode.h"

static void name(const char *spelled, const char *want)
{
	struct metric_name m;
	char got[200];

	metric_name_any(str_from(spelled), &m);
	snprintf(got, sizeof(got), "%.*s %s %s", (int)m.name.n, m.name.p, m.unit, m.kind);
	CHECK_STR(got, want);
}

static void names(void)
{
	name("go_memstats_next_gc_bytes", "/gc/heap/goal:bytes bytes gauge");
	name("NextGC", "/gc/heap/goal:bytes bytes gauge");
	name("go_gc_heap_goal_bytes", "/gc/heap/goal:bytes bytes gauge");
	name("go_gc_heap_allocs_by_size_bytes", "/gc/heap/allocs-by-size:bytes bytes histogram");
	name("go_gc_heap_allocs_bytes_total", "/gc/heap/allocs:bytes bytes counter");
	name("go_gc_heap_allocs_bytes", "go_gc_heap_allocs_bytes bytes gauge"); /* a counter would end in _total */
	name("go_sync_mutex_wait_total_seconds_total", "/sync/mutex/wait/total:seconds seconds counter");
	name("go_goroutines", "/sched/goroutines:goroutines count gauge");
	name("go_threads", "threads count gauge");
	name("process_cpu_seconds_total", "process.cpu_seconds seconds counter");
	name("/memory/classes/later/invention:bytes", "/memory/classes/later/invention:bytes bytes gauge");
	name("/gc/later/invention:objects", "/gc/later/invention:objects count counter");
	name("orders_total", "orders_total  counter");
	name("queue_depth", "queue_depth  gauge");
	name("Alloc", "  gauge"); /* HeapAlloc once more */
}

static void expvar(void)
{
	struct buf b = { 0 };
	const char *got;

	/* Cycle 258 is in slot 1, cycle 257 in slot 0, cycle 3 in slot 2. */
	buf_puts(
		&b,
		"{\"cmdline\": [\"shop\", \"-password=hunter2\"],\n\"memstats\": {\"HeapAlloc\": 18446744073709551615, "
		"\"NextGC\": 4521016, \"LastGC\": 1795279507435925249, \"NumGC\": 258, \"BySize\": [{\"Size\": 8}], "
		"\"PauseNs\": [");
	for (int i = 0; i < 256; i++)
		buf_printf(&b, "%s%d", i ? "," : "", 1000 + i);
	buf_puts(&b, "], \"PauseEnd\": [");
	for (int i = 0; i < 256; i++)
		buf_printf(&b, "%s%lld", i ? "," : "", 1795279500000000000LL + (i < 2 ? 256 + i : i));
	buf_puts(&b, "]},\n\"goroutines\": 63, \"bad\": NaN, \"up\": +Inf, \"name\": \"hunter2\", \"on\": true,\n"
		     "\"requests\": {\"GET\": 5, \"by\": {\"code\": {\"200\": 4}}, \"list\": [1, 2]}}\n");
	got = decode(&decoder_expvar, b.data);
	CHECK(!strstr(got, "hunter2") && !strstr(got, "password"));
	CHECK(decode_count("gc_cycle", "") == 256 && decode_sum("gc_cycle", "n=") == (3 + 258) * 128);
	CHECK(decode_has("gc_cycle n=3 t=1795279500000000002 t_err=0 pause=1002\n"));
	CHECK(decode_has("gc_cycle n=258 t=1795279500000000257 t_err=0 pause=1001\n"));
	CHECK(decode_has("name=\"/memory/classes/heap/objects:bytes\"") && decode_has("value=1.8446744073709552e+19"));
	CHECK(decode_has("name=\"/sched/goroutines:goroutines\"") &&
	      decode_has("t=1795279507435925249 span=0 value=63"));
	CHECK(decode_has("name=\"requests\" label=\"GET\"") && decode_has("name=\"requests\" label=\"by.code.200\""));
	CHECK(decode_has("2 older GC cycles") && !decode_has("clock") && !decode_has("\"bad\"") &&
	      !decode_has("\"up\""));
	decode_limits.label_sets = 1;
	CHECK(decode(&decoder_expvar, b.data) && decode_count("note", "label_sets") == 1 &&
	      decode_count("series", "\"requests\"") == 1);
	decode_limits = limits_default;
	buf_free(&b);
	decode(&decoder_expvar, "{\"cmdline\": [], \"memstats\": {\"NumGC\": 0, \"PauseNs\": [], \"PauseEnd\": []}}");
	CHECK(decode_has("clock origin=\"none\"") && decode_has("no GC cycles") && decode_count("gc_cycle", "") == 0);
	decode(&decoder_expvar, "{\"cmdline\": [], \"memstats\": 0, \"settings\": {\"block_rate\": 10000, \"mode\": "
				"\"fast\", \"x\": [1]}}");
	CHECK(decode_has("setting name=\"block_rate\" value=\"10000\" origin=\"file\"") &&
	      decode_count("setting", "") == 2 && decode_count("series", "") == 0);
	CHECK(decode_sniff(&decoder_expvar, "{\n\"cmdline\": [\"a\"],\n\"memstats\": {\"Alloc\": 1}}"));
	CHECK(!decode_sniff(&decoder_expvar, "{\"memstats\": 1}"));
	decode(&decoder_expvar, "{\"cmdline\": [\"a\"], \"memstats\": {");
	CHECK(decode_has("refused") && !decode_has("\"a\""));
}

static void gcstats(void)
{
	static const char one[] = "{\"LastGC\":\"2026-11-20T10:00:03Z\",\"NumGC\":3,\"PauseTotal\":600,\"Pause\":[300,"
				  "200,100],\"PauseEnd\":"
				  "[\"2026-11-20T10:00:03Z\",\"2026-11-20T12:00:02+02:00\",\"2026-11-20T10:00:01Z\"],"
				  "\"PauseQuantiles\":[1,2,3]}";

	CHECK_STR(decode(&decoder_gcstats, one),
		  "series id=0 name=\"/gc/cycles/total:gc-cycles\" label=\"\" unit=\"count\" kind=\"counter\"\n"
		  "point series=0 t=1795168803000000000 span=0 value=3\n"
		  "series id=1 name=\"gc.pause_total\" label=\"\" unit=\"ns\" kind=\"counter\"\n"
		  "point series=1 t=1795168803000000000 span=0 value=600\n"
		  "series id=2 name=\"gc.pause_quantile\" label=\"quantile=\\\"0\\\"\" unit=\"ns\" kind=\"summary\"\n"
		  "point series=2 t=1795168803000000000 span=0 value=1\n"
		  "series id=3 name=\"gc.pause_quantile\" label=\"quantile=\\\"0.5\\\"\" unit=\"ns\" kind=\"summary\"\n"
		  "point series=3 t=1795168803000000000 span=0 value=2\n"
		  "series id=4 name=\"gc.pause_quantile\" label=\"quantile=\\\"1\\\"\" unit=\"ns\" kind=\"summary\"\n"
		  "point series=4 t=1795168803000000000 span=0 value=3\n"
		  "gc_cycle n=1 t=1795168801000000000 t_err=0 pause=100\n"
		  "gc_cycle n=2 t=1795168802000000000 t_err=0 pause=200\n"
		  "gc_cycle n=3 t=1795168803000000000 t_err=0 pause=300\n");
	/* Two dumps share cycles; a process that was restarted goes on with the next numbers. */
	decode(&decoder_gcstats, "{\"NumGC\":2,\"PauseTotal\":3,\"Pause\":[2,1],\"PauseEnd\":[]}\n{\"NumGC\":3,"
				 "\"PauseTotal\":6,\"Pause\":[3,2,1]}"
				 "{\"NumGC\":1,\"PauseTotal\":7,\"Pause\":[7]}");
	CHECK(decode_count("gc_cycle", "") == 4 && decode_has("gc_cycle n=4 pause=7\n") && decode_has("restarted"));
	CHECK(decode_has("clock origin=\"none\"") && decode_has("point series=0 t=2 span=0 value=1"));
	decode(&decoder_gcstats,
	       "{\"LastGC\":\"0001-01-01T00:00:00Z\",\"NumGC\":0,\"PauseTotal\":0,\"Pause\":null,\"PauseEnd\":null}");
	CHECK(decode_has("clock origin=\"none\"") && decode_count("gc_cycle", "") == 0);
	decode(&decoder_gcstats, "{\"NumGC\":-1}");
	CHECK(decode_has("refused"));
}

static void dumps(void)
{
	/* Every spelling of the edges gives the same buckets. */
	static const char *const bounds[] = { "\"-Inf\",0,1,\"+Inf\"", "null,0,1,null",
					      "-1.7976931348623157e308,0,1,1.7976931348623157e308", "-Inf,0,1,Infinity",
					      "0,1" };
	static const char edge[] = "bucket series=0 t=0 lo=-inf hi=0 count=1\nbucket series=0 t=0 lo=0 hi=1 count=2\n"
				   "bucket series=0 t=0 lo=1 hi=inf count=3\n";
	char text[400];

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		snprintf(text, sizeof(text), "{\"/gc/pauses:seconds\": {\"Counts\": [1,2,3], \"Buckets\": [%s]}}",
			 bounds[i]);
		CHECK(strstr(decode(&decoder_runtime_metrics, text), edge) != NULL);
	}
	decode(&decoder_runtime_metrics, "{\"/gc/pauses:seconds\": {\"counts\": [1,0], \"buckets\": [0,1]}}");
	CHECK(decode_has("lo=0 hi=1 count=1\n") && decode_count("bucket", "") == 1); /* the upper edge is missing */
	decode(&decoder_runtime_metrics,
	       "{\"/gc/pauses:seconds\": {\"Counts\": [1,2], \"Buckets\": [0,2,1]}, \"/sched/latencies:seconds\": "
	       "{\"Counts\": [1,-2], \"Buckets\": [0,1,2]}, \"/gc/heap/live:bytes\": \"5\"}");
	CHECK(decode_count("bucket", "") == 0 && decode_has("2 values are neither") && decode_count("series", "") == 0);
	decode(&decoder_runtime_metrics,
	       "{\"timestamp\":\"2026-11-20T10:00:00Z\",\"/gc/gogc:percent\":18446744073709551615,"
	       "\"/gc/gomemlimit:bytes\":9223372036854775807,\"/sched/gomaxprocs:threads\":4}\n"
	       "{\"timestamp\":\"2026-11-20T10:00:01Z\",\"/gc/gogc:percent\":50,\"/sched/gomaxprocs:threads\":4}\n");
	CHECK(decode_has("setting name=\"GOGC\" value=\"off\"") && decode_has("setting name=\"GOGC\" value=\"50\"") &&
	      decode_has("name=\"GOMEMLIMIT\" value=\"off\"") && decode_count("setting", "GOMAXPROCS") == 1);
	CHECK(decode_count("point", "") == 3 && decode_has("t=1795168801000000000 span=0 value=50") &&
	      decode_has("goversion min=21\n"));
	decode(&decoder_runtime_metrics,
	       "[{\"Name\":\"/gc/heap/live:bytes\",\"Value\":5},{\"Name\":\"/gc/pauses:seconds\",\"Value\":{}}]");
	CHECK(decode_has("span=0 value=5") && decode_has("1 values are neither"));
	decode(&decoder_runtime_metrics,
	       "[{\"time\":1795168800,\"/gc/heap/live:bytes\":5},{\"time\":1795168801,\"metrics\":{\"/gc/heap/"
	       "live:bytes\":6}}]");
	CHECK(decode_count("series", "label=\"\"") == 1 && decode_has("t=1795168801000000000 span=0 value=6"));
	decode(&decoder_runtime_metrics, "{\"time\":1795168800,\"samples\":[{\"name\":\"/gc/heap/"
					 "live:bytes\",\"value\":5}]}\n{\"/gc/heap/live:bytes\":6}");
	CHECK(decode_count("point", "") == 1 && decode_has("1 readings without a time"));
	decode(&decoder_runtime_metrics, "{\"/gc/heap/live:bytes\":6}\n[}\n");
	CHECK(decode_has("refused document at line 2"));
	decode(&decoder_runtime_metrics, "{\"/gc/heap/live:bytes\":6} 7");
	CHECK(decode_has("refused"));
	CHECK(decode_sniff(&decoder_runtime_metrics, "\xef\xbb\xbf {\"/sched/gomaxprocs:threads\": 2}") &&
	      !decode_sniff(&decoder_runtime_metrics, "/gc/"));
	decode_limits.json_bytes = 20;
	decode(&decoder_runtime_metrics, "{\"/gc/heap/live:bytes\": 123456789}");
	CHECK(decode_has("limit json_bytes"));
	decode_limits = limits_default;
	decode_limits.source_series = 1;
	decode(&decoder_runtime_metrics, "{\"/gc/heap/live:bytes\": 1, \"/gc/heap/goal:bytes\": 2}");
	CHECK(decode_has("limit source_series"));
	decode_limits = limits_default;
}

static void ring(void)
{
	struct gc_ring g = { .newest = 0 };
	struct buf out = { 0 };
	struct dump d;
	struct err err;

	/* A ring that was being rewritten: the ends decide, the numbers stay. */
	dump_init(&d, &out);
	gc_ring_begin(&g);
	gc_ring_add(&g, 5, 300, 1);
	gc_ring_add(&g, 6, 100, 2);
	gc_ring_add(&g, 7, 200, 3);
	gc_ring_add(&g, 8, 200, -3);
	CHECK(gc_ring_put(&g, &d.sink, 7, &err) == 0);
	CHECK_STR(out.data, "gc_cycle n=5 t=100 t_err=0 pause=2\ngc_cycle n=6 t=200 t_err=0 pause=3\ngc_cycle n=7 "
			    "t=300 t_err=0 pause=1\n");
	CHECK(gc_ring_index(1) == 0 && gc_ring_index(256) == 255 && gc_ring_index(257) == 0 && g.lost == 4);
	buf_free(&out);
}

int main(void)
{
	decode_limits = limits_default;
	decode_limits_set = true;
	names();
	expvar();
	gcstats();
	dumps();
	ring();
	return decode_done();
}

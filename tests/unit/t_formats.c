// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_formats.c - each content finds its decoder, or its name
 */
#include "tests/unit/decode.h"

static void finds(const char *kind, const char *text)
{
	const char *why;
	const struct decoder *d = decoder_find(str_from(text), &why);

	CHECK_STR(d ? d->kind : why, kind);
}

static void names(const char *part, const char *text, size_t n)
{
	const char *why = NULL;
	const struct decoder *d = decoder_find((struct str){ text, n }, &why);

	CHECK(!d && why && strstr(why, part) != NULL);
	if (d || !why || !strstr(why, part))
		fprintf(stderr, "  wanted \"%s\", got \"%s\"\n", part, d ? d->kind : why);
}

#define NAMES(part, lit) names(part, lit, sizeof(lit) - 1)

static void decoded(void)
{
	finds("godump", "goroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1\n");
	finds("godump", "2026/11/20 10:02:03 serving\npanic: x\n\ngoroutine 7 [running]:\n");
	finds("godump", "gc 1 @1.360s 0%: 0.074+35+0.064 ms clock, 0.14+0/3.1/0+0.12 ms cpu, 1->1->0 MB, 4 MB goal, 2 "
			"P\n\ngoroutine 1 [idle]:\n");
	finds("load_csv", "timestamp,requests,errors,p50_ms\n1,2,3,4\n");
	finds("metric_csv", "timestamp,metric,value\n1,a,3\n");
	finds("events_csv", "timestamp,kind,text\n1,deploy,x\n");
	finds("gc_csv", "timestamp,num_gc,pause_ns\n1,2,3\n");
	finds("run_json", "{\"schema\": \"attrib-run/1\"}");
	for (size_t i = 0; decoders[i]; i++)
		CHECK(decoders[i]->kind && decoders[i]->version > 0 && decoders[i]->sniff && decoders[i]->decode);
}

static void named(void)
{
	NAMES("empty", "");
	NAMES("empty", "\n\r\n");
	NAMES("execution trace", "go 1.19 trace\0\0\0xyz");
	NAMES("executable", "\x7f" "ELF\2\1\1");
	NAMES("database", "SQLite format 3\0\20\0");
	NAMES("vegeta's gob", "\xff\x97\xff\x81\x03\x01\x01\x06Result\1\xff");
	NAMES("legacy binary", "\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\x27\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	NAMES("heap profile as text", "heap profile: 3: 49568 [2030: 15954272] @ heap/1048576\n");
	NAMES("block or mutex", "--- mutex:\ncycles/second=2600000300\n");
	NAMES("as text (debug=1)", "goroutine profile: total 7\n3 @ 0x1 0x2\n");
	NAMES("gctrace",
	      "x\ngc 1 @1.360s 0%: 0.074+35+0.064 ms clock, 0.14+0/3.1/0+0.12 ms cpu, 1->1->0 MB, 4 MB goal, 2 P\n");
	NAMES("schedtrace", "SCHED 1016ms: gomaxprocs=2 idleprocs=0 threads=8\n");
	NAMES("expvar", "{\"cmdline\": [\"a\"], \"memstats\": {\"Alloc\": 1}}");
	NAMES("runtime/metrics", "{\"/gc/heap/live:bytes\": 5}");
	NAMES("GCStats", "{\"LastGC\": \"x\", \"NumGC\": 5, \"PauseEnd\": []}");
	NAMES("Prometheus", "# HELP go_goroutines Number\n# TYPE go_goroutines gauge\ngo_goroutines 7\n");
	NAMES("k6", "metric_name,timestamp,metric_value,check\nvus,1,2,\n");
	NAMES("k6", "{\"type\":\"Metric\",\"data\":{},\"metric\":\"http_reqs\"}\n");
	NAMES("vegeta", "{\"latencies\":{},\"status_codes\":{}}");
	NAMES("vegeta", "1795168923123456789,200,5000,1,1,,aa==,,0,GET,http://x,\n");
	NAMES("ghz", "{\"count\":5,\"latencyDistribution\":[]}");
	NAMES("hey", "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n");
	NAMES("wrk", "Running 4s test @ http://127.0.0.1:18080/item\n");
	NAMES("index page", "<html>\n<a href=\"/debug/pprof/heap\">\n");
	NAMES("HTML", "<!DOCTYPE html>\n<title>502</title>\n");
	NAMES("HTTP error", "Unknown profile\n");
	NAMES("HTTP error", "404 page not found\n");
	NAMES("HTTP error", "Could not enable CPU profiling: cpu profiling already in use\n");
	NAMES("folded", "main.a;main.b 12\nmain.a;main.c 3\n");
	NAMES("JSON", "{\"a\": 1}");
	NAMES("bytes of a kind", "\1\2\0\3 what is this");
	NAMES("as CSV", "a,b\n1,2\n");
	NAMES("text of a kind", "hello world\n");
}

int main(void)
{
	decoded();
	named();
	return decode_done();
}

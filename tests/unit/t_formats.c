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
	finds("log", "2026/11/20 10:02:03 serving\npanic: x\n\ngoroutine 7 [running]:\n");
	finds("log", "gc 1 @1.360s 0%: 0.074+35+0.064 ms clock, 0.14+0/3.1/0+0.12 ms cpu, 1->1->0 MB, 4 MB goal, 2 "
			"P\n\ngoroutine 1 [idle]:\n");
	finds("log", "x\ngc 1 @1.360s 0%: 0.074+35+0.064 ms clock, 0.14+0/3.1/0+0.12 ms cpu, 1->1->0 MB, 4 MB goal, 2 P\n");
	finds("log", "SCHED 16ms: gomaxprocs=2 idleprocs=0 threads=8 spinningthreads=0 idlethreads=3 runqueue=5 [2 2]\n");
	finds("load_csv", "timestamp,requests,errors,p50_ms\n1,2,3,4\n");
	finds("metric_csv", "timestamp,metric,value\n1,a,3\n");
	finds("events_csv", "timestamp,kind,text\n1,deploy,x\n");
	finds("gc_csv", "timestamp,num_gc,pause_ns\n1,2,3\n");
	finds("k6_csv", "metric_name,timestamp,metric_value,check\nvus,1,2,\n");
	finds("k6_json", "{\"type\":\"Metric\",\"data\":{},\"metric\":\"http_reqs\"}\n");
	finds("k6_summary", "{\"metrics\": {\"http_reqs\": {\"count\": 1}}}");
	finds("vegeta_gob", "\xff\x97\xff\x81\x03\x01\x01\x06Result\1\xff");
	finds("vegeta_report_json", "{\"latencies\":{},\"status_codes\":{}}");
	finds("vegeta_report", "Value(ms)  Percentile  TotalCount  1/(1-Percentile)\n1 0 1 1\n");
	finds("vegeta_csv", "1795168923123456789,200,5000,1,1,,aa==,,0,GET,http://x,\n");
	finds("vegeta_csv", "1795168923123456789,0,5000,1,1,\"a, \"\"b\"\", c, d, e, f, g, h, i, j\",,,0\n");
	finds("ghz", "{\"count\":5,\"latencyDistribution\":[]}");
	finds("ghz_csv", "\nduration (ms),status,error\n1.00,OK,\n");
	finds("hey_csv", "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n");
	finds("wrk", "Running 4s test @ http://127.0.0.1:18080/item\n  2 threads and 8 connections\n");
	finds("run_json", "{\"schema\": \"attrib-run/1\"}");
	finds("expvar", "{\"cmdline\": [\"a\"], \"memstats\": {\"Alloc\": 1}}");
	finds("runtime_metrics", "{\"/gc/heap/live:bytes\": 5}");
	finds("gcstats", "{\"LastGC\": \"x\", \"NumGC\": 5, \"PauseTotal\": 1, \"PauseEnd\": []}");
	finds("prometheus", "# HELP go_goroutines Number\n# TYPE go_goroutines gauge\ngo_goroutines 7\n");
	finds("netstat", "TcpExt: SyncookiesSent ListenOverflows\nTcpExt: 0 1\n");
	finds("netstat", "#kernel\nIpInReceives 5 0.0\nTcpOutSegs 5 0.0\n");
	finds("cgroup", "usage_usec 5\nnr_periods 1\n");
	finds("cgroup", "max 100000\n");
	finds("ss", "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n");
	finds("qdisc", "qdisc noqueue 0: dev lo root refcnt 2\n Sent 0 bytes 0 pkt (dropped 0, overlimits 0 requeues 0)\n");
	finds("iperf3", "{\"start\":{\"version\":\"iperf 3.12\",\"timestamp\":{\"timesecs\":1795168800}},\"end\":{}}");
	finds("ping", "PING db (10.0.0.9) 56(84) bytes of data.\n");
	finds("envoy", "cluster.a.upstream_cx_total: 1\ncluster.a.upstream_rq_total: 2\n");
	finds("go_modules", "./shop: go1.26.4\n\tpath\texample.org/shop\n");
	finds("ebpf_hist", "@usecs:\n[2, 4)      12 |@@@      |\n");
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
	NAMES("legacy binary", "\0\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\x27\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	finds("legacy_heap", "heap profile: 3: 49568 [2030: 15954272] @ heap/1048576\n");
	finds("legacy_contention", "--- mutex:\ncycles/second=2600000300\n");
	finds("legacy_count", "goroutine profile: total 7\n3 @ 0x1 0x2\n");
	finds("http_error", "<html>\n<a href=\"/debug/pprof/heap\">\n");
	finds("http_error", "<!DOCTYPE html>\n<title>502</title>\n");
	finds("http_error", "Unknown profile\n");
	finds("http_error", "404 page not found\n");
	finds("http_error", "Could not enable CPU profiling: cpu profiling already in use\n");
	finds("folded", "main.a;main.b 12\nmain.a;main.c 3\n");
	NAMES("application log", "2026/11/20 10:02:03 a\n2026/11/20 10:02:03 b, c\n2026/11/20 10:02:04 d\n");
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

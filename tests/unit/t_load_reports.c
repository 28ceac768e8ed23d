// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_load_reports.c - what load generators write, and the traps in it
 */
#include "tests/unit/decode.h"

/* The value of the only point of a series, by its name; NaN: not there. */
static double value_of(const char *name)
{
	char key[64], *at;
	int id;
	double v;

	snprintf(key, sizeof(key), " name=\"%s\" ", name);
	at = decode_text.data ? strstr(decode_text.data, key) : NULL;
	while (at && at > decode_text.data && at[-1] != '\n')
		at--;
	if (!at || sscanf(at, "series id=%d", &id) != 1)
		return NAN;
	snprintf(key, sizeof(key), "\npoint series=%d ", id);
	at = strstr(at, key);
	at = at ? strstr(at, "value=") : NULL;
	return at && sscanf(at, "value=%lf", &v) == 1 ? v : NAN;
}

#define VALUE(name, want) CHECK_NEAR(value_of(name), want, 1e-6 * (want))
#define ABSENT(name) CHECK(isnan(value_of(name)))

#define K6 "metric_name,timestamp,metric_value,error,error_code,status,extra_tags\n"

static void k6_csv(void)
{
	decode(&decoder_k6_csv, K6 "http_reqs,1795279501,1.000000,,,200,\nhttp_req_duration,1795279501,12.5,,,200,\n"
				   "http_req_failed,1795279501,0,,,200,\nhttp_req_blocked,1795279501,900,,,200,\n"
				   "http_reqs,1795279502,1,\"a, \"\"b\"\"\",1050,0,\nhttp_req_duration,1795279502,60000,,1050,0,\n"
				   "http_req_failed,1795279502,1,,1050,0,\nvus,1795279502,7,,,,\n");
	VALUE("loadtest.requests", 2);
	VALUE("loadtest.errors", 1);
	VALUE("loadtest.max", 6e10);
	VALUE("loadtest.ok_p99", 1.25e7);
	VALUE("load.vus", 7);
	CHECK(decode_has("whole seconds") && !decode_has("refused"));
	/* Other formats of the stamp, other columns; a script that switched http_req_failed off. */
	decode(&decoder_k6_csv, "metric_name,timestamp,metric_value,status\nhttp_reqs,2026-11-21T16:45:01.5Z,1,503\n"
				"http_reqs,2026-11-21T16:45:01.6Z,1,302\n");
	VALUE("loadtest.errors", 1);
	CHECK(decode_has("no http_req_failed") && decode_has("t=1795279501000000000") && !decode_has("whole seconds"));
	decode(&decoder_k6_csv, "metric_name,timestamp,metric_value\nhttp_reqs,1795279501999,1\nhttp_req_failed,1795279501999,0\n");
	CHECK(decode_has("t=1795279501000000000") && decode_has("t=1795279501999000000 span=0"));
	/* gRPC: status 0 is good. */
	decode(&decoder_k6_csv, K6 "grpc_req_duration,1795279501,3,,,0,\ngrpc_req_duration,1795279501,4,,,14,\n");
	VALUE("loadtest.requests", 2);
	VALUE("loadtest.errors", 1);
	decode(&decoder_k6_csv, K6 "iterations,1795279501,1,,,,\ndropped_iterations,1795279501,3,,,,\n");
	VALUE("loadtest.requests", 1);
	VALUE("loadtest.dropped", 3);
	CHECK(decode_has("open loop") && decode_has("iterations are counted in their place"));
	decode(&decoder_k6_csv, K6 "http_reqs,yesterday,1,,,200,\n");
	CHECK(decode_has("refused line 2"));
	decode(&decoder_k6_csv, K6);
	CHECK(decode_has("refused"));
}

static void k6_json(void)
{
	/* Both orders of keys; tags null; a line of another metric that is no JSON at all is not looked at. */
	decode(&decoder_k6_json,
	       "{\"type\":\"Metric\",\"data\":{\"name\":\"http_reqs\"},\"metric\":\"http_reqs\"}\n"
	       "{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":\"2026-11-21T17:45:01.25+01:00\",\"value\":1,\"tags\":null}}\n"
	       "{\"type\":\"Point\",\"data\":{\"time\":\"2026-11-21T16:45:01.5Z\",\"value\":2.5},\"metric\":\"http_req_duration\"}\n"
	       "{\"metric\":\"http_req_failed\",\"type\":\"Point\",\"data\":{\"time\":\"2026-11-21T16:45:01.5Z\",\"value\":1}}\n"
	       "{\"metric\":\"data_sent\", broken\n");
	VALUE("loadtest.requests", 1);
	VALUE("loadtest.errors", 1);
	VALUE("loadtest.max", 2.5e6);
	CHECK(decode_has("t=1795279501000000000"));
	decode(&decoder_k6_json, "{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"time\":\"x\",\"value\":1}}\n");
	CHECK(decode_has("refused line 1"));
	decode(&decoder_k6_json, "{\"metric\":\"http_reqs\",\"type\":\"Point\",\"data\":{\"ti\n");
	CHECK(decode_has("refused line 1"));
}

static void k6_summaries(void)
{
	decode(&decoder_k6_summary,
	       "{\"metrics\":{\"http_reqs\":{\"count\":200,\"rate\":50},\"http_req_duration\":{\"avg\":2,\"med\":1.5,\"max\":9,"
	       "\"p(90)\":3,\"p(95)\":4},\"http_req_failed\":{\"passes\":7,\"fails\":193,\"value\":0.035}}}");
	VALUE("load.requests", 200);
	VALUE("load.errors", 7);
	VALUE("load.p95", 4e6);
	ABSENT("load.p99");
	CHECK(decode_has("span=4000000000") && decode_has("clock origin=\"none\"") && decode_has("kind=\"summary\""));
	decode(&decoder_k6_summary,
	       "{\"state\":{\"testRunDurationMs\":5000},\"metrics\":{\"http_reqs\":{\"type\":\"counter\",\"values\":{\"count\":200}},"
	       "\"http_req_failed\":{\"values\":{\"rate\":0.5}}}}");
	VALUE("load.errors", 100);
	CHECK(decode_has("span=5000000000"));
	decode(&decoder_k6_summary,
	       "{\"config\":{\"duration\":2.5},\"metadata\":{\"generated_at\":\"2026-11-21T16:45:05Z\"},\"results\":{\"metrics\":["
	       "{\"name\":\"http_reqs\",\"values\":{\"count\":10}},{\"name\":\"http_req_failed\",\"values\":{\"matches\":3}},"
	       "{\"name\":\"http_req_duration\",\"values\":{\"p90\":7}}]}}");
	VALUE("load.errors", 3);
	VALUE("load.p90", 7e6);
	CHECK(decode_has("t=1795279502500000000 span=2500000000") && !decode_has("clock"));
	decode(&decoder_k6_summary, "{\"metrics\":{\"http_req_failed\":{}}}");
	CHECK(decode_has("refused"));
}

#define WRK "Running 4s test @ http://x/\n  2 threads and 8 connections\n  Thread Stats   Avg      Stdev     Max   +/- Stdev\n" \
	    "    Latency    12.67ms   12.80ms   1.20s    89.22%\n    Req/Sec   381.14    114.20   600.00     70.00%\n"

static void wrk(void)
{
	decode(&decoder_wrk, WRK "  Latency Distribution\n     50%  950.00us\n     99%   65.41ms\n  1000 requests in 4.03s, 3.43MB read\n"
			     "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\n"
			     "Requests/sec:    250.00\nTransfer/sec:      0.85MB\nscript says: 50% 1s\n");
	VALUE("load.requests", 1006);
	VALUE("load.errors", 15);
	VALUE("load.p50", 950e3);
	VALUE("load.p99", 65.41e6);
	VALUE("load.mean", 12.67e6);
	VALUE("load.max", 1.2e9);
	VALUE("load.vus", 8);
	CHECK(decode_has("span=4000000000") && decode_has("wrk: closed loop"));
	decode(&decoder_wrk, WRK);
	CHECK(decode_has("refused"));
	decode(&decoder_wrk, WRK "  10 requests in 4.00s, 1MB read\nRequests/sec:   2.50\n" WRK
				 "  90 requests in 4.00s, 1MB read\nRequests/sec:   22.5\n");
	VALUE("load.requests", 10);
	CHECK(decode_has("another report follows in this file") && decode_has("lost=1"));
}

static void wrk2(void)
{
	decode(&decoder_wrk,
	       "Running 30s test @ http://x/\n  2 threads and 100 connections\n"
	       "  Thread calibration: mean lat.: 10.087ms, rate sampling interval: 22ms\n"
	       "  Latency Distribution (HdrHistogram - Recorded Latency)\n 50.000%    6.67ms\n 99.000%   11.18ms\n\n"
	       "  Detailed Percentile spectrum:\n       Value   Percentile   TotalCount 1/(1-Percentile)\n\n"
	       "       8.143     0.950000        35570        20.00\n      12.503     1.000000        39500          inf\n"
	       "#[Mean    =        6.602, StdDeviation   =        1.919]\n#[Max     =       12.496, Total count    =        39500]\n"
	       "----------\n\n  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking delayed starts into"
	       " account))\n 50.000%    1.00ms\n 99.000%    1.00ms\n       1.143     0.950000        35570        20.00\n"
	       "#[Mean    =        1.000, StdDeviation   =        1.919]\n"
	       "  60018 requests in 30.00s, 19.81MB read\nRequests/sec:   2000.60\n");
	VALUE("load.p50", 6.67e6);
	VALUE("load.p95", 8.143e6);
	VALUE("load.p99", 11.18e6);
	VALUE("load.mean", 6.602e6);
	VALUE("load.max", 12.496e6);
	VALUE("load.requests", 60018);
	ABSENT("load.vus");
	CHECK(decode_has("wrk2: open loop"));
}

static void go_wrk(void)
{
	decode(&decoder_wrk, "Running 10s test @ http://x/\n  20 goroutine(s) running concurrently\n7940 requests in 9.981s, 8.02MB read\n"
			     "Requests/sec:\t\t795.51\nOverall Requests/sec:\t794.00\nFastest Request:\t612µs\nAvg Req Time:\t\t25.138ms\n"
			     "Slowest Request:\t1m2.5s\nNumber of Errors:\t60\n50%:\t\t\t1.1ms\n99%:\t\t\t1.8ms\n");
	VALUE("load.requests", 8000);
	VALUE("load.errors", 60);
	VALUE("load.max", 62.5e9);
	ABSENT("load.p50");
	ABSENT("load.p99");
	CHECK(decode_has("span=10000000000"));
	/* Version 0.9: no overall rate. */
	decode(&decoder_wrk, "Running 10s test @ http://x/\n  20 goroutine(s) running concurrently\n100 requests in 10s, 8.02MB read\n"
			     "Requests/sec:\t\t10.00\nAvg Req Time:\t\t25.138ms\nNumber of Errors:\t0\n");
	CHECK(decode_has("average busy time") && decode_has("span=10000000000 value=100"));
	decode(&decoder_wrk, "Running 1s test @ http://x/\n  2 goroutine(s) running concurrently\n"
			     "Error: No statistics collected / no requests found\nNumber of Errors:\t18833\n");
	VALUE("load.requests", 18833);
	VALUE("load.errors", 18833);
}

static void hey(void)
{
	decode(&decoder_hey, "\nSummary:\n  Total:\t2.0000 secs\n  Slowest:\t0.0057 secs\n  Fastest:\t0.0000 secs\n  Average:\t0.0011 secs\n"
			     "  Requests/sec:\t26.5\n\nLatency distribution:\n  50%% in 0.0003 secs\n  95% in 0.0055 secs\n"
			     "  0% in 0.0000 secs\n\nDetails (average, fastest, slowest):\n  DNS+dialup:\t0.1 secs, 0.2 secs, 0.3 secs\n\n"
			     "Status code distribution:\n  [200]\t40 responses\n  [302]\t1 responses\n  [404]\t9 responses\n\n"
			     "Error distribution:\n  [3]\tGet \"http://x/%!z(MISSING)\": [50] responses\n");
	VALUE("load.requests", 53);
	VALUE("load.errors", 12);
	VALUE("load.p50", 300e3);
	VALUE("load.p95", 5.5e6);
	VALUE("load.max", 5.7e6);
	VALUE("load.mean", 1.1e6);
	ABSENT("load.p99");
	CHECK(decode_has("span=2000000000"));
	decode(&decoder_hey, "Summary:\n  Total:\t0.0017 secs\n  Slowest:\t0.0000 secs\n  Average:\t NaN secs\n  Requests/sec:\t11470.3695\n"
			     "Error distribution:\n  [20]\tGet\n");
	VALUE("load.requests", 20);
	VALUE("load.errors", 20);
	ABSENT("load.mean");
	ABSENT("load.max");
}

#define HEY "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code"

static void hey_csv(void)
{
	decode(&decoder_hey_csv, HEY ",offset\n0.9000,0,0,0,0,0,200,0.2000\n0.0001,0,0,0,0,0,500,0.0500");
	CHECK(decode_has("clock origin=\"load\"") && decode_has("point series=0 t=0 span=1000000000 value=1\n") &&
	      decode_has("point series=0 t=1000000000 span=1000000000 value=1\n"));
	VALUE("loadtest.errors", 1);
	VALUE("loadtest.max", 9e8);
	/* Before 2018 there was no offset: a summary. */
	decode(&decoder_hey_csv, HEY "\n0.9000,0,0,0,0,0,200\n0.0001,0,0,0,0,0,200\n");
	VALUE("load.requests", 2);
	VALUE("load.max", 9e8);
	CHECK(decode_has("clock origin=\"none\"") && decode_has("span=0"));
	decode(&decoder_hey_csv, HEY ",offset\n");
	CHECK(decode_has("refused"));
}

static void vegeta(void)
{
	decode(&decoder_vegeta_csv, "1795279500900000000,200,200000000,0,5,,QUJD,,0,GET,http://x/,\n"
				    "1795279500000000000,0,30000000000,0,0,\"Get \"\"x\"\": a, b\",,,1,GET,http://x/,\n"
				    "1795279500000000000,302,5,0,0,,,,2\n");
	CHECK(decode_has("point series=0 t=1795279500000000000 span=1000000000 value=1\n") &&
	      decode_has("point series=0 t=1795279501000000000 span=1000000000 value=1\n") &&
	      decode_has("point series=0 t=1795279530000000000 span=1000000000 value=1\n") &&
	      decode_has("point series=2 t=1795279500000000000 span=1000000000 value=3\n"));
	VALUE("loadtest.errors", 1);
	VALUE("loadtest.ok_p99", 2e8);
	/* A body may hold what looks like an end, and be longer than any line. */
	decode_limits.line_bytes = 300;
	decode(&decoder_vegeta_json,
	       "{\"attack\":\"\",\"seq\":0,\"code\":200,\"timestamp\":\"2026-11-21T16:45:00.5Z\",\"latency\":5,\"bytes_in\":1,\"error\":"
	       "\",\\\"body\\\":\",\"body\":\"QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD"
	       "QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD"
	       "QUJDQUJDQUJDQUJD\",\"method\":\"GET\",\"url\":\"http://x/\",\"headers\":null}\n");
	decode_limits = limits_default;
	VALUE("loadtest.requests", 1);
	VALUE("loadtest.max", 5);
	decode(&decoder_vegeta_report, "Requests      [total, rate]             1200, 120.00\nDuration      [total, attack, wait]    1m10.5s, 1m10s, 500ms\n"
				       "Latencies     [mean, 50, 95, 99, max]  156.05ms, 101.48ms, 456.2ms, 1.92s, 1m0.1s\n"
				       "Success       [ratio]                  55.42%\nStatus Codes  [code:count]             0:535  200:600  301:65  \n"
				       "Error Set:\nLatencies [mean] 5s\n");
	VALUE("load.requests", 1200);
	VALUE("load.errors", 535);
	VALUE("load.p95", 456.2e6);
	VALUE("load.max", 60.1e9);
	ABSENT("load.p90");
	CHECK(decode_has("span=70500000000"));
	decode(&decoder_vegeta_report_json, "{\"latencies\":{\"mean\":5,\"99th\":9},\"earliest\":\"2026-11-21T16:45:00Z\",\"duration\":1000,"
					    "\"wait\":10,\"requests\":4,\"success\":0.75}");
	VALUE("load.errors", 1);
	CHECK(decode_has("t=1795279500000000000 span=1010"));
}

/* A stream as Go writes it: the declarations of Result, time.Time and http.Header, then two results. */
static const unsigned char gob[] = {
	0xff, 0x97, 0xff, 0x81, 3, 1, 1, 6, 'R', 'e', 's', 'u', 'l', 't', 1, 0xff, 0x82, 0, 1, 12, 1, 6, 'A', 't', 't', 'a', 'c', 'k', 1, 12,
	0, 1, 3, 'S', 'e', 'q', 1, 6, 0, 1, 4, 'C', 'o', 'd', 'e', 1, 6, 0, 1, 9, 'T', 'i', 'm', 'e', 's', 't', 'a', 'm', 'p', 1, 0xff, 0x84,
	0, 1, 7, 'L', 'a', 't', 'e', 'n', 'c', 'y', 1, 4, 0, 1, 8, 'B', 'y', 't', 'e', 's', 'O', 'u', 't', 1, 6, 0, 1, 7, 'B', 'y', 't', 'e',
	's', 'I', 'n', 1, 6, 0, 1, 5, 'E', 'r', 'r', 'o', 'r', 1, 12, 0, 1, 4, 'B', 'o', 'd', 'y', 1, 10, 0, 1, 6, 'M', 'e', 't', 'h', 'o',
	'd', 1, 12, 0, 1, 3, 'U', 'R', 'L', 1, 12, 0, 1, 7, 'H', 'e', 'a', 'd', 'e', 'r', 's', 1, 0xff, 0x88, 0, 0, 0,
	16, 0xff, 0x83, 5, 1, 1, 4, 'T', 'i', 'm', 'e', 1, 0xff, 0x84, 0, 0, 0,
	23, 0xff, 0x87, 4, 1, 1, 6, 'H', 'e', 'a', 'd', 'e', 'r', 1, 0xff, 0x88, 0, 1, 12, 1, 0xff, 0x86, 0, 0,
	12, 0xff, 0x85, 2, 1, 2, 0xff, 0x86, 0, 1, 12, 0, 0,
	/* Code 200, 2026-11-21T16:45:00Z, 5 ms, a header of two values, then the end */
	0x2b, 0xff, 0x82, 3, 0xff, 200, 1, 15, 1, 0, 0, 0, 14, 0xe2, 0x93, 0xc1, 0x8c, 0, 0, 0, 0, 0xff, 0xff, 1, 0xfd, 0x98, 0x96, 0x80,
	7, 1, 3, 'F', 'o', 'o', 2, 3, 'a', 'b', 'c', 3, 'd', 'e', 'f', 0,
	/* no code: 0; 6 ms */
	0x19, 0xff, 0x82, 4, 15, 1, 0, 0, 0, 14, 0xe2, 0x93, 0xc1, 0x8c, 0, 0, 0, 0, 0xff, 0xff, 1, 0xfd, 0xb7, 0x1b, 0, 0,
};

static void vegeta_gob(void)
{
	unsigned char bytes[sizeof(gob)];
	size_t results = sizeof(gob) - 26 - 44;

	memcpy(bytes, gob, sizeof(gob));
	decode_bytes(&decoder_vegeta_gob, (const char *)bytes, sizeof(bytes), true);
	VALUE("loadtest.requests", 2);
	VALUE("loadtest.errors", 1);
	VALUE("loadtest.max", 6e6);
	VALUE("loadtest.ok_p50", 5e6);
	CHECK(decode_has("t=1795279500000000000") && !decode_has("lost=1"));
	/* Killed in the middle: what came before counts. */
	decode_bytes(&decoder_vegeta_gob, (const char *)bytes, sizeof(bytes) - 3, true);
	VALUE("loadtest.requests", 1);
	CHECK(decode_has("lost=1"));
	decode_bytes(&decoder_vegeta_gob, (const char *)bytes, results, true);
	CHECK(decode_has("refused"));
	/* A type of which nobody knows how it is declared. */
	bytes[4] = 9;
	decode_bytes(&decoder_vegeta_gob, (const char *)bytes, sizeof(bytes), true);
	CHECK(decode_has("refused byte 0") && decode_has("vegeta encode"));
}

static void ghz(void)
{
	/* A key of the same name deeper down is not the list; the calls ended at their stamps. */
	decode(&decoder_ghz,
	       "{\"options\":{\"rps\":20,\"data\":{\"details\":[{\"a\":1}]}},\"count\":3,\"statusCodeDistribution\":{},\n\"details\" : [\n"
	       " {\"timestamp\":\"2026-11-21T16:45:10.1Z\",\"latency\":200000000,\"error\":\"}]\\\"{\",\"status\":\"Unknown\"},\n"
	       " {\"timestamp\":\"2026-11-21T16:45:10.2Z\",\"latency\":5,\"error\":\"\",\"status\":\"OK\"}],\"tags\":{}}");
	VALUE("loadtest.requests", 2);
	VALUE("loadtest.errors", 1);
	CHECK(decode_has("point series=0 t=1795279510000000000 span=1000000000 value=2") && decode_has("t=1795279509900000000 span=300000000"));
	CHECK(decode_has("3 calls, details of the first 2") && decode_has("open loop"));
	decode(&decoder_ghz, "{\"date\":\"2026-11-21T16:45:10Z\",\"count\":4,\"total\":1000,\"statusCodeDistribution\":{\"OK\":3,\"Unknown\":1},"
			     "\"latencyDistribution\":[{\"percentage\":99,\"latency\":70},{\"percentage\":0,\"latency\":0}],\"details\":null}");
	VALUE("load.errors", 1);
	VALUE("load.p99", 70);
	CHECK(decode_has("t=1795279509999999000 span=1000"));
	decode(&decoder_ghz_csv, "\nduration (ms),status,error\n4.34,OK,\n13.95,Unavailable,busy, come back, please\nsecond line, of it\n");
	VALUE("load.requests", 2);
	VALUE("load.errors", 1);
	VALUE("load.max", 13.95e6);
	decode(&decoder_ghz_text, "\nSummary:\n  Name:\t\tCount: 7\n  Count:\t300\n  Total:\t506.89 ms\n  Slowest:\t1.56 s\n  Average:\t650 ns\n"
				  "  Requests/sec:\t591.85\n\nLatency distribution:\n  95 % in 11.26 ms \n  0 % in 0 ns \n\n"
				  "Status code distribution:\n  [OK]            293 responses   \n  [Unavailable]   7 responses     \n\n"
				  "Error distribution:\n  [7]   rpc error: 9 responses\n");
	VALUE("load.requests", 300);
	VALUE("load.errors", 7);
	VALUE("load.p95", 11.26e6);
	VALUE("load.max", 1.56e9);
	VALUE("load.mean", 650);
}

int main(void)
{
	k6_csv();
	k6_json();
	k6_summaries();
	wrk();
	wrk2();
	go_wrk();
	hey();
	hey_csv();
	vegeta();
	vegeta_gob();
	ghz();
	return decode_done();
}

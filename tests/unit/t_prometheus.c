// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_prometheus.c - scrapes: lines, times, buckets, limits
 */
#include "tests/unit/decode.h"

static const char *prom(const char *text)
{
	return decode(&decoder_prometheus, text);
}

static void lines(void)
{
	CHECK_STR(prom("# HELP go_info x\n# TYPE go_info gauge\ngo_info{version=\"go1.26.4\"} 1\n"
		       "# TYPE orders_total counter\norders_total{kind=\"a\\\"b\", } 3 # {trace=\"x\"} 1\n# TYPE "
		       "go_goroutines gauge\ngo_goroutines 7\n"
		       "go_gc_gogc_percent 100\n{\"my.own\",k=\"v\"} 2.5e3\nnan NaN\n"),
		  "setting name=\"go_version\" value=\"go1.26.4\" origin=\"file\"\n"
		  "series id=0 name=\"orders_total\" label=\"kind=\\\"a\\\\\\\"b\\\"\" unit=\"\" kind=\"counter\"\n"
		  "series id=1 name=\"/sched/goroutines:goroutines\" label=\"\" unit=\"count\" kind=\"gauge\"\n"
		  "setting name=\"GOGC\" value=\"100\" origin=\"file\"\n"
		  "series id=2 name=\"/gc/gogc:percent\" label=\"\" unit=\"percent\" kind=\"gauge\"\n"
		  "series id=3 name=\"my.own\" label=\"k=\\\"v\\\"\" unit=\"\" kind=\"gauge\"\n"
		  "series id=4 name=\"nan\" label=\"\" unit=\"\" kind=\"gauge\"\n"
		  "clock origin=\"none\"\n"
		  "point series=0 t=0 span=0 value=3\npoint series=1 t=0 span=0 value=7\npoint series=2 t=0 span=0 "
		  "value=100\n"
		  "point series=3 t=0 span=0 value=2500\n"
		  "goversion min=26 max=26\n");
	prom("a 1\nb 2\nc{x=\"1\" 3\nd\n\ne{x=1} 4\n");
	CHECK(decode_has("place=\"line 3\" text=\"2 lines are no samples") && decode_has("1 values with labels") &&
	      decode_count("point", "") == 2);
	prom("a 1\nb\nc\nd\n");
	CHECK(decode_has("refused"));
	CHECK(decode_sniff(&decoder_prometheus, "# TYPE a gauge\na 1\n") &&
	      decode_sniff(&decoder_prometheus, "go_goroutines 7\n"));
	CHECK(!decode_sniff(&decoder_prometheus, "x\r")); /* the last line, without its newline */
	CHECK(!decode_sniff(&decoder_prometheus, "# TYPE\nhello there world\nagain x\n") &&
	      !decode_sniff(&decoder_prometheus, "count 7\n"));
}

static void histograms(void)
{
	prom("# TYPE h_seconds histogram\nh_seconds_bucket{le=\"0.1\",p=\"/\"} 2\nh_seconds_bucket{le=\"1\",p=\"/\"} "
	     "5\n"
	     "h_seconds_bucket{le=\"+Inf\",p=\"/\"} 5\nh_seconds_sum{p=\"/\"} 1.5\nh_seconds_count{p=\"/\"} 5\n");
	CHECK(decode_has("name=\"h_seconds\" label=\"p=\\\"/\\\"\" unit=\"seconds\" kind=\"histogram\"") &&
	      decode_has("name=\"h_seconds_sum\" label=\"p=\\\"/\\\"\" unit=\"seconds\" kind=\"counter\"") &&
	      decode_has("name=\"h_seconds_count\" label=\"p=\\\"/\\\"\" unit=\"count\" kind=\"counter\""));
	CHECK(decode_has("bucket series=0 t=0 lo=0 hi=0.1 count=2\nbucket series=0 t=0 lo=0.1 hi=1 count=3\n") &&
	      decode_count("bucket", "") == 2);
	prom("t_bucket{le=\"-5\"} 2\nt_bucket{le=\"+Inf\"} 3\n"); /* no TYPE; values below 0 */
	CHECK(decode_has("lo=-inf hi=-5 count=2") && decode_has("lo=-5 hi=inf count=1"));
	prom("t_bucket{le=\"1\"} 5\nt_bucket{le=\"2\"} 3\nt_bucket{le=\"x\"} 9\n");
	CHECK(decode_has("2 values with labels or buckets out of order") && decode_count("bucket", "") == 1);
	prom("# TYPE go_gc_duration_seconds summary\ngo_gc_duration_seconds{quantile=\"0.5\"} "
	     "0.001\ngo_gc_duration_seconds_sum 0.25\n"
	     "go_gc_duration_seconds_count 461\ngo_gc_cycles_total_gc_cycles_total 461\n");
	CHECK(decode_has("name=\"gc.pause_quantile\" label=\"quantile=\\\"0.5\\\"\" unit=\"ns\" kind=\"summary\"") &&
	      decode_has("value=1000000\n") && decode_has("name=\"gc.pause_total\"") &&
	      decode_has("value=250000000\n"));
	CHECK(decode_count("series", "/gc/cycles/total:gc-cycles") == 1 && decode_count("point", "value=461") == 1);
}

static void times(void)
{
	/* Prometheus: ms; OpenMetrics: s. */
	prom("a 1 1795168800123\na 2 1795168801123\nb 3 1795168801123\n");
	CHECK(!decode_has("clock") && decode_has("point series=0 t=1795168800123000000 span=0 value=1") &&
	      decode_has("point series=0 t=1795168801123000000 span=0 value=2") &&
	      decode_has("point series=1 t=1795168801123000000"));
	prom("# TYPE a counter\na_total 1 1795168800.5\n# EOF\n");
	CHECK(decode_has("name=\"a_total\" label=\"\" unit=\"\" kind=\"counter\"") &&
	      decode_has("t=1795168800500000000"));
	prom("a 1 1795168800\n");
	CHECK(decode_has("t=1795168800000000000"));
	/* Scrapes without timestamps: in their order; in Go's own, at the last GC. */
	prom("# HELP a x\na 1\n# HELP a x\na 2\na 3\n");
	CHECK(decode_has("clock origin=\"none\"") && decode_has("t=0 span=0 value=1") &&
	      decode_has("t=1 span=0 value=2") && decode_has("t=2 span=0 value=3"));
	prom("a 1\ngo_memstats_last_gc_time_seconds 1.7951688e+09\na 2\ngo_memstats_last_gc_time_seconds "
	     "1.7951688e+09\n");
	CHECK(!decode_has("clock") && decode_has("t=1795168800000000000 span=0 value=1") &&
	      decode_has("t=1795168800000000001 span=0 value=2") && decode_has("end of the last GC"));
	prom("a 1\ngo_memstats_last_gc_time_seconds 1.7951688e+09\n");
	CHECK(decode_has("clock origin=\"none\"") && decode_has("t=0 span=0 value=1"));
	prom("# scraped 2026-11-20T10:00:00Z\na 1\n# scraped 2026-11-20T10:00:05Z\na 2\n");
	CHECK(decode_has("t=1795168800000000000 span=0 value=1") && decode_has("t=1795168805000000000 span=0 value=2"));
	prom("a 1 1795168800123\nb 5\n"); /* b is of the same scrape */
	CHECK(decode_has("point series=1 t=1795168800123000000 span=0 value=5"));
}

static void limits(void)
{
	decode_limits.label_sets = 2;
	prom("a{k=\"1\"} 1\na{k=\"2\"} 2\na{k=\"3\"} 3\nb 4\n");
	CHECK(decode_count("series", "") == 3 &&
	      decode_has("note place=\"a\" text=\"1 series beyond the limit label_sets (2)"));
	decode_limits = limits_default;
	decode_limits.source_series = 2;
	prom("a 1\nb 2\nc 3\n");
	CHECK(decode_has("refused") && decode_has("limit source_series"));
	decode_limits = limits_default;
	decode_limits.strings_bytes = 64;
	prom("a_name_that_is_long_enough_for_the_limit_of_this_test_to_be_reached{with=\"a label\"} 1\n");
	CHECK(decode_has("refused"));
	decode_limits = limits_default;
	prom("# TYPE a gauge\na{x=\"\xff\"} 1\n{\"\"} 2\n{\n\"} 3\n{\"a\n");
	CHECK(decode_has("3 lines") || decode_has("4 lines") || decode_has("refused"));
}

int main(void)
{
	decode_limits = limits_default;
	decode_limits_set = true;
	lines();
	histograms();
	times();
	limits();
	return decode_done();
}

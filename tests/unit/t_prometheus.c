// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_prometheus.c - scrapes: lines, times, buckets, limits
 */
#include "ingest/prom_line.h"
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
	/* A scrape that was written twice: not the first bucket alone is left out. */
	prom("h_bucket{le=\"1\"} 2 1795168800000\nh_bucket{le=\"2\"} 5 1795168800000\n"
	     "h_bucket{le=\"1\"} 2 1795168800000\nh_bucket{le=\"2\"} 5 1795168800000\n");
	CHECK(decode_count("bucket", "") == 2);
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

/* The line alone: what each part may be. */
static void parts(void)
{
	static const struct {
		const char *line, *name;
		double value;
	} good[] = {
		{ "a +Inf", "a", INFINITY }, { "a Inf", "a", INFINITY }, { "a -Inf", "a", -INFINITY }, { "a Nan", "a", NAN }, { "a NaN", "a", NAN },
		{ " a\t{}\t1", "a", 1 }, { "{\"q\"} 2", "q", 2 }, { "{\"q\" , k=\"v\"} 3", "q", 3 }, { "a 1 # {t=\"x\"} 1", "a", 1 }, { "a{k=\"}\"} 5", "a", 5 },
	};
	static const char *const bad[] = { "a", "a x", "a{k=\"v\" 1", "{} 1", "{\"\"} 1", "{k=\"v\"} 1", "a 1 x", "a 1 1.5x", "a 1 99999999999999999999", "{\"a 1", "a{k=\"v" };
	struct prom_line l;
	struct str rest, key, value;
	bool wrong;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		check_report(prom_line_parse(str_from(good[i].line), &l) == PROM_SAMPLE && str_is(l.name, good[i].name), __FILE__, __LINE__, good[i].line);
		CHECK((isnan(l.value) && isnan(good[i].value)) || l.value == good[i].value);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		check_report(prom_line_parse(str_from(bad[i]), &l) == PROM_BAD, __FILE__, __LINE__, bad[i]);
	CHECK(prom_line_parse(STR_LIT("a 1 -5"), &l) == PROM_SAMPLE && l.t == -5000000);	/* ms before 1970, not s */
	CHECK(prom_line_parse(STR_LIT(" \t"), &l) == PROM_BLANK && prom_line_parse(STR_LIT("# EOF"), &l) == PROM_EOF);
	CHECK(prom_line_parse(STR_LIT("# UNIT a s"), &l) == PROM_COMMENT && prom_line_parse(STR_LIT("#"), &l) == PROM_COMMENT);
	CHECK(prom_line_parse(STR_LIT("# HELP \"my.own\" words"), &l) == PROM_HELP && str_is(l.name, "my.own"));
	CHECK(prom_line_parse(STR_LIT("# TYPE \" counter"), &l) == PROM_TYPE && str_is(l.name, "\"") && str_is(l.type, "counter"));
	rest = STR_LIT(" , k\t = \"v\\\"\" ,\"q.k\"=\"\",");
	CHECK(prom_line_label(&rest, &key, &value, &wrong) && str_is(key, "k") && str_is(value, "v\\\""));
	CHECK(prom_line_label(&rest, &key, &value, &wrong) && str_is(key, "q.k") && value.n == 0);
	CHECK(!prom_line_label(&rest, &key, &value, &wrong) && !wrong);
	static const char *const labels[] = { "k", "k=", "k=v", "k=\"v", "=\"v\"", " =\"v\"" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		rest = str_from(labels[i]);
		check_report(!prom_line_label(&rest, &key, &value, &wrong) && wrong, __FILE__, __LINE__, labels[i]);
	}
}

int main(void)
{
	parts();
	decode_limits = limits_default;
	decode_limits_set = true;
	lines();
	histograms();
	times();
	limits();
	return decode_done();
}

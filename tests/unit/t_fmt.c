// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fmt.h"

#include <locale.h>
#include <stdlib.h>

#include "tests/unit/check.h"

static void check_real(void (*f)(struct buf *, double), double v, const char *want, int line)
{
	struct buf b = { 0 };

	f(&b, v);
	check_str(b.data, want, __FILE__, line, want);
	buf_free(&b);
}

#define FMT(f, v, want) check_real(f, v, want, __LINE__)

static void t_duration(void)
{
	FMT(fmt_duration, 870, "870 ns");
	FMT(fmt_duration, 0, "0 s");
	FMT(fmt_duration, 5, "5 ns");
	FMT(fmt_duration, 5.25, "5.25 ns");
	FMT(fmt_duration, 0.5, "0.500 ns");
	FMT(fmt_duration, 999, "999 ns");
	FMT(fmt_duration, 999.4, "999 ns");
	FMT(fmt_duration, 999.6, "1.00 us");
	FMT(fmt_duration, 1000, "1.00 us");
	FMT(fmt_duration, 1234567, "1.23 ms");
	FMT(fmt_duration, 1.24e6, "1.24 ms");
	FMT(fmt_duration, 12.4e9, "12.4 s");
	FMT(fmt_duration, 999499, "999 us");
	FMT(fmt_duration, 999500, "1.00 ms");
	FMT(fmt_duration, 9.996e9, "10.0 s");
	FMT(fmt_duration, 59.94e9, "59.9 s");
	FMT(fmt_duration, 59.96e9, "1 min");
	FMT(fmt_duration, 60e9, "1 min");
	FMT(fmt_duration, 200e9, "3 min 20 s");
	FMT(fmt_duration, 119.6e9, "2 min");
	FMT(fmt_duration, 3599.4e9, "59 min 59 s");
	FMT(fmt_duration, 3599.6e9, "1 h");
	FMT(fmt_duration, 7500e9, "2 h 5 min");
	FMT(fmt_duration, 86399e9, "1 d");
	FMT(fmt_duration, 86340e9, "23 h 59 min");
	FMT(fmt_duration, 273600e9, "3 d 4 h");
	FMT(fmt_duration, -1.24e6, "-1.24 ms");
	FMT(fmt_duration, -200e9, "-3 min 20 s");
	FMT(fmt_duration, 1e30, "1.16e+16 d");
	FMT(fmt_duration, (double)NAN, "?");
	FMT(fmt_duration, (double)INFINITY, "inf");
	FMT(fmt_duration, (double)-INFINITY, "-inf");
}

static void t_amounts(void)
{
	FMT(fmt_bytes, 0, "0 B");
	FMT(fmt_bytes, 512, "512 B");
	FMT(fmt_bytes, 1000, "0.977 KiB");
	FMT(fmt_bytes, 1024, "1.00 KiB");
	FMT(fmt_bytes, 12700, "12.4 KiB");
	FMT(fmt_bytes, 31 * 1048576.0, "31.0 MiB");
	FMT(fmt_bytes, 1048575, "1.00 MiB");
	FMT(fmt_bytes, 0x1p50 * 3, "3.00 PiB");
	FMT(fmt_bytes, 0x1p80, "1070000000 PiB");
	FMT(fmt_bytes, -2048, "-2.00 KiB");
	FMT(fmt_bytes, 0.25, "0.250 B");
	FMT(fmt_bytes, (double)NAN, "?");
	FMT(fmt_count, 0, "0");
	FMT(fmt_count, 812, "812");
	FMT(fmt_count, 999, "999");
	FMT(fmt_count, 999.7, "1.00 k");
	FMT(fmt_count, 1000, "1.00 k");
	FMT(fmt_count, 12400, "12.4 k");
	FMT(fmt_count, 3.1e6, "3.10 M");
	FMT(fmt_count, 2.5, "2.50");
	FMT(fmt_count, 1e-9, "1.00e-09");
	FMT(fmt_count, 0.0001234, "0.000123");
	FMT(fmt_count, 1e20, "100000000 T");
	FMT(fmt_count, -42, "-42");
	FMT(fmt_count, (double)INFINITY, "inf");
}

static void t_ratios(void)
{
	FMT(fmt_percent, 0.123, "12.3 %");
	FMT(fmt_percent, 0, "0 %");
	FMT(fmt_percent, 1, "100 %");
	FMT(fmt_percent, 0.9996, "100 %");
	FMT(fmt_percent, 0.00012, "0.0120 %");
	FMT(fmt_percent, 12.34, "1230 %");
	FMT(fmt_percent, -0.5, "-50.0 %");
	FMT(fmt_percent, (double)NAN, "?");
	FMT(fmt_change, 0.123, "+12.3 %");
	FMT(fmt_change, -0.123, "-12.3 %");
	FMT(fmt_change, 0, "0 %");
	FMT(fmt_change, -0.0, "0 %");
	FMT(fmt_change, 10, "+1000 %");
	FMT(fmt_change, 11.4, "x12.4");
	FMT(fmt_change, 999, "x1000");
	FMT(fmt_change, -1, "-100 %");
	FMT(fmt_change, (double)INFINITY, "xinf");
	FMT(fmt_change, (double)NAN, "?");
}

static void check_value(double v, const char *unit, const char *want, int line)
{
	struct buf b = { 0 };

	fmt_value(&b, v, unit);
	check_str(b.data, want, __FILE__, line, want);
	buf_free(&b);
}

#define VALUE(v, unit, want) check_value(v, unit, want, __LINE__)

static void t_value(void)
{
	VALUE(1.24e6, "ns", "1.24 ms");
	VALUE(1.24e6, "ns/request", "1.24 ms/request");
	VALUE(12700, "bytes/s", "12.4 KiB/s");
	VALUE(812, "count", "812");
	VALUE(1500, "count/s", "1.50 k/s");
	VALUE(0.5, "ratio", "50.0 %");
	VALUE(2.5, "cores", "2.50 cores");
	VALUE(4, "cores", "4 cores");
	VALUE(12345, "widgets", "12300 widgets");
	VALUE(1e14, "x", "100000000000000 x");
	VALUE(1e15, "x", "1.00e+15 x");
	VALUE(1.5e-6, "x", "0.00000150 x");
	VALUE(1.5e-7, "x", "1.50e-07 x");
	VALUE(-1234.5, "x", "-1230 x");
	VALUE((double)NAN, "cores", "? cores");
	VALUE(7, "", "7");
	VALUE(7, NULL, "7");
	VALUE(7, "/s", "7/s");
}

static void check_time(int64_t ns, const char *want, int line)
{
	struct buf b = { 0 };

	fmt_time(&b, ns);
	check_str(b.data, want, __FILE__, line, want);
	buf_free(&b);
}

#define TIME(ns, want) check_time(ns, want, __LINE__)

/* The dates are date(1)'s. */
static void t_time(void)
{
	TIME(0, "1970-01-01T00:00:00Z");
	TIME(999999999, "1970-01-01T00:00:00Z");
	TIME(-1, "1969-12-31T23:59:59Z");
	TIME(1795168923000000000, "2026-11-20T10:02:03Z");
	TIME(951782400000000000, "2000-02-29T00:00:00Z");
	TIME(951868800000000000, "2000-03-01T00:00:00Z");
	TIME(4107542400000000000, "2100-03-01T00:00:00Z");
	TIME(-2203891200000000000, "1900-03-01T00:00:00Z");
	TIME(1735689599000000000, "2024-12-31T23:59:59Z");
	TIME(INT64_MAX, "2262-04-11T23:47:16Z");
	TIME(INT64_MIN, "1677-09-21T00:12:43Z");
}

static void t_real(void)
{
	uint64_t state = 42;
	uint32_t bad = 0;

	FMT(fmt_real, 0, "0");
	FMT(fmt_real, -0.0, "0");
	FMT(fmt_real, 1, "1");
	FMT(fmt_real, -12345678, "-12345678");
	FMT(fmt_real, 0.1, "0.1");
	FMT(fmt_real, 0.1 + 0.2, "0.30000000000000004");
	FMT(fmt_real, 1.0 / 3, "0.3333333333333333");
	FMT(fmt_real, 999999999999999.0, "999999999999999");
	FMT(fmt_real, 1e15, "1e+15");
	FMT(fmt_real, 123456789012345680.0, "1.2345678901234568e+17");
	FMT(fmt_real, 1e300, "1e+300");
	FMT(fmt_real, 5e-324, "4.94065645841247e-324");
	FMT(fmt_real, 1.7976931348623157e308, "1.7976931348623157e+308");
	FMT(fmt_real, (double)NAN, "null");
	FMT(fmt_real, (double)INFINITY, "null");
	FMT(fmt_real, (double)-INFINITY, "null");
	for (int i = 0; i < 100000; i++) { /* what is written is read back, bit for bit */
		struct buf b = { 0 };
		double v, back = 0;

		state = state * 6364136223846793005u + 1442695040888963407u;
		memcpy(&v, &state, sizeof(v));
		if (!isfinite(v))
			continue;
		fmt_real(&b, v);
		bad += !fmt_parse_real(buf_view(&b), &back) || memcmp(&back, &v, sizeof(v)) != 0;
		buf_free(&b);
	}
	CHECK(bad == 0);
}

static bool is_int(const char *s, int64_t want)
{
	int64_t v = 0;

	return fmt_parse_int(str_from(s), &v) && v == want;
}

static void t_parse_int(void)
{
	static const char *const bad[] = { "",
					   "-",
					   "+",
					   " 1",
					   "1 ",
					   "1.0",
					   "1e3",
					   "0x10",
					   "--1",
					   "9223372036854775808",
					   "-9223372036854775809",
					   "99999999999999999999",
					   "1,000",
					   "1_000",
					   "\xd9\xa1" };
	int64_t v;

	CHECK(is_int("0", 0) && is_int("-0", 0) && is_int("+7", 7) && is_int("007", 7));
	CHECK(is_int("9223372036854775807", INT64_MAX) && is_int("-9223372036854775808", INT64_MIN));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!fmt_parse_int(str_from(bad[i]), &v));
	CHECK(!fmt_parse_int((struct str){ "1\0", 2 }, &v));
	CHECK(fmt_parse_int((struct str){ "12345", 3 }, &v) && v == 123); /* the length counts, not a NUL */
}

static bool is_real(const char *s, double want)
{
	double v = 0;

	return fmt_parse_real(str_from(s), &v) && memcmp(&v, &want, sizeof(v)) == 0;
}

static void t_parse_real(void)
{
	static const char *const bad[] = { "",	     ".",     "-",   "e5",    "1e",   "1e+",	      " 1",    "1 ",
					   "1,5",    "1.2.3", "nan", "inf",   "-inf", "NaN",	      "0x1p3", "1e400",
					   "-1e400", "1_0",   "1f",  "1e5.0", "++1",  "1e99999999999" };
	char digits[1200];
	double v;

	CHECK(is_real("0", 0) && is_real("-0", -0.0) && is_real("1.", 1) && is_real(".5", 0.5) &&
	      is_real("+2.50", 2.5));
	CHECK(is_real("0.1", 0.1) && is_real("1e3", 1000) && is_real("1E-3", 0.001) && is_real("12.5e+2", 1250));
	CHECK(is_real("0.30000000000000004", 0.1 + 0.2));
	CHECK(is_real("9007199254740993", 9007199254740992.0)); /* 2^53 + 1: to even */
	CHECK(is_real("9007199254740992.99", 9007199254740992.0) && is_real("9007199254740993.01", 9007199254740994.0));
	CHECK(is_real("9007199254740995", 9007199254740996.0));
	CHECK(is_real("1.7976931348623157e308", 1.7976931348623157e308));
	CHECK(is_real("2.2250738585072011e-308", 2.2250738585072011e-308)); /* hung a well-known parser once */
	CHECK(is_real("4.9e-324", 5e-324) && is_real("1e-400", 0) && is_real("1e-99999999999", 0));
	CHECK(is_real("123456789012345678901234567890", 123456789012345678901234567890.0));
	CHECK(is_real("0.000000000000000000000000000000000000001", 1e-39));
	CHECK(is_real("00000000000000000000000000000000000000012.5", 12.5));
	CHECK(is_real("18446744073709551616", 18446744073709551616.0));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (fmt_parse_real(str_from(bad[i]), &v))
			fprintf(stderr, "accepted: %s\n", bad[i]);
		CHECK(!fmt_parse_real(str_from(bad[i]), &v));
	}
	CHECK(!fmt_parse_real((struct str){ "1\0", 2 }, &v));
	CHECK(fmt_parse_real((struct str){ "1.5e3", 3 }, &v) && v == 1.5);
	memset(digits, '1', sizeof(digits));
	digits[1] = '.';
	CHECK(fmt_parse_real((struct str){ digits, 1000 }, &v));
	CHECK_NEAR(v, 10.0 / 9, 1e-15);
	CHECK(!fmt_parse_real((struct str){ digits, 1001 }, &v));
}

static bool is_duration(const char *s, double want)
{
	double v = 0;

	return fmt_parse_duration(str_from(s), &v) && fabs(v - want) <= fabs(want) * 1e-15;
}

static void t_parse_duration(void)
{
	static const char *const bad[] = { "",	     "-",  "1",	   "1.5",    "ms",	 "1 ms",   "1ms ", "1e3s", "1d",
					   "1.2.3s", ".s", "1ms2", "-1s-1s", "3000000h", "1\xc2s", "00",   "1S" };
	double v;

	CHECK(is_duration("1.5ms", 1.5e6) && is_duration("2m3.5s", 123.5e9) && is_duration("870us", 870e3));
	CHECK(is_duration("870\xc2\xb5s", 870e3) && is_duration("870\xce\xbcs", 870e3)); /* both letters in use */
	CHECK(is_duration("0", 0) && is_duration("-0", 0) && is_duration("0s", 0) && is_duration("1h2m3s", 3723e9));
	CHECK(is_duration("-1.5h", -5400e9) && is_duration("+5ns", 5) && is_duration(".5s", 5e8) &&
	      is_duration("1.s", 1e9));
	CHECK(is_duration("1h1ns", 3600000000001.0) && is_duration("1m1ms", 60001e6));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (fmt_parse_duration(str_from(bad[i]), &v))
			fprintf(stderr, "accepted: %s\n", bad[i]);
		CHECK(!fmt_parse_duration(str_from(bad[i]), &v));
	}
}

int main(void)
{
	/* A locale with a decimal comma where there is one: nothing may change. */
	const char *comma = setlocale(LC_ALL, "de_DE.UTF-8");

	t_duration();
	t_amounts();
	t_ratios();
	t_value();
	t_time();
	t_real();
	t_parse_int();
	t_parse_real();
	t_parse_duration();
	if (comma)
		setlocale(LC_ALL, "C");
	t_duration();
	t_amounts();
	t_ratios();
	t_real();
	t_parse_real();
	return check_done();
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/check.h"
#include "ingest/timeparse.h"

static const struct time_style plain = { 0 };

/* The stamp as ns; -1 when refused or of another kind. */
static int64_t at(const char *s, enum time_kind kind)
{
	struct stamp t;

	return timeparse_stamp(str_from(s), &plain, &t) && t.kind == kind ? t.ns : -1;
}

static int64_t with_unit(const char *s, int64_t unit, enum time_kind kind)
{
	struct time_style style = { .unit = unit };
	struct stamp t;

	return timeparse_stamp(str_from(s), &style, &t) && t.kind == kind ? t.ns : -1;
}

static bool refused(const char *s)
{
	struct stamp t;

	return !timeparse_stamp(str_from(s), &plain, &t);
}

static int64_t step(const char *s)
{
	struct stamp t;

	return timeparse_stamp(str_from(s), &plain, &t) ? t.step : -1;
}

#define S INT64_C(1000000000)

static void dates(void)
{
	/* `date -u -d ... +%s` gives the seconds below. */
	CHECK(at("1970-01-01T00:00:00Z", TIME_EPOCH) == 0);
	CHECK(at("2026-11-20T10:02:03Z", TIME_EPOCH) == 1795168923 * S);
	CHECK(at("2026-11-20T10:02:03.5Z", TIME_EPOCH) == 1795168923 * S + S / 2);
	CHECK(at("2026-11-20T10:02:03.123456789Z", TIME_EPOCH) == 1795168923 * S + 123456789);
	CHECK(at("2026-11-20T10:02:03.1234567899Z", TIME_EPOCH) == 1795168923 * S + 123456789);
	CHECK(at("2026-11-20T10:02:03+01:00", TIME_EPOCH) == 1795165323 * S);
	CHECK(at("2026-11-20T10:02:03-0530", TIME_EPOCH) == 1795188723 * S);
	CHECK(at("2026-11-20 10:02:03", TIME_EPOCH) == 1795168923 * S);
	CHECK(at("2026/11/20 10:02:03.000001", TIME_EPOCH) == 1795168923 * S + 1000);
	CHECK(at(" 2026-11-20 10:02:03,250 ", TIME_EPOCH) == 1795168923 * S + 250000000);
	CHECK(at("2026-11-20 10:02:03.5 +0000 UTC m=+0.000012", TIME_EPOCH) == 1795168923 * S + S / 2);
	CHECK(at("2026-11-20 10:02:03 +0100 CET", TIME_EPOCH) == 1795165323 * S);
	CHECK(at("2000-02-29T00:00:00Z", TIME_EPOCH) == 951782400 * S);
	CHECK(at("2024-02-29T23:59:60Z", TIME_EPOCH) == 1709251200 * S);
	CHECK(refused("2023-02-29T00:00:00Z"));
	CHECK(refused("2026-13-01T00:00:00Z"));
	CHECK(refused("2026-11-20T24:00:00Z"));
	CHECK(refused("2026-11-20T10:02:03 something else"));
	CHECK(refused("2026-11-20"));
	CHECK(refused(""));
	CHECK(refused("yesterday"));
	CHECK(step("2026-11-20T10:02:03Z") == S);
	CHECK(step("2026-11-20T10:02:03.25Z") == S / 100);
	CHECK(step("2026-11-20T10:02Z") == 60 * S);
	CHECK(at("10:02:03.5", TIME_OF_DAY) == 36123 * S + S / 2);
	CHECK(refused("10:61:03"));
}

static void numbers(void)
{
	CHECK(at("1795168923", TIME_EPOCH) == 1795168923 * S);
	CHECK(at("1795168923.25", TIME_EPOCH) == 1795168923 * S + S / 4);
	CHECK(at("1795168923123", TIME_EPOCH) == 1795168923123 * (S / 1000));
	CHECK(at("1795168923123456", TIME_EPOCH) == 1795168923123456 * 1000);
	CHECK(at("1795168923123456789", TIME_EPOCH) == 1795168923123456789);
	CHECK(at("1.795168923e9", TIME_EPOCH) == 1795168923 * S);
	CHECK(at("0", TIME_RELATIVE) == 0);
	CHECK(at("12.402", TIME_RELATIVE) == 12402000000);
	CHECK(at("99999999", TIME_RELATIVE) == 99999999 * S);
	CHECK(at("-1.5", TIME_RELATIVE) == -1500000000);
	CHECK(refused("100000000"));
	CHECK(refused("99999999999"));
	CHECK(refused("99999999999999999999"));
	CHECK(refused("1.2.3"));
	CHECK(at("1.", TIME_RELATIVE) == S);
	CHECK(at("1m2.5s", TIME_RELATIVE) == 62500000000);
	CHECK(at("870\xc2\xb5s", TIME_RELATIVE) == 870000);
	/* A unit in the column's name goes before magnitude. */
	CHECK(with_unit("5000000000", 1, TIME_RELATIVE) == 5 * S);
	CHECK(with_unit("1795168923123", 1000000, TIME_EPOCH) == 1795168923123 * (S / 1000));
	CHECK(with_unit("2500", 1000000, TIME_RELATIVE) == 2500000000);
	CHECK(with_unit("1.5", 60 * S, TIME_RELATIVE) == 90 * S);
}

static void commas(void)
{
	struct time_style style = { .comma = true };
	struct stamp t;
	int64_t v, s;

	CHECK(timeparse_stamp(STR_LIT("12,402"), &style, &t) && t.ns == 12402000000);
	CHECK(!timeparse_stamp(STR_LIT("12,402"), &plain, &t));
	CHECK(timeparse_decimal(STR_LIT("0.35"), 1000000, false, &v, &s) && v == 350000 && s == 10000);
	CHECK(timeparse_decimal(STR_LIT("9223372036854775807"), 1, false, &v, &s) && v == INT64_MAX);
	CHECK(!timeparse_decimal(STR_LIT("9223372036854775808"), 1, false, &v, &s));
	CHECK(!timeparse_decimal(STR_LIT("9223372037"), S, false, &v, &s));
	CHECK(timeparse_unit(STR_LIT("\xce\xbcs")) == 1000 && timeparse_unit(STR_LIT("parsec")) == 0);
}

static void prefixes(void)
{
	struct stamp t;
	size_t n;

	CHECK(timeparse_prefix(STR_LIT("2026/11/20 10:02:03 panic: x"), &t, &n) && n == 19 && t.ns == 1795168923 * S);
	CHECK(timeparse_prefix(STR_LIT("2026-11-20T10:02:03.5Z\tINFO"), &t, &n) && n == 22);
	CHECK(timeparse_prefix(STR_LIT("2026-11-20 10:02:03 - started"), &t, &n) && n == 19 && t.ns == 1795168923 * S);
	CHECK(!timeparse_prefix(STR_LIT("1795168923"), &t, &n));
}

/* One character off from what is accepted, each. */
static void nearly(void)
{
	static const char *const bad[] = {
		"1969-12-31T00:00:00Z", "2262-01-01T00:00:00Z", "2026-00-20T10:02:03Z", "2026-11-00T10:02:03Z", "2026-11-31T10:02:03Z",
		"2026-11-20T1x:02:03Z", "2026-11-20T10x02:03Z", "2026-11-20T10:0x:03Z", "2026-11-20T10:60:03Z", "2026-11-20T10:02:61Z",
		"2026-11-20T10:02:0xZ", "2026-11-20x10:02:03Z", "2026-11/20T10:02:03Z", "2026.11.20T10:02:03Z", "2026-11-20 10:02:03 +16:00",
		"2026-11-20 10:02:03 +01:60", "2026-11-20 10:02:03 +x", "2026-11-20 10:02:03 UTC mm", "2026-11-20 10:02:03 UTC m=x", "1e30", "-1e19",
		"1.5e300h", "1e400", "9999999999999999999h", "--1", "+", "", " ", "12:3x:00", "24:00:00", "10:02:03x",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		check_report(refused(bad[i]), __FILE__, __LINE__, bad[i]);
	CHECK(at("2026-11-20t10:02:03z", TIME_EPOCH) == 1795168923 * S);
	CHECK(at("2026-11-20_10:02:03", TIME_EPOCH) == 1795168923 * S);
	CHECK(at("2026-11-20T10:02Z", TIME_EPOCH) == 1795168920 * S && step("2026-11-20T10:02Z") == 60 * S);
	CHECK(at("2026-11-20 10:02:03 +01", TIME_EPOCH) == 1795165323 * S);
	CHECK(at("2026-11-20 10:02:03.5 +0300 +03 m=+1.25", TIME_EPOCH) == 1795158123 * S + S / 2);
	CHECK(at("2026-11-20 10:02:03 -0300 -03 m=-1", TIME_EPOCH) == 1795179723 * S);
	CHECK(at("2026-11-20 10:02:03 Local", TIME_EPOCH) == -1 && at("2026-11-20 10:02:03 utc", TIME_EPOCH) == -1);
	CHECK(at("\t10:02:03.5\t", TIME_OF_DAY) == 36123 * S + S / 2);
	CHECK(at("10:02:03,25", TIME_OF_DAY) == 36123 * S + S / 4);
	CHECK(at("+1.5", TIME_RELATIVE) == 1500000000 && at("-2", TIME_RELATIVE) == -2 * S);
	CHECK(at("1.5e3", TIME_RELATIVE) == 1500 * S);
	CHECK(with_unit("1.5e3", 1000000, TIME_RELATIVE) == 1500000000);
	CHECK(with_unit("x", 1000000, TIME_RELATIVE) == -1 && with_unit("1e30", 1000000, TIME_RELATIVE) == -1);
	CHECK(with_unit("9223372036.9", S, TIME_EPOCH) == -1);	/* past int64 by its fraction */
	CHECK(at("0.1234567891", TIME_RELATIVE) == 123456789 && step("0.1234567891") == 1);
}

int main(void)
{
	dates();
	nearly();
	numbers();
	commas();
	prefixes();
	return check_done();
}

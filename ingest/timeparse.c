// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * timeparse.c - stamps by their shape, numbers by their magnitude
 *
 * A number alone does not say what it counts. With a unit in the column's name it is unit times number, and an epoch
 * when that lies after 2001; without one the magnitude decides, because the four epochs (s, ms, us, ns) of this century
 * do not overlap and no test runs for the 3 years that 1e8 seconds are. What lies between is nobody's: refused, so that
 * the row is counted as bad and not placed in a wrong year.
 */
#include "ingest/timeparse.h"

#include "core/fmt.h"

#define SECOND INT64_C(1000000000)
#define EPOCH_FROM INT64_C(1000000000000000000)	/* 2001-09-09: a unit given, anything later is an epoch */

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly n digits at s[at]. */
static bool digits(struct str s, size_t at, size_t n, int *out)
{
	int v = 0;

	if (at + n > s.n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!digit(s.p[at + i]))
			return false;
		v = v * 10 + (s.p[at + i] - '0');
	}
	*out = v;
	return true;
}

/* Days since 1970-01-01 of a Gregorian date: the year begins in March, so that the leap day is its last. */
static int64_t days(int y, int m, int d)
{
	int64_t year = m <= 2 ? y - 1 : y;
	int64_t era = year / 400, yoe = year % 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool date_ok(int y, int m, int d)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return y >= 1970 && y <= 2261 && m >= 1 && m <= 12 && d >= 1 && d <= length[m - 1] + (m == 2 && leap);
}

/* A fraction at s[*at] ('.' or ',' and digits); digits beyond ns are read and dropped. */
static void fraction(struct str s, size_t *at, int64_t *ns, int64_t *step)
{
	size_t i = *at;

	if (i + 1 >= s.n || (s.p[i] != '.' && s.p[i] != ',') || !digit(s.p[i + 1]))
		return;
	for (i++; i < s.n && digit(s.p[i]); i++) {
		if (*step == 1)
			continue;
		*step /= 10;
		*ns += (s.p[i] - '0') * *step;
	}
	*at = i;
}

/* HH:MM[:SS[.fff]] at s[*at]. */
static bool clock_at(struct str s, size_t *at, int64_t *ns, int64_t *step)
{
	int h, m, sec = 0;
	size_t i = *at;

	if (!digits(s, i, 2, &h) || i + 2 >= s.n || s.p[i + 2] != ':' || !digits(s, i + 3, 2, &m))
		return false;
	i += 5;
	*step = 60 * SECOND;
	if (i < s.n && s.p[i] == ':') {
		if (!digits(s, i + 1, 2, &sec))
			return false;
		i += 3;
		*step = SECOND;
	}
	if (h > 23 || m > 59 || sec > 60)
		return false;
	*ns = ((int64_t)h * 3600 + m * 60 + sec) * SECOND;
	if (*step == SECOND)
		fraction(s, &i, ns, step);
	*at = i;
	return true;
}

/* Z, +01:00, +0100, +01, each after blanks or none; *east in ns. Nothing there is UTC. */
static bool zone_at(struct str s, size_t *at, int64_t *east)
{
	size_t i = *at;
	int h, m = 0;

	*east = 0;
	while (i < s.n && s.p[i] == ' ')
		i++;
	if (i < s.n && (s.p[i] == 'Z' || s.p[i] == 'z')) {
		*at = i + 1;
		return true;
	}
	if (i >= s.n || (s.p[i] != '+' && s.p[i] != '-'))
		return true;
	if (!digits(s, i + 1, 2, &h))
		return false;
	*east = s.p[i] == '-' ? -1 : 1;
	i += 3;
	if (i < s.n && s.p[i] == ':' && digits(s, i + 1, 2, &m))
		i += 3;
	else if (digits(s, i, 2, &m))
		i += 2;
	if (h > 15 || m > 59)
		return false;
	*east *= ((int64_t)h * 60 + m) * 60 * SECOND;
	*at = i;
	return true;
}

bool timeparse_prefix(struct str s, struct stamp *out, size_t *used)
{
	int y, m, d;
	int64_t ns, step, east;
	size_t at = 11;

	if (!digits(s, 0, 4, &y) || s.n < 16 || (s.p[4] != '-' && s.p[4] != '/') || !digits(s, 5, 2, &m) ||
	    s.p[7] != s.p[4] || !digits(s, 8, 2, &d) || !date_ok(y, m, d))
		return false;
	if (s.p[10] != 'T' && s.p[10] != 't' && s.p[10] != ' ' && s.p[10] != '_')
		return false;
	if (!clock_at(s, &at, &ns, &step))
		return false;
	*used = at;
	if (!zone_at(s, &at, &east))
		east = 0;	/* text that only begins like a zone: not ours */
	else
		*used = at;
	*out = (struct stamp){ days(y, m, d) * 86400 * SECOND + ns - east, step, TIME_EPOCH };
	return true;
}

/* What Go's Time.String() adds: a zone's name and the monotonic clock. */
static bool tail_ok(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] == ' ')
		i++;
	while (i < s.n && ((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z' && i == 0)))
		i++;
	if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))	/* zones without a name repeat their offset */
		for (i++; i < s.n && digit(s.p[i]); i++)
			;
	while (i < s.n && s.p[i] == ' ')
		i++;
	if (i + 2 < s.n && s.p[i] == 'm' && s.p[i + 1] == '=')
		for (i += 2; i < s.n && (digit(s.p[i]) || s.p[i] == '.' || s.p[i] == '+' || s.p[i] == '-'); i++)
			;
	return i == s.n;
}

bool timeparse_decimal(struct str s, int64_t unit, bool comma, int64_t *out, int64_t *step)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	size_t i = minus || (s.n > 0 && s.p[0] == '+'), from = i;
	int64_t v = 0;

	for (; i < s.n && digit(s.p[i]); i++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, s.p[i] - '0', &v))
			return false;
	if (i == from || __builtin_mul_overflow(v, unit, &v))
		return false;
	*step = unit;
	if (i < s.n && (s.p[i] == '.' || (comma && s.p[i] == ','))) {
		if (i + 1 == s.n)
			return false;
		for (i++; i < s.n && digit(s.p[i]); i++) {
			unit /= 10;	/* digits below 1 ns weigh nothing */
			*step = unit ? unit : 1;
			if (__builtin_add_overflow(v, (s.p[i] - '0') * unit, &v))
				return false;
		}
	}
	*out = minus ? -v : v;
	return i == s.n;
}

/* Scientific notation: what spreadsheets make of large numbers. */
static bool scientific(struct str s, int64_t unit, int64_t *out)
{
	double v;

	if (!fmt_parse_real(s, &v) || !(v * (double)unit > -9.2e18 && v * (double)unit < 9.2e18))
		return false;
	*out = (int64_t)(v * (double)unit);
	return true;
}

static bool number_stamp(struct str s, const struct time_style *style, struct stamp *out)
{
	static const struct {
		int64_t from, unit;
	} epoch[] = {
		{ INT64_C(1000000000), SECOND },
		{ INT64_C(1000000000000), SECOND / 1000 },
		{ INT64_C(1000000000000000), SECOND / 1000000 },
		{ INT64_C(1000000000000000000), 1 },
	};
	int64_t v, step;

	if (style->unit) {
		if (!timeparse_decimal(s, style->unit, style->comma, &out->ns, &out->step)) {
			out->step = style->unit;
			if (!scientific(s, style->unit, &out->ns))
				return false;
		}
		out->kind = out->ns >= EPOCH_FROM ? TIME_EPOCH : TIME_RELATIVE;
		return true;
	}
	if (!timeparse_decimal(s, 1, style->comma, &v, &step) && !scientific(s, 1, &v))
		return false;
	out->kind = TIME_EPOCH;
	for (size_t i = 0; i < sizeof(epoch) / sizeof(epoch[0]); i++) {
		if (v < epoch[i].from || (i < 3 && v >= epoch[i].from * 10))
			continue;
		out->step = epoch[i].unit;
		return timeparse_decimal(s, epoch[i].unit, style->comma, &out->ns, &out->step) ||
		       scientific(s, epoch[i].unit, &out->ns);
	}
	out->kind = TIME_RELATIVE;
	out->step = SECOND;
	if (v <= -INT64_C(100000000) || v >= INT64_C(100000000))
		return false;
	return timeparse_decimal(s, SECOND, style->comma, &out->ns, &out->step) || scientific(s, SECOND, &out->ns);
}

bool timeparse_stamp(struct str s, const struct time_style *style, struct stamp *out)
{
	size_t at = 0;
	double ns;

	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = str_skip(s, 1);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	if (!s.n)
		return false;
	if (timeparse_prefix(s, out, &at))
		return tail_ok(str_skip(s, at));
	out->kind = TIME_OF_DAY;
	at = 0;
	if (s.n >= 8 && clock_at(s, &at, &out->ns, &out->step) && at == s.n)
		return true;
	if (number_stamp(s, style, out))
		return true;
	if (!fmt_parse_duration(s, &ns) || !(ns > -9.2e18 && ns < 9.2e18))
		return false;
	*out = (struct stamp){ (int64_t)ns, 1, TIME_RELATIVE };
	return true;
}

int64_t timeparse_unit(struct str name)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {
		{ "ns", 1 }, { "nsec", 1 }, { "nanos", 1 }, { "nanosecond", 1 }, { "nanoseconds", 1 },
		{ "us", 1000 }, { "\xc2\xb5s", 1000 }, { "\xce\xbcs", 1000 }, { "usec", 1000 }, { "micros", 1000 },
		{ "microsecond", 1000 }, { "microseconds", 1000 },
		{ "ms", 1000000 }, { "msec", 1000000 }, { "msecs", 1000000 }, { "millis", 1000000 },
		{ "millisecond", 1000000 }, { "milliseconds", 1000000 },
		{ "s", SECOND }, { "sec", SECOND }, { "secs", SECOND }, { "second", SECOND }, { "seconds", SECOND },
		{ "min", 60 * SECOND }, { "mins", 60 * SECOND }, { "minutes", 60 * SECOND }, { "h", 3600 * SECOND },
		{ "hours", 3600 * SECOND },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_is(name, units[i].name))
			return units[i].ns;
	return 0;
}

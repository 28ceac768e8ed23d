// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * place_name.c - times and numbers in file names
 *
 *     heap-20261120T100230Z.pprof   cpu_2026-11-20_10-02-30.pb.gz   goroutine.1763632950.txt   dump-1763632950123
 * cpu-007.pprof
 *
 * A stamp without a zone is taken as UTC; whether that can be true is asked by place_time.c, which knows other times of
 * the run.
 */
#include <string.h>

#include "core/fmt.h"
#include "ingest/place.h"

#define SECOND 1000000000LL

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *p)
{
	size_t n = 0;

	while (is_digit(p[n]))
		n++;
	return n;
}

/* Exactly n digits with a value in [lo, hi]; moves *p behind them. */
static bool number(const char **p, size_t n, int lo, int hi, int *out)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit((*p)[i]))
			return false;
		v = v * 10 + ((*p)[i] - '0');
	}
	if (v < lo || v > hi)
		return false;
	*p += n;
	*out = v;
	return true;
}

static void skip_one(const char **p, const char *of)
{
	if (**p && strchr(of, **p))
		++*p;
}

/* Days from 1970-01-01 of a date of the Gregorian calendar (Hinnant, chrono-compatible low-level date algorithms). */
static int64_t days_of(int y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = y / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int64_t fraction(const char **p, int64_t *step)
{
	int64_t ns = 0, unit = SECOND;

	if ((**p != '.' && **p != ',') || !is_digit((*p)[1]) || digits(*p + 1) > 9)
		return 0;
	for (++*p; is_digit(**p); ++*p) {
		unit /= 10;
		ns += (**p - '0') * unit;
	}
	*step = unit;
	return ns;
}

static int64_t zone(const char *p)
{
	int h, m = 0, sign = *p == '-' ? -1 : 1;

	if (*p != '+' && *p != '-')
		return 0;
	p++;
	if (!number(&p, 2, 0, 14, &h))
		return 0;
	skip_one(&p, ":");
	if (!number(&p, 2, 0, 59, &m) || is_digit(*p))
		return 0; /* "-07": a number of the series, not a zone */
	return sign * (h * 3600LL + m * 60LL) * SECOND;
}

/* YYYY MM DD hh mm [ss[.frac]] [zone] with single separators or none. */
static bool date_time(const char *p, int64_t *t, int64_t *step)
{
	int y, mon, d, h, min, s = 0;

	if (!number(&p, 4, 2000, 2099, &y))
		return false;
	skip_one(&p, "-_.");
	if (!number(&p, 2, 1, 12, &mon))
		return false;
	skip_one(&p, "-_.");
	if (!number(&p, 2, 1, 31, &d))
		return false;
	skip_one(&p, "Tt_-. ");
	if (!number(&p, 2, 0, 23, &h))
		return false;
	skip_one(&p, ":-_.hH");
	if (!number(&p, 2, 0, 59, &min))
		return false;
	*step = 60 * SECOND;
	*t = (days_of(y, mon, d) * 86400 + h * 3600 + min * 60) * SECOND;
	if (!is_digit(*p))
		skip_one(&p, ":-_.mM");
	if (number(&p, 2, 0, 60, &s)) {
		*step = SECOND;
		*t += s * SECOND;
		*t += fraction(&p, step);
	}
	if (is_digit(*p))
		return false;
	*t -= zone(p);
	return true;
}

/* An epoch in s, ms, us or ns, told by its length; 2001 to 2099. */
static bool epoch(const char *p, size_t n, int64_t *t, int64_t *step)
{
	int64_t v;

	if (n != 10 && n != 13 && n != 16 && n != 19)
		return false;
	if (!fmt_parse_int((struct str){ p, n }, &v))
		return false;
	*step = n == 10 ? SECOND : n == 13 ? 1000000 : n == 16 ? 1000 : 1;
	if (v / (SECOND / *step) < 1000000000 || v / (SECOND / *step) > 4070908800)
		return false;
	*t = v * *step;
	return true;
}

bool place_name_time(const char *name, int64_t *t, int64_t *step)
{
	for (const char *p = name; *p; p++) {
		if (!is_digit(*p) || (p > name && is_digit(p[-1])))
			continue;
		if (date_time(p, t, step) || epoch(p, digits(p), t, step))
			return true;
	}
	return false;
}

struct str place_name_number(const char *name)
{
	size_t n = strlen(name), from;

	/* Endings that hold a letter: .pb.gz, .pprof, .txt */
	for (;;) {
		const char *dot = memrchr(name, '.', n);

		if (!dot || dot == name || digits(dot + 1) == (size_t)(name + n - dot - 1))
			break;
		n = (size_t)(dot - name);
	}
	for (from = n; from > 0 && is_digit(name[from - 1]); from--)
		;
	/* goroutine_debug2.txt names a format, not the second of a series. */
	if (from == n || (from >= 5 && memcmp(name + from - 5, "debug", 5) == 0))
		return STR_NONE;
	while (from + 1 < n && name[from] == '0')
		from++;
	return (struct str){ name + from, n - from };
}

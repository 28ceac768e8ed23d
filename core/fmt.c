// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fmt.c - numbers for people, rounded once
 *
 * Rounding comes before the choice of the unit, so that 999.6 us is 1.00 ms and never 1000 us. The digits come from
 * printf's %e, which rounds the exact binary value; whatever the locale puts between them is dropped, and the point is
 * set here. A whole number below 1000 keeps no decimals where the unit can be counted (812, 5 B, 3 ns).
 */
#include "core/fmt.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* |v| rounded to three significant digits: d[0].d[1]d[2] x 10^exp. */
struct three {
	char d[3];
	int exp;
};

static struct three round3(double v)
{
	struct three t = { { '0', '0', '0' }, 0 };
	char text[40];
	size_t n = 0, i;

	snprintf(text, sizeof(text), "%.2e", fabs(v));
	for (i = 0; text[i] && text[i] != 'e'; i++) {
		if (text[i] >= '0' && text[i] <= '9' && n < 3)
			t.d[n++] = text[i];
	}
	if (text[i] == 'e')
		t.exp = atoi(text + i + 1);
	return t;
}

/* A finite v with three significant digits and no unit. */
static void put3(struct buf *out, double v)
{
	struct three t = round3(v);

	if (t.d[0] == '0') {
		buf_byte(out, '0');
		return;
	}
	if (v < 0)
		buf_byte(out, '-');
	if (t.exp > 14 || t.exp < -6) {
		buf_printf(out, "%c.%c%ce%+03d", t.d[0], t.d[1], t.d[2], t.exp);
	} else if (t.exp < 0) {
		buf_puts(out, "0.");
		buf_repeat(out, "0", (size_t)(-t.exp - 1));
		buf_add(out, t.d, 3);
	} else if (t.exp >= 2) {
		buf_add(out, t.d, 3);
		buf_repeat(out, "0", (size_t)(t.exp - 2));
	} else {
		buf_add(out, t.d, (size_t)t.exp + 1);
		buf_byte(out, '.');
		buf_add(out, t.d + t.exp + 1, 2 - (size_t)t.exp);
	}
}

/* NaN and infinities have no digits. */
static bool put_special(struct buf *out, double v)
{
	if (isfinite(v))
		return false;
	buf_puts(out, isnan(v) ? "?" : v > 0 ? "inf" : "-inf");
	return true;
}

static bool is_count(double v)
{
	return fabs(v) < 1000 && v == trunc(v);
}

struct unit {
	double size;
	const char *word; /* appended after a blank; "" appends nothing */
};

/* v in the largest of n ascending units that keeps its rounded value at or above 1. */
static void put_scaled(struct buf *out, double v, const struct unit *unit, size_t n)
{
	size_t i = 0;

	while (i + 1 < n && (fabs(v) >= unit[i + 1].size || round3(v / unit[i].size).exp >= 3))
		i++;
	if (i == 0 && is_count(v))
		buf_printf(out, "%d", (int)v);
	else
		put3(out, v / unit[i].size);
	if (unit[i].word[0])
		buf_printf(out, " %s", unit[i].word);
}

/* 3 min 20 s, 2 h 5 min, 3 d 4 h: two units say enough; the second is left out when it is 0. */
static void put_clock(struct buf *out, double seconds)
{
	static const struct {
		double size, part;
		const char *word, *part_word;
	} scales[] = { { 60, 1, "min", "s" }, { 3600, 60, "h", "min" }, { 86400, 3600, "d", "h" } };
	size_t i = 0;
	double parts, whole, rest;

	while (i + 1 < sizeof(scales) / sizeof(scales[0]) &&
	       round(seconds / scales[i].part) * scales[i].part >= scales[i + 1].size)
		i++;
	parts = round(seconds / scales[i].part);
	whole = floor(parts / (scales[i].size / scales[i].part));
	rest = parts - whole * (scales[i].size / scales[i].part);
	if (whole >= 1e6)
		put3(out, whole);
	else
		buf_printf(out, "%d", (int)whole);
	buf_printf(out, " %s", scales[i].word);
	if (rest > 0 && whole < 1e6)
		buf_printf(out, " %d %s", (int)rest, scales[i].part_word);
}

void fmt_duration(struct buf *out, double ns)
{
	static const struct unit units[] = { { 1, "ns" }, { 1e3, "us" }, { 1e6, "ms" }, { 1e9, "s" } };
	struct three t;

	if (put_special(out, ns))
		return;
	t = round3(ns / 1e9);
	if (t.exp > 1 || (t.exp == 1 && t.d[0] >= '6')) {
		if (ns < 0)
			buf_byte(out, '-');
		put_clock(out, fabs(ns) / 1e9);
		return;
	}
	if (ns == 0)
		buf_puts(out, "0 s");
	else
		put_scaled(out, ns, units, sizeof(units) / sizeof(units[0]));
}

void fmt_bytes(struct buf *out, double bytes)
{
	static const struct unit units[] = {
		{ 1, "B" },	   { 0x1p10, "KiB" }, { 0x1p20, "MiB" },
		{ 0x1p30, "GiB" }, { 0x1p40, "TiB" }, { 0x1p50, "PiB" },
	};

	if (!put_special(out, bytes))
		put_scaled(out, bytes, units, sizeof(units) / sizeof(units[0]));
}

void fmt_count(struct buf *out, double n)
{
	static const struct unit units[] = { { 1, "" }, { 1e3, "k" }, { 1e6, "M" }, { 1e9, "G" }, { 1e12, "T" } };

	if (!put_special(out, n))
		put_scaled(out, n, units, sizeof(units) / sizeof(units[0]));
}

void fmt_percent(struct buf *out, double ratio)
{
	if (put_special(out, ratio))
		return;
	put3(out, ratio * 100);
	buf_puts(out, " %");
}

void fmt_change(struct buf *out, double ratio)
{
	if (isnan(ratio)) {
		buf_byte(out, '?');
	} else if (ratio > 10) {
		buf_byte(out, 'x');
		if (!put_special(out, ratio + 1))
			put3(out, ratio + 1);
	} else {
		if (ratio > 0)
			buf_byte(out, '+');
		fmt_percent(out, ratio);
	}
}

void fmt_value(struct buf *out, double value, const char *unit)
{
	const char *slash = unit ? strchr(unit, '/') : NULL;
	struct str kind = unit ? (struct str){ unit, slash ? (size_t)(slash - unit) : strlen(unit) } : STR_LIT("count");

	if (str_is(kind, "ns")) {
		fmt_duration(out, value);
	} else if (str_is(kind, "bytes")) {
		fmt_bytes(out, value);
	} else if (str_is(kind, "count") || kind.n == 0) {
		fmt_count(out, value);
	} else if (str_is(kind, "ratio")) {
		fmt_percent(out, value);
	} else {
		if (!put_special(out, value)) {
			if (is_count(value))
				buf_printf(out, "%d", (int)value);
			else
				put3(out, value);
		}
		buf_byte(out, ' ');
		buf_str(out, kind);
	}
	if (slash)
		buf_puts(out, slash);
}

/* The civil date of a day since 1970-01-01, by counting years that begin in March (so that a leap day ends one). */
static void civil(int64_t day, int *year, int *month, int *mday)
{
	int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*mday = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

void fmt_time(struct buf *out, int64_t ns_epoch)
{
	int64_t s = ns_epoch / 1000000000, day, second;
	int year, month, mday;

	if (ns_epoch % 1000000000 < 0)
		s--;
	day = s / 86400;
	if (s % 86400 < 0)
		day--;
	second = s - day * 86400;
	civil(day, &year, &month, &mday);
	buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, mday, (int)(second / 3600),
		   (int)(second / 60 % 60), (int)(second % 60));
}

/* text with '.' for whatever the locale calls a point. */
static void put_real(struct buf *out, const char *text)
{
	bool point = false;

	for (; *text; text++) {
		if ((*text >= '0' && *text <= '9') || *text == '-' || *text == '+' || *text == 'e') {
			buf_byte(out, *text);
		} else if (!point) {
			buf_byte(out, '.');
			point = true;
		}
	}
}

void fmt_real(struct buf *out, double v)
{
	char text[48];

	if (!isfinite(v)) {
		buf_puts(out, "null");
		return;
	}
	if (v == trunc(v) && fabs(v) < 1e15) {
		buf_printf(out, "%" PRId64, (int64_t)v); /* also makes -0 a 0 */
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (strtod(text, NULL) == v) /* the same locale wrote it */
			break;
	}
	put_real(out, text);
}

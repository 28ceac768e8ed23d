// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fmt_parse.c - numbers as files write them
 *
 * The grammar is checked here, so neither the locale nor strtod()'s hexadecimal, "inf" and "nan" get in. Most numbers
 * have few digits and a small exponent: there one multiplication or division of two exact doubles is correctly rounded
 * (W. D. Clinger, "How to read floating point numbers accurately", 1990). The rest goes to strtod_l() in the C locale.
 */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"

enum { LONGEST = 1000 }; /* bytes of a number: 770 digits can decide a rounding, more is no measurement */

bool fmt_parse_int(struct str s, int64_t *out)
{
	bool negative = s.n && s.p[0] == '-';
	int64_t v = 0, digit;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_skip(s, 1);
	if (s.n == 0)
		return false;
	for (; s.n; s = str_skip(s, 1)) {
		if (s.p[0] < '0' || s.p[0] > '9')
			return false;
		digit = negative ? '0' - s.p[0] : s.p[0] - '0';
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
			return false;
	}
	*out = v;
	return true;
}

/* A decimal number taken apart: mantissa x 10^exp. */
struct decimal {
	bool negative, exact; /* exact: the mantissa lost no digit */
	uint64_t mantissa;
	int exp;
};

/* Takes digits off s into d; those behind the point lower the exponent. */
static size_t take_digits(struct str *s, struct decimal *d, bool fraction)
{
	size_t n = 0;

	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
		if (d->mantissa > (UINT64_MAX - 9) / 10) {
			d->exact = false;
		} else {
			d->mantissa = d->mantissa * 10 + (uint64_t)(s->p[n] - '0');
			d->exp -= fraction;
		}
	}
	*s = str_skip(*s, n);
	return n;
}

static bool take_exponent(struct str *s, struct decimal *d)
{
	bool negative = false;
	int v = 0;

	*s = str_skip(*s, 1);
	if (s->n && (s->p[0] == '-' || s->p[0] == '+')) {
		negative = s->p[0] == '-';
		*s = str_skip(*s, 1);
	}
	if (s->n == 0)
		return false;
	for (; s->n; *s = str_skip(*s, 1)) {
		if (s->p[0] < '0' || s->p[0] > '9')
			return false;
		if (v < 100000)
			v = v * 10 + (s->p[0] - '0');
	}
	d->exp += negative ? -v : v;
	return true;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or behind the point. */
static bool take_apart(struct str s, struct decimal *d)
{
	size_t n;

	*d = (struct decimal){ .exact = true };
	if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
		d->negative = s.p[0] == '-';
		s = str_skip(s, 1);
	}
	n = take_digits(&s, d, false);
	if (s.n && s.p[0] == '.') {
		s = str_skip(s, 1);
		n += take_digits(&s, d, true);
	}
	if (n == 0)
		return false;
	if (s.n && (s.p[0] == 'e' || s.p[0] == 'E'))
		return take_exponent(&s, d);
	return s.n == 0;
}

static bool parse_slowly(struct str s, double *out)
{
	static locale_t c_locale;
	char text[LONGEST + 1];

	if (!c_locale)
		c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (!c_locale || s.n > LONGEST)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod_l(text, NULL, c_locale);
	return isfinite(*out);
}

bool fmt_parse_real(struct str s, double *out)
{
	static const double power[] = { 1e0,  1e1,  1e2,  1e3,	1e4,  1e5,  1e6,  1e7,	1e8,  1e9,  1e10, 1e11,
					1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	struct decimal d;
	double v;

	if (!take_apart(s, &d))
		return false;
	if (FLT_EVAL_METHOD != 0 || !d.exact || d.mantissa > 1ULL << 53 || d.exp > 22 || d.exp < -22)
		return parse_slowly(s, out);
	v = (double)d.mantissa;
	v = d.exp < 0 ? v / power[-d.exp] : v * power[d.exp];
	*out = d.negative ? -v : v;
	return true;
}

static size_t take_unit(struct str s, double *ns)
{
	static const struct {
		const char *word;
		double ns;
	} units[] = { { "ns", 1 },   { "us", 1e3 }, { "\u00b5s", 1e3 }, { "\u03bcs", 1e3 },
		      { "ms", 1e6 }, { "s", 1e9 },  { "m", 60e9 },	{ "h", 3600e9 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (str_starts(s, units[i].word)) {
			*ns = units[i].ns;
			return strlen(units[i].word);
		}
	}
	return 0;
}

bool fmt_parse_duration(struct str s, double *ns)
{
	bool negative = s.n && s.p[0] == '-';
	double sum = 0, number, unit;
	size_t n;

	if (s.n && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_skip(s, 1);
	if (s.n == 0)
		return false;
	if (!str_is(s, "0")) {
		while (s.n) {
			for (n = 0; n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '.');)
				n++;
			if (!fmt_parse_real((struct str){ s.p, n }, &number))
				return false;
			s = str_skip(s, n);
			n = take_unit(s, &unit);
			if (n == 0)
				return false;
			sum += number * unit;
			s = str_skip(s, n);
		}
	}
	if (sum > 9223372036854775807.0) /* Go keeps them in 64 bits */
		return false;
	*ns = negative ? -sum : sum;
	return true;
}

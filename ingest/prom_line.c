// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * prom_line.c - name{label="value",...} value [timestamp] [# exemplar]
 *
 * Prometheus writes a timestamp in whole milliseconds, OpenMetrics in seconds with or without a fraction. Nothing on
 * the line says which: a number of at least 1e11 without a point is milliseconds (as seconds it would be the year
 * 5138). Names may stand inside the braces, quoted, when they hold dots.
 */
#include "ingest/prom_line.h"

#include <math.h>

#include "core/fmt.h"
#include "core/store.h"
#include "ingest/timeparse.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str skip_blanks(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_skip(s, 1);
	return s;
}

static struct str word(struct str *s)
{
	struct str w;
	size_t n = 0;

	*s = skip_blanks(*s);
	while (n < s->n && !is_blank(s->p[n]))
		n++;
	w = (struct str){ s->p, n };
	*s = str_skip(*s, n);
	return w;
}

/* The length of the "..." at the start of s, quotes included; 0: it does not end. */
static size_t quoted(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* The length of the {...} at the start of s, braces included; 0: it does not end. */
static size_t braces(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '}')
			return i + 1;
		if (s.p[i] == '"') {
			size_t n = quoted(str_skip(s, i));

			if (!n)
				return 0;
			i += n - 1;
		}
	}
	return 0;
}

static bool parse_value(struct str s, double *v)
{
	if (str_is(s, "+Inf") || str_is(s, "Inf") || str_is(s, "-Inf"))
		*v = s.p[0] == '-' ? -INFINITY : INFINITY;
	else if (str_is(s, "NaN") || str_is(s, "Nan"))
		*v = NAN;
	else
		return fmt_parse_real(s, v);
	return true;
}

static bool parse_time(struct str s, int64_t *t)
{
	int64_t step;
	bool point = memchr(s.p, '.', s.n) != NULL;

	if (!timeparse_decimal(s, 1000000000, false, t, &step) && (point || s.n < 12))
		return false;
	if (point || (s.n < 12 && s.p[0] != '-'))
		return true;
	return timeparse_decimal(s, 1000000, false, t, &step);
}

static enum prom_what comment(struct str s, struct prom_line *out)
{
	struct str w;

	s = str_skip(s, 1);
	w = word(&s);
	if (str_is(w, "EOF"))
		return PROM_EOF;
	if (!str_is(w, "HELP") && !str_is(w, "TYPE"))
		return PROM_COMMENT;
	out->name = word(&s);
	if (out->name.n > 2 && out->name.p[0] == '"')
		out->name = (struct str){ out->name.p + 1, out->name.n - 2 };
	out->type = word(&s);
	return w.p[0] == 'H' ? PROM_HELP : PROM_TYPE;
}

/* "name"[,] as the first thing inside the braces. */
static bool take_quoted_name(struct prom_line *out)
{
	size_t n = out->labels.n && out->labels.p[0] == '"' ? quoted(out->labels) : 0;

	if (n < 3)
		return false;
	out->name = (struct str){ out->labels.p + 1, n - 2 };
	out->labels = skip_blanks(str_skip(out->labels, n));
	if (out->labels.n && out->labels.p[0] == ',')
		out->labels = str_skip(out->labels, 1);
	return true;
}

enum prom_what prom_line_parse(struct str line, struct prom_line *out)
{
	struct str s = skip_blanks(line), w;
	size_t n = 0;

	*out = (struct prom_line){ .t = STORE_NULL, .value = NAN };
	if (!s.n)
		return PROM_BLANK;
	if (s.p[0] == '#')
		return comment(s, out);
	while (n < s.n && !is_blank(s.p[n]) && s.p[n] != '{')
		n++;
	out->name = out->id = (struct str){ s.p, n };
	w = skip_blanks(str_skip(s, n));
	if (w.n && w.p[0] == '{') {
		size_t len = braces(w);

		if (!len)
			return PROM_BAD;
		out->labels = (struct str){ w.p + 1, len - 2 };
		out->id.n = (size_t)(w.p - s.p) + len;
		w = str_skip(w, len);
		if (!n && !take_quoted_name(out))
			return PROM_BAD;
	}
	s = w;
	w = word(&s);
	if (!out->name.n || !w.n || !parse_value(w, &out->value))
		return PROM_BAD;
	w = word(&s);
	if (!w.n || w.p[0] == '#')
		return PROM_SAMPLE;
	return parse_time(w, &out->t) ? PROM_SAMPLE : PROM_BAD;
}

bool prom_line_label(struct str *rest, struct str *key, struct str *value, bool *bad)
{
	struct str s = skip_blanks(*rest);
	const char *eq;
	size_t n;

	*bad = false;
	while (s.n && s.p[0] == ',')
		s = skip_blanks(str_skip(s, 1));
	if (!s.n)
		return false;
	*bad = true;
	eq = memchr(s.p, '=', s.n);
	if (!eq)
		return false;
	*key = (struct str){ s.p, (size_t)(eq - s.p) };
	while (key->n && is_blank(key->p[key->n - 1]))
		key->n--;
	if (key->n > 2 && key->p[0] == '"')
		*key = (struct str){ key->p + 1, key->n - 2 };
	s = skip_blanks(str_skip(s, (size_t)(eq - s.p) + 1));
	if (!s.n || s.p[0] != '"' || !(n = quoted(s)) || !key->n)
		return false;
	*value = (struct str){ s.p + 1, n - 2 };
	*rest = str_skip(s, n);
	*bad = false;
	return true;
}

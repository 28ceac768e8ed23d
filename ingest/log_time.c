// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_time.c - where the lines of this log carry their stamps
 *
 * The beginning of the log decides, once: the place where most of its lines have a full date (RFC 3339, Go's log, an
 * ISO journal, a container's), or klog's and syslog's stamps, which have no year; the year is then that of the first
 * full date anywhere in the beginning ("Log file created at: 2026/11/20"), and without one they are of no use. After
 * that a line costs a copy of a few bytes; they are parsed when something needs the time.
 */
#include "ingest/log.h"

#include <stdio.h>

enum { COLUMNS = 64, SECOND = 1000000000 };

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct str cut(struct str s, size_t n)
{
	s.n = s.n < n ? s.n : n;
	return s;
}

static bool full_at(struct str line, size_t column, struct stamp *out)
{
	size_t used;

	return column < line.n && digit(line.p[column]) && timeparse_prefix(str_skip(line, column), out, &used);
}

/* A stamp whose year is known from elsewhere: month and day, then what stands at `clock`. */
static bool yearless(int year, int month, int day, struct str clock, struct stamp *out)
{
	char text[64];
	size_t used, n = 0;

	while (n < clock.n && n < 15 && (digit(clock.p[n]) || clock.p[n] == ':' || clock.p[n] == '.'))
		n++;
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%.*s", year, month, day, (int)n, clock.p);
	return n >= 8 && timeparse_prefix(str_from(text), out, &used);
}

/* I1120 10:02:03.123456 */
static bool klog(struct str s, int year, struct stamp *out)
{
	if (s.n < 20 || !strchr("IWEF", s.p[0]) || s.p[5] != ' ' || s.p[8] != ':')
		return false;
	for (int i = 1; i <= 4; i++)
		if (!digit(s.p[i]))
			return false;
	return yearless(year, (s.p[1] - '0') * 10 + s.p[2] - '0', (s.p[3] - '0') * 10 + s.p[4] - '0', str_skip(s, 6),
			out);
}

/* Nov 20 10:02:03, Nov  2 10:02:03.123456 */
static bool syslog(struct str s, int year, struct stamp *out)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (s.n < 15 || s.p[3] != ' ' || s.p[6] != ' ' || s.p[9] != ':' || !digit(s.p[5]) ||
	    !(digit(s.p[4]) || s.p[4] == ' '))
		return false;
	for (int m = 0; m < 12; m++)
		if (memcmp(s.p, months + 3 * m, 3) == 0)
			return yearless(year, m + 1, (s.p[4] == ' ' ? 0 : s.p[4] - '0') * 10 + s.p[5] - '0',
					str_skip(s, 7), out);
	return false;
}

/* {"time":"2026-...", "ts":1795168923.123, "@timestamp":"...": wherever they stand in the line's first part. */
static bool json(struct str line, struct stamp *out)
{
	static const char *const keys[] = { "\"time\":", "\"ts\":", "\"timestamp\":", "\"@timestamp\":" };
	struct str head = cut(line, 1024);

	if (!line.n || line.p[0] != '{')
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *p = memmem(head.p, head.n, keys[i], strlen(keys[i]));
		struct str s = p ? str_skip(line, (size_t)(p - line.p) + strlen(keys[i])) : STR_NONE;
		struct time_style style = { 0, false };
		size_t n = 0, used;

		if (s.n && s.p[0] == ' ')
			s = str_skip(s, 1);
		if (s.n && s.p[0] == '"') {
			if (timeparse_prefix(str_skip(s, 1), out, &used))
				return true;
			continue;
		}
		while (n < s.n && n < 32 && (digit(s.p[n]) || strchr(".eE+", s.p[n])))
			n++;
		if (n > 9 && timeparse_stamp((struct str){ s.p, n }, &style, out) && out->kind == TIME_EPOCH)
			return true;
	}
	return false;
}

bool log_time_of(const struct log_time *t, struct str line, struct stamp *out)
{
	switch (t->kind) {
	case STAMP_COLUMN:
		return full_at(line, t->column, out);
	case STAMP_KLOG:
		return klog(str_skip(line, t->column), t->year, out);
	case STAMP_SYSLOG:
		return syslog(str_skip(line, t->column), t->year, out);
	case STAMP_JSON:
		return json(line, out);
	default:
		return false;
	}
}

struct votes {
	unsigned column[COLUMNS], json, klog, syslog;
};

/* Four digits: full_at() saw them. */
static int year_at(const char *p)
{
	return (p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + p[3] - '0';
}

static void look(struct log_time *t, struct votes *v, struct str line)
{
	struct stamp s;

	if (json(line, &s)) {
		v->json++;
		return;
	}
	v->klog += klog(line, 2000, &s);
	v->syslog += syslog(line, 2000, &s);
	for (size_t i = 0; i < COLUMNS && i < line.n; i++) {
		if (!digit(line.p[i]) || (i && digit(line.p[i - 1])) || !full_at(line, i, &s))
			continue;
		v->column[i]++;
		if (!t->year)
			t->year = year_at(line.p + i);
		return;
	}
}

static void decide(struct log_time *t, const struct votes *v)
{
	unsigned best = v->json;

	t->kind = best ? STAMP_JSON : STAMP_NONE;
	for (size_t i = 0; i < COLUMNS; i++) {
		if (v->column[i] <= best)
			continue;
		best = v->column[i];
		t->kind = STAMP_COLUMN;
		t->column = i;
	}
	t->yearless = !t->year && (v->klog > best || v->syslog > best);
	if (t->year && v->klog > best) {
		t->kind = STAMP_KLOG;
		t->column = 0;
	} else if (t->year && v->syslog > best) {
		t->kind = STAMP_SYSLOG;
		t->column = 0;
	}
}

void log_time_learn(struct log_time *t, struct str head)
{
	struct votes v = { 0 };

	*t = (struct log_time){ .last = { .ns = STORE_NULL } };
	while (head.n) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n };

		look(t, &v, line);
		head = str_skip(head, line.n + 1);
	}
	decide(t, &v);
}

void log_time_see(struct log_time *t, struct str line)
{
	struct stamp s;

	if (t->kind == STAMP_COLUMN) {
		if (line.n < t->column + 16 || !digit(line.p[t->column]) || !digit(line.p[t->column + 3]))
			return;
		t->n_raw = cut(str_skip(line, t->column), sizeof(t->raw)).n;
		memcpy(t->raw, line.p + t->column, t->n_raw);
	} else if (t->kind != STAMP_NONE && log_time_of(t, line, &s)) {
		t->last = s;
	}
}

struct stamp log_time_last(struct log_time *t)
{
	struct stamp s;
	size_t used;

	if (t->n_raw && timeparse_prefix((struct str){ t->raw, t->n_raw }, &s, &used))
		t->last = s;
	t->n_raw = 0;
	return t->last;
}

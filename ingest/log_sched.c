// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_sched.c - schedtrace lines, Go 1.17 to 1.27
 *
 * Fields carry their names, so order and number do not matter. The queues of the Ps follow as "[2 2]", since 1.25 as
 * "[ 2 2 ] schedticks=[ 5746 4579 ]", under scheddetail as runqsize= of the lines "  P0: ..." below.
 */
#include "core/fmt.h"
#include "ingest/log.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The next word of s, up to a blank. */
static struct str word(struct str *s)
{
	const char *end;
	struct str w;

	while (s->n && s->p[0] == ' ')
		*s = str_skip(*s, 1);
	end = s->n ? memchr(s->p, ' ', s->n) : NULL;
	w = (struct str){ s->p, end ? (size_t)(end - s->p) : s->n };
	*s = str_skip(*s, w.n);
	return w;
}

static void keyed(struct log_sched *s, struct str w)
{
	const struct {
		const char *key;
		int64_t *to;
	} keys[] = {
		{ "gomaxprocs", &s->procs },
		{ "idleprocs", &s->idle },
		{ "threads", &s->threads },
		{ "idlethreads", &s->idle_threads },
		{ "runqueue", &s->queue },
	};
	const char *eq = w.n ? memchr(w.p, '=', w.n) : NULL;
	struct str key = { w.p, eq ? (size_t)(eq - w.p) : 0 }, value = str_skip(w, key.n + 1);
	int64_t v;

	if (str_is(key, "needspinning"))
		s->needspinning = true;
	for (size_t i = 0; eq && i < sizeof(keys) / sizeof(*keys); i++)
		if (str_is(key, keys[i].key) && fmt_parse_int(value, &v) && v >= 0 && v < INT64_C(1) << 40)
			*keys[i].to = v;
}

/* "[ 2 2 ] schedticks=[ 5746 4579 ]", s behind the first bracket. */
static bool local_queues(struct log_sched *s, struct str rest)
{
	const char *close = rest.n ? memchr(rest.p, ']', rest.n) : NULL;
	struct str in = { rest.p, close ? (size_t)(close - rest.p) : 0 };
	int64_t v;

	if (!close)
		return false;
	while (in.n) {
		struct str w = word(&in);

		if (!w.n)
			break;
		if (!fmt_parse_int(w, &v) || v < 0 || v > 1 << 20)
			return false;
		s->queue += v;
	}
	s->list = true;
	s->ticks = str_starts(str_skip(rest, (size_t)(close - rest.p) + 1), " schedticks=[");
	return true;
}

bool log_sched_line(struct log_sched *s, struct str text)
{
	size_t n = 6;

	*s = (struct log_sched){ .procs = STORE_NULL, .idle = STORE_NULL, .threads = STORE_NULL,
				 .idle_threads = STORE_NULL, .queue = STORE_NULL };
	while (n < text.n && digit(text.p[n]))
		n++;
	if (!fmt_parse_int((struct str){ text.p + 6, n - 6 }, &s->ms) || s->ms > INT64_C(1) << 42 ||
	    !str_starts(str_skip(text, n), "ms: "))
		return false;
	text = str_skip(text, n + 4);
	while (text.n) {
		struct str w = word(&text);

		if (w.n && w.p[0] == '[') {
			if (s->queue == STORE_NULL ||
			    !local_queues(s, (struct str){ w.p + 1, w.n - 1 + text.n }))
				return false;
			break;
		}
		keyed(s, w);
	}
	return s->procs > 0 && s->idle != STORE_NULL && s->threads != STORE_NULL && s->idle_threads != STORE_NULL &&
	       s->queue != STORE_NULL;
}

bool log_sched_detail(struct log_sched *s, struct str line)
{
	const char *p;
	size_t n;
	int64_t v;

	if (line.n < 6 || memcmp(line.p, "  ", 2) != 0 || !strchr("PMG", line.p[2]) || !digit(line.p[3]))
		return false;
	for (n = 3; n < line.n && digit(line.p[n]); n++)
		;
	if (n >= line.n || line.p[n] != ':')
		return false;
	p = line.p[2] == 'P' ? memmem(line.p, line.n, " runqsize=", 10) : NULL;
	if (p) {
		struct str rest = str_skip(line, (size_t)(p - line.p)), w = word(&rest);

		if (fmt_parse_int(str_skip(w, 9), &v) && v >= 0 && v <= 1 << 20)
			s->queue += v;
	}
	return true;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_text.c - what stands around dumps in a log
 *
 * A collector may put anything before each line (a container's name, a time, a host), or put the whole dump into one
 * string of a JSON line. Both are undone here. Crash lines tell one dump from the next and become events; of their text
 * only what the runtime itself writes is repeated, since a panic's value is the program's own and may be a secret.
 */
#include "core/buf.h"
#include "ingest/godump.h"

enum { COLUMN_MAX = 120 };

static bool contains(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

/* "rax    0xca": registers end a SIGQUIT dump. */
static bool is_register(struct str s)
{
	size_t i = 0;

	if (!s.n || s.p[0] < 'a' || s.p[0] > 'z')
		return false;
	while (i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9')))
		i++;
	if (i < 2 || i >= s.n || s.p[i] != ' ')
		return false;
	while (i < s.n && s.p[i] == ' ')
		i++;
	if (!str_starts(str_skip(s, i), "0x"))
		return false;
	for (i += 2; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

enum godump_text godump_text_kind(struct str line)
{
	while (line.n && (line.p[0] == '^' || line.p[0] == '\\'))	/* a terminal's echo of Ctrl-\ */
		line = str_skip(line, 1);
	if (str_starts(line, "panic: ") || contains(line, "http: panic serving "))
		return GODUMP_PANIC;
	if (str_starts(line, "fatal error: "))
		return GODUMP_FATAL;
	if (str_starts(line, "SIG") && contains(line, ": "))
		return GODUMP_SIGNAL;
	if (str_is(line, "-----"))
		return GODUMP_DASHES;
	if (str_starts(line, "exit status ") || is_register(line))
		return GODUMP_END;
	if (contains(line, "gc ") && contains(line, " ms clock, "))
		return GODUMP_GCTRACE;
	return GODUMP_PLAIN;
}

bool godump_text_header(struct str line, size_t *column, struct godump_header *h)
{
	struct str rest = line;

	if (!line.n || (line.p[line.n - 1] != ':' && line.p[line.n - 1] != ']'))
		return false;
	for (;;) {
		const char *p = memmem(rest.p, rest.n, "goroutine ", 10);

		if (!p || p - line.p > COLUMN_MAX)
			return false;
		*column = (size_t)(p - line.p);
		rest = str_skip(line, *column);
		if (*column == 0 || strchr(" \t|:>])", p[-1])) {
			if (godump_header(rest, h))
				return true;
		}
		rest = str_skip(rest, 10);
	}
}

bool godump_text_json(struct str line, struct buf *out)
{
	const char *p = line.n > 40 ? memmem(line.p, line.n, "goroutine ", 10) : NULL;
	size_t at;

	if (!p || !contains(line, "]:\\n"))
		return false;
	at = (size_t)(p - line.p);
	while (at > 0 &&
	       line.p[at - 1] != '"') /* the string's opening quote; an escaped one is within it, and does no harm */
		at--;
	if (at == 0)
		return false;
	at--;
	buf_reset(out);
	(void)godump_unquote(line, &at, out);	/* a line cut short gives what it has */
	return out->len > 0;
}

struct str godump_text_public(struct str line, enum godump_text kind)
{
	static const char runtime_error[] = "panic: runtime error: ";

	switch (kind) {
	case GODUMP_PANIC:
		if (!str_starts(line, runtime_error))
			return contains(line, "http: panic serving ") ? STR_LIT("http: panic serving")
								      : STR_LIT("panic");
		break;
	case GODUMP_FATAL:
	case GODUMP_SIGNAL:
		break;
	default:
		return STR_NONE;
	}
	while (line.n && (line.p[0] == '^' || line.p[0] == '\\'))
		line = str_skip(line, 1);
	line.n = line.n < 200 ? line.n : 200;
	return line;
}

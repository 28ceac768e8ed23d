// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_scan.c - what a line of a log holds, in one look at its bytes
 *
 * Of a busy service's log one line in a thousand is the runtime's. So a line is read once, a byte at a time, and only
 * bytes that a pattern turns on ('@' of "gc 7 @", ':' of "panic: ", ...) cost a comparison. Everything that needs more
 * is done by others, for lines marked here only. Marks may be wrong; what is not marked is certainly nobody's.
 */
#include "ingest/log.h"

enum { SHORT = 48 };
enum { BYTE_AT = 1, BYTE_S, BYTE_COLON, BYTE_ESCAPE, BYTE_BRACKET };

static const unsigned char turns[256] = {
	['@'] = BYTE_AT, ['S'] = BYTE_S, [':'] = BYTE_COLON, ['\\'] = BYTE_ESCAPE, ['['] = BYTE_BRACKET,
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool at_is(struct str s, size_t i, const char *lit, size_t n)
{
	return i + n <= s.n && memcmp(s.p + i, lit, n) == 0;
}

static bool before_is(struct str s, size_t i, const char *lit, size_t n)
{
	return i >= n && memcmp(s.p + i - n, lit, n) == 0;
}

/* "gc 12 @": the g, for the place of the '@'. */
static bool gc_before(struct str s, size_t i, size_t *at)
{
	size_t k = i;

	if (i < 5 || s.p[i - 1] != ' ')
		return false;
	for (k = i - 1; k > 0 && digit(s.p[k - 1]); k--)
		;
	if (k == i - 1 || !before_is(s, k, "gc ", 3) || i + 1 >= s.n || !digit(s.p[i + 1]))
		return false;
	*at = k - 3;
	return true;
}

static unsigned colon(struct str s, size_t i)
{
	if (i + 1 < s.n && s.p[i + 1] != ' ')
		return 0;
	if (before_is(s, i, "panic", 5) || before_is(s, i, "fatal error", 11) || before_is(s, i, "runtime", 7))
		return LOG_MAYBE_CRASH;
	if (before_is(s, i, "http", 4) && at_is(s, i, ": panic serving ", 16))
		return LOG_MAYBE_CRASH;
	return 0;
}

/* Lines that are told by their beginning. */
static unsigned beginning(struct str s)
{
	static const char *const skipped[] = { "scav ", "scan: ", "init ", "pacer: ", "GC forced", "GOMEMLIMIT=",
					       "checkfinalizers: " };

	for (size_t i = 0; i < sizeof(skipped) / sizeof(*skipped); i++)
		if (str_starts(s, skipped[i]))
			return LOG_SKIP;
	if (s.n < SHORT)	/* registers, exit status, dashes */
		return LOG_MAYBE_CRASH;
	return 0;
}

unsigned log_scan(struct str line, size_t *at)
{
	unsigned found = 0;

	if (line.n < SHORT || strchr("sipGc", line.p[0]))
		found = beginning(line);
	for (size_t i = 0;; i++) {
		while (i < line.n && !turns[(unsigned char)line.p[i]])
			i++;
		if (i >= line.n)
			break;
		switch (turns[(unsigned char)line.p[i]]) {
		case BYTE_AT:
			if (gc_before(line, i, at))
				return found | LOG_GC;
			break;
		case BYTE_S:
			if (at_is(line, i, "SCHED ", 6) && i + 6 < line.n && digit(line.p[i + 6])) {
				*at = i;
				return found | LOG_SCHED;
			}
			found |= at_is(line, i, "SIG", 3) ? LOG_MAYBE_CRASH : 0u;
			break;
		case BYTE_COLON:
			found |= colon(line, i);
			break;
		case BYTE_ESCAPE:
			found |= at_is(line, i, "\\n\\t", 4) ? LOG_JSON_STACK : 0u;
			break;
		case BYTE_BRACKET:
			if (i && line.p[i - 1] == ' ' && memmem(line.p, i, "goroutine ", 10))
				found |= LOG_MAYBE_STACK;
			break;
		}
	}
	if (str_starts(line, "gc ")) {	/* torn before its number? */
		*at = 0;
		found |= LOG_GC;
	}
	return found;
}

/* ---- what stands before the message ---- */

static bool word_char(char c)
{
	return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.';
}

static size_t blanks(struct str s, size_t i)
{
	while (i < s.n && s.p[i] == ' ')
		i++;
	return i;
}

/* "app_1  | " */
static size_t container(struct str s, size_t i)
{
	size_t k = i, end;

	while (k < s.n && k < i + 64 && word_char(s.p[k]))
		k++;
	end = blanks(s, k);
	return k > i && end > k && at_is(s, end, "| ", 2) ? end + 2 : i;
}

/* "host app[12]: " or "app[12]: " */
static size_t program(struct str s, size_t i)
{
	size_t k = i;

	for (int words = 0; words < 2; words++) {
		while (k < s.n && k < i + 128 && (word_char(s.p[k]) || s.p[k] == '@' || s.p[k] == '/'))
			k++;
		if (k < s.n && s.p[k] == '[') {
			for (k++; k < s.n && digit(s.p[k]); k++)
				;
			return at_is(s, k, "]: ", 3) ? k + 3 : i;
		}
		if (k >= s.n || s.p[k] != ' ')
			return i;
		k++;
	}
	return i;
}

static bool clock_at(struct str s, size_t i)
{
	return i + 8 <= s.n && digit(s.p[i]) && digit(s.p[i + 1]) && s.p[i + 2] == ':' && digit(s.p[i + 3]) &&
	       s.p[i + 5] == ':' && digit(s.p[i + 6]);
}

/* A stamp and what belongs to it. */
static size_t stamp(struct str s, size_t i)
{
	struct stamp t;
	size_t used;

	if (i < s.n && digit(s.p[i]) && timeparse_prefix(str_skip(s, i), &t, &used)) {
		i = blanks(s, i + used);
		if (at_is(s, i, "stderr ", 7) || at_is(s, i, "stdout ", 7))	/* a container runtime's */
			i += i + 9 <= s.n && s.p[i + 8] == ' ' ? 9 : 7;
		return program(s, i);
	}
	if (clock_at(s, i + 7) && s.p[i + 3] == ' ')	/* Nov 20 10:02:03 */
		return program(s, blanks(s, i + 15));
	if (i < s.n && strchr("IWEF", s.p[i]) && clock_at(s, i + 6)) {	/* I1120 10:02:03.123456   77 main.go:9] */
		const char *end = memmem(s.p + i, s.n - i < 120 ? s.n - i : 120, "] ", 2);

		return end ? (size_t)(end - s.p) + 2 : i;
	}
	return i;
}

size_t log_message(struct str line)
{
	size_t i = 0;

	if (str_starts(line, "[pod/")) {	/* kubectl logs --prefix */
		const char *end = memmem(line.p, line.n, "] ", 2);

		i = end ? (size_t)(end - line.p) + 2 : 0;
	}
	i = container(line, i);
	i = stamp(line, i);
	return i;
}

bool log_unwrap(struct str line, struct buf *out, struct str *time)
{
	size_t at = 7;
	const char *p;

	if (!str_starts(line, "{\"log\":\"") || line.p[line.n - 1] != '}')
		return false;
	buf_reset(out);
	if (!godump_unquote(line, &at, out) || out->failed)
		return false;
	if (out->len && out->data[out->len - 1] == '\n')
		out->len--;
	p = memmem(line.p + at, line.n - at, "\"time\":\"", 8);
	*time = p ? str_skip(line, (size_t)(p - line.p) + 8) : STR_NONE;
	return true;
}

bool log_name_line(struct str s)
{
	return s.n > 3 && s.n < 300 && !memchr(s.p, ' ', s.n) && memchr(s.p, '.', s.n) && !memchr(s.p, '"', s.n) &&
	       !memchr(s.p, '=', s.n) && !strchr(":)", s.p[s.n - 1]) && word_char(s.p[0]) && !digit(s.p[0]);
}

bool log_place_line(struct str s)
{
	struct str place;
	bool offset;

	if (s.n < 6 || s.p[0] != '\t')
		return false;
	s = str_skip(s, 1);
	return memmem(s.p, s.n, ".go:", 4) && !memchr(s.p, ' ', s.n) && godump_place(s, &place, &offset) &&
	       place.n == s.n;
}

/* ---- versions ---- */

void log_at_least(struct log_version *v, int64_t minor)
{
	if (v->min == STORE_NULL || minor > v->min)
		v->min = minor;
}

void log_at_most(struct log_version *v, int64_t minor)
{
	if (v->max == STORE_NULL || minor < v->max)
		v->max = minor;
}

void log_skip_version(struct str line, struct log_version *v)
{
	size_t numbers = 0, i = 5;

	if (str_starts(line, "checkfinalizers: ") || (str_starts(line, "scan: ") && memmem(line.p, line.n, " objs", 5)))
		log_at_least(v, 25);
	if (!str_starts(line, "scav "))
		return;
	for (; i < line.n && digit(line.p[i]); numbers++) {
		while (i < line.n && digit(line.p[i]))
			i++;
		i += i < line.n && line.p[i] == ' ';
	}
	if (numbers == 2) {
		log_at_most(v, 18);
	} else if (memmem(line.p, line.n, " (bg)", 5)) {
		log_at_least(v, 21);
	} else if (memmem(line.p, line.n, " KiB work, ", 11)) {
		log_at_least(v, 19);
		log_at_most(v, 20);
	}
}

void log_said_version(struct str line, struct log_version *v)
{
	static const char *const before[] = { "go version ", "go_version\":\"", "go_version=", "goversion\":\"",
					      "goVersion\":\"", "goversion=", "Go Version: ", "built with " };
	const char *p = line.n > 8 ? memmem(line.p, line.n, "go1.", 4) : NULL;
	size_t i = p ? (size_t)(p - line.p) : 0;
	int64_t minor = 0;
	bool said = false;

	for (size_t k = 0; p && k < sizeof(before) / sizeof(*before); k++)
		said = said || before_is(line, i, before[k], strlen(before[k]));
	if (!said)
		return;
	for (i += 4; i < line.n && digit(line.p[i]) && minor < 1000; i++)
		minor = minor * 10 + (line.p[i] - '0');
	if (minor < 1 || minor > 99)
		return;
	log_at_least(v, minor);
	log_at_most(v, minor);
}

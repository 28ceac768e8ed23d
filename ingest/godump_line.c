// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_line.c - the grammar of one line of a goroutine dump
 *
 * Names hold parentheses (net/http.(*conn).serve), arguments do not, label values may hold anything: so a function's
 * name ends at the last '(', a place at the last ':' before digits, and a header at the first ']' that no quotes
 * surround.
 */
#include "ingest/godump.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool read_u64(struct str *s, uint64_t *out)
{
	size_t i = 0;

	for (*out = 0; i < s->n && digit(s->p[i]); i++)
		if (__builtin_mul_overflow(*out, 10u, out) ||
		    __builtin_add_overflow(*out, (uint64_t)(s->p[i] - '0'), out))
			return false;
	*s = str_skip(*s, i);
	return i > 0;
}

/* " gp=0xc000006 m=3 mp=0xc00005 [" up to the bracket. */
static bool skip_thread(struct str *s, bool *has_gp)
{
	const char *open;

	*has_gp = str_starts(*s, " gp=");
	if (!*has_gp)
		return str_starts(*s, " [");
	open = memchr(s->p, '[', s->n);
	if (!open || open[-1] != ' ' || !memmem(s->p, (size_t)(open - s->p), " m=", 3))
		return false;
	*s = str_skip(*s, (size_t)(open - s->p) - 1);
	return true;
}

/* The ']' that ends a header with quoted labels. */
static size_t quoted_end(struct str s, size_t *brace_open, size_t *brace_close)
{
	bool in = false;

	*brace_open = *brace_close = s.n;
	for (size_t i = 0; i < s.n; i++) {
		if (in) {
			if (s.p[i] == '\\')
				i++;
			else if (s.p[i] == '"')
				in = false;
		} else if (s.p[i] == '"') {
			in = *brace_open < s.n;	/* quotes count inside labels only */
		} else if (s.p[i] == '{' && *brace_open == s.n) {
			*brace_open = i;
		} else if (s.p[i] == '}') {
			*brace_close = i;
		} else if (s.p[i] == ']') {
			return i;
		}
	}
	return s.n;
}

static bool ends_with(struct str s, const char *lit, size_t n)
{
	return s.n > n && memcmp(s.p + s.n - n, lit, n) == 0;
}

static void cut_marks(struct str *state, struct godump_header *h)
{
	for (;;) {
		if (ends_with(*state, " (durable)", 10)) {
			h->durable = true;
			state->n -= 10;
		} else if (ends_with(*state, " (scan)", 7)) {
			state->n -= 7;
		} else if (ends_with(*state, " (leaked)", 9)) {
			h->leaked = true;
			state->n -= 9;
		} else {
			return;
		}
	}
}

/* "IO wait (scan), 7 minutes, locked to thread, synctest bubble 2" */
static bool inside(struct str s, struct godump_header *h)
{
	const char *comma = memchr(s.p, ',', s.n);
	uint64_t minutes;

	h->state = (struct str){ s.p, comma ? (size_t)(comma - s.p) : s.n };
	s = str_skip(s, h->state.n);
	cut_marks(&h->state, h);
	while (str_starts(s, ", ")) {
		s = str_skip(s, 2);
		if (s.n && digit(s.p[0])) {
			if (!read_u64(&s, &minutes) || minutes > INT32_MAX)
				return false;
			h->minutes = (int64_t)minutes;
		} else if (str_starts(s, "locked to thread")) {
			h->locked = true;
		}
		comma = memchr(s.p, ',', s.n);
		s = str_skip(s, comma ? (size_t)(comma - s.p) : s.n);
	}
	h->leaked = h->leaked || str_is(h->state, "leaked");
	return h->state.n > 0 && h->state.n < 128 && s.n == 0;
}

/* What may stand behind the bracket: nothing, a colon, labels in braces (an older proposal) and a colon. */
static bool tail(struct str s, struct godump_header *h)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	if (s.n && s.p[s.n - 1] == ':')
		s.n--;
	if (s.n && s.p[0] == ' ')
		s = str_skip(s, 1);
	if (s.n == 0)
		return true;
	if (s.n < 2 || s.p[0] != '{' || s.p[s.n - 1] != '}')
		return false;
	h->labels = (struct str){ s.p + 1, s.n - 2 };
	return true;
}

bool godump_header(struct str line, struct godump_header *h)
{
	size_t open, close, end;
	const char *p;

	if (line.n < 14 || memcmp(line.p, "goroutine ", 10) != 0 || !digit(line.p[10]))
		return false;
	*h = (struct godump_header){ .minutes = STORE_NULL };
	line = str_skip(line, 10);
	if (!read_u64(&line, &h->id) || !skip_thread(&line, &h->has_gp))
		return false;
	line = str_skip(line, 2);
	if (!memchr(line.p, '"', line.n)) {
		p = memchr(line.p, ']', line.n);
		return p && inside((struct str){ line.p, (size_t)(p - line.p) }, h) &&
		       tail(str_skip(line, (size_t)(p - line.p) + 1), h);
	}
	end = quoted_end(line, &open, &close);
	if (end == line.n)
		return false;
	if (open < end && close < end && open >= 8 && memcmp(line.p + open - 8, " labels:", 8) == 0) {
		h->labels = (struct str){ line.p + open + 1, close - open - 1 };
		return inside((struct str){ line.p, open - 8 }, h) && tail(str_skip(line, end + 1), h);
	}
	return inside((struct str){ line.p, end }, h) && tail(str_skip(line, end + 1), h);
}

bool godump_func(struct str line, struct str *name, bool *inlined)
{
	const char *open;
	size_t n;

	if (line.n < 3 || line.p[line.n - 1] != ')')
		return false;
	open = memrchr(line.p, '(', line.n);
	if (!open || open == line.p)
		return false;
	n = (size_t)(open - line.p);
	if (memchr(open, ')', line.n - n - 1)) {	/* never seen: arguments with parentheses of their own */
		int depth = 0;

		for (n = line.n; n > 0; n--) {
			depth += (line.p[n - 1] == ')') - (line.p[n - 1] == '(');
			if (depth == 0)
				break;
		}
		if (n < 2)
			return false;
		n--;
	}
	*name = (struct str){ line.p, n };
	*inlined = line.n - n == 5 && memcmp(line.p + n, "(...)", 5) == 0;
	return true;
}

bool godump_place(struct str line, struct str *place, bool *offset)
{
	const char *colon = memrchr(line.p, ':', line.n);
	size_t i;

	if (!colon || colon == line.p)
		return false;
	i = (size_t)(colon - line.p) + 1;
	if (i >= line.n || !digit(line.p[i]))
		return false;
	while (i < line.n && digit(line.p[i]))
		i++;
	if (i < line.n && line.p[i] != ' ')
		return false;
	*place = (struct str){ line.p, i };
	*offset = line.n - i > 4 && memcmp(line.p + i, " +0x", 4) == 0;
	return true;
}

void godump_place_split(struct str place, struct str *file, uint32_t *line)
{
	size_t i = place.n;
	uint64_t v = 0;

	while (i > 0 && digit(place.p[i - 1]))
		i--;
	for (size_t k = i; k < place.n && v <= UINT32_MAX; k++)
		v = v * 10 + (uint64_t)(place.p[k] - '0');
	*line = v < INT32_MAX ? (uint32_t)v : 0;
	*file = (struct str){ place.p, i ? i - 1 : 0 };
}

bool godump_creator(struct str rest, struct str *name, bool *parent)
{
	const char *blank = memchr(rest.p, ' ', rest.n);

	*name = (struct str){ rest.p, blank ? (size_t)(blank - rest.p) : rest.n };
	*parent = blank && str_starts(str_skip(rest, name->n), " in goroutine ");
	return name->n > 0 && (!blank || *parent);
}

static void add_rune(struct buf *out, uint32_t c)
{
	char u[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		u[i] = (char)(0x80 | (c & 0x3f));
	u[0] = (char)(n == 1 ? c : c | (0xf00u >> n & 0xff));
	buf_add(out, u, n);
}

/* The hexadecimal digits of \x, \u or \U. */
static bool hex_escape(struct str s, size_t *at, size_t digits, struct buf *out)
{
	uint32_t v = 0;

	if (*at + digits > s.n)
		return false;
	for (size_t end = *at + digits; *at < end; ++*at) {
		char c = s.p[*at];
		int d = digit(c)	       ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (d < 0)
			return false;
		v = v << 4 | (uint32_t)d;
	}
	if (v > 0x10ffff)
		return false;
	if (digits == 2)
		buf_byte(out, (char)v);
	else
		add_rune(out, v);
	return true;
}

bool godump_unquote(struct str s, size_t *at, struct buf *out)
{
	static const char plain[] = "nrtabfv\\\"'/", means[] = "\n\r\t\a\b\f\v\\\"'/";

	if (*at >= s.n || s.p[*at] != '"')
		return false;
	for (++*at; *at < s.n;) {
		char c = s.p[(*at)++];
		const char *p;

		if (c == '"')
			return true;
		if (c != '\\') {
			buf_byte(out, c);
			continue;
		}
		if (*at >= s.n)
			return false;
		c = s.p[(*at)++];
		p = strchr(plain, c);
		if (c && p)
			buf_byte(out, means[p - plain]);
		else if ((c != 'x' && c != 'u' && c != 'U') || !hex_escape(s, at, c == 'x' ? 2 : c == 'u' ? 4 : 8, out))
			return false;
	}
	return false;
}

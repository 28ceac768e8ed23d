// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_gc.c - the grammar of gctrace lines, Go 1.17 to 1.27
 *
 * The runtime writes such a line in some forty small writes, and what another thread writes at that moment lands
 * between two of them: "gc 7 @0.5s 3%: 0.0182024/05/01 10:00:00 GET /" and, a line later, "+1.2+0.1 ms clock, ...".
 * So the grammar is a list of the very pieces that are written, and a line that breaks between two pieces can be taken
 * up again where its rest begins. A number that a foreign date was glued to is told by what follows the year.
 */
#include "ingest/log.h"

enum piece_kind {
	TEXT,	/* these bytes */
	MAYBE,	/* or not */
	WHOLE,	/* digits into the field */
	MS,	/* decimal milliseconds */
	SECONDS,
	FORK,	/* Go 1.17 has no stacks and globals: the number before was GOMAXPROCS */
};

static const struct piece {
	enum piece_kind kind;
	enum log_gc_field field;
	const char *text;
} pieces[] = {
	{ TEXT, 0, "gc " },
	{ WHOLE, GC_N, NULL },
	{ TEXT, 0, " @" },
	{ SECONDS, GC_START, NULL },
	{ TEXT, 0, "s " },
	{ WHOLE, GC_UTIL, NULL },
	{ TEXT, 0, "%" },
	{ MAYBE, 0, " (checking for goroutine leaks)" },
	{ TEXT, 0, ": " },
	{ MS, GC_A, NULL },
	{ TEXT, 0, "+" },
	{ MS, GC_B, NULL },
	{ TEXT, 0, "+" },
	{ MS, GC_C, NULL },
	{ TEXT, 0, " ms clock, " },
	{ MS, GC_D, NULL },
	{ TEXT, 0, "+" },
	{ MS, GC_E, NULL },
	{ TEXT, 0, "/" },
	{ MS, GC_F, NULL },
	{ TEXT, 0, "/" },
	{ MS, GC_G, NULL },
	{ TEXT, 0, "+" },
	{ MS, GC_H, NULL },
	{ TEXT, 0, " ms cpu, " },
	{ WHOLE, GC_X, NULL },
	{ TEXT, 0, "->" },
	{ WHOLE, GC_Y, NULL },
	{ TEXT, 0, "->" },
	{ WHOLE, GC_Z, NULL },
	{ TEXT, 0, " MB, " },
	{ WHOLE, GC_GOAL_MB, NULL },
	{ TEXT, 0, " MB goal, " },
	{ WHOLE, GC_STACKS, NULL },
	{ FORK, 0, " MB stacks, " },
	{ WHOLE, GC_GLOBALS, NULL },
	{ TEXT, 0, " MB globals, " },
	{ WHOLE, GC_PROCS, NULL },
	{ TEXT, 0, " P" },
	{ MAYBE, 0, " (forced)" },
};
enum { N_PIECES = sizeof(pieces) / sizeof(*pieces), P_LEAK = 7, P_SURE = 5, P_LAST = N_PIECES - 2 };

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The year of a stamp that a foreign line began with, right behind our number or in its place:
 * "0.0182024/05/01 10:00:00". */
static size_t without_year(struct str s, size_t n)
{
	struct stamp t;
	size_t used;

	if (n < 4 || n >= s.n || (s.p[n] != '/' && s.p[n] != '-') || !timeparse_prefix(str_skip(s, n - 4), &t, &used))
		return n;
	return n - 4;
}

static bool take_number(struct log_gc *g, const struct piece *p, struct str *s)
{
	int64_t unit = p->kind == MS ? 1000000 : p->kind == SECONDS ? 1000000000 : 1;
	size_t n = 0, i = 0;
	int64_t v = 0;

	while (n < s->n && (digit(s->p[n]) || (s->p[n] == '.' && p->kind != WHOLE)))
		n++;
	n = without_year(*s, n);
	if (n == 0 || n > 18 || !digit(s->p[0]))
		return false;
	for (; i < n && i < 9 && s->p[i] != '.'; i++)	/* nine digits times 1e9 fit */
		v = v * 10 + (s->p[i] - '0');
	v *= unit;
	if (i < n && s->p[i++] != '.')
		return false;
	for (; i < n; i++) {
		if (s->p[i] == '.')
			return false;
		unit /= 10;
		v += (s->p[i] - '0') * unit;
	}
	g->v[p->field] = v;
	*s = str_skip(*s, n);
	return true;
}

static bool take_text(struct str *s, const char *text)
{
	/* Loggers that write JSON escape the arrow's head. */
	if (!str_starts(*s, text)) {
		if (strcmp(text, "->") != 0 || !str_starts(*s, "-\\u003e"))
			return false;
		*s = str_skip(*s, 7);
		return true;
	}
	*s = str_skip(*s, strlen(text));
	return true;
}

/* One piece from s; false: s goes on with something else. */
static bool take(struct log_gc *g, struct str *s)
{
	const struct piece *p = &pieces[g->piece];

	switch (p->kind) {
	case TEXT:
		if (!take_text(s, p->text))
			return false;
		break;
	case MAYBE:
		if (take_text(s, p->text))
			*(g->piece == P_LEAK ? &g->leak_check : &g->forced) = true;
		break;
	case FORK:
		if (take_text(s, p->text))
			break;
		if (!str_starts(*s, " P"))
			return false;
		g->v[GC_PROCS] = g->v[GC_STACKS];
		g->v[GC_STACKS] = g->v[GC_GLOBALS] = STORE_NULL;
		g->piece = P_LAST;
		return true;
	default:
		if (!take_number(g, p, s))
			return false;
		break;
	}
	g->piece++;
	return true;
}

/* A number at the very end of what was taken may be the beginning of foreign text ("10:02:03"): it is given back. */
static bool doubtful(const struct log_gc *g, struct str rest)
{
	return g->piece > 0 && pieces[g->piece - 1].kind >= WHOLE && pieces[g->piece - 1].kind <= SECONDS && rest.n &&
	       strchr(":/-.,", rest.p[0]) != NULL;
}

bool log_gc_sure(const struct log_gc *g)
{
	return g->piece >= P_SURE;
}

bool log_gc_begin(struct log_gc *g, struct str s)
{
	memset(g, 0, sizeof(*g));
	while (g->piece < N_PIECES && take(g, &s))
		;
	g->done = g->piece == N_PIECES;
	if (!g->done && doubtful(g, s))
		g->piece--;
	return g->piece > 0;
}

bool log_gc_resume(struct log_gc *g, struct str s)
{
	struct log_gc next = *g;

	while (next.piece < N_PIECES && take(&next, &s))
		;
	next.done = next.piece == N_PIECES;
	if (!next.done && doubtful(&next, s))
		next.piece--;
	if (next.piece <= g->piece)
		return false;
	*g = next;
	return true;
}

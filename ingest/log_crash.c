// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_crash.c - panics, fatal errors and signals: what the runtime says, and what it means
 *
 * A panic's value is the program's own and may be a secret (a token in an URL, a query), so it is repeated only where
 * its text is known to come from the runtime or the standard library; of other values the type is told when it stands
 * there. Fatal errors and signals are the runtime's own words.
 */
#include "ingest/log.h"

struct meaning {
	const char *text;	/* begins with */
	const char *means;
};

static const struct meaning fatals[] = {
	{ "all goroutines are asleep - deadlock!", "every goroutine is blocked and nothing can wake one" },
	{ "no goroutines (main called runtime.Goexit) - deadlock!", "main ended by Goexit and no goroutine is left" },
	{ "concurrent map", "a data race on a map; it cannot be recovered" },
	{ "small map with no empty slot", "a data race on a map; it cannot be recovered" },
	{ "sync: ", "a mutex was unlocked that was not locked" },
	{ "stack overflow", "recursion without end, or far too deep" },
	{ "runtime: out of memory", "the system gave no more memory" },
	{ "out of memory", "the system gave no more memory" },
	{ "runtime: cannot allocate memory", "the system gave no more memory" },
	{ "thread exhaustion", "too many threads blocked in system calls or cgo" },
	{ "go of nil func value", "a go statement with a nil function" },
	{ "unexpected signal during runtime execution", "memory was damaged, by unsafe code, cgo or a data race" },
	{ "found bad pointer in Go heap", "memory was damaged, by unsafe code, cgo or a data race" },
	{ "bulkBarrierPreWrite: ", "memory was damaged, by unsafe code, cgo or a data race" },
	{ "deadlock: ", "all goroutines of a synctest bubble are blocked" },
};

/* Texts that only the runtime and the standard library write. */
static const struct meaning panics[] = {
	{ "runtime error: invalid memory address or nil pointer dereference", "a nil pointer was used" },
	{ "runtime error: index out of range", "an index beyond its slice" },
	{ "runtime error: slice bounds out of range", "bounds beyond a slice" },
	{ "runtime error: integer divide by zero", "a division by zero" },
	{ "runtime error: ", NULL },
	{ "interface conversion: ", "a value of another type than asserted" },
	{ "assignment to entry in nil map", "a map that was never made" },
	{ "send on closed channel", "a sender outlived its channel" },
	{ "close of closed channel", "a channel was closed twice" },
	{ "close of nil channel", "a channel that was never made" },
	{ "sync: negative WaitGroup counter", "Done was called more often than Add" },
	{ "sync: WaitGroup is reused before previous Wait has returned", "a WaitGroup was reused too early" },
	{ "sync: ", NULL },
	{ "net/http: abort Handler", "a handler gave its response up on purpose" },
	{ "context: ", NULL },
	{ "bytes.Buffer: ", NULL },
	{ "reflect: ", NULL },
	{ "reflect.Value.", NULL },
};

static const struct meaning signals[] = {
	{ "SIGQUIT: ", "asked for from outside: all stacks are dumped and the process ends" },
	{ "SIGABRT: ", "the process was told to abort" },
	{ "SIGSEGV: ", "memory was used that is not there, by unsafe code or cgo" },
	{ "SIGBUS: ", "memory was used that is not there, by unsafe code, cgo or a cut mapped file" },
	{ "SIGFPE: ", "an arithmetic fault in foreign code" },
	{ "SIGILL: ", "an instruction that this processor does not have" },
	{ "SIGTRAP: ", NULL },
	{ "SIGSYS: ", "a system call that is not allowed here" },
	{ "SIGSTKFLT: ", NULL },
	{ "SIGEMT: ", NULL },
	{ "SIGXCPU: ", "the limit of processor time was reached" },
	{ "SIGXFSZ: ", "the limit of file size was reached" },
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum { TEXT_MAX = 200, PANIC_LINES = 100 };

static const struct meaning *known(const struct meaning *m, size_t n, struct str s)
{
	for (size_t i = 0; i < n; i++)
		if (str_starts(s, m[i].text))
			return &m[i];
	return NULL;
}

static bool ends(struct str *s, const char *lit)
{
	size_t n = strlen(lit);

	if (s->n < n || memcmp(s->p + s->n - n, lit, n) != 0)
		return false;
	s->n -= n;
	return true;
}

static struct str first(struct str s)
{
	s.n = s.n < TEXT_MAX ? s.n : TEXT_MAX;
	return s;
}

static void explain(struct buf *b, const struct meaning *m)
{
	if (m && m->means)
		buf_printf(b, " (%s)", m->means);
}

/* "(main.cfg) 0xc0000a2020", "main.Code(3)", "main.E("x")": the type. */
static struct str type_of(struct str v)
{
	size_t n = 0;
	bool dot = false, brace = v.n && v.p[0] == '(';

	if (brace)
		v = str_skip(v, 1);
	for (; n < v.n && n < 120; n++) {
		char c = v.p[n];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      strchr("._*[]/-", c)))
			break;
		dot = dot || c == '.';
	}
	if (!dot || n >= v.n || v.p[n] != (brace ? ')' : '('))
		return STR_NONE;
	return (struct str){ v.p, n };
}

static void say_value(struct buf *b, struct str value)
{
	const struct meaning *m = known(panics, COUNT(panics), value);
	struct str type = type_of(value);

	if (m) {
		buf_str(b, first(value));
		explain(b, m);
	} else if (type.n) {
		buf_puts(b, "a value of type ");
		buf_str(b, type);
	} else {
		buf_puts(b, "a value of the program's own, not repeated here");
	}
}

static void panic_line(struct log_crash *c, struct str value, struct log_version *v)
{
	struct str all = value;
	bool again = ends(&value, " [recovered, repanicked]"), recovered = !again && ends(&value, " [recovered]");

	if (again)
		log_at_least(v, 25);
	all.n = all.n < sizeof(c->panic) - 1 ? all.n : sizeof(c->panic) - 1;
	memcpy(c->panic, all.p, all.n);
	c->panic[all.n] = '\0';
	c->open = true;
	buf_puts(&c->text, "panic: ");
	say_value(&c->text, value);
	if (again || recovered)
		buf_puts(&c->text, ", recovered and raised again");
}

static void fatal_line(struct log_crash *c, struct str text)
{
	buf_puts(&c->text, "fatal error: ");
	buf_str(&c->text, first(text));
	explain(&c->text, known(fatals, COUNT(fatals), text));
	if (c->about[0])
		buf_printf(&c->text, "; %s", c->about);
	c->about[0] = '\0';
}

static void http_line(struct log_crash *c, struct str line)
{
	const char *p = memmem(line.p, line.n, "http: panic serving ", 20), *colon;
	struct str value = str_skip(line, (size_t)(p - line.p) + 20);

	colon = memmem(value.p, value.n, ": ", 2);
	value = str_skip(value, colon ? (size_t)(colon - value.p) + 2 : value.n);
	buf_puts(&c->text, "http: panic serving: ");
	say_value(&c->text, value);
	buf_puts(&c->text, "; net/http recovered it and the process goes on");
}

/* Lines behind "panic:" tell versions: nested panics, lines of one value (indented since 1.23). */
static void panic_goes_on(struct log_crash *c, struct str line, struct log_version *v)
{
	size_t n = strlen(c->panic);

	if (!line.n || str_starts(line, "goroutine ") || str_starts(line, "[signal ")) {
		c->open = false;
	} else if (str_starts(line, "\tpanic: ")) {
		line = str_skip(line, 8);
		if (n == line.n + 12 && memcmp(c->panic, line.p, line.n) == 0 &&
		    strcmp(c->panic + line.n, " [recovered]") == 0)
			log_at_most(v, 24);
	} else if (line.p[0] == '\t' && !log_place_line(line) && !memmem(line.p, line.n, " +0x", 4)) {
		log_at_least(v, 23);
	}
}

static struct str without_echo(struct str s)
{
	while (s.n && (s.p[0] == '^' || s.p[0] == '\\'))	/* a terminal's of Ctrl-\ */
		s = str_skip(s, 1);
	return s;
}

enum log_crash_kind log_crash_line(struct log_crash *c, struct str s, enum godump_text *mark, struct log_version *v)
{
	const struct meaning *m;

	s = without_echo(s);
	buf_reset(&c->text);
	*mark = GODUMP_PLAIN;
	if (c->open)
		panic_goes_on(c, s, v);
	if (str_starts(s, "panic: ")) {
		*mark = GODUMP_PANIC;
		panic_line(c, str_skip(s, 7), v);
		return CRASH_PANIC;
	}
	if (str_starts(s, "fatal error: ")) {
		*mark = GODUMP_FATAL;
		fatal_line(c, str_skip(s, 13));
		return CRASH_FATAL;
	}
	m = str_starts(s, "SIG") ? known(signals, COUNT(signals), s) : NULL;
	if (m) {
		*mark = GODUMP_SIGNAL;
		buf_str(&c->text, first(s));
		explain(&c->text, m);
		return CRASH_SIGNAL;
	}
	if (s.n && memmem(s.p, s.n, "http: panic serving ", 20)) {
		*mark = GODUMP_PANIC;
		http_line(c, s);
		return CRASH_PANIC;
	}
	if (str_starts(s, "runtime: ")) {
		size_t n = s.n - 9 < sizeof(c->about) - 1 ? s.n - 9 : sizeof(c->about) - 1;

		if (!str_starts(s, "runtime: sp=")) {
			memcpy(c->about, s.p + 9, n);
			c->about[n] = '\0';
		}
		return CRASH_NONE;
	}
	*mark = godump_text_kind(s);
	return *mark == GODUMP_END || *mark == GODUMP_DASHES ? CRASH_MARK : CRASH_NONE;
}

bool log_crash_certain(struct str s)
{
	s = without_echo(s);
	if (str_starts(s, "fatal error: "))
		return known(fatals, COUNT(fatals), str_skip(s, 13)) != NULL;
	if (str_starts(s, "panic: "))
		return known(panics, COUNT(panics), str_skip(s, 7)) != NULL || type_of(str_skip(s, 7)).n > 0;
	return (str_starts(s, "SIG") && known(signals, COUNT(signals), s)) ||
	       (s.n && memmem(s.p, s.n, "http: panic serving ", 20));
}

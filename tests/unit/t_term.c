// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_term.c - the terminal report: fits every width, keeps hostile names harmless, says the verdict in plain words first
 */
#include "core/text.h"
#include "tests/unit/check.h"
#include "tests/unit/fixture.h"

static struct buf render(const struct report_model *m, unsigned columns, bool utf8, bool colour)
{
	struct report_opts o = { .columns = columns, .utf8 = utf8, .colour = colour, .run = "run" };
	struct buf b = { .limit = 1 << 24 };

	report_term(&b, m, &o);
	return b;
}

static size_t widest(const struct buf *b)
{
	struct str s = buf_view(b);
	size_t most = 0;

	while (s.n) {
		const char *nl = memchr(s.p, '\n', s.n);
		size_t n = nl ? (size_t)(nl - s.p) : s.n, w = text_width((struct str){ s.p, n });

		most = w > most ? w : most;
		s = str_skip(s, n + 1);
	}
	return most;
}

/* A line, its blanks and colours stepped over, that a CI runner would obey. */
static int commands(const struct buf *b)
{
	int n = 0;

	for (const char *p = b->data; p && *p; p++) {
		const char *q = p;

		if (p != b->data && p[-1] != '\n') {
			n += p[0] == '#' && p[1] == '#';
			continue;
		}
		while (*q == ' ' || *q == '\t' || *q == '\x1b')
			q += *q == '\x1b' ? strcspn(q, "m\n") + (q[strcspn(q, "m\n")] == 'm') : 1;
		n += q[0] == ':' && q[1] == ':';
	}
	return n;
}

static int has(const struct buf *b, const char *text)
{
	return b->data && strstr(b->data, text) != NULL;
}

static int only_printable_ascii(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] != '\n' && (b->data[i] < ' ' || b->data[i] > '~'))
			return 0;
	return 1;
}

static void test_widths(const char *change)
{
	static const unsigned width[] = { 40, 60, 68, 69, 80, 120, 200 };
	struct report_model *m = fixture_model(change);

	for (size_t i = 0; i < sizeof(width) / sizeof(width[0]); i++)
		for (int utf8 = 0; utf8 < 2; utf8++) {
			struct buf b = render(m, width[i], utf8, false), coloured = render(m, width[i], utf8, true);

			CHECK(!b.failed && b.len > 500);
			if (widest(&b) > width[i])
				fprintf(stderr, "%zu columns at %u\n", widest(&b), width[i]);
			CHECK(widest(&b) <= width[i]);
			CHECK(widest(&coloured) <= width[i]);
			CHECK(commands(&b) == 0 && commands(&coloured) == 0);
			CHECK(utf8 || only_printable_ascii(&b));
			CHECK(!memchr(b.data, '\x1b', b.len));
			CHECK(memchr(coloured.data, '\x1b', coloured.len) != NULL);
			CHECK(text_is_clean((struct str){ b.data, strcspn(b.data, "\n") }));
			buf_free(&b);
			buf_free(&coloured);
		}
	report_model_free(m);
}

/* The sections stand in the order of urgency. */
static void test_order(void)
{
	static const char *const section[] = { "VERDICT", "GATES", "DO FIRST", "CAUSES", "WHAT CHANGED", "WHAT COULD NOT BE SEEN",
		"NOT TESTED", "NOT READ", "Next: attrib explain run:goroutine_bloat" };
	struct report_model *m = fixture_model(NULL);
	struct buf b = render(m, 80, false, false);
	const char *at = b.data;

	for (size_t i = 0; at && i < sizeof(section) / sizeof(section[0]); i++) {
		at = strstr(at, section[i]);
		if (!at)
			fprintf(stderr, "missing or out of order: %s\n", section[i]);
		CHECK(at != NULL);
	}
	CHECK(has(&b, "goroutine_bloat, worse, medium confidence"));
	CHECK(has(&b, "Goroutines pile up or leak"));
	CHECK(has(&b, "in main.(*Hub).fanOut (hub.go:110)"));
	CHECK(has(&b, "(so at most medium confidence)"));
	CHECK(has(&b, "gain     1200 to 1800 goroutines"));
	CHECK(has(&b, "needs    heap-000.pprof and heap-001.pprof of each side"));
	CHECK(has(&b, "+ goroutines in one stack grew"));
	CHECK(has(&b, "- requests a second"));
	CHECK(has(&b, "not tested, so not ruled out: memory_leak, lock_contention"));
	CHECK(has(&b, "refused: current/heap.pprof, byte 77: gzip data ends in the middle"));
	CHECK(has(&b, "cannot be told from chance (~): GC pause p99 800 us -> 870 us"));
	buf_free(&b);
	report_model_free(m);
}

static void test_verdicts(void)
{
	static const struct { const char *change, *want, *not; } table[] = {
		{ "UPDATE analysis SET verdict = 'none', direction = 'same'", "No difference found.", "\n  in main" },
		{ "UPDATE analysis SET verdict = 'none', direction = 'same'", "could have shown changes of CPU per request >= 12.0 %", NULL },
		{ "UPDATE analysis SET verdict = 'none', direction = 'better'", "It got better", "No difference" },
		{ "UPDATE analysis SET verdict = 'unknown'", "Something changed that no cause attrib knows explains.", NULL },
		{ "UPDATE analysis SET design = 'snapshot', changed = NULL, level = 'low'",
		  "confidence\n  Nothing can be said about change: there is no baseline. What stands out is:", "chance that anything" },
		{ "UPDATE analysis SET design = 'early_late'", "early part against its late part", NULL },
		{ "DELETE FROM gate", "VERDICT", "GATES" },
		{ "DELETE FROM analysis", "no analysis yet", "VERDICT" },
		{ "UPDATE change SET status = 'same' WHERE scope = 'symbol'", "No function's cost changed for certain.", NULL },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct report_model *m = fixture_model(table[i].change);
		struct buf b = render(m, 120, false, false);

		if (!has(&b, table[i].want))
			fprintf(stderr, "no '%s' after %s in:\n%.600s\n", table[i].want, table[i].change, b.data);
		CHECK(has(&b, table[i].want));
		CHECK(!table[i].not || !has(&b, table[i].not));
		buf_free(&b);
		report_model_free(m);
	}
}

static void test_other_pages(void)
{
	struct report_model *m = fixture_model(NULL);
	struct report_opts o = { .columns = 120, .run = "it's a dir" };
	struct report_diff_opts d = { .term = o, .old = "a.pprof", .new = "b.pprof" };
	struct err err = { 0 };
	struct buf b = { .limit = 1 << 20 };

	CHECK(report_cause(&b, m, &o, "cpu_hot_path"));
	CHECK(has(&b, "streaming.go:212") && has(&b, "counted under goroutine_bloat"));
	CHECK(!report_cause(&b, m, &o, "no_such_cause"));
	buf_reset(&b);
	report_doctor(&b, m, &o);
	CHECK(has(&b, "attrib analyze 'it'\\''s a dir'"));
	CHECK(has(&b, "heap profiles (both sides; 0 and 0 there, 2 wanted)"));
	CHECK(has(&b, "the sides differ in GOMAXPROCS: 4 -> 2"));
	buf_reset(&b);
	CHECK(report_diff(&b, m, &d, &err) == 0);
	CHECK(has(&b, "main.(*Hub).fanOut") && has(&b, "+129 %") && has(&b, "4 functions tested, 3 changed"));
	CHECK(strstr(b.data, "fanOut") < strstr(b.data, "runtime.gopark"));	/* what changed comes first */
	d.metric = "inuse_space";
	CHECK(report_diff(&b, m, &d, &err) == ERR_USAGE);
	CHECK(strstr(err.msg, "cpu_per_request") != NULL);
	buf_free(&b);
	report_model_free(m);
}

/* The page that was written is named before the next command, on a line of its own where both are too long for one. */
static void test_last_line(void)
{
	struct report_model *m = fixture_model(NULL);
	struct report_opts o = { .columns = 120, .run = "run", .html = "run/attrib/report.html" };
	struct buf b = { .limit = 1 << 20 };

	report_term(&b, m, &o);
	CHECK(has(&b, "\nReport: run/attrib/report.html   Next: attrib explain run:goroutine_bloat\n"));
	buf_reset(&b);
	o.columns = 60;
	report_term(&b, m, &o);
	CHECK(has(&b, "\nReport: run/attrib/report.html\nNext: attrib explain run:goroutine_bloat\n"));
	buf_reset(&b);
	o.html = "a\x1b]0;x\nb";
	report_term(&b, m, &o);
	CHECK(has(&b, "Report: a\\x1b]0;x\\x0ab"));
	buf_free(&b);
	report_model_free(m);
}

static void test_guard(void)
{
	static const struct { const char *in, *out; } table[] = {
		{ "::error::x\n", ":\\:error::x\n" }, { "a ::b\n  ::c", "a ::b\n  :\\:c" }, { "##[add-mask]x ##vso[y]", "#\\#[add-mask]x #\\#vso[y]" },
		{ "\x1b[1m::warning\x1b[0m", "\x1b[1m:\\:warning\x1b[0m" }, { "", "" }, { ":", ":" }, { "\n\n::", "\n\n:\\:" }, { "# #", "# #" },
		{ "###", "#\\#\\#" }, { "\t::x", "\t:\\:x" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf b = { .limit = 1000 };

		report_guard(&b, str_from(table[i].in));
		CHECK_STR(b.data ? b.data : "", table[i].out);
		buf_free(&b);
	}
}

/* Names that attack each thing that reads a terminal or a log; the store holds them unclean, as a foreign database may. */
static const char hostile[] =
	"UPDATE func SET name = '::error file=x::' || name;"
	"UPDATE symbol SET name = char(27) || ']0;owned' || char(7) || '##[add-mask]' || name || char(8238) || char(10) || '::stop-commands::x';"
	"UPDATE cluster SET name = name || char(13) || char(10) || '::set-output name=a::b';"
	"UPDATE source SET path = '::warning::' || path || char(0x202e) || char(0x4e16) || char(0x754c);"
	"UPDATE analysis SET title = '::error::' || char(27) || '[2J';"
	"UPDATE signal SET why = why || ' ::debug:: ##[error]x' || char(155) || '31m';"
	"UPDATE recommendation SET act = '::error::' || act, verify = '## ::x' || verify;";

int main(void)
{
	test_widths(NULL);
	test_widths(hostile);
	test_order();
	test_verdicts();
	test_other_pages();
	test_last_line();
	test_guard();
	return check_done();
}

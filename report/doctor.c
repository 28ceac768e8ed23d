// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * doctor.c - what a run folder holds, what it lacks, what each missing source would make possible and how to capture it
 *
 * The table is in the order of use: the first missing row is the one that would help most. It lists only what attrib reads today.
 * What it advises is safe to run: profilers that are off by default stay off unless the program turns them on, and the price
 * of a dump stands beside its command.
 */
#include <math.h>
#include <stdio.h>

#include "core/fmt.h"
#include "report/term.h"
#include "report/words.h"

#define WORTH_SHOWN 3
#define WORTH_TELLING .01

struct source {
	const char *kinds[3];	/* of data_by_side; any of them will do */
	const char *name;
	int64_t enough;		/* files a side from which nothing is missing */
	const char *gives, *capture, *mind;
};

static const struct source sources[] = {
	{ { "load", NULL }, "load report", 1,
	  "cost per request instead of per second; load_shift; which time was steady",
	  "one row a second: timestamp,requests,errors,p50_ms,p95_ms,p99_ms", NULL },
	{ { "cpu", NULL }, "CPU profile", 1,
	  "the function that spends more per request: cpu_hot_path, and the CPU side of nearly every other cause",
	  "curl -o cpu-000.pprof 'http://HOST:PORT/debug/pprof/profile?seconds=30'", "while the load is steady; only one at a time" },
	{ { "dump", "goroutine", NULL }, "goroutine dumps", 3,
	  "what goroutines wait for, who started them, whether they pile up: goroutine_bloat, blocking_io, lock_contention",
	  "curl -o goroutines-000.txt 'http://HOST:PORT/debug/pprof/goroutine?debug=2'",
	  "three of them, some 10 s apart; it stops the world while it writes: beyond 10,000 goroutines leave ?debug=2 away" },
	{ { "inuse", "alloc", NULL }, "heap profiles", 2,
	  "bytes allocated per request and which site keeps them: alloc_churn, memory_leak",
	  "curl -o heap-000.pprof http://HOST:PORT/debug/pprof/heap", "one at the start and one at the end of the steady phase" },
	{ { "gc", NULL }, "GC pauses", 1,
	  "pauses, their rate and the heap after each cycle: whether GC is the victim or the cause",
	  "CSV: timestamp,pause_ns,heap_live,next_gc (the helper of docs/capture.md writes it)", NULL },
	{ { "mutex", NULL }, "mutex profile", 1,
	  "which lock serialises work and who holds it: lock_contention",
	  "curl -o mutex-000.pprof http://HOST:PORT/debug/pprof/mutex",
	  "empty unless the program calls runtime.SetMutexProfileFraction; 100 is cheap" },
	{ { "block", NULL }, "block profile", 1,
	  "who waits, and where: lock_contention, blocking_io",
	  "curl -o block-000.pprof http://HOST:PORT/debug/pprof/block",
	  "empty unless the program calls runtime.SetBlockProfileRate; at a rate of 1 the profiler itself becomes the load" },
};
#define N_SOURCES (sizeof(sources) / sizeof(sources[0]))

static const struct model_data *find(const struct report_model *m, const char *side, const char *kind)
{
	for (size_t i = 0; i < m->data.n; i++)
		if (str_is(m->data.v[i].side, side) && str_is(m->data.v[i].kind, kind))
			return &m->data.v[i];
	return NULL;
}

static int64_t files_of(const struct report_model *m, const char *side, const struct source *s)
{
	int64_t n = 0;

	for (int k = 0; k < 3 && s->kinds[k]; k++) {
		const struct model_data *d = find(m, side, s->kinds[k]);

		if (d && d->files > n)
			n = d->files;
	}
	return n;
}

static bool has_side(const struct report_model *m, const char *side)
{
	for (size_t i = 0; i < m->data.n; i++)
		if (str_is(m->data.v[i].side, side))
			return true;
	return false;
}

static void print_side(struct page *p, const struct report_model *m, const char *side, bool only)
{
	struct buf b = { .limit = 1 << 16 };
	int listed = 0;

	if (!has_side(m, side))
		return;
	buf_printf(&b, "%s: ", only ? "one side" : side);
	if (!only)
		buf_printf(&b, "%lld run%s; ", (long long)model_runs(m, side), model_runs(m, side) == 1 ? "" : "s");
	for (size_t i = 0; i < m->data.n; i++) {
		const struct model_data *d = &m->data.v[i];

		if (!str_is(d->side, side))
			continue;
		buf_puts(&b, listed++ ? ", " : "");
		buf_str(&b, d->kind);
		buf_printf(&b, " %lld", (long long)d->files);
		if (isfinite(d->seconds)) {
			buf_puts(&b, " (");
			fmt_duration(&b, d->seconds * 1e9);
			buf_puts(&b, ")");
		}
	}
	page_item(p, 2, MARK_BULLET, buf_view(&b));
	buf_free(&b);
}

static void print_there(struct page *p, const struct report_model *m)
{
	bool base = has_side(m, "baseline");

	page_heading(p, "WHAT IS THERE", "kind and number of files");
	print_side(p, m, "baseline", false);
	print_side(p, m, "current", !base);
	if (!m->data.n)
		page_text(p, 2, 4, INK_PLAIN, str_from("nothing that attrib can read"));
	for (size_t i = 0; i < m->differences.n; i++) {
		struct buf b = { .limit = 1 << 16 };

		buf_puts(&b, "the sides differ in ");
		buf_str(&b, m->differences.v[i].name);
		buf_puts(&b, ": ");
		buf_str(&b, m->differences.v[i].base);
		buf_puts(&b, " -> ");
		buf_str(&b, m->differences.v[i].cur);
		page_item(p, 2, MARK_NOTE, buf_view(&b));
		buf_free(&b);
	}
}

static void print_missing(struct page *p, unsigned *n, const char *what, const char *side, const char *gives, const char *capture,
			  const char *mind)
{
	struct buf b = { .limit = 1 << 16 };

	buf_printf(&b, "%u %s", ++*n, what);
	if (*side)
		buf_printf(&b, " (%s)", side);
	page_text(p, 2, 4, INK_BOLD, buf_view(&b));
	page_field(p, 4, "gives", str_from(gives));
	page_field(p, 4, "capture", str_from(capture));
	page_field(p, 4, "mind", str_from(mind));
	buf_free(&b);
}

static void print_baseline(struct page *p, const struct report_model *m, unsigned *n)
{
	bool base = has_side(m, "baseline"), cur = has_side(m, "current");
	int64_t runs[2] = { model_runs(m, "baseline"), model_runs(m, "current") };

	if (!base && cur)
		print_missing(p, n, "a baseline", "", "anything about change: without it only levels can be judged, never above medium",
			      "run the same load against the good build; put its files into RUN/baseline/ and these into RUN/current/,"
			      " or give --baseline DIR", NULL);
	else if (base && !cur)
		print_missing(p, n, "the current side", "", "anything about change", "put the files of the run in question into RUN/current/", NULL);
	else if (base && cur && (runs[0] < 4 || runs[1] < 4))
		print_missing(p, n, "repetitions", "", "high confidence: what differs from run to run is measured, not assumed",
			      "repeat the load test, each in a folder of its own: baseline/run-1 ... run-4, current/run-1 ... run-4",
			      "restart the process between them");
}

static void print_sources(struct page *p, const struct report_model *m, unsigned *n)
{
	bool base = has_side(m, "baseline"), cur = has_side(m, "current") || !base;

	for (size_t i = 0; i < N_SOURCES; i++) {
		const struct source *s = &sources[i];
		int64_t nb = base ? files_of(m, "baseline", s) : s->enough, nc = cur ? files_of(m, "current", s) : s->enough;
		char side[160];

		if (nb >= s->enough && nc >= s->enough)
			continue;
		if (base && cur && nb < s->enough && nc < s->enough)
			snprintf(side, sizeof(side), "both sides; %lld and %lld there, %lld wanted", (long long)nb, (long long)nc,
				 (long long)s->enough);
		else
			snprintf(side, sizeof(side), "%s; %lld there, %lld wanted", !base ? "the one side" : nb < s->enough ? "baseline" :
				 "current", (long long)(nb < s->enough ? nb : nc), (long long)s->enough);
		print_missing(p, n, s->name, side, s->gives, s->capture, s->mind);
	}
}

/* Profiles whose time is not known cannot be matched with load, pauses and each other. */
static void print_times(struct page *p, const struct report_model *m, unsigned *n)
{
	int64_t profiles = 0, timed = 0;

	for (size_t i = 0; i < m->data.n; i++)
		if (m->data.v[i].timed != STORE_NULL) {
			profiles += m->data.v[i].profiles;
			timed += m->data.v[i].timed;
		}
	if (timed < profiles)
		print_missing(p, n, "times of profiles", "", "one clock for profiles, pauses and load",
			      "a run.json in each run's folder: \"files\": {\"heap-000.pprof\": {\"t0\": \"2026-11-20T10:02:30Z\"}}", NULL);
	if (!m->settings.n && m->data.n)
		print_missing(p, n, "settings", "", "whether the sides are comparable at all: GOMAXPROCS, GOGC, memory limit, CPU quota",
			      "run.json: \"settings\": {\"GOMAXPROCS\": 4, \"GOGC\": 100}", NULL);
}

/* What the contest says a missing source could add; the rest of this page is what one should have in any case. */
static void print_worth(struct page *p, const struct report_model *m)
{
	struct buf b = { .limit = 1 << 16 };

	if (!m->missing.n)
		return;
	page_heading(p, "WHAT WOULD HELP MOST", "by the answer as it stands");
	if (m->missing.v[0].gain < WORTH_TELLING)
		page_text(p, 2, 2, INK_PLAIN, str_from("No source that is missing would raise the confidence by itself."));
	for (size_t i = 0; i < m->missing.n && i < WORTH_SHOWN && m->missing.v[i].gain >= WORTH_TELLING; i++) {
		const struct model_missing *x = &m->missing.v[i];

		buf_reset(&b);
		buf_str(&b, x->needs);
		buf_puts(&b, ": if it is ");
		buf_str(&b, x->cause);
		buf_printf(&b, ", its score would be %.2f instead of %.2f", x->score, x->now);
		page_item(p, 2, MARK_BULLET, buf_view(&b));
	}
	buf_free(&b);
}

static void print_notes(struct page *p, const struct report_model *m)
{
	if (!m->notes.n)
		return;
	page_heading(p, "NOTES", "what files said about themselves");
	for (size_t i = 0; i < m->notes.n && i < 50; i++) {
		struct buf b = { .limit = 1 << 16 };

		buf_str(&b, m->notes.v[i].path);
		if (m->notes.v[i].place.n) {
			buf_puts(&b, ", ");
			buf_str(&b, m->notes.v[i].place);
		}
		buf_puts(&b, ": ");
		buf_str(&b, m->notes.v[i].text);
		page_item(p, 2, MARK_BULLET, buf_view(&b));
		buf_free(&b);
	}
}

void report_doctor(struct buf *out, const struct report_model *m, const struct report_opts *o)
{
	struct buf text = { .limit = 64 << 20 };
	struct page p;
	unsigned n = 0;

	page_init(&p, &text, o);
	buf_puts(&text, "attrib doctor: ");
	term_run(&text, o);
	page_end(&p);
	print_there(&p, m);
	print_worth(&p, m);
	page_heading(&p, "WHAT IS MISSING", "of what attrib knows how to use");
	print_baseline(&p, m, &n);
	print_sources(&p, m, &n);
	print_times(&p, m, &n);
	if (!n)
		page_text(&p, 2, 2, INK_PLAIN, str_from("Nothing that attrib knows how to use."));
	term_unread(&p, m, 0);
	print_notes(&p, m);
	page_blank(&p);
	buf_puts(&text, "Next: attrib analyze ");
	term_run(&text, o);
	page_end(&p);
	page_finish(out, &text, o);
	buf_free(&text);
}

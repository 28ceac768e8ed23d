// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * formats.c - which format is it? By content alone, in the order of docs/formats.md; the first row that fits wins
 *
 * A row is a decoder, or a look that names what no decoder takes, so that a user reads "wrk's report is not read by
 * this version" and not "unknown". What is certain from its first bytes stands first; what could claim somebody else's
 * file (CSV by its column names, rows without a header) stands last.
 */
#include "ingest/decoder.h"

static bool holds(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static struct str first_line(struct str head)
{
	const char *nl;

	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	while (head.n && (head.p[0] == '\n' || head.p[0] == '\r' || head.p[0] == ' '))
		head = str_skip(head, 1);
	nl = head.n ? memchr(head.p, '\n', head.n) : NULL;
	if (nl)
		head.n = (size_t)(nl - head.p);
	if (head.n && head.p[head.n - 1] == '\r')
		head.n--;
	return head;
}

/* Some line of head begins with lit. */
static bool line_starts(struct str head, const char *lit)
{
	size_t n = strlen(lit);

	while (head.n >= n) {
		const char *nl = memchr(head.p, '\n', head.n);

		if (memcmp(head.p, lit, n) == 0)
			return true;
		if (!nl)
			break;
		head = str_skip(head, (size_t)(nl - head.p) + 1);
	}
	return false;
}

static bool is_json(struct str head)
{
	struct str l = first_line(head);

	return l.n && (l.p[0] == '{' || l.p[0] == '[');
}

/* ---- looks ---- */

static bool looks_empty(struct str h)
{
	return first_line(h).n == 0;
}

static bool looks_trace(struct str h)
{
	return h.n >= 16 && memcmp(h.p, "go 1.", 5) == 0 && memcmp(h.p + 13, "\0\0\0", 3) == 0 &&
	       holds((struct str){ h.p, 16 }, " trace");
}

static bool looks_executable(struct str h)
{
	return str_starts(h, "\x7f"
			     "ELF") ||
	       str_starts(h, "\xcf\xfa\xed\xfe") || (str_starts(h, "MZ") && memchr(h.p, 0, h.n));
}

static bool looks_sqlite(struct str h)
{
	return h.n >= 16 && memcmp(h.p, "SQLite format 3", 16) == 0;
}

static bool looks_vegeta_gob(struct str h)
{
	return h.n >= 14 && (unsigned char)h.p[0] == 0xff && memcmp(h.p + 2, "\xff\x81\x03\x01\x01\x06Result", 12) == 0;
}

/* Machine words 0, 3, 0, period, 0: the profile of gperftools and of Go before 1.9. */
static bool looks_binary_cpu(struct str h)
{
	for (size_t w = 4; w <= 8; w += 4) {
		uint64_t word[5] = { 0 };

		for (size_t i = 0; i < 5 && h.n >= 5 * w; i++)
			memcpy(&word[i], h.p + i * w, w);
		if (h.n >= 5 * w && word[0] == 0 && word[1] == 3 && word[2] == 0 && word[3] > 0 && word[4] == 0)
			return true;
	}
	return false;
}

static bool looks_heap_text(struct str h)
{
	return str_starts(h, "heap profile: ") && holds(first_line(h), "@ heap");
}

static bool looks_contention_text(struct str h)
{
	return str_starts(h, "--- contention:") || str_starts(h, "--- mutex:");
}

static bool looks_count_text(struct str h)
{
	struct str l = first_line(h);
	const char *p = l.n ? memmem(l.p, l.n, " profile: total ", 16) : NULL;

	return p && !memchr(l.p, ' ', (size_t)(p - l.p));
}

static bool looks_expvar(struct str h)
{
	return is_json(h) && holds(h, "\"memstats\"") && holds(h, "\"cmdline\"");
}

static bool looks_gcstats(struct str h)
{
	return is_json(h) && holds(h, "\"PauseEnd\"") && holds(h, "\"NumGC\"");
}

static bool looks_runtime_metrics(struct str h)
{
	return is_json(h) && (holds(h, "\"/gc/") || holds(h, "\"/sched/") || holds(h, "\"/memory/classes/"));
}

static bool looks_k6(struct str h)
{
	if (str_starts(first_line(h), "metric_name,timestamp,metric_value"))
		return true;
	return is_json(h) &&
	       ((holds(h, "\"type\":\"Metric\"") && holds(h, "\"metric\":")) || holds(h, "\"type\":\"Point\"") ||
		(holds(h, "\"metrics\"") && (holds(h, "http_req") || holds(h, "iterations"))));
}

/* ts_ns,code,latency_ns,bytes_out,bytes_in,...: no header. */
static bool looks_vegeta_csv(struct str h)
{
	struct str l = first_line(h);
	int commas = 0;
	size_t i = 0;

	while (i < l.n && l.p[i] >= '0' && l.p[i] <= '9')
		i++;
	if (i != 19)
		return false;
	for (; i < l.n; i++)
		commas += l.p[i] == ',';
	return commas >= 7 && commas <= 11;
}

static bool looks_vegeta(struct str h)
{
	if (is_json(h))
		return (holds(h, "\"latencies\"") && holds(h, "\"status_codes\"")) ||
		       (holds(h, "\"attack\":") && holds(h, "\"latency\":") && holds(h, "\"seq\":"));
	return line_starts(h, "Requests      [total") || line_starts(h, "Latencies     [") || looks_vegeta_csv(h);
}

static bool looks_ghz(struct str h)
{
	if (is_json(h))
		return holds(h, "\"latencyDistribution\"") || holds(h, "\"statusCodeDistribution\"");
	return str_starts(first_line(h), "duration (ms),status,error") ||
	       (line_starts(h, "  Count:") && holds(h, "Status code distribution:"));
}

static bool looks_hey(struct str h)
{
	return str_starts(first_line(h), "response-time,DNS+dialup,DNS,") ||
	       (line_starts(h, "Summary:") && holds(h, "Requests/sec:") && holds(h, "Slowest:"));
}

static bool looks_wrk(struct str h)
{
	return str_starts(first_line(h), "Running ") &&
	       (holds(h, " test @ ") || holds(h, "goroutine(s) running concurrently"));
}

static bool looks_gctrace(struct str h)
{
	return holds(h, " ms clock, ") && holds(h, " ms cpu, ") && holds(h, " MB goal, ");
}

static bool looks_schedtrace(struct str h)
{
	return holds(h, "SCHED ") && holds(h, "ms: gomaxprocs=");
}

static bool looks_prometheus(struct str h)
{
	return line_starts(h, "# HELP ") || line_starts(h, "# TYPE ") || line_starts(h, "go_gc_") ||
	       line_starts(h, "go_goroutines ") || line_starts(h, "go_memstats_");
}

static bool looks_html(struct str h)
{
	struct str l = first_line(h);

	return str_starts(l, "<html") || str_starts(l, "<HTML") || str_starts(l, "<!DOCTYPE") ||
	       str_starts(l, "<!doctype");
}

static bool looks_index_page(struct str h)
{
	return looks_html(h) && holds(h, "/debug/pprof/");
}

static bool looks_error_body(struct str h)
{
	static const char *const starts[] = {
		"Unknown profile",
		"404 page not found",
		"Could not enable CPU profiling",
		"seconds and debug params are incompatible",
		"invalid value for \"seconds\"",
		"\"seconds\" parameter is not supported for this profile type",
		"profile duration exceeds server's WriteTimeout",
		"failed to collect profile",
		"Not Found",
		"Forbidden",
		"Unauthorized",
		"Bad Gateway",
		"Service Unavailable",
		"upstream connect error",
		"no healthy upstream",
		"curl: (",
	};
	struct str l = first_line(h);

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts) && h.n < 4096; i++)
		if (str_starts(l, starts[i]))
			return true;
	return false;
}

/* "a;b;c 12" in each line, the last of the head aside. */
static bool looks_folded(struct str h)
{
	int lines = 0;

	while (h.n) {
		const char *nl = memchr(h.p, '\n', h.n), *blank;
		struct str l = { h.p, nl ? (size_t)(nl - h.p) : h.n };

		if (!nl)
			break;
		blank = l.n ? memrchr(l.p, ' ', l.n) : NULL;
		if (!blank || !memchr(l.p, ';', (size_t)(blank - l.p)) || blank + 1 == l.p + l.n)
			return false;
		for (const char *p = blank + 1; p < l.p + l.n; p++)
			if (*p < '0' || *p > '9')
				return false;
		lines++;
		h = str_skip(h, l.n + 1);
	}
	return lines > 0;
}

static bool looks_binary(struct str h)
{
	return h.n && memchr(h.p, 0, h.n) != NULL;
}

static bool looks_csv(struct str h)
{
	struct str l = first_line(h);

	return memchr(l.p, ',', l.n) || memchr(l.p, ';', l.n) || memchr(l.p, '\t', l.n);
}

static bool looks_anything(struct str h)
{
	(void)h;
	return true;
}

#define NOT_READ " is not read by this version"

static const struct {
	const struct decoder *decoder;
	bool (*looks)(struct str head);
	const char *why;
} rows[] = {
	{ NULL, looks_empty, "empty: nothing was written to it (a request to a server that did not answer?)" },
	{ NULL, looks_trace, "an execution trace (runtime/trace)" NOT_READ },
	{ NULL, looks_executable, "an executable: symbols are in the profiles already, it is not needed" },
	{ NULL, looks_sqlite, "a database, not a capture" },
	{ &decoder_pprof, NULL, NULL },
	{ NULL, looks_vegeta_gob, "vegeta's gob stream" NOT_READ " (vegeta encode --to csv makes text of it)" },
	{ NULL, looks_binary_cpu, "a legacy binary CPU profile (Go before 1.9, gperftools): it holds no symbols" },
	{ NULL, looks_heap_text, "a heap profile as text (debug=1)" NOT_READ ": capture it without debug=1" },
	{ NULL, looks_contention_text,
	  "a block or mutex profile as text (debug=1)" NOT_READ ": capture it without debug=1" },
	{ NULL, looks_count_text,
	  "a profile as text (debug=1)" NOT_READ ": capture it without debug=1, or goroutines with debug=2" },
	{ &decoder_run_json, NULL, NULL },
	{ &decoder_godump, NULL, NULL },
	{ NULL, looks_gctrace, "a log of gctrace lines" NOT_READ },
	{ NULL, looks_schedtrace, "a log of schedtrace lines" NOT_READ },
	{ NULL, looks_expvar, "expvar (/debug/vars)" NOT_READ },
	{ NULL, looks_gcstats, "debug.GCStats as JSON" NOT_READ },
	{ NULL, looks_runtime_metrics, "runtime/metrics as JSON" NOT_READ },
	{ NULL, looks_prometheus, "Prometheus text" NOT_READ },
	{ NULL, looks_k6, "k6's output" NOT_READ },
	{ NULL, looks_vegeta, "vegeta's output" NOT_READ },
	{ NULL, looks_ghz, "ghz's report" NOT_READ },
	{ NULL, looks_hey, "hey's report" NOT_READ },
	{ NULL, looks_wrk, "wrk's report" NOT_READ },
	{ &decoder_load_csv, NULL, NULL },
	{ &decoder_metric_csv, NULL, NULL },
	{ &decoder_events_csv, NULL, NULL },
	{ NULL, looks_index_page, "the index page of /debug/pprof/, saved in place of a profile" },
	{ NULL, looks_html, "an HTML page, not a capture (an HTTP error page?)" },
	{ NULL, looks_error_body, "an HTTP error message, saved in place of a capture" },
	{ NULL, looks_folded, "folded stacks are not read by this version" },
	{ &decoder_gc_csv, NULL, NULL },
	{ NULL, is_json, "JSON of a kind that is not known" },
	{ NULL, looks_binary, "bytes of a kind that is not known" },
	{ NULL, looks_csv,
	  "text of a kind that is not known (as CSV it has no columns of load, metrics, events or GC pauses)" },
	{ NULL, looks_anything, "text of a kind that is not known" },
};

const struct decoder *const decoders[] = {
	&decoder_pprof, &decoder_run_json, &decoder_godump, &decoder_load_csv, &decoder_metric_csv, &decoder_events_csv,
	&decoder_gc_csv, NULL,
};

const struct decoder *decoder_find(struct str head, const char **why)
{
	*why = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].decoder && rows[i].decoder->sniff(head))
			return rows[i].decoder;
		if (rows[i].looks && rows[i].looks(head)) {
			*why = rows[i].why;
			break;
		}
	}
	return NULL;
}

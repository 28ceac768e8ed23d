// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * formats.c - which format is it? By content alone, in the order of docs/formats.md; the first row that fits wins
 *
 * A row is a decoder, or a look that names what no decoder takes, so that a user reads "wrk's report is not read by
 * this version" and not "unknown". What is certain from its first bytes stands first; what could claim somebody else's
 * file (CSV by its column names, rows without a header) stands last.
 */
#include "ingest/decoder.h"
#include "ingest/log.h"

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
	{ &decoder_vegeta_gob, NULL, NULL },
	{ NULL, looks_binary_cpu, "a legacy binary CPU profile (Go before 1.9, gperftools): it holds no symbols" },
	{ &decoder_legacy_heap, NULL, NULL },
	{ &decoder_legacy_contention, NULL, NULL },
	{ &decoder_legacy_count, NULL, NULL },
	{ &decoder_run_json, NULL, NULL },
	{ &decoder_log, NULL, NULL },	/* dumps among other text; a dump alone is the next one's */
	{ &decoder_godump, NULL, NULL },
	{ &decoder_expvar, NULL, NULL },
	{ &decoder_gcstats, NULL, NULL },
	{ &decoder_runtime_metrics, NULL, NULL },
	{ &decoder_prometheus, NULL, NULL },
	{ &decoder_go_modules, NULL, NULL },
	{ &decoder_netstat, NULL, NULL },
	{ &decoder_ss, NULL, NULL },
	{ &decoder_qdisc, NULL, NULL },
	{ &decoder_iperf3, NULL, NULL },
	{ &decoder_ping, NULL, NULL },
	{ &decoder_ebpf_hist, NULL, NULL },
	{ &decoder_envoy, NULL, NULL },
	{ &decoder_cgroup, NULL, NULL },
	{ &decoder_k6_csv, NULL, NULL },
	{ &decoder_k6_json, NULL, NULL },
	{ &decoder_k6_summary, NULL, NULL },
	{ &decoder_vegeta_json, NULL, NULL },
	{ &decoder_vegeta_report_json, NULL, NULL },
	{ &decoder_vegeta_report, NULL, NULL },
	{ &decoder_vegeta_csv, NULL, NULL },
	{ &decoder_ghz, NULL, NULL },
	{ &decoder_ghz_text, NULL, NULL },
	{ &decoder_ghz_csv, NULL, NULL },
	{ &decoder_hey, NULL, NULL },
	{ &decoder_hey_csv, NULL, NULL },
	{ &decoder_wrk, NULL, NULL },
	{ &decoder_load_csv, NULL, NULL },
	{ &decoder_metric_csv, NULL, NULL },
	{ &decoder_events_csv, NULL, NULL },
	{ &decoder_http_error, NULL, NULL },
	{ &decoder_folded, NULL, NULL },
	{ &decoder_gc_csv, NULL, NULL },
	{ &decoder_log, log_long, NULL },	/* what it holds may come later */
	{ NULL, log_plain,
	  "an application log: no gctrace, schedtrace, panic or goroutine dump stands in it" },
	{ NULL, is_json, "JSON of a kind that is not known" },
	{ NULL, looks_binary, "bytes of a kind that is not known" },
	{ NULL, looks_csv,
	  "text of a kind that is not known (as CSV it has no columns of load, metrics, events or GC pauses)" },
	{ NULL, looks_anything, "text of a kind that is not known" },
};

const struct decoder *const decoders[] = {
	&decoder_pprof, &decoder_legacy_heap, &decoder_legacy_contention, &decoder_legacy_count, &decoder_folded,
	&decoder_run_json, &decoder_godump, &decoder_load_csv, &decoder_metric_csv, &decoder_events_csv,
	&decoder_gc_csv, &decoder_k6_csv, &decoder_k6_json, &decoder_k6_summary, &decoder_vegeta_gob,
	&decoder_vegeta_json, &decoder_vegeta_csv, &decoder_vegeta_report, &decoder_vegeta_report_json,
	&decoder_ghz, &decoder_ghz_text, &decoder_ghz_csv, &decoder_hey,
	&decoder_hey_csv, &decoder_wrk, &decoder_log, &decoder_http_error,
	&decoder_expvar, &decoder_gcstats, &decoder_runtime_metrics, &decoder_prometheus, &decoder_go_modules, &decoder_netstat,
	&decoder_ss, &decoder_qdisc, &decoder_iperf3, &decoder_ping, &decoder_ebpf_hist, &decoder_envoy, &decoder_cgroup, NULL,
};

const struct decoder *decoder_find(struct str head, const char **why)
{
	*why = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].looks ? !rows[i].looks(head) : !rows[i].decoder->sniff(head))
			continue;
		*why = rows[i].why;
		return rows[i].decoder;
	}
	return NULL;
}

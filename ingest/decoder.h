/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decoder.h - what a decoder is given and what it promises
 *
 * Adding a format: write ingest/<format>.c with one `const struct decoder`, name it in the table of ingest/formats.c (first match
 * wins, most specific first), add a golden case in tests/cases/formats/ and a fuzz target. `version` goes up whenever the same
 * bytes give other records: it decides whether a source is read again.
 *
 * decode() reads `in` to its end. It returns 0, or a code with message and place: then the file is refused and whatever was
 * put is dropped. What can be survived (a bad row, a cut last block) is a `note` record instead. It puts records in the order that records.def asks for,
 * holds memory bounded by limits, never recurses on input, and does not trust one number of the file.
 */
#ifndef INGEST_DECODER_H
#define INGEST_DECODER_H

#include "core/limits.h"
#include "core/reader.h"
#include "ingest/sink.h"

struct decode_opts {
	const struct limits *limits;
	bool tree;		/* false: function totals only, no call sites and samples (attrib diff) */
	bool by_symbol;		/* without a tree: totals of canonical names, a func record for each, and what of a function's CPU is inlined */
	const char *name;	/* the file's name, only for what its contents cannot tell: block or mutex */
};

struct decoder {
	const char *kind;	/* source.kind: pprof, godump, gc_csv, load_csv, run_json ... */
	int version;
	/* head: the first 64 KiB, inflated. True: this format. */
	bool (*sniff)(struct str head);
	int (*decode)(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err);
	/* What it holds is of the run, not of one process: load reports, run.json, events.csv. Its source has no instance. */
	bool of_run;
};

extern const struct decoder decoder_pprof, decoder_godump, decoder_gc_csv, decoder_load_csv, decoder_run_json,
	decoder_metric_csv, decoder_events_csv, decoder_log, decoder_http_error;
extern const struct decoder decoder_expvar, decoder_gcstats, decoder_runtime_metrics, decoder_prometheus, decoder_netstat,
	decoder_cgroup, decoder_ss, decoder_qdisc, decoder_iperf3, decoder_ping, decoder_envoy, decoder_go_modules,
	decoder_ebpf_hist;
extern const struct decoder decoder_k6_csv, decoder_k6_json, decoder_k6_summary, decoder_vegeta_gob, decoder_vegeta_json,
	decoder_vegeta_csv, decoder_vegeta_report, decoder_vegeta_report_json, decoder_ghz, decoder_ghz_text, decoder_ghz_csv,
	decoder_hey, decoder_hey_csv, decoder_wrk;
extern const struct decoder decoder_legacy_heap, decoder_legacy_contention, decoder_legacy_count, decoder_folded;

/* formats.c: the decoder for these bytes; NULL: none. *why then says what it looks like ("an HTTP error page", "empty"). */
const struct decoder *decoder_find(struct str head, const char **why);
/* All of them, NULL at the end. */
extern const struct decoder *const decoders[];

#endif

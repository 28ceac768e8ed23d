/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_summary.h - a load report without a time axis: one point over the whole test
 *
 * Start from LOAD_SUMMARY_NONE and fill in what the report says; NaN stays out. Reports as text are read a line at a
 * time through load_lines(), which strips what terminals add.
 */
#ifndef INGEST_LOAD_SUMMARY_H
#define INGEST_LOAD_SUMMARY_H

#include "core/reader.h"
#include "ingest/load_hist.h"
#include "ingest/sink.h"

/* X(field, series, unit): the quantities of a summary, in the order in which they are put. */
#define LOAD_SUMMARY_FIELDS(X)                                                                                         \
	X(requests, "load.requests", "count")                                                                          \
	X(errors, "load.errors", "count")                                                                              \
	X(offered, "load.offered", "count")                                                                            \
	X(dropped, "load.dropped", "count")                                                                            \
	X(p50, "load.p50", "ns")                                                                                       \
	X(p90, "load.p90", "ns")                                                                                       \
	X(p95, "load.p95", "ns")                                                                                       \
	X(p99, "load.p99", "ns")                                                                                       \
	X(max, "load.max", "ns")                                                                                       \
	X(mean, "load.mean", "ns")                                                                                     \
	X(vus, "load.vus", "count")

struct load_summary {
#define X(field, series, unit) double field;
	LOAD_SUMMARY_FIELDS(X)
#undef X
	int64_t t0;	/* STORE_NULL: the report tells no time of day */
	double span;	/* ns; NaN: not known */
};

extern const struct load_summary load_summary_none;

/* The clock, the series, the points. ERR_FORMAT when nothing was found. */
int load_summary_put(const struct load_summary *s, struct sink *out, struct err *err) ERR_MUST_CHECK;
/* Takes a percentile of which the report has one a line; others than 50, 90, 95, 99 and 100 are left. */
void load_summary_percentile(struct load_summary *s, double percent, double ns);
/* Row of an HDR histogram's percentiles: "value-in-ms percentile(0..1) count 1/(1-p)". A wanted percentile is read at the
 * first row that reaches it, unless that lies nearer to the end of the tail. false: no such row. */
bool load_summary_spectrum(struct load_summary *s, struct str line);
/* All of a histogram: quantiles, most, mean. */
void load_summary_hist(struct load_summary *s, struct load_hist *h);

/* Calls line() for every line until it returns non-zero. A gzip file that is cut ends where it is cut: a note. */
int load_lines(struct reader *in, struct sink *out, int (*line)(void *arg, struct str l, struct err *err), void *arg,
	       struct err *err) ERR_MUST_CHECK;

/* ---- words of such a line ---- */

struct str load_trim(struct str s);
/* l begins with key (blanks before it aside): *rest is what follows, trimmed. */
bool load_after(struct str l, const char *key, struct str *rest);
/* The next word of *s, up to a blank or comma, taken off. Empty: none left. */
struct str load_word(struct str *s);
/* A number at the start of s, behind which something else may stand; false: none. */
bool load_number(struct str s, double *v);
/* Go's durations, and those of wrk (us ms s m h). */
bool load_duration(struct str s, double *ns);

#define load_note(out, text, lost, err) put_note(out, err, (struct rec_note){ STR_NONE, STR_LIT(text), lost })

#endif

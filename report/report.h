/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - the door of the third stage: rows out, for people and programs
 *
 * The model is read once from the views of core/views.sql and is all a writer sees; a writer is one function that appends to a
 * buffer, asks nothing else and rounds nothing but through core/fmt. Check the buffer (buf_check) when the writer is done.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "core/buf.h"
#include "core/costs.h"
#include "core/store.h"

#define REPORT_VERSION "0.1.0"		/* of the tool, printed by every output */
#define REPORT_JSON_SCHEMA "attrib/1"	/* docs/attrib-1.schema.json */

struct report_model;
struct plots;

int report_model_load(struct report_model **out, struct store *st, struct err *err) ERR_MUST_CHECK;
/* Of a comparison that no store holds: its totals and functions for report_diff(), and its caveats. Texts stay those of the answer. */
int report_model_of(struct report_model **out, const struct cost_answer *a, struct err *err) ERR_MUST_CHECK;
/* Adds each function's raw sums of both sides, which only report_diff_json() prints. */
int report_model_add_raw(struct report_model *m, struct store *st, struct err *err) ERR_MUST_CHECK;
void report_model_free(struct report_model *m);		/* NULL is fine */

/* What the exit status and the lines on stderr need to know. */
struct report_facts {
	size_t read, partial, refused, ignored;		/* inputs */
	size_t gates_failed;				/* level fail, result not pass */
	bool analysed;					/* there is a verdict */
	struct str verdict;				/* cause id, none, unknown */
	size_t usable_base, usable_cur;			/* inputs read, wholly or in part, by side */
};
void report_facts(struct report_facts *out, const struct report_model *m);
/* The counts of inputs alone, from the store: before there is anything to load. */
int report_count_inputs(struct report_facts *out, struct store *st, struct err *err) ERR_MUST_CHECK;

/* What became of a gate, by its text as it was given (with or without warn:). false: it is not in the analysis. */
struct report_gate { double value, lo, hi; bool missing, failed; };
bool report_gate(struct report_gate *out, const struct report_model *m, const char *gate);

struct report_opts {
	unsigned columns;	/* 40 .. 200 */
	bool utf8, colour;
	bool wide;		/* names are never cut */
	bool verbose;		/* every cause, all evidence, every input */
	const char *run;	/* the run folder as the user wrote it, for the next command; NULL: none is named */
	const char *html;	/* the report file that was written; NULL: none */
	const struct plots *plots;	/* report/plot.h: the curves as sparklines; NULL: none */
};

void report_term(struct buf *out, const struct report_model *m, const struct report_opts *o);
void report_json(struct buf *out, const struct report_model *m);
/* The page, self-contained: no network, no script. plots (report/plot.h) may be NULL. */
void report_html(struct buf *out, const struct report_model *m, const struct plots *plots);

/* One cause in full. false: this analysis does not know the id. */
bool report_cause(struct buf *out, const struct report_model *m, const struct report_opts *o, const char *id);

/* What is there, what is missing, what each missing source would make possible and how to capture it. */
void report_doctor(struct buf *out, const struct report_model *m, const struct report_opts *o);

/* The files that gave nothing or not all; at most max lines (0: all). */
void report_not_read(struct buf *out, const struct report_model *m, const struct report_opts *o, size_t max);

/* The same as plain lines for standard error: "cpu.pprof (byte 5000): gzip data is cut". side NULL: all. */
void report_not_read_lines(struct buf *out, const struct report_model *m, const char *side, size_t max);

struct report_diff_opts {
	struct report_opts term;
	size_t rows;		/* of each metric; 0: the default */
	const char *metric;	/* --sample-index: a metric id of docs/names.md, or pprof's word for it; NULL: all */
	bool cum;		/* sort by cum instead of flat */
	bool peek;		/* callers and callees instead of the table */
	bool shares;		/* values are shares of the total */
	const char *old, *new;	/* as the user wrote them */
};
/* ERR_USAGE when --sample-index names a metric that is not there (the message lists those that are). */
int report_diff(struct buf *out, const struct report_model *m, const struct report_diff_opts *o, struct err *err) ERR_MUST_CHECK;
int report_diff_json(struct buf *out, const struct report_model *m, const struct report_diff_opts *o, struct err *err) ERR_MUST_CHECK;

/* Every stack "root;...;leaf BASE CURRENT", a line each, of one metric (NULL: the first), as difffolded.pl writes and flamegraph.pl reads: flat
 * costs per unit of work, or as they are where the view was absolute. The analysis must have been made with paths. */
int report_folded(struct buf *out, struct store *st, const struct report_model *m, const char *metric, struct err *err) ERR_MUST_CHECK;

/* ---- for CI: each writes a whole document over the same model ------------------------------------------------------------------------- */

/* What the catalogue says of a cause, for readers who meet only its id. Borrowed. */
struct report_rule { const char *id, *title, *what, *advice; };

struct report_ci {
	const char *const *maps;	/* FROM=TO: how a build machine's path becomes the repository's; the first that fits */
	size_t n_maps;
	bool skip_unmapped;		/* a cause without a line in the repository sets no mark; else it stands at go.mod:1 */
	const struct report_rule *rules;
	size_t n_rules;
	const char *page;		/* what the page is called in messages; NULL: it is not named */
};
/* "FROM=TO", or ERR_USAGE. */
int report_ci_map_check(const char *map, struct err *err) ERR_MUST_CHECK;

typedef void report_writer(struct buf *out, const struct report_model *m, const struct report_ci *ci);
report_writer report_sarif;		/* SARIF 2.1.0, as GitHub's code scanning takes it */
report_writer report_junit;		/* a test case a gate */
report_writer report_annotations;	/* GitHub's workflow commands, at most REPORT_ANNOTATIONS of each kind */
report_writer report_summary;		/* Markdown for a job summary or a comment, at most REPORT_SUMMARY bytes */
report_writer report_codequality;	/* GitLab's code quality */
report_writer report_metrics;		/* OpenMetrics for GitLab, three digits, undecided changes 0: its texts are compared as strings */
report_writer report_prometheus;	/* for the node exporter's textfile collector: no timestamps */
report_writer report_functions_csv;	/* a row a function and metric: flat, cum and own of both sides with their tests */
#define REPORT_ANNOTATIONS 10
#define REPORT_SUMMARY (256u << 10)

/* All rows of a view of core/views.sql in the order of its columns, in pieces. put returns 0 or what it stored in err. */
enum report_format { REPORT_CSV, REPORT_TSV, REPORT_JSON };
typedef int report_put(void *arg, struct str piece, struct err *err);
struct report_export {
	const char *view;
	enum report_format format;
	bool raw;		/* no ' before a text that a spreadsheet would take for a formula */
	report_put *put;
	void *arg;
	char sql[2][800];	/* the writer's own, kept until the store is closed */
};
/* ERR_USAGE when there is no such view. A writer that follows one on the same store has a struct of its own. */
int report_export(struct store *st, struct report_export *o, struct err *err) ERR_MUST_CHECK;
/* The name of the i-th view; false: there are no more. */
bool report_view(size_t i, char name[64]);

/* Text for a terminal or a log in which no line is a command to a CI runner: `::` at a line's start and `##` are broken by a
 * backslash. Every writer for terminals ends in it; cli uses it for messages on stderr. */
void report_guard(struct buf *out, struct str text);

#endif

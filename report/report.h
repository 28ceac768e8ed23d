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
#include "core/store.h"

#define REPORT_VERSION "0.1.0"		/* of the tool, printed by every output */
#define REPORT_JSON_SCHEMA "attrib/1"	/* docs/attrib-1.schema.json */

struct report_model;
struct plots;

int report_model_load(struct report_model **out, struct store *st, struct err *err) ERR_MUST_CHECK;
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
	const char *old, *new;	/* as the user wrote them */
};
/* ERR_USAGE when --sample-index names a metric that is not there (the message lists those that are). */
int report_diff(struct buf *out, const struct report_model *m, const struct report_diff_opts *o, struct err *err) ERR_MUST_CHECK;
int report_diff_json(struct buf *out, const struct report_model *m, const struct report_diff_opts *o, struct err *err) ERR_MUST_CHECK;

/* Text for a terminal or a log in which no line is a command to a CI runner: `::` at a line's start and `##` are broken by a
 * backslash. Every writer for terminals ends in it; cli uses it for messages on stderr. */
void report_guard(struct buf *out, struct str text);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.h - rows of a CSV file, one at a time
 *
 * Lines that are blank or begin with # are skipped. A row that cannot be read is counted and costs one line: reading
 * goes on at the next newline, whatever its quotes began. A gzip file that is cut ends where it is cut. Fields lose the
 * blanks around them; "" stands for a quote.
 */
#ifndef INGEST_CSV_H
#define INGEST_CSV_H

#include "core/reader.h"
#include "ingest/sink.h"

struct csv;

struct csv_row {
	const struct str *field;	/* borrowed until the next csv_next() */
	int n;
	uint64_t line;			/* where the row begins */
};

/* Borrows in and limits. */
int csv_open(struct csv **out, struct reader *in, char delim, const struct limits *limits,
	     struct err *err) ERR_MUST_CHECK;
void csv_close(struct csv *c);	/* NULL is fine */
int csv_next(struct csv *c, struct csv_row *row, bool *end, struct err *err) ERR_MUST_CHECK;
/* The caller could not use the row that csv_next() gave last: it counts as bad. */
void csv_reject(struct csv *c);

/* After the end. More than one row in ten bad: the file is refused, with the place of the first. Otherwise notes of
 * what was lost. */
int csv_finish(struct csv *c, struct sink *out, struct err *err) ERR_MUST_CHECK;

/* The separator: the first of , ; TAB that gives two columns or more, as many in the first row as in the header. 0: one
 * column. */
char csv_delimiter(struct str head);
/* The n-th line of head (from 0) that is neither blank nor a comment, without its newline; false: none, or cut off by
 * the head's end. */
bool csv_head_line(struct str head, int n, struct str *line);
/* Splits a line of a head without copying: quotes around a field go, "" inside stays. Returns the number of fields, at
 * most max. */
int csv_split(struct str line, char delim, struct str *field, int max);

#define CSV_COLUMNS 256	/* a row beyond is bad */

#endif

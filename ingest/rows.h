/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows.h - the writer: records of a file into rows of ingest's tables
 *
 *     rows_begin(f) ... records into rows_sink() ... rows_accept() or rows_refuse()            for a file that a
 * decoder took rows_aside(f)                                                                            for any other
 *
 * Files come one after the other. Ids that are local to a file become ids of the database; functions, call sites and
 * label sets are shared over all files. What a refused file had put is gone when rows_refuse() returns. Memory: the
 * shared names, and tables as long as the ids of one file.
 */
#ifndef INGEST_ROWS_H
#define INGEST_ROWS_H

#include "ingest/place.h"
#include "ingest/walk.h"
#include "ingest/wire.h"

struct rows;

/* Knows what st holds already. st and place outlive it; a transaction is open. */
int rows_open(struct rows **out, struct store *st, const struct limits *l, struct place *place,
	      struct err *err) ERR_MUST_CHECK;
void rows_close(struct rows *r); /* NULL is fine */

/* A source of that path which is there is dropped with its rows, unless what->unchanged: then only records that place
 * others count. */
int rows_begin(struct rows *r, const struct walk_file *f, const struct wire_what *what, struct err *err) ERR_MUST_CHECK;
struct sink *rows_sink(struct rows *r);
/* After an error of the sink: true when the records are to blame (refuse the file), false when the database failed. */
bool rows_blames_file(const struct rows *r);
/* True once rows of a source that was there have been dropped: what they shared may be left over. */
bool rows_dropped(const struct rows *r);
int rows_accept(struct rows *r, const struct wire_end *end, bool *partial, struct err *err) ERR_MUST_CHECK;
int rows_refuse(struct rows *r, const struct wire_end *end, struct err *err) ERR_MUST_CHECK;
/* what NULL: it was not even opened; kind then says what it is. */
int rows_aside(struct rows *r, const struct walk_file *f, const struct wire_what *what, const char *kind,
	       const struct wire_end *end, struct err *err) ERR_MUST_CHECK;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_lines.h - one JSON object a line
 *
 * A line that is no JSON, or that row() does not like, is counted; more than one in ten and the file is refused, with
 * the place of the first; fewer are one note.
 */
#ifndef INGEST_JSON_LINES_H
#define INGEST_JSON_LINES_H

#include "core/json.h"
#include "core/reader.h"
#include "ingest/sink.h"

struct json_lines {
	const char *noun;	/* "line" */
	/* What of a line is to be parsed; .p NULL: this line is of no interest. Optional. scratch: empty, for a line that
	 * must be changed. */
	struct str (*pick)(void *arg, struct str line, struct buf *scratch);
	/* *ok = false: a bad line. n: the object. */
	int (*row)(void *arg, const struct json *j, uint32_t n, bool *ok, struct err *err);
	void *arg;
};

/* The same for objects that come from elsewhere: the elements of a long array. json_batch_end() parses what is left and
 * says what was bad. */
struct json_batch;
int json_batch_new(struct json_batch **out, const struct json_lines *l, const struct limits *limits,
		   struct err *err) ERR_MUST_CHECK;
int json_batch_add(struct json_batch *b, struct str object, uint64_t number, struct err *err) ERR_MUST_CHECK;
int json_batch_end(struct json_batch *b, struct sink *out, struct err *err) ERR_MUST_CHECK;
void json_batch_free(struct json_batch *b);	/* NULL is fine */

int json_lines_read(const struct json_lines *l, struct reader *in, const struct limits *limits, struct sink *out,
		    struct err *err) ERR_MUST_CHECK;

#endif

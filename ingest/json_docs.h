/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_docs.h - JSON values one after the other in a file: one document, JSON lines, dumps put together
 */
#ifndef INGEST_JSON_DOCS_H
#define INGEST_JSON_DOCS_H

#include "core/json.h"
#include "core/reader.h"

struct json_docs {
	struct reader *in;
	struct json *j;
	struct buf text;	  /* of the present document */
	uint64_t line, next_line; /* where it begins; where the reader is */
};

int json_docs_open(struct json_docs *d, struct reader *in, const struct limits *l, struct err *err) ERR_MUST_CHECK;
/* Parses the next document into d->j; *end: there is none. What JSON has no word for (NaN, Inf) is null or a string. */
int json_docs_next(struct json_docs *d, bool *end, struct err *err) ERR_MUST_CHECK;
void json_docs_close(struct json_docs *d);

/* The text is JSON by its first byte, behind a BOM and blanks. */
bool json_docs_sniff(struct str head);

#endif

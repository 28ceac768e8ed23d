/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dump.h - two sinks for tests: records as text, records as a count
 *
 *     func id=3 name="main.f" file="main.go"          one line a record, fields in the order of records.def, unknown
 * ones left out
 *
 * The text says exactly what a decoder put, strings quoted and not cleaned, reals with the digits that read back.
 */
#ifndef INGEST_DUMP_H
#define INGEST_DUMP_H

#include "core/buf.h"
#include "ingest/sink.h"

struct dump {
	struct sink sink;
	struct buf *out; /* borrowed */
};
void dump_init(struct dump *d, struct buf *out);

struct dump_count {
	struct sink sink;
	uint64_t records[REC_TYPES];
	uint64_t bytes;	   /* of all strings, read once: a sanitizer sees what lies outside */
	unsigned char mix; /* of those bytes, so that reading them is not optimised away */
};
void dump_count_init(struct dump_count *c);

#endif

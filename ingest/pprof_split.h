/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof_split.h - the top level of a protobuf stream, field by field
 */
#ifndef INGEST_PPROF_SPLIT_H
#define INGEST_PPROF_SPLIT_H

#include "core/reader.h"

enum wire { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct split {
	struct reader *in;
	struct str window;	/* what the reader showed last */
	size_t used;		/* of it */
	uint64_t at;		/* offset of the window's first byte */
	char *spill;		/* a payload that is larger than a peek may be; the owner frees it */
	size_t spill_cap;
};

struct split_field {
	uint64_t at;		/* offset of its tag */
	uint32_t number;
	enum wire wire;
	uint64_t value;		/* varint: the value; bytes: the length; fixed: the size */
};

/* One varint at the start of s: bytes taken, 0 when s ends inside it, -1 when it is longer than ten. */
int split_varint(struct str s, uint64_t *value);
/* The next field, *end at the end of the input. A varint's value is in f; anything else must be taken or skipped
 * next. */
int split_next(struct split *s, struct split_field *f, bool *end, struct err *err) ERR_MUST_CHECK;
/* The payload, borrowed until the next call. f->value was checked against a limit by the caller. */
int split_take(struct split *s, const struct split_field *f, struct str *out, struct err *err) ERR_MUST_CHECK;
int split_skip(struct split *s, const struct split_field *f, struct err *err) ERR_MUST_CHECK;

#endif

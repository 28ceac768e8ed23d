/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sink.h - where decoders put what they read
 *
 * A decoder turns bytes into records and touches nothing else: no database, no clock, no environment. What happens to a record is
 * the sink's business: a pipe to the parent (ingest/wire), rows (ingest/rows), text for golden tests (ingest/dump), a count for
 * fuzzing (ingest/dump). A sink copies what it keeps: strings in a record are borrowed for the call.
 */
#ifndef INGEST_SINK_H
#define INGEST_SINK_H

#include "core/err.h"
#include "core/store.h"	/* STORE_NULL */
#include "core/str.h"

#define INT(f)	int64_t f;
#define REAL(f)	double f;
#define STR(f)	struct str f;
#define REC(name, fields) struct rec_##name { fields };
#include "ingest/records.def"
#undef REC

enum rec_type {
#define REC(name, fields) REC_##name,
#include "ingest/records.def"
#undef REC
	REC_TYPES
};
#undef INT
#undef REAL
#undef STR

struct sink {
	/* 0, or a code: the decoder stops and hands it on. rec points to the struct that `type` names. */
	int (*put)(struct sink *s, enum rec_type type, const void *rec, struct err *err);
};

#define REC(name, fields) \
	static inline int put_##name(struct sink *s, struct err *err, struct rec_##name rec) \
	{ \
		return s->put(s, REC_##name, &rec, err); \
	}
#include "ingest/records.def"
#undef REC

/* The same list as data: field kinds in order; every struct is the fields one after the other, 8-byte aligned. */
enum field_kind { FIELD_INT, FIELD_REAL, FIELD_STR };
struct field {
	const char *name;
	enum field_kind kind;
};
struct rec_info {
	const char *name;
	const struct field *fields;
	int n_fields;
};
extern const struct rec_info rec_info[REC_TYPES];
const void *rec_field(enum rec_type type, const void *rec, int i);	/* int64_t *, double * or struct str * */

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * sink.c - the list of records as data
 *
 * One list (records.def) makes the structs that decoders fill and the table that the pipe, the dump and the counter
 * walk, so a new field needs no second edit. The table says nothing about offsets: a struct is its fields one after the
 * other, which the assertions below hold the compiler to.
 */
#include "ingest/sink.h"

#define INT(f)		  +sizeof(int64_t)
#define REAL(f)		  +sizeof(double)
#define STR(f)		  +sizeof(struct str)
#define REC(name, fields) _Static_assert(sizeof(struct rec_##name) == 0 fields, "rec_" #name " has holes");
#include "ingest/records.def"
#undef REC
#undef INT
#undef REAL
#undef STR

#define INT(f)		  { #f, FIELD_INT },
#define REAL(f)		  { #f, FIELD_REAL },
#define STR(f)		  { #f, FIELD_STR },
#define REC(name, fields) static const struct field fields_##name[] = { fields };
#include "ingest/records.def"
#undef REC
#undef INT
#undef REAL
#undef STR

#define REC(name, fields) { #name, fields_##name, (int)(sizeof(fields_##name) / sizeof(fields_##name[0])) },
const struct rec_info rec_info[REC_TYPES] = {
#include "ingest/records.def"
};
#undef REC

const void *rec_field(enum rec_type type, const void *rec, int i)
{
	const struct field *f = rec_info[type].fields;
	const char *p = rec;

	for (; i > 0; i--, f++)
		p += f->kind == FIELD_STR ? sizeof(struct str) : sizeof(int64_t);
	return p;
}

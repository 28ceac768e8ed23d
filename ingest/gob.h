/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gob.h - Go's self-describing stream (encoding/gob), as much as it takes to read records of one struct
 *
 * The stream declares its types before the first value of each. gob_types_add() learns them; gob_next_field() walks the
 * fields of a struct value; what is not wanted is skipped by its type, to any depth, without recursion. Everything is
 * bounded by the bytes of the message and by GOB_TYPES, GOB_FIELDS and GOB_DEPTH.
 */
#ifndef INGEST_GOB_H
#define INGEST_GOB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

enum { GOB_TYPES = 64, GOB_FIELDS = 64, GOB_DEPTH = 16, GOB_NAME = 32 };

/* Types that need no declaration. */
enum { GOB_BOOL = 1, GOB_INT, GOB_UINT, GOB_FLOAT, GOB_BYTES, GOB_STRING, GOB_COMPLEX, GOB_INTERFACE };

enum gob_shape { GOB_NONE, GOB_ARRAY, GOB_SLICE, GOB_STRUCT, GOB_MAP, GOB_OPAQUE };	/* opaque: encodes itself */

struct gob_type {
	int64_t id;
	enum gob_shape shape;
	int64_t elem, key;
	uint64_t len;		/* of an array */
	int n_fields;
	struct gob_field {
		char name[GOB_NAME];
		int64_t type;
	} field[GOB_FIELDS];
};

struct gob_types {
	struct gob_type type[GOB_TYPES];
	int n;
};

const struct gob_type *gob_type_find(const struct gob_types *t, int64_t id);

/* All take from the front of *s; false: not well-formed, or it ends too early. */
bool gob_uint(struct str *s, uint64_t *v);
bool gob_int(struct str *s, int64_t *v);
bool gob_bytes(struct str *s, struct str *v);	/* bytes, strings and what encodes itself */
/* The declaration of type id, without its id in front. A type that is declared again replaces the old one. */
bool gob_types_add(struct gob_types *t, int64_t id, struct str s);
/* The next field of a struct: *at is -1 at first. *end: there is none. */
bool gob_next_field(struct str *s, const struct gob_type *type, int *at, bool *end);
bool gob_skip(const struct gob_types *t, struct str *s, int64_t type);

#endif

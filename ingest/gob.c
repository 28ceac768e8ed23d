// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gob.c - the wire of encoding/gob
 *
 * An unsigned number below 128 is one byte; otherwise a byte with the negated count of the big-endian bytes that follow.
 * A signed one is unsigned with the sign in bit 0, inverted when negative. A struct is a list of (distance to the field
 * before, value), ended by 0; fields of value zero are left out. A declaration is itself a struct of that kind:
 *
 *     wireType  { 1 array { 1 common, 2 elem, 3 len }  2 slice { 1 common, 2 elem }  3 struct { 1 common, 2 []field }
 *                 4 map { 1 common, 2 key, 3 elem }  5 6 7 encoders { 1 common } }
 *     common { 1 name, 2 id }     field { 1 name, 2 type id }
 */
#include "ingest/gob.h"

static uint8_t byte_at(struct str s, size_t i)
{
	return (uint8_t)s.p[i];
}

bool gob_uint(struct str *s, uint64_t *v)
{
	size_t n;

	if (!s->n)
		return false;
	if (byte_at(*s, 0) < 128) {
		*v = byte_at(*s, 0);
		*s = str_skip(*s, 1);
		return true;
	}
	n = 256u - byte_at(*s, 0);
	if (n > 8 || s->n < n + 1)
		return false;
	*v = 0;
	for (size_t i = 1; i <= n; i++)
		*v = *v << 8 | byte_at(*s, i);
	*s = str_skip(*s, n + 1);
	return true;
}

bool gob_int(struct str *s, int64_t *v)
{
	uint64_t u;

	if (!gob_uint(s, &u))
		return false;
	*v = u & 1 ? (int64_t)~(u >> 1) : (int64_t)(u >> 1);
	return true;
}

bool gob_bytes(struct str *s, struct str *v)
{
	uint64_t n;

	if (!gob_uint(s, &n) || n > s->n)
		return false;
	*v = (struct str){ s->p, (size_t)n };
	*s = str_skip(*s, (size_t)n);
	return true;
}

const struct gob_type *gob_type_find(const struct gob_types *t, int64_t id)
{
	for (int i = t->n - 1; i >= 0; i--)
		if (t->type[i].id == id)
			return &t->type[i];
	return NULL;
}

/* The number of the next field of a struct whose declaration is built in: *at counts from 0. */
static bool step(struct str *s, int64_t *at, bool *end)
{
	uint64_t delta;

	if (!gob_uint(s, &delta) || delta > GOB_FIELDS)
		return false;
	*end = delta == 0;
	*at += (int64_t)delta;
	return true;
}

bool gob_next_field(struct str *s, const struct gob_type *type, int *at, bool *end)
{
	int64_t n = *at;

	if (!step(s, &n, end) || n >= type->n_fields)
		return false;
	*at = (int)n;
	return true;
}

/* { 1 name string, 2 number }, of which both may be absent. */
static bool named_number(struct str *s, struct str *name, int64_t *number)
{
	int64_t at = 0;
	bool end = false;

	*name = STR_LIT("");
	*number = 0;
	while (!end) {
		if (!step(s, &at, &end))
			return false;
		if (!end && !(at == 1 ? gob_bytes(s, name) : at == 2 && gob_int(s, number)))
			return false;
	}
	return true;
}

static bool struct_fields(struct str *s, struct gob_type *t)
{
	uint64_t n;
	struct str name;

	if (!gob_uint(s, &n) || n > GOB_FIELDS)
		return false;
	for (uint64_t i = 0; i < n; i++) {
		struct gob_field *f = &t->field[i];

		if (!named_number(s, &name, &f->type))
			return false;
		if (name.n >= GOB_NAME)	/* no name that anybody asks for */
			name.n = 0;
		if (name.n)
			memcpy(f->name, name.p, name.n);
		f->name[name.n] = '\0';
	}
	t->n_fields = (int)n;
	return true;
}

/* One of wireType's members, which all begin with common. */
static bool member(struct str *s, struct gob_type *t)
{
	int64_t at = 0, id, number = 0;
	struct str name;
	bool end = false, ok = true;

	while (ok) {
		if (!step(s, &at, &end))
			return false;
		if (end)
			break;
		if (at == 1)
			ok = named_number(s, &name, &id);
		else if (at == 2 && t->shape == GOB_STRUCT)
			ok = struct_fields(s, t);
		else if ((at == 2 || at == 3) && t->shape != GOB_OPAQUE)
			ok = gob_int(s, &number);
		else
			return false;
		if (ok && at == 2 && t->shape == GOB_MAP)
			t->key = number;
		else if (ok && at == 3 && t->shape == GOB_ARRAY)
			t->len = number > 0 ? (uint64_t)number : 0;
		else if (ok && at > 1)
			t->elem = number;
	}
	return ok;
}

bool gob_types_add(struct gob_types *t, int64_t id, struct str s)
{
	static const enum gob_shape shapes[] = { GOB_NONE, GOB_ARRAY, GOB_SLICE, GOB_STRUCT, GOB_MAP, GOB_OPAQUE, GOB_OPAQUE,
						 GOB_OPAQUE };
	struct gob_type *type = NULL;
	int64_t at = 0;
	bool end;

	for (int i = 0; i < t->n; i++)
		if (t->type[i].id == id)
			type = &t->type[i];
	if (!type && t->n == GOB_TYPES)
		return false;
	if (!type)
		type = &t->type[t->n++];
	*type = (struct gob_type){ .id = id };
	if (!step(&s, &at, &end) || end || at >= (int64_t)(sizeof(shapes) / sizeof(*shapes)))
		return false;
	type->shape = shapes[at];
	return member(&s, type);
}

/* ---- values nobody asked for ---- */

struct level {
	const struct gob_type *type;
	uint64_t left;		/* elements, of a map keys and elements */
	int64_t at;		/* field of a struct */
	bool value;		/* of a map: its value comes next */
};

static bool skip_basic(struct str *s, int64_t type)
{
	struct str bytes;
	uint64_t v;

	switch (type) {
	case GOB_BOOL:
	case GOB_INT:
	case GOB_UINT:
	case GOB_FLOAT:
		return gob_uint(s, &v);
	case GOB_BYTES:
	case GOB_STRING:
		return gob_bytes(s, &bytes);
	case GOB_COMPLEX:
		return gob_uint(s, &v) && gob_uint(s, &v);
	default:		/* interfaces: they name types of the sender's program */
		return false;
	}
}

/* Begins a value: what has parts becomes a level. */
static bool skip_begin(const struct gob_types *t, struct str *s, int64_t id, struct level *stack, int *depth)
{
	const struct gob_type *type = gob_type_find(t, id);
	struct level l = { .type = type, .at = -1 };
	struct str bytes;

	if (!type)
		return skip_basic(s, id);
	if (type->shape == GOB_OPAQUE)
		return gob_bytes(s, &bytes);
	if (*depth == GOB_DEPTH || type->shape == GOB_NONE)
		return false;
	if (type->shape != GOB_STRUCT && (!gob_uint(s, &l.left) || l.left > s->n))	/* each takes a byte at least */
		return false;
	if (type->shape == GOB_MAP)
		l.left *= 2;
	stack[(*depth)++] = l;
	return true;
}

bool gob_skip(const struct gob_types *t, struct str *s, int64_t type)
{
	struct level stack[GOB_DEPTH];
	int depth = 0;

	if (!skip_begin(t, s, type, stack, &depth))
		return false;
	while (depth) {
		struct level *l = &stack[depth - 1];
		int64_t next = l->type->elem;
		bool end;

		if (l->type->shape == GOB_STRUCT) {
			if (!step(s, &l->at, &end) || l->at >= l->type->n_fields)
				return false;
			next = end ? 0 : l->type->field[l->at].type;
		} else {
			end = l->left == 0;
			l->left -= !end;
			if (l->type->shape == GOB_MAP && !l->value)
				next = l->type->key;
			l->value = !l->value;
		}
		if (end)
			depth--;
		else if (!skip_begin(t, s, next, stack, &depth))
			return false;
	}
	return true;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_split.c - the only protobuf read by hand
 *
 * protobuf-c wants a message in one piece and would unpack a profile into eleven times its size. So the top level is
 * walked here (tag, length, payload), and each submessage goes to protobuf-c alone. Groups (wire types 3, 4) are
 * malformed: no writer of profiles ever made one.
 */
#include "ingest/pprof_split.h"

#include "ingest/grow.h"

enum { PEEK_MAX = 64 << 10, VARINT_MAX = 10 };

int split_varint(struct str s, uint64_t *value)
{
	uint64_t v = 0;

	for (int i = 0; i < VARINT_MAX; i++) {
		if ((size_t)i >= s.n)
			return 0;
		v |= (uint64_t)(s.p[i] & 0x7f) << (7 * i);
		if (!(s.p[i] & 0x80)) {
			*value = v;
			return i + 1;
		}
	}
	return -1;
}

static int bad(const char *what, uint64_t at, struct err *err)
{
	err_set(err, ERR_FORMAT, "%s", what);
	return err_at(err, "byte %llu", (unsigned long long)at);
}

/* The input ends too early: the reader knows better why when it is a damaged gzip file. */
static int cut(struct split *s, uint64_t at, struct err *err)
{
	int rc;

	reader_skip_peeked(s->in, s->window.n);
	rc = reader_peek(s->in, 1, &s->window, err);
	return rc ? rc : bad("the profile is cut inside a field", at, err);
}

/* Shows at least `want` bytes unless the input ends before. */
static int fill(struct split *s, size_t want, struct err *err)
{
	if (s->window.n - s->used >= want)
		return 0;
	reader_skip_peeked(s->in, s->used);
	s->at += s->used;
	s->used = 0;
	s->window.n = 0;
	return reader_peek(s->in, want, &s->window, err);
}

static int take_varint(struct split *s, uint64_t *value, uint64_t at, struct err *err)
{
	int n, rc;

	if (s->used < s->window.n && !(s->window.p[s->used] & 0x80)) {	/* tags and most lengths */
		*value = (unsigned char)s->window.p[s->used++];
		return 0;
	}
	rc = fill(s, VARINT_MAX, err);
	if (rc)
		return rc;
	n = split_varint(str_skip(s->window, s->used), value);
	if (n <= 0)
		return n ? bad("a number of more than ten bytes", at, err) : cut(s, at, err);
	s->used += (size_t)n;
	return 0;
}

int split_next(struct split *s, struct split_field *f, bool *end, struct err *err)
{
	uint64_t tag = 0;
	int rc = fill(s, VARINT_MAX, err);

	if (rc)
		return rc;
	*end = s->used == s->window.n;
	if (*end)
		return 0;
	*f = (struct split_field){ .at = s->at + s->used };
	rc = take_varint(s, &tag, f->at, err);
	if (rc)
		return rc;
	if (tag >> 3 == 0 || tag >> 3 > INT32_MAX)
		return bad("a protobuf field cannot have this number", f->at, err);
	f->number = (uint32_t)(tag >> 3);
	f->wire = (enum wire)(tag & 7);
	if (f->wire == WIRE_VARINT || f->wire == WIRE_BYTES)
		return take_varint(s, &f->value, f->at, err);
	f->value = f->wire == WIRE_FIXED64 ? 8 : 4;
	if (f->wire != WIRE_FIXED64 && f->wire != WIRE_FIXED32)
		return bad("a protobuf field of a kind no profile holds (a group, or damage)", f->at, err);
	return 0;
}

int split_take(struct split *s, const struct split_field *f, struct str *out, struct err *err)
{
	int rc = fill(s, f->value < PEEK_MAX ? (size_t)f->value : PEEK_MAX, err);

	if (rc)
		return rc;
	*out = (struct str){ s->window.p ? s->window.p + s->used : "", (size_t)f->value };
	if (s->window.n - s->used >= f->value) {
		s->used += out->n;
		return 0;
	}
	if (f->value <= PEEK_MAX)
		return cut(s, f->at, err);
	rc = grow(&s->spill, &s->spill_cap, out->n, 1, err);
	if (rc)
		return rc;
	out->p = s->spill;
	reader_skip_peeked(s->in, s->used);
	s->at += s->used + f->value;
	s->window = (struct str){ 0 };
	s->used = 0;
	return reader_read(s->in, s->spill, f->value, err);
}

int split_skip(struct split *s, const struct split_field *f, struct err *err)
{
	uint64_t here = s->window.n - s->used, n = f->wire == WIRE_VARINT ? 0 : f->value;

	if (n <= here) {
		s->used += (size_t)n;
		return 0;
	}
	reader_skip_peeked(s->in, s->used);
	s->at += s->used + n;
	s->window = (struct str){ 0 };
	s->used = 0;
	return reader_read(s->in, NULL, n, err);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_wire.c - libFuzzer target: what a worker that a hostile file took over could send to its parent
 *
 * Frames are taken off, the records in them replayed: every text of every record lies inside the bytes that came.
 */
#include <stdlib.h>

#include "ingest/wire.h"

struct reading {
	struct sink sink;
	uint64_t sum;
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static int put(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct reading *r = (struct reading *)s;

	(void)err;
	check(type < REC_TYPES);
	for (int i = 0; i < rec_info[type].n_fields; i++) {
		const struct str *text = rec_field(type, rec, i);

		for (size_t k = 0; rec_info[type].fields[i].kind == FIELD_STR && k < text->n; k++)
			r->sum += (unsigned char)text->p[k];
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading r = { .sink.put = put };
	struct str bytes = { (const char *)data, size };
	struct buf records = { .limit = 1 << 20 };
	struct wire_frame f;
	struct err err = { 0 };
	size_t taken = 0;
	int n;

	while ((n = wire_frame(bytes, &f)) > 0) {
		struct wire_what what;
		struct wire_end end;
		struct wire_died died;

		check((size_t)n <= bytes.n && f.type < WIRE_TYPES && f.payload.n <= (size_t)n);
		if (f.type == WIRE_WHAT && wire_read_what(f.payload, &what))
			check(memchr(what.kind, 0, sizeof(what.kind)) != NULL);
		if (f.type == WIRE_END && wire_read_end(f.payload, &end))
			check(memchr(end.reason, 0, sizeof(end.reason)) && memchr(end.place, 0, sizeof(end.place)));
		if (f.type == WIRE_DIED)
			wire_read_died(f.payload, &died);
		if (f.type == WIRE_DATA)
			buf_str(&records, f.payload);
		bytes = str_skip(bytes, (size_t)n);
	}
	if (!records.len)	/* bytes that are no frames are tried as records */
		buf_add(&records, data, size);
	n = wire_replay(buf_view(&records), &taken, &r.sink, &err);
	check(taken <= records.len && (!n || err.msg[0]));
	buf_free(&records);
	return 0;
}

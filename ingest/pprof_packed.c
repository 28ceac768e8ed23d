// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_packed.c - the numbers of a packed stack
 *
 * protobuf-c takes the sample apart, its stack comes as bytes (profile.proto, PackedSample). Here they become numbers:
 * two at a time while they have at most three bytes, as the locations of a file with less than 2^21 of them have.
 */
#include <endian.h>
#include <string.h>

#include "ingest/pprof.h"

enum { WORD = 8, NEAR_BYTES = 1024 };

/* Numbers in the bytes, at most: bytes that end one. */
static size_t count(struct str s)
{
	size_t n = 0;

	if (s.n <= NEAR_BYTES)
		return s.n; /* not worth a look at each */
	for (size_t i = 0; i < s.n; i++)
		n += !(s.p[i] & 0x80);
	return n + 1;
}

/* The first two numbers of the word, as long as neither has more than three bytes: their bytes, or 0. Lengths are added
 * up and not asked for, since the processor would guess them wrong time and again. */
static inline size_t unpack_two(uint64_t w, uint64_t id[2])
{
	uint64_t v2 = w >> 7 & 1, v3 = v2 & w >> 15, v4 = v3 & w >> 23; /* the first has a second, third, fourth byte */
	uint64_t x = w >> 8 * (1 + v2 + v3);
	uint64_t x2 = x >> 7 & 1, x3 = x2 & x >> 15, x4 = x3 & x >> 23;

	if (v4 | x4)
		return 0;
	id[0] = (w & 0x7f) | (w >> 1 & 0x3f80 & -v2) | (w >> 2 & 0x1fc000 & -v3);
	id[1] = (x & 0x7f) | (x >> 1 & 0x3f80 & -x2) | (x >> 2 & 0x1fc000 & -x3);
	return (size_t)(2 + v2 + v3 + x2 + x3);
}

/* The numbers of one piece; their count, or SIZE_MAX when it does not end with a number's last byte. */
static size_t unpack(struct str s, uint64_t *id)
{
	const char *p = s.p, *end = s.p + s.n;
	size_t n = 0, used;

	while (p < end) {
		int took;

		if (end - p >= WORD) {
			uint64_t w;

			memcpy(&w, p, WORD);
			used = unpack_two(le64toh(w), id + n);
			if (used) {
				n += 2;
				p += used;
				continue;
			}
		}
		took = split_varint((struct str){ p, (size_t)(end - p) }, &id[n]);
		if (took <= 0)
			return SIZE_MAX;
		n++;
		p += took;
	}
	return n;
}

bool pprof_unpack_stack(struct pprof *p, const Pb__PackedSample *from, Pb__Sample *to)
{
	size_t room = 0;

	pb__sample__init(to);
	to->n_value = from->n_value;
	to->value = from->value;
	to->n_label = from->n_label;
	to->label = from->label;
	for (size_t i = 0; i < from->n_location_ids; i++)
		room += count((struct str){ (const char *)from->location_ids[i].data, from->location_ids[i].len });
	to->location_id = p->alloc.alloc(p, (room + 1) * sizeof(*to->location_id));
	if (!to->location_id)
		return false;
	for (size_t i = 0; i < from->n_location_ids; i++) {
		struct str piece = { (const char *)from->location_ids[i].data, from->location_ids[i].len };
		size_t n = unpack(piece, to->location_id + to->n_location_id);

		if (n == SIZE_MAX)
			return false;
		to->n_location_id += n;
	}
	return true;
}

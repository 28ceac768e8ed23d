/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gz.h - gzip members and noise for the tests of core/reader
 */
#ifndef TESTS_GZ_H
#define TESTS_GZ_H

#include <stdlib.h>
#include <zlib.h>

#include "core/reader.h"
#include "tests/unit/check.h"

static uint64_t rng_state = 88172645463325252ULL;

static inline uint32_t rng(uint32_t below)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return (uint32_t)((rng_state >> 16) % below);
}

/* Mostly noise, with newlines. */
static inline struct buf noise(size_t n)
{
	struct buf b = { .limit = 0 };

	for (size_t i = 0; i < n; i++)
		buf_byte(&b, (char)(rng(8) ? rng(256) : '\n'));
	return b;
}

/* One gzip member of s appended to out. */
static inline void gz(struct buf *out, struct str s)
{
	z_stream z = { 0 };
	unsigned char chunk[4096];
	int rc;

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	z.next_in = (Bytef *)(uintptr_t)s.p;
	z.avail_in = (uInt)s.n;
	do {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		rc = deflate(&z, Z_FINISH);
		buf_add(out, chunk, sizeof(chunk) - z.avail_out);
	} while (rc == Z_OK);
	deflateEnd(&z);
}

static inline struct buf gz_of(struct str s)
{
	struct buf b = { .limit = 0 };

	gz(&b, s);
	return b;
}

static inline struct reader *open_mem(struct str s, const struct limits *l)
{
	struct reader *r = NULL;
	struct err err = { 0 };

	CHECK(reader_open_mem(&r, s, l, &err) == 0 && r);
	if (!r)
		exit(1);
	return r;
}

/* Everything ahead; the code that ended it. */
static inline int drain(struct reader *r, struct buf *out, struct err *err)
{
	struct str s;
	int rc;

	while ((rc = reader_peek(r, 1, &s, err)) == 0 && s.n) {
		buf_add(out, s.p, s.n);
		reader_skip_peeked(r, s.n);
	}
	return rc;
}

#endif

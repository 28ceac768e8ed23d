// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "tests/unit/check.h"

static bool all(const unsigned char *p, size_t n, unsigned char c)
{
	while (n && *p == c)
		p++, n--;
	return n == 0;
}

enum { PIECES = 4000 };

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Pieces are zero, aligned, do not overlap and keep what was written, over several rounds of reset. */
static void t_pieces(void)
{
	static struct piece {
		unsigned char *p;
		size_t n;
	} piece[PIECES];
	struct arena a = { 0 };
	uint32_t state = 7;
	bool zero = true, aligned = true, kept = true;

	for (int round = 0; round < 4; round++) {
		for (size_t i = 0; i < PIECES; i++) {
			piece[i].n = i % 97 == 0 ? next(&state) % 70000 : next(&state) % 200;
			piece[i].p = arena_alloc(&a, piece[i].n);
			CHECK(piece[i].p != NULL);
			if (!piece[i].p)
				return;
			zero = zero && all(piece[i].p, piece[i].n, 0);
			aligned = aligned && (uintptr_t)piece[i].p % alignof(max_align_t) == 0;
			memset(piece[i].p, (int)(i % 251 + 1), piece[i].n);
		}
		for (size_t i = 0; i < PIECES; i++)
			kept = kept && all(piece[i].p, piece[i].n, (unsigned char)(i % 251 + 1));
		arena_reset(&a);
		CHECK(a.used == 0);
	}
	CHECK(zero);
	CHECK(aligned);
	CHECK(kept);
	arena_free(&a);
	CHECK(a.head == NULL && a.used == 0);
	CHECK(arena_alloc(&a, 1) != NULL); /* of use again */
	arena_free(&a);
}

/* A few big pieces, then many small ones: reset keeps one block, and what it hands out is zero. */
static void t_reset_zeroes(void)
{
	struct arena a = { 0 };
	unsigned char *p;
	bool zero = true;

	p = arena_alloc(&a, 300000);
	CHECK(p != NULL);
	memset(p, 0xee, 300000);
	arena_reset(&a);
	for (int i = 0; i < 3000; i++) {
		p = arena_alloc(&a, 100);
		zero = zero && p && all(p, 100, 0);
		memset(p, 0xdd, 100);
		if (i % 700 == 699)
			arena_reset(&a);
	}
	CHECK(zero);
	arena_reset(&a);
	arena_reset(&a);
	arena_free(&a);
	arena_reset(&a);
	arena_free(&a);
}

static void t_limit(void)
{
	struct arena a = { .limit = 1000 };
	size_t n = 0;

	CHECK(arena_alloc(&a, 1001) == NULL);
	CHECK(a.used == 0);
	while (arena_alloc(&a, 100))
		n++;
	CHECK(n == 10 && a.used == 1000);
	CHECK(arena_alloc(&a, 1) == NULL);
	CHECK(arena_strdup(&a, "") == NULL);
	CHECK(arena_str(&a, STR_LIT("x")).p == NULL);
	arena_reset(&a);
	CHECK(arena_alloc(&a, 1000) != NULL);
	CHECK(arena_alloc(&a, 0) == NULL);
	arena_free(&a);
	CHECK(a.limit == 1000);
}

static void t_overflow(void)
{
	struct arena a = { 0 };

	CHECK(arena_alloc_n(&a, SIZE_MAX / 2 + 1, 2) == NULL);
	CHECK(arena_alloc_n(&a, SIZE_MAX, SIZE_MAX) == NULL);
	CHECK(arena_alloc(&a, SIZE_MAX) == NULL);
	CHECK(arena_alloc(&a, SIZE_MAX - 16) == NULL);
	CHECK(arena_strndup(&a, "x", SIZE_MAX) == NULL);
	CHECK(a.used == 0);
	CHECK(arena_array(&a, uint64_t, 10) != NULL);
	CHECK(arena_alloc(&a, SIZE_MAX - 64) == NULL); /* with a block to look into */
	CHECK(arena_alloc_n(&a, 0, 8) != NULL);
	arena_free(&a);
}

static void t_text(void)
{
	struct arena a = { 0 };
	char *s = arena_strdup(&a, "abc"), *t = arena_strndup(&a, "d\0ef", 3);
	struct str u = arena_str(&a, (struct str){ "", 0 }), none = arena_str(&a, STR_NONE);
	uint64_t *after = arena_new(&a, uint64_t); /* aligned again after text of odd length */

	CHECK_STR(s, "abc");
	CHECK(t && memcmp(t, "d\0e", 4) == 0);
	CHECK(u.p && u.n == 0 && u.p[0] == '\0');
	CHECK(none.p == NULL);
	CHECK(after && (uintptr_t)after % alignof(max_align_t) == 0 && *after == 0);
	CHECK(arena_strndup(&a, NULL, 0) != NULL);
	arena_free(&a);
}

int main(void)
{
	t_pieces();
	t_reset_zeroes();
	t_limit();
	t_overflow();
	t_text();
	return check_done();
}

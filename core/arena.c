// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * arena.c - blocks that are bumped through, and given back together
 *
 * Blocks double from 4 KiB to 1 MiB; what is large beside the current block gets one of its own behind it, so that the
 * rest of the current one is not lost. Memory is zero when handed out: a fresh block is zero from the system, and
 * `dirty` remembers how far an earlier round wrote, so that a reset arena clears only what it hands out again.
 * Text is packed without alignment. Under ASan every piece is a block of exactly its size.
 */
#include "core/arena.h"

#include "core/buf.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define EACH_ALONE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_ALONE 1
#endif
#endif
#ifndef EACH_ALONE
#define EACH_ALONE 0
#endif

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct arena_block {
	struct arena_block *next;
	size_t cap, pos, dirty; /* bytes of data; the first free one; all from here on are zero */
	alignas(max_align_t) char data[];
};

static struct arena_block *block_new(size_t cap)
{
	struct arena_block *b;

	if (cap > SIZE_MAX / 2)
		return NULL;
	b = calloc(1, sizeof(*b) + cap);
	if (b)
		b->cap = cap;
	return b;
}

static void *block_take(struct arena_block *b, size_t at, size_t size)
{
	char *p = b->data + at;

	b->pos = at + size;
	if (at < b->dirty)
		memset(p, 0, (b->pos < b->dirty ? b->pos : b->dirty) - at);
	if (b->pos > b->dirty)
		b->dirty = b->pos;
	return p;
}

/* The slow half: a block is needed. Pieces above a quarter of the next block stand alone, behind the head. */
static void *take_new(struct arena *a, size_t size)
{
	size_t cap = a->head ? a->head->cap * 2 : FIRST_BLOCK;
	struct arena_block *b;
	bool alone;

	if (cap > LARGEST_BLOCK)
		cap = LARGEST_BLOCK;
	if (cap < FIRST_BLOCK)
		cap = FIRST_BLOCK;
	alone = EACH_ALONE || size > cap / 4;
	b = block_new(alone ? size : cap);
	if (!b)
		return NULL;
	if (alone && a->head) {
		b->next = a->head->next;
		a->head->next = b;
	} else {
		b->next = a->head;
		a->head = b;
	}
	return block_take(b, 0, size);
}

static void *take(struct arena *a, size_t size, size_t align)
{
	struct arena_block *b = a->head;
	size_t at, need = size ? size : 1;

	if (a->limit && (a->used > a->limit || need > a->limit - a->used)) {
		a->failed = true;
		return NULL;
	}
	if (b && !EACH_ALONE) {
		at = (b->pos + align - 1) & ~(align - 1);
		if (at <= b->cap && need <= b->cap - at) {
			a->used += need;
			return block_take(b, at, need);
		}
	}
	void *p = take_new(a, need);

	if (p)
		a->used += need;
	else
		a->failed = true;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return take(a, size, alignof(max_align_t));
}

void *arena_alloc_n(struct arena *a, size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all)) {
		a->failed = true;
		return NULL;
	}
	return arena_alloc(a, all);
}

char *arena_strndup(struct arena *a, const char *p, size_t n)
{
	char *s = n < SIZE_MAX ? take(a, n + 1, 1) : NULL;

	if (s && n)
		memcpy(s, p, n);
	return s;
}

char *arena_strdup(struct arena *a, const char *s)
{
	if (s)
		return arena_strndup(a, s, strlen(s));
	a->failed = true;
	return NULL;
}

char *arena_buf(struct arena *a, const struct buf *b)
{
	if (!b->failed)
		return arena_strndup(a, b->data, b->len);
	a->failed = true;
	return NULL;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = s.p ? arena_strndup(a, s.p, s.n) : NULL;

	return (struct str){ p, p ? s.n : 0 };
}

static void free_list(struct arena_block *b)
{
	struct arena_block *next;

	for (; b; b = next) {
		next = b->next;
		free(b);
	}
}

void arena_free(struct arena *a)
{
	free_list(a->head);
	a->head = NULL;
	a->used = 0;
	a->failed = false;
}

void arena_reset(struct arena *a)
{
	struct arena_block **at, **largest = &a->head, *kept;

	if (!a->head || EACH_ALONE) {
		arena_free(a);
		return;
	}
	for (at = &a->head->next; *at; at = &(*at)->next) {
		if ((*at)->cap > (*largest)->cap)
			largest = at;
	}
	kept = *largest;
	*largest = kept->next;
	free_list(a->head);
	kept->next = NULL;
	kept->pos = 0;
	a->head = kept;
	a->used = 0;
}

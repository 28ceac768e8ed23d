/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena.h - memory that dies together
 *
 * Start one with `struct arena a = { .limit = BYTES }` (0: no limit). What arena_alloc() gives is zeroed, aligned for
 * any type, and lives until arena_free() or arena_reset(); nothing is freed alone. At its limit, or when the system has
 * no more, it returns NULL: the caller says which with err_nomem() or ERR_LIMIT, at once or, where many small things are
 * kept, at the end of a stage: `failed` stays set. Under ASan each piece is a malloc
 * of its own, so that an overflow inside a block is seen.
 */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "core/str.h"

struct arena_block;
struct arena {
	struct arena_block *head;
	size_t used;	/* bytes handed out since the start or the last reset */
	size_t limit;
	bool failed;	/* something was not given since the start or arena_free() */
};

void *arena_alloc(struct arena *a, size_t size);
/* NULL also when n * size overflows. */
void *arena_alloc_n(struct arena *a, size_t n, size_t size);
/* A copy with a NUL behind it; NULL as above. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);	/* of NULL, a text there was no memory for: NULL, and failed */
struct buf;
char *arena_buf(struct arena *a, const struct buf *b);	/* what b holds; NULL, and failed, when b has failed */
struct str arena_str(struct arena *a, struct str s);	/* .p NULL on failure */
/* Forgets everything but keeps the largest block for the next round. */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#define arena_new(a, T)		((T *)arena_alloc((a), sizeof(T)))
#define arena_array(a, T, n)	((T *)arena_alloc_n((a), (n), sizeof(T)))

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf.h - bytes that grow, up to a limit set at birth
 *
 * Start with `struct buf b = { .limit = BYTES }` (0: no limit). The first failure (limit or memory) sets `failed` and
 * makes every later call a no-op, so that a writer checks once, at its end. data is NUL-terminated whenever it is
 * not NULL; len does not count that NUL. buf_free() gives the memory back and leaves an empty buffer.
 */
#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"
#include "core/str.h"

struct buf {
	char *data;
	size_t len, cap, limit;
	bool failed;
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_byte(struct buf *b, char c);
void buf_puts(struct buf *b, const char *s);
void buf_str(struct buf *b, struct str s);
void buf_repeat(struct buf *b, const char *s, size_t times);
void buf_printf(struct buf *b, const char *fmt, ...) ERR_PRINTF(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) ERR_PRINTF(2, 0);
void buf_reset(struct buf *b);		/* len 0, failed off, memory kept */
void buf_free(struct buf *b);
struct str buf_view(const struct buf *b);	/* borrowed until the next call that adds */
/*
 * Whether any buf of this process was ever refused memory. Texts are made of many small bufs that nobody looks at one by one, so whoever
 * gives a whole one away must ask this; buf_check() does.
 */
bool buf_starved(void);
/* 0, or ERR_MEMORY when something was lost, here or in any buf that may have been a part. */
int buf_check(const struct buf *b, struct err *err) ERR_MUST_CHECK;

#endif

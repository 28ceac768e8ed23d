// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/buf.h"

#include <stdio.h>
#include <stdlib.h>

enum { BUF_FIRST = 64 };

static bool starved;

/* Room for n more bytes and the NUL; false, and failed for good, when there is none. */
static bool reserve(struct buf *b, size_t n)
{
	size_t need, cap;
	char *data;

	if (b->failed)
		return false;
	if (n >= SIZE_MAX / 2 - b->len || (b->limit && n > b->limit - b->len)) {
		b->failed = true;
		return false;
	}
	need = b->len + n + 1;
	if (need <= b->cap)
		return true;
	cap = b->cap ? b->cap : BUF_FIRST;
	while (cap < need)
		cap *= 2;
	if (b->limit && cap > b->limit + 1 && b->limit < SIZE_MAX / 2)
		cap = b->limit + 1;
	data = realloc(b->data, cap);
	if (!data) {
		starved = true;
		b->failed = true;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_byte(struct buf *b, char c)
{
	if (!reserve(b, 1))
		return;
	b->data[b->len++] = c;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.p ? s.n : 0);
}

void buf_repeat(struct buf *b, const char *s, size_t times)
{
	size_t n = strlen(s), all;

	if (__builtin_mul_overflow(n, times, &all)) {
		b->failed = true;
		return;
	}
	if (!reserve(b, all))
		return;
	for (; times; times--) {
		memcpy(b->data + b->len, s, n);
		b->len += n;
	}
	b->data[b->len] = '\0';
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	if (!reserve(b, 0))
		return;
	va_copy(again, ap);
	n = vsnprintf(b->data + b->len, b->cap - b->len, fmt, again);
	va_end(again);
	if (n >= 0 && (size_t)n >= b->cap - b->len) {
		b->data[b->len] = '\0'; /* half a text would be worse than none */
		if (!reserve(b, (size_t)n))
			return;
		n = vsnprintf(b->data + b->len, b->cap - b->len, fmt, ap);
	}
	if (n < 0) {
		b->data[b->len] = '\0';
		b->failed = true;
		return;
	}
	b->len += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .limit = b->limit };
}

struct str buf_view(const struct buf *b)
{
	return (struct str){ b->data ? b->data : "", b->len };
}

bool buf_starved(void)
{
	return starved;
}

int buf_check(const struct buf *b, struct err *err)
{
	if (!b->failed && !starved)
		return 0;
	if (b->failed && b->limit && !starved)
		return err_set(err, ERR_MEMORY, "text does not fit into %zu bytes", b->limit);
	return err_nomem(err);
}

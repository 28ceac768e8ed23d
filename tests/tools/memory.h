/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory.h - malloc(), calloc() and realloc() in front of the C library's: none where memory_fails(), of the file that includes this */
#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

#define MEMORY(call)                      \
	do {                              \
		if (!memory_fails())      \
			return call;      \
		errno = ENOMEM;           \
		return NULL;              \
	} while (0)

void *malloc(size_t size)
{
	MEMORY(__libc_malloc(size));
}

void *calloc(size_t a, size_t b)
{
	MEMORY(__libc_calloc(a, b));
}

void *realloc(void *p, size_t size)
{
	MEMORY(__libc_realloc(p, size));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * str.h - text as pointer and length, since input may hold NUL bytes
 *
 * A struct str borrows its bytes. p == NULL means "not known", which is not the empty string.
 */
#ifndef CORE_STR_H
#define CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR_NONE ((struct str){ NULL, 0 })
#define STR_LIT(s) ((struct str){ (s), sizeof(s) - 1 })

static inline struct str str_from(const char *s)
{
	return (struct str){ s, s ? strlen(s) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *lit)
{
	return str_eq(a, str_from(lit));
}

static inline bool str_starts(struct str a, const char *lit)
{
	size_t n = strlen(lit);

	return a.n >= n && memcmp(a.p, lit, n) == 0;
}

static inline struct str str_skip(struct str a, size_t n)
{
	if (n == 0 || n > a.n)
		return (struct str){ a.p, n ? 0 : a.n };	/* NULL + 0 is undefined */
	return (struct str){ a.p + n, a.n - n };
}

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/grow.h"

#include <stdlib.h>
#include <string.h>

int grow_slow(void *array, size_t *cap, size_t need, size_t size, struct err *err)
{
	size_t want = *cap + *cap / 2, bytes;
	char *p;

	if (want < need)
		want = need;
	if (want < 16)
		want = 16;
	if (__builtin_mul_overflow(want, size, &bytes))
		return err_nomem(err);
	memcpy(&p, array, sizeof(p));
	p = realloc(p, bytes);
	if (!p)
		return err_nomem(err);
	memcpy(array, &p, sizeof(p));
	*cap = want;
	return 0;
}

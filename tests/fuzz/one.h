/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * one.h - many decoders behind one program: $FUZZ_DECODER names the one to run, so that each is a target with a corpus of its own
 *
 * FUZZ_DECODER=list prints the kinds, one a line, and leaves. Without it the target chooses by content.
 */
#ifndef TESTS_FUZZ_ONE_H
#define TESTS_FUZZ_ONE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/decoder.h"

static const struct decoder *one;	/* NULL: by content */

/* Limits as small as a target wants them; $FUZZ_PLAIN: those of everyday, to see what real captures reach. */
static inline bool one_small(void)
{
	static int plain = -1;

	if (plain < 0)
		plain = getenv("FUZZ_PLAIN") != NULL;
	return !plain;
}

static inline void one_choose(const struct decoder *const *list, size_t n)
{
	const char *name = getenv("FUZZ_DECODER");

	if (!name)
		return;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, "list") == 0)
			puts(list[i]->kind);
		else if (strcmp(name, list[i]->kind) == 0)
			one = list[i];
	}
	if (!one)
		exit(strcmp(name, "list") != 0);
}

/* Inputs that are decoded a second time, to be compared: one in eight, the same ones in each run, since that doubles the cost. */
static inline bool one_twice(const uint8_t *data, size_t size)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < size; i++)
		h = (h ^ data[i]) * 16777619u;
	return (h ^ h >> 15) % 8 == 0 || !one_small();
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grow.h - plain arrays that grow by half
 *
 * For the tables of a decoder: millions of small fixed-size elements, indexed in hot loops, freed once. Large blocks
 * move by remapping pages, so growing costs no second copy in memory. What was there stays; what is new is not
 * cleared.
 */
#ifndef INGEST_GROW_H
#define INGEST_GROW_H

#include <stddef.h>

#include "core/err.h"

/* array: the address of the pointer (NULL at first); *cap in elements of `size` bytes. Makes room for `need` of
 * them. */
int grow_slow(void *array, size_t *cap, size_t need, size_t size, struct err *err) ERR_MUST_CHECK;

static inline ERR_MUST_CHECK int grow(void *array, size_t *cap, size_t need, size_t size, struct err *err)
{
	return need <= *cap ? 0 : grow_slow(array, cap, need, size, err);
}

#endif

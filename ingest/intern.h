/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intern.h - keys to row ids, with a way back
 *
 * The writer shares functions, call sites and label sets between files, and a file that is refused half way must leave
 * nothing behind: intern_cut() forgets the newest keys, as if they had never been seen. Keys are numbered 0, 1, 2 ...
 * in the order of first sight; each has an id and one bit, both the caller's. A zeroed struct is empty. Hashed with the
 * secret of the process (core/map).
 */
#ifndef INGEST_INTERN_H
#define INGEST_INTERN_H

#include <stdint.h>

#include "core/err.h"

struct intern_key {
	size_t at; /* in bytes */
	uint32_t n, hash;
	uint32_t id : 31, used : 1;
};

#define INTERN_ID_MAX INT32_MAX

struct intern {
	char *bytes;
	struct intern_key *key;
	uint32_t *slot; /* number + 1; 0: empty */
	size_t n_bytes, cap_bytes, cap;
	uint32_t n, n_slots;
};

/* The number of key; *is_new: it was not there, and has id 0 now. */
int intern_add(struct intern *in, const void *key, size_t n, uint32_t *number, bool *is_new,
	       struct err *err) ERR_MUST_CHECK;
/* Forgets all keys but the first n. */
void intern_cut(struct intern *in, uint32_t n);
void intern_free(struct intern *in);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * waitclass.h - what a stack's first frames say about waiting, where no header says it
 *
 * Goroutine profiles have no states, and the headers of block and mutex profiles are the same; both can be told by the
 * runtime functions at the leaf. Classes are those of docs/formats.md.
 */
#ifndef INGEST_WAITCLASS_H
#define INGEST_WAITCLASS_H

#include <stdint.h>

#include "core/str.h"

enum {
	WAITCLASS_FRAMES = 12,	/* more frames from the leaf on are not asked */
	WAITCLASS_ALL = 32,	/* classes and roles are below */
};

/* What one function name says; 0: nothing. */
uint8_t waitclass_role(struct str name);
/* The class of a goroutine from the roles of its frames, leaf first; its name. */
uint8_t waitclass_of(const uint8_t *role, size_t n);
const char *waitclass_name(uint8_t class);
/* A contention: 1 where somebody unlocks (mutex profile), -1 where somebody waits (block profile), 0 unknown. */
int waitclass_side(const uint8_t *role, size_t n);

#endif

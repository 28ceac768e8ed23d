/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.h - keys to dense numbers
 *
 * map:   byte strings to 0, 1, 2 ... in the order of first sight; keys are copied.
 * idmap: 64-bit ids to 32-bit values (pprof ids need not be dense).
 * Both hash with a secret of the process (from the system, once), so that nobody can plan collisions; no order that a
 * caller sees depends on the hash. A zeroed struct is an empty map. MAP_NONE: not there, or no memory.
 */
#ifndef CORE_MAP_H
#define CORE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/str.h"

#define MAP_NONE UINT32_MAX

struct map_slot;
struct map {
	struct arena keys;	/* its limit bounds the bytes of all keys */
	struct str *key;	/* key[i] is the i-th key */
	struct map_slot *slot;
	uint32_t n, cap, n_slots;
};

/* The number of key; a new key gets the next number, *is_new (may be NULL) tells. */
uint32_t map_add(struct map *m, const void *key, size_t n, bool *is_new);
uint32_t map_get(const struct map *m, const void *key, size_t n);
void map_free(struct map *m);

struct idmap_slot;
struct idmap {
	uint32_t *dense;		/* ids below n_dense; the others, and a few below, are hashed */
	struct idmap_slot *slot;
	uint32_t n, n_dense, n_hashed, n_slots;
};

/* Stores value for id unless id is there; returns the value that stands, MAP_NONE without memory. value < MAP_NONE. */
uint32_t idmap_add(struct idmap *m, uint64_t id, uint32_t value);
uint32_t idmap_get_hashed(const struct idmap *m, uint64_t id);
static inline uint32_t idmap_get(const struct idmap *m, uint64_t id)
{
	if (id < m->n_dense && m->dense[id] != MAP_NONE)
		return m->dense[id];
	return m->n_hashed ? idmap_get_hashed(m, id) : MAP_NONE;
}
void idmap_free(struct idmap *m);

/* SipHash-1-3 of the bytes under the process's secret. */
uint64_t map_hash(const void *p, size_t n);
uint64_t map_hash_id(uint64_t id);	/* of the id's eight bytes, lowest first */
/* As map_hash() under a key of the caller. */
uint64_t map_hash_keyed(const void *p, size_t n, const uint64_t key[2]);

#endif

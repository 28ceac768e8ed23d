// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * idmap.c - ids of a file to numbers
 *
 * Ids are dense in nearly every profile (Go numbers from 1), so small ids live in a plain array, which idmap_get()
 * reads inline; an id joins it while it is below four times the number of ids (so memory stays in proportion to what is
 * stored), any other goes to a hash table with linear probing. An id may therefore be hashed although the array later
 * grew past it: lookups that miss in the array ask the hash too.
 */
#include <stdlib.h>

#include "core/map.h"

enum { FIRST_SLOTS = 64, DENSE_FIRST = 1024, SLOTS_MAX_LOG2 = 31, DENSE_MAX_LOG2 = 30 };

struct idmap_slot {
	uint64_t id;
	uint32_t value; /* MAP_NONE: empty */
};

static inline uint32_t idmap_find(const struct idmap *m, uint64_t id)
{
	uint32_t mask = m->n_slots - 1, at = (uint32_t)map_hash_id(id) & mask;

	while (m->slot[at].value != MAP_NONE && m->slot[at].id != id)
		at = (at + 1) & mask;
	return at;
}

static bool idmap_grow_slots(struct idmap *m)
{
	struct idmap old = *m;

	if (old.n_slots >> SLOTS_MAX_LOG2)
		return false;
	m->n_slots = old.n_slots ? old.n_slots * 2 : FIRST_SLOTS;
	m->slot = malloc((size_t)m->n_slots * sizeof(*m->slot));
	if (!m->slot) {
		*m = old;
		return false;
	}
	memset(m->slot, 0xff, (size_t)m->n_slots * sizeof(*m->slot));
	for (uint32_t i = 0; i < old.n_slots; i++) {
		if (old.slot[i].value != MAP_NONE)
			m->slot[idmap_find(m, old.slot[i].id)] = old.slot[i];
	}
	free(old.slot);
	return true;
}

/* Lets the array reach id, which the caller found worth it. Without memory for that the hash still serves. */
static void idmap_grow_dense(struct idmap *m, uint64_t id)
{
	uint32_t n = m->n_dense ? m->n_dense : DENSE_FIRST;
	uint32_t *dense;

	while (n <= id)
		n *= 2;
	dense = realloc(m->dense, (size_t)n * sizeof(*dense));
	if (!dense)
		return;
	memset(dense + m->n_dense, 0xff, (size_t)(n - m->n_dense) * sizeof(*dense));
	m->dense = dense;
	m->n_dense = n;
}

uint32_t idmap_add(struct idmap *m, uint64_t id, uint32_t value)
{
	uint32_t stands = idmap_get(m, id), at;

	if (stands != MAP_NONE || value == MAP_NONE)
		return stands;
	if (id >= m->n_dense && id < DENSE_FIRST + 4 * (uint64_t)m->n && id < 1ULL << DENSE_MAX_LOG2)
		idmap_grow_dense(m, id);
	if (id < m->n_dense) {
		m->dense[id] = value;
	} else {
		if (m->n_hashed >= m->n_slots / 4 * 3 && !idmap_grow_slots(m))
			return MAP_NONE;
		at = idmap_find(m, id);
		m->slot[at] = (struct idmap_slot){ id, value };
		m->n_hashed++;
	}
	m->n++;
	return value;
}

uint32_t idmap_get_hashed(const struct idmap *m, uint64_t id)
{
	return m->n_hashed ? m->slot[idmap_find(m, id)].value : MAP_NONE;
}

void idmap_free(struct idmap *m)
{
	free(m->dense);
	free(m->slot);
	*m = (struct idmap){ 0 };
}

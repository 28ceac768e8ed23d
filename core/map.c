// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * map.c - byte strings to dense numbers, by open addressing
 *
 * Linear probing in a power of two of slots, at most three quarters full. A slot keeps 32 bits of the hash beside the
 * number: they choose the slot, tell almost all unequal keys apart without touching them, and let the table grow
 * without reading a key again.
 */
#include "core/map.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 64, SLOTS_MAX_LOG2 = 31 };

struct map_slot {
	uint32_t tag;	 /* the hash, cut to 32 bits */
	uint32_t number; /* MAP_NONE: empty */
};

static bool map_grow_slots(struct map *m)
{
	uint32_t n_slots = m->n_slots ? m->n_slots * 2 : FIRST_SLOTS, at;
	struct map_slot *slot;

	slot = m->n_slots >> SLOTS_MAX_LOG2 ? NULL : malloc((size_t)n_slots * sizeof(*slot));
	if (!slot)
		return false;
	memset(slot, 0xff, (size_t)n_slots * sizeof(*slot));
	for (uint32_t i = 0; i < m->n_slots; i++) {
		if (m->slot[i].number == MAP_NONE)
			continue;
		for (at = m->slot[i].tag & (n_slots - 1); slot[at].number != MAP_NONE;)
			at = (at + 1) & (n_slots - 1);
		slot[at] = m->slot[i];
	}
	free(m->slot);
	m->slot = slot;
	m->n_slots = n_slots;
	return true;
}

static bool map_grow_keys(struct map *m)
{
	uint32_t cap = m->cap ? m->cap * 2 : FIRST_SLOTS;
	struct str *key;

	if (cap < m->cap)
		return false;
	key = realloc(m->key, (size_t)cap * sizeof(*key));
	if (!key)
		return false;
	m->key = key;
	m->cap = cap;
	return true;
}

/* The slot of key, or the empty one where it belongs. The table has an empty slot. */
static inline uint32_t map_find(const struct map *m, const void *key, size_t n, uint32_t tag)
{
	uint32_t mask = m->n_slots - 1, at = tag & mask;
	const struct map_slot *s;

	for (;; at = (at + 1) & mask) {
		s = &m->slot[at];
		if (s->number == MAP_NONE)
			return at;
		if (s->tag == tag && m->key[s->number].n == n && (n == 0 || memcmp(m->key[s->number].p, key, n) == 0))
			return at;
	}
}

uint32_t map_add(struct map *m, const void *key, size_t n, bool *is_new)
{
	uint32_t tag = (uint32_t)map_hash(key, n), at;
	char *copy;

	if (is_new)
		*is_new = false;
	if (m->n >= m->n_slots / 4 * 3 && !map_grow_slots(m))
		return MAP_NONE;
	at = map_find(m, key, n, tag);
	if (m->slot[at].number != MAP_NONE)
		return m->slot[at].number;
	if (m->n == m->cap && !map_grow_keys(m))
		return MAP_NONE;
	copy = arena_strndup(&m->keys, key, n);
	if (!copy)
		return MAP_NONE;
	m->key[m->n] = (struct str){ copy, n };
	m->slot[at] = (struct map_slot){ tag, m->n };
	if (is_new)
		*is_new = true;
	return m->n++;
}

uint32_t map_get(const struct map *m, const void *key, size_t n)
{
	if (m->n == 0)
		return MAP_NONE;
	return m->slot[map_find(m, key, n, (uint32_t)map_hash(key, n))].number;
}

void map_free(struct map *m)
{
	size_t limit = m->keys.limit;

	arena_free(&m->keys);
	free(m->key);
	free(m->slot);
	*m = (struct map){ .keys.limit = limit };
}

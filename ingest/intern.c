// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * intern.c - open addressing with linear probing, since there the newest key can be taken out again without a trace
 *
 * A key never moves another one: whatever was put after it lies behind it in the probe sequence. So keys taken out
 * newest first leave the table as it was before they came, without tombstones. That also holds across a growth of the
 * table, which puts all keys in again in their order. Costs as many steps as keys were added, not as many as there are.
 */
#include "ingest/intern.h"

#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "ingest/grow.h"

#define FIRST_SLOTS 1024

static void place(struct intern *in, uint32_t number)
{
	uint32_t mask = in->n_slots - 1, i = in->key[number].hash & mask;

	while (in->slot[i])
		i = (i + 1) & mask;
	in->slot[i] = number + 1;
}

static int grow_slots(struct intern *in, struct err *err)
{
	uint32_t n = in->n_slots ? in->n_slots * 2 : FIRST_SLOTS;
	uint32_t *slot = n > INTERN_ID_MAX ? NULL : calloc(n, sizeof(*slot));

	if (!slot)
		return err_nomem(err);
	free(in->slot);
	in->slot = slot;
	in->n_slots = n;
	for (uint32_t i = 0; i < in->n; i++)
		place(in, i);
	return 0;
}

int intern_add(struct intern *in, const void *key, size_t n, uint32_t *number, bool *is_new, struct err *err)
{
	uint32_t hash = (uint32_t)map_hash(key, n), mask, i;
	struct intern_key *k;

	if (in->n_slots / 4 * 3 <= in->n && grow_slots(in, err))
		return (int)err->code;
	mask = in->n_slots - 1;
	for (i = hash & mask; in->slot[i]; i = (i + 1) & mask) {
		k = &in->key[in->slot[i] - 1];
		if (k->hash == hash && k->n == n && memcmp(in->bytes + k->at, key, n) == 0) {
			*number = in->slot[i] - 1;
			*is_new = false;
			return 0;
		}
	}
	if (n > UINT32_MAX || grow(&in->key, &in->cap, (size_t)in->n + 1, sizeof(*in->key), err) ||
	    grow(&in->bytes, &in->cap_bytes, in->n_bytes + n + 1, 1, err))
		return err_nomem(err);
	memcpy(in->bytes + in->n_bytes, key, n);
	in->key[in->n] = (struct intern_key){ .at = in->n_bytes, .n = (uint32_t)n, .hash = hash };
	in->n_bytes += n;
	in->slot[i] = in->n + 1;
	*number = in->n++;
	*is_new = true;
	return 0;
}

void intern_cut(struct intern *in, uint32_t n)
{
	uint32_t mask = in->n_slots - 1;

	while (in->n > n) {
		uint32_t i = in->key[in->n - 1].hash & mask;

		while (in->slot[i] != in->n)
			i = (i + 1) & mask;
		in->slot[i] = 0;
		in->n--;
		in->n_bytes = in->key[in->n].at;
	}
}

void intern_free(struct intern *in)
{
	free(in->bytes);
	free(in->key);
	free(in->slot);
	*in = (struct intern){ .n = 0 };
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_labels.c - label sets
 *
 * While reading, a label is four numbers of the file (an atom), a set is its atoms sorted, and both are numbered by
 * maps. At the end they get their texts, and sets that say the same become one. Three rules of pprof: a label without
 * string, number and unit is no label; a number without a unit counts bytes if its key is request or alignment, else
 * its key is its unit; the order of labels means nothing (attrib sorts them by their texts).
 *
 * A label that is never the same twice (a request id) would make a set of every sample. So a key with more than
 * limits->label_sets values is left out, and that is said. The sizes that Go writes into heap profiles (key bytes)
 * are kept: the error of a heap sample cannot be known without its size. Memory is bounded before texts are known: a
 * key stops being read at AHEAD times the limit, and when all sets together pass it, the key with the most values
 * stops.
 */
#include <stdlib.h>

#include "core/buf.h"
#include "ingest/grow.h"
#include "ingest/pprof.h"

enum { AHEAD = 64, KEYS_MAX = 1024 };

struct atom {
	uint32_t key, str, unit;	/* strings */
	uint32_t zero;
	int64_t num;
};

/* The number of a key, NONE when there are too many keys already. */
static int key_number(struct pprof *p, uint32_t key, uint32_t *out, struct err *err)
{
	struct pprof_labels *l = &p->labels;
	bool is_new;
	int rc;

	*out = map_get(&l->keys, &key, sizeof(key));
	if (*out != NONE)
		return 0;
	if (l->keys.n >= KEYS_MAX) {
		l->keys_lost = true;
		return 0;
	}
	*out = map_add(&l->keys, &key, sizeof(key), &is_new);
	if (*out == NONE)
		return err_nomem(err);
	rc = grow(&l->key, &l->cap_key, l->keys.n, sizeof(*l->key), err);
	if (!rc)
		l->key[*out] = (struct pprof_key){ .text = key };
	return rc;
}

/* One label as an atom, NONE when it says nothing. All labels of a key that is no longer read are one atom. */
static int atom_of(struct pprof *p, const Pb__Label *m, bool wanted, uint64_t at, uint32_t *out, struct err *err)
{
	struct pprof_labels *l = &p->labels;
	struct atom a = { .num = m->num };
	uint32_t key;
	bool is_new;
	int rc = pprof_string(p, m->key_str, at, &a.key, err);

	*out = NONE;
	if (!rc)
		rc = pprof_string(p, m->str, at, &a.str, err);
	if (!rc)
		rc = pprof_string(p, m->num_unit_str, at, &a.unit, err);
	if (rc || (a.str == 0 && a.num == 0 && a.unit == 0) || !wanted)
		return rc;
	if (a.str) {
		a.num = 0;
		a.unit = 0;
	}
	rc = key_number(p, a.key, &key, err);
	if (rc || key == NONE)
		return rc;
	if (l->key[key].dropped)
		a = (struct atom){ .key = a.key, .str = NONE };
	*out = map_add(&l->atoms, &a, sizeof(a), &is_new);
	if (*out == NONE)
		return err_nomem(err);
	if (is_new && ++l->key[key].values > AHEAD * p->l->label_sets)
		l->key[key].dropped = true;
	return 0;
}

/* Too many sets: the key with the most values stops being read. */
static void drop_largest(struct pprof_labels *l)
{
	struct pprof_key *most = NULL;

	for (uint32_t i = 0; i < l->keys.n; i++) {
		if (!l->key[i].dropped && (!most || l->key[i].values > most->values))
			most = &l->key[i];
	}
	if (most)
		most->dropped = true;
}

static int compare_u32(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return a < b ? -1 : a > b;
}

int pprof_labelset(struct pprof *p, const Pb__Sample *m, bool wanted, uint64_t at, uint32_t *out, struct err *err)
{
	struct pprof_labels *l = &p->labels;
	uint32_t *set, atom, n_set = 0;
	bool is_new;

	*out = 0;
	if (m->n_label == 0)
		return 0;
	set = arena_array(&p->scratch, uint32_t, m->n_label);
	if (!set)
		return pprof_over(at, "message_bytes", p->l->message_bytes, err);
	for (size_t i = 0; i < m->n_label; i++) {
		int rc = atom_of(p, m->label[i], wanted, at, &atom, err);

		if (rc)
			return rc;
		if (atom != NONE)
			set[n_set++] = atom;
	}
	if (n_set == 0)
		return 0;
	qsort(set, n_set, sizeof(*set), compare_u32);
	*out = map_add(&l->sets, set, n_set * sizeof(*set), &is_new);
	if (*out == NONE)
		return err_nomem(err);
	if (is_new && l->sets.n > AHEAD * p->l->label_sets && l->sets.n % (p->l->label_sets + 1) == 0)
		drop_largest(l);
	++*out;
	return 0;
}

/* ---- at the end ---- */

/* A label with its texts; key NONE: left out. */
struct label {
	struct str key, str, unit;
	int64_t num;
	uint32_t key_number;
};

static struct str unit_of(struct str key, struct str unit)
{
	if (unit.n)
		return unit;
	return str_is(key, "request") || str_is(key, "alignment") ? STR_LIT("bytes") : key;
}

static struct label resolve(const struct pprof *p, uint32_t number)
{
	const struct pprof_labels *l = &p->labels;
	struct atom a;
	struct label out;

	memcpy(&a, l->atoms.key[number].p, sizeof(a));
	out = (struct label){ .key = pprof_text(p, a.key), .num = STORE_NULL };
	out.key_number = l->key[map_get(&l->keys, &a.key, sizeof(a.key))].same_as;
	if (a.str) {
		out.str = pprof_text(p, a.str);
	} else {
		out.num = a.num;
		out.unit = unit_of(out.key, pprof_text(p, a.unit));
	}
	return out;
}

static int compare_str(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int compare_label(const void *pa, const void *pb)
{
	const struct label *a = pa, *b = pb;
	int c = compare_str(a->key, b->key);

	if (!c)
		c = compare_str(a->str, b->str);
	if (!c)
		c = (a->num > b->num) - (a->num < b->num);
	return c ? c : compare_str(a->unit, b->unit);
}

/* What a label says, as bytes: equal bytes, equal label. */
static void label_key(struct buf *b, const struct label *l)
{
	const struct str part[] = { l->key, l->str, l->unit, { (const char *)&l->num, sizeof(l->num) } };

	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++) {
		uint64_t n = part[i].p ? part[i].n : UINT64_MAX;

		buf_add(b, &n, sizeof(n));
		if (part[i].n)
			buf_str(b, part[i]);
	}
}

/* Keys that are the same text in two entries of the string table become one, then each key's values are counted. */
static int count_values(struct pprof *p, struct err *err)
{
	struct pprof_labels *l = &p->labels;
	struct map texts = { 0 }, values = { 0 };
	struct buf b = { 0 };
	uint32_t first[KEYS_MAX];
	int rc = 0;

	for (uint32_t i = 0; i < l->keys.n && !rc; i++) {
		struct str text = pprof_text(p, l->key[i].text);
		bool is_new;
		uint32_t same = map_add(&texts, text.p, text.n, &is_new);

		if (same == NONE) {
			rc = err_nomem(err);
			break;
		}
		if (is_new)
			first[same] = i;
		l->key[i].same_as = first[same];
		l->key[i].values = 0;
		if (l->key[i].dropped)
			l->key[first[same]].too_many = true;
	}
	for (uint32_t i = 0; i < l->atoms.n && !rc; i++) {
		struct label label = resolve(p, i);
		bool is_new;

		buf_reset(&b);
		label_key(&b, &label);
		rc = buf_check(&b, err);
		if (!rc && map_add(&values, b.data, b.len, &is_new) == NONE)
			rc = err_nomem(err);
		if (!rc && is_new)
			l->key[label.key_number].values++;
	}
	map_free(&texts);
	map_free(&values);
	buf_free(&b);
	return rc;
}

static int choose_keys(struct pprof *p, struct err *err)
{
	struct pprof_labels *l = &p->labels;
	int rc = count_values(p, err);

	for (uint32_t i = 0; i < l->keys.n && !rc; i++) {
		struct pprof_key *k = &l->key[i];
		struct str text = pprof_text(p, k->text);
		bool size = p->kind == KIND_HEAP && str_is(text, "bytes");

		if (k->values <= p->l->label_sets && !k->too_many)
			continue;
		if (size && !k->too_many)
			continue;
		k->too_many = true;
		rc = pprof_note(p, true, err, "label '%.*s' is left out: too many values, by itself or with others "
				"(limit label_sets)", (int)(text.n < 80 ? text.n : 80), text.p);
	}
	if (!rc && l->keys_lost)
		rc = pprof_note(p, true, err, "more than %d label keys: the others are left out", KEYS_MAX);
	return rc;
}

static int put_set(struct pprof *p, uint32_t id, const struct label *label, size_t n, uint32_t dropped, struct err *err)
{
	int rc = put_labelset(p->sink, err, (struct rec_labelset){ .id = id, .dropped = dropped });

	for (size_t i = 0; i < n && !rc; i++)
		rc = put_label(p->sink, err, (struct rec_label){ .labelset = id, .pos = (int64_t)i, .key = label[i].key,
			       .str = label[i].str, .num = label[i].num, .unit = label[i].unit });
	return rc;
}

/* One set with its texts, put unless one that says the same was. */
static int finish_set(struct pprof *p, uint32_t set, struct label *label, struct map *done, struct buf *b,
		      struct err *err)
{
	struct str atoms = p->labels.sets.key[set];
	size_t n = 0, n_atoms = atoms.n / sizeof(uint32_t);
	uint32_t dropped = 0, atom, id;
	bool is_new;
	int rc;

	for (size_t i = 0; i < n_atoms; i++) {
		memcpy(&atom, atoms.p + i * sizeof(atom), sizeof(atom));
		label[n] = resolve(p, atom);
		if (p->labels.key[label[n].key_number].too_many)
			dropped++;
		else
			n++;
	}
	qsort(label, n, sizeof(*label), compare_label);
	buf_reset(b);
	buf_add(b, &dropped, sizeof(dropped));
	for (size_t i = 0; i < n; i++)
		label_key(b, &label[i]);
	rc = buf_check(b, err);
	if (rc)
		return rc;
	id = map_add(done, b->data, b->len, &is_new);
	if (id == NONE)
		return err_nomem(err);
	p->labels.out[set + 1] = id + 1;
	return is_new ? put_set(p, id + 1, label, n, dropped, err) : 0;
}

int pprof_labels_put(struct pprof *p, struct err *err)
{
	struct pprof_labels *l = &p->labels;
	struct map done = { 0 };
	struct buf b = { 0 };
	struct label *label = calloc(p->l->sample_labels + 1, sizeof(*label));
	int rc;

	l->out = calloc((size_t)l->sets.n + 1, sizeof(*l->out));
	rc = label && l->out ? choose_keys(p, err) : err_nomem(err);
	for (uint32_t i = 0; i < l->sets.n && !rc; i++)
		rc = finish_set(p, i, label, &done, &b, err);
	map_free(&done);
	buf_free(&b);
	free(label);
	return rc;
}

void pprof_labels_free(struct pprof *p)
{
	map_free(&p->labels.atoms);
	map_free(&p->labels.sets);
	map_free(&p->labels.keys);
	free(p->labels.key);
	free(p->labels.out);
}

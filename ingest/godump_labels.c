// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_labels.c - the labels of goroutines (Go 1.26 on request, 1.27 by default)
 *
 * A label that never repeats (a request id) would make a group of every goroutine, so a key with more than
 * limits->label_sets values is left out of all sets of the source, and that is said. Values beyond the limit are not
 * kept, which bounds memory; the sets that remain may fall together and are put once. Order in a header means nothing:
 * sets are sorted by text.
 */
#include <stdlib.h>

#include "core/buf.h"
#include "ingest/godump.h"
#include "ingest/grow.h"

enum { KEYS_MAX = 1024, SETS_AHEAD = 64, PAIRS_MAX = 256 };

static int key_number(struct godump_labels *l, struct str key, uint32_t *out, struct err *err)
{
	bool is_new;
	int rc = 0;

	*out = map_get(&l->keys, key.p, key.n);
	if (*out != MAP_NONE || l->keys.n >= KEYS_MAX)
		return 0;
	*out = map_add(&l->keys, key.p, key.n, &is_new);
	if (*out == MAP_NONE)
		return err_nomem(err);
	rc = grow(&l->key, &l->cap_key, l->keys.n, sizeof(*l->key), err);
	if (!rc)
		l->key[*out] = (struct godump_label_key){ 0 };
	return rc;
}

/* The number of (key, value); MAP_NONE: left out. b holds room for the key's number, then the value. */
static int value_number(struct godump_labels *l, uint32_t key, struct buf *b, const struct limits *lim, uint32_t *out,
			struct err *err)
{
	bool is_new;

	*out = MAP_NONE;
	if (key == MAP_NONE) {
		l->broken = true;
		return 0;
	}
	if (l->key[key].dropped) {	/* any value of it will do: none is put */
		*out = l->key[key].first;
		return 0;
	}
	memcpy(b->data, &key, sizeof(key));
	*out = map_get(&l->values, b->data, b->len);
	if (*out != MAP_NONE)
		return 0;
	if (l->key[key].values >= lim->label_sets) {
		l->key[key].dropped = true;
		*out = l->key[key].first;
		return 0;
	}
	*out = map_add(&l->values, b->data, b->len, &is_new);
	if (*out == MAP_NONE)
		return err_nomem(err);
	if (l->key[key].values++ == 0)
		l->key[key].first = *out;
	return 0;
}

static int compare_u32(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return a < b ? -1 : a > b;
}

static void drop_largest(struct godump_labels *l)
{
	struct godump_label_key *most = NULL;

	for (uint32_t i = 0; i < l->keys.n; i++)
		if (!l->key[i].dropped && (!most || l->key[i].values > most->values))
			most = &l->key[i];
	if (most)
		most->dropped = true;
}

/* One `"key": "value"` of text at *at. *number MAP_NONE: left out. false in *ok: no such thing there. */
static int pair(struct godump_labels *l, struct str text, size_t *at, const struct limits *lim, uint32_t *number,
		bool *ok, struct err *err)
{
	struct buf *b = &l->scratch;
	uint32_t key;
	int rc;

	buf_reset(b);
	*ok = godump_unquote(text, at, b) && *at < text.n && text.p[*at] == ':';
	rc = *ok ? key_number(l, buf_view(b), &key, err) : 0;
	if (rc || !*ok)
		return rc;
	for (++*at; *at < text.n && text.p[*at] == ' ';)
		++*at;
	buf_reset(b);
	buf_add(b, "\0\0\0", sizeof(key));
	*ok = godump_unquote(text, at, b);
	rc = buf_check(b, err);
	return rc || !*ok ? rc : value_number(l, key, b, lim, number, err);
}

static int parse(struct godump_labels *l, struct str text, const struct limits *lim, uint32_t *out, struct err *err)
{
	uint32_t set[PAIRS_MAX], n = 0, number;
	bool ok = true, is_new;
	size_t at = 0;

	*out = 0;
	while (at < text.n && n < PAIRS_MAX && n < lim->sample_labels) {
		int rc = pair(l, text, &at, lim, &number, &ok, err);

		if (rc)
			return rc;
		if (!ok)
			break;
		if (number != MAP_NONE)
			set[n++] = number;
		while (at < text.n && (text.p[at] == ',' || text.p[at] == ' '))
			at++;
	}
	l->broken = l->broken || at < text.n;
	if (n == 0)
		return 0;
	qsort(set, n, sizeof(*set), compare_u32);
	*out = map_add(&l->sets, set, n * sizeof(*set), &is_new);
	if (*out == MAP_NONE)
		return err_nomem(err);
	if (is_new && l->sets.n > SETS_AHEAD * lim->label_sets && l->sets.n % lim->label_sets == 0)
		drop_largest(l);
	++*out;
	return 0;
}

int godump_labelset(struct godump_labels *l, struct str text, const struct limits *lim, uint32_t *out, struct err *err)
{
	int rc;

	*out = 0;
	if (text.n == 0)
		return 0;
	if (l->last_text.len && str_eq(text, buf_view(&l->last_text))) {
		*out = l->last_set;
		return 0;
	}
	rc = parse(l, text, lim, out, err);
	if (rc)
		return rc;
	buf_reset(&l->last_text);
	buf_str(&l->last_text, text);
	l->last_set = *out;
	return buf_check(&l->last_text, err);
}

/* ---- at the end ---- */

struct pair {
	struct str key, value;
};

static int compare_str(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int compare_pair(const void *pa, const void *pb)
{
	const struct pair *a = pa, *b = pb;
	int c = compare_str(a->key, b->key);

	return c ? c : compare_str(a->value, b->value);
}

static int put_set(struct sink *out, uint32_t id, const struct pair *pair, size_t n, uint32_t dropped, struct err *err)
{
	int rc = put_labelset(out, err, (struct rec_labelset){ .id = id, .dropped = dropped });

	for (size_t i = 0; i < n && !rc; i++)
		rc = put_label(out, err, (struct rec_label){ .labelset = id, .pos = (int64_t)i, .key = pair[i].key,
			       .str = pair[i].value, .num = STORE_NULL, .unit = STR_NONE });
	return rc;
}

/* One set in text order, put unless an equal one was. */
static int finish_set(struct godump_labels *l, uint32_t set, struct map *done, struct buf *b, struct sink *out,
		      struct err *err)
{
	struct str numbers = l->sets.key[set];
	struct pair kept[PAIRS_MAX] = { 0 };
	uint32_t value, key, dropped = 0, id;
	size_t n = 0;
	bool is_new;
	int rc;

	for (size_t i = 0; i < numbers.n / sizeof(value); i++) {
		memcpy(&value, numbers.p + i * sizeof(value), sizeof(value));
		memcpy(&key, l->values.key[value].p, sizeof(key));
		if (l->key[key].dropped)
			dropped++;
		else
			kept[n++] = (struct pair){ l->keys.key[key], str_skip(l->values.key[value], sizeof(key)) };
	}
	qsort(kept, n, sizeof(*kept), compare_pair);
	buf_reset(b);
	buf_add(b, &dropped, sizeof(dropped));
	for (size_t i = 0; i < n; i++) {
		uint64_t size[2] = { kept[i].key.n, kept[i].value.n };

		buf_add(b, size, sizeof(size));
		buf_str(b, kept[i].key);
		buf_str(b, kept[i].value);
	}
	rc = buf_check(b, err);
	if (rc)
		return rc;
	id = map_add(done, b->data, b->len, &is_new);
	if (id == MAP_NONE)
		return err_nomem(err);
	l->out[set] = id + 1;
	return is_new ? put_set(out, id + 1, kept, n, dropped, err) : 0;
}

static int say_dropped(const struct godump_labels *l, const struct limits *lim, struct sink *out, struct err *err)
{
	struct buf b = { .limit = 400 };
	int rc = 0;

	for (uint32_t i = 0; i < l->keys.n && !rc; i++) {
		struct str key = l->keys.key[i];

		if (!l->key[i].dropped)
			continue;
		buf_reset(&b);
		buf_printf(&b, "label '%.*s' has more than %llu values and is left out (limit label_sets)",
			   (int)(key.n < 80 ? key.n : 80), key.p, (unsigned long long)lim->label_sets);
		rc = put_note(out, err, (struct rec_note){ STR_NONE, buf_view(&b), 1 });
	}
	if (!rc && l->broken)
		rc = put_note(out, err,
			      (struct rec_note){ STR_NONE,
						 STR_LIT("some labels are not quoted as expected, or too many for the "
							 "limit sample_labels, and are left out"),
						 1 });
	buf_free(&b);
	return rc;
}

int godump_labels_put(struct godump_labels *l, const struct limits *lim, struct sink *out, struct err *err)
{
	struct map done = { 0 };
	struct buf b = { 0 };
	int rc = say_dropped(l, lim, out, err);

	l->out = calloc((size_t)l->sets.n + 1, sizeof(*l->out));
	if (!rc && !l->out)
		rc = err_nomem(err);
	for (uint32_t i = 0; i < l->sets.n && !rc; i++)
		rc = finish_set(l, i, &done, &b, out, err);
	map_free(&done);
	buf_free(&b);
	return rc;
}

void godump_labels_free(struct godump_labels *l)
{
	map_free(&l->keys);
	map_free(&l->values);
	map_free(&l->sets);
	free(l->key);
	free(l->out);
	buf_free(&l->last_text);
	buf_free(&l->scratch);
}

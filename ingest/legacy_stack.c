// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * legacy_stack.c - the frames of a record to a call site
 *
 * A func record is (name, file), a function total is the name alone, as in pprof files.
 */
#include <stdlib.h>

#include "ingest/grow.h"
#include "ingest/legacy.h"

static int intern(struct map *m, struct str s, uint32_t *out, struct err *err)
{
	if (m->keys.limit && m->keys.used + s.n > m->keys.limit && map_get(m, s.p, s.n) == MAP_NONE)
		return err_set(err, ERR_LIMIT, "holds more names than the limit strings_bytes of %zu bytes allows",
			       m->keys.limit);
	*out = map_add(m, s.n ? s.p : "", s.n, NULL);
	return *out == MAP_NONE ? err_nomem(err) : 0;
}

int legacy_push(struct legacy *l, struct str name, struct str file, struct legacy_frame at, struct err *err)
{
	int rc;

	if (l->n_frames >= l->l->stack_frames)
		return err_set(err, ERR_LIMIT, "has a stack of more than %llu frames: the limit stack_frames",
			       (unsigned long long)l->l->stack_frames);
	if (name.n > l->l->string_bytes)
		return err_set(err, ERR_LIMIT, "has a name of %zu bytes, more than the limit string_bytes", name.n);
	rc = intern(&l->names, name, &at.name, err);
	if (!rc)
		rc = intern(&l->files, file, &at.file, err);
	if (!rc)
		rc = grow(&l->frame, &l->cap_frame, l->n_frames + 1, sizeof(*l->frame), err);
	if (!rc)
		l->frame[l->n_frames++] = at;
	return rc;
}

static int func_of(struct legacy *l, uint32_t name, uint32_t file, uint32_t *func, struct err *err)
{
	uint32_t key[2] = { name, file };
	size_t had = l->cap_name_func;
	bool is_new;
	int rc;

	*func = map_add(&l->funcs, key, sizeof(key), &is_new);
	if (*func == MAP_NONE)
		return err_nomem(err);
	if (!is_new)
		return 0;
	rc = grow(&l->func_name, &l->cap_func, l->funcs.n, sizeof(*l->func_name), err);
	if (!rc)
		rc = grow(&l->name_func, &l->cap_name_func, l->names.n, sizeof(*l->name_func), err);
	if (rc)
		return rc;
	for (; had < l->cap_name_func; had++)
		l->name_func[had] = MAP_NONE;
	l->func_name[*func] = name;
	if (l->name_func[name] == MAP_NONE)
		l->name_func[name] = *func;
	return 0;
}

int legacy_func(struct legacy *l, struct str name, struct str file, uint32_t *func, struct err *err)
{
	uint32_t key[2] = { 0, 0 };
	int rc = intern(&l->names, name, &key[0], err);

	if (!rc)
		rc = intern(&l->files, file, &key[1], err);
	return rc ? rc : func_of(l, key[0], key[1], func, err);
}

/* Which frames are inlined: those that share the beginning of their caller's function under another name. */
static void find_inlined(struct legacy *l)
{
	uint32_t physical = MAP_NONE;

	for (size_t i = l->n_frames; i-- > 0;) {
		struct legacy_frame *f = &l->frame[i];
		bool same = i + 1 < l->n_frames && f->entry && f->entry == f[1].entry;

		f->inlined = same && f->name != physical;
		if (!f->inlined)
			physical = f->name;
	}
}

static int child(struct legacy *l, uint32_t *node, struct tree_node n, struct err *err)
{
	*node = tree_child(&l->tree, n);
	if (*node == TREE_NONE)
		return err_nomem(err);
	if (l->tree.n > l->l->profile_objects)
		return err_set(err, ERR_LIMIT, "has more than %llu call sites: the limit profile_objects",
			       (unsigned long long)l->l->profile_objects);
	return 0;
}

static int make_node(struct legacy *l, uint32_t *node, struct err *err)
{
	struct tree_node n = { .parent = TREE_NONE };
	int rc = 0;

	*node = TREE_NONE;
	find_inlined(l);
	if (l->n_frames == 0) {
		rc = legacy_func(l, STR_LIT("[unknown]"), STR_LIT(""), &n.func, err);
		return rc ? rc : child(l, node, n, err);
	}
	for (size_t i = l->n_frames; i-- > 0 && !rc;) {
		const struct legacy_frame *f = &l->frame[i];

		n = (struct tree_node){ .parent = *node, .line = f->line, .inlined = f->inlined };
		rc = func_of(l, f->name, f->file, &n.func, err);
		if (!rc)
			rc = child(l, node, n, err);
	}
	return rc;
}

int legacy_sum(struct legacy *l, const int64_t *value, struct err *err)
{
	for (int c = 0; c < LEGACY_COLUMNS; c++) {
		if (value[c] == INT64_MIN ||
		    __builtin_add_overflow(l->sum[c], value[c] < 0 ? -value[c] : value[c], &l->sum[c])) {
			err_set(err, ERR_FORMAT, "holds numbers whose sum passes 2^63: it is damaged");
			return err_at(err, "line %llu", (unsigned long long)reader_line_number(l->in));
		}
	}
	return 0;
}

int legacy_add(struct legacy *l, struct legacy_row row, struct err *err)
{
	int rc = legacy_sum(l, row.value, err);

	if (!rc && l->n_rows >= l->l->profile_samples)
		rc = err_set(err, ERR_LIMIT, "has more than %llu records: the limit profile_samples",
			     (unsigned long long)l->l->profile_samples);
	l->frames += l->n_frames;
	if (!rc && l->frames > l->l->profile_frames)
		rc = err_set(err, ERR_LIMIT, "has more than %llu frames: the limit profile_frames",
			     (unsigned long long)l->l->profile_frames);
	if (!rc)
		rc = make_node(l, &row.node, err);
	if (!rc)
		rc = grow(&l->row, &l->cap_row, l->n_rows + 1, sizeof(*l->row), err);
	if (rc)
		return rc;
	l->row[l->n_rows++] = row;
	l->deepest = l->n_addr > l->deepest ? l->n_addr : l->deepest;
	l->at_32 += l->n_addr == 32;
	l->at_128 += l->n_addr == 128;
	l->n_frames = l->n_addr = 0;
	return 0;
}

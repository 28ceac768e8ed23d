// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_tree.c - distinct stacks to the call site tree
 *
 * While reading, stacks begin at the leaf; records want them from the root. Each distinct stack is turned over once,
 * here. Beyond limits->tree_nodes light subtrees are folded as in profiles (tree_fold()).
 */
#include <stdlib.h>

#include "ingest/godump_out.h"
#include "ingest/grow.h"

int godump_out_init(struct godump_out *o, struct godump *g, struct err *err)
{
	struct godump_stacks *s = &g->stacks;
	size_t n_nodes = s->n + 1, n_places = (size_t)s->places.n + 1;

	o->g = g;
	if (godump_intern_name(s, STR_LIT("[unknown]"), &o->unknown, err) ||
	    godump_intern_name(s, STR_LIT("[folded]"), &o->folded, err))
		return (int)err->code;
	o->callsite = malloc(n_nodes * sizeof(*o->callsite));
	o->name_func = malloc(((size_t)s->names.n + 1) * sizeof(*o->name_func));
	o->place_file = malloc(n_places * sizeof(*o->place_file));
	o->place_line = malloc(n_places * sizeof(*o->place_line));
	if (!o->callsite || !o->name_func || !o->place_file || !o->place_line)
		return err_nomem(err);
	memset(o->callsite, 0xff, n_nodes * sizeof(*o->callsite));
	memset(o->name_func, 0xff, ((size_t)s->names.n + 1) * sizeof(*o->name_func));
	for (uint32_t i = 0; i < s->places.n; i++) {
		struct str file;

		godump_place_split(s->places.key[i], &file, &o->place_line[i]);
		o->place_file[i] = map_add(&o->files, file.n ? file.p : "", file.n, NULL);
		if (o->place_file[i] == MAP_NONE)
			return err_nomem(err);
		godump_version_path(file, &g->go_min, &g->go_max);
	}
	return 0;
}

void godump_out_free(struct godump_out *o)
{
	tree_free(&o->tree);
	map_free(&o->funcs);
	map_free(&o->files);
	free(o->callsite);
	free(o->func_name);
	free(o->name_func);
	free(o->place_file);
	free(o->place_line);
}

size_t godump_out_frames(struct godump_out *o, uint32_t stack)
{
	const struct godump_stacks *s = &o->g->stacks;
	const struct godump_node *node = s->node;
	size_t n = 0;

	if (stack != TREE_NONE && str_is(s->names.key[node[stack].func], "runtime.goexit"))
		stack = node[stack].parent;
	for (; stack != TREE_NONE && n < sizeof(o->frame) / sizeof(*o->frame); stack = node[stack].parent)
		o->frame[n++] = stack;
	return n;
}

int godump_out_func(struct godump_out *o, uint32_t name, uint32_t place, uint32_t *func, struct err *err)
{
	uint32_t key[2] = { name, o->place_file[place] };
	bool is_new;
	int rc;

	*func = map_add(&o->funcs, key, sizeof(key), &is_new);
	if (*func == MAP_NONE)
		return err_nomem(err);
	if (!is_new)
		return 0;
	rc = grow(&o->func_name, &o->cap_func, o->funcs.n, sizeof(*o->func_name), err);
	if (rc)
		return rc;
	o->func_name[*func] = name;
	if (o->name_func[name] == GODUMP_NONE)
		o->name_func[name] = *func;
	return put_func(o->g->out, err, (struct rec_func){ .id = *func, .name = o->g->stacks.names.key[name],
			.file = o->files.key[key[1]], .start_line = 0 });
}

int godump_out_stack(struct godump_out *o, uint32_t stack, uint32_t *callsite, struct err *err)
{
	const struct godump_node *node = o->g->stacks.node;
	uint64_t most = o->g->o->limits->profile_objects;
	size_t n;
	int rc = 0;

	*callsite = o->callsite[stack + 1];
	if (*callsite != TREE_NONE)
		return 0;
	n = godump_out_frames(o, stack);
	if (n == 0) {
		struct tree_node root = { .parent = TREE_NONE };

		rc = godump_out_func(o, o->unknown, 0, &root.func, err);
		if (!rc && o->g->o->tree)
			*callsite = tree_child(&o->tree, root);
	}
	for (size_t i = 0; i < n && !rc; i++) {
		const struct godump_node *f = &node[o->frame[i]];
		struct tree_node out = { .parent = *callsite, .line = o->place_line[f->at], .inlined = f->inlined };

		rc = godump_out_func(o, f->func, f->at, &out.func, err);
		if (!rc && o->g->o->tree)
			*callsite = tree_child(&o->tree, out);
	}
	if (rc || !o->g->o->tree)
		return rc;
	if (*callsite == TREE_NONE)
		return err_nomem(err);
	if (o->tree.n > most)
		return err_set(err, ERR_LIMIT, "has more than %llu call sites: the limit profile_objects",
			       (unsigned long long)most);
	o->callsite[stack + 1] = *callsite;
	return 0;
}

/* Goroutines of each node. */
static int weigh(const struct godump_out *o, double **out, double *total, struct err *err)
{
	const struct godump_stacks *s = &o->g->stacks;
	double *weight = calloc(o->tree.n + 1, sizeof(*weight));

	*out = weight;
	*total = 0;
	if (!weight)
		return err_nomem(err);
	for (uint32_t i = 0; i < s->n_groups; i++) {
		weight[o->callsite[s->group[i].key.stack + 1]] += (double)s->group[i].count;
		*total += (double)s->group[i].count;
	}
	return 0;
}

int godump_out_fold(struct godump_out *o, struct err *err)
{
	uint64_t most = o->g->o->limits->tree_nodes;
	uint32_t *moved = NULL, folded = 0;
	double *weight, total, share;
	int rc = weigh(o, &weight, &total, err);

	if (!rc)
		rc = godump_out_func(o, o->folded, 0, &folded, err);
	if (!rc)
		rc = tree_fold(&o->tree, weight, total, folded, most, &moved, &share, err);
	for (size_t i = 0; i <= o->g->stacks.n && !rc; i++)
		if (o->callsite[i] != TREE_NONE)
			o->callsite[i] = moved[o->callsite[i]];
	if (!rc)
		rc = godump_note(o->g, false, 0, err,
				 "more than %llu call sites: subtrees below %g of all goroutines are folded",
				 (unsigned long long)most, share);
	free(moved);
	free(weight);
	return rc;
}

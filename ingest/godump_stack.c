// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_stack.c - stacks told apart without a hash for most lines
 *
 * A dump of a million goroutines holds a few thousand stacks, so nearly every line was seen before, and mostly after
 * the same line as now. Stacks are kept in a tree that begins at the LEAF, as the text does; each node remembers the
 * caller that followed it last time. A line is first compared with that guess: two memcmp a frame when it is right.
 * Only a wrong guess asks the maps. The same goes for groups: a stack remembers the group its last goroutine joined.
 *
 * Memory is what distinct names, places, stacks and groups need, each bounded by a limit of the table.
 */
#include <stdlib.h>

#include "core/buf.h"
#include "ingest/godump.h"
#include "ingest/grow.h"

static int over(const char *what, const char *limit, uint64_t value, struct err *err)
{
	return err_set(err, ERR_LIMIT, "has more than %llu different %s: the limit %s", (unsigned long long)value, what,
		       limit);
}

static void no_guess(struct godump_stacks *s, size_t slot)
{
	for (size_t i = 0; i < GODUMP_WAYS; i++)
		s->guess[slot * GODUMP_WAYS + i] = (struct godump_guess){ .node = TREE_NONE };
}

int godump_stacks_init(struct godump_stacks *s, const struct limits *l, struct err *err)
{
	int rc;

	s->names.keys.limit = s->places.keys.limit = (size_t)l->strings_bytes;
	s->states.keys.limit = (size_t)l->strings_bytes;
	rc = grow(&s->guess, &s->cap_guess, 256, GODUMP_WAYS * sizeof(*s->guess), err);
	if (!rc)
		rc = grow(&s->last_group, &s->cap_last, 256, sizeof(*s->last_group), err);
	if (rc)
		return rc;
	no_guess(s, 0);
	s->last_group[0] = GODUMP_NONE;
	rc = godump_intern_place(s, STR_LIT(""), &s->elided, err);	/* place 0: unknown */
	if (!rc)
		rc = godump_intern_name(s, STR_LIT("[elided]"), &s->elided, err);
	return rc;
}

void godump_stacks_free(struct godump_stacks *s)
{
	map_free(&s->names);
	map_free(&s->places);
	map_free(&s->states);
	map_free(&s->keys);
	tree_free(&s->nodes);
	free(s->guess);
	free(s->last_group);
	free(s->group);
}

static int intern(struct map *m, struct str s, uint32_t *out, struct err *err)
{
	*out = map_add(m, s.p, s.n, NULL);
	if (*out != MAP_NONE)
		return 0;
	if (m->keys.used + s.n > m->keys.limit)
		return over("bytes of names", "strings_bytes", m->keys.limit, err);
	return err_nomem(err);
}

int godump_intern_name(struct godump_stacks *s, struct str name, uint32_t *out, struct err *err)
{
	/* The runtime prints its own gopanic under the name of the builtin. */
	return intern(&s->names, str_is(name, "panic") ? STR_LIT("runtime.gopanic") : name, out, err);
}

int godump_intern_place(struct godump_stacks *s, struct str place, uint32_t *out, struct err *err)
{
	return intern(&s->places, place, out, err);
}

/* Symbols have no blanks and no control characters; what else ends in ')' is somebody's log line. */
static bool name_ok(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ')
			return false;
	return memchr(name.p, '.', name.n) != NULL || str_is(name, "panic") || str_starts(name, "_");
}

/* line is name and arguments: no other parenthesis stands behind the first one that is not part of the name. */
static bool is_call(const struct godump_guess *g, struct str line)
{
	return line.n > g->name_n + 1 && line.p[g->name_n] == '(' && memcmp(line.p, g->name, g->name_n) == 0 &&
	       line.p[line.n - 1] == ')' && !memchr(line.p + g->name_n + 1, '(', line.n - g->name_n - 1);
}

int godump_push_name(struct godump_stacks *s, struct godump_cursor *c, struct str line, bool *ok, struct err *err)
{
	const struct godump_guess *g = &s->guess[(size_t)(c->node + 1) * GODUMP_WAYS];
	struct str name;

	for (int i = 0; i < GODUMP_WAYS; i++, g++) {
		if (g->node == TREE_NONE || !is_call(g, line))
			continue;
		c->name = g->func;
		c->inlined = line.n - g->name_n == 5 && memcmp(line.p + g->name_n, "(...)", 5) == 0;
		*ok = true;
		return 0;
	}
	*ok = godump_func(line, &name, &c->inlined) && name_ok(name);
	return *ok ? godump_intern_name(s, name, &c->name, err) : 0;
}

bool godump_guess_place(struct godump_stacks *s, struct godump_cursor *c, struct str line)
{
	const struct godump_guess *g = &s->guess[(size_t)(c->node + 1) * GODUMP_WAYS];

	for (int i = 0; i < GODUMP_WAYS; i++, g++) {
		if (g->func != c->name || g->node == TREE_NONE || !g->place_n || (g->node & 1) != c->inlined || line.n < g->place_n ||
		    memcmp(line.p, g->place, g->place_n) != 0 || (line.n > g->place_n && line.p[g->place_n] != ' '))
			continue;
		c->frames++;
		c->node = g->node >> 1;
		c->name = GODUMP_NONE;
		return true;
	}
	return false;
}

/* The node that followed c now will be asked for first the next time. */
static void expect(struct godump_stacks *s, const struct godump_cursor *c, uint32_t node, uint32_t place)
{
	struct godump_guess *g = &s->guess[(size_t)(c->node + 1) * GODUMP_WAYS];
	struct str name = s->names.key[c->name], at = s->places.key[place];

	memmove(g + 1, g, (GODUMP_WAYS - 1) * sizeof(*g));
	*g = (struct godump_guess){ name.p, at.p, (uint32_t)name.n, (uint32_t)at.n, c->name, node << 1 | c->inlined };
}

static int add_node(struct godump_stacks *s, struct godump_cursor *c, uint32_t place, const struct limits *l,
		    struct err *err)
{
	struct tree_node node = { c->node, c->name, place, c->inlined };
	size_t before = s->nodes.n;
	uint32_t at = tree_child(&s->nodes, node);
	int rc = 0;

	if (at == TREE_NONE)
		return err_nomem(err);
	if (s->nodes.n > l->profile_objects)
		return over("frames in their stacks", "profile_objects", l->profile_objects, err);
	if (s->nodes.n > before) {
		rc = grow(&s->guess, &s->cap_guess, s->nodes.n + 1, GODUMP_WAYS * sizeof(*s->guess), err);
		if (!rc)
			rc = grow(&s->last_group, &s->cap_last, s->nodes.n + 1, sizeof(*s->last_group), err);
		if (rc)
			return rc;
		no_guess(s, (size_t)at + 1);
		s->last_group[at + 1] = GODUMP_NONE;
	}
	expect(s, c, at, place);
	c->node = at;
	return 0;
}

int godump_push_place(struct godump_stacks *s, struct godump_cursor *c, struct str place, const struct limits *l,
		      struct err *err)
{
	uint32_t number = 0;
	int rc = 0;

	if (c->frames >= l->stack_frames || c->frames >= GODUMP_FRAMES)
		return 0;	/* the caller sees frames and says it */
	c->frames++;
	if (place.p)
		rc = godump_intern_place(s, place, &number, err);
	if (!rc)
		rc = add_node(s, c, number, l, err);
	c->name = GODUMP_NONE;
	return rc;
}

int godump_count(struct godump_stacks *s, const struct godump_key *key, const struct limits *l, uint32_t *group,
		 struct err *err)
{
	uint32_t at = s->last_group[key->stack + 1];
	bool is_new;
	int rc;

	if (at == GODUMP_NONE || memcmp(&s->group[at].key, key, sizeof(*key)) != 0) {
		at = map_add(&s->keys, key, sizeof(*key), &is_new);
		if (at == MAP_NONE)
			return err_nomem(err);
		if (is_new) {
			if (s->keys.n > l->profile_objects)
				return over("groups of goroutines", "profile_objects", l->profile_objects, err);
			rc = grow(&s->group, &s->cap_group, s->keys.n, sizeof(*s->group), err);
			if (rc)
				return rc;
			s->group[at] = (struct godump_group){ *key, 0 };
		}
		s->last_group[key->stack + 1] = at;
	}
	s->group[at].count++;
	*group = at;
	return 0;
}

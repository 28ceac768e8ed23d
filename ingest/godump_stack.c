// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_stack.c - stacks told apart without touching a table for most lines
 *
 * A dump of a million goroutines holds a few thousand stacks, so nearly every line was seen before, and mostly after
 * the same line as now. Stacks are kept in a tree that begins at the LEAF, as the text does; each node remembers the
 * callers that followed it last. A line is first compared with those guesses, and when one is right that is all. A
 * wrong guess costs one lookup of (node, name, place) in the hash table; only a frame that is new asks the maps of
 * names and places. The same goes for groups: a stack remembers the group its last goroutine joined.
 *
 * The table's hash multiplies by secrets of the process; equality is always decided by the texts. Memory is what
 * distinct names, places, stacks and groups need, each bounded by a limit.
 */
#include <stdlib.h>

#include "core/buf.h"
#include "ingest/godump.h"
#include "ingest/grow.h"

struct godump_slot {
	uint32_t tag;	/* of the hash */
	uint32_t what;	/* a node or group + 1; 0: empty */
};

enum { SLOTS_FIRST = 1024 };

static int over(const char *what, const char *limit, uint64_t value, struct err *err)
{
	return err_set(err, ERR_LIMIT, "has more than %llu different %s: the limit %s", (unsigned long long)value, what,
		       limit);
}

static bool make_table(struct godump_table *t, size_t n)
{
	*t = (struct godump_table){ .slot = calloc(n, sizeof(*t->slot)), .n = n };
	return t->slot != NULL;
}

int godump_stacks_init(struct godump_stacks *s, const struct limits *l, struct err *err)
{
	uint32_t first;
	int rc;

	s->names.keys.limit = s->places.keys.limit = (size_t)l->strings_bytes;
	s->states.keys.limit = (size_t)l->strings_bytes;
	s->none = (struct godump_node){ .guess = { TREE_NONE, TREE_NONE }, .last_group = GODUMP_NONE };
	s->secret[0] = map_hash_id(1) | 1;
	s->secret[1] = map_hash_id(2) | 1;
	if (!make_table(&s->frames, SLOTS_FIRST) || !make_table(&s->keys, SLOTS_FIRST))
		return err_nomem(err);
	rc = godump_intern_place(s, STR_LIT(""), &first, err);	/* place 0: unknown */
	return rc ? rc : godump_intern_name(s, STR_LIT("[elided]"), &first, err);
}

void godump_stacks_free(struct godump_stacks *s)
{
	map_free(&s->names);
	map_free(&s->places);
	map_free(&s->states);
	free(s->frames.slot);
	free(s->keys.slot);
	free(s->node);
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
	return intern(&s->names, name, out, err);
}

int godump_intern_place(struct godump_stacks *s, struct str place, uint32_t *out, struct err *err)
{
	return intern(&s->places, place, out, err);
}

/* ---- the table ---- */

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 wide = a;

	wide *= b;
	return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

static uint64_t load(const char *p, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, p, n);
	return v;
}

/* 16 bytes a step; the last step may overlap the one before. */
static uint64_t hash_text(const struct godump_stacks *s, struct str t, uint64_t h)
{
	const char *p = t.p, *end = t.p + t.n;

	h ^= t.n;
	for (; end - p > 16; p += 16)
		h = mix(load(p, 8) ^ s->secret[0], load(p + 8, 8) ^ h);
	if (t.n >= 16)
		return mix(load(end - 16, 8) ^ s->secret[1], load(end - 8, 8) ^ h);
	if (t.n >= 8)
		return mix(load(p, 8) ^ s->secret[1], load(end - 8, 8) ^ h);
	return mix(load(p, t.n) ^ s->secret[1], h ^ s->secret[0]);
}

static uint64_t hash_frame(const struct godump_stacks *s, uint32_t parent, bool inlined, struct str name,
			   struct str place)
{
	uint64_t h = mix(((uint64_t)parent << 1 | inlined) ^ s->secret[0], s->secret[1]);

	return hash_text(s, place, hash_text(s, name, h));
}

static bool same(const struct godump_node *n, uint32_t parent, bool inlined, struct str name, struct str place)
{
	return n->parent == parent && n->inlined == inlined && n->name_n == name.n && n->place_n == place.n &&
	       memcmp(n->name, name.p, name.n) == 0 && (place.n == 0 || memcmp(n->place, place.p, place.n) == 0);
}

/* Room for one more than used; three quarters at most are full. */
static bool grow_table(struct godump_table *t, size_t used)
{
	struct godump_table wide;
	size_t at;

	if (used < t->n / 4 * 3)
		return true;
	if (!make_table(&wide, t->n * 2))
		return false;
	for (size_t i = 0; i < t->n; i++) {
		if (!t->slot[i].what)
			continue;
		for (at = t->slot[i].tag & (wide.n - 1); wide.slot[at].what; at = (at + 1) & (wide.n - 1))
			;
		wide.slot[at] = t->slot[i];
	}
	free(t->slot);
	*t = wide;
	return true;
}

static struct godump_node *node_of(struct godump_stacks *s, uint32_t node)
{
	return node == TREE_NONE ? &s->none : &s->node[node];
}

static int new_node(struct godump_stacks *s, const struct godump_cursor *c, struct str place, const struct limits *l,
		    struct err *err)
{
	struct godump_node n = { .parent = c->node, .inlined = c->inlined, .guess = { TREE_NONE, TREE_NONE },
				 .last_group = GODUMP_NONE };
	int rc = godump_intern_name(s, c->name, &n.func, err);

	if (!rc)
		rc = godump_intern_place(s, place, &n.at, err);
	if (!rc && s->n >= l->profile_objects)
		rc = over("frames in their stacks", "profile_objects", l->profile_objects, err);
	if (!rc)
		rc = grow(&s->node, &s->cap, s->n + 1, sizeof(*s->node), err);
	if (rc)
		return rc;
	n.name = s->names.key[n.func].p;
	n.place = s->places.key[n.at].p;
	n.name_n = (uint32_t)c->name.n;
	n.place_n = (uint32_t)place.n;
	s->node[s->n++] = n;
	return 0;
}

/* The node of a frame above c->node, made when it is new. */
static int find_node(struct godump_stacks *s, const struct godump_cursor *c, struct str place, const struct limits *l,
		     uint32_t *out, struct err *err)
{
	uint64_t h = hash_frame(s, c->node, c->inlined, c->name, place);
	uint32_t tag = (uint32_t)(h ^ h >> 32);
	size_t at;
	int rc;

	if (!grow_table(&s->frames, s->n))
		return err_nomem(err);
	for (at = tag & (s->frames.n - 1); s->frames.slot[at].what; at = (at + 1) & (s->frames.n - 1)) {
		*out = s->frames.slot[at].what - 1;
		if (s->frames.slot[at].tag == tag && same(&s->node[*out], c->node, c->inlined, c->name, place))
			return 0;
	}
	rc = new_node(s, c, place, l, err);
	if (rc)
		return rc;
	*out = (uint32_t)s->n - 1;
	s->frames.slot[at] = (struct godump_slot){ tag, (uint32_t)s->n };
	return 0;
}

/* ---- frames ---- */

/* Symbols have no blanks and no control characters; what else ends in ')' is somebody's log line. */
static bool name_ok(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ')
			return false;
	return memchr(name.p, '.', name.n) != NULL || str_is(name, "panic") || str_starts(name, "_");
}

void godump_hold_name(struct godump_stacks *s, struct godump_cursor *c, struct str name)
{
	size_t n = name.n < sizeof(s->held) ? name.n : sizeof(s->held);

	memcpy(s->held, name.p, n);
	c->name = (struct str){ s->held, n };
	c->expected[0] = c->expected[1] = false;
	c->inlined = false;
}

/* line is the node's name and arguments: no parenthesis stands in them. */
static bool is_call(const struct godump_node *n, struct str line)
{
	return line.n > n->name_n + 1 && line.p[n->name_n] == '(' && memcmp(line.p, n->name, n->name_n) == 0 &&
	       line.p[line.n - 1] == ')' && !memchr(line.p + n->name_n + 1, '(', line.n - n->name_n - 1);
}

bool godump_push_name(struct godump_stacks *s, struct godump_cursor *c, struct str line)
{
	const struct godump_node *here = node_of(s, c->node), *n;
	struct str name;
	bool inlined;

	for (int i = 0; i < 2 && here->guess[i] != TREE_NONE; i++) {
		n = &s->node[here->guess[i]];
		if (!is_call(n, line))
			continue;
		c->name = (struct str){ n->name, n->name_n };
		c->inlined = line.n - n->name_n == 5 && memcmp(line.p + n->name_n, "(...)", 5) == 0;
		c->expected[0] = i == 0;
		c->expected[1] = i == 1 || (here->guess[1] != TREE_NONE && s->node[here->guess[1]].func == n->func);
		return true;
	}
	if (!godump_func(line, &name, &inlined) || !name_ok(name))
		return false;
	/* The runtime prints its own gopanic under the name of the builtin. */
	godump_hold_name(s, c, str_is(name, "panic") ? STR_LIT("runtime.gopanic") : name);
	c->inlined = inlined;
	return true;
}

static void take(struct godump_cursor *c, uint32_t node)
{
	c->node = node;
	c->name = STR_NONE;
	c->frames++;
}

bool godump_guess_place(struct godump_stacks *s, struct godump_cursor *c, struct str line)
{
	const struct godump_node *here = node_of(s, c->node), *n;

	if (!c->name.p)
		return false;
	for (int i = 0; i < 2; i++) {
		if (!c->expected[i])
			continue;
		n = &s->node[here->guess[i]];
		if (n->place_n && n->inlined == c->inlined && line.n >= n->place_n &&
		    memcmp(line.p, n->place, n->place_n) == 0 && (line.n == n->place_n || line.p[n->place_n] == ' ')) {
			take(c, here->guess[i]);
			return true;
		}
	}
	return false;
}

/* What follows the frame of n and its two lines at p; NULL when those are not n's, or not all there. The same questions
 * as in is_call() and godump_guess_place(), but a line's end is looked for only behind what is known of it. */
static const char *behind_frame(const struct godump_node *n, const char *p, const char *end, uint64_t line_bytes)
{
	size_t ahead = (size_t)(end - p);
	const char *open, *nl;

	if (ahead > line_bytes)
		end = p + line_bytes;
	if ((size_t)(end - p) < (size_t)n->name_n + n->place_n + 5 || n->place_n == 0 || p[n->name_n] != '(' ||
	    memcmp(p, n->name, n->name_n) != 0)
		return NULL;
	open = p + n->name_n;
	nl = memchr(open + 1, '\n', (size_t)(end - open) - 1);
	if (!nl || nl[-1] != ')' || memchr(open + 1, '(', (size_t)(nl - open) - 1) ||
	    n->inlined != (nl - open == 5 && memcmp(open, "(...)", 5) == 0))
		return NULL;
	p = nl + 1;
	if ((size_t)(end - p) < (size_t)n->place_n + 2 || p[0] != '\t' || memcmp(p + 1, n->place, n->place_n) != 0)
		return NULL;
	p += 1 + n->place_n;
	if (*p == '\n')
		return p + 1;
	nl = *p == ' ' ? memchr(p, '\n', (size_t)(end - p)) : NULL;
	return nl ? nl + 1 : NULL;
}

size_t godump_guess_frames(const struct godump_stacks *s, struct godump_cursor *c, struct str text,
			   const struct limits *l, uint64_t *lines)
{
	const struct godump_node *here = c->node == TREE_NONE ? &s->none : &s->node[c->node];
	const char *p = text.p, *end = text.p + text.n, *next = p;

	for (; next && c->frames < l->stack_frames && c->frames < GODUMP_FRAMES; here = &s->node[c->node]) {
		uint32_t node = TREE_NONE;

		next = NULL;
		for (int i = 0; i < 2 && !next && here->guess[i] != TREE_NONE; i++) {
			node = here->guess[i];
			next = behind_frame(&s->node[node], p, end, l->line_bytes);
		}
		if (!next)
			break;
		p = next;
		take(c, node);
		*lines += 2;
	}
	return (size_t)(p - text.p);
}

int godump_push_place(struct godump_stacks *s, struct godump_cursor *c, struct str place, const struct limits *l,
		      struct err *err)
{
	struct godump_node *here;
	uint32_t node;
	int rc;

	if (c->frames >= l->stack_frames || c->frames >= GODUMP_FRAMES)
		return 0;	/* the caller sees frames and says it */
	rc = find_node(s, c, place, l, &node, err);
	if (rc)
		return rc;
	here = node_of(s, c->node);
	if (here->guess[0] != node) {
		here->guess[1] = here->guess[0];
		here->guess[0] = node;
	}
	take(c, node);
	return 0;
}

/* ---- groups ---- */

uint32_t godump_last_group(const struct godump_stacks *s, uint32_t stack)
{
	return stack == TREE_NONE ? s->none.last_group : s->node[stack].last_group;
}

static uint64_t hash_key(const struct godump_stacks *s, const struct godump_key *key)
{
	return hash_text(s, (struct str){ (const char *)key, sizeof(*key) }, s->secret[0]);
}

static bool same_key(const struct godump_group *group, const struct godump_key *key)
{
	return memcmp(&group->key, key, sizeof(*key)) == 0;
}

static int find_group(struct godump_stacks *s, const struct godump_key *key, const struct limits *l, uint32_t *out,
		      struct err *err)
{
	uint64_t h = hash_key(s, key);
	uint32_t tag = (uint32_t)(h ^ h >> 32);
	size_t at;
	int rc;

	if (!grow_table(&s->keys, s->n_groups))
		return err_nomem(err);
	for (at = tag & (s->keys.n - 1); s->keys.slot[at].what; at = (at + 1) & (s->keys.n - 1)) {
		*out = s->keys.slot[at].what - 1;
		if (s->keys.slot[at].tag == tag && same_key(&s->group[*out], key))
			return 0;
	}
	if (s->n_groups >= l->profile_objects)
		return over("groups of goroutines", "profile_objects", l->profile_objects, err);
	rc = grow(&s->group, &s->cap_group, (size_t)s->n_groups + 1, sizeof(*s->group), err);
	if (rc)
		return rc;
	*out = s->n_groups++;
	s->group[*out] = (struct godump_group){ *key, 0 };
	s->keys.slot[at] = (struct godump_slot){ tag, s->n_groups };
	return 0;
}

int godump_count(struct godump_stacks *s, const struct godump_key *key, const struct limits *l, uint32_t *group,
		 struct err *err)
{
	*group = godump_last_group(s, key->stack);
	if (*group == GODUMP_NONE || !same_key(&s->group[*group], key)) {
		int rc = find_group(s, key, l, group, err);

		if (rc)
			return rc;
		node_of(s, key->stack)->last_group = *group;
	}
	s->group[*group].count++;
	return 0;
}

int godump_state(struct godump_stacks *s, struct str state, uint32_t *out, struct err *err)
{
	uint32_t *often = &s->often[(state.n + (state.n ? (unsigned char)state.p[0] : 0)) % GODUMP_STATES];

	if (*often < s->states.n && str_eq(s->states.key[*often], state)) {
		*out = *often;
		return 0;
	}
	*out = *often = map_add(&s->states, state.p, state.n, NULL);
	return *out == MAP_NONE ? err_nomem(err) : 0;
}

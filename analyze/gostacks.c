// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gostacks.c - goroutine groups to stacks, stacks to tokens
 *
 * Position counts: the frame that waits says more than main(). A token weighs 1/sqrt(position), where only user frames move
 * the position on, and runtime frames weigh a fifth: they say how a goroutine waits, which the class says already.
 */
#include "analyze/gostacks.h"

#include <math.h>
#include <stdlib.h>

#include "analyze/labels.h"
#include "core/map.h"

#define RUNTIME_WEIGHT .2
#define MAX_FRAMES 256

struct gostack_key gostacks_key(uint32_t path, uint32_t creator, struct str class)
{
	struct gostack_key key = { path, creator, "" };

	memcpy(key.class, class.p, class.n < sizeof(key.class) ? class.n : sizeof(key.class) - 1);
	return key;
}

static int load_dumps(struct gostacks *g, struct pass *p, const char *kind, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM slice", "");

	g->n_dumps = g->n_side[BASE] = g->n_side[CUR] = 0;
	if (rc)
		return rc;
	g->dump = arena_array(&p->mem, struct godump_ref, (size_t)n + 1);
	if (!g->dump)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT f.id, f.instance, coalesce(s.t1, s.t0), t.side = 'current' FROM slice s JOIN stretch t ON t.id = s.stretch"
			 " JOIN measure m ON m.id = s.measure JOIN profile f ON f.id = m.profile JOIN source c ON c.id = f.source"
			 " WHERE s.used = 1 AND m.metric = 'goroutine' AND c.kind = ? ORDER BY t.side, s.id", "s", kind);
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)g->n_dumps < n; g->n_dumps++) {
		enum side side = stmt_int(q, 3) == 1 ? CUR : BASE;

		g->dump[g->n_dumps] = (struct godump_ref){ stmt_int(q, 0), stmt_int(q, 1), stmt_int(q, 2), side };
		g->n_side[side]++;
	}
	return store_end(q, err);
}

static int stack_text(struct gostack *s, struct pass *p, const struct tree *t, struct err *err)
{
	struct buf b = { 0 };
	int frames = 0, rc;

	buf_str(&b, s->class);
	for (uint32_t i = s->path; i && frames++ < MAX_FRAMES; i = t->parent[i]) {
		buf_byte(&b, ';');
		buf_str(&b, t->sym[t->symbol[i]].name);
	}
	if (s->creator) {
		buf_puts(&b, ";created by ");
		buf_str(&b, t->sym[s->creator].name);
	}
	rc = buf_check(&b, err);
	if (!rc) {
		s->text = arena_str(&p->mem, buf_view(&b));
		if (!s->text.p)
			rc = err_nomem(err);
	}
	buf_free(&b);
	return rc;
}

static int by_weight(const void *a, const void *b)
{
	const struct gostack *x = a, *y = b;
	size_t n = x->text.n < y->text.n ? x->text.n : y->text.n;
	int c;

	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	c = memcmp(x->text.p, y->text.p, n);
	return c ? c : x->text.n < y->text.n ? -1 : x->text.n > y->text.n;
}

/* Adds the groups of one dump. */
static int add_dump(struct gostacks *g, struct map *keys, size_t dump, struct pass *p, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT coalesce(c.path, 0), g.class, coalesce(f.symbol, 0), sum(g.count), min(g.callsite), max(g.wait_min)"
			     " FROM gogroup g LEFT JOIN callsite_path c ON c.callsite = g.callsite LEFT JOIN func_symbol f ON f.func = g.creator"
			     " WHERE g.profile = ?1" LABELS_OF("g.labelset", "2") " GROUP BY 1, 2, 3", "is", g->dump[dump].profile,
			     labels_side(p, g->dump[dump].side));

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		struct str class = stmt_text(q, 1);
		struct gostack_key key = gostacks_key((uint32_t)stmt_int(q, 0), (uint32_t)stmt_int(q, 2), class);
		bool is_new = false;
		uint32_t i;
		struct gostack *s;

		i = map_add(keys, &key, sizeof(key), &is_new);
		if (i == MAP_NONE || i >= (uint32_t)g->n) {
			rc = err_nomem(err);
			break;
		}
		s = &g->stack[i];
		if (is_new) {
			*s = (struct gostack){ .path = key.path, .creator = key.creator, .class = arena_str(&p->mem, class),
				.callsite = stmt_int(q, 4), .count = arena_array(&p->mem, double, g->n_dumps + 1), .wait_max = NAN };
			if (!s->count || !s->class.p)
				rc = err_nomem(err);
		}
		if (rc)
			break;
		if (stmt_int(q, 4) < s->callsite)
			s->callsite = stmt_int(q, 4);
		s->count[dump] += stmt_real(q, 3);
		if (g->dump[dump].side == CUR && !stmt_null(q, 5))
			s->wait_max = fmax(stmt_real(q, 5), isnan(s->wait_max) ? 0 : s->wait_max);
	}
	return store_finish(q, rc, err);
}

static int finish(struct gostacks *g, struct pass *p, const struct tree *t, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < g->n; i++) {
		struct gostack *s = &g->stack[i];

		for (size_t d = 0; d < g->n_dumps; d++) {
			enum side side = g->dump[d].side;

			s->total += s->count[d];
			s->mean[side] += s->count[d] / (double)g->n_side[side];
		}
		g->all[BASE] += s->mean[BASE];
		g->all[CUR] += s->mean[CUR];
		rc = stack_text(s, p, t, err);
	}
	if (!rc && g->n)
		qsort(g->stack, g->n, sizeof(*g->stack), by_weight);
	return rc;
}

int gostacks_load(struct gostacks *g, struct pass *p, const struct tree *t, struct err *err)
{
	struct map keys = { 0 };
	int64_t n = 0;
	int rc = load_dumps(g, p, "godump", err);

	*g = (struct gostacks){ .dump = g->dump, .n_dumps = g->n_dumps, .n_side = { g->n_side[BASE], g->n_side[CUR] } };
	if (!rc && (!g->n_side[CUR] || (p->design != DESIGN_SNAPSHOT && !g->n_side[BASE])))
		rc = load_dumps(g, p, "pprof", err);
	if (!rc && (!g->n_side[CUR] || (p->design != DESIGN_SNAPSHOT && !g->n_side[BASE])))
		rc = load_dumps(g, p, "legacy_count", err);
	if (!rc)
		rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM gogroup", "");
	if (rc)
		return rc;
	g->n = (size_t)n;
	g->stack = arena_array(&p->mem, struct gostack, g->n + 1);
	if (!g->stack)
		return err_nomem(err);
	for (size_t d = 0; !rc && d < g->n_dumps; d++)
		rc = add_dump(g, &keys, d, p, err);
	g->n = keys.n;
	map_free(&keys);
	return rc ? rc : finish(g, p, t, err);
}

uint32_t gostacks_top(const struct gostack *s, const struct tree *t)
{
	uint32_t other = 0, library = 0;

	if (s->path && t->owner[s->path])
		return t->owner[s->path];
	for (uint32_t i = s->path; i; i = t->parent[i]) {
		enum symbol_kind kind = t->sym[t->symbol[i]].kind;

		if (!other && kind != KIND_RUNTIME)
			other = t->symbol[i];
		if (!library && kind != KIND_RUNTIME && kind != KIND_STD)
			library = t->symbol[i];
	}
	return library ? library : other ? other : s->path ? t->symbol[s->path] : 0;
}

int gostacks_callsite(struct pass *p, const struct gostack *s, int64_t *callsite, struct err *err)
{
	return store_int(p->st, err, callsite, s->callsite,
			 "SELECT DISTINCT g.callsite FROM gogroup g LEFT JOIN callsite_path k ON k.callsite = g.callsite LEFT JOIN func_symbol m ON m.func = g.creator"
			 " WHERE coalesce(k.path, 0) = ? AND g.class = ? AND coalesce(m.symbol, 0) = ? ORDER BY " CALLSITE_TEXT("g.callsite") ", 1 LIMIT 1", "iti",
			 (int64_t)s->path, s->class, (int64_t)s->creator);
}

/* F of F.func, the canonical name of every closure in F; empty for what is no closure. */
static struct str closure_of(struct str name)
{
	static const char suffix[] = ".func";
	size_t n = sizeof(suffix) - 1;

	return name.n > n && memcmp(name.p + name.n - n, suffix, n) == 0 ? (struct str){ name.p, name.n - n } : STR_NONE;
}

struct starter gostacks_starter(const struct gostack *s, const struct tree *t)
{
	const struct tree_symbol *creator = s->creator ? &t->sym[s->creator] : NULL;
	uint32_t root = s->path, second = 0, at;
	struct str maker;

	if (!creator)
		return (struct starter){ STR_NONE, 0 };
	for (; root && t->parent[root]; root = t->parent[root])
		second = root;
	maker = root ? closure_of(t->sym[t->symbol[root]].name) : STR_NONE;
	at = str_eq(maker, creator->name) ? second : creator->kind == KIND_USER ? 0 : root;
	maker = at && t->sym[t->symbol[at]].kind == KIND_USER ? closure_of(t->sym[t->symbol[at]].name) : STR_NONE;
	if (maker.n && !str_eq(maker, creator->name))
		return (struct starter){ maker, at };
	return (struct starter){ creator->kind == KIND_USER ? creator->name : STR_NONE, 0 };
}

struct tokens {
	struct map map;
	struct tfidf_entry *entry;
	size_t n, cap;
	struct arena *mem;
};

static int add_token(struct tokens *k, uint32_t row, char kind, struct str a, struct str b, double weight, struct err *err)
{
	char text[1024];
	size_t n = 0;
	uint32_t col;

	text[n++] = kind;
	memcpy(text + n, a.p, a.n < 500 ? a.n : 500);
	n += a.n < 500 ? a.n : 500;
	if (b.p) {
		text[n++] = '<';
		memcpy(text + n, b.p, b.n < 500 ? b.n : 500);
		n += b.n < 500 ? b.n : 500;
	}
	if (k->n == k->cap) {
		size_t cap = k->cap ? 2 * k->cap : 4096;
		struct tfidf_entry *e = arena_array(k->mem, struct tfidf_entry, cap);

		if (!e)
			return err_nomem(err);
		if (k->n)
			memcpy(e, k->entry, k->n * sizeof(*e));
		k->entry = e;
		k->cap = cap;
	}
	col = map_add(&k->map, text, n, NULL);
	if (col == MAP_NONE)
		return err_nomem(err);
	k->entry[k->n++] = (struct tfidf_entry){ row, col, weight };
	return 0;
}

static int stack_tokens(struct tokens *k, uint32_t row, const struct gostack *s, const struct tree *t, struct err *err)
{
	double position = 1;
	struct str last_user = STR_NONE;
	int frames = 0, rc = add_token(k, row, 's', s->class, STR_NONE, 1, err);

	if (!rc && s->creator)
		rc = add_token(k, row, 'c', t->sym[s->creator].name, STR_NONE, 1, err);
	for (uint32_t i = s->path; !rc && i && frames++ < MAX_FRAMES; i = t->parent[i]) {
		const struct tree_symbol *y = &t->sym[t->symbol[i]];
		double w = 1 / sqrt(position) * (y->kind == KIND_RUNTIME ? RUNTIME_WEIGHT : 1);

		rc = add_token(k, row, 'f', y->name, STR_NONE, w, err);
		if (!rc)
			rc = add_token(k, row, 'p', y->package, STR_NONE, w, err);
		if (!rc && y->kind == KIND_USER) {
			if (last_user.p)
				rc = add_token(k, row, 'b', last_user, y->name, w, err);
			last_user = y->name;
			position++;
		}
	}
	return rc;
}

struct token_order {
	struct str key;
	uint32_t old;
};

static int by_key(const void *a, const void *b)
{
	const struct token_order *x = a, *y = b;
	int c = memcmp(x->key.p, y->key.p, x->key.n < y->key.n ? x->key.n : y->key.n);

	return c ? c : x->key.n < y->key.n ? -1 : x->key.n > y->key.n;
}

int gostacks_counts(const struct gostacks *g, size_t n, struct pass *p, const struct tree *t, struct tfidf_rows *out, struct err *err)
{
	struct tokens k = { .mem = &p->mem };
	struct token_order *order = NULL;
	uint32_t *renumber = NULL;
	int rc = 0;

	for (size_t i = 0; !rc && i < n; i++)
		rc = stack_tokens(&k, (uint32_t)i, &g->stack[i], t, err);
	if (!rc) {
		order = arena_array(&p->mem, struct token_order, k.map.n + 1);
		renumber = arena_array(&p->mem, uint32_t, k.map.n + 1);
		if (!order || !renumber)
			rc = err_nomem(err);
	}
	if (!rc) {	/* columns in the order of the tokens' bytes */
		for (uint32_t i = 0; i < k.map.n; i++)
			order[i] = (struct token_order){ k.map.key[i], i };
		qsort(order, k.map.n, sizeof(*order), by_key);
		for (uint32_t i = 0; i < k.map.n; i++)
			renumber[order[i].old] = i;
		for (size_t i = 0; i < k.n; i++)
			k.entry[i].col = renumber[k.entry[i].col];
		rc = tfidf_gather(k.entry, k.n, n, k.map.n, &p->mem, out, err);
	}
	map_free(&k.map);
	return rc;
}

int gostacks_rows(const struct gostacks *g, size_t n, struct pass *p, const struct tree *t, struct tfidf_rows *out, struct err *err)
{
	struct tfidf_opts o = { .smooth = true };
	double *idf;
	int rc = gostacks_counts(g, n, p, t, out, err);

	if (rc)
		return rc;
	idf = arena_array(&p->mem, double, out->cols + 1);
	if (!idf)
		return err_nomem(err);
	tfidf_weigh(out, &o, idf);
	return 0;
}

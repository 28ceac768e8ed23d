// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * flame.c - trees out of rows, in the order in which they are drawn
 *
 * Rows come with the parent's path below its own. Children of one parent become neighbours by one sort; an explicit stack then walks the
 * tree, so that a stack ten thousand frames deep costs no recursion. A node whose parent is not there (the analysis keeps what is
 * visible) hangs from the nearest that is: the root.
 */
#include "report/flame.h"

#include <math.h>
#include <stdlib.h>

#include "core/text.h"
#include "report/model.h"
#include "report/words.h"

#define MEMORY (1ULL << 30)
#define CARRIES .7	/* of a node's change in one child: then the child is what to look at */

struct row {
	int64_t path, parent, symbol;
	double flat[FLAME_SIDES], cum[FLAME_SIDES], p;
	struct str status;
	uint32_t up;		/* index + 1 of the parent's row; 0: a root */
};

struct rows {
	struct row *v;
	size_t n, cap;
};

static double weight(const struct row *r)
{
	return fmax(r->cum[FLAME_BASE], r->cum[FLAME_CUR]);
}

static struct str keep(struct flames *f, struct str s)
{
	struct buf clean = { .limit = 0 };
	struct str kept;

	if (!s.p || text_is_clean(s))
		return s.p ? arena_str(&f->arena, s) : STR_NONE;
	text_clean(&clean, s);
	f->arena.failed = f->arena.failed || clean.failed;
	kept = arena_str(&f->arena, buf_view(&clean));
	buf_free(&clean);
	return kept;
}

static int add_row(struct rows *l, const struct row *r, struct err *err)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 1024;
		struct row *v = reallocarray(l->v, cap, sizeof(*v));

		if (!v)
			return err_nomem(err);
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *r;
	return 0;
}

static int name_by_symbol(const void *a, const void *b)
{
	const struct flame_name *x = a, *y = b;

	return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

static int load_names(struct flames *f, struct store *st, struct err *err)
{
	struct stmt *q;
	size_t cap = 0;
	int rc = store_query(st, &q, err, "SELECT symbol, name, kind FROM path_costs WHERE analysis = 1 GROUP BY symbol ORDER BY symbol", "");

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		if (f->n_names == cap) {
			size_t more = cap ? cap * 2 : 256;
			struct flame_name *v = arena_array(&f->arena, struct flame_name, more);

			if (v && cap)
				memcpy(v, f->name, cap * sizeof(*v));
			rc = v ? 0 : err_nomem(err);
			f->name = v;
			cap = more;
		}
		if (!rc)
			f->name[f->n_names++] = (struct flame_name){ keep(f, stmt_text(q, 1)), keep(f, stmt_text(q, 2)), stmt_int(q, 0) };
	}
	return store_finish(q, rc, err);
}

static uint32_t name_of(const struct flames *f, int64_t symbol)
{
	struct flame_name key = { .symbol = symbol };
	const struct flame_name *at = bsearch(&key, f->name, f->n_names, sizeof(key), name_by_symbol);

	return at ? (uint32_t)(at - f->name) : 0;
}

static int row_by_path(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->path > y->path) - (x->path < y->path);
}

/* Leaves out the thinnest until `nodes` are left: a threshold on the weight, doubled until it is enough. A child weighs no more than its
 * parent, so what stays is a tree. */
static size_t thin(struct rows *l, size_t nodes)
{
	double most = 0;
	size_t n = l->n;

	for (size_t i = 0; i < l->n; i++)
		most = fmax(most, weight(&l->v[i]));
	for (double least = most * 1e-5; l->v && l->n > nodes && least < most; least *= 1.5) {
		size_t used = 0;

		for (size_t i = 0; i < l->n; i++)
			if (weight(&l->v[i]) >= least)
				l->v[used++] = l->v[i];
		l->n = used;
	}
	return n - l->n;
}

static void find_parents(struct rows *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct row key = { .path = l->v[i].parent };
		const struct row *up = l->v[i].parent == STORE_NULL ? NULL : bsearch(&key, l->v, i, sizeof(key), row_by_path);

		l->v[i].up = up ? (uint32_t)(up - l->v) + 1 : 0;
	}
}

/* Children of one parent side by side, the heaviest last: a stack turns them round. */
static int by_parent(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;
	double d = weight(*x) - weight(*y);

	if ((*x)->up != (*y)->up)
		return (*x)->up < (*y)->up ? -1 : 1;
	if (d < 0 || d > 0)
		return d < 0 ? -1 : 1;
	return ((*x)->path < (*y)->path) - ((*x)->path > (*y)->path);
}

struct walk {
	const struct row **by;		/* sorted by_parent */
	uint32_t *from;			/* where the children of row i - 1 begin in by[]; n + 2 of them */
	uint32_t *stack, *depth;	/* rows to come, and the depth of each row */
};

static void put_node(struct flames *f, struct flame *t, const struct row *r, uint32_t depth)
{
	struct flame_node *o = &t->v[t->n++];

	*o = (struct flame_node){ .name = name_of(f, r->symbol), .depth = depth, .status = r->status, .p = r->p };
	memcpy(o->flat, r->flat, sizeof(o->flat));
	memcpy(o->cum, r->cum, sizeof(o->cum));
}

static void walk(struct flames *f, struct flame *t, const struct rows *l, struct walk *w)
{
	size_t top = 0;

	for (size_t i = 0; i < l->n; i++)
		w->from[w->by[i]->up + 1]++;
	for (size_t i = 0; i <= l->n; i++)
		w->from[i + 1] += w->from[i];
	for (uint32_t i = w->from[0]; i < w->from[1]; i++)
		w->stack[top++] = (uint32_t)(w->by[i] - l->v);
	while (top) {
		uint32_t i = w->stack[--top];

		w->depth[i] = l->v[i].up ? w->depth[l->v[i].up - 1] + 1 : 1;
		put_node(f, t, &l->v[i], w->depth[i]);
		for (uint32_t k = w->from[i + 1]; k < w->from[i + 2]; k++)
			w->stack[top++] = (uint32_t)(w->by[k] - l->v);
	}
}

static int order(struct flames *f, struct flame *t, struct rows *l, struct err *err)
{
	struct walk w = { calloc(l->n + 1, sizeof(*w.by)), calloc(l->n + 2, sizeof(*w.from)), calloc(l->n + 1, sizeof(*w.stack)),
		calloc(l->n + 1, sizeof(*w.depth)) };
	int rc = 0;

	t->v = arena_array(&f->arena, struct flame_node, l->n + 1);
	if (!w.by || !w.from || !w.stack || !w.depth || !t->v) {
		rc = err_nomem(err);
	} else {
		find_parents(l);
		for (size_t i = 0; i < l->n; i++)
			w.by[i] = &l->v[i];
		qsort(w.by, l->n, sizeof(*w.by), by_parent);
		walk(f, t, l, &w);
	}
	free(w.by);
	free(w.from);
	free(w.stack);
	free(w.depth);
	return rc;
}

static int load_rows(struct flames *f, struct store *st, struct str metric, struct rows *l, struct err *err)
{
	struct stmt *q;
	int rc = store_query(st, &q, err, "SELECT path, parent, symbol, base_flat, base_cum, cur_flat, cur_cum, status, p FROM path_costs"
		" WHERE analysis = 1 AND metric = ? ORDER BY path", "t", metric);

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		struct row r = { .path = stmt_int(q, 0), .parent = stmt_int(q, 1), .symbol = stmt_int(q, 2), .p = stmt_real(q, 8),
			.flat = { stmt_real(q, 3), stmt_real(q, 5) }, .cum = { stmt_real(q, 4), stmt_real(q, 6) } };

		r.status = keep(f, stmt_text(q, 7));
		if (isfinite(r.cum[0]) && isfinite(r.cum[1]) && isfinite(r.flat[0]) && isfinite(r.flat[1]) && weight(&r) > 0)
			rc = add_row(l, &r, err);
	}
	return store_finish(q, rc, err);
}

static int load_sides(struct flame *t, struct store *st, struct err *err)
{
	bool counts;
	const char *kind = words_metric_raw(t->metric, &counts);
	struct stmt *q;
	int rc = store_query(st, &q, err, "SELECT side, slices, seconds, requests FROM exposures WHERE analysis = 1 AND kind = ?", "t",
			     kind ? str_from(kind) : t->metric);

	for (int s = 0; s < FLAME_SIDES; s++)
		t->side[s] = (struct flame_side){ NAN, NAN, NAN };
	if (rc)
		return rc;
	while (store_next(q, err))
		t->side[str_is(stmt_text(q, 0), "baseline") ? FLAME_BASE : FLAME_CUR] =
			(struct flame_side){ stmt_real(q, 1), stmt_real(q, 2), stmt_real(q, 3) };
	return store_end(q, err);
}

static int load_tree(struct flames *f, struct store *st, struct flame *t, size_t nodes, struct err *err)
{
	struct rows l = { NULL, 0, 0 };
	int rc = load_rows(f, st, t->metric, &l, err);

	if (!rc) {
		t->folded = thin(&l, nodes);
		rc = order(f, t, &l, err);
	}
	free(l.v);
	return rc ? rc : load_sides(t, st, err);
}

static int by_rank(const void *a, const void *b)
{
	const struct flame *x = a, *y = b;
	int d = words_metric_rank(x->metric) - words_metric_rank(y->metric);

	return d ? d : model_order(x->metric, y->metric);
}

static int load_metrics(struct flames *f, struct store *st, struct err *err)
{
	enum { MOST = 64 };
	struct stmt *q;
	int rc = store_query(st, &q, err, "SELECT DISTINCT metric FROM path_costs WHERE analysis = 1 ORDER BY 1 LIMIT 64", "");

	f->v = arena_array(&f->arena, struct flame, MOST);
	if (rc)
		return rc;
	if (!f->v)
		rc = err_nomem(err);
	while (!rc && store_next(q, err))
		f->v[f->n++] = (struct flame){ .metric = keep(f, stmt_text(q, 0)) };
	rc = store_finish(q, rc, err);
	if (f->v)
		qsort(f->v, f->n, sizeof(*f->v), by_rank);
	return rc;
}

int flame_load(struct flames **out, struct store *st, size_t nodes, struct err *err)
{
	struct flames *f = calloc(1, sizeof(*f));
	int rc;

	*out = NULL;
	if (!f)
		return err_nomem(err);
	f->arena.limit = MEMORY;
	rc = load_names(f, st, err);
	if (!rc)
		rc = load_metrics(f, st, err);
	for (size_t i = 0; !rc && i < f->n; i++)
		rc = load_tree(f, st, &f->v[i], nodes, err);
	if (!rc && f->arena.failed)
		rc = err_nomem(err);
	if (rc) {
		flame_free(f);
		return err_wrap(err, "cannot read the call trees from the database");
	}
	*out = f;
	return 0;
}

void flame_free(struct flames *f)
{
	if (!f)
		return;
	arena_free(&f->arena);
	free(f);
}

size_t flame_end(const struct flame *f, size_t i)
{
	size_t end = i + 1;

	while (end < f->n && f->v[end].depth > f->v[i].depth)
		end++;
	return end;
}

struct carrier { uint32_t node; double change; };

static int by_change(const void *a, const void *b)
{
	const struct carrier *x = a, *y = b;

	if (fabs(x->change) > fabs(y->change) || fabs(x->change) < fabs(y->change))
		return fabs(x->change) > fabs(y->change) ? -1 : 1;
	return (x->node > y->node) - (x->node < y->node);
}

static double change_of(const struct flame_node *n)
{
	return n->cum[FLAME_CUR] - n->cum[FLAME_BASE];
}

/* The largest change among the children of each node, in the node's own direction. */
static void heaviest(const struct flame *f, double *best, uint32_t *last)
{
	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t d = f->v[i].depth, up = d > 1 ? last[d - 1] : 0;
		double c = change_of(&f->v[i]);

		last[d] = i;
		if (d > 1 && c * change_of(&f->v[up]) > 0 && fabs(c) > best[up])
			best[up] = fabs(c);
	}
}

size_t flame_carriers(const struct flame *f, uint32_t *out, size_t most)
{
	double *best = calloc(f->n + 1, sizeof(*best)), total = 0;
	uint32_t *last = calloc(f->n + 2, sizeof(*last));
	struct carrier *c = calloc(f->n + 1, sizeof(*c));
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].depth == 1)
			total += fmax(f->v[i].cum[FLAME_BASE], f->v[i].cum[FLAME_CUR]);
	if (best && last && c) {
		heaviest(f, best, last);
		for (uint32_t i = 0; i < f->n; i++) {
			double d = change_of(&f->v[i]);

			if (fabs(d) > .002 * total && best[i] < CARRIES * fabs(d))
				c[n++] = (struct carrier){ i, d };
		}
		qsort(c, n, sizeof(*c), by_change);
		n = n < most ? n : most;
		for (size_t i = 0; i < n; i++)
			out[i] = c[i].node;
	}
	free(best);
	free(last);
	free(c);
	return n;
}

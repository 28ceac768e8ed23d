// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * there.c - what the paths of this tree cost in another run: its current side, matched by the names from the root down
 *
 * The two databases number paths each in its own way; a path is the same when its parent is and its function has the same canonical name. What only
 * the other run has is left out, and what it has too little of to keep is 0 here.
 */
#include <math.h>
#include <stdlib.h>

#include "report/triage/tree.h"

#define MOST_ROWS "200000"

struct pair { int64_t theirs; uint32_t ours; };

void there_free(struct there *t)
{
	free(t->cur[0]);
	free(t->cur[1]);
	*t = (struct there){ .of = 0 };
}

static uint32_t ours_of(const struct pair *v, size_t n, int64_t theirs)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid].theirs < theirs)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && v[lo].theirs == theirs ? v[lo].ours : 0;
}

static uint32_t child_of(const struct costs *c, uint32_t parent, uint32_t symbol)
{
	uint32_t k = symbol ? c->child[parent] : 0;

	while (k && c->symbol[k] != symbol)
		k = c->next[k];
	return k;
}

/* One path of theirs, parents first. */
static int take(struct there *t, const struct costs *c, struct stmt *q, struct pair **v, size_t *n, size_t *cap)
{
	bool root = stmt_null(q, 1);
	uint32_t parent = root ? 0 : ours_of(*v, *n, stmt_int(q, 1)), path;

	if (root) {
		t->cur[0][0] += stmt_real(q, 3);
		t->cur[1][0] += stmt_real(q, 4);
	}
	path = root || parent ? child_of(c, parent, costs_symbol(c, stmt_text(q, 2))) : 0;
	if (!path)
		return 0;
	if (*n == *cap) {
		size_t more = *cap ? 2 * *cap : 1024;
		struct pair *w = realloc(*v, more * sizeof(*w));

		if (!w)
			return 1;
		*v = w;
		*cap = more;
	}
	(*v)[(*n)++] = (struct pair){ stmt_int(q, 0), path };
	t->cur[0][path] += stmt_real(q, 3);
	t->cur[1][path] += stmt_real(q, 4);
	return 0;
}

int there_load(struct there *t, const struct ui *u, struct err *err)
{
	const struct costs *c = u->costs;
	struct pair *v = NULL;
	size_t n = 0, cap = 0;
	struct stmt *q;
	int rc;

	if (t->of == u->others && t->metric == c->at)
		return 0;
	there_free(t);
	if (!u->other_st || !c->n_metrics)
		return 0;
	for (int k = 0; k < 2; k++) {
		t->cur[k] = calloc((size_t)c->n_paths + 1, sizeof(double));
		if (!t->cur[k]) {
			there_free(t);
			return err_nomem(err);
		}
	}
	rc = store_query(u->other_st, &q, err, "SELECT path, parent, name, cur_flat, cur_cum FROM path_costs WHERE metric = ? ORDER BY path LIMIT " MOST_ROWS, "s",
			 c->metric[c->at].id);
	if (rc) {
		there_free(t);
		return rc;
	}
	while (!rc && store_next(q, err))
		rc = take(t, c, q, &v, &n, &cap) ? err_nomem(err) : 0;
	rc = store_finish(q, rc, err);
	free(v);
	if (rc) {
		there_free(t);
		return rc;
	}
	t->of = u->others;
	t->metric = c->at;
	t->any = n > 0;
	return 0;
}

bool there_shown(const struct there *t, const struct ui *u)
{
	return t->any && u->columns >= 80 && !u->focus && !u->ignore && !u->window_on && tree_look(u)->unit != COSTS_TOTAL;
}

double there_value(const struct there *t, const struct ui *u, uint32_t path)
{
	const struct tree_look *l = tree_look(u);
	double v = t->cur[l->flat ? 0 : 1][path];

	/* As costs_value(): a share is of all that was measured, which the roots hold. */
	return l->unit == COSTS_SHARE ? (t->cur[1][0] > 0 ? v / t->cur[1][0] : 0) : v;
}

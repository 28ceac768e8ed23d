// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diff_edges.c - who calls a function and what it calls, both sides of it
 *
 * pprof's peek: the weight of an edge is that of the samples that hold it, each once however often the edge stands in the stack. Every edge is
 * tested; the edges of one function are a family.
 */
#include <math.h>

#include "analyze/diff.h"
#include "analyze/match.h"
#include "analyze/math/fdr.h"

#define MAX_SUBJECTS 32
#define MAX_EDGES 2048
#define MAX_WALK 4096

struct edge_sum {
	uint32_t caller, callee;	/* symbols; callee 0: the function itself; caller 0: a root */
	double *amount, *var;		/* by slice */
	struct change change;
};

struct edges {
	struct edge_sum *e;
	size_t n;
};

static struct edge_sum *edge_of(struct edges *x, struct pass *p, const struct cube *c, uint32_t caller, uint32_t callee)
{
	struct edge_sum *e;

	for (size_t i = 0; i < x->n; i++)
		if (x->e[i].caller == caller && x->e[i].callee == callee)
			return &x->e[i];
	if (x->n == MAX_EDGES)
		return NULL;
	e = &x->e[x->n];
	*e = (struct edge_sum){ caller, callee, arena_array(&p->mem, double, c->n), arena_array(&p->mem, double, c->n), { 0 } };
	if (!e->amount || !e->var)
		return NULL;
	x->n++;
	return e;
}

/* Does the edge that ends in `path` stand above it already? */
static bool repeats(const struct tree *t, uint32_t path)
{
	uint32_t callee = t->symbol[path], caller = t->symbol[t->parent[path]];
	int steps = 0;

	for (uint32_t a = t->parent[path]; a && ++steps < MAX_WALK; a = t->parent[a])
		if (t->symbol[a] == callee && t->symbol[t->parent[a]] == caller)
			return true;
	return false;
}

static void gather(struct edges *x, struct pass *p, const struct tree *t, const struct cube *c, uint32_t subject)
{
	struct edge_sum *e = edge_of(x, p, c, subject, 0);

	for (size_t s = 0; e && s < c->n; s++) {
		e->amount[s] = CUBE_AT(c, amount, STAT_FLAT, s, subject);
		e->var[s] = CUBE_AT(c, var, STAT_FLAT, s, subject);
	}
	for (uint32_t i = 1; i <= c->n_paths; i++) {
		uint32_t up = t->parent[i];

		if ((t->symbol[i] != subject && (!up || t->symbol[up] != subject)) || repeats(t, i))
			continue;
		e = edge_of(x, p, c, up ? t->symbol[up] : 0, t->symbol[i]);
		for (size_t s = 0; e && s < c->n; s++) {
			size_t at = s * ((size_t)c->n_paths + 1) + i;

			e->amount[s] += c->cell_amount[at];
			e->var[s] += c->cell_var[at];
		}
	}
}

static int test_edges(struct edges *x, struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err)
{
	double *pv = arena_array(&p->mem, double, x->n), *qv = arena_array(&p->mem, double, x->n);
	int rc = pv && qv ? 0 : err_nomem(err);

	for (size_t i = 0; !rc && i < x->n; i++) {
		struct edge_sum *e = &x->e[i];
		struct compared r;

		rc = compare_cells(k, e->callee ? e->callee : e->caller, e->amount, e->var, diff_tau(k->m, t->sym[e->callee ? e->callee : e->caller].kind), &r, err);
		e->change = change_of_both(&r, d->id, d->unit);
		e->change.scope = "edge";
		e->change.stat = e->callee ? "cum" : "flat";
		e->change.family = d->total_change;
		e->change.n_base = (int64_t)k->c->n_side[BASE];
		e->change.n_cur = (int64_t)k->c->n_side[CUR];
		if (r.raw < DIFF_MIN_RAW)
			e->change.p = NAN;
		pv[i] = e->change.p;
	}
	if (!rc)
		rc = fdr_bh(pv, x->n, qv, err);
	for (size_t i = 0; !rc && i < x->n; i++) {
		x->e[i].change.q = qv[i];
		x->e[i].change.status = isnan(qv[i]) ? "unsure" : change_status(p, &x->e[i].change, d->whole);
	}
	return rc;
}

static int put_edges(struct edges *x, struct pass *p, uint32_t subject, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < x->n; i++) {
		const struct edge_sum *e = &x->e[i];
		struct change c = e->change;

		if (!(c.base > 0) && !(c.cur > 0))
			continue;
		rc = store_run(p->st, err, "INSERT INTO edge (subject, caller, callee) VALUES (?, ?, ?)", "iii", (int64_t)subject,
			       e->caller ? (int64_t)e->caller : STORE_NULL, e->callee ? (int64_t)e->callee : STORE_NULL);
		c.subject = store_last_id(p->st);
		if (!rc)
			rc = change_put(p, &c, NULL, err);
	}
	return rc;
}

static int edges_of(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, uint32_t subject, struct err *err)
{
	struct edges x = { arena_array(&p->mem, struct edge_sum, MAX_EDGES), 0 };
	int rc;

	if (!x.e)
		return err_nomem(err);
	gather(&x, p, t, k->c, subject);
	rc = test_edges(&x, p, t, k, d, err);
	return rc ? rc : put_edges(&x, p, subject, err);
}

static double weight(const struct cube *c, uint32_t symbol)
{
	double sum = 0;

	for (size_t s = 0; s < c->n; s++)
		sum += fabs(CUBE_AT(c, amount, STAT_CUM, s, symbol));
	return sum;
}

int diff_edges(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err)
{
	uint32_t subject[MAX_SUBJECTS];
	size_t n = 0;
	struct match *m;
	int rc = match_new(&m, "peek", str_from(p->o->view->peek), err);

	/* The heaviest that match, in the order of their weight. */
	for (uint32_t s = 1; !rc && s <= t->n_symbols; s++) {
		size_t at = n;

		if (!t->sym[s].name.p || !(weight(k->c, s) > 0) || !match_in(m, t->sym[s].name))
			continue;
		while (at > 0 && weight(k->c, subject[at - 1]) < weight(k->c, s))
			at--;
		if (at == MAX_SUBJECTS)
			continue;
		if (n < MAX_SUBJECTS)
			n++;
		memmove(&subject[at + 1], &subject[at], (n - at - 1) * sizeof(*subject));
		subject[at] = s;
	}
	match_free(m);
	if (!rc && n && !k->c->cell_amount)
		return pass_caveat(p, err, "peek_size", NULL, "Too many stacks in too many profiles: callers and callees of %s were not summed.", d->id);
	for (size_t i = 0; !rc && i < n; i++)
		rc = edges_of(p, t, k, d, subject[i], err);
	return rc;
}

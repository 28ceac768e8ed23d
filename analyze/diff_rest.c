// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diff_rest.c - what did not change, as a yardstick
 *
 * Runs of one binary differ in speed as a whole (neighbours, clock rates, caches), by more than single functions differ beside each other. So a
 * function is measured against the cost of the rest, slice by slice: what everything grew by cancels. Shares of the total would do that too,
 * but there one function that doubles makes all others look cheaper. The rest is therefore made of the functions whose share moved as most
 * shares did (their weighted median): trimmed normalisation, as Robinson and Oshlack (Genome Biology 11, 2010) have it for counts of genes.
 */
#include <math.h>
#include <stdlib.h>

#include "analyze/diff.h"

#define MOVED 2			/* standard errors away from the median: not part of the rest */
#define LEAST .3		/* of the total: a smaller rest is no yardstick */

struct share {
	uint32_t symbol;
	double ln_ratio, se, weight;
};

static int by_ln_ratio(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	if (x->ln_ratio < y->ln_ratio || x->ln_ratio > y->ln_ratio)
		return x->ln_ratio < y->ln_ratio ? -1 : 1;
	return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* Half of the cost that both sides have moved by at most that. */
static double median_of(struct share *v, size_t n)
{
	double all = 0, sum = 0;

	for (size_t i = 0; i < n; i++)
		all += v[i].weight;
	if (n)
		qsort(v, n, sizeof(*v), by_ln_ratio);
	for (size_t i = 0; i < n; i++) {
		sum += v[i].weight;
		if (sum >= all / 2)
			return v[i].ln_ratio;
	}
	return 0;
}

static int shares(struct comparison *k, const struct tree *t, struct share *v, size_t *n, struct err *err)
{
	*n = 0;
	for (uint32_t s = 1; s <= t->n_symbols; s++) {
		struct compared r;
		int rc;

		if (!t->sym[s].name.p || compare_symbol_raw(k, STAT_FLAT, s) < DIFF_MIN_RAW)
			continue;
		rc = compare_symbol(k, STAT_FLAT, s, diff_tau(k->m, t->sym[s].kind), &r, err);
		if (rc)
			return rc;
		if (r.rest.method != RATIO_NONE && isfinite(r.rest.ln_ratio) && r.rest.se > 0)
			v[(*n)++] = (struct share){ s, r.rest.ln_ratio, r.rest.se, fmin(r.work.base, r.work.cur) };
		else if (r.rest.method != RATIO_NONE)
			v[(*n)++] = (struct share){ s, NAN, 1, 0 };	/* on one side only: moved */
	}
	return 0;
}

/* Moved ones go out of the rest; false when too little is left. */
static bool subtract(const struct cube *c, const struct share *v, size_t n, double middle, double *rest, double *raw, bool *moved)
{
	double all = 0, left = 0;

	for (size_t i = 0; i < n; i++)
		moved[v[i].symbol] = !(fabs(v[i].ln_ratio - middle) <= MOVED * v[i].se);

	for (size_t s = 0; s < c->n; s++) {
		all += rest[s];
		for (size_t i = 0; i < n; i++) {
			double amount = CUBE_AT(c, amount, STAT_FLAT, s, v[i].symbol), var = CUBE_AT(c, var, STAT_FLAT, s, v[i].symbol);

			if (!moved[v[i].symbol])
				continue;
			rest[s] -= amount;
			raw[s] -= var > 0 ? amount * amount / var : 0;
		}
		left += rest[s];
	}
	return left >= LEAST * all;
}

int diff_rest(struct pass *p, const struct tree *t, struct comparison *k, struct err *err)
{
	const struct cube *c = k->c;
	struct share *v = arena_array(&p->mem, struct share, (size_t)t->n_symbols + 1);
	double *rest = arena_array(&p->mem, double, c->n + 1), *raw = arena_array(&p->mem, double, c->n + 1), middle;
	bool *moved = arena_array(&p->mem, bool, (size_t)t->n_symbols + 1);
	size_t n = 0, finite = 0;
	int rc;

	k->rest = k->rest_raw = NULL;
	if (!v || !rest || !raw || !moved)
		return err_nomem(err);
	if (c->share || !c->n_side[BASE] || !c->n_side[CUR])
		return 0;
	for (size_t s = 0; s < c->n; s++) {
		rest[s] = c->slice[s].total;
		raw[s] = c->slice[s].var > 0 ? c->slice[s].total * c->slice[s].total / c->slice[s].var : 0;
	}
	k->rest = rest;
	k->rest_raw = raw;
	k->moved = moved;
	rc = shares(k, t, v, &n, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < n; i++)	/* those with a ratio first: only they have a place in the median */
		if (isfinite(v[i].ln_ratio)) {
			struct share swap = v[finite];

			v[finite++] = v[i];
			v[i] = swap;
		}
	middle = median_of(v, finite);
	if (!subtract(c, v, n, middle, rest, raw, moved))
		k->rest = k->rest_raw = NULL;
	return 0;
}

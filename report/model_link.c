// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * model_link.c - evidence and code into their causes, frames into their clusters, the tests of one function into one row
 *
 * Lists arrive in the order of their owners, so each owner's part is a run of neighbours and no row is copied.
 */
#include <math.h>
#include <stdlib.h>

#include "report/model.h"
#include "report/words.h"

static void link_causes(struct report_model *m)
{
	for (size_t c = 0; c < m->causes.n; c++) {
		struct model_cause *cause = &m->causes.v[c];

		for (size_t i = 0; i < m->evidence.n; i++) {
			if (!str_eq(m->evidence.v[i].cause, cause->id))
				continue;
			if (!cause->evidence.n)
				cause->evidence.v = &m->evidence.v[i];
			cause->evidence.n++;
		}
		for (size_t i = 0; i < m->guilty.n; i++) {
			if (!str_eq(m->guilty.v[i].cause, cause->id))
				continue;
			if (!cause->guilty.n)
				cause->guilty.v = &m->guilty.v[i];
			cause->guilty.n++;
		}
	}
}

static void link_clusters(struct report_model *m)
{
	for (size_t c = 0; c < m->clusters.n; c++) {
		struct model_cluster *k = &m->clusters.v[c];

		for (size_t i = 0; i < m->frames.n; i++) {
			if (m->frames.v[i].cluster != k->id)
				continue;
			if (!k->frames.n)
				k->frames.v = &m->frames.v[i];
			k->frames.n++;
		}
	}
}

/* What the function itself changed by, else what is charged to it: an undecided difference has no weight beside a decided one. */
static double weight_of(const struct model_function *f)
{
	const struct model_change *c = model_found(f->flat) ? f->flat : model_found(f->own) ? f->own : model_found(f->cum) ? f->cum :
		f->flat ? f->flat : f->cum;
	double w = c ? fabs(c->delta) : 0;

	return isfinite(w) ? w : 0;
}

int model_order(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	return d ? d : a.n < b.n ? -1 : a.n > b.n;
}

static int by_weight(const void *a, const void *b)
{
	const struct model_function *x = a, *y = b;
	int ux = str_is(x->kind, "user"), uy = str_is(y->kind, "user"), d;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	d = model_order(x->metric, y->metric);
	if (d)
		return d;
	if (x->found != y->found)
		return x->found ? -1 : 1;
	if (x->found && ux != uy)
		return uy - ux;
	if (x->weight > y->weight || x->weight < y->weight)
		return x->weight > y->weight ? -1 : 1;
	return model_order(x->name, y->name);
}

static void take_functions(struct report_model *m, struct model_function *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		f[i].found = model_found(f[i].flat) || model_found(f[i].cum);
		f[i].weight = weight_of(&f[i]);
		f[i].rank = i && str_eq(f[i].metric, f[i - 1].metric) ? f[i - 1].rank : words_metric_rank(f[i].metric);
	}
	m->functions.v = f;
	m->functions.n = n;
}

/* changes is ordered by scope, metric, name: the tests of one function are neighbours. */
static int link_functions(struct report_model *m, struct err *err)
{
	struct model_function *f = arena_array(&m->arena, struct model_function, m->changes.n + 1);
	size_t n = 0;

	if (!f)
		return err_nomem(err);
	for (size_t i = 0; i < m->changes.n; i++) {
		const struct model_change *c = &m->changes.v[i];
		struct model_function *last = n ? &f[n - 1] : NULL;

		if (!str_is(c->scope, "symbol"))
			continue;
		if (!last || !str_eq(last->metric, c->metric) || !str_eq(last->name, c->name)) {
			last = &f[n++];
			*last = (struct model_function){ .metric = c->metric, .unit = c->unit, .name = c->name, .kind = c->kind,
				.place = c->place };
		}
		if (str_is(c->stat, "flat"))
			last->flat = c;
		else if (str_is(c->stat, "cum"))
			last->cum = c;
		else if (str_is(c->stat, "own"))
			last->own = c;
	}
	take_functions(m, f, n);
	if (n)
		qsort(f, n, sizeof(*f), by_weight);
	return 0;
}

static int by_metric(const void *a, const void *b)
{
	const struct model_change *x = *(const struct model_change *const *)a, *y = *(const struct model_change *const *)b;
	int rx = words_metric_rank(x->metric), ry = words_metric_rank(y->metric);

	if (rx != ry)
		return rx < ry ? -1 : 1;
	return model_order(x->metric, y->metric);
}

/* Totals in the order people ask for them. */
static int link_totals(struct report_model *m, struct err *err)
{
	const struct model_change **t = arena_array(&m->arena, const struct model_change *, m->changes.n + 1);
	size_t n = 0;

	if (!t)
		return err_nomem(err);
	for (size_t i = 0; i < m->changes.n; i++)
		if (str_is(m->changes.v[i].scope, "total") || str_is(m->changes.v[i].scope, "series"))
			t[n++] = &m->changes.v[i];
	if (n)
		qsort(t, n, sizeof(*t), by_metric);
	m->totals.v = t;
	m->totals.n = n;
	return 0;
}

int model_link(struct report_model *m, struct err *err)
{
	int rc = link_functions(m, err);

	link_causes(m);
	link_clusters(m);
	return rc ? rc : link_totals(m, err);
}

/* ---- without a store ---- */

static struct model_change change_of(const struct cost_change *c)
{
	return (struct model_change){ .metric = str_from(c->metric), .scope = str_from(c->scope), .name = c->name, .kind = c->kind ? str_from(c->kind) : STR_NONE,
		.stat = str_from(c->stat), .unit = str_from(c->unit), .status = str_from(c->status), .base = c->base, .cur = c->cur, .delta = c->delta, .lo = c->lo,
		.hi = c->hi, .relative = c->base > 0 || c->base < 0 ? c->delta / c->base : NAN, .p = c->p, .q = c->q, .smallest = c->smallest };
}

/* The changes of a metric's symbols come stat by stat, each ascending by symbol: two lists merge into one of functions, in no order of importance. */
static int merge_functions(struct report_model *m, const struct cost_answer *a, struct err *err)
{
	struct model_function *f = arena_array(&m->arena, struct model_function, a->n + 1);
	size_t n = 0;

	if (!f)
		return err_nomem(err);
	for (size_t i = 0, k, end; i < a->n; i = end) {	/* [i, k) flat, [k, end) cum of a metric */
		const char *metric = a->change[i].metric;

		if (strcmp(a->change[i].scope, "symbol") != 0) {
			end = i + 1;
			continue;
		}
		for (k = i; k < a->n && strcmp(a->change[k].stat, "flat") == 0 && a->change[k].metric == metric; k++)
			;
		for (end = k; end < a->n && strcmp(a->change[end].stat, "cum") == 0 && a->change[end].metric == metric; end++)
			;
		for (size_t x = i, y = k; x < k || y < end;) {
			const struct cost_change *flat = x < k ? &a->change[x] : NULL, *cum = y < end ? &a->change[y] : NULL;
			const struct model_change *either;

			if (flat && cum && flat->subject != cum->subject)
				*(flat->subject < cum->subject ? &cum : &flat) = NULL;
			either = &m->changes.v[flat ? x : y];
			f[n++] = (struct model_function){ .metric = either->metric, .unit = either->unit, .name = either->name, .kind = either->kind,
				.flat = flat ? &m->changes.v[x] : NULL, .cum = cum ? &m->changes.v[y] : NULL };
			x += flat != NULL;
			y += cum != NULL;
		}
	}
	take_functions(m, f, n);
	return 0;
}

int report_model_of(struct report_model **out, const struct cost_answer *a, struct err *err)
{
	struct report_model *m = calloc(1, sizeof(*m));
	int rc = 0;

	*out = NULL;
	if (!m)
		return err_nomem(err);
	m->score = m->changed = m->explained = NAN;
	m->changes.v = arena_array(&m->arena, struct model_change, a->n + 1);
	m->caveats.v = arena_array(&m->arena, struct model_caveat, a->n_caveats + 1);
	if (!m->changes.v || !m->caveats.v)
		rc = err_nomem(err);
	for (size_t i = 0; !rc && i < a->n; i++)
		m->changes.v[m->changes.n++] = change_of(&a->change[i]);
	for (size_t i = 0; !rc && i < a->n_caveats; i++)
		m->caveats.v[m->caveats.n++].text = str_from(a->caveat[i]);
	if (!rc)
		rc = merge_functions(m, a, err);
	if (!rc)
		rc = link_totals(m, err);
	if (rc)
		report_model_free(m);
	else
		*out = m;
	return rc;
}

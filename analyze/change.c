// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * change.c - what counts as a change
 *
 * Significance alone flags trivia when there is enough data, size alone flags noise: a change needs q <= .05 AND an effect of at least
 * max(.5 % of the total, 5 % of itself). What fails is 'same' when the whole interval lies inside the gate, else 'unsure': the
 * difference between "it did not change" and "this data cannot tell".
 */
#include "analyze/change.h"

#include <math.h>

#include "core/costs.h"

static const char *test_name(enum ratio_method m)
{
	static const char *const name[] = { "none", "welch", "moderated_t", "windows", "single", "exact" };

	return name[m];
}

struct change change_of(const struct ratio_test *t, const char *metric, const char *unit)
{
	return (struct change){ .metric = metric, .scope = "total", .stat = "level", .unit = unit, .test = test_name(t->method),
		.status = "unsure", .family = STORE_NULL, .subject = STORE_NULL, .line = STORE_NULL, .base = t->base, .cur = t->cur,
		.delta = t->cur - t->base, .lo = t->base * (t->lo - 1), .hi = t->base * (t->hi - 1), .p = t->p, .q = NAN,
		.smallest = t->mde, .beyond = NAN };
}

struct change change_of_both(const struct compared *t, const char *metric, const char *unit)
{
	struct change c = change_of(&t->work, metric, unit);

	if (t->rest.method == RATIO_NONE)
		return c;
	c.test = test_name(t->rest.method);
	c.lo = c.base * (t->rest.lo - 1);
	c.hi = c.base * (t->rest.hi - 1);
	c.p = t->rest.p;
	c.smallest = t->rest.mde;
	/* New and gone functions have no ratio: what is there is all of it. */
	c.beyond = c.base > 0 ? c.base * (t->rest.ratio - 1) : c.delta;
	return c;
}

static double smaller_effect(const struct change *c)
{
	if (isnan(c->beyond))
		return fabs(c->delta);
	return c->beyond * c->delta > 0 ? fmin(fabs(c->delta), fabs(c->beyond)) : 0;
}

const char *change_status(const struct pass *p, const struct change *c, double whole)
{
	double gate = fmax(p->effect_share * whole, p->effect_relative * c->base);

	if (c->q <= CHANGE_Q && smaller_effect(c) >= gate) {
		if (!(c->base > 0))
			return "new";
		if (!(c->cur > 0))
			return "gone";
		return c->delta > 0 ? "up" : "down";
	}
	return c->lo > -gate && c->hi < gate ? "same" : "unsure";
}

void change_set_smallest(const struct pass *p, struct change *c, const struct compared *t, double whole, size_t tested)
{
	const struct ratio_test *used = t->rest.method == RATIO_NONE ? &t->work : &t->rest;
	double gate = fmax(p->effect_share * whole, p->effect_relative * c->base);

	c->smallest = c->base > 0 ? fmax(ratio_mde(used, CHANGE_Q / fmax(1, (double)tested)), gate / c->base) : NAN;
}

bool change_is_found(const struct change *c)
{
	return strcmp(c->status, "same") != 0 && strcmp(c->status, "unsure") != 0 && strcmp(c->status, "shifted") != 0;
}

static int keep(struct pass *p, const struct change *c, int64_t *id, struct err *err)
{
	struct kept *k = p->kept;

	k->change = costs_grow(&p->mem, k->change, k->n, &k->cap, sizeof(*k->change));
	if (!k->change)
		return err_nomem(err);
	k->change[k->n++] = *c;
	if (id)
		*id = (int64_t)k->n;
	return 0;
}

int change_put(struct pass *p, const struct change *c, int64_t *id, struct err *err)
{
	int rc;

	if (p->kept)
		return keep(p, c, id, err);
	rc = store_run(p->st, err,
			   "INSERT INTO change (analysis, family, metric, scope, subject, line, stat, unit, base, cur, delta, lo, hi, p, q,"
			   " n_base, n_cur, test, smallest, status) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   "issiissdddddddiisds", c->family, c->metric, c->scope, c->subject, c->line, c->stat, c->unit, c->base, c->cur,
			   c->delta, c->lo, c->hi, c->p, c->q, c->n_base, c->n_cur, c->test, c->smallest, c->status);

	if (!rc && id)
		*id = store_last_id(p->st);
	return rc;
}

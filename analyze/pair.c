// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pair.c - two profiles compared in memory
 *
 * What a database costs (its tables made, rows written, read, written again) is more than the comparison of two files. Names, sums and tests are
 * those of the passes; what needs rows is only asked whether it would have anything to say:
 *   - renames.c: a function or package on one side that may be one of the other;
 *   - toolchain.c: signs that the sides were compiled differently;
 *   - shifts.c, domains.c, inlining.c: they explain changes that were found, and only where there is a tree.
 * If one of them would, or the sums do not tell the sampling error that a tree tells, the pair is not decided here: the passes do it.
 */
#include <stdlib.h>

#include "analyze/diff.h"
#include "analyze/renames.h"
#include "analyze/symbols.h"
#include "core/costs.h"
#include "core/gosym.h"

struct analyze_pair {
	struct pass p;
	struct kept kept;
	struct tree t;
	struct pair_symbols symbols;
	struct cost_change *change;
	struct cost_answer answer;
};

/* With a tree the sampling error of a sum is made of its samples. Where each is its count times one amount, the sums alone tell it. */
static bool is_proportional(const struct cost_measure *m)
{
	int64_t each = 0, flat;

	for (size_t i = 0; i < m->n; i++) {
		const struct cost_row *r = &m->row[i];

		if (r->flat_count < 0 || r->flat < 0)
			return false;
		if (!each && r->flat_count)
			each = r->flat / r->flat_count;
		if (__builtin_mul_overflow(each, r->flat_count, &flat) || flat != r->flat)
			return false;
	}
	return true;
}

/* Whether a tree would change the sums or their errors. */
static bool sums_suffice(const struct profile_costs *side)
{
	for (int s = 0; s < SIDES; s++)
		for (size_t i = 0; i < side[s].n_measures; i++) {
			const struct cost_measure *m = &side[s].measure[i];

			if ((!str_is(m->metric, "cpu") && !str_is(m->metric, "wall")) || !str_is(m->extent, "interval") || !is_proportional(m))
				return false;
		}
	return true;
}

/* An artefact has a sum only where a stack holds nothing else: rows know what to do with that. */
static bool has_artefact_sums(const struct analyze_pair *a, const struct profile_costs *side)
{
	for (int s = 0; s < SIDES; s++)
		for (size_t i = 0; i < side[s].n_measures; i++)
			for (size_t k = 0; k < side[s].measure[i].n; k++) {
				struct str name = a->t.sym[a->symbols.of[s][side[s].measure[i].row[k].func]].name;

				if (str_starts(name, "runtime.") && gosym_is_artefact(name))
					return true;
			}
	return false;
}

static bool any_found(const struct kept *k)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->change[i].scope, "symbol") == 0 && change_is_found(&k->change[i]))
			return true;
	return false;
}

static int say(struct analyze_pair *a, struct err *err)
{
	const struct kept *k = &a->kept;

	a->change = arena_array(&a->p.mem, struct cost_change, k->n + 1);
	if (!a->change)
		return err_nomem(err);
	for (size_t i = 0; i < k->n; i++) {
		const struct change *c = &k->change[i];
		bool symbol = strcmp(c->scope, "symbol") == 0;

		a->change[i] = (struct cost_change){ .metric = c->metric, .unit = c->unit, .scope = c->scope, .stat = c->stat, .status = c->status,
			.kind = symbol ? a->symbols.kind[c->subject] : NULL, .name = symbol ? a->t.sym[c->subject].name : STR_NONE, .base = c->base,
			.cur = c->cur, .delta = c->delta, .lo = c->lo, .hi = c->hi, .p = c->p, .q = c->q, .smallest = c->smallest, .subject = c->subject };
	}
	a->answer = (struct cost_answer){ a->change, k->n, k->caveat, (size_t)a->p.n_caveats };
	return 0;
}

static bool has_seconds(const struct profile_costs *side)
{
	for (int s = 0; s < SIDES; s++)
		for (size_t i = 0; i < side[s].n_measures; i++)
			if (str_is(side[s].measure[i].extent, "interval") && side[s].t0 != STORE_NULL && side[s].t1 > side[s].t0)
				return true;
	return false;
}

static int run(struct analyze_pair *a, const struct profile_costs *side, bool *decided, struct err *err)
{
	bool tree = !a->p.o->totals_only, any = false;
	int rc;

	*decided = !tree || sums_suffice(side);
	if (!*decided)
		return 0;
	rc = pass_sides_of_pair(&a->p, err);
	if (!rc && has_seconds(side))
		rc = pass_caveat_per_second(&a->p, err);
	if (!rc)
		rc = symbols_of_pair(&a->p, side, &a->t, &a->symbols, err);
	if (!rc)
		rc = renames_in_pair(&a->p, &a->t, side, a->symbols.of, tree, &any, err);
	if (!rc && !any)
		rc = toolchains_in_pair(&a->p, &a->t, side, a->symbols.of, &any, err);
	any = any || (!rc && tree && has_artefact_sums(a, side));
	if (!rc && !any)
		rc = diff_pair(&a->p, &a->t, side, a->symbols.of, tree, err);
	*decided = !rc && !any && !(tree && any_found(&a->kept));
	return rc;
}

int analyze_pair(struct analyze_pair **out, const struct profile_costs side[2], const struct analyze_opts *o, struct err *err)
{
	struct analyze_pair *a = calloc(1, sizeof(*a));
	bool decided = false;
	int rc;

	*out = NULL;
	if (!a)
		return err_nomem(err);
	a->p.kept = &a->kept;
	a->p.brief = true;
	pass_init(&a->p, o);
	rc = run(a, side, &decided, err);
	if (!rc && decided)
		rc = say(a, err);
	if (rc || !decided)
		analyze_pair_free(a);
	else
		*out = a;
	return rc;
}

const struct cost_answer *analyze_pair_answer(const struct analyze_pair *a)
{
	return &a->answer;
}

void analyze_pair_free(struct analyze_pair *a)
{
	if (!a)
		return;
	arena_free(&a->p.mem);
	free(a);
}

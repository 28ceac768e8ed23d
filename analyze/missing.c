// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * missing.c - what a source that is not there would be worth
 *
 * The contest is held again for each source group with signals that were not measured, as if they had been and the leading answer were right: the signals
 * that speak for it are loud, all others of the group quiet. What its score gains is the most that source can add. Rivals it would settle count by themselves.
 */
#include "analyze/missing.h"

#include <math.h>
#include <string.h>

#include "analyze/pass.h"

#define SURE_P 1e-4

static const struct hypothesis *leading(const struct contest *c)
{
	const struct hypothesis *top = NULL;

	for (size_t i = 0; i < c->n; i++)
		if (!top || c->h[i].score > top->score)
			top = &c->h[i];
	return top;
}

/* How loud the signal would be if the cause were right. */
static double expected(const struct cause_spec *s, struct str name)
{
	for (size_t i = 0; i < s->n_signals; i++)
		if (!s->signal[i].against && str_is(name, s->signal[i].name))
			return s->signal[i].down ? -1 : 1;
	return 0;
}

static int score_with(struct pass *p, const struct contest *c, const struct hypothesis *top, struct str group, double *score, struct err *err)
{
	struct facts facts = *c->facts;
	struct contest again;
	int rc;

	facts.fact = arena_array(&p->mem, struct fact, facts.n + 1);
	if (!facts.fact)
		return err_nomem(err);
	memcpy(facts.fact, c->facts->fact, facts.n * sizeof(*facts.fact));
	for (size_t i = 0; i < facts.n; i++) {
		struct fact *f = &facts.fact[i];

		if (f->measured || !str_eq(f->group_name, group))
			continue;
		f->measured = true;
		f->value = f->size = f->cur = expected(top->spec, f->name);
		f->p = f->value != 0 ? SURE_P : NAN;
		if (f->kpi)
			facts.worse = fmax(facts.worse, f->value);
	}
	rc = contest_bind(&again, &facts, p->cat, &p->mem, err);
	if (!rc)
		rc = contest_score(&again, err);
	*score = rc ? NAN : again.h[top - c->h].score;
	return rc;
}

int missing_put(struct pass *p, const struct contest *c, struct err *err)
{
	const struct hypothesis *top = leading(c);
	const struct facts *f = c->facts;
	int rc = 0;

	for (size_t i = 0; !rc && top && i < f->n; i++) {
		bool first = true, any = false;
		double score;

		for (size_t k = 0; k < f->n; k++) {
			if (!str_eq(f->fact[k].group_name, f->fact[i].group_name))
				continue;
			first &= k >= i;
			any |= !f->fact[k].measured;
		}
		if (!first || !any)
			continue;
		rc = score_with(p, c, top, f->fact[i].group_name, &score, err);
		if (!rc)
			rc = store_run(p->st, err, "INSERT INTO missing (analysis, source_group, cause, needs, score, gain) VALUES (1, ?, ?, ?, ?, ?)", "tssdd",
				       f->fact[i].group_name, top->spec->text.id, missing_needs(f->fact[i].group_name.p), score, score - top->score);
	}
	return rc;
}

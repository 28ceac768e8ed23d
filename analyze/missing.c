// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * missing.c - what a source that is not there would be worth
 *
 * The contest is held again for each source group of which nothing was measured, and for each cause in the running, as if that cause were right and the
 * source were there: the signals that speak for the cause are loud, all others of the group quiet. A source is worth the rise of the right answer's
 * score, expected over what may be right: sum of score x (score then - score now).
 */
#include "analyze/missing.h"

#include <math.h>
#include <string.h>

#include "analyze/pass.h"

#define SURE_P 1e-4
#define RUNNING .02	/* causes below this score are not asked */

/* How loud the signal would be if the cause were right. */
static double expected(const struct cause_spec *s, struct str name)
{
	for (size_t i = 0; i < s->n_signals; i++)
		if (!s->signal[i].against && str_is(name, s->signal[i].name))
			return s->signal[i].down ? -1 : 1;
	return 0;
}

/* The score of top if it is right and the group were there. */
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

/* What the group would add, and the cause of which it would tell most. */
static int worth(struct pass *p, const struct contest *c, struct str group, double *gain, double *then, const struct hypothesis **most, struct err *err)
{
	double best = -INFINITY;
	int rc = 0;

	*gain = 0;
	for (size_t k = 0; !rc && k < c->n; k++) {
		const struct hypothesis *h = &c->h[k];
		double score = 0, part;

		if (h->score < RUNNING)
			continue;
		rc = score_with(p, c, h, group, &score, err);
		part = h->score * (score - h->score);
		*gain += part;
		if (part > best) {
			best = part;
			*most = h;
			*then = score;
		}
	}
	return rc;
}

int missing_put(struct pass *p, const struct contest *c, struct err *err)
{
	const struct facts *f = c->facts;
	int rc = 0;

	for (size_t i = 0; !rc && i < f->n; i++) {
		const struct hypothesis *most = NULL;
		bool first = true, none = true;
		double gain, then = NAN;

		for (size_t k = 0; k < f->n; k++) {
			if (!str_eq(f->fact[k].group_name, f->fact[i].group_name))
				continue;
			first &= k >= i;
			none &= !f->fact[k].measured;
		}
		if (!first || !none)
			continue;
		rc = worth(p, c, f->fact[i].group_name, &gain, &then, &most, err);
		if (!rc && most)
			rc = store_run(p->st, err, "INSERT INTO missing (analysis, source_group, cause, needs, score, gain) VALUES (1, ?, ?, ?, ?, ?)", "tssdd",
				       f->fact[i].group_name, most->spec->text.id, missing_needs(f->fact[i].group_name.p), then, gain);
	}
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fit_slope.c - the derivative of one scenario's loss, backward through the two rounds of analyze/contest.c
 *
 * The second round depends on the first through the discounts, woe = (1 - (first score of the explaining cause - own first score)) * (loud +
 * quiet), and through who is in the running. At a kink (who explains what, which group is clipped, which weight a p-value caps) the side is
 * taken that holds there; t_eval.c holds every slope against a difference quotient of the scores themselves.
 */
#include <math.h>

#include "analyze/math/score.h"
#include "tests/eval/fit.h"

#define UNTESTED_SCORE 1e-4

struct back {
	struct fit *f;
	const struct contest *c;
	double *slope;
	double by_nats[CATALOGUE_MAX_CAUSES];	/* loss by the nats of each cause, before the temperature */
	double by_first[CATALOGUE_MAX_CAUSES];	/* loss by the score of the first round */
};

static uint32_t group_of(const struct contest *c, uint32_t k, size_t i)
{
	return c->line[k * CATALOGUE_MAX_LINES + i].fact->group;
}

static void to(struct back *b, size_t param, double d)
{
	if (param != SIZE_MAX)
		b->slope[param] += d;
}

/* The evidence of cause k: weights, misses and, in the second round, the scores that discount it. */
static void through_lines(struct back *b, uint32_t k, bool second)
{
	const struct hypothesis *h = &b->c->h[k];
	double sum[2][CONTEST_MAX_GROUPS] = { { 0 } };	/* for, against */

	for (size_t i = 0; i < h->spec->n_signals; i++) {
		double woe = second ? h->woe[i] : h->loud[i] + h->quiet[i];

		if (!isnan(h->woe[i]))
			sum[!(woe > 0)][group_of(b->c, k, i)] += woe;
	}
	for (size_t i = 0; i < h->spec->n_signals; i++) {
		size_t at = k * CATALOGUE_MAX_LINES + i;
		const struct hypothesis *by = second ? h->by[i] : NULL;
		double keep = by ? 1 - (by->first - h->first) : 1, d = b->by_nats[k], woe = second ? h->woe[i] : h->loud[i] + h->quiet[i];

		if (isnan(h->woe[i]) || fabs(sum[!(woe > 0)][group_of(b->c, k, i)]) >= SCORE_CLIP)
			continue;
		to(b, b->f->of_weight[at], d * keep * (h->capped[i] ? 0 : h->loud[i]));
		to(b, b->f->of_miss[at], d * keep * h->quiet[i]);
		if (!by)
			continue;
		b->by_first[by - b->c->h] -= d * (h->loud[i] + h->quiet[i]);
		b->by_first[k] += d * (h->loud[i] + h->quiet[i]);
	}
}

/* What holds `unknown` down: the coverage of one cause, in the second round less when it is hardly in the running. */
static double coverage_of(const struct contest *c, size_t k, bool second)
{
	const struct hypothesis *h = &c->h[k];

	if (!h->spec->n_signals || !h->tested)
		return 0;
	return h->coverage * (second ? fmin(1, h->first / CONTEST_RUNNING) : 1);
}

static size_t best_covering(const struct contest *c, bool second)
{
	size_t best = 0;

	for (size_t k = 1; k < c->n; k++)
		if (coverage_of(c, k, second) > coverage_of(c, best, second))
			best = k;
	return best;
}

/* The priors, and what none and unknown get from how loud the key figures are. */
static void through_priors(struct back *b, bool second)
{
	const struct contest *c = b->c;
	size_t covering = best_covering(c, second);
	double best = coverage_of(c, covering, second);
	const struct catalogue_constants *o = c->constants;
	double x = o->changed_steep * (c->facts->worse - o->changed_at), sure = 1 / (1 + exp(-x)), untested = 0, by_x = 0;

	for (size_t k = 0; k < c->n; k++)
		untested += c->h[k].tested ? 0 : c->h[k].spec->prior;
	for (size_t k = 0; k < c->n; k++) {
		const struct cause_spec *s = c->h[k].spec;
		double d = b->by_nats[k];

		if (strcmp(s->text.id, "unknown") == 0) {
			double all = s->prior + o->untested_share * untested;

			to(b, b->f->of_prior[k], d * s->prior / all);
			for (size_t j = 0; j < c->n; j++)
				to(b, c->h[j].tested ? SIZE_MAX : b->f->of_prior[j], d * o->untested_share * c->h[j].spec->prior / all);
			to(b, c->facts->snapshot ? SIZE_MAX : b->f->unknown_weight, d * o->unknown_weight * ((2 - best) * sure - 1));
			by_x += d * o->unknown_weight * (2 - best) * sure * (1 - sure);
			if (second && !c->facts->snapshot && c->h[covering].first < CONTEST_RUNNING)
				b->by_first[covering] -= d * o->unknown_weight * sure * c->h[covering].coverage / CONTEST_RUNNING;
			continue;
		}
		to(b, c->h[k].tested ? b->f->of_prior[k] : SIZE_MAX, d);
		if (strcmp(s->text.id, "none") == 0)
			by_x -= d;
	}
	if (c->facts->snapshot)
		return;
	to(b, b->f->changed_steep, by_x * x);
	to(b, b->f->changed_at, -by_x * o->changed_steep);
}

/* One softmax: from loss by the logarithm of its odds to loss by nats. */
static void through_softmax(struct back *b, const double *by_z)
{
	for (size_t k = 0; k < b->c->n; k++)
		b->by_nats[k] = by_z[k] / b->c->constants->temperature;
}

/* What the score of cause k should be. */
static double wanted(const struct fit_case *c, size_t k)
{
	double also = c->also != FIT_NONE && c->also != c->cause ? 1.0 / 3 : 0;

	return (k == c->cause ? 1 - also : 0) + (k == c->also ? also : 0);
}

int fit_slope(struct fit *f, const struct fit_case *c, double weight, double *loss, double *slope, struct err *err)
{
	struct back b = { .f = f, .c = c->contest, .slope = slope };
	double by_z[CATALOGUE_MAX_CAUSES], mean = 0, possible = 0;
	int rc = contest_score(c->contest, err);

	if (rc)
		return rc;
	for (size_t k = 0; k < b.c->n; k++)
		possible += b.c->h[k].score > 0 ? wanted(c, k) : 0;
	for (size_t k = 0; k < b.c->n; k++) {
		double want = wanted(c, k), p = b.c->h[k].score;

		/* What could not be tested cannot win: its loss is large and has no slope. */
		*loss -= want > 0 ? weight * want * log(p > 0 ? p : UNTESTED_SCORE) : 0;
		by_z[k] = p > 0 ? weight * (possible * p - want) : 0;
	}
	if (!slope)
		return 0;
	through_softmax(&b, by_z);
	for (uint32_t k = 0; k < b.c->n; k++)
		through_lines(&b, k, true);
	through_priors(&b, true);
	for (size_t k = 0; k < b.c->n; k++)
		mean += b.by_first[k] * b.c->h[k].first;
	for (size_t k = 0; k < b.c->n; k++)
		by_z[k] = b.c->h[k].first * (b.by_first[k] - mean);
	through_softmax(&b, by_z);
	for (uint32_t k = 0; k < b.c->n; k++)
		through_lines(&b, k, false);
	through_priors(&b, false);
	return 0;
}

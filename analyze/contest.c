// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * contest.c - hypotheses scored against each other, from facts and catalogue alone
 *
 *     l_k = ln prior_k + sum over source groups of min(3, what its signals say for k) - min(3, what they say against k),
 *     p = softmax(l / temperature)
 *
 * - A loud signal gives its weight, but never more than its p-value can be worth (Sellke-Bayarri-Berger); a measured and quiet one
 *   takes `miss`; an absent one does nothing at all.
 * - `none` lives from quiet key figures, `unknown` from loud ones that no cause covers.
 * - A symptom counts once: what a better scored cause explains is discounted for the others, by how much more probable that cause is.
 *   Two rounds: the first without, the second with the discount.
 * - Nothing jumps: two causes that change places, or one that drops out of the running, move every score by little. Readers and the fit
 *   of the weights (tests/eval) both need that.
 */
#include "analyze/hypotheses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/score.h"

#define CLEAR .5		/* score from which a cause leads clearly */
#define KPI_LOUD .3		/* a key figure above this asks for an explanation */

static bool is_none(const struct cause_spec *s)
{
	return strcmp(s->text.id, "none") == 0;
}

static bool is_unknown(const struct cause_spec *s)
{
	return strcmp(s->text.id, "unknown") == 0;
}

static bool is_special(const struct cause_spec *s)
{
	return is_none(s) || is_unknown(s);
}

/* How loud a signal is for one line of a cause: -1 .. 1, NaN when it says nothing. */
static double loudness(const struct facts *all, const struct fact *f, const struct cause_signal *s)
{
	double v;

	if (!f || !f->measured)
		return NAN;
	if (all->snapshot)
		return isnan(s->level) || !isfinite(f->cur) ? NAN : fmax(0, fmin(1, f->cur / s->level));
	v = s->down ? -f->value : f->value;
	return fmax(-1, fmin(1, v));
}

/* Line i of h: what it says before any discount. False when it says nothing. */
static bool weigh_line(const struct facts *all, const struct fact *f, struct hypothesis *h, size_t i)
{
	const struct cause_signal *s = &h->spec->signal[i];
	double v = loudness(all, f, s), bound, size;

	h->woe[i] = v;
	h->loudness[i] = s->against || isnan(v) ? 0 : v;
	h->loud[i] = h->quiet[i] = 0;
	h->capped[i] = false;
	h->by[i] = NULL;
	if (isnan(v))
		return false;
	h->loud[i] = (s->against ? -s->weight : s->weight) * fmax(0, v);
	if (h->loud[i] > 0 && isfinite(f->p)) {
		bound = fmax(0, score_woe(f->p, 1));
		h->capped[i] = bound < h->loud[i];
		h->loud[i] = fmin(h->loud[i], bound);
	}
	/* Quiet is what is small, not what is uncertain: a large change that may be chance says nothing. */
	size = all->snapshot ? v : s->down ? -f->size : f->size;
	if (!s->against)
		h->quiet[i] = -s->miss * (1 - fmax(fmax(0, v), isnan(size) ? 0 : size));
	h->woe[i] = h->loud[i] + h->quiet[i];
	return true;
}

static bool is_signature(const struct fact *f)
{
	return str_starts(f->name, "sig.");
}

/*
 * Frame signatures of one cause from one source are alternatives: a peer is waited for in HTTP or in gRPC. So of their silence the gravest counts, once, and
 * only as far as none of them is loud.
 */
static void hush(struct hypothesis *h, const struct contest_line *line)
{
	double loudest[CONTEST_MAX_GROUPS] = { 0 };
	size_t gravest[CONTEST_MAX_GROUPS] = { 0 }, n = h->spec->n_signals;	/* a line's number + 1 */

	for (size_t i = 0; i < n; i++)
		if (!isnan(h->woe[i]) && is_signature(line[i].fact))
			loudest[line[i].fact->group] = fmax(loudest[line[i].fact->group], fmin(1, h->loudness[i]));
	for (size_t i = 0; i < n; i++) {
		double least;
		size_t *g;

		if (isnan(h->woe[i]) || h->spec->signal[i].against || !is_signature(line[i].fact))
			continue;
		g = &gravest[line[i].fact->group];
		least = -h->spec->signal[i].miss * (1 - loudest[line[i].fact->group]);
		h->quiet[i] = fmax(h->quiet[i], least);
		if (!*g || h->quiet[i] < h->quiet[*g - 1]) {
			if (*g)
				h->quiet[*g - 1] = 0;
			*g = i + 1;
		} else {
			h->quiet[i] = 0;
		}
	}
	for (size_t i = 0; i < n; i++)
		if (!isnan(h->woe[i]))
			h->woe[i] = h->loud[i] + h->quiet[i];
}

/* Part of the loud key figures that a cause accounts for: 1 when none is loud. */
static double coverage(const struct facts *all, const struct cause_spec *s)
{
	double loud = 0, covered = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct fact *f = &all->fact[i];
		bool mine = false;

		if (!f->measured || !f->kpi || f->value < KPI_LOUD)
			continue;
		for (size_t k = 0; k < s->n_signals && !mine; k++)
			mine = !s->signal[k].against && !s->signal[k].down && str_is(f->name, s->signal[k].name);
		loud += f->value;
		covered += mine || catalogue_explains(s, f->name.p) ? f->value : 0;
	}
	return loud > 0 ? covered / loud : 1;
}

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

/* The nats of a change this loud: 0 where it is as likely as not. */
static double nats_of_change(const struct contest *c, double loudest)
{
	return c->constants->changed_steep * (loudest - c->constants->changed_at);
}

static double nats_of_special(const struct contest *c, const struct cause_spec *s)
{
	double x = nats_of_change(c, c->facts->worse), sure = sigmoid(x);

	if (c->facts->snapshot)	/* a level alone is no change: both stay at their prior */
		return is_none(s) ? 1 : 0;
	return is_none(s) ? -x : c->constants->unknown_weight * ((1 - c->best) * sure - (1 - sure));
}

/* The strongest other cause of the last round that explains the signal. */
static const struct hypothesis *explainer(const struct contest *c, const struct hypothesis *h, uint64_t explained_by)
{
	const struct hypothesis *best = NULL;

	for (; explained_by; explained_by &= explained_by - 1) {
		const struct hypothesis *o = &c->h[__builtin_ctzll(explained_by)];

		if (o != h && o->tested && o->score > h->score && (!best || o->score > best->score))
			best = o;
	}
	return best;
}

/* One cause's evidence, into the list for the softmax. */
static void weigh(struct contest *c, uint32_t k, bool discount, size_t *n)
{
	const struct contest_line *line = &c->line[k * CATALOGUE_MAX_LINES];
	struct hypothesis *h = &c->h[k];
	bool tested = is_special(h->spec);

	for (size_t i = 0; i < h->spec->n_signals; i++)
		tested |= weigh_line(c->facts, line[i].fact, h, i) && !h->spec->signal[i].against;
	hush(h, line);
	for (size_t i = 0; i < h->spec->n_signals; i++) {
		if (isnan(h->woe[i]))
			continue;
		if (discount && h->woe[i] > 0)
			h->by[i] = explainer(c, h, line[i].explained_by);
		if (h->by[i])
			h->woe[i] *= 1 - (h->by[i]->score - h->score);
		c->evidence[(*n)++] = (struct score_evidence){ .cause = k, .group = line[i].fact->group, .woe = h->woe[i] };
	}
	h->tested = tested;
}

static void priors(struct contest *c)
{
	double untested = 0;

	/* What could not be tested is not in the contest; part of its prior goes to `unknown`, which is where such a cause would hide. */
	for (size_t k = 0; k < c->n; k++)
		untested += c->h[k].tested ? 0 : c->h[k].spec->prior;
	for (size_t k = 0; k < c->n; k++) {
		const struct cause_spec *s = c->h[k].spec;

		c->prior[k] = c->h[k].tested ? log(is_unknown(s) ? s->prior + c->constants->untested_share * untested : s->prior) : -INFINITY;
		if (is_special(s))
			c->prior[k] += nats_of_special(c, s);
	}
}

static int score_round(struct contest *c, bool discount, struct err *err)
{
	const struct facts *f = c->facts;
	const struct score_opts o = { .rule = SCORE_APART, .groups = f->n ? f->fact[f->n - 1].group + 1 : 1, .temperature = c->constants->temperature };
	size_t n = 0;
	int rc;

	for (uint32_t k = 0; k < c->n; k++)
		weigh(c, k, discount, &n);
	c->best = 0;
	for (size_t k = 0; k < c->n; k++)
		if (!is_special(c->h[k].spec) && c->h[k].tested)
			c->best = fmax(c->best, c->h[k].coverage * (discount ? fmin(1, c->h[k].score / CONTEST_RUNNING) : 1));
	priors(c);
	rc = score_causes(c->prior, c->n, c->evidence, n, &o, c->nats, c->score, err);
	for (size_t k = 0; !rc && k < c->n; k++) {
		c->h[k].nats = c->nats[k];
		c->h[k].score = c->score[k];
	}
	return rc;
}

int contest_score(struct contest *c, struct err *err)
{
	int rc = score_round(c, false, err);

	for (size_t k = 0; !rc && k < c->n; k++)
		c->h[k].first = c->h[k].score;
	if (!rc)
		rc = score_round(c, true, err);
	c->changed = c->facts->snapshot ? NAN : sigmoid(nats_of_change(c, fmax(c->facts->worse, c->facts->better)));
	return rc;
}

/* Which causes explain a signal. */
static uint64_t explained_by(const struct contest *c, const char *signal)
{
	uint64_t causes = 0;

	for (size_t k = 0; k < c->n; k++)
		if (!is_special(c->h[k].spec) && catalogue_explains(c->h[k].spec, signal))
			causes |= UINT64_C(1) << k;
	return causes;
}

int contest_bind(struct contest *c, const struct facts *f, const struct analyze_catalogue *cat, struct arena *mem, struct err *err)
{
	size_t n = analyze_catalogue_count(cat);

	*c = (struct contest){ .facts = f, .constants = catalogue_constants(cat), .n = n };
	c->h = arena_array(mem, struct hypothesis, n + 1);
	c->line = arena_array(mem, struct contest_line, n * CATALOGUE_MAX_LINES + 1);
	c->evidence = arena_array(mem, struct score_evidence, n * CATALOGUE_MAX_LINES + 1);
	c->prior = arena_array(mem, double, n + 1);
	c->nats = arena_array(mem, double, n + 1);
	c->score = arena_array(mem, double, n + 1);
	if (!c->h || !c->line || !c->evidence || !c->prior || !c->nats || !c->score)
		return err_nomem(err);
	for (size_t k = 0; k < n; k++)
		c->h[k].spec = catalogue_spec(cat, k);
	for (size_t k = 0; k < n; k++) {
		const struct cause_spec *s = c->h[k].spec;

		c->h[k].coverage = coverage(f, s);
		for (size_t i = 0; i < s->n_signals; i++)
			c->line[k * CATALOGUE_MAX_LINES + i] = (struct contest_line){ contest_fact(f, s->signal[i].name), explained_by(c, s->signal[i].name) };
	}
	return 0;
}

/* Does the cause measure the signal, or bring it about? */
static bool claims(const struct cause_spec *s, struct str signal)
{
	for (size_t i = 0; i < s->n_signals; i++)
		if (!s->signal[i].against && str_is(signal, s->signal[i].name))
			return true;
	return catalogue_explains(s, signal.p);
}

int contest_residual(struct contest *c, const struct analyze_catalogue *cat, struct arena *mem, struct err *err)
{
	struct hypothesis *top = NULL;
	struct facts left = *c->facts;
	struct contest again;
	int rc;

	for (size_t k = 0; k < c->n; k++) {
		c->h[k].residual = NAN;
		if (!is_special(c->h[k].spec) && c->h[k].tested && c->h[k].score >= CLEAR)
			top = &c->h[k];
	}
	if (!top || left.snapshot)
		return 0;
	left.fact = arena_array(mem, struct fact, left.n + 1);
	if (!left.fact)
		return err_nomem(err);
	memcpy(left.fact, c->facts->fact, left.n * sizeof(*left.fact));
	for (size_t i = 0; i < left.n; i++)
		if (claims(top->spec, left.fact[i].name))
			left.fact[i].measured = false;
	contest_reassess(&left);
	rc = contest_bind(&again, &left, cat, mem, err);
	if (!rc)
		rc = contest_score(&again, err);
	for (size_t k = 0; !rc && k < c->n; k++)
		if (&c->h[k] != top && again.h[k].tested && !is_special(again.h[k].spec))
			c->h[k].residual = again.h[k].score;
	return rc;
}

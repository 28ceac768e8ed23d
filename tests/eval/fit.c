// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fit.c - parameters, scenarios and what is minimised
 */
#include "tests/eval/fit.h"

#include <math.h>

/* How far from the hand values the fit may go before it costs: a weight by half as much again or a third less, a prior threefold. */
#define SPREAD_LINE .4
#define SPREAD_PRIOR .3
#define SPREAD_CONSTANT .4
#define SPREAD_CHANGED_AT .08

static size_t add(struct fit *f, struct fit_param p)
{
	p.hand = *p.to;
	f->param[f->n_params] = p;
	return f->n_params++;
}

static void add_cause(struct fit *f, uint32_t k)
{
	struct cause_spec *s = catalogue_edit(f->cat, k);

	f->of_prior[k] = add(f, (struct fit_param){ .kind = FIT_PRIOR, .cause = k, .to = &s->prior, .spread = SPREAD_PRIOR, .least = 1e-4, .most = .9 });
	for (uint32_t i = 0; i < s->n_signals; i++) {
		size_t at = k * CATALOGUE_MAX_LINES + i;
		struct fit_param p = { .cause = k, .line = i, .spread = SPREAD_LINE, .least = .001, .most = 10 };

		p.kind = FIT_WEIGHT;
		p.to = &s->signal[i].weight;
		f->of_weight[at] = add(f, p);
		f->of_miss[at] = SIZE_MAX;
		if (!(s->signal[i].miss > 0))
			continue;
		p.kind = FIT_MISS;
		p.to = &s->signal[i].miss;
		f->of_miss[at] = add(f, p);
	}
}

static void add_constants(struct fit *f)
{
	struct catalogue_constants *k = catalogue_edit_constants(f->cat);
	struct fit_param p = { .kind = FIT_CONSTANT, .spread = SPREAD_CONSTANT, .least = .05, .most = 20 };

	p.to = &k->changed_steep;
	f->changed_steep = add(f, p);
	p.to = &k->unknown_weight;
	f->unknown_weight = add(f, p);
	p = (struct fit_param){ .kind = FIT_CONSTANT, .to = &k->changed_at, .spread = SPREAD_CHANGED_AT, .added = true, .least = .05, .most = .95 };
	f->changed_at = add(f, p);
}

static size_t number_of(const struct analyze_catalogue *cat, const char *id)
{
	for (size_t k = 0; *id && k < analyze_catalogue_count(cat); k++)
		if (strcmp(analyze_catalogue_at(cat, k)->id, id) == 0)
			return k;
	return FIT_NONE;
}

int fit_init(struct fit *f, struct analyze_catalogue *cat, struct answer *answers, size_t n, struct err *err)
{
	size_t causes = analyze_catalogue_count(cat), lines = causes * CATALOGUE_MAX_LINES + 1;

	*f = (struct fit){ .cat = cat };
	f->param = arena_array(&f->mem, struct fit_param, 2 * lines + causes + 8);
	f->one = arena_array(&f->mem, struct fit_case, n + 1);
	f->of_weight = arena_array(&f->mem, size_t, lines);
	f->of_miss = arena_array(&f->mem, size_t, lines);
	f->of_prior = arena_array(&f->mem, size_t, causes + 1);
	if (!f->param || !f->one || !f->of_weight || !f->of_miss || !f->of_prior)
		return err_nomem(err);
	for (uint32_t k = 0; k < causes; k++)
		add_cause(f, k);
	add_constants(f);
	f->unknown = number_of(cat, "unknown");
	for (size_t i = 0; i < n; i++) {
		const struct scenario *s = answers[i].scenario;
		struct fit_case c = { .contest = &answers[i].contest, .scenario = s, .cause = number_of(cat, s->cause), .also = number_of(cat, s->also) };

		if (!answers[i].failed && c.cause != FIT_NONE)
			f->one[f->n_cases++] = c;
	}
	return 0;
}

void fit_free(struct fit *f)
{
	arena_free(&f->mem);
}

void fit_set(struct fit *f, const double *x)
{
	for (size_t i = 0; i < f->n_params; i++) {
		struct fit_param *p = &f->param[i];

		p->moved = x ? x[i] : 0;
		*p->to = p->moved == 0 ? p->hand : fmin(fmax(p->added ? p->hand + p->moved : p->hand * exp(p->moved), p->least), p->most);
	}
}

void fit_reset(struct fit *f)
{
	fit_set(f, NULL);
}

void fit_get_numbers(const struct fit *f, double *number)
{
	for (size_t i = 0; i < f->n_params; i++)
		number[i] = *f->param[i].to;
}

void fit_put_numbers(struct fit *f, const double *number)
{
	for (size_t i = 0; i < f->n_params; i++)
		*f->param[i].to = number[i];
}

int fit_loss(struct fit *f, const double *x, double *loss, double *slope, struct err *err)
{
	int rc = 0;

	fit_set(f, x);
	*loss = 0;
	for (size_t i = 0; i < f->n_params; i++) {
		double z = x[i] / f->param[i].spread;

		*loss += z * z / 2;
		if (slope)
			slope[i] = z / f->param[i].spread;
	}
	for (size_t i = 0; !rc && i < f->n_cases; i++)
		if (f->one[i].weight > 0)
			rc = fit_slope(f, &f->one[i], f->one[i].weight, loss, slope, err);
	/* What the training set cannot tell stays where it is. */
	for (size_t i = 0; slope && i < f->n_params; i++)
		if (!f->param[i].used)
			slope[i] = 0;
	return rc;
}

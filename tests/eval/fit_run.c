// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fit_run.c - the smallest loss, by GSL's BFGS
 *
 * The loss has kinks (a group's clip, a p-value's cap, who explains what), at which a line search may find no way down although there is
 * one: then the search begins anew from where it stands, without what it thought it knew of the curvature, until that gains nothing.
 */
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "tests/eval/fit.h"

#define MAX_STARTS 12
#define MAX_STEPS 400
#define FIRST_STEP .05
#define LINE_TOLERANCE .1
#define FLAT 1e-6	/* slope at which the search ends */
#define GAIN 1e-7	/* of the loss, below which another start is not worth it */
#define QUIET_SHARE .5	/* all scenarios without a fault together weigh this much of all with one: most are A/A pairs, and alike */

static double loss_at(const gsl_vector *x, void *arg)
{
	struct fit *f = arg;
	struct err other;
	double loss;

	return fit_loss(f, x->data, &loss, NULL, f->err->code ? &other : f->err) ? GSL_NAN : loss;
}

static void both_at(const gsl_vector *x, void *arg, double *loss, gsl_vector *slope)
{
	struct fit *f = arg;
	struct err other;

	if (fit_loss(f, x->data, loss, slope->data, f->err->code ? &other : f->err))
		*loss = GSL_NAN;
}

static void slope_at(const gsl_vector *x, void *arg, gsl_vector *slope)
{
	double loss;

	both_at(x, arg, &loss, slope);
}

/* From x down; *x and *loss are the best point it saw. */
static int descend(gsl_multimin_fdfminimizer *m, gsl_multimin_function_fdf *what, gsl_vector *x, double *loss)
{
	int status = gsl_multimin_fdfminimizer_set(m, what, x, FIRST_STEP, LINE_TOLERANCE);

	for (int i = 0; !status && i < MAX_STEPS; i++) {
		status = gsl_multimin_fdfminimizer_iterate(m);
		if (gsl_multimin_fdfminimizer_minimum(m) < *loss) {
			*loss = gsl_multimin_fdfminimizer_minimum(m);
			gsl_vector_memcpy(x, gsl_multimin_fdfminimizer_x(m));
		}
		if (gsl_blas_dnrm2(gsl_multimin_fdfminimizer_gradient(m)) < FLAT)
			break;
	}
	return status;
}

static int minimise(struct fit *f, gsl_vector *x, struct err *err)
{
	gsl_multimin_fdfminimizer *m = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, f->n_params);
	gsl_multimin_function_fdf what = { .f = loss_at, .df = slope_at, .fdf = both_at, .n = f->n_params, .params = f };
	double loss, before;

	if (!m)
		return err_nomem(err);
	f->err = err;
	err->code = ERR_OK;
	loss = loss_at(x, f);
	for (int start = 0; start < MAX_STARTS && !err->code; start++) {
		before = loss;
		descend(m, &what, x, &loss);
		if (!(before - loss > GAIN * fabs(before)))
			break;
	}
	gsl_multimin_fdfminimizer_free(m);
	return (int)err->code;
}

/* Scenarios of one cause share one weight's square root: five of one kind tell less than five of five kinds. */
void fit_weigh(struct fit *f, const char *without)
{
	double fault = 0, quiet = 0;

	for (size_t i = 0; i < f->n_cases; i++) {
		struct fit_case *c = &f->one[i];
		double same = 0;

		c->weight = 0;
		if (without && strcmp(c->scenario->service, without) == 0)
			continue;
		for (size_t j = 0; j < f->n_cases; j++)
			same += f->one[j].cause == c->cause && !(without && strcmp(f->one[j].scenario->service, without) == 0);
		c->weight = c->scenario->kind == TRUTH_FAULT ? 1 / sqrt(same) : 1;
		*(c->scenario->kind == TRUTH_FAULT ? &fault : &quiet) += c->weight;
	}
	for (size_t i = 0; i < f->n_cases; i++) {
		struct fit_case *c = &f->one[i];
		bool is_fault = c->scenario->kind == TRUTH_FAULT;

		if (c->weight > 0 && fault > 0)
			c->weight *= is_fault ? 1 : fmin(1, QUIET_SHARE * fault / quiet);
	}
}

/* Which parameters the training set says anything about. */
static int mark_used(struct fit *f, struct err *err)
{
	bool planted[CATALOGUE_MAX_CAUSES] = { false }, any = false;
	int rc = 0;

	for (size_t i = 0; i < f->n_params; i++)
		f->param[i].used = false;
	for (size_t i = 0; i < f->n_cases; i++) {
		const struct fit_case *c = &f->one[i];

		if (!(c->weight > 0))
			continue;
		any = planted[c->cause] = true;
		if (c->also != FIT_NONE)
			planted[c->also] = true;
	}
	for (size_t i = 0; !rc && i < f->n_cases; i++) {
		const struct contest *c = f->one[i].contest;

		if (!(f->one[i].weight > 0))
			continue;
		rc = contest_score(f->one[i].contest, err);
		for (size_t p = 0; p < f->n_params; p++) {
			struct fit_param *x = &f->param[p];
			const struct hypothesis *h = &c->h[x->kind == FIT_CONSTANT ? 0 : x->cause];

			if (x->kind == FIT_CONSTANT)
				x->used = any;
			else if (planted[x->cause])
				x->used |= x->kind == FIT_PRIOR || (!isnan(h->woe[x->line]) && (x->kind == FIT_MISS ? h->quiet[x->line] < 0
													: h->loud[x->line] != 0 && !h->capped[x->line]));
		}
	}
	f->param[f->unknown_weight].used &= f->unknown != FIT_NONE && planted[f->unknown];
	return rc;
}

/* As weights.ini will have them: four digits. */
static void round_off(struct fit *f)
{
	for (size_t i = 0; i < f->n_params; i++) {
		char text[32];

		if (f->param[i].moved == 0)
			continue;
		snprintf(text, sizeof(text), "%.4g", *f->param[i].to);
		if (!fmt_parse_real(str_from(text), f->param[i].to))
			*f->param[i].to = f->param[i].hand;
	}
}

int fit_run(struct fit *f, const char *without, struct err *err)
{
	gsl_vector *x = gsl_vector_calloc(f->n_params);
	int rc;

	if (!x)
		return err_nomem(err);
	gsl_set_error_handler_off();
	fit_reset(f);
	fit_weigh(f, without);
	rc = mark_used(f, err);
	if (!rc)
		rc = minimise(f, x, err);
	if (!rc) {
		fit_set(f, x->data);
		round_off(f);
	}
	gsl_vector_free(x);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * held_out.c - every service by weights, temperature and threshold that its own scenarios had no part in
 *
 * Weights are fitted on the other services. They are too sure of what they were fitted on; how much is told by their answers on the service
 * that they had not seen. So a temperature is chosen on such answers: for one service on those of the others, for the shipped weights
 * on all. The threshold of level `high` is found in the same way.
 */
#include <math.h>
#include <stdlib.h>

#include "tests/eval/eval.h"

/* e^-.75 .. e^1.5 in steps of .05: a grid, so that the last digit of a loss decides nothing. */
#define TEMPERATURES 46
#define COLDEST (-15)
#define SPREAD .4	/* of its logarithm around 0, as of a weight */

struct held {
	struct eval *e;
	double *number;		/* of service s from s * n_params on: the weights fitted without it */
	double *loss;		/* of scenario i and temperature t: [i * TEMPERATURES + t] */
	double *weight;		/* of scenario i, when all are in */
};

static double ln_temperature(int t)
{
	return (t + COLDEST) * .05;
}

static bool of_service(const struct eval *e, size_t i, size_t s)
{
	return strcmp(e->truth.s[i].service, e->service[s]) == 0;
}

/* The loss of each scenario of service s at each temperature, by the weights that are set. */
static int losses(struct held *h, size_t s, struct err *err)
{
	struct fit *f = &h->e->fit;
	int rc = 0;

	for (int t = 0; t < TEMPERATURES && !rc; t++) {
		catalogue_edit_constants(h->e->work)->temperature = exp(ln_temperature(t));
		for (size_t c = 0; c < f->n_cases && !rc; c++) {
			size_t i = (size_t)(f->one[c].scenario - h->e->truth.s);

			if (of_service(h->e, i, s))
				rc = fit_slope(f, &f->one[c], 1, &h->loss[i * TEMPERATURES + (size_t)t], NULL, err);
		}
	}
	catalogue_edit_constants(h->e->work)->temperature = 1;
	return rc;
}

/* The best temperature on the answers of all services but s (n_services: of all). */
static double best_temperature(const struct held *h, size_t s)
{
	double least = INFINITY, best = 1;

	for (int t = 0; t < TEMPERATURES; t++) {
		double z = ln_temperature(t) / SPREAD, sum = z * z / 2;

		for (size_t i = 0; i < h->e->truth.n; i++)
			if (s == h->e->n_services || !of_service(h->e, i, s))
				sum += h->weight[i] * h->loss[i * TEMPERATURES + (size_t)t];
		if (sum < least) {
			least = sum;
			best = exp(ln_temperature(t));
		}
	}
	return best;
}

static int fit_each(struct held *h, struct err *err)
{
	struct eval *e = h->e;
	int rc = 0;

	for (size_t s = 0; !rc && s < e->n_services; s++) {
		rc = fit_run(&e->fit, e->service[s], err);
		if (rc)
			break;
		fit_get_numbers(&e->fit, h->number + s * e->fit.n_params);
		rc = losses(h, s, err);
	}
	fit_weigh(&e->fit, NULL);
	for (size_t c = 0; c < e->fit.n_cases; c++)
		h->weight[e->fit.one[c].scenario - e->truth.s] = e->fit.one[c].weight;
	return rc;
}

static int rank_each(struct held *h, struct err *err)
{
	struct eval *e = h->e;
	int rc = 0;

	for (size_t s = 0; !rc && s < e->n_services; s++) {
		fit_put_numbers(&e->fit, h->number + s * e->fit.n_params);
		catalogue_edit_constants(e->work)->temperature = best_temperature(h, s);
		for (size_t i = 0; !rc && i < e->truth.n; i++)
			if (of_service(e, i, s))
				rc = eval_rank(e, MODEL_HELD_OUT, i, 1, err);
	}
	fit_reset(&e->fit);
	e->temperature = best_temperature(h, e->n_services);
	catalogue_edit_constants(e->work)->temperature = 1;
	return rc;
}

static void set_levels(struct eval *e)
{
	const struct mark *m = e->mark[MODEL_HELD_OUT];

	e->high_from = marks_high_from(m, e->truth.n, NULL);
	for (size_t s = 0; s < e->n_services; s++) {
		double high = marks_clamp_high(marks_high_from(m, e->truth.n, e->service[s]));

		for (size_t i = 0; i < e->truth.n; i++)
			if (of_service(e, i, s) && !e->answer[i].failed)
				e->ranking[MODEL_HELD_OUT][i].level = answer_level(&e->answer[i], e->ranking[MODEL_HELD_OUT][i].score[0], high);
	}
}

int held_out(struct eval *e, struct err *err)
{
	struct held h = { .e = e, .number = calloc(e->n_services * e->fit.n_params + 1, sizeof(double)),
		.loss = calloc(e->truth.n * TEMPERATURES + 1, sizeof(double)), .weight = calloc(e->truth.n + 1, sizeof(double)) };
	int rc = h.number && h.loss && h.weight ? fit_each(&h, err) : err_nomem(err);

	if (!rc)
		rc = rank_each(&h, err);
	if (!rc) {
		eval_mark(e, MODEL_HELD_OUT);
		set_levels(e);
		eval_mark(e, MODEL_HELD_OUT);
	}
	free(h.number);
	free(h.loss);
	free(h.weight);
	return rc;
}

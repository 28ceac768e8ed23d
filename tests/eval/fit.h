/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fit.h - weights from labelled scenarios
 *
 * Maximum a posteriori (method 5.6, generalised from two classes to all causes): the smallest
 *
 *     - sum over scenarios of weight * (log of the probability that contest_score() gives to what was planted)
 *       + sum over parameters of (distance from the value set by hand / spread)^2 / 2
 *
 * Parameters are the weight and the miss of every signal line and the prior of every cause, as factors (their logarithm is what moves), and
 * the constants of the contest. The temperature is none of them: what was fitted is too sure of what it was fitted on, so the temperature
 * comes from answers on services that the weights had not seen (held_out.c). The contests are the product's own: a parameter is written into the
 * catalogue they are bound to, and they are scored. A cause that no scenario of the training set plants keeps all its numbers, and
 * a line that no scenario measures keeps its own: those stay marked `hand`.
 */
#ifndef EVAL_FIT_H
#define EVAL_FIT_H

#include "tests/eval/answer.h"

struct fit_case {
	struct contest *contest;
	const struct scenario *scenario;
	size_t cause, also;	/* numbers in the catalogue; FIT_NONE: not there */
	double weight;
};
#define FIT_NONE SIZE_MAX

enum fit_kind { FIT_WEIGHT, FIT_MISS, FIT_PRIOR, FIT_CONSTANT };

struct fit_param {
	enum fit_kind kind;
	uint32_t cause, line;
	double *to;		/* in the catalogue */
	double hand, spread;
	bool added;		/* what moves is added to the hand value, else its exponential multiplies it */
	double least, most;
	bool used;		/* some scenario of the training set depends on it */
	double moved;		/* 0: as set by hand */
};

struct fit {
	struct analyze_catalogue *cat;	/* the one that the contests are bound to */
	struct fit_param *param;
	size_t n_params;
	struct fit_case *one;
	size_t n_cases;
	struct arena mem;
	struct err *err;		/* of the first scoring that failed, while the minimiser runs */
	/* Numbers of parameters, by what they move; SIZE_MAX: none. */
	size_t *of_weight, *of_miss, *of_prior;
	size_t changed_at, changed_steep, unknown_weight;
	size_t unknown;			/* the cause of this name */
};

/* cat: as set by hand (catalogue_load() with no weights). The cases are those with facts. */
int fit_init(struct fit *f, struct analyze_catalogue *cat, struct answer *answers, size_t n, struct err *err) ERR_MUST_CHECK;
void fit_free(struct fit *f);

/* Finds the parameters from all cases but those of service `without` (NULL: from all) and leaves them, rounded as weights.ini has them, in
 * the catalogue. */
int fit_run(struct fit *f, const char *without, struct err *err) ERR_MUST_CHECK;
/* The weight of each case among all but those of service `without`. */
void fit_weigh(struct fit *f, const char *without);
/* The catalogue as by hand again. */
void fit_reset(struct fit *f);
/* The numbers in the catalogue out of it and back, n_params of them. */
void fit_get_numbers(const struct fit *f, double *number);
void fit_put_numbers(struct fit *f, const double *number);
/* Sets parameters: x[i] is what parameter i has moved by. */
void fit_set(struct fit *f, const double *x);
/* What is minimised, at the parameters that are set, and its slope along each (NULL: not wanted). */
int fit_loss(struct fit *f, const double *x, double *loss, double *slope, struct err *err) ERR_MUST_CHECK;
/* One scenario's part of it, without its weight; adds to slope. */
int fit_slope(struct fit *f, const struct fit_case *c, double weight, double *loss, double *slope, struct err *err) ERR_MUST_CHECK;

/* Appends weights.ini: the catalogue as it is now, with its sha256 as by hand, the truth's, and what the held-out answers showed. */
struct fit_about {
	const unsigned char *truth_sha256;
	double level_high;
	const struct catalogue_reliability *reliability;
	size_t n_reliability;
	size_t n_services;
};
int fit_write(struct buf *out, struct fit *f, const struct fit_about *about, struct err *err) ERR_MUST_CHECK;
/* The line of it that names what it was fitted from. */
void fit_head(struct buf *out, size_t cases, size_t services, const unsigned char truth_sha256[32], const unsigned char hand_sha256[32]);
/* The numbers of causes.ini that scoring reads, hashed; cat: as set by hand. */
void fit_hand_sha256(unsigned char digest[32], const struct analyze_catalogue *cat);

#endif

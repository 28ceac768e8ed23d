/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * logit.h - Bayesian logistic regression with a normal prior, and its moderated prediction (method 5.6)
 *
 * Minimises -log likelihood + (w - m0)' S0^-1 (w - m0) / 2 by Newton's method; the posterior is taken as normal around the minimum (Laplace):
 * Sigma = (X'WX + S0^-1)^-1. Predicts sigma(mu / sqrt(1 + pi s^2 / 8)): an uncertain weight pulls to one half (MacKay 1992).
 */
#ifndef ANALYZE_MATH_LOGIT_H
#define ANALYZE_MATH_LOGIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define LOGIT_MAX 16	/* weights */

struct logit {
	size_t k;
	double w[LOGIT_MAX], sigma[LOGIT_MAX][LOGIT_MAX];
	int steps;
};

/* x: n rows of k values. s0: variances of the prior, all positive. steps 0: until it stands still. Without rows the prior is the answer. */
int logit_fit(struct logit *l, const double *x, const bool *y, size_t n, size_t k, const double *m0, const double *s0, int steps, struct err *err)
	ERR_MUST_CHECK;
struct logit_prediction {
	double mu, s2;		/* of the linear predictor */
	double plug_in, p;	/* sigma(mu); moderated */
};
struct logit_prediction logit_predict(const struct logit *l, const double *x);

#endif

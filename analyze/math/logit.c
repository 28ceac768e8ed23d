// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * logit.c - Newton with a Cholesky factor; the prior keeps the Hessian positive definite, so no step needs damping for its sake
 */
#include "analyze/math/logit.h"

#include <math.h>
#include <string.h>

#define MOST_STEPS 100
#define STILL 1e-12

static double sigmoid(double x)
{
	return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

static double dot(const double *a, const double *b, size_t k)
{
	double sum = 0;

	for (size_t i = 0; i < k; i++)
		sum += a[i] * b[i];
	return sum;
}

/* h = L L', in place, lower triangle. */
static bool cholesky(double h[LOGIT_MAX][LOGIT_MAX], size_t k)
{
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = h[i][j];

			for (size_t m = 0; m < j; m++)
				sum -= h[i][m] * h[j][m];
			if (i == j && !(sum > 0))
				return false;
			h[i][j] = i == j ? sqrt(sum) : sum / h[j][j];
		}
	return true;
}

static void solve(double l[LOGIT_MAX][LOGIT_MAX], size_t k, const double *b, double *x)
{
	for (size_t i = 0; i < k; i++) {
		x[i] = b[i];
		for (size_t m = 0; m < i; m++)
			x[i] -= l[i][m] * x[m];
		x[i] /= l[i][i];
	}
	for (size_t i = k; i-- > 0;) {
		for (size_t m = i + 1; m < k; m++)
			x[i] -= l[m][i] * x[m];
		x[i] /= l[i][i];
	}
}

static double cost(const double *x, const bool *y, size_t n, size_t k, const double *w, const double *m0, const double *s0)
{
	double sum = 0;

	for (size_t r = 0; r < n; r++) {
		double mu = dot(x + r * k, w, k), z = y[r] ? mu : -mu;

		sum += z > 0 ? log1p(exp(-z)) : log1p(exp(z)) - z;
	}
	for (size_t i = 0; i < k; i++)
		sum += .5 * (w[i] - m0[i]) * (w[i] - m0[i]) / s0[i];
	return sum;
}

static void derivatives(const double *x, const bool *y, size_t n, size_t k, const double *w, const double *m0, const double *s0, double *g,
			double h[LOGIT_MAX][LOGIT_MAX])
{
	for (size_t i = 0; i < k; i++) {
		g[i] = (w[i] - m0[i]) / s0[i];
		for (size_t j = 0; j <= i; j++)
			h[i][j] = i == j ? 1 / s0[i] : 0;
	}
	for (size_t r = 0; r < n; r++) {
		const double *row = x + r * k;
		double p = sigmoid(dot(row, w, k));

		for (size_t i = 0; i < k; i++) {
			g[i] += (p - y[r]) * row[i];
			for (size_t j = 0; j <= i; j++)
				h[i][j] += p * (1 - p) * row[i] * row[j];
		}
	}
}

int logit_fit(struct logit *l, const double *x, const bool *y, size_t n, size_t k, const double *m0, const double *s0, int steps, struct err *err)
{
	double g[LOGIT_MAX], h[LOGIT_MAX][LOGIT_MAX], step[LOGIT_MAX], next[LOGIT_MAX], unit[LOGIT_MAX];
	bool still = false;

	*l = (struct logit){ .k = k };
	if (k > LOGIT_MAX || !k)
		return err_set(err, ERR_INTERNAL, "a logistic regression of %zu weights", k);
	memcpy(l->w, m0, k * sizeof(*m0));
	for (int i = 0; !still && i < (steps ? steps : MOST_STEPS); i++) {
		double size = 1, before = cost(x, y, n, k, l->w, m0, s0);

		derivatives(x, y, n, k, l->w, m0, s0, g, h);
		if (!cholesky(h, k))
			return err_set(err, ERR_INTERNAL, "a prior of a logistic regression that is none");
		solve(h, k, g, step);
		do {	/* far from the minimum a whole step may overshoot */
			for (size_t j = 0; j < k; j++)
				next[j] = l->w[j] - size * step[j];
			size /= 2;
		} while (cost(x, y, n, k, next, m0, s0) > before + STILL && size > 1e-6);
		still = sqrt(dot(step, step, k)) < STILL;
		memcpy(l->w, next, k * sizeof(*next));
		l->steps++;
	}
	derivatives(x, y, n, k, l->w, m0, s0, g, h);
	if (!cholesky(h, k))
		return err_set(err, ERR_INTERNAL, "a prior of a logistic regression that is none");
	for (size_t i = 0; i < k; i++) {
		memset(unit, 0, sizeof(unit));
		unit[i] = 1;
		solve(h, k, unit, l->sigma[i]);
	}
	return 0;
}

struct logit_prediction logit_predict(const struct logit *l, const double *x)
{
	struct logit_prediction p = { .mu = dot(l->w, x, l->k) };

	for (size_t i = 0; i < l->k; i++)
		p.s2 += x[i] * dot(l->sigma[i], x, l->k);
	p.plug_in = sigmoid(p.mu);
	p.p = sigmoid(p.mu / sqrt(1 + M_PI * p.s2 / 8));
	return p;
}

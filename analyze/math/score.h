/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score.h - evidence to probabilities, change to its parts, and answers to marks
 */
#ifndef ANALYZE_MATH_SCORE_H
#define ANALYZE_MATH_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

#define SCORE_CLIP	3.0	/* of one group's weight of evidence, in nats */
#define SCORE_UNKNOWN	2.0	/* nats that uncovered change gives to `unknown` */

/* p = exp(l/temperature) / sum; -INFINITY is impossible, NaN counts as -INFINITY; all impossible: all 0. */
void score_softmax(const double *l, size_t n, double temperature, double *p);
/* Sellke-Bayarri-Berger: the largest Bayes factor a p-value can be worth; 1 from p = 1/e up, NaN for NaN. */
double score_bayes_bound(double p);
/* ln of it, with the sign of direction: what one test may add. 0 for NaN. */
double score_woe(double p, double direction);

/* One signal's weight of evidence for one cause. NaN = not tested, has no effect. */
struct score_evidence {
	uint32_t cause;
	uint32_t group;		/* source: signals of one profile are not independent */
	double woe;		/* nats */
};
enum score_rule {
	SCORE_LARGEST,	/* of a group the largest for and the largest against */
	SCORE_ROOT,	/* the sum over sqrt(items) */
	SCORE_SUM,	/* the sum: items are independent */
	SCORE_APART,	/* what speaks for and what speaks against, summed and clipped apart: much of one does not swallow the other */
};
struct score_opts {
	enum score_rule rule;
	double clip;		/* 0: SCORE_CLIP */
	double temperature;	/* 0: 1 */
	const double *lambda;	/* a group's factor, groups of them; NULL: all 1 */
	size_t groups;
};
/*
 * l[k] = ln_prior[k] + sum over groups of lambda * clip(combined evidence), p = softmax(l / temperature). The causes
 * include `none` and `unknown`: their evidence is in the list too. A cause or group out of range is ignored.
 */
int score_causes(const double *ln_prior, size_t causes, const struct score_evidence *e, size_t n,
		 const struct score_opts *o, double *l, double *p, struct err *err) ERR_MUST_CHECK;
/* Part of delta inside what a hypothesis claims, 0 .. 1; NaN when delta is 0 or NaN. */
double score_coverage(double claimed, double delta);
/* The nats `unknown` gains: weight * (1 - total disjoint coverage); 0 for NaN. */
double score_unknown(double coverage, double weight);

/* Change of load * cost, exactly: total = load + efficiency. */
struct score_load {
	double total, load, efficiency;
};
struct score_load score_load(double load_a, double cost_a, double load_b, double cost_b);
/*
 * Change of the mean cost per request over endpoints, exactly: total = mix + efficiency. n requests, e cost of each;
 * an endpoint without requests on a side may have a NaN cost there, the other side's is taken.
 */
struct score_mix {
	double total, mix, efficiency;
};
struct score_mix score_mix(const double *na, const double *ea, const double *nb, const double *eb, size_t n);
/* All three: C = sum n e; load at the mean mix and cost, the rest split as above and scaled by the mean load. */
struct score_parts {
	double total, load, mix, efficiency;
};
struct score_parts score_parts(const double *na, const double *ea, const double *nb, const double *eb, size_t n);

/* Calibration of probabilities p against outcomes y. Empty: NaN. */
double score_brier(const double *p, const bool *y, size_t n);
double score_brier_skill(const double *p, const bool *y, size_t n);
double score_log_loss(const double *p, const bool *y, size_t n);
/* Equal-width bins (lo, hi], the first closed; *mce (may be NULL) the largest gap. bins at most 100. */
double score_ece(const double *p, const bool *y, size_t n, size_t bins, double *mce);
double score_auc(const double *p, const bool *y, size_t n);

/* Ranks of the true answer, counted from 1; 0 = not in the list. Empty: NaN. */
double score_ac(const size_t *rank, size_t n, size_t k);
double score_avg(const size_t *rank, size_t n, size_t k);	/* mean of AC@1 .. AC@k */
double score_mrr(const size_t *rank, size_t n);
/* What guessing reaches among candidates[i] answers. */
double score_chance_ac(const size_t *candidates, size_t n, size_t k);
double score_chance_avg(const size_t *candidates, size_t n, size_t k);
/* Upper 95 % bound of a rate after no event in n trials. */
double score_none_of(size_t n);
/* Fewest hits of n whose Wilson lower bound reaches target; n + 1 when none does. */
size_t score_hits_needed(size_t n, double target, double alpha);
/* Precision after right and wrong verdicts, flat prior: mean and central interval. */
struct score_verdicts {
	double mean, lo, hi;
};
struct score_verdicts score_verdicts(double right, double wrong, double alpha);

#endif

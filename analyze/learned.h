/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learned.h - verdicts over scores: private to analyze/
 */
#ifndef ANALYZE_LEARNED_H
#define ANALYZE_LEARNED_H

#include "analyze/history.h"
#include "analyze/hypotheses.h"
#include "analyze/math/logit.h"

/* Features: 1, ln odds of the score, then the nats of each source group: what a fit over verdicts can tell about a kind of evidence. */
extern const char *const learned_groups[];
#define LEARNED_GROUPS 9
#define LEARNED_K (2 + LEARNED_GROUPS)

struct learned {
	int64_t verdicts, nos;
	bool active;		/* enough of both */
	struct logit fit;
};

size_t learned_group(struct str source_group);	/* its place in learned_groups; the last one for any other */
/* row: LEARNED_K values, of which the groups' are filled in already. */
void learned_row(double *row, double score);
/* All verdicts as rows of features. */
struct history_data {
	double *x;
	bool *y;
	size_t n;
};
int history_data(struct history *h, struct arena *mem, struct history_data *d, struct err *err) ERR_MUST_CHECK;
/* All verdicts of the history, through the fit. */
int history_learn(struct history *h, struct arena *mem, struct learned *out, struct err *err) ERR_MUST_CHECK;
/* The scores of the contest, moved by what was learned, still adding up to 1. */
int learned_apply(const struct learned *l, struct contest *c, struct arena *mem, struct err *err) ERR_MUST_CHECK;
/* Sixteen hex digits over `model` and the weights: another fingerprint for other verdicts. */
void learned_fingerprint(const struct learned *l, char model[17]);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * learned.c - what a user's verdicts say about the scores, and the scores after it
 *
 * The prior: a score is the probability that it claims to be (weight 1 on its ln odds, 0 on everything else). Verdicts move that: a kind of evidence
 * that misleads in this user's services loses weight for all causes. Few verdicts move little, since the prior is narrow for the groups.
 */
#include "analyze/learned.h"

#include <math.h>
#include <nettle/sha2.h>

#include "analyze/math/score.h"

#define ODDS_MOST 6.0
#define VAR_OFFSET 1.0
#define VAR_ODDS .25
#define VAR_GROUP .04

const char *const learned_groups[LEARNED_GROUPS] = { "cpu", "heap", "gc", "goroutine", "mutex", "block", "load", "env", "other" };

size_t learned_group(struct str source_group)
{
	size_t i = 0;

	while (i + 1 < LEARNED_GROUPS && !str_is(source_group, learned_groups[i]))
		i++;
	return i;
}

static double ln_odds(double p)
{
	return fmax(-ODDS_MOST, fmin(ODDS_MOST, log(p) - log1p(-p)));
}

void learned_row(double *row, double score)
{
	row[0] = 1;
	row[1] = ln_odds(score);
}

static int fit(struct learned *l, const double *x, const bool *y, size_t n, struct err *err)
{
	double m0[LEARNED_K] = { 0, 1 }, s0[LEARNED_K] = { VAR_OFFSET, VAR_ODDS };

	for (size_t i = 2; i < LEARNED_K; i++)
		s0[i] = VAR_GROUP;
	for (size_t i = 0; i < n; i++)
		l->nos += !y[i];
	l->verdicts = (int64_t)n;
	l->active = l->verdicts >= HISTORY_VERDICTS && l->nos >= HISTORY_NOS;
	return logit_fit(&l->fit, x, y, l->active ? n : 0, LEARNED_K, m0, s0, 0, err);
}

int history_learn(struct history *h, struct arena *mem, struct learned *out, struct err *err)
{
	struct history_data d;
	int rc = history_data(h, mem, &d, err);

	*out = (struct learned){ 0 };
	return rc ? rc : fit(out, d.x, d.y, d.n, err);
}

int learned_apply(const struct learned *l, struct contest *c, struct arena *mem, struct err *err)
{
	double *nats = arena_array(mem, double, c->n + 1);

	if (!nats)
		return err_nomem(err);
	for (size_t k = 0; k < c->n; k++) {
		struct hypothesis *h = &c->h[k];
		double row[LEARNED_K] = { 0 };

		nats[k] = c->nats[k];
		if (!(h->score > 0) || !(h->score < 1))
			continue;
		for (size_t i = 0; i < h->spec->n_signals; i++)
			if (isfinite(h->woe[i]) && c->line[k * CATALOGUE_MAX_LINES + i].fact)
				row[2 + learned_group(c->line[k * CATALOGUE_MAX_LINES + i].fact->group_name)] += h->woe[i];
		learned_row(row, h->score);
		nats[k] += c->constants->temperature * (ln_odds(logit_predict(&l->fit, row).p) - ln_odds(h->score));
	}
	score_softmax(nats, c->n, c->constants->temperature, c->score);
	for (size_t k = 0; k < c->n; k++)
		c->h[k].score = c->score[k];
	return 0;
}

void learned_fingerprint(const struct learned *l, char model[17])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, 16, (const uint8_t *)model);
	sha256_update(&ctx, l->fit.k * sizeof(l->fit.w[0]), (const uint8_t *)l->fit.w);
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
	for (int i = 0; i < 8; i++) {
		model[2 * i] = hex[digest[i] >> 4];
		model[2 * i + 1] = hex[digest[i] & 15];
	}
	model[16] = '\0';
}

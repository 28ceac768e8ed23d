// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * score.c - evidence to probabilities, and change to its parts
 *
 * Signals of one profile say the same thing several times, so within a group only the strongest for and the strongest
 * against count (or their sum is shrunk, or both sums are clipped apart), and no group may say more than SCORE_CLIP. A p-value is capped by the bound
 * of Sellke, Bayarri and Berger: .05 alone is worth less than 2.5 to 1.
 */
#include "analyze/math/score.h"

#include <math.h>
#include <stdlib.h>

#include "analyze/math/dist.h"

void score_softmax(const double *l, size_t n, double temperature, double *p)
{
	double top = -INFINITY, t = temperature > 0 ? temperature : 1;
	struct dist_sum s = { 0 };

	for (size_t i = 0; i < n; i++)
		if (l[i] > top)
			top = l[i];
	for (size_t i = 0; i < n; i++) {
		p[i] = isnan(l[i]) || top == -INFINITY ? 0 : l[i] == top ? 1 : exp((l[i] - top) / t);
		dist_sum_add(&s, p[i]);
	}
	if (dist_sum_value(&s) > 0)
		for (size_t i = 0; i < n; i++)
			p[i] /= dist_sum_value(&s);
}

double score_bayes_bound(double p)
{
	if (isnan(p) || p < 0)
		return NAN;
	if (p >= exp(-1))
		return 1;
	return p > 0 ? 1 / (-M_E * p * log(p)) : INFINITY;
}

double score_woe(double p, double direction)
{
	double bound = score_bayes_bound(p);

	if (isnan(bound) || isnan(direction) || direction == 0)
		return 0;
	return copysign(log(bound), direction);
}

/* What one group says about one cause. */
struct said {
	double most, least, sum, items, plus, minus;
};

static double combined(const struct said *s, const struct score_opts *o)
{
	double clip = o->clip > 0 ? o->clip : SCORE_CLIP, w = s->most + s->least;

	if (o->rule == SCORE_ROOT)
		w = s->items > 0 ? s->sum / sqrt(s->items) : 0;
	if (o->rule == SCORE_SUM)
		w = s->sum;
	if (o->rule == SCORE_APART)
		return fmin(s->plus, clip) + fmax(s->minus, -clip);
	return fmin(fmax(w, -clip), clip);
}

int score_causes(const double *ln_prior, size_t causes, const struct score_evidence *e, size_t n,
		 const struct score_opts *o, double *l, double *p, struct err *err)
{
	struct said *said = calloc(causes * o->groups + 1, sizeof(*said)), *s;
	struct dist_sum sum;

	if (!said)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++) {
		if (e[i].cause >= causes || e[i].group >= o->groups || isnan(e[i].woe))
			continue;
		s = &said[e[i].cause * o->groups + e[i].group];
		s->most = fmax(s->most, e[i].woe);
		s->least = fmin(s->least, e[i].woe);
		s->sum += e[i].woe;
		*(e[i].woe > 0 ? &s->plus : &s->minus) += e[i].woe;
		s->items++;
	}
	for (size_t k = 0; k < causes; k++) {
		sum = (struct dist_sum){ ln_prior[k], 0 };
		for (size_t g = 0; g < o->groups; g++)
			dist_sum_add(&sum, (o->lambda ? o->lambda[g] : 1) * combined(&said[k * o->groups + g], o));
		l[k] = dist_sum_value(&sum);
	}
	free(said);
	score_softmax(l, causes, o->temperature, p);
	return 0;
}

double score_coverage(double claimed, double delta)
{
	if (isnan(claimed) || !(fabs(delta) > 0))
		return NAN;
	return fmin(fmax(claimed / delta, 0), 1);
}

double score_unknown(double coverage, double weight)
{
	return isnan(coverage) ? 0 : weight * (1 - fmin(fmax(coverage, 0), 1));
}

struct score_load score_load(double load_a, double cost_a, double load_b, double cost_b)
{
	return (struct score_load){ .total = load_b * cost_b - load_a * cost_a,
				    .load = (load_b - load_a) * (cost_a + cost_b) / 2,
				    .efficiency = (cost_b - cost_a) * (load_a + load_b) / 2 };
}

/* An endpoint's cost; where it is not known, what it is on the other side. */
static double known(double cost, double other)
{
	return !isnan(cost) ? cost : !isnan(other) ? other : 0;
}

struct score_mix score_mix(const double *na, const double *ea, const double *nb, const double *eb, size_t n)
{
	double all_a = dist_total(na, n), all_b = dist_total(nb, n), sa, sb, ca, cb;
	struct dist_sum total = { 0 }, mix = { 0 }, eff = { 0 };

	if (!(all_a > 0 && all_b > 0))
		return (struct score_mix){ NAN, NAN, NAN };
	for (size_t i = 0; i < n; i++) {
		sa = na[i] / all_a;
		sb = nb[i] / all_b;
		ca = known(ea[i], eb[i]);
		cb = known(eb[i], ea[i]);
		dist_sum_add(&total, sb * cb - sa * ca);
		dist_sum_add(&mix, (sb - sa) * (ca + cb) / 2);
		dist_sum_add(&eff, (cb - ca) * (sa + sb) / 2);
	}
	return (struct score_mix){ dist_sum_value(&total), dist_sum_value(&mix), dist_sum_value(&eff) };
}

struct score_parts score_parts(const double *na, const double *ea, const double *nb, const double *eb, size_t n)
{
	double all_a = dist_total(na, n), all_b = dist_total(nb, n), mean;
	struct score_mix m = score_mix(na, ea, nb, eb, n);
	struct dist_sum ca = { 0 }, cb = { 0 };

	for (size_t i = 0; i < n; i++) {
		dist_sum_add(&ca, na[i] > 0 ? na[i] * known(ea[i], eb[i]) : 0);
		dist_sum_add(&cb, nb[i] > 0 ? nb[i] * known(eb[i], ea[i]) : 0);
	}
	mean = (all_a + all_b) / 2;
	return (struct score_parts){
		.total = dist_sum_value(&cb) - dist_sum_value(&ca),
		.load = (all_b - all_a) * (dist_sum_value(&ca) / all_a + dist_sum_value(&cb) / all_b) / 2,
		.mix = m.mix * mean,
		.efficiency = m.efficiency * mean,
	};
}

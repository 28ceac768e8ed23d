// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * marks.c - answers to marks, marks to sums (method 1.1, 1.2, 5.5)
 */
#include "tests/eval/marks.h"

#include <math.h>
#include <stdlib.h>

#include "analyze/math/dist.h"
#include "analyze/math/score.h"

static size_t rank_of(const struct ranking *r, const char *id, const char *const *ids)
{
	for (size_t i = 0; *id && i < r->n; i++)
		if (strcmp(ids[r->cause[i]], id) == 0)
			return i + 1;
	return 0;
}

void mark_answer(struct mark *m, const struct scenario *s, const struct ranking *r, const char *const *ids, size_t n_ids, size_t candidates)
{
	*m = (struct mark){ .scenario = s, .candidates = candidates, .verdict = "(failed)", .level = r->level };
	if (r->n == 0 || r->cause[0] >= n_ids)
		return;
	m->rank = m->rank_any = rank_of(r, s->cause, ids);
	m->rank_also = rank_of(r, s->also, ids);
	for (size_t i = 0; i < s->tempts.n; i++)
		m->rank_tempts[i] = rank_of(r, s->tempts.v[i], ids);
	if (m->rank_also && (!m->rank_any || m->rank_also < m->rank_any))
		m->rank_any = m->rank_also;
	m->verdict = ids[r->cause[0]];
	m->score = r->score[0];
	m->right = m->rank_any == 1;
	m->names = strcmp(m->verdict, "none") != 0 && strcmp(m->verdict, "unknown") != 0;
	m->alarm = s->kind != TRUTH_FAULT && m->names && !m->right && m->level >= LEVEL_MEDIUM;
	for (size_t i = 0; i < r->n_code && !m->guilty; i++)
		if (names_function(&s->guilty, r->code[i]))
			m->guilty = i + 1;
}

static void count(struct tally *t, const struct mark *m)
{
	t->all++;
	if (m->scenario->kind != TRUTH_FAULT) {
		t->quiet_n++;
		t->alarms += m->alarm;
		t->quiet_right += m->right;
		t->quiet_wrong += m->names && !m->right;
		return;
	}
	for (size_t k = 1; k <= 5; k++)
		t->hits[k - 1] += m->rank_any > 0 && m->rank_any <= k;
	t->any3 += m->rank_any > 0 && m->rank_any <= 3;
	t->n++;
	if (m->scenario->guilty.n) {
		t->guilty_n++;
		t->guilty1 += m->guilty == 1;
		t->guilty3 += m->guilty > 0 && m->guilty <= 3;
	}
}

void tally_marks(struct tally *t, const struct mark *m, size_t n, bool (*keep)(const struct mark *m, const void *arg), const void *arg)
{
	size_t *rank = calloc(n + 1, sizeof(*rank)), *candidates = calloc(n + 1, sizeof(*candidates));
	double *p = calloc(n + 1, sizeof(*p));
	bool *y = calloc(n + 1, sizeof(*y));

	*t = (struct tally){ .n = 0 };
	for (size_t i = 0; rank && candidates && p && y && i < n; i++) {
		if (keep && !keep(&m[i], arg))
			continue;
		if (m[i].scenario->kind == TRUTH_FAULT) {
			rank[t->n] = m[i].rank;
			candidates[t->n] = m[i].candidates;
		}
		p[t->all] = m[i].score;
		y[t->all] = m[i].right;
		count(t, &m[i]);
	}
	t->mrr = score_mrr(rank, t->n);
	t->avg5 = score_avg(rank, t->n, 5);
	t->chance1 = score_chance_ac(candidates, t->n, 1);
	t->chance3 = score_chance_ac(candidates, t->n, 3);
	t->chance5 = score_chance_avg(candidates, t->n, 5);
	t->brier = score_brier(p, y, t->all);
	free(rank);
	free(candidates);
	free(p);
	free(y);
}

double marks_high_from(const struct mark *m, size_t n, const char *without)
{
	double from = NAN;

	for (size_t i = 0; i < n; i++) {
		size_t answers = 0, right = 0;

		if (!m[i].names || (without && strcmp(m[i].scenario->service, without) == 0))
			continue;
		for (size_t j = 0; j < n; j++)
			if (m[j].names && m[j].score >= m[i].score && !(without && strcmp(m[j].scenario->service, without) == 0)) {
				answers++;
				right += m[j].right;
			}
		if (answers >= MARKS_HIGH_ANSWERS && (double)right >= MARKS_HIGH_RIGHT * (double)answers && !(m[i].score >= from))
			from = m[i].score;
	}
	return from;
}

double marks_clamp_high(double from)
{
	return isnan(from) ? .99 : fmin(fmax(from, .8), .99);
}

double marks_upper(size_t k, size_t n)
{
	if (n == 0 || k >= n)
		return 1;
	return k == 0 ? score_none_of(n) : dist_beta_quantile(.95, (double)k + 1, (double)(n - k));
}

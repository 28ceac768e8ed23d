// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * answer.c - a database to an answer, and an answer to a ranking
 */
#include "tests/eval/answer.h"

#include <math.h>
#include <stdio.h>

#include "tests/eval/trivial.h"

#define LEVEL_MEDIUM_FROM .5	/* as causes.c */

static size_t number_of(const struct analyze_catalogue *cat, struct str id)
{
	size_t k = 0;

	while (k < analyze_catalogue_count(cat) && !str_is(id, analyze_catalogue_at(cat, k)->id))
		k++;
	return k;
}

static enum level level_from(struct str name)
{
	return str_is(name, "high") ? LEVEL_HIGH : str_is(name, "medium") ? LEVEL_MEDIUM : LEVEL_LOW;
}

static int read_verdict(struct answer *a, struct store *st, bool *snapshot, struct err *err)
{
	struct stmt *q;
	int64_t rows = 0;
	int rc = store_query(st, &q, err, "SELECT verdict, level, design FROM answers", "");

	if (rc)
		return rc;
	for (; store_next(q, err); rows++) {
		struct str v = stmt_text(q, 0);

		snprintf(a->verdict, sizeof(a->verdict), "%.*s", (int)v.n, v.p);
		a->level = level_from(stmt_text(q, 1));
		*snapshot = str_is(stmt_text(q, 2), "snapshot");
	}
	rc = store_end(q, err);
	if (!rc && rows != 1)
		rc = err_set(err, ERR_INPUT, "the database holds no answer");
	a->cap = LEVEL_HIGH;
	if (!rc)
		rc = store_query(st, &q, err, "SELECT cap FROM caveats WHERE cap IS NOT NULL", "");
	if (rc)
		return rc;
	while (store_next(q, err)) {
		enum level cap = level_from(stmt_text(q, 0));

		a->cap = cap < a->cap ? cap : a->cap;
	}
	return store_end(q, err);
}

/* One number a cause, by a view with columns id and value. */
static int read_scores(double *out, struct store *st, const char *sql, const struct analyze_catalogue *cat, double otherwise, struct err *err)
{
	struct stmt *q;
	int rc = store_query(st, &q, err, sql, "");

	if (rc)
		return rc;
	for (size_t k = 0; k < CATALOGUE_MAX_CAUSES; k++)
		out[k] = otherwise;
	while (store_next(q, err)) {
		size_t k = number_of(cat, stmt_text(q, 0));

		if (k < analyze_catalogue_count(cat))
			out[k] = stmt_real(q, 1);
	}
	return store_end(q, err);
}

static int read_code(struct answer *a, struct store *st, const struct analyze_catalogue *cat, struct err *err)
{
	struct stmt *q;
	int rc = store_query(st, &q, err, "SELECT cause, function FROM cause_code WHERE function IS NOT NULL ORDER BY cause, rank", "");

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		size_t k = number_of(cat, stmt_text(q, 0));

		if (k == analyze_catalogue_count(cat) || a->n_code[k] == ANSWER_MAX_CODE)
			continue;
		a->code[k][a->n_code[k]] = arena_str(&a->mem, stmt_text(q, 1)).p;
		if (!a->code[k][a->n_code[k]++])
			rc = err_nomem(err);
	}
	return store_finish(q, rc, err);
}

static int read_all(struct answer *a, struct store *st, const struct analyze_catalogue *cat, struct err *err)
{
	bool snapshot = false;
	int rc = read_verdict(a, st, &snapshot, err);

	if (!rc)
		rc = read_scores(a->stored, st, "SELECT id, score FROM causes", cat, NAN, err);
	if (!rc)
		rc = read_scores(a->linear, st, "SELECT cause, score FROM linear_scores", cat, 0, err);
	if (!rc)
		rc = read_code(a, st, cat, err);
	if (!rc)
		rc = contest_facts(&a->facts, st, snapshot, &a->mem, err);
	if (!rc)
		rc = contest_bind(&a->contest, &a->facts, cat, &a->mem, err);
	return rc ? rc : trivial_rank(a, st, cat, err);
}

int answer_read(struct answer *a, const char *db, const struct analyze_catalogue *cat, struct err *err)
{
	struct store *st = NULL;
	int rc = store_open(&st, db, STORE_READ, &limits_default, err);

	if (!rc)
		rc = read_all(a, st, cat, err);
	store_close(st);
	return rc ? err_wrap(err, "%s", db) : 0;
}

void answer_free(struct answer *a)
{
	arena_free(&a->mem);
}

/* Sorts by score, then by the causes' names; few, so by insertion. */
static void sort(struct ranking *r, const char *const *id)
{
	for (size_t i = 1; i < r->n; i++)
		for (size_t j = i; j > 0; j--) {
			uint32_t k = r->cause[j];
			double s = r->score[j];

			if (s < r->score[j - 1] || (s == r->score[j - 1] && strcmp(id[k], id[r->cause[j - 1]]) > 0))
				break;
			r->cause[j] = r->cause[j - 1];
			r->score[j] = r->score[j - 1];
			r->cause[j - 1] = k;
			r->score[j - 1] = s;
		}
}

static void name_code(struct ranking *r, const struct answer *a)
{
	uint32_t k = r->cause[0];

	r->n_code = r->n ? a->n_code[k] : 0;
	for (size_t i = 0; i < r->n_code; i++)
		r->code[i] = a->code[k][i];
}

enum level answer_level(const struct answer *a, double score, double high)
{
	enum level level = score < LEVEL_MEDIUM_FROM ? LEVEL_LOW : score < high ? LEVEL_MEDIUM : LEVEL_HIGH;

	return level < a->cap ? level : a->cap;
}

void answer_rank(struct ranking *r, const struct answer *a, double level_high)
{
	const char *id[CATALOGUE_MAX_CAUSES];

	*r = (struct ranking){ .n = a->contest.n };
	for (uint32_t k = 0; k < a->contest.n; k++) {
		id[k] = a->contest.h[k].spec->text.id;
		r->cause[k] = k;
		r->score[k] = a->contest.h[k].score;
	}
	sort(r, id);
	r->level = answer_level(a, r->score[0], level_high);
	name_code(r, a);
}

void answer_rank_linear(struct ranking *r, const struct answer *a, const struct analyze_catalogue *cat)
{
	const char *id[CATALOGUE_MAX_CAUSES];
	double best = 0;

	*r = (struct ranking){ .n = analyze_catalogue_count(cat), .level = LEVEL_LOW };
	for (uint32_t k = 0; k < r->n; k++) {
		id[k] = analyze_catalogue_at(cat, k)->id;
		r->cause[k] = k;
		r->score[k] = fmin(1, a->linear[k]);
		best = fmax(best, r->score[k]);
	}
	for (uint32_t k = 0; k < r->n; k++)
		if (strcmp(id[k], "none") == 0)
			r->score[k] = 1 - best;
	sort(r, id);
	name_code(r, a);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * eval.c - analyses, fits and marks in their order
 */
#include "tests/eval/eval.h"

#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/file.h"
#include "tests/eval/analyses.h"

#define SAME 1e-9	/* scores in the database have 15 digits or more */

static int on_analysis(void *arg, size_t i, const char *db, int status, struct err *err)
{
	struct eval *e = arg;
	struct answer *a = &e->answer[i];
	struct err why;

	(void)err;
	a->scenario = &e->truth.s[i];
	a->status = status;
	a->failed = answer_read(a, db, e->work, &why) != 0;
	if (a->failed)
		fprintf(stderr, "eval: %s: exit status %d: %s\n", a->scenario->name, status, why.msg);
	e->n_failed += a->failed;
	if (!e->o->keep)
		unlink(db);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int analyse(struct eval *e, struct err *err)
{
	struct analyses a = { .program = e->o->program, .corpus = e->o->truth.corpus, .folder = e->o->keep, .reuse = e->o->use,
		.linear = e->o->linear, .done = on_analysis, .arg = e };
	const char *tmp = getenv("TMPDIR");
	char scratch[4096], kept[PATH_MAX];
	int rc;

	if (e->o->keep) {
		rc = file_mkdirs(e->o->keep, err);
		a.folder = rc ? NULL : realpath(e->o->keep, kept);	/* the state folder below it has to be absolute */
		if (!rc && !a.folder)
			rc = err_set(err, ERR_OUTPUT, "cannot find %s", e->o->keep);
		return rc ? rc : analyses_run(&a, &e->truth, err);
	}
	snprintf(scratch, sizeof(scratch), "%s/attrib-eval-XXXXXX", tmp ? tmp : P_tmpdir);
	a.folder = mkdtemp(scratch);
	if (!a.folder)
		return err_set(err, ERR_OUTPUT, "cannot make %s", scratch);
	rc = analyses_run(&a, &e->truth, err);
	nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list_services(struct eval *e, struct err *err)
{
	for (size_t i = 0; i < e->truth.n; i++) {
		size_t k = 0;

		while (k < e->n_services && strcmp(e->service[k], e->truth.s[i].service) != 0)
			k++;
		if (k == EVAL_MAX_SERVICES)
			return err_set(err, ERR_LIMIT, "more than %d services", EVAL_MAX_SERVICES);
		if (k == e->n_services)
			e->service[e->n_services++] = e->truth.s[i].service;
	}
	qsort(e->service, e->n_services, sizeof(e->service[0]), by_text);
	return 0;
}

int eval_rank(struct eval *e, enum model model, size_t i, double high, struct err *err)
{
	int rc = 0;

	if (e->answer[i].failed)
		return 0;
	rc = contest_score(&e->answer[i].contest, err);
	if (!rc)
		answer_rank(&e->ranking[model][i], &e->answer[i], high);
	return rc;
}

void eval_mark(struct eval *e, enum model model)
{
	for (size_t i = 0; i < e->truth.n; i++) {
		const struct answer *a = &e->answer[i];
		size_t tested = 0;

		for (size_t k = 0; !a->failed && k < a->contest.n; k++)
			tested += a->contest.h[k].tested;
		mark_answer(&e->mark[model][i], &e->truth.s[i], &e->ranking[model][i], e->id, e->n_ids, tested);
	}
}

static int fit_all(struct eval *e, struct err *err)
{
	struct catalogue_reliability rows[CATALOGUE_MAX_RELIABILITY];
	struct fit_about about = { .truth_sha256 = e->truth.sha256, .level_high = marks_clamp_high(e->high_from), .reliability = rows,
		.n_reliability = eval_reliability(rows, e->mark[MODEL_HELD_OUT], e->truth.n), .n_services = e->n_services };
	int rc = fit_run(&e->fit, NULL, err);

	catalogue_edit_constants(e->work)->temperature = e->temperature;
	if (!rc)
		rc = fit_write(&e->weights, &e->fit, &about, err);
	analyze_catalogue_free(e->shipped);
	e->shipped = NULL;
	return rc ? rc : catalogue_load(&e->shipped, &(struct analyze_opts){ .model = ANALYZE_DEFAULT }, buf_view(&e->weights), err);
}

/* The numbers of the shipped catalogue into the one that the contests are bound to. */
static void take_shipped(struct eval *e)
{
	*catalogue_edit_constants(e->work) = *catalogue_constants(e->shipped);
	for (size_t k = 0; k < e->n_ids; k++) {
		const struct cause_spec *from = catalogue_spec(e->shipped, k);
		struct cause_spec *to = catalogue_edit(e->work, k);

		to->prior = from->prior;
		for (size_t i = 0; i < from->n_signals; i++) {
			to->signal[i].weight = from->signal[i].weight;
			to->signal[i].miss = from->signal[i].miss;
		}
	}
}

/* The program's own scores are those that its model has here. */
static bool same_scores(const struct answer *a, const struct ranking *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (!(fabs(a->stored[r->cause[i]] - r->score[i]) < SAME))
			return false;
	return r->n > 0;
}

static int score_shipped(struct eval *e, struct err *err)
{
	double high = catalogue_constants(e->shipped)->level_high;
	int rc = 0;

	take_shipped(e);
	for (size_t i = 0; !rc && i < e->truth.n; i++) {
		const struct answer *a = &e->answer[i];

		rc = eval_rank(e, MODEL_SHIPPED, i, high, err);
		if (!rc && !a->failed)
			e->unequal += !same_scores(a, &e->ranking[e->o->linear ? MODEL_LINEAR : MODEL_SHIPPED][i]);
	}
	eval_mark(e, MODEL_SHIPPED);
	fit_reset(&e->fit);
	*catalogue_edit_constants(e->work) = e->by_hand;
	for (size_t i = 0; !rc && i < e->truth.n; i++)
		rc = eval_rank(e, MODEL_BY_HAND, i, catalogue_constants(e->work)->level_high, err);
	eval_mark(e, MODEL_BY_HAND);
	return rc;
}

static void score_others(struct eval *e)
{
	for (size_t i = 0; i < e->truth.n; i++) {
		const struct answer *a = &e->answer[i];

		if (a->failed)
			continue;
		answer_rank_linear(&e->ranking[MODEL_LINEAR][i], a, e->work);
		e->ranking[MODEL_LARGEST][i] = a->largest;
		e->ranking[MODEL_OVERWEIGHT][i] = a->overweight;
	}
	eval_mark(e, MODEL_LINEAR);
	eval_mark(e, MODEL_LARGEST);
	eval_mark(e, MODEL_OVERWEIGHT);
}

static int prepare(struct eval *e, struct err *err)
{
	struct analyze_opts plain = { .model = ANALYZE_DEFAULT };
	bool room = true;
	int rc = truth_load(&e->truth, &e->o->truth, err);

	if (!rc)
		rc = catalogue_load(&e->work, &plain, STR_LIT(""), err);
	if (!rc)
		rc = analyze_catalogue_load(&e->shipped, &plain, err);
	if (!rc)
		rc = list_services(e, err);
	if (rc)
		return rc;
	e->by_hand = *catalogue_constants(e->work);
	e->n_ids = analyze_catalogue_count(e->work);
	for (size_t k = 0; k < e->n_ids; k++)
		e->id[k] = analyze_catalogue_at(e->work, k)->id;
	e->answer = calloc(e->truth.n + 1, sizeof(*e->answer));
	for (int m = 0; m < MODELS; m++) {
		e->ranking[m] = calloc(e->truth.n + 1, sizeof(*e->ranking[m]));
		e->mark[m] = calloc(e->truth.n + 1, sizeof(*e->mark[m]));
		room &= e->ranking[m] && e->mark[m];
	}
	return room && e->answer ? 0 : err_nomem(err);
}

int eval_run(struct eval *e, const struct eval_opts *o, struct err *err)
{
	int rc;

	*e = (struct eval){ .o = o, .high_from = NAN, .weights = { .limit = 1 << 20 } };
	rc = prepare(e, err);
	if (!rc)
		rc = analyse(e, err);
	if (!rc)
		rc = fit_init(&e->fit, e->work, e->answer, e->truth.n, err);
	e->main = o->truth.subset || e->n_services < 2 ? MODEL_SHIPPED : MODEL_HELD_OUT;
	if (!rc && (e->main == MODEL_HELD_OUT || o->fit))
		rc = held_out(e, err);
	if (!rc && o->fit)
		rc = fit_all(e, err);
	if (!rc) {
		score_others(e);
		rc = score_shipped(e, err);
	}
	return rc;
}

void eval_free(struct eval *e)
{
	for (size_t i = 0; e->answer && i < e->truth.n; i++)
		answer_free(&e->answer[i]);
	for (int m = 0; m < MODELS; m++) {
		free(e->ranking[m]);
		free(e->mark[m]);
	}
	free(e->answer);
	fit_free(&e->fit);
	analyze_catalogue_free(e->work);
	analyze_catalogue_free(e->shipped);
	buf_free(&e->weights);
	truth_free(&e->truth);
}

int eval_is_fresh(const struct eval *e, const char *file, bool *fresh, struct err *err)
{
	struct buf text = { .limit = 1 << 20 }, head = { .limit = 1000 };
	unsigned char hand[FILE_SHA256];
	const char *from;
	int rc = file_slurp(&text, file, 1 << 20, err);

	fit_hand_sha256(hand, e->work);	/* by hand again since score_shipped() */
	fit_head(&head, 0, 0, e->truth.sha256, hand);
	from = head.failed ? NULL : strstr(head.data, "truth.csv ");
	*fresh = !rc && from && text.data && strstr(text.data, from) != NULL;
	buf_free(&text);
	buf_free(&head);
	return rc;
}

size_t eval_reliability(struct catalogue_reliability rows[CATALOGUE_MAX_RELIABILITY], const struct mark *m, size_t n)
{
	size_t used = 0;

	for (int b = 0; b < 10; b++) {
		struct catalogue_reliability r = { .lo = b / 10.0 };

		for (size_t i = 0; i < n; i++)
			if (m[i].score >= r.lo && (m[i].score < (b + 1) / 10.0 || b == 9)) {
				r.n++;
				r.right += m[i].right;
				r.mean += m[i].score;
			}
		if (r.n) {
			r.mean /= (double)r.n;
			rows[used++] = r;
		}
	}
	return used;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tables_trust.c - what a score and a level are worth
 */
#include <math.h>

#include "tests/eval/table.h"
#include "tests/eval/tables.h"

struct quiet {
	const char *title, *cause;	/* cause: of decoys; NULL: A/A pairs */
	bool several;			/* runs a side */
};

static bool is_quiet(const struct mark *m, const void *arg)
{
	const struct quiet *q = arg;
	const struct scenario *s = m->scenario;

	if (q->cause)
		return s->kind == TRUTH_DECOY && strcmp(s->cause, q->cause) == 0;
	return s->kind == TRUTH_PAIR && q->several == (s->baseline.n > 1 && s->current.n > 1);
}

static bool not_fault(const struct mark *m, const void *arg)
{
	(void)arg;
	return m->scenario->kind != TRUTH_FAULT;
}

static void quiet_row(struct buf *out, const char *title, const struct tally *t)
{
	buf_printf(out, "| %s | %zu | %zu | %zu | %zu | ", title, t->quiet_n, t->quiet_right, t->quiet_wrong, t->alarms);
	table_share(out, t->quiet_n ? marks_upper(t->alarms, t->quiet_n) : NAN);
	buf_puts(out, " |\n");
}

void tables_quiet(struct buf *out, const struct eval *e)
{
	static const struct quiet all[] = { { "A/A, one run a side", NULL, false }, { "A/A, several runs a side", NULL, true },
		{ "decoys that are `none`", "none", false }, { "decoys that are `load_shift`", "load_shift", false },
		{ "decoys that are `environment_shift`", "environment_shift", false } };
	struct tally t;

	table_head(out, "nothing is wrong | scenarios | right | wrong cause, any level | false alarms | upper 95 % bound");
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		tally_marks(&t, e->mark[e->main], e->truth.n, is_quiet, &all[i]);
		quiet_row(out, all[i].title, &t);
	}
	tally_marks(&t, e->mark[e->main], e->truth.n, not_fault, NULL);
	quiet_row(out, "all", &t);
}

void tables_coverage(struct buf *out, const struct eval *e)
{
	static const double from[] = { 0, .5, .6, .7, .8, .9, .95, .99 };
	const struct mark *m = e->mark[e->main];

	table_head(out, "score from | answers that name a cause | of them right | share of all faults answered | clear and gross faults answered");
	for (size_t k = 0; k < sizeof(from) / sizeof(from[0]); k++) {
		size_t answers = 0, right = 0, faults = 0, answered = 0, big = 0, big_answered = 0;

		for (size_t i = 0; i < e->truth.n; i++) {
			bool fault = m[i].scenario->kind == TRUTH_FAULT, said = m[i].names && m[i].score >= from[k];
			bool is_big = fault && (strcmp(m[i].scenario->magnitude, "clear") == 0 || strcmp(m[i].scenario->magnitude, "gross") == 0);

			answers += said;
			right += said && m[i].right;
			faults += fault;
			answered += fault && said;
			big += is_big;
			big_answered += is_big && said;
		}
		buf_puts(out, "| ");
		table_share(out, from[k]);
		buf_printf(out, " | %zu | ", answers);
		table_rate(out, right, answers);
		buf_puts(out, " | ");
		table_rate(out, answered, faults);
		buf_puts(out, " | ");
		table_rate(out, big_answered, big);
		buf_puts(out, " |\n");
	}
}

void tables_reliability(struct buf *out, const struct eval *e)
{
	struct catalogue_reliability rows[CATALOGUE_MAX_RELIABILITY];
	size_t n = eval_reliability(rows, e->mark[e->main], e->truth.n);

	table_head(out, "score of the verdict | answers | mean score | right");
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, "| ");
		table_share(out, rows[i].lo);
		buf_puts(out, " to ");
		table_share(out, rows[i].lo + .1);
		buf_printf(out, " | %lld | ", (long long)rows[i].n);
		table_share(out, rows[i].mean);
		buf_puts(out, " | ");
		table_wilson(out, (size_t)rows[i].right, (size_t)rows[i].n);
		buf_puts(out, " |\n");
	}
}

void tables_levels(struct buf *out, const struct eval *e)
{
	static const char *const name[] = { "low", "medium", "high" };
	const struct mark *m = e->mark[e->main];

	table_head(out, "level | answers that name a cause | of them right | other answers | of them right");
	for (int level = LEVEL_HIGH; level >= LEVEL_LOW; level--) {
		size_t n[2] = { 0 }, right[2] = { 0 };

		for (size_t i = 0; i < e->truth.n; i++)
			if ((int)m[i].level == level) {
				n[m[i].names]++;
				right[m[i].names] += m[i].right;
			}
		buf_printf(out, "| %s | %zu | ", name[level], n[1]);
		table_wilson(out, right[1], n[1]);
		buf_printf(out, " | %zu | ", n[0]);
		table_wilson(out, right[0], n[0]);
		buf_puts(out, " |\n");
	}
}

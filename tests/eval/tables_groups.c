// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tables_groups.c - rates of faults: by model, by magnitude, by cause, by service
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/eval/table.h"
#include "tests/eval/tables.h"

static void cell(struct buf *out)
{
	buf_puts(out, " | ");
}

static void rates_of(struct buf *out, const struct tally *t)
{
	table_wilson(out, t->hits[0], t->n);
	cell(out);
	table_wilson(out, t->any3, t->n);
	cell(out);
	table_share(out, t->mrr);
	cell(out);
	table_share(out, t->avg5);
	cell(out);
	table_rate(out, t->guilty1, t->guilty_n);
	cell(out);
	table_rate(out, t->guilty3, t->guilty_n);
	buf_puts(out, " |\n");
}

static const char *const model_name[MODELS] = { "attrib, held out", "attrib as shipped (its weights have seen the service)", "attrib by hand (causes.ini alone)",
	"`--model linear`", "largest cum change", "PerfView's overweight" };

void tables_models(struct buf *out, const struct eval *e)
{
	struct tally t;

	table_head(out, "model | AC@1 | AC@3 | MRR | Avg@5 | guilty@1 | guilty@3 | wrong cause where nothing is wrong | Brier");
	for (int m = e->main == MODEL_HELD_OUT ? 0 : 1; m < MODELS; m++) {
		tally_marks(&t, e->mark[m], e->truth.n, NULL, NULL);
		buf_printf(out, "| %s | ", model_name[m]);
		table_rate(out, t.hits[0], t.n);
		cell(out);
		table_rate(out, t.any3, t.n);
		cell(out);
		table_share(out, t.mrr);
		cell(out);
		table_share(out, t.avg5);
		cell(out);
		table_rate(out, t.guilty1, t.guilty_n);
		cell(out);
		table_rate(out, t.guilty3, t.guilty_n);
		cell(out);
		table_rate(out, t.quiet_wrong, t.quiet_n);
		cell(out);
		table_share(out, m < MODEL_LARGEST ? t.brier : NAN);
		buf_puts(out, " |\n");
	}
	tally_marks(&t, e->mark[e->main], e->truth.n, NULL, NULL);
	buf_puts(out, "| chance among the causes that were tested | ");
	table_share(out, t.chance1);
	cell(out);
	table_share(out, t.chance3);
	buf_puts(out, " | - | ");
	table_share(out, t.chance5);
	buf_puts(out, " | - | - | - | - |\n");
}

/* Groups of marks under one word each. */
struct grouping {
	const char *title;
	const char *(*of)(const struct mark *m);
};

struct group {
	const struct grouping *by;
	const char *word;
};

static const char *magnitude_of(const struct mark *m)
{
	return *m->scenario->magnitude ? m->scenario->magnitude : "without degrees";
}

static const char *cause_of(const struct mark *m)
{
	return m->scenario->cause;
}

static const char *service_of(const struct mark *m)
{
	return m->scenario->service;
}

static const char *runs_of(const struct mark *m)
{
	return m->scenario->baseline.n > 1 && m->scenario->current.n > 1 ? "several" : "one";
}

static bool in_group(const struct mark *m, const void *arg)
{
	const struct group *g = arg;

	return m->scenario->kind == TRUTH_FAULT && strcmp(g->by->of(m), g->word) == 0;
}

static bool clear_or_gross(const struct mark *m, const void *arg)
{
	(void)arg;
	return strcmp(m->scenario->magnitude, "clear") == 0 || strcmp(m->scenario->magnitude, "gross") == 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void table_by(struct buf *out, const struct eval *e, const struct grouping *by, bool clear)
{
	const char **word = calloc(e->truth.n + 1, sizeof(*word));
	const struct mark *m = e->mark[e->main];
	char columns[100];
	size_t n = 0;
	struct tally t;

	for (size_t i = 0; word && i < e->truth.n; i++) {
		size_t k = 0;

		if (m[i].scenario->kind != TRUTH_FAULT)
			continue;
		while (k < n && strcmp(word[k], by->of(&m[i])) != 0)
			k++;
		if (k == n)
			word[n++] = by->of(&m[i]);
	}
	if (n)
		qsort(word, n, sizeof(*word), by_text);
	snprintf(columns, sizeof(columns), "%s | AC@1 | AC@3 | MRR | Avg@5 | guilty@1 | guilty@3", by->title);
	buf_puts(out, out->data[out->len - 2] == '\n' ? "" : "\n");
	table_head(out, columns);
	for (size_t k = 0; k < n; k++) {
		tally_marks(&t, m, e->truth.n, in_group, &(struct group){ by, word[k] });
		buf_printf(out, "| %s | ", word[k]);
		rates_of(out, &t);
	}
	if (clear) {
		tally_marks(&t, m, e->truth.n, clear_or_gross, NULL);
		buf_puts(out, "| clear and gross | ");
		rates_of(out, &t);
	}
	tally_marks(&t, m, e->truth.n, NULL, NULL);
	buf_puts(out, "| all | ");
	rates_of(out, &t);
	free(word);
}

void tables_groups(struct buf *out, const struct eval *e)
{
	static const struct grouping all[] = { { "magnitude", magnitude_of }, { "planted cause", cause_of }, { "service", service_of },
		{ "runs a side", runs_of } };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		table_by(out, e, &all[i], i == 0);
}

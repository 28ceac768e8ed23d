// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * tables_errors.c - what was taken for what
 */
#include <stdlib.h>

#include "tests/eval/table.h"
#include "tests/eval/tables.h"

/* The causes by name, for rows in a fixed order. */
static void sorted(const char *id[CATALOGUE_MAX_CAUSES], const struct eval *e)
{
	for (size_t k = 0; k < e->n_ids; k++) {
		size_t at = k;

		for (; at > 0 && strcmp(e->id[k], id[at - 1]) < 0; at--)
			id[at] = id[at - 1];
		id[at] = e->id[k];
	}
}

void tables_confusion(struct buf *out, const struct eval *e)
{
	const char *id[CATALOGUE_MAX_CAUSES];
	const struct mark *m = e->mark[e->main];

	sorted(id, e);
	table_head(out, "planted | scenarios | named so | taken for");
	for (size_t k = 0; k < e->n_ids; k++) {
		size_t n = 0, right = 0, shown = 0;

		for (size_t i = 0; i < e->truth.n; i++) {
			n += strcmp(m[i].scenario->cause, id[k]) == 0;
			right += strcmp(m[i].scenario->cause, id[k]) == 0 && m[i].right;
		}
		if (!n)
			continue;
		buf_printf(out, "| %s | %zu | %zu | ", id[k], n, right);
		for (size_t o = 0; o <= e->n_ids; o++) {
			const char *other = o < e->n_ids ? id[o] : "(failed)";
			size_t times = 0;

			for (size_t i = 0; i < e->truth.n; i++)
				times += strcmp(m[i].scenario->cause, id[k]) == 0 && !m[i].right && strcmp(m[i].verdict, other) == 0;
			if (times)
				buf_printf(out, "%s%s %zu", shown++ ? ", " : "", other, times);
		}
		buf_puts(out, " |\n");
	}
}

/* Where `id` stands among the tempting causes of a scenario, from 1; 0: it does not tempt there. */
static size_t tempts_as(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->tempts.n; i++)
		if (strcmp(s->tempts.v[i], id) == 0)
			return i + 1;
	return 0;
}

void tables_tempts(struct buf *out, const struct eval *e)
{
	const char *id[CATALOGUE_MAX_CAUSES];
	const struct mark *m = e->mark[e->main];

	sorted(id, e);
	table_head(out, "tempting cause | scenarios | ranked first | above what was planted | named at medium or high");
	for (size_t k = 0; k < e->n_ids; k++) {
		size_t n = 0, first = 0, above = 0, named = 0;

		for (size_t i = 0; i < e->truth.n; i++) {
			size_t at = tempts_as(m[i].scenario, id[k]), rank = at ? m[i].rank_tempts[at - 1] : 0;

			n += at > 0;
			first += rank == 1;
			above += rank && (!m[i].rank || rank < m[i].rank);
			named += rank == 1 && m[i].level >= LEVEL_MEDIUM;
		}
		if (n)
			buf_printf(out, "| %s | %zu | %zu | %zu | %zu |\n", id[k], n, first, above, named);
	}
}

void tables_causes(struct buf *out, const struct eval *e)
{
	const char *id[CATALOGUE_MAX_CAUSES];
	const struct mark *m = e->mark[e->main];
	size_t both = 0, compound = 0, one_of = 0;

	sorted(id, e);
	table_head(out, "cause | planted | wins | tempts | tempts and loses");
	for (size_t k = 0; k < e->n_ids; k++) {
		size_t n = 0, won = 0, tempted = 0, lost = 0;

		for (size_t i = 0; i < e->truth.n; i++) {
			const struct scenario *s = m[i].scenario;
			bool tempts = tempts_as(s, id[k]) > 0;

			n += strcmp(s->cause, id[k]) == 0;
			won += strcmp(s->cause, id[k]) == 0 && m[i].right;
			tempted += tempts;
			lost += tempts && m[i].right;
		}
		buf_printf(out, "| %s | %zu | %zu | %zu | %zu |\n", id[k], n, won, tempted, lost);
	}
	for (size_t i = 0; i < e->truth.n; i++) {
		const struct mark *x = &m[i];

		if (!*x->scenario->also)
			continue;
		compound++;
		one_of += x->rank_any == 1;
		both += x->rank > 0 && x->rank <= 3 && x->rank_also > 0 && x->rank_also <= 3;
	}
	buf_printf(out, "\nTwo faults at once: %zu scenarios; one of the two is ranked first in %zu, both are among the first three in %zu.\n", compound, one_of, both);
}

void tables_wrong(struct buf *out, const struct eval *e)
{
	static const char *const level[] = { "low", "medium", "high" };
	const struct mark *m = e->mark[e->main];

	table_head(out, "scenario | planted | magnitude | verdict | score | level | rank of what was planted");
	for (size_t i = 0; i < e->truth.n; i++) {
		const struct mark *x = &m[i];

		if (x->right)
			continue;
		buf_printf(out, "| %s | %s%s%s | %s | %s | ", x->scenario->name, x->scenario->cause, *x->scenario->also ? " + " : "", x->scenario->also,
			   x->scenario->magnitude, x->verdict);
		table_share(out, x->score);
		buf_printf(out, " | %s | %zu |\n", level[x->level], x->rank);
	}
}

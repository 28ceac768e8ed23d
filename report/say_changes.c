// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * say_changes.c - changes in words and signs
 *
 * A difference that cannot be told from chance is `~` and never a number that a reader would take for a finding.
 */
#include <math.h>

#include "core/fmt.h"
#include "report/say.h"
#include "report/words.h"

void say_total(struct buf *b, const struct model_change *c)
{
	words_metric(b, c->metric);
	buf_byte(b, ' ');
	if (isfinite(c->base)) {
		words_value(b, c->base, words_unit(c->unit));
		buf_puts(b, " -> ");
	}
	words_value(b, c->cur, words_unit(c->unit));
}

void say_total_change(struct buf *b, const struct model_change *c)
{
	if (str_is(c->status, "unsure"))
		buf_puts(b, "~");
	else if (str_is(c->status, "same"))
		buf_puts(b, "=");
	else if (isfinite(c->relative))
		fmt_change(b, c->relative);
	else
		buf_str(b, c->status);
}

bool say_moved(struct buf *b, const struct model_change *c)
{
	if (!model_found(c))
		return false;
	words_metric(b, c->metric);
	buf_puts(b, ": ");
	words_value(b, c->base, words_unit(c->unit));
	buf_puts(b, " -> ");
	words_value(b, c->cur, words_unit(c->unit));
	if (isfinite(c->relative)) {
		buf_puts(b, ", ");
		fmt_change(b, c->relative);
	}
	return true;
}

static bool undecided(const struct model_change *c)
{
	return !c || str_is(c->status, "unsure") || str_is(c->status, "same") || str_is(c->status, "shifted");
}

void say_delta(struct buf *b, const struct model_change *c)
{
	if (!undecided(c))
		words_delta(b, c->delta, words_unit(c->unit));
}

void say_relative(struct buf *b, const struct model_change *c)
{
	if (!c)
		return;
	if (undecided(c))
		buf_puts(b, str_is(c->status, "same") ? "=" : str_is(c->status, "shifted") ? "moved" : "~");
	else if (str_is(c->status, "new") || str_is(c->status, "gone"))
		buf_str(b, c->status);
	else if (isfinite(c->relative))
		fmt_change(b, c->relative);
}

bool say_total_found(const struct report_model *m, struct str metric)
{
	for (size_t i = 0; i < m->totals.n; i++)
		if (str_eq(m->totals.v[i]->metric, metric))
			return model_found(m->totals.v[i]);
	return false;
}

void say_cluster(struct buf *b, const struct model_cluster *k, bool snapshot)
{
	buf_puts(b, "goroutines in ");
	buf_str(b, k->name);
	buf_puts(b, ": ");
	if (!snapshot) {
		fmt_count(b, k->base);
		buf_puts(b, " -> ");
	}
	fmt_count(b, k->cur);
	buf_puts(b, " a dump");
	if (k->class.n && !memmem(k->name.p, k->name.n, k->class.p, k->class.n)) {
		buf_puts(b, ", ");
		buf_str(b, k->class);
	}
	if (k->creator.n) {
		buf_puts(b, ", started by ");
		buf_str(b, k->creator);
	}
}

bool say_cluster_moved(const struct model_cluster *k)
{
	return str_is(k->kind, "goroutine") && fabs(k->growth) >= 1 && fabs(k->growth) >= .1 * k->base;
}

void say_shift(struct buf *b, const struct model_shift *h)
{
	bool one = str_is(h->kind, "moved") || str_is(h->kind, "renamed") || str_is(h->kind, "inlining");	/* a symbol of both sides: the diff tells whether it grew */

	buf_puts(b, one ? "the same code, " : "moved, not grown (");
	buf_str(b, words_shift(h->kind));
	buf_puts(b, one ? ": " : "): ");
	buf_str(b, h->went.n ? h->went : STR_LIT("?"));
	buf_puts(b, " -> ");
	buf_str(b, h->came);
}

bool say_unseen(struct buf *b, const struct report_model *m)
{
	int n = 0;

	if (str_is(m->design, "snapshot"))	/* no change could be seen, whatever its size */
		return false;
	for (size_t i = 0; i < m->totals.n; i++) {
		const struct model_change *c = m->totals.v[i];

		if (!isfinite(c->smallest))
			continue;
		buf_puts(b, n++ ? "; " : "");
		words_metric(b, c->metric);
		buf_byte(b, ' ');
		words_smallest(b, c);
	}
	return n > 0;
}

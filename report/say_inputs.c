// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * say_inputs.c - what was not tested and what was not read, in words
 *
 * Signals that are absent for the same reason make one line, with the causes that wait for it, most causes first.
 */
#include <stdlib.h>

#include "report/say.h"

/* Does cause c wait for a signal that is absent for this reason? */
static bool waits(const struct model_cause *c, struct str why)
{
	for (size_t i = 0; i < c->evidence.n; i++)
		if (str_is(c->evidence.v[i].role, "not_tested") && str_eq(c->evidence.v[i].why, why))
			return true;
	return false;
}

static int by_causes(const void *a, const void *b)
{
	const struct say_absent *x = a, *y = b;

	if (x->causes != y->causes)
		return x->causes > y->causes ? -1 : 1;
	return model_order(x->why, y->why);
}

size_t say_absent(struct say_absent *r, const struct report_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->signals.n; i++) {
		const struct model_signal *s = &m->signals.v[i];
		bool seen = false;

		if (!str_is(s->state, "absent") || !s->why.n)
			continue;
		for (size_t k = 0; k < n; k++)
			seen = seen || str_eq(r[k].why, s->why);
		if (seen || n == SAY_ABSENT)
			continue;
		r[n] = (struct say_absent){ .why = s->why };
		for (size_t k = 0; k < m->causes.n; k++)
			r[n].causes += waits(&m->causes.v[k], s->why);
		n++;
	}
	if (n)
		qsort(r, n, sizeof(*r), by_causes);
	return n;
}

void say_absent_text(struct buf *b, const struct report_model *m, const struct say_absent *r)
{
	size_t listed = 0;

	buf_str(b, r->why);
	for (size_t k = 0; k < m->causes.n; k++) {
		if (!waits(&m->causes.v[k], r->why))
			continue;
		buf_puts(b, listed++ ? ", " : ": for ");
		buf_str(b, m->causes.v[k].id);
	}
}

bool say_unread_counts(struct buf *b, const struct report_model *m)
{
	size_t bad = model_inputs(m, "refused") + model_inputs(m, "partial"), ignored = model_inputs(m, "ignored");

	if (!bad && !ignored)
		return false;
	buf_printf(b, "%zu of %zu files", bad, m->inputs.n);
	if (ignored)
		buf_printf(b, "; %zu %s no input", ignored, ignored == 1 ? "is" : "are");
	return true;
}

void say_input(struct buf *b, const struct model_input *f)
{
	buf_str(b, f->status);
	buf_puts(b, ": ");
	buf_str(b, f->path);
	if (f->place.n) {
		buf_puts(b, ", ");
		buf_str(b, f->place);
	}
	if (f->reason.n) {
		buf_puts(b, ": ");
		buf_str(b, f->reason);
	}
}

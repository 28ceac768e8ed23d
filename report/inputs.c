// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inputs.c - what was not tested and what was not read: the limits of the answer that the reader can lift
 *
 * Signals that are absent for the same reason make one line, with the causes that wait for it, most causes first. A file that was only
 * not a profile ("ignored") is counted; one that should have been read and was not is named with place and reason.
 */
#include <stdio.h>
#include <stdlib.h>

#include "report/term.h"
#include "report/words.h"

#define REASONS 64
#define SHOWN 6

struct reason {
	struct str why;
	const struct report_model *m;
	size_t causes;
};

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
	const struct reason *x = a, *y = b;
	size_t n = x->why.n < y->why.n ? x->why.n : y->why.n;
	int d;

	if (x->causes != y->causes)
		return x->causes > y->causes ? -1 : 1;
	d = n ? memcmp(x->why.p, y->why.p, n) : 0;
	return d ? d : x->why.n < y->why.n ? -1 : x->why.n > y->why.n;
}

static size_t collect(struct reason *r, const struct report_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->signals.n; i++) {
		const struct model_signal *s = &m->signals.v[i];
		bool seen = false;

		if (!str_is(s->state, "absent") || !s->why.n)
			continue;
		for (size_t k = 0; k < n; k++)
			seen = seen || str_eq(r[k].why, s->why);
		if (seen || n == REASONS)
			continue;
		r[n] = (struct reason){ .why = s->why, .m = m };
		for (size_t k = 0; k < m->causes.n; k++)
			r[n].causes += waits(&m->causes.v[k], s->why);
		n++;
	}
	qsort(r, n, sizeof(*r), by_causes);
	return n;
}

void term_untested(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	struct reason *r = calloc(REASONS, sizeof(*r));
	size_t n = r ? collect(r, m) : 0;

	while (n && !r[n - 1].causes && !o->verbose)	/* no cause waits for it */
		n--;
	if (n)
		page_heading(p, "NOT TESTED", "and what would give it");
	for (size_t i = 0; i < n && (o->verbose || i < SHOWN); i++) {
		struct buf b = { .limit = 1 << 16 };
		size_t listed = 0;

		buf_str(&b, r[i].why);
		for (size_t k = 0; k < m->causes.n; k++) {
			if (!waits(&m->causes.v[k], r[i].why))
				continue;
			buf_puts(&b, listed++ ? ", " : ": for ");
			buf_str(&b, m->causes.v[k].id);
		}
		page_item(p, 2, MARK_BULLET, buf_view(&b));
		buf_free(&b);
	}
	if (n > SHOWN && !o->verbose) {
		struct buf b = { .limit = 200 };

		buf_printf(&b, "and %zu more: attrib doctor tells how to capture them", n - SHOWN);
		page_text(p, 4, 4, INK_DIM, buf_view(&b));
		buf_free(&b);
	}
	free(r);
}

static void input_line(struct page *p, const struct model_input *f)
{
	struct buf b = { .limit = 1 << 16 };

	buf_str(&b, f->status);
	buf_puts(&b, ": ");
	buf_str(&b, f->path);
	if (f->place.n) {
		buf_puts(&b, ", ");
		buf_str(&b, f->place);
	}
	if (f->reason.n) {
		buf_puts(&b, ": ");
		buf_str(&b, f->reason);
	}
	page_item(p, 2, str_is(f->status, "refused") ? MARK_FAIL : MARK_NOTE, buf_view(&b));
	buf_free(&b);
}

void term_unread(struct page *p, const struct report_model *m, size_t max)
{
	static const char *const order[] = { "refused", "partial", "ignored" };
	size_t bad = model_inputs(m, "refused") + model_inputs(m, "partial"), ignored = model_inputs(m, "ignored"), shown = 0;
	char note[96];

	if (!bad && !ignored)
		return;
	if (ignored)
		snprintf(note, sizeof(note), "%zu of %zu files; %zu %s no input", bad, m->inputs.n, ignored, ignored == 1 ? "is" : "are");
	else
		snprintf(note, sizeof(note), "%zu of %zu files", bad, m->inputs.n);
	page_heading(p, "NOT READ", note);
	for (int k = 0; k < (max ? 2 : 3); k++)
		for (size_t i = 0; i < m->inputs.n; i++) {
			if (!str_is(m->inputs.v[i].status, order[k]))
				continue;
			if (!max || shown < max)
				input_line(p, &m->inputs.v[i]);
			shown++;
		}
	if (max && shown > max) {
		snprintf(note, sizeof(note), "and %zu more: attrib doctor lists them", shown - max);
		page_text(p, 4, 4, INK_DIM, str_from(note));
	} else if (max && ignored && !bad) {
		page_text(p, 2, 4, INK_DIM, str_from("attrib doctor lists them"));
	}
}

void report_not_read(struct buf *out, const struct report_model *m, const struct report_opts *o, size_t max)
{
	struct buf text = { .limit = 64 << 20 };
	struct page p;

	page_init(&p, &text, o);
	term_unread(&p, m, max);
	page_finish(out, &text, o);
	buf_free(&text);
}

void report_not_read_lines(struct buf *out, const struct report_model *m, const char *side, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < m->inputs.n; i++) {
		const struct model_input *f = &m->inputs.v[i];

		if (str_is(f->status, "read") || (side && !str_is(f->side, side)) || n++ >= max)
			continue;
		buf_str(out, f->path);
		if (f->place.n) {
			buf_puts(out, " (");
			buf_str(out, f->place);
			buf_puts(out, ")");
		}
		buf_puts(out, ": ");
		buf_str(out, f->reason.n ? f->reason : f->status);
		buf_byte(out, '\n');
	}
	if (n > max)
		buf_printf(out, "and %zu more (attrib doctor lists them)\n", n - max);
}

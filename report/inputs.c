// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inputs.c - what was not tested and what was not read: the limits of the answer that the reader can lift
 *
 * A file that was only not a profile ("ignored") is counted; one that should have been read and was not is named with place and reason.
 */
#include <stdio.h>
#include <stdlib.h>

#include "report/say.h"
#include "report/term.h"

#define SHOWN 6

void term_untested(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	struct say_absent *r = calloc(SAY_ABSENT, sizeof(*r));
	size_t n = r ? say_absent(r, m) : 0;

	while (n && !r[n - 1].causes && !o->verbose)	/* no cause waits for it */
		n--;
	if (n)
		page_heading(p, "NOT TESTED", "and what would give it");
	for (size_t i = 0; i < n && (o->verbose || i < SHOWN); i++) {
		struct buf b = { .limit = 1 << 16 };

		say_absent_text(&b, m, &r[i]);
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

	say_input(&b, f);
	page_item(p, 2, str_is(f->status, "refused") ? MARK_FAIL : MARK_NOTE, buf_view(&b));
	buf_free(&b);
}

void term_unread(struct page *p, const struct report_model *m, size_t max)
{
	static const char *const order[] = { "refused", "partial", "ignored" };
	size_t bad = model_inputs(m, "refused") + model_inputs(m, "partial"), ignored = model_inputs(m, "ignored"), shown = 0;
	struct buf counts = { .limit = 200 };
	char note[96];

	if (!say_unread_counts(&counts, m))
		return;
	page_heading(p, "NOT READ", counts.data);
	buf_free(&counts);
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

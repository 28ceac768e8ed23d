// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * term.c - the answer for a person at a terminal, most urgent first
 *
 * Order: what it is and how sure, what limits that, which gates failed, what to do first, the competing causes with evidence for and
 * against, what changed, what could not be seen, what was not tested and not read, the next command. A reader who stops after
 * any section has been told the most important of what remains.
 */
#include "report/term.h"

#include "core/text.h"
#include "report/say.h"

void term_run(struct buf *out, const struct report_opts *o)
{
	const char *s = o->run ? o->run : "RUN";

	if (strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+@%-") == strlen(s) && *s != '-') {
		buf_puts(out, s);
		return;
	}
	buf_puts(out, *s == '-' ? "./'" : "'");
	for (; *s; s++) {
		if (*s == '\'')
			buf_puts(out, "'\\''");
		else
			buf_byte(out, *s);
	}
	buf_puts(out, "'");
}

static void print_header(struct page *p, const struct report_model *m)
{
	struct buf b = { .limit = 4096 };

	buf_puts(&b, "attrib: ");
	say_header(&b, m);
	page_text(p, 0, 8, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

/* The totals that moved, for an answer that names no cause. */
static void print_moved(struct page *p, const struct report_model *m)
{
	for (size_t i = 0, n = 0; i < m->totals.n && n < 3; i++) {
		struct buf b = { .limit = 4096 };

		if (say_moved(&b, m->totals.v[i])) {
			page_item(p, 2, MARK_BULLET, buf_view(&b));
			n++;
		}
		buf_free(&b);
	}
}

static void print_cause_line(struct page *p, const struct report_model *m)
{
	const struct model_cause *c = model_cause(m, m->verdict);
	struct buf b = { .limit = 1 << 16 };

	say_verdict_title(&b, m);
	page_text(p, 2, 2, INK_BOLD, buf_view(&b));
	buf_reset(&b);
	buf_puts(&b, "in ");
	if (c && c->guilty.n && say_place(&b, &c->guilty.v[0].place))
		page_text(p, 2, 5, INK_BOLD, buf_view(&b));
	buf_free(&b);
}

static void print_caveats(struct page *p, const struct report_model *m)
{
	for (size_t i = 0; i < m->caveats.n; i++) {
		struct buf b = { .limit = 1 << 16 };

		say_caveat(&b, &m->caveats.v[i]);
		page_item(p, 2, MARK_NOTE, buf_view(&b));
		buf_free(&b);
	}
}

static void print_verdict(struct page *p, const struct report_model *m)
{
	const char *line = say_headline(m);
	struct buf b = { .limit = 4096 };

	say_verdict_words(&b, m);
	page_heading(p, "VERDICT", b.data);
	if (line)
		page_text(p, 2, 2, INK_BOLD, str_from(line));
	buf_reset(&b);
	if (say_shows_limits(m)) {
		say_could_have_seen(&b, m, p->utf8);
		page_text(p, 2, 2, INK_PLAIN, buf_view(&b));
		buf_reset(&b);
	}
	if (model_is_cause(m->verdict))
		print_cause_line(p, m);
	else
		print_moved(p, m);
	say_sureness(&b, m);
	page_text(p, 2, 2, INK_PLAIN, buf_view(&b));
	print_caveats(p, m);
	buf_free(&b);
}

static void print_gates(struct page *p, const struct report_model *m)
{
	struct buf note = { .limit = 200 };

	if (!m->gates.n)
		return;
	say_gate_counts(&note, m);
	page_heading(p, "GATES", note.data);
	buf_free(&note);
	for (size_t i = 0; i < m->gates.n; i++) {
		const struct model_gate *g = &m->gates.v[i];
		struct buf b = { .limit = 1 << 16 };

		say_gate(&b, g);
		page_item(p, 2, str_is(g->result, "pass") ? MARK_PASS : str_is(g->level, "warn") ? MARK_NOTE : MARK_FAIL, buf_view(&b));
		buf_free(&b);
	}
}

/* A command or a path that is cut or wrapped cannot be copied. */
static void print_next(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	struct buf report = { .limit = 1 << 16 }, b = { .limit = 1 << 16 }, run = { .limit = 1 << 16 };
	const char *what;

	page_blank(p);
	buf_puts(&b, "Next: ");
	term_run(&run, o);
	what = say_next(&b, m, buf_view(&run));
	if (o->html) {
		buf_puts(&report, "Report: ");
		buf_puts(&report, o->html);
		text_clean(p->out, buf_view(&report));
		if (text_width(buf_view(&report)) + 3 + text_width(buf_view(&b)) <= p->width)
			page_pad(p, 3);
		else
			page_end(p);
	}
	text_clean(p->out, buf_view(&b));
	page_end(p);
	page_text(p, 6, 6, INK_DIM, str_from(what));
	buf_free(&report);
	buf_free(&run);
	buf_free(&b);
}

void report_term(struct buf *out, const struct report_model *m, const struct report_opts *o)
{
	struct buf text = { .limit = 64 << 20 };
	struct page p;

	page_init(&p, &text, o);
	if (!m->analysed) {
		page_text(&p, 0, 0, INK_PLAIN, str_from("attrib: this database holds inputs but no analysis yet; run attrib analyze."));
		term_unread(&p, m, 0);
	} else {
		print_header(&p, m);
		print_verdict(&p, m);
		print_gates(&p, m);
		term_advice(&p, m, o);
		term_causes(&p, m, o);
		term_time(&p, o->plots, o->verbose);
		term_changes(&p, m, o);
		term_unseen(&p, m, o);
		term_untested(&p, m, o);
		term_unread(&p, m, o->verbose ? 0 : 8);
		print_next(&p, m, o);
	}
	page_finish(out, &text, o);
	buf_free(&text);
}

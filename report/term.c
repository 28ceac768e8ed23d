// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * term.c - the answer for a person at a terminal, most urgent first
 *
 * Order: what it is and how sure, what limits that, which gates failed, what to do first, the competing causes with evidence for and
 * against, what changed, what could not be seen, what was not tested and not read, the next command. A reader who stops after
 * any section has been told the most important of what remains.
 */
#include "report/term.h"

#include <math.h>
#include <stdio.h>

#include "core/fmt.h"
#include "report/words.h"

bool term_place(struct buf *out, const struct model_place *at)
{
	if (!at->function.p)
		return false;
	buf_str(out, at->function);
	if (at->file.p && at->file.n) {
		buf_puts(out, " (");
		words_at(out, at->file, at->line);
		buf_puts(out, ")");
	}
	return true;
}

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

static void side_words(struct buf *b, const struct report_model *m, const char *side)
{
	int64_t n = model_runs(m, side);

	buf_printf(b, "%s %lld %s", side, (long long)n, n == 1 ? "run" : "runs");
}

static void print_header(struct page *p, const struct report_model *m)
{
	struct buf b = { .limit = 4096 };

	buf_puts(&b, "attrib: ");
	if (m->service.n) {
		buf_str(&b, m->service);
		buf_puts(&b, ": ");
	}
	if (str_is(m->design, "snapshot"))
		buf_puts(&b, "one snapshot, no baseline");
	else if (str_is(m->design, "early_late"))
		buf_puts(&b, "one run, its early part against its late part");
	else if (str_is(m->design, "split"))
		buf_puts(&b, "one run, split by a label");
	else {
		side_words(&b, m, "baseline");
		buf_puts(&b, ", ");
		side_words(&b, m, "current");
	}
	buf_puts(&b, str_is(m->per, "request") ? "; costs per request" : "; costs per second");
	page_text(p, 0, 8, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

/* "No difference found" is only worth what the data could have shown. */
static void print_could_have_seen(struct page *p, const struct report_model *m)
{
	struct buf b = { .limit = 4096 };
	int n = 0;

	for (size_t i = 0; i < m->totals.n && n < 3; i++) {
		const struct model_change *c = m->totals.v[i];

		if (!isfinite(c->smallest))
			continue;
		buf_puts(&b, n++ ? ", " : "It could have shown changes of ");
		words_metric(&b, c->metric);
		buf_puts(&b, p->utf8 ? " \u2265 " : " >= ");
		words_share(&b, c->smallest);
	}
	if (n)
		buf_puts(&b, ".");
	else
		buf_puts(&b, "How small a change this data could have shown is not known.");
	page_text(p, 2, 2, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

/* The totals that moved, for an answer that names no cause. */
static void print_moved(struct page *p, const struct report_model *m)
{
	for (size_t i = 0, n = 0; i < m->totals.n && n < 3; i++) {
		const struct model_change *c = m->totals.v[i];
		struct buf b = { .limit = 4096 };

		if (model_found(c)) {
			words_metric(&b, c->metric);
			buf_puts(&b, ": ");
			words_value(&b, c->base, words_unit(c->unit));
			buf_puts(&b, " -> ");
			words_value(&b, c->cur, words_unit(c->unit));
			if (isfinite(c->relative)) {
				buf_puts(&b, ", ");
				fmt_change(&b, c->relative);
			}
			page_item(p, 2, MARK_BULLET, buf_view(&b));
			n++;
		}
		buf_free(&b);
	}
}

static const char *headline(const struct report_model *m)
{
	bool better = str_is(m->direction, "better");

	if (str_is(m->design, "snapshot"))
		return str_is(m->verdict, "none") ? "Nothing can be said about change: there is no baseline. No level stands out."
			: str_is(m->verdict, "unknown") ? "Nothing can be said about change: there is no baseline. No known cause fits the levels."
			: "Nothing can be said about change: there is no baseline. What stands out is:";
	if (str_is(m->verdict, "none"))
		return better ? "It got better: costs fell, no fault found." :
			str_is(m->direction, "mixed") ? "No fault found; some costs rose, others fell." :
			str_is(m->direction, "worse") ? "No fault found, though costs rose." : "No difference found.";
	if (str_is(m->verdict, "unknown"))
		return better ? "It got better, for a reason attrib does not know." :
			"Something changed that no cause attrib knows explains.";
	return better ? "It got better; what changed looks like this cause, turned around:" : NULL;
}

static void print_cause_line(struct page *p, const struct report_model *m)
{
	const struct model_cause *c = model_cause(m, m->verdict);
	struct buf b = { .limit = 1 << 16 };

	buf_str(&b, m->title.p ? m->title : m->verdict);
	if (b.len && b.data[0] >= 'a' && b.data[0] <= 'z')
		b.data[0] = (char)(b.data[0] - 'a' + 'A');
	if (m->variant.n) {
		buf_puts(&b, " (");
		buf_str(&b, m->variant);
		buf_puts(&b, ")");
	}
	page_text(p, 2, 2, INK_BOLD, buf_view(&b));
	buf_reset(&b);
	if (c && c->guilty.n && term_place(&b, &c->guilty.v[0].place)) {
		struct buf line = { .limit = 1 << 16 };

		buf_puts(&line, "in ");
		buf_str(&line, buf_view(&b));
		page_text(p, 2, 5, INK_BOLD, buf_view(&line));
		buf_free(&line);
	}
	buf_free(&b);
}

static void print_sureness(struct page *p, const struct report_model *m)
{
	struct buf b = { .limit = 4096 };

	buf_printf(&b, "Score %.2f", m->score);
	if (isfinite(m->changed)) {
		buf_puts(&b, "; chance that anything changed: ");
		fmt_percent(&b, m->changed);
	}
	if (isfinite(m->explained) && model_is_cause(m->verdict)) {
		buf_puts(&b, "; this explains ");
		fmt_percent(&b, m->explained);
		buf_puts(&b, " of the change");
	}
	buf_puts(&b, ".");
	page_text(p, 2, 2, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

static void print_caveats(struct page *p, const struct report_model *m)
{
	for (size_t i = 0; i < m->caveats.n; i++) {
		const struct model_caveat *c = &m->caveats.v[i];
		struct buf b = { .limit = 1 << 16 };

		bool capped = c->cap.n && !str_is(c->cap, "high"), stop = c->text.n && c->text.p[c->text.n - 1] == '.';

		buf_str(&b, capped && stop ? (struct str){ c->text.p, c->text.n - 1 } : c->text);
		if (capped) {
			buf_puts(&b, " (so at most ");
			buf_str(&b, c->cap);
			buf_puts(&b, " confidence).");
		}
		page_item(p, 2, MARK_NOTE, buf_view(&b));
		buf_free(&b);
	}
}

static void print_verdict(struct page *p, const struct report_model *m)
{
	const char *line = headline(m);
	struct buf note = { .limit = 4096 };

	if (model_is_cause(m->verdict))
		buf_str(&note, m->verdict);
	if (!str_is(m->direction, "unknown") && !str_is(m->direction, "same")) {
		buf_puts(&note, note.len ? ", " : "");
		buf_str(&note, m->direction);
	}
	buf_printf(&note, "%s%s", note.len ? ", " : "", words_level(m->level));
	page_heading(p, "VERDICT", note.data);
	buf_free(&note);
	if (line)
		page_text(p, 2, 2, INK_BOLD, str_from(line));
	if (model_is_cause(m->verdict))
		print_cause_line(p, m);
	else if (str_is(m->verdict, "none") && !str_is(m->design, "snapshot") &&
		 (str_is(m->direction, "same") || str_is(m->direction, "unknown")))
		print_could_have_seen(p, m);
	if (!model_is_cause(m->verdict))
		print_moved(p, m);
	print_sureness(p, m);
	print_caveats(p, m);
}

/* A gate's value in the unit its limit is written in: 5%, 250ms, 12KiB, else a plain number. */
static void gate_value(struct buf *b, const struct model_gate *g, double v)
{
	char last = g->expr.n ? g->expr.p[g->expr.n - 1] : ' ';
	bool change = g->expr.n && (memchr(g->expr.p, '+', g->expr.n) || memchr(g->expr.p, '-', g->expr.n));

	if (last == '%' && change)
		fmt_change(b, v);
	else if (last == '%')
		fmt_percent(b, v);
	else if (last == 's')
		fmt_duration(b, v);
	else if (last == 'B')
		fmt_bytes(b, v);
	else
		buf_printf(b, "%.3g", v);
}

static void gate_text(struct buf *b, const struct model_gate *g)
{
	bool pass = str_is(g->result, "pass"), warn = str_is(g->level, "warn"), missing = str_is(g->result, "missing");

	buf_puts(b, pass ? "passed  " : warn ? "warned  " : "failed  ");
	buf_str(b, g->expr);
	if (missing)
		buf_puts(b, ": no data for it");
	if (isfinite(g->value)) {
		buf_puts(b, ": ");
		gate_value(b, g, g->value);
	}
	if (isfinite(g->lo) && isfinite(g->hi)) {
		buf_puts(b, " (95 %: ");
		gate_value(b, g, g->lo);
		buf_puts(b, " to ");
		gate_value(b, g, g->hi);
		buf_puts(b, ")");
	}
}

static void print_gates(struct page *p, const struct report_model *m)
{
	size_t failed = 0, warned = 0;
	char note[80];

	if (!m->gates.n)
		return;
	for (size_t i = 0; i < m->gates.n; i++) {
		bool pass = str_is(m->gates.v[i].result, "pass"), warn = str_is(m->gates.v[i].level, "warn");

		failed += !pass && !warn;
		warned += !pass && warn;
	}
	snprintf(note, sizeof(note), "%zu failed, %zu warned, %zu passed", failed, warned, m->gates.n - failed - warned);
	page_heading(p, "GATES", note);
	for (size_t i = 0; i < m->gates.n; i++) {
		const struct model_gate *g = &m->gates.v[i];
		struct buf b = { .limit = 1 << 16 };

		gate_text(&b, g);
		page_item(p, 2, str_is(g->result, "pass") ? MARK_PASS : str_is(g->level, "warn") ? MARK_NOTE : MARK_FAIL, buf_view(&b));
		buf_free(&b);
	}
}

static void print_next(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	bool explain = model_is_cause(m->verdict) && !str_is(m->design, "snapshot");
	struct buf b = { .limit = 1 << 16 };

	page_blank(p);
	buf_printf(&b, "Next: attrib %s ", explain ? "explain" : "doctor");
	term_run(&b, o);
	if (explain) {
		buf_byte(&b, ':');
		buf_str(&b, m->verdict);
	}
	/* A command that is cut or wrapped cannot be copied. */
	buf_str(p->out, buf_view(&b));
	page_end(p);
	page_text(p, 6, 6, INK_DIM, str_from(explain ? "all evidence, and the facts behind the numbers" : "what else to capture, and how"));
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
		term_changes(&p, m, o);
		term_unseen(&p, m, o);
		term_untested(&p, m, o);
		term_unread(&p, m, o->verbose ? 0 : 8);
		print_next(&p, m, o);
	}
	page_finish(out, &text, o);
	buf_free(&text);
}

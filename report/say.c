// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * say.c - the verdict in words: what it is, how sure, what limits it
 *
 * "No difference found" is only worth what the data could have shown, so it never stands alone.
 */
#include "report/say.h"

#include <math.h>

#include "core/fmt.h"
#include "report/words.h"

#define SECOND .75	/* a second cause that is told beside the first */

static void side_words(struct buf *b, const struct report_model *m, const char *side)
{
	int64_t n = model_runs(m, side);

	buf_printf(b, "%s %lld %s", side, (long long)n, n == 1 ? "run" : "runs");
}

void say_header(struct buf *b, const struct report_model *m)
{
	if (m->service.n) {
		buf_str(b, m->service);
		buf_puts(b, ": ");
	}
	if (str_is(m->design, "snapshot"))
		buf_puts(b, "one snapshot, no baseline");
	else if (str_is(m->design, "early_late"))
		buf_puts(b, "one run, its early part against its late part");
	else if (str_is(m->design, "split"))
		buf_puts(b, "one run, split by a label");
	else {
		side_words(b, m, "baseline");
		buf_puts(b, ", ");
		side_words(b, m, "current");
	}
	buf_puts(b, str_is(m->per, "request") ? "; costs per request" : "; costs per second");
}

void say_verdict_words(struct buf *b, const struct report_model *m)
{
	size_t from = b->len;

	if (model_is_cause(m->verdict))
		buf_str(b, m->verdict);
	if (!str_is(m->direction, "unknown") && !str_is(m->direction, "same")) {
		buf_puts(b, b->len > from ? ", " : "");
		buf_str(b, m->direction);
	}
	buf_printf(b, "%s%s", b->len > from ? ", " : "", words_level(m->level));
}

const char *say_headline(const struct report_model *m)
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

void say_verdict_title(struct buf *b, const struct report_model *m)
{
	size_t from = b->len;

	buf_str(b, m->title.p ? m->title : m->verdict);
	if (b->len > from && b->data[from] >= 'a' && b->data[from] <= 'z')
		b->data[from] = (char)(b->data[from] - 'a' + 'A');
	if (m->variant.n) {
		buf_puts(b, " (");
		buf_str(b, m->variant);
		buf_puts(b, ")");
	}
}

bool say_shows_limits(const struct report_model *m)
{
	return str_is(m->verdict, "none") && !str_is(m->design, "snapshot") &&
		(str_is(m->direction, "same") || str_is(m->direction, "unknown"));
}

void say_could_have_seen(struct buf *b, const struct report_model *m, bool utf8)
{
	int n = 0;

	for (size_t i = 0; i < m->totals.n && n < 3; i++) {
		const struct model_change *c = m->totals.v[i];

		if (!isfinite(c->smallest))
			continue;
		buf_puts(b, n++ ? ", " : "It could have shown changes of ");
		words_metric(b, c->metric);
		buf_puts(b, utf8 ? " \u2265 " : " >= ");
		words_smallest(b, c);
	}
	if (n)
		buf_puts(b, ".");
	else
		buf_puts(b, "How small a change this data could have shown is not known.");
}

void say_sureness(struct buf *b, const struct report_model *m)
{
	buf_printf(b, "Score %.2f", m->score);
	if (isfinite(m->changed)) {
		buf_puts(b, "; chance that anything changed: ");
		fmt_percent(b, m->changed);
	}
	if (isfinite(m->explained) && model_is_cause(m->verdict)) {
		buf_puts(b, "; this explains ");
		fmt_percent(b, m->explained);
		buf_puts(b, " of the change");
	}
	buf_puts(b, ".");
	for (size_t i = 0; i < m->causes.n; i++)
		if (m->causes.v[i].residual >= SECOND) {
			buf_puts(b, " Beside it: ");
			buf_str(b, m->causes.v[i].id);
			buf_printf(b, ", %.2f on what it leaves.", m->causes.v[i].residual);
		}
}

void say_caveat(struct buf *b, const struct model_caveat *c)
{
	bool capped = c->cap.n && !str_is(c->cap, "high"), stop = c->text.n && c->text.p[c->text.n - 1] == '.';

	buf_str(b, capped && stop ? (struct str){ c->text.p, c->text.n - 1 } : c->text);
	if (capped) {
		buf_puts(b, " (so at most ");
		buf_str(b, c->cap);
		buf_puts(b, " confidence).");
	}
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

void say_gate(struct buf *b, const struct model_gate *g)
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
	if (isfinite(g->lo) && isfinite(g->hi) && g->lo < g->hi) {
		buf_puts(b, " (95 %: ");
		gate_value(b, g, g->lo);
		buf_puts(b, " to ");
		gate_value(b, g, g->hi);
		buf_puts(b, ")");
	}
}

void say_gates_failed(const struct report_model *m, size_t *failed, size_t *warned)
{
	*failed = *warned = 0;
	for (size_t i = 0; i < m->gates.n; i++) {
		bool pass = str_is(m->gates.v[i].result, "pass"), warn = str_is(m->gates.v[i].level, "warn");

		*failed += !pass && !warn;
		*warned += !pass && warn;
	}
}

void say_gate_counts(struct buf *b, const struct report_model *m)
{
	size_t failed, warned;

	say_gates_failed(m, &failed, &warned);
	buf_printf(b, "%zu failed, %zu warned, %zu passed", failed, warned, m->gates.n - failed - warned);
}

const char *say_next(struct buf *b, const struct report_model *m, struct str run)
{
	bool explain = model_is_cause(m->verdict) && !str_is(m->design, "snapshot");

	buf_printf(b, "attrib %s ", explain ? "explain" : "doctor");
	buf_str(b, run);
	if (explain) {
		buf_byte(b, ':');
		buf_str(b, m->verdict);
	}
	return explain ? "all evidence, and the facts behind the numbers" : "what else to capture, and how";
}

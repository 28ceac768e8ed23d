// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * summary.c - Markdown for a job summary or a comment: gates, the cause, what to do, what changed
 *
 * Names are other people's text: they stand in code spans with a fence longer than any run of backticks inside (and `|` escaped, since a table
 * splits before it looks for code); prose that may hold names has every character escaped that Markdown, GitHub's math or its links give a
 * meaning. No HTML but <details>, which is ours.
 *
 * GitHub drops a summary above 1 MiB whole, so lists are cut and said to be, names too, and the sum stays below REPORT_SUMMARY.
 */
#include <math.h>

#include "report/ci.h"
#include "report/say.h"
#include "report/words.h"

#define NAME 300	/* bytes of a name */
#define PROSE 800
#define GATES 100
#define CAUSES 5
#define TOTALS 20
#define FUNCTIONS 20
#define UNREAD 10
#define CAVEATS 10

static void put_code(struct buf *out, struct str s)
{
	size_t run = 0, longest = 0;

	s = ci_head(s, NAME);
	if (!s.n)
		return;
	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	buf_repeat(out, "`", longest + 1);
	if (longest)
		buf_byte(out, ' ');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '|')
			buf_byte(out, '\\');
		buf_byte(out, s.p[i] == '\n' || s.p[i] == '\r' ? ' ' : s.p[i]);
	}
	if (longest)
		buf_byte(out, ' ');
	buf_repeat(out, "`", longest + 1);
}

/* Does s.p[i] begin or continue something that GitHub makes a link of? */
static bool links(struct str s, size_t i)
{
	return s.p[i] == '@' || (s.p[i] == ':' && i + 1 < s.n && s.p[i + 1] == '/') ||
		(s.p[i] == '.' && i >= 3 && (s.p[i - 1] | 32) == 'w' && (s.p[i - 2] | 32) == 'w' && (s.p[i - 3] | 32) == 'w');
}

/* Would s at the start of a line begin a list or a heading's underline? */
static bool begins_block(struct str s)
{
	size_t n = 0;

	if (s.n && (s.p[0] == '=' || ((s.p[0] == '-' || s.p[0] == '+') && (s.n == 1 || s.p[1] == ' ' || s.p[1] == '-'))))
		return true;
	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n && n < s.n && (s.p[n] == '.' || s.p[n] == ')') && (n + 1 == s.n || s.p[n + 1] == ' ');
}

static void put_prose(struct buf *out, struct str s)
{
	s = ci_head(s, PROSE);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\n' || c == '\r')
			buf_byte(out, ' ');
		else if ((i == 0 && begins_block(s)) || links(s, i) || c == '<' || c == '>' || c == '&' || c == '|')
			buf_printf(out, "&#%d;", c);
		else if (strchr("\\`*_[]~#!$^", c) && c)
			buf_printf(out, "\\%c", c);
		else
			buf_byte(out, c);
	}
}

/* One of say.h's sentences, escaped. */
#define PROSE_OF(out, call) do { struct buf b_ = { .limit = 1 << 18 }; call; put_prose(out, buf_view(&b_)); buf_free(&b_); } while (0)

static void put_headline(struct buf *out, const struct report_model *m)
{
	const char *headline = say_headline(m);

	buf_puts(out, "## attrib: ");
	PROSE_OF(out, ci_headline(&b_, m));
	buf_puts(out, "\n\n");
	PROSE_OF(out, say_header(&b_, m));
	buf_puts(out, "\n\n");
	if (headline)
		buf_printf(out, "%s ", headline);
	if (say_shows_limits(m)) {
		PROSE_OF(out, say_could_have_seen(&b_, m, true));
	} else if (!headline || model_is_cause(m->verdict)) {
		buf_puts(out, "**");
		PROSE_OF(out, say_verdict_title(&b_, m));
		buf_puts(out, "** (");
		PROSE_OF(out, say_verdict_words(&b_, m));
		buf_puts(out, "). ");
		PROSE_OF(out, say_sureness(&b_, m));
	}
	buf_puts(out, "\n\n");
}

static void gate_row(struct buf *out, const struct report_model *m, const struct model_gate *g)
{
	const struct model_change *c = ci_gate_total(m, g);
	bool pass = str_is(g->result, "pass"), warn = str_is(g->level, "warn");
	struct buf said = { .limit = 1 << 16 };
	size_t from = strlen("failed  ") + g->expr.n;	/* say_gate() names the gate first, which the row does already */

	say_gate(&said, g);
	buf_puts(out, "| ");
	put_code(out, g->expr);
	buf_puts(out, " | ");
	if (c && isfinite(c->base))
		PROSE_OF(out, words_value(&b_, c->base, c->unit));
	buf_puts(out, " | ");
	if (c && isfinite(c->cur))
		PROSE_OF(out, words_value(&b_, c->cur, c->unit));
	buf_puts(out, " | ");
	if (c)
		PROSE_OF(out, say_total_change(&b_, c));
	buf_printf(out, " | %s", pass ? "passed" : warn ? "warned" : "**failed**");
	if (said.len > from)
		put_prose(out, str_skip(buf_view(&said), from));
	buf_puts(out, " |\n");
	buf_free(&said);
}

static void put_gates(struct buf *out, const struct report_model *m)
{
	if (!m->gates.n)
		return;
	buf_puts(out, "| gate | baseline | current | change | result |\n|---|---:|---:|---:|---|\n");
	for (size_t i = 0; i < m->gates.n && i < GATES; i++)
		gate_row(out, m, &m->gates.v[i]);
	buf_puts(out, "\n");
	if (m->gates.n > GATES)
		buf_printf(out, "and %zu more gates\n\n", m->gates.n - GATES);
}

static void put_where(struct buf *out, const struct ci_repo *r, const struct model_place *at)
{
	struct buf path = { .limit = 1 << 16 };

	put_code(out, at->function);
	if (ci_repo_path(&path, r, at)) {
		if (at->line != STORE_NULL && at->line > 0)
			buf_printf(&path, ":%lld", (long long)at->line);
		buf_puts(out, " in ");
		put_code(out, buf_view(&path));
	}
	buf_free(&path);
}

static void put_advice(struct buf *out, const struct report_model *m, const struct ci_repo *r)
{
	if (m->recommendations.n)
		buf_puts(out, "### Do first\n\n");
	for (size_t i = 0; i < m->recommendations.n && i < SAY_ADVICE; i++) {
		const struct model_recommendation *a = &m->recommendations.v[i];
		struct buf gain = { .limit = 1 << 16 };

		buf_printf(out, "%zu. ", i + 1);
		put_prose(out, a->act);
		buf_puts(out, "\n");
		if (a->place.function.p) {
			buf_puts(out, "   - where: ");
			put_where(out, r, &a->place);
			buf_puts(out, "\n");
		}
		say_gain(&gain, a);
		if (gain.len) {
			buf_puts(out, "   - gain: ");
			put_prose(out, buf_view(&gain));
			buf_puts(out, "\n");
		}
		if (a->verify.n) {
			buf_puts(out, "   - verify: ");
			put_prose(out, a->verify);
			buf_puts(out, "\n");
		}
		buf_free(&gain);
	}
	if (m->recommendations.n)
		buf_puts(out, "\n");
}

static void cause_item(struct buf *out, const struct ci_repo *r, const struct model_cause *c)
{
	buf_printf(out, "%lld. %.2f ", (long long)c->rank, c->score);
	put_code(out, c->id);
	buf_puts(out, " ");
	PROSE_OF(out, say_cause_title(&b_, c));
	if (c->guilty.n) {
		buf_puts(out, ": ");
		put_where(out, r, &c->guilty.v[0].place);
		buf_printf(out, " %s", words_role(c->guilty.v[0].role));
	}
	buf_puts(out, "\n");
	for (size_t i = 0, shown = 0; i < c->evidence.n && shown < 3; i++) {
		const struct model_evidence *e = &c->evidence.v[i];

		if (!str_is(e->role, "for") && !str_is(e->role, "against"))
			continue;
		buf_puts(out, str_is(e->role, "for") ? "   - for: " : "   - against: ");
		PROSE_OF(out, say_evidence(&b_, e));
		buf_puts(out, "\n");
		shown++;
	}
}

static void put_causes(struct buf *out, const struct report_model *m, const struct ci_repo *r)
{
	size_t n = say_causes_shown(m);

	n = n > CAUSES ? CAUSES : n;
	if (!n)
		return;
	buf_puts(out, "<details><summary>Ranked causes</summary>\n\n");
	for (size_t i = 0; i < n; i++)
		if (!say_untested(&m->causes.v[i]))
			cause_item(out, r, &m->causes.v[i]);
	buf_puts(out, "\n</details>\n\n");
}

static void put_changes(struct buf *out, const struct report_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->totals.n && n < TOTALS; i++) {
		const struct model_change *c = m->totals.v[i];

		if (!isfinite(c->base) || !isfinite(c->cur))
			continue;
		if (!n++)
			buf_puts(out, "<details><summary>What changed</summary>\n\n| | baseline | current | change |\n|---|---:|---:|---:|\n");
		buf_puts(out, "| ");
		PROSE_OF(out, words_metric(&b_, c->metric));
		buf_puts(out, " | ");
		PROSE_OF(out, words_value(&b_, c->base, c->unit));
		buf_puts(out, " | ");
		PROSE_OF(out, words_value(&b_, c->cur, c->unit));
		buf_puts(out, " | ");
		PROSE_OF(out, say_total_change(&b_, c));
		buf_puts(out, " |\n");
	}
	if (n)
		buf_puts(out, "\n`~` cannot be told from chance, `=` did not change\n\n</details>\n\n");
}

static void put_functions(struct buf *out, const struct report_model *m)
{
	size_t n = 0, found = 0;

	for (size_t i = 0; i < m->functions.n; i++) {
		const struct model_function *f = &m->functions.v[i];

		if (!f->found || found++ >= FUNCTIONS)
			continue;
		if (!n++)
			buf_puts(out, "<details><summary>Functions whose cost changed</summary>\n\n| metric | flat | cum | function |\n|---|---:|---:|---|\n");
		buf_puts(out, "| ");
		PROSE_OF(out, words_metric(&b_, f->metric));
		buf_puts(out, " | ");
		PROSE_OF(out, say_relative(&b_, f->flat));
		buf_puts(out, " | ");
		PROSE_OF(out, say_relative(&b_, f->cum));
		buf_puts(out, " | ");
		put_code(out, f->name);
		buf_puts(out, " |\n");
	}
	if (found > n)
		buf_printf(out, "\nand %zu more in functions.csv and the report\n", found - n);
	if (n)
		buf_puts(out, "\n</details>\n\n");
}

static void put_limits(struct buf *out, const struct report_model *m)
{
	size_t unread = 0;

	for (size_t i = 0; i < m->caveats.n && i < CAVEATS; i++) {
		buf_puts(out, "- ");
		PROSE_OF(out, say_caveat(&b_, &m->caveats.v[i]));
		buf_puts(out, "\n");
	}
	for (size_t i = 0; i < m->inputs.n; i++) {
		const struct model_input *f = &m->inputs.v[i];

		if ((!str_is(f->status, "refused") && !str_is(f->status, "partial")) || unread++ >= UNREAD)
			continue;
		buf_puts(out, "- not read, ");
		PROSE_OF(out, say_input(&b_, f));
		buf_puts(out, "\n");
	}
	if (unread > UNREAD)
		buf_printf(out, "- and %zu more files that were not read, or not wholly\n", unread - UNREAD);
}

void report_summary(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	struct buf text = { .limit = REPORT_SUMMARY };
	struct ci_repo repo;

	ci_repo_find(&repo, m, ci);
	put_headline(&text, m);
	put_gates(&text, m);
	put_advice(&text, m, &repo);
	put_causes(&text, m, &repo);
	put_changes(&text, m);
	put_functions(&text, m);
	put_limits(&text, m);
	out->failed = out->failed || text.failed;
	buf_str(out, buf_view(&text));
	buf_free(&text);
}

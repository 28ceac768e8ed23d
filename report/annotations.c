// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * annotations.c - GitHub's workflow commands: lines on standard output that become marks beside the code
 *
 * `::error file=F,line=N,title=T::text`. In the text %, CR and LF are escaped, in a property : and , too (as actions/toolkit does); what was
 * cleaned at the door holds no line end, so that no name can begin a command of its own; `##` is broken, which the runner's older form begins with.
 * The runner shows ten of each kind a step and drops the rest without a word, hence the count at the end.
 *
 * A failed gate is an error; a cause is a warning, since it explains a failure and is none itself; less likely ones are notices.
 */
#include "report/ci.h"
#include "report/say.h"

#define LINE 4000	/* bytes of a text: a mark is read in a margin */

enum kind { ERROR, WARNING, NOTICE, KINDS };
static const char *const word[KINDS] = { "error", "warning", "notice" };

struct marks {
	struct buf *out;
	size_t written[KINDS], left;
};

static void put_escaped(struct buf *out, struct str s, bool property)
{
	s = ci_head(s, LINE);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
		else
			buf_byte(out, c);
		if (c == '#' && i + 1 < s.n && s.p[i + 1] == '#')
			buf_byte(out, '\\');
	}
}

static void put_mark(struct marks *k, enum kind kind, struct str path, int64_t line, struct str title, struct str text)
{
	if (k->written[kind] == REPORT_ANNOTATIONS) {
		k->left++;
		return;
	}
	k->written[kind]++;
	buf_printf(k->out, "::%s ", word[kind]);
	if (path.n) {
		buf_puts(k->out, "file=");
		put_escaped(k->out, path, true);
		buf_printf(k->out, ",line=%lld,", (long long)line);
	}
	buf_puts(k->out, "title=");
	put_escaped(k->out, title, true);
	buf_puts(k->out, "::");
	put_escaped(k->out, text, false);
	buf_byte(k->out, '\n');
}

static void gate_mark(struct marks *k, const struct model_gate *g)
{
	struct buf title = { .limit = 4096 }, text = { .limit = 1 << 16 };

	if (str_is(g->result, "pass"))
		return;
	buf_puts(&title, "attrib gate ");
	buf_str(&title, g->expr);
	say_gate(&text, g);
	put_mark(k, str_is(g->level, "warn") ? WARNING : ERROR, STR_NONE, 0, buf_view(&title), buf_view(&text));
	buf_free(&title);
	buf_free(&text);
}

static void finding_mark(struct marks *k, const struct report_model *m, const struct ci_repo *r, const struct ci_finding *f)
{
	struct buf path = { .limit = 1 << 16 }, title = { .limit = 1 << 16 }, text = { .limit = 1 << 20 };
	int64_t line;

	if (ci_finding_path(&path, &line, r, f)) {
		buf_puts(&title, "attrib ");
		buf_str(&title, f->cause->id);
		ci_message(&text, m, f);
		buf_puts(&text, "\nsee ");
		ci_anchor(&text, r->o, f->cause->id);
		put_mark(k, strcmp(f->level, "note") == 0 ? NOTICE : WARNING, buf_view(&path), line, buf_view(&title), buf_view(&text));
	}
	k->out->failed = k->out->failed || path.failed || text.failed;
	buf_free(&path);
	buf_free(&title);
	buf_free(&text);
}

void report_annotations(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	struct marks k = { .out = out };
	struct ci_finding f[CI_FINDINGS];
	struct ci_repo repo;
	size_t n;

	ci_repo_find(&repo, m, ci);
	n = ci_findings(f, m, &repo);
	for (size_t i = 0; i < m->gates.n; i++)
		gate_mark(&k, &m->gates.v[i]);
	for (size_t i = 0; i < n; i++)
		finding_mark(&k, m, &repo, &f[i]);
	if (k.left) {
		buf_printf(out, "attrib: and %zu more", k.left);
		if (ci->page)
			buf_printf(out, " in %s", ci->page);
		buf_byte(out, '\n');
	}
}

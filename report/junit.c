// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * junit.c - JUnit XML: a test case a gate, and one for the analysis itself
 *
 * There is no official schema; this is the shape that Jenkins, GitLab and GitHub's actions read: testsuites, testsuite, testcase with classname
 * and name, failure and skipped. GitLab drops the second case of a name, so gates are written once each. A warning cannot fail a build: it is
 * skipped, with its reason. No times: they would differ between two equal runs.
 */
#include "core/text.h"
#include "report/ci.h"
#include "report/say.h"

static void put_attribute(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, " %s=\"", name);
	text_html(out, value);
	buf_byte(out, '"');
}

static void put_class(struct buf *out, const struct report_model *m, const char *last)
{
	struct buf b = { .limit = 1 << 16 };

	buf_puts(&b, "attrib.");
	buf_str(&b, ci_service(m));
	buf_printf(&b, "%s", last);
	put_attribute(out, *last ? "classname" : "name", buf_view(&b));
	buf_free(&b);
}

static void put_verdict(struct buf *b, const struct report_model *m)
{
	const char *headline = say_headline(m);

	if (headline)
		buf_printf(b, "%s\n", headline);
	say_verdict_words(b, m);
	buf_puts(b, "\n");
	if (model_is_cause(m->verdict)) {
		say_verdict_title(b, m);
		buf_puts(b, "\n");
	}
	say_sureness(b, m);
}

/* What a reader of a failed gate asks next: why? */
static void put_first_cause(struct buf *b, const struct report_model *m, const struct report_ci *ci)
{
	const struct model_cause *c = model_cause(m, m->verdict);

	if (!c)
		return;
	buf_puts(b, "\n");
	put_verdict(b, m);
	if (c->guilty.n) {
		buf_puts(b, "\n");
		say_guilty(b, &c->guilty.v[0]);
	}
	buf_puts(b, "\nsee ");
	ci_anchor(b, ci, c->id);
}

static void put_gate(struct buf *out, const struct report_model *m, const struct report_ci *ci, const struct model_gate *g, struct str file)
{
	bool pass = str_is(g->result, "pass"), warn = str_is(g->level, "warn");
	struct buf said = { .limit = 1 << 16 }, more = { .limit = 1 << 20 };

	say_gate(&said, g);
	buf_puts(out, "    <testcase");
	put_class(out, m, ".gate");
	put_attribute(out, "name", g->expr);
	if (!pass && file.n)
		put_attribute(out, "file", file);
	buf_puts(out, " time=\"0\"");
	if (pass) {
		buf_puts(out, "/>\n");
	} else if (warn) {
		buf_puts(out, ">\n      <skipped");
		put_attribute(out, "message", buf_view(&said));
		buf_puts(out, "/>\n    </testcase>\n");
	} else {
		buf_puts(out, ">\n      <failure type=\"gate\"");
		put_attribute(out, "message", buf_view(&said));
		buf_byte(out, '>');
		buf_str(&more, buf_view(&said));
		put_first_cause(&more, m, ci);
		text_html(out, buf_view(&more));
		buf_puts(out, "</failure>\n    </testcase>\n");
	}
	out->failed = out->failed || more.failed;
	buf_free(&said);
	buf_free(&more);
}

static void put_counts(struct buf *out, size_t tests, size_t failed, size_t skipped)
{
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" time=\"0\">\n", tests, failed, skipped);
}

void report_junit(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	struct buf path = { .limit = 1 << 16 }, text = { .limit = 1 << 20 };
	struct ci_finding f[CI_FINDINGS];
	struct ci_repo repo;
	size_t failed, skipped, n;
	int64_t line;

	ci_repo_find(&repo, m, ci);
	n = ci_findings(f, m, &repo);
	if (n && f[0].in_repo && !ci_finding_path(&path, &line, &repo, &f[0]))
		buf_reset(&path);
	say_gates_failed(m, &failed, &skipped);
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"attrib\"");
	put_counts(out, m->gates.n + 1, failed, skipped);
	buf_puts(out, "  <testsuite");
	put_class(out, m, "");
	put_counts(out, m->gates.n + 1, failed, skipped);
	buf_puts(out, "    <testcase");
	put_class(out, m, ".analysis");
	buf_puts(out, " name=\"verdict\" time=\"0\">\n      <system-out>");
	put_verdict(&text, m);
	text_html(out, buf_view(&text));
	buf_puts(out, "</system-out>\n    </testcase>\n");
	for (size_t i = 0; i < m->gates.n; i++)
		put_gate(out, m, ci, &m->gates.v[i], buf_view(&path));
	buf_puts(out, "  </testsuite>\n</testsuites>\n");
	out->failed = out->failed || path.failed || text.failed;
	buf_free(&path);
	buf_free(&text);
}

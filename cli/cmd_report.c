// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_report.c - the answer of an analysis that was made before
 */
#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/html.h"
#include "cli/outputs.h"
#include "cli/work.h"

static int print(struct ctx *c, const struct report_model *m, struct plots *plots, struct err *err)
{
	struct buf b = { .limit = 1 << 30 };
	struct report_facts facts;
	int rc = 0;

	report_facts(&facts, m);
	if (!facts.analysed)
		return err_set(err, ERR_INPUT, "this database holds inputs but no answer: run `attrib analyze %.200s`", c->args.v[0]);
	if (facts.gates_failed)
		cmd_status(c, STATUS_GATE);
	if (c->o.json) {
		report_json(&b, m);
		rc = emit_json(c, &b, err);
		buf_reset(&b);
	}
	if (!rc && c->o.html)
		rc = html_write(c, c->o.html, m, plots, err);
	if (!rc)
		rc = outputs_write(c, c->args.v[0], m, err);
	if (!rc && !outputs_own_stdout(c)) {
		c->term.html = c->o.html;
		c->term.plots = plots;
		c->term.run = c->args.v[0];
		report_term(&b, m, &c->term);
		rc = emit_text(&b, err);
	}
	if (!rc)
		rc = outputs_github(c, m, err);
	buf_free(&b);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	struct store *st = NULL;
	struct report_model *m = NULL;
	struct plots *plots = NULL;
	int rc;

	if (outputs_check(c, c->args.v[0], err))
		return (int)err->code;
	rc = work_open_db(c, c->args.v[0], NULL, &st, err);

	if (!rc)
		rc = report_model_load(&m, st, err);
	if (!rc && (c->o.html || !emit_json_only(c)))
		rc = plot_load(&plots, st, err);
	if (!rc)
		rc = print(c, m, plots, err);
	plot_free(plots);
	report_model_free(m);
	store_close(st);
	return rc;
}

static const struct opt_group *const groups[] = { &group_output, &group_ci, &group_common, NULL };
static const char *const examples[] = {
	"attrib report ./run-dir",
	"attrib report ./run-dir --json=answer.json --html page.html",
	"attrib report attrib.db              # a database by itself",
	NULL,
};

const struct cmd cmd_report = {
	.name = "report",
	.args = "RUN",
	.help = "print the answer of an earlier analysis again",
	.about = "Reads RUN/attrib/attrib.db (or RUN itself, when it is a database) and writes nothing but what is asked for.",
	.examples = examples,
	.groups = groups,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

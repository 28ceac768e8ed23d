// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_analyze.c - the main job: a run folder in, the answer out
 */
#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/html.h"
#include "cli/outputs.h"
#include "cli/work.h"

static int print(struct work *w, const struct report_model *m, struct err *err)
{
	struct ctx *c = w->c;
	struct report_facts facts;
	struct buf b = { .limit = 1 << 30 };
	int rc = 0;

	report_facts(&facts, m);
	if (facts.gates_failed)
		cmd_status(c, STATUS_GATE);
	if (c->o.json) {
		report_json(&b, m);
		rc = emit_json(c, &b, err);
		buf_reset(&b);
		if (!rc && emit_json_only(c) && facts.refused + facts.partial)
			emit_note(c, "note: %zu files were refused, %zu could be read in part only (see \"inputs\")", facts.refused,
				  facts.partial);
	}
	if (!rc && !outputs_own_stdout(c)) {
		c->term.run = c->args.v[0];
		report_term(&b, m, &c->term);
		rc = emit_text(&b, err);
	}
	if (!rc)
		rc = outputs_github(c, m, err);
	buf_free(&b);
	return rc;
}

/* Makes the database visible and the page beside it. An answer that cannot be kept is still an answer: *failed waits until it is printed. */
static int keep(struct work *w, const struct report_model *m, struct plots *plots, const char *page, struct err *failed, struct err *err)
{
	struct ctx *c = w->c;
	struct err other;

	if (!work_publish(w, failed) && page && !html_write(c, page, m, plots, failed)) {
		progress_step(&w->progress, "wrote the report");
		c->term.html = page;
	}
	if (outputs_write(c, c->args.v[0], m, &other) && !failed->code)
		*failed = other;
	return failed->code == ERR_SIGNAL ? (int)(*err = *failed).code : 0;
}

static int run(struct ctx *c, struct err *err)
{
	struct work w = { .c = c };
	struct report_model *m = NULL;
	struct plots *plots = NULL;
	struct err failed = { .code = ERR_OK };
	const char *page = html_path(c, c->args.v[0], true);
	int rc;

	if (outputs_check(c, c->args.v[0], err))
		return (int)err->code;
	rc = work_init(&w, c, err);
	if (!rc)
		rc = work_read_into_file(&w, err);
	if (!rc)
		rc = work_check_inputs(&w, err);
	if (!rc)
		rc = analyze_run(w.st, &w.analyze, err);
	if (!rc)
		rc = report_model_load(&m, w.st, err);
	if (!rc && (page || !emit_json_only(c)))
		rc = plot_load(&plots, w.st, err);
	if (!rc) {
		c->term.plots = plots;
		progress_step(&w.progress, "analysed");
		rc = keep(&w, m, plots, page, &failed, err);
	}
	if (!rc)
		rc = print(&w, m, err);
	if (!rc && failed.code)
		rc = (int)(*err = failed).code;
	plot_free(plots);
	report_model_free(m);
	work_free(&w);
	return rc;
}

static const struct opt_group *const groups[] = { &group_output, &group_page, &group_ci, &group_baseline, &group_sides, &group_model, &group_taus, &group_input, &group_common, NULL };

static const char *const examples[] = {
	"attrib analyze ./run-dir             # compares run-dir/baseline and run-dir/current",
	"attrib analyze ./today --baseline ./yesterday",
	"attrib analyze ./run-dir --json | jq .verdict",
	NULL,
};

const struct cmd cmd_analyze = {
	.name = "analyze",
	.args = "RUN...",
	.help = "find the cause: read a run folder, compare its sides, print the answer",
	.about = "RUN holds the files of a load test: pprof profiles, goroutine dumps, GC pauses, a load report. Its folders baseline/ and\n"
		 "current/ are the two sides; or RUN is one side and --baseline names the other. Files are known by what they hold, not by\n"
		 "their names.\n"
		 "\n"
		 "Exit status: 0 done; 1 a gate failed; 2 wrong usage; 3 no usable input; 4 a file could not be read and --strict was given;\n"
		 "5 a limit or the timeout was reached; 6 a result could not be written; 7 a fault of attrib; 130, 143 interrupted.",
	.examples = examples,
	.groups = groups,
	.min_args = 1,
	.max_args = 10000,
	.run = run,
};

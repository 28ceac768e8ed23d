// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_doctor.c - before or after the test: what is there, what is missing
 */
#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"

static int run(struct ctx *c, struct err *err)
{
	struct work w;
	struct report_model *m = NULL;
	struct report_facts facts;
	struct buf b = { .limit = 1 << 30 };
	int rc = work_init(&w, c, err);

	if (!rc)
		rc = work_read_into_memory(&w, true, err);
	if (!rc)
		rc = report_count_inputs(&facts, w.st, err);
	if (!rc && facts.read + facts.partial)
		rc = analyze_run(w.st, &w.analyze, err);
	if (!rc)
		rc = report_model_load(&m, w.st, err);
	if (!rc) {
		c->term.run = c->args.v[0];
		report_facts(&facts, m);
		if (c->o.strict && facts.refused + facts.partial)
			cmd_status(c, STATUS_STRICT);
		report_doctor(&b, m, &c->term);
		rc = emit_text(&b, err);
		if (!facts.read && !facts.partial)
			cmd_status(c, STATUS_INPUT);
	}
	buf_free(&b);
	report_model_free(m);
	work_free(&w);
	return rc;
}

static const struct opt_group *const groups[] = { &group_baseline, &group_input, &group_common, NULL };
static const char *const examples[] = { "attrib doctor ./run-dir", NULL };

const struct cmd cmd_doctor = {
	.name = "doctor",
	.args = "RUN...",
	.help = "say what a run folder lacks, what it would be good for, how to capture it",
	.about = "Reads the folder and says which missing source would raise the confidence of the answer most, and what else is missing. Lists every file\n"
		 "that could not be read, with place and reason. Writes nothing.",
	.examples = examples,
	.groups = groups,
	.min_args = 1,
	.max_args = 10000,
	.run = run,
};

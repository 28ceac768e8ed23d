// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_diff.c - two profiles or two folders, function by function, nothing written
 */
#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"

static int print(struct ctx *c, const struct report_model *m, struct err *err)
{
	struct report_diff_opts o = { .term = c->term, .rows = (size_t)c->o.rows, .metric = c->o.sample_index, .cum = c->o.cum,
		.old = c->args.v[0], .new = c->args.v[1] };
	struct buf b = { .limit = 1 << 30 };
	int rc = 0;

	if (c->o.json) {
		rc = report_diff_json(&b, m, &o, err);
		if (!rc)
			rc = emit_json(c, &b, err);
		buf_reset(&b);
	}
	if (!rc && !emit_json_only(c)) {
		rc = report_diff(&b, m, &o, err);
		if (!rc)
			rc = emit_text(&b, err);
	}
	buf_free(&b);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	struct work w;
	struct report_model *m = NULL;
	int rc = work_init(&w, c, err);

	if (!rc) {
		w.root[0].hint = "baseline";
		w.root[1].hint = "current";
		rc = work_read_into_memory(&w, false, err);
	}
	if (!rc)
		rc = work_check_inputs(&w, err);
	if (!rc)
		rc = work_check_sides(&w, err);
	if (!rc)
		rc = analyze_diff(w.st, &w.analyze, err);
	if (!rc)
		rc = report_model_load(&m, w.st, err);
	if (!rc && c->o.json)
		rc = report_model_add_raw(m, w.st, err);
	if (!rc)
		rc = print(c, m, err);
	report_model_free(m);
	work_free(&w);
	return rc;
}

#define AT(field) offsetof(struct options, field)
static const struct opt own[] = {
	{ "rows", 'n', OPT_NUMBER, "N", AT(rows), "functions to show of each metric; default what fits a screen, in JSON all", NULL },
	{ "cum", 0, OPT_FLAG, NULL, AT(cum), "biggest change of cum first, instead of flat", NULL },
	{ "sample-index", 0, OPT_TEXT, "METRIC", AT(sample_index), "one metric only: cpu, alloc_space, inuse_space, delay ...", NULL },
	{ "effect", 0, OPT_TEXT, "SHARE", AT(effect), "a smaller relative change is no change; default 5%", NULL },
	{ "json", 0, OPT_MAYBE, "FILE", AT(json), "JSON on standard output, or in FILE beside the text", NULL },
	{ .name = NULL },
};
static const struct opt_group group_own = { "What to show", own };
static const struct opt_group *const groups[] = { &group_own, &group_input, &group_common, NULL };
static const char *const examples[] = {
	"attrib diff old.pprof new.pprof",
	"attrib diff old-run/ new-run/ --sample-index alloc_space -n 50",
	NULL,
};

const struct cmd cmd_diff = {
	.name = "diff",
	.args = "OLD NEW",
	.help = "compare two profiles or two folders, function by function",
	.about = "OLD and NEW are a file or a folder each. What changed for certain comes first; ~ stands where chance would do as an\n"
		 "explanation. flat is the function itself, cum what it called too, as in pprof.",
	.examples = examples,
	.groups = groups,
	.min_args = 2,
	.max_args = 2,
	.run = run,
};

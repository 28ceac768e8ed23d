// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_ingest.c - the first stage alone: files into attrib.db
 */
#include "analyze/analyze.h"
#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"
#include "core/fmt.h"

static void print(struct buf *b, const struct work *w, const struct report_model *m)
{
	size_t whole = w->stats.read + w->stats.unchanged;

	buf_printf(b, "attrib: %zu file%s read", whole, whole == 1 ? "" : "s");
	if (w->stats.unchanged)
		buf_printf(b, " (%zu unchanged since last time)", w->stats.unchanged);
	buf_printf(b, ", %zu in part, %zu refused, %zu ignored\n", w->stats.partial, w->stats.refused, w->stats.ignored);
	report_not_read(b, m, &w->c->term, w->c->o.verbose ? 0 : 20);
}

static int run(struct ctx *c, struct err *err)
{
	struct work w;
	struct report_model *m = NULL;
	struct buf b = { .limit = 1 << 30 };
	int rc = work_init(&w, c, err);

	if (!rc)
		rc = work_read_into_file(&w, err);
	if (!rc)
		rc = work_check_inputs(&w, err);
	if (!rc)	/* an answer that was there is of other rows */
		rc = analyze_clear(w.st, err);
	if (!rc)
		rc = report_model_load(&m, w.st, err);
	if (!rc)
		rc = work_publish(&w, err);
	if (!rc) {
		print(&b, &w, m);
		rc = emit_text(&b, err);
	}
	buf_free(&b);
	report_model_free(m);
	work_free(&w);
	return rc;
}

static const struct opt out[] = {
	{ "out", 0, OPT_TEXT, "DIR", offsetof(struct options, out), "where attrib.db is; default RUN/attrib", NULL },
	{ .name = NULL },
};
static const struct opt_group group_out = { "Results", out };
static const struct opt_group *const groups[] = { &group_out, &group_baseline, &group_input, &group_common, NULL };
static const char *const examples[] = {
	"attrib ingest ./run-dir && sqlite3 ./run-dir/attrib/attrib.db 'SELECT * FROM inputs'",
	NULL,
};

const struct cmd cmd_ingest = {
	.name = "ingest",
	.args = "RUN...",
	.help = "read the files of a run folder into attrib.db, without judging",
	.about = "What analyze does first. Files that did not change since the last time are not read again.",
	.examples = examples,
	.groups = groups,
	.min_args = 1,
	.max_args = 10000,
	.run = run,
};

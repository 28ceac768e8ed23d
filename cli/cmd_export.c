// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_export.c - the rows of one view, to standard output as they come
 */
#include <string.h>

#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"

static int put(void *arg, struct str piece, struct err *err)
{
	struct buf b = { .data = (char *)(uintptr_t)piece.p, .len = piece.n, .cap = piece.n };	/* borrowed, not added to */

	(void)arg;
	return emit_data(&b, err);
}

static int list(struct err *err)
{
	struct buf b = { .limit = 1 << 16 };
	char name[64];
	int rc;

	for (size_t i = 0; report_view(i, name); i++)
		buf_printf(&b, "%s\n", name);
	rc = emit_text(&b, err);
	buf_free(&b);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	struct report_export o = { .view = c->args.n > 1 ? c->args.v[1] : NULL, .raw = c->o.raw, .put = put };
	const char *format = c->o.format ? c->o.format : "csv";
	struct store *st = NULL;
	int rc;

	if (c->args.n < 2)
		return c->args.n ? err_set(err, ERR_USAGE, "which table? attrib export alone lists them") : list(err);
	o.format = strcmp(format, "json") == 0 ? REPORT_JSON : strcmp(format, "tsv") == 0 ? REPORT_TSV : REPORT_CSV;
	rc = work_open_db(c, c->args.v[0], NULL, &st, err);
	if (!rc)
		rc = report_export(st, &o, err);
	store_close(st);
	return rc;
}

static const char *const formats[] = { "csv", "tsv", "json", NULL };

#define AT(field) offsetof(struct options, field)
static const struct opt own[] = {
	{ "format", 0, OPT_TEXT, "FORMAT", AT(format), "csv, the default, tsv or json", formats },
	{ "raw", 0, OPT_FLAG, NULL, AT(raw), "no ' before a text that a spreadsheet would take for a formula", NULL },
	{ "out", 0, OPT_TEXT, "DIR", AT(out), "where attrib.db is; default RUN/attrib", NULL },
	{ .name = NULL },
};
static const struct opt_group group_own = { "Results", own };
static const struct opt_group *const groups[] = { &group_own, &group_common, NULL };
static const char *const examples[] = {
	"attrib export                        # the tables",
	"attrib export ./run-dir changes > changes.csv",
	"attrib export ./run-dir causes --format json | jq '.[0]'",
	NULL,
};

const struct cmd cmd_export = {
	.name = "export",
	.args = "[RUN TABLE]",
	.help = "a table of an answer as CSV, TSV or JSON",
	.about = "TABLE is a view of docs/schema.md, such as causes, changes, signals or func_flat_cum. Numbers keep all their digits; NULL is an\n"
		 "empty field. The same tables are in RUN/attrib/attrib.db for sqlite3.",
	.examples = examples,
	.groups = groups,
	.min_args = 0,
	.max_args = 2,
	.run = run,
};

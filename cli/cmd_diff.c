// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_diff.c - two profiles or two folders, function by function, nothing written
 */
#include <string.h>
#include <sys/stat.h>

#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"
#include "core/file.h"

#define TREE_BYTES (1 << 20)	/* as stored, usually gzip'd */

/* The view that the options ask for. False: function totals as they are will do. */
static bool view_of(const struct ctx *c, struct analyze_view *v)
{
	const struct options *o = &c->o;

	*v = (struct analyze_view){ .focus = o->focus, .ignore = o->ignore, .hide = o->hide, .show = o->show, .show_from = o->show_from,
		.tagfocus = o->tagfocus, .tagignore = o->tagignore, .peek = o->peek, .exact = o->exact, .paths = o->folded != NULL,
		.by = o->by_lines ? ANALYZE_BY_LINE : o->by_files ? ANALYZE_BY_FILE : o->by_packages ? ANALYZE_BY_PACKAGE : ANALYZE_BY_FUNCTION,
		.per = o->relative ? ANALYZE_PER_TOTAL : o->absolute ? ANALYZE_PER_SIDE : ANALYZE_PER_WORK };
	return v->focus || v->ignore || v->hide || v->show || v->show_from || v->tagfocus || v->tagignore || v->peek || v->exact || v->paths ||
	       v->by != ANALYZE_BY_FUNCTION || v->per != ANALYZE_PER_WORK;
}

static int check_options(const struct ctx *c, struct err *err)
{
	const struct options *o = &c->o;

	if (o->by_packages + o->by_files + o->by_lines > 1)
		return err_set(err, ERR_USAGE, "--packages, --files and --lines: one of them");
	if (o->absolute && o->relative)
		return err_set(err, ERR_USAGE, "--absolute and --relative: one of them");
	return 0;
}

static bool folded_only(const struct ctx *c)
{
	return c->o.folded && (!*c->o.folded || strcmp(c->o.folded, "-") == 0);
}

static int write_folded(struct ctx *c, struct store *st, const struct report_model *m, struct err *err)
{
	struct buf b = { .limit = 1 << 30 };
	int rc = report_folded(&b, st, m, c->o.sample_index, err);

	if (!rc)
		rc = buf_check(&b, err);
	if (!rc)
		rc = folded_only(c) ? emit_data(&b, err) : file_replace(c->o.folded, buf_view(&b), err);
	buf_free(&b);
	return rc;
}

static int print(struct ctx *c, const struct report_model *m, struct err *err)
{
	struct report_diff_opts o = { .term = c->term, .rows = (size_t)c->o.rows, .metric = c->o.sample_index, .cum = c->o.cum, .peek = c->o.peek != NULL, .shares = c->o.relative,
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

/* Files so large that the time goes into their trees. Folders are read as `analyze` reads them. */
static bool is_giant(const struct ctx *c)
{
	struct stat st;

	for (size_t i = 0; i < c->args.n; i++)
		if (stat(c->args.v[i], &st) == 0 && S_ISREG(st.st_mode) && st.st_size > TREE_BYTES)
			return true;
	return false;
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Only the table is wanted, of two files: rows in a database would be read once. */
static bool is_plain(const struct ctx *c, bool viewed)
{
	const struct options *o = &c->o;

	return !viewed && !o->json && !o->folded && !o->split && !o->label.n && !o->baseline.n && is_file(c->args.v[0]) && is_file(c->args.v[1]);
}

/* *done: it was told. */
static int run_plain(struct ctx *c, struct work *w, bool *done, struct err *err)
{
	struct analyze_pair *pair = NULL;
	struct report_model *m = NULL;
	int rc = work_compare_files(w, &pair, err);

	*done = pair != NULL;
	if (pair)
		rc = report_model_of(&m, analyze_pair_answer(pair), err);
	if (m)
		rc = print(c, m, err);
	report_model_free(m);
	analyze_pair_free(pair);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	struct work w;
	struct report_model *m = NULL;
	struct analyze_view v;
	bool viewed = view_of(c, &v), done = false;
	int rc = work_init(&w, c, err);

	if (!rc)
		rc = check_options(c, err);
	if (!rc) {
		w.analyze.view = viewed ? &v : NULL;
		w.analyze.counts = c->o.sample_index != NULL;
		w.analyze.totals_only = !viewed && is_giant(c);
		w.root[0].hint = "baseline";
		w.root[1].hint = "current";
		if (is_plain(c, viewed))
			rc = run_plain(c, &w, &done, err);
		if (done || rc) {
			work_free(&w);
			return rc;
		}
		rc = work_read_into_memory(&w, !w.analyze.totals_only, err);
	}
	if (!rc)
		rc = work_check_inputs(&w, err);
	if (!rc)
		rc = work_check_sides(&w, err);
	if (!rc)
		rc = analyze_diff(w.st, &w.analyze, err);
	if (!rc)
		rc = report_model_load(&m, w.st, err);
	if (!rc && c->o.json && !viewed)
		rc = report_model_add_raw(m, w.st, err);
	if (!rc && c->o.folded)
		rc = write_folded(c, w.st, m, err);
	if (!rc && !folded_only(c))
		rc = print(c, m, err);
	report_model_free(m);
	work_free(&w);
	return rc;
}

#define AT(field) offsetof(struct options, field)
static const struct opt own[] = {
	{ "rows", 'n', OPT_NUMBER, "N", AT(rows), "functions to show of each metric; default what fits a screen, in JSON all", NULL },
	{ "cum", 0, OPT_FLAG, NULL, AT(cum), "biggest change of cum first, instead of flat", NULL },
	{ "sample-index", 0, OPT_TEXT, "METRIC", AT(sample_index), "one metric only: cpu, alloc_space, inuse_space, delay, samples ...", NULL },
	{ "packages", 0, OPT_FLAG, NULL, AT(by_packages), "a row a package", NULL },
	{ "files", 0, OPT_FLAG, NULL, AT(by_files), "a row a source file", NULL },
	{ "lines", 0, OPT_FLAG, NULL, AT(by_lines), "a row a source line", NULL },
	{ "peek", 0, OPT_TEXT, "REGEX", AT(peek), "callers and callees of the functions that match", NULL },
	{ "absolute", 0, OPT_FLAG, NULL, AT(absolute), "the sums as they are, not divided by requests or seconds", NULL },
	{ "relative", 0, OPT_FLAG, NULL, AT(relative), "each side's shares of its own total", NULL },
	{ "exact", 0, OPT_FLAG, NULL, AT(exact), "names as the profiles spell them: no closure numbers folded, nothing renamed", NULL },
	{ "folded", 0, OPT_MAYBE, "FILE", AT(folded), "stacks with both values, one a line, for flame graph tools", NULL },
	{ "effect", 0, OPT_TEXT, "SHARE", AT(effect), "a smaller relative change is no change; default 5%", NULL },
	{ "json", 0, OPT_MAYBE, "FILE", AT(json), "JSON on standard output, or in FILE beside the text", NULL },
	{ .name = NULL },
};
static const struct opt filters[] = {
	{ "focus", 0, OPT_TEXT, "REGEX", AT(focus), "only samples with a function or file that matches", NULL },
	{ "ignore", 0, OPT_TEXT, "REGEX", AT(ignore), "no samples with a function or file that matches", NULL },
	{ "hide", 0, OPT_TEXT, "REGEX", AT(hide), "leave out frames that match", NULL },
	{ "show", 0, OPT_TEXT, "REGEX", AT(show), "leave out frames that do not match", NULL },
	{ "show_from", 0, OPT_TEXT, "REGEX", AT(show_from), "leave out what is above the match nearest to the root", NULL },
	{ "tagfocus", 0, OPT_TEXT, "[KEY=]REGEX", AT(tagfocus), "only samples with a label that matches, or in a range LO:HI", NULL },
	{ "tagignore", 0, OPT_TEXT, "[KEY=]REGEX", AT(tagignore), "no samples with a label that matches", NULL },
	{ .name = NULL },
};
static const struct opt_group group_own = { "What to show", own }, group_filters = { "Which samples, as in pprof", filters };
static const struct opt_group *const groups[] = { &group_own, &group_filters, &group_taus, &group_input, &group_common, NULL };
static const char *const examples[] = {
	"attrib diff old.pprof new.pprof",
	"attrib diff old-run/ new-run/ --sample-index alloc_space -n 50",
	"attrib diff old.pprof new.pprof --focus 'json' --lines",
	"attrib diff old.pprof new.pprof --peek 'mallocgc$'",
	"attrib diff old.pprof new.pprof --folded | flamegraph.pl > diff.svg",
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

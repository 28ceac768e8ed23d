// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * groups.c - the options that commands share
 */
#include "cli/cmd.h"

#define AT(field) offsetof(struct options, field)

static const char *const when[] = { "auto", "always", "never", NULL };
static const char *const how[] = { "auto", "plain", "none", NULL };
static const char *const nowhere[] = { "gomod", "skip", NULL };
static const char *const models[] = { "default", "linear", NULL };

static const struct opt common[] = {
	{ "help", 'h', OPT_FLAG, NULL, AT(help), "this text", NULL },
	{ "quiet", 'q', OPT_FLAG, NULL, AT(quiet), "no notes and no progress on standard error", NULL },
	{ "verbose", 'v', OPT_FLAG, NULL, AT(verbose), "everything: all causes, all evidence, all files", NULL },
	{ "color", 0, OPT_MAYBE, "WHEN", AT(color), "auto, always or never; colour only repeats what words say", when },
	{ "no-color", 0, OPT_FLAG, NULL, AT(no_color), "the same as --color=never", NULL },
	{ "ascii", 0, OPT_FLAG, NULL, AT(ascii), "no character beyond ASCII", NULL },
	{ "wide", 0, OPT_FLAG, NULL, AT(wide), "never cut a name to fit the line", NULL },
	{ .name = NULL },
};

static const struct opt input[] = {
	{ "strict", 0, OPT_FLAG, NULL, AT(strict), "exit 4 when a file could not be read, or not wholly", NULL },
	{ "limit", 0, OPT_LIST, "NAME=VALUE", AT(limit), "raise or lower a limit of docs/limits.md; may be repeated", NULL },
	{ "timeout", 0, OPT_TEXT, "TIME", AT(timeout), "stop after so long, such as 90s or 10m: exit 5", NULL },
	{ "workers", 0, OPT_NUMBER, "N", AT(workers), "processes that read files; 0, the default: one a processor", NULL },
	{ "no-sandbox", 0, OPT_FLAG, NULL, AT(no_sandbox), "do not lock the reading processes in (Landlock)", NULL },
	{ "progress", 0, OPT_TEXT, "HOW", AT(progress), "auto (on a terminal; plain in CI), plain (a line a step) or none", how },
	{ .name = NULL },
};

static const struct opt baseline[] = {
	{ "baseline", 0, OPT_LIST, "DIR", AT(baseline), "a run to compare with; may be repeated, each is one run", NULL },
	{ .name = NULL },
};

static const struct opt sides[] = {
	{ "split", 0, OPT_TEXT, "label=KEY:BASE,CURRENT", AT(split), "both sides from one run: samples, or processes, with one value of a label and the other", NULL },
	{ "label", 0, OPT_LIST, "KEY=VALUE", AT(label), "only samples, or processes, with this label; may be repeated, all must hold", NULL },
	{ "align-tolerance", 0, OPT_TEXT, "TIME", AT(align), "a snapshot this far outside a phase of the load still belongs to it; default 50ms", NULL },
	{ .name = NULL },
};

static const struct opt model[] = {
	{ "model", 0, OPT_TEXT, "NAME", AT(model), "default, or linear: the three causes of the original formula", models },
	{ "causes", 0, OPT_TEXT, "FILE", AT(causes), "more causes, or other weights, in the form of causes.ini", NULL },
	{ "learned", 0, OPT_FLAG, NULL, AT(learned), "let your verdicts (attrib verdict) move the scores; never where CI is set", NULL },
	{ "effect", 0, OPT_TEXT, "SHARE", AT(effect), "a smaller relative change is no change; default 5%", NULL },
	{ "gate", 0, OPT_LIST, "GATE", AT(gate), "what fails (exit 1), such as cpu_per_request>+5%, any>=0.8, warn:rps<-5%; may be repeated", NULL },
	{ "pause-over", 0, OPT_TEXT, "TIME", AT(pause_over), "a GC pause above it is long; default 10ms", NULL },
	{ .name = NULL },
};

static const struct opt taus[] = {
	{ "taus", 0, OPT_TEXT, "FILE", AT(taus), "the spread between runs, as `attrib calibrate --taus FILE` measured it", NULL },
	{ .name = NULL },
};

static const struct opt causes[] = {
	{ "causes", 0, OPT_TEXT, "FILE", AT(causes), "more causes, in the form of causes.ini", NULL },
	{ .name = NULL },
};

static const struct opt output[] = {
	{ "json", 0, OPT_MAYBE, "FILE", AT(json), "JSON on standard output, or in FILE beside the text", NULL },
	{ "html", 0, OPT_TEXT, "FILE", AT(html), "the page in FILE, which opens in any browser; - is standard output", NULL },
	{ "out", 0, OPT_TEXT, "DIR", AT(out), "where attrib.db and reports are; default RUN/attrib", NULL },
	{ .name = NULL },
};

static const struct opt ci[] = {
	{ "ci", 0, OPT_FLAG, NULL, AT(all_ci), "all files below and report.json, beside attrib.db", NULL },
	{ "sarif", 0, OPT_MAYBE, "FILE", AT(sarif), "report.sarif for GitHub's code scanning and others; here and below: - is standard output", NULL },
	{ "junit", 0, OPT_MAYBE, "FILE", AT(junit), "junit.xml: a test case a gate", NULL },
	{ "summary", 0, OPT_MAYBE, "FILE", AT(summary), "summary.md: Markdown for a job summary or a comment", NULL },
	{ "codequality", 0, OPT_MAYBE, "FILE", AT(codequality), "codequality.json for GitLab", NULL },
	{ "metrics", 0, OPT_MAYBE, "FILE", AT(metrics), "metrics.txt for GitLab's metrics report (OpenMetrics)", NULL },
	{ "prom", 0, OPT_MAYBE, "FILE", AT(prom), "attrib.prom for the node exporter's textfile collector", NULL },
	{ "csv", 0, OPT_MAYBE, "FILE", AT(csv), "functions.csv: every tested function, both sides", NULL },
	{ "github", 0, OPT_MAYBE, "WHEN", AT(github), "annotations and the step's summary: auto (under GitHub Actions), always or never", when },
	{ "path-map", 0, OPT_LIST, "FROM=TO", AT(path_map), "a path of the build machine, or of the module, and the repository's; may be repeated", NULL },
	{ "unmapped", 0, OPT_TEXT, "HOW", AT(unmapped), "a cause without a line in the repository stands at gomod (go.mod:1), the default, or is left out: skip", nowhere },
	{ .name = NULL },
};

static const struct opt page[] = {
	{ "no-html", 0, OPT_FLAG, NULL, AT(no_html), "do not write report.html", NULL },
	{ .name = NULL },
};

const struct opt_group group_common = { "Everywhere", common };
const struct opt_group group_input = { "Reading", input };
const struct opt_group group_baseline = { "Sides", baseline };
const struct opt_group group_sides = { NULL, sides };
const struct opt_group group_model = { "Judging", model };
const struct opt_group group_taus = { NULL, taus };
const struct opt_group group_causes = { "Causes", causes };
const struct opt_group group_output = { "Results", output };
const struct opt_group group_page = { NULL, page };
const struct opt_group group_ci = { "For CI", ci };

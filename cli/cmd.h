/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd.h - a command, and what it is given
 *
 * Adding a command takes three steps: write cli/cmd_<name>.c with one struct cmd in it, name it in the table of cli/main.c, and add a
 * case under tests/cases/<name>/. --help, `attrib help` and the man page are printed from the struct and its option groups.
 */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "cli/opt.h"
#include "core/limits.h"
#include "report/report.h"

struct options {
	bool help, quiet, verbose, strict, no_color, ascii, wide, cum, no_sandbox, no_html, learned, list, reset, mouse, keys;
	bool all_ci, raw, man, selftest;
	const char *json, *html, *out, *color, *progress, *model, *causes, *effect, *pause_over, *timeout, *sample_index, *source, *with;
	const char *sarif, *junit, *summary, *codequality, *metrics, *prom, *csv, *github, *unmapped, *format;
	/* attrib diff: what of the stacks is looked at, in pprof's words */
	const char *focus, *ignore, *hide, *show, *show_from, *tagfocus, *tagignore, *peek, *folded, *taus;
	const char *split, *align, *note;
	bool by_packages, by_files, by_lines, absolute, relative, exact;
	struct opt_list baseline, limit, gate, label, path_map;
	int64_t workers, rows, side_runs, comparisons;
};

struct ctx {
	const struct cmd *cmd;
	struct options o;
	struct opt_list args;
	struct arena mem;		/* dies with the process */
	struct limits limits;
	struct report_opts term;	/* of standard output */
	bool tty_err;
	const char *state_dir;		/* $XDG_STATE_HOME/attrib; NULL: there is none */
	const char *data_dir;		/* $XDG_DATA_HOME/attrib; NULL: there is none */
	bool ci;			/* $CI is set: nothing that a person decided is used */
	const char *gnuplot;		/* as $PATH has it, an absolute path; NULL: there is none */
	bool github_actions;		/* $GITHUB_ACTIONS is true */
	const char *step_summary;	/* $GITHUB_STEP_SUMMARY; NULL: there is none */
	const volatile int *stop;	/* the signal that asks us to stop, 0 while none does */
	unsigned statuses;		/* bit n: exit status n applies (gates, --strict), whatever else does */
};

struct cmd {
	const char *name;
	const char *args;		/* shown after the name in the usage line */
	const char *help;		/* one line, no full stop */
	const char *about;		/* a paragraph or two for --help */
	const char *const *examples;	/* NULL-terminated */
	const struct opt_group *const *groups;
	size_t min_args, max_args;
	int (*run)(struct ctx *c, struct err *err);
};

/* In the order a first-time user needs them; NULL at the end (main.c). */
extern const struct cmd *const cmds[];
extern const struct cmd cmd_analyze, cmd_diff, cmd_report, cmd_doctor, cmd_triage, cmd_explain, cmd_ingest, cmd_calibrate, cmd_verdict, cmd_gate, cmd_export,
	cmd_completion, cmd_version, cmd_help;
const struct cmd *cmd_find(const char *name);	/* NULL: none */
const char *cmd_near(const char *name);		/* a name that was probably meant; NULL: none is near */

/* The exit statuses of docs; cmd_status() adds one that applies besides the error that run() returns. */
enum { STATUS_GATE = 1, STATUS_USAGE = 2, STATUS_INPUT = 3, STATUS_STRICT = 4, STATUS_LIMIT = 5, STATUS_OUTPUT = 6, STATUS_BUG = 7 };
void cmd_status(struct ctx *c, int status);

/* Option groups that commands share (groups.c). */
extern const struct opt_group group_common, group_input, group_baseline, group_sides, group_model, group_output, group_page, group_causes, group_taus, group_ci;

#endif

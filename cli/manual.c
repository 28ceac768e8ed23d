// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * manual.c - the man page
 *
 * Options that three or more commands share stand once, below SHARED OPTIONS, and a command names their groups.
 */
#include "cli/manual.h"

#include <string.h>

#include "cli/cmd.h"

#define SHARED 3

/* Text in which nothing is a request, an escape or a hyphen that a reader cannot paste. */
static void text(struct buf *out, const char *s)
{
	bool start = out->len == 0 || (out->data && out->data[out->len - 1] == '\n');

	for (; *s; s++) {
		if (start && (*s == '.' || *s == '\''))
			buf_puts(out, "\\&");
		start = *s == '\n';
		if (*s == '\\')
			buf_puts(out, "\\e");
		else if (*s == '-')
			buf_puts(out, "\\-");
		else if (*s == '\'')
			buf_puts(out, "\\(aq");
		else if (*s == '^')
			buf_puts(out, "\\(ha");
		else if (*s == '~')
			buf_puts(out, "\\(ti");
		else if (*s == '`')
			buf_puts(out, "\\(ga");
		else
			buf_byte(out, *s);
	}
}

/* Empty lines part paragraphs. */
static void paragraphs(struct buf *out, const char *s)
{
	while (*s) {
		const char *end = strstr(s, "\n\n");
		struct buf part = { .limit = 1 << 16 };

		buf_add(&part, s, end ? (size_t)(end - s) : strlen(s));
		text(out, part.data ? part.data : "");
		buf_puts(out, end ? "\n.PP\n" : "\n");
		buf_free(&part);
		s = end ? end + 2 : "";
	}
}

static void option(struct buf *out, const struct opt *o)
{
	buf_puts(out, ".TP\n");
	if (o->letter)
		buf_printf(out, "\\fB\\-%c\\fR, ", o->letter);
	buf_puts(out, "\\fB\\-\\-");
	text(out, o->name);
	buf_puts(out, "\\fR");
	if (o->arg) {
		buf_puts(out, o->kind == OPT_MAYBE ? "[=\\fI" : " \\fI");
		text(out, o->arg);
		buf_puts(out, o->kind == OPT_MAYBE ? "\\fR]" : "\\fR");
	}
	buf_byte(out, '\n');
	text(out, o->help);
	buf_puts(out, ".\n");
}

static size_t users(const struct opt_group *group)
{
	size_t n = 0;

	for (size_t i = 0; cmds[i]; i++)
		for (const struct opt_group *const *g = cmds[i]->groups; *g; g++)
			n += *g == group;
	return n;
}

static void command(struct buf *out, const struct cmd *cmd)
{
	size_t shared = 0;

	buf_printf(out, ".SS attrib %s ", cmd->name);
	text(out, cmd->args);
	buf_byte(out, '\n');
	text(out, cmd->help);
	buf_puts(out, ".\n.PP\n");
	paragraphs(out, cmd->about);
	for (const struct opt_group *const *g = cmd->groups; *g; g++)
		if (users(*g) < SHARED)
			for (const struct opt *o = (*g)->opt; o->name; o++)
				option(out, o);
	for (const struct opt_group *const *g = cmd->groups; *g; g++)
		if (users(*g) >= SHARED && (*g)->title)
			buf_printf(out, "%s%s", shared++ ? ", " : ".PP\nShared options: ", (*g)->title);
	if (shared)
		buf_puts(out, ".\n");
	buf_puts(out, ".PP\n.nf\n");
	for (const char *const *e = cmd->examples; *e; e++) {
		buf_puts(out, "    ");
		text(out, *e);
		buf_byte(out, '\n');
	}
	buf_puts(out, ".fi\n");
}

static void shared(struct buf *out)
{
	const struct opt_group *done[64];
	size_t n = 0;

	buf_puts(out, ".SH SHARED OPTIONS\n");
	for (size_t i = 0; cmds[i]; i++)
		for (const struct opt_group *const *g = cmds[i]->groups; *g; g++) {
			size_t k = 0;

			while (k < n && done[k] != *g)
				k++;
			if (k < n || n == 64 || users(*g) < SHARED)
				continue;
			done[n++] = *g;
			if ((*g)->title)
				buf_printf(out, ".SS %s\n", (*g)->title);
			for (const struct opt *o = (*g)->opt; o->name; o++)
				option(out, o);
		}
}

static const struct {
	const char *name, *what;
} status[] = {
	{ "0", "done; every gate passed, or none was asked for" },
	{ "1", "a gate failed, or had no data" },
	{ "2", "wrong usage or configuration" },
	{ "3", "no usable input" },
	{ "4", "some input could not be read, and --strict was given" },
	{ "5", "a limit of the run, or --timeout, was reached" },
	{ "6", "a result could not be written" },
	{ "7", "a fault of attrib" },
	{ "130, 143", "interrupted, asked to end" },
}, environment[] = {
	{ "NO_COLOR, ATTRIB_NO_COLOR, FORCE_COLOR, TERM, COLUMNS", "how the terminal is written to" },
	{ "XDG_STATE_HOME", "where attrib notes which databases it wrote" },
	{ "GITHUB_ACTIONS, GITHUB_STEP_SUMMARY", "when the first is true, analyze and report write annotations, and a summary to the second" },
}, files[] = {
	{ "RUN/attrib/attrib.db", "the evidence and the answer, an SQLite database; deleting it loses nothing" },
	{ "RUN/attrib/report.html", "the page" },
	{ "RUN/attrib/report.sarif, junit.xml, summary.md, codequality.json, metrics.txt, attrib.prom, functions.csv, report.json", "what --ci writes" },
};

static void list(struct buf *out, const char *title, const char *before, size_t n, const void *rows)
{
	const struct { const char *name, *what; } *row = rows;

	buf_printf(out, ".SH %s\n%s", title, before);
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, ".TP\n.B ");
		text(out, row[i].name);
		buf_byte(out, '\n');
		text(out, row[i].what);
		buf_puts(out, ".\n");
	}
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void manual_page(struct buf *out)
{
	buf_puts(out, ".\\\" made by `attrib help --man`\n.TH ATTRIB 1 \"\" \"attrib " REPORT_VERSION "\" \"User Commands\"\n"
		      ".SH NAME\nattrib \\- find the cause when a Go service got slower, bigger or stuck\n"
		      ".SH SYNOPSIS\n.B attrib\n.I COMMAND\n.RI [ OPTION ...]\n.RI [ ARGUMENT ...]\n"
		      ".SH DESCRIPTION\n"
		      "A Go service went through a load test, and the evidence lies in a folder: pprof profiles, GC pauses, goroutine dumps, perhaps the\n"
		      "load generator\\(aqs report. attrib says whether anything changed against a baseline, what the most likely cause is and what else it\n"
		      "could be, on which evidence, and what to do first. It needs no server, no Go toolchain and no network.\n"
		      ".SH COMMANDS\n");
	for (size_t i = 0; cmds[i]; i++)
		command(out, cmds[i]);
	shared(out);
	list(out, "EXIT STATUS", "When several apply, the first of 130 and 143, 7, 2, 3, 6, 5, 1, 4, 0.\n", COUNT(status), status);
	list(out, "ENVIRONMENT", "", COUNT(environment), environment);
	list(out, "FILES", "", COUNT(files), files);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_help.c - help from the tables that parsing uses
 */
#include <string.h>

#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/manual.h"
#include "core/text.h"

static void overview(struct buf *b, unsigned columns)
{
	text_wrap(b, str_from("attrib finds the cause when a Go service got slower, bigger or stuck in a load test."), columns, 0);
	buf_puts(b, "\n\n"
		    "  attrib analyze ./run-dir           compare run-dir/baseline and run-dir/current\n"
		    "  attrib diff old.pprof new.pprof    two profiles, function by function\n\n");
	for (size_t i = 0; cmds[i]; i++) {
		buf_printf(b, "  %-11s", cmds[i]->name);
		text_wrap(b, str_from(cmds[i]->help), columns, 13);
		buf_byte(b, '\n');
	}
	buf_puts(b, "\nattrib COMMAND --help says more about each.\n");
}

/* about holds line breaks of its own: paragraphs are wrapped, an empty line stays. */
static void paragraphs(struct buf *b, const char *s, unsigned columns)
{
	while (*s) {
		const char *end = strstr(s, "\n\n");
		size_t n = end ? (size_t)(end - s) : strlen(s);
		struct buf words = { .limit = 1 << 16 };

		for (size_t i = 0; i < n; i++)
			buf_byte(&words, s[i] == '\n' ? ' ' : s[i]);
		text_wrap(b, buf_view(&words), columns, 0);
		buf_puts(b, end ? "\n\n" : "\n");
		buf_free(&words);
		s += n + (end ? 2 : 0);
	}
}

static void one(struct buf *b, const struct cmd *cmd, unsigned columns)
{
	buf_printf(b, "usage: attrib %s%s%s\n\n", cmd->name, *cmd->args ? " " : "", cmd->args);
	for (const char *const *e = cmd->examples; *e; e++)
		buf_printf(b, "  %s\n", *e);
	buf_byte(b, '\n');
	paragraphs(b, cmd->about, columns);
	opt_help(b, cmd->groups, columns);
}

static int run(struct ctx *c, struct err *err)
{
	unsigned columns = c->term.columns > 100 ? 100 : c->term.columns;
	struct buf b = { .limit = 1 << 20 };
	int rc = 0;

	if (c->o.man) {
		manual_page(&b);
	} else if (!c->args.n) {
		overview(&b, columns);
	} else if (strcmp(c->args.v[0], "limits") == 0) {
		limits_markdown(&b);	/* docs/limits.md */
	} else {
		const struct cmd *cmd = cmd_find(c->args.v[0]);
		const char *near = cmd ? NULL : cmd_near(c->args.v[0]);

		if (cmd)
			one(&b, cmd, columns);
		else if (near)
			rc = err_set(err, ERR_USAGE, "there is no command '%.60s'; did you mean '%s'?", c->args.v[0], near);
		else
			rc = err_set(err, ERR_USAGE, "there is no command '%.60s' (attrib help lists them)", c->args.v[0]);
	}
	if (!rc)
		rc = emit_text(&b, err);
	buf_free(&b);
	return rc;
}

static const struct opt own[] = {
	{ "man", 0, OPT_FLAG, NULL, offsetof(struct options, man), "the man page, for man -l - or troff", NULL },
	{ .name = NULL },
};
static const struct opt_group group_own = { "Form", own };
static const struct opt_group *const groups[] = { &group_own, &group_common, NULL };
static const char *const examples[] = { "attrib help analyze", NULL };

const struct cmd cmd_help = {
	.name = "help",
	.args = "[COMMAND | limits]",
	.help = "this list, all about a command, or the limits",
	.about = "The same as attrib COMMAND --help; attrib help limits prints every limit that --limit can set.",
	.examples = examples,
	.groups = groups,
	.min_args = 0,
	.max_args = 1,
	.run = run,
};

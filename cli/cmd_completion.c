// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_completion.c - completions for bash, zsh and fish, from the tables that parsing uses
 *
 * What a value is follows from what the table calls it: a choice is one of its words, FILE and DIR are paths, anything else is typed. What
 * stands behind a command follows from its usage line likewise.
 */
#include <string.h>

#include "cli/cmd.h"
#include "cli/emit.h"

static bool is_path(const char *arg)
{
	return arg && (strcmp(arg, "FILE") == 0 || strcmp(arg, "DIR") == 0);
}

static bool separate(const struct opt *o)	/* its value may be the next word */
{
	return o->kind == OPT_TEXT || o->kind == OPT_LIST || o->kind == OPT_NUMBER;
}

/* What may stand behind a command: words of ours, paths, or both. */
static void words_behind(struct buf *out, const struct cmd *cmd)
{
	char name[64];

	if (cmd == &cmd_help) {
		for (size_t i = 0; cmds[i]; i++)
			buf_printf(out, "%s ", cmds[i]->name);
		buf_puts(out, "limits");
	} else if (cmd == &cmd_completion) {
		buf_puts(out, "bash zsh fish");
	} else if (cmd == &cmd_export) {
		for (size_t i = 0; report_view(i, name); i++)
			buf_printf(out, "%s%s", i ? " " : "", name);
	}
}

static bool paths_behind(const struct cmd *cmd)
{
	return strstr(cmd->args, "RUN") || strstr(cmd->args, "OLD");
}

/* Runs put for every option of a command, shared groups included. */
static void each(struct buf *out, const struct cmd *cmd, void (*put)(struct buf *out, const struct cmd *cmd, const struct opt *o))
{
	for (const struct opt_group *const *g = cmd->groups; *g; g++)
		for (const struct opt *o = (*g)->opt; o->name; o++)
			put(out, cmd, o);
}

/* ---- bash */

static void bash_name(struct buf *out, const struct cmd *cmd, const struct opt *o)
{
	(void)cmd;
	buf_printf(out, " --%s", o->name);
	if (o->letter)
		buf_printf(out, " -%c", o->letter);
}

static void bash_value(struct buf *out, const struct cmd *cmd, const struct opt *o)
{
	if (o->kind == OPT_FLAG)
		return;
	buf_printf(out, "\t\"%s --%s\"", cmd->name, o->name);
	if (o->letter)
		buf_printf(out, " | \"%s -%c\"", cmd->name, o->letter);
	buf_puts(out, ")");
	if (!separate(o))	/* only behind a = */
		buf_puts(out, " [ -n \"$eq\" ] &&");
	if (o->choices) {
		buf_puts(out, " found=1 words=\"");
		for (size_t i = 0; o->choices[i]; i++)
			buf_printf(out, "%s%s", i ? " " : "", o->choices[i]);
		buf_puts(out, "\"");
	} else {
		buf_puts(out, is_path(o->arg) ? " found=1 files=1" : " found=1");
	}
	buf_puts(out, " ;;\n");
}

static void bash_command(struct buf *out, const struct cmd *cmd)
{
	struct buf words = { .limit = 1 << 16 };

	words_behind(&words, cmd);
	buf_printf(out, "\t%s) options=\"", cmd->name);
	each(out, cmd, bash_name);
	buf_puts(out, "\"");
	if (words.len) {
		buf_puts(out, " behind=\"");
		buf_str(out, buf_view(&words));
		buf_puts(out, "\"");
	}
	buf_puts(out, paths_behind(cmd) ? " paths=1 ;;\n" : " ;;\n");
	buf_free(&words);
}

static void bash(struct buf *out)
{
	buf_puts(out, "# bash completion of attrib, made by `attrib completion bash`\n"
		      "_attrib() {\n"
		      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd=${COMP_WORDS[1]-}\n"
		      "\tlocal words='' options='' behind='' files='' paths='' found='' eq=''\n"
		      "\t# bash takes --name=value for three words\n"
		      "\tif [ \"$cur\" = \"=\" ]; then eq=1 cur=''; elif [ \"$prev\" = \"=\" ]; then eq=1 prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
		      "\tcase \"$cmd\" in\n");
	for (size_t i = 0; cmds[i]; i++)
		bash_command(out, cmds[i]);
	buf_puts(out, "\tesac\n\tcase \"$cmd $prev\" in\n");
	for (size_t i = 0; cmds[i]; i++)
		each(out, cmds[i], bash_value);
	buf_puts(out, "\tesac\n"
		      "\tif [ -z \"$found\" ]; then\n"
		      "\t\tif [ \"$COMP_CWORD\" -le 1 ]; then words=\"");
	for (size_t i = 0; cmds[i]; i++)
		buf_printf(out, "%s ", cmds[i]->name);
	buf_puts(out, "--help --version\"\n"
		      "\t\telif [ \"${cur#-}\" != \"$cur\" ]; then words=$options\n"
		      "\t\telse words=$behind files=$paths; fi\n"
		      "\tfi\n"
		      "\tCOMPREPLY=()\n"
		      "\tif [ -n \"$words\" ]; then mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\"); fi\n"
		      "\tif [ -n \"$files\" ]; then\n"
		      "\t\tlocal more\n"
		      "\t\tmapfile -t more < <(compgen -f -- \"$cur\")\n"
		      "\t\tCOMPREPLY+=(\"${more[@]}\")\n"
		      "\t\tcompopt -o filenames 2>/dev/null\n"
		      "\tfi\n"
		      "}\n"
		      "complete -F _attrib attrib\n");
}

/* ---- zsh */

/* Inside '...' of a specification: ' : [ ] \ are taken literally. */
static void zsh_text(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'') {
			buf_puts(out, "'\\''");
			continue;
		}
		if (strchr("[]:\\", *s))
			buf_byte(out, '\\');
		buf_byte(out, *s);
	}
}

static void zsh_option(struct buf *out, const struct cmd *cmd, const struct opt *o)
{
	(void)cmd;
	int last = o->letter ? 1 : 0;

	for (int letter = 0; letter <= last; letter++) {
		buf_printf(out, " \\\n\t\t\t'%s", o->kind == OPT_LIST ? "*" : "");
		if (letter)
			buf_printf(out, "-%c%s", o->letter, o->kind == OPT_FLAG ? "" : "+");
		else
			buf_printf(out, "--%s%s", o->name, o->kind == OPT_FLAG ? "" : o->kind == OPT_MAYBE ? "=-" : "=");
		buf_puts(out, "[");
		zsh_text(out, o->help);
		buf_puts(out, "]");
		if (o->kind != OPT_FLAG) {
			buf_puts(out, o->kind == OPT_MAYBE ? "::" : ":");
			zsh_text(out, o->arg);
			buf_puts(out, ":");
			if (o->choices) {
				buf_puts(out, "(");
				for (size_t i = 0; o->choices[i]; i++)
					buf_printf(out, "%s%s", i ? " " : "", o->choices[i]);
				buf_puts(out, ")");
			} else if (is_path(o->arg)) {
				buf_puts(out, "_files");
			}
		}
		buf_puts(out, "'");
	}
}

static void zsh(struct buf *out)
{
	buf_puts(out, "#compdef attrib\n# zsh completion of attrib, made by `attrib completion zsh`\n_attrib() {\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; cmds[i]; i++) {
		buf_printf(out, "\t\t'%s:", cmds[i]->name);
		zsh_text(out, cmds[i]->help);
		buf_puts(out, "'\n");
	}
	buf_puts(out, "\t)\n"
		      "\tif (( CURRENT == 2 )); then\n\t\t_describe -t commands command commands\n\t\treturn\n\tfi\n"
		      "\tlocal cmd=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tcase $cmd in\n");
	for (size_t i = 0; cmds[i]; i++) {
		struct buf words = { .limit = 1 << 16 };

		words_behind(&words, cmds[i]);
		buf_printf(out, "\t%s)\n\t\t_arguments -s -S", cmds[i]->name);
		each(out, cmds[i], zsh_option);
		if (words.len) {
			buf_puts(out, " \\\n\t\t\t'*:word:(");
			buf_str(out, buf_view(&words));
			buf_puts(out, ")'");
		}
		if (paths_behind(cmds[i]))
			buf_printf(out, " \\\n\t\t\t'%s:path:_files'", words.len ? "1" : "*");
		buf_puts(out, "\n\t\t;;\n");
		buf_free(&words);
	}
	buf_puts(out, "\tesac\n}\n_attrib \"$@\"\n");
}

/* ---- fish */

static void fish_text(struct buf *out, const char *s)
{
	buf_byte(out, '\'');
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			buf_byte(out, '\\');
		buf_byte(out, *s);
	}
	buf_byte(out, '\'');
}

static void fish_option(struct buf *out, const struct cmd *cmd, const struct opt *o)
{
	buf_printf(out, "complete -c attrib -n '__fish_seen_subcommand_from %s' -l %s", cmd->name, o->name);
	if (o->letter)
		buf_printf(out, " -s %c", o->letter);
	if (separate(o))
		buf_puts(out, is_path(o->arg) ? " -r -F" : " -x");
	if (o->choices) {
		buf_puts(out, " -a '");
		for (size_t i = 0; o->choices[i]; i++)
			buf_printf(out, "%s%s", i ? " " : "", o->choices[i]);
		buf_puts(out, "'");
	}
	buf_puts(out, " -d ");
	fish_text(out, o->help);
	buf_byte(out, '\n');
}

static void fish(struct buf *out)
{
	buf_puts(out, "# fish completion of attrib, made by `attrib completion fish`\ncomplete -c attrib -f\n");
	for (size_t i = 0; cmds[i]; i++) {
		struct buf words = { .limit = 1 << 16 };

		buf_printf(out, "complete -c attrib -n __fish_use_subcommand -a %s -d ", cmds[i]->name);
		fish_text(out, cmds[i]->help);
		buf_byte(out, '\n');
		words_behind(&words, cmds[i]);
		if (paths_behind(cmds[i]))
			buf_printf(out, "complete -c attrib -n '__fish_seen_subcommand_from %s' -F\n", cmds[i]->name);
		if (words.len) {
			buf_printf(out, "complete -c attrib -n '__fish_seen_subcommand_from %s' -a '", cmds[i]->name);
			buf_str(out, buf_view(&words));
			buf_puts(out, "'\n");
		}
		each(out, cmds[i], fish_option);
		buf_free(&words);
	}
}

static int run(struct ctx *c, struct err *err)
{
	const char *shell = c->args.v[0];
	struct buf b = { .limit = 1 << 20 };
	int rc = 0;

	if (strcmp(shell, "bash") == 0)
		bash(&b);
	else if (strcmp(shell, "zsh") == 0)
		zsh(&b);
	else if (strcmp(shell, "fish") == 0)
		fish(&b);
	else
		rc = err_set(err, ERR_USAGE, "'%.60s' is none of bash, zsh, fish", shell);
	if (!rc)
		rc = emit_data(&b, err);
	buf_free(&b);
	return rc;
}

static const struct opt_group *const groups[] = { &group_common, NULL };
static const char *const examples[] = {
	"attrib completion bash > ~/.local/share/bash-completion/completions/attrib",
	"attrib completion zsh > ~/.zfunc/_attrib                  # with ~/.zfunc in $fpath",
	"attrib completion fish > ~/.config/fish/completions/attrib.fish",
	NULL,
};

const struct cmd cmd_completion = {
	.name = "completion",
	.args = "SHELL",
	.help = "completions for bash, zsh or fish",
	.about = "make install puts them where the shells look.",
	.examples = examples,
	.groups = groups,
	.min_args = 1,
	.max_args = 1,
	.run = run,
};

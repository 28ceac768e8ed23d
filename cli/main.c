// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * main.c - finds the command, runs it, prints the one line of a failure, maps it to an exit status
 *
 * Nothing else in the program exits. When several statuses apply (a gate failed and the disk is full), the first of
 * 128 + signal, 7, 2, 3, 6, 5, 1, 4, 0 is returned: what makes the answer worth least comes first.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/emit.h"
#include "cli/env.h"
#include "cli/stop.h"

const struct cmd *const cmds[] = {
	&cmd_analyze, &cmd_diff, &cmd_report, &cmd_triage, &cmd_doctor, &cmd_explain, &cmd_ingest, &cmd_calibrate, &cmd_verdict, &cmd_gate, &cmd_export,
	&cmd_completion, &cmd_version, &cmd_help, NULL,
};

const struct cmd *cmd_find(const char *name)
{
	for (size_t i = 0; cmds[i]; i++)
		if (strcmp(cmds[i]->name, name) == 0)
			return cmds[i];
	return NULL;
}

const char *cmd_near(const char *name)
{
	const char *names[sizeof(cmds) / sizeof(cmds[0])];
	size_t n = 0;

	for (; cmds[n]; n++)
		names[n] = cmds[n]->name;
	return opt_near(name, names, n);
}

void cmd_status(struct ctx *c, int status)
{
	c->statuses |= 1u << status;
}

static int status_of(const struct err *err)
{
	switch (err->code) {
	case ERR_OK:
		return 0;
	case ERR_USAGE:
		return STATUS_USAGE;
	case ERR_FORMAT:
	case ERR_INPUT:
	case ERR_IO:
		return STATUS_INPUT;
	case ERR_LIMIT:
		return STATUS_LIMIT;
	case ERR_OUTPUT:
		return STATUS_OUTPUT;
	case ERR_SIGNAL:
		return stop_status(err->signal);
	case ERR_STORE:
	case ERR_MEMORY:
	case ERR_INTERNAL:
		break;
	}
	return STATUS_BUG;
}

static int worst(unsigned statuses)
{
	static const int order[] = { STATUS_BUG, STATUS_USAGE, STATUS_INPUT, STATUS_OUTPUT, STATUS_LIMIT, STATUS_GATE, STATUS_STRICT };

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (statuses & 1u << order[i])
			return order[i];
	return 0;
}

/* attrib, attrib -h, attrib --help, attrib --version */
static const struct cmd *pick(int argc, char **argv, struct err *err)
{
	const struct cmd *cmd;
	const char *near;

	if (argc < 2 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
		return &cmd_help;
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return &cmd_version;
	cmd = cmd_find(argv[1]);
	if (cmd)
		return cmd;
	near = cmd_near(argv[1]);
	if (argv[1][0] == '-')
		err_set(err, ERR_USAGE, "options stand behind the command: attrib COMMAND %.60s", argv[1]);
	else if (near)
		err_set(err, ERR_USAGE, "there is no command '%.60s'; did you mean '%s'?", argv[1], near);
	else
		err_set(err, ERR_USAGE, "there is no command '%.60s' (attrib help lists them)", argv[1]);
	return NULL;
}

static int check_args(const struct ctx *c, struct err *err)
{
	if (c->args.n >= c->cmd->min_args && c->args.n <= c->cmd->max_args)
		return 0;
	return err_set(err, ERR_USAGE, "usage: attrib %s%s%s", c->cmd->name, *c->cmd->args ? " " : "", c->cmd->args);
}

static int run(struct ctx *c, int argc, char **argv, struct err *err)
{
	bool bare = argc < 2 || (argv[1][0] == '-' && c->cmd == &cmd_help);
	int skip = argc < 2 ? 1 : 2, rc;

	rc = opt_parse(&c->o, &c->args, &c->mem, c->cmd->groups, argc - skip, argv + skip, err);
	/* -h anywhere wins, even beside a mistake. */
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		c->o.help = c->o.help || strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0;
	if (rc && !c->o.help)
		return rc;
	if (!c->o.help)
		rc = config_read(c, err);
	if (!rc || c->o.help)
		rc = env_read(c, err);
	if (rc)
		return rc;
	if (c->o.help && !bare) {
		const char *name = c->cmd->name;

		c->args = (struct opt_list){ &name, 1 };
		return cmd_help.run(c, err);
	}
	rc = check_args(c, err);
	return rc ? rc : c->cmd->run(c, err);
}

int main(int argc, char **argv)
{
	struct ctx c = { .limits = limits_default };
	struct err err = { .code = ERR_OK };
	int status;

	c.stop = stop_install();
	c.cmd = pick(argc, argv, &err);
	if (c.cmd && !run(&c, argc, argv, &err))
		err.code = ERR_OK;	/* what went wrong on the way was dealt with */
	if (*c.stop && err.code != ERR_OK) {
		err.code = ERR_SIGNAL;
		err.signal = *c.stop;
	}
	status = status_of(&err);
	if (err.code != ERR_OK && err.code != ERR_SIGNAL)
		emit_error(&c, &err);
	if (err.code == ERR_INTERNAL)
		emit_note(&c, "this is a fault of attrib; please report it with the command line and attrib version");
	arena_free(&c.mem);
	if (status >= 32)	/* 128 + a signal */
		return status;
	return worst(c.statuses | (status ? 1u << status : 0));
}

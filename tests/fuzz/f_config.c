// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_config.c - libFuzzer target: .attrib.ini of a project and the command line, as one command after the other would read them
 *
 * Input: a byte for the command, arguments up to an empty line, then the file. cli/main.c is part of this program under another name.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define main attrib_main
int attrib_main(int argc, char **argv);
#include "cli/main.c"
#undef main

enum { ARGS = 16 };

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char folder[] = "/dev/shm/fuzz-config-XXXXXX";
	int null;

	(void)argc;
	(void)argv;
	check(mkdtemp(folder) && chdir(folder) == 0);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	null = open("/dev/null", O_WRONLY);	/* notes of configuration files are not of interest */
	check(null >= 0);
	return 0;
}

static void write_file(struct str text)
{
	int fd = open(".attrib.ini", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	check(fd >= 0 && write(fd, text.p, text.n) == (ssize_t)text.n);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ctx c = { .limits = limits_default };
	struct err err = { .code = ERR_OK };
	char *text, *argv[ARGS], *at;
	int n = 0, rc;

	if (size < 2)
		return 0;
	c.cmd = cmds[data[0] % (sizeof(cmds) / sizeof(cmds[0]) - 1)];
	text = strndup((const char *)data + 1, size - 1);
	check(text != NULL);
	for (at = text; *at && *at != '\n' && n < ARGS;) {
		argv[n++] = at;
		at += strcspn(at, "\n");
		if (*at)
			*at++ = '\0';
	}
	if (*at == '\n')
		at++;
	write_file(str_from(at));
	rc = opt_parse(&c.o, &c.args, &c.mem, c.cmd->groups, n, argv, &err);
	check(!rc || err.msg[0]);
	if (!rc)
		rc = config_read(&c, &err);
	check(!rc || err.msg[0]);
	for (size_t i = 0; !rc && i < c.o.limit.n; i++)
		rc = limits_set(&c.limits, c.o.limit.v[i], &err);
	check(!rc || (err.msg[0] && status_of(&err) == STATUS_USAGE));
	check(c.o.out == NULL || n > 0);	/* a file sends no results elsewhere */
	check(!c.o.no_sandbox || n > 0);
	arena_free(&c.mem);
	free(text);
	return 0;
}

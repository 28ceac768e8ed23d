// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * edit.c - no shell, and no path that a profile made up
 *
 * Paths in profiles are other people's text: only what lies beneath the tree is opened, and the editor gets it as one argument that
 * begins with the tree's own path. $EDITOR may hold options, split at blanks as git and crontab do.
 */
#include "cli/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/file.h"

#define MOST_WORDS 16

/* "/build/src/orders/stock.go": orders/stock.go when the tree has it, else stock.go. */
static bool find(int root, const char *path, const char **out)
{
	while (*path) {
		struct stat st;
		struct err err;
		int fd;

		while (*path == '/')
			path++;
		if (*path && !file_open_beneath(&fd, root, path, &st, &err)) {
			close(fd);
			*out = path;
			return true;
		}
		path += strcspn(path, "/");
	}
	return false;
}

static int split(char *s, const char **word)
{
	int n = 0;

	for (char *w = strtok(s, " \t"); w && n < MOST_WORDS; w = strtok(NULL, " \t"))
		word[n++] = w;
	return n;
}

/* How editors are told a line: most by +N before the file. */
static bool takes_colon(const char *editor)
{
	static const char *const names[] = { "code", "codium", "subl", "hx", "helix", "zed", "micro" };
	const char *slash = strrchr(editor, '/');

	editor = slash ? slash + 1 : editor;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(editor, names[i]) == 0)
			return true;
	return false;
}

static int run(const char *const *argv, struct err *err)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(err, ERR_OUTPUT, errno, "cannot start the editor");
	if (pid == 0) {
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(err, ERR_OUTPUT, "there is no editor '%.60s' (set EDITOR)", argv[0]);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(err, ERR_OUTPUT, "the editor '%.60s' ended with a failure", argv[0]);
	return 0;
}

static int open_editor(const char *path, int64_t line, struct err *err)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR"), *word[MOST_WORDS + 4] = { NULL };
	char *copy = strdup(visual && *visual ? visual : editor && *editor ? editor : "vi"), at[32];
	struct buf both = { .limit = 1 << 16 };
	int n, rc;

	if (!copy)
		return err_nomem(err);
	n = split(copy, word);
	if (!n)
		word[n++] = "vi";
	snprintf(at, sizeof(at), "+%lld", (long long)line);
	buf_printf(&both, "%s:%lld", path, (long long)line);
	if (takes_colon(word[0])) {
		if (strstr(word[0], "cod"))
			word[n++] = "-g";
		word[n] = both.data;
	} else {
		word[n++] = at;
		word[n] = path;
	}
	rc = both.data ? run(word, err) : err_nomem(err);
	buf_free(&both);
	free(copy);
	return rc;
}

int edit_source(const char *tree, struct str file, int64_t line, struct buf *said, struct err *err)
{
	struct buf name = { .limit = 4096 }, path = { .limit = 1 << 16 };
	const char *inside = NULL;
	int root, rc = file_open_root(&root, tree, err);

	if (rc)
		return rc;
	buf_str(&name, file);
	if (!name.data || name.failed || strlen(name.data) != name.len || !find(root, name.data, &inside)) {
		rc = err_set(err, ERR_INPUT, "'%.200s' is not in the source tree '%.200s'", name.data ? name.data : "", tree);
	} else {
		buf_printf(&path, "%s%s/%s", *tree == '-' ? "./" : "", tree, inside);
		rc = buf_check(&path, err);
	}
	if (!rc)
		rc = open_editor(path.data, line, err);
	if (!rc)
		buf_printf(said, "%s:%lld", path.data, (long long)line);
	close(root);
	buf_free(&name);
	buf_free(&path);
	return rc;
}

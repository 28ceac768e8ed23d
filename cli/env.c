// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * env.c - colour, width, characters, the folders for state and data, where gnuplot is
 *
 * Colour: --color, ATTRIB_NO_COLOR, NO_COLOR (set and not empty), FORCE_COLOR, TERM=dumb, a terminal, in this order. Width: the
 * terminal's, COLUMNS, 80. UTF-8 only where the locale says so and the terminal can (the Linux console has no eighth blocks).
 */
#include "cli/env.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fmt.h"

static bool is_set(const char *name)
{
	const char *v = getenv(name);

	return v && *v;
}

static bool wants_colour(const struct options *o)
{
	const char *term = getenv("TERM");

	if (o->no_color)
		return false;
	if (o->color && strcmp(o->color, "auto") != 0)
		return strcmp(o->color, "never") != 0;	/* --color alone: always */
	if (is_set("ATTRIB_NO_COLOR") || is_set("NO_COLOR"))
		return false;
	if (is_set("FORCE_COLOR"))
		return true;
	return term && *term && strcmp(term, "dumb") != 0 && isatty(STDOUT_FILENO);
}

static bool has_utf8(const struct options *o)
{
	const char *term = getenv("TERM"), *codeset;

	if (o->ascii || (isatty(STDOUT_FILENO) && term && (strcmp(term, "linux") == 0 || strcmp(term, "dumb") == 0)))
		return false;
	if (!setlocale(LC_CTYPE, ""))	/* LC_NUMERIC stays C: numbers are written by us */
		return false;
	codeset = nl_langinfo(CODESET);
	return strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0;
}

unsigned env_columns(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w = { 0 };
	int64_t n;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col)
		n = w.ws_col;
	else if (!columns || !fmt_parse_int(str_from(columns), &n))
		n = 80;
	return n < 40 ? 40 : n > 200 ? 200 : (unsigned)n;
}

/* $VARIABLE/attrib, else $HOME/FALLBACK/attrib; NULL when neither is an absolute path. */
static int xdg_dir(struct ctx *c, const char *variable, const char *fallback, const char **out, struct err *err)
{
	const char *dir = getenv(variable), *home = getenv("HOME");
	struct buf b = { .limit = 0 };

	if (dir && *dir == '/')
		buf_printf(&b, "%s/attrib", dir);
	else if (home && *home == '/')
		buf_printf(&b, "%s/%s/attrib", home, fallback);
	else
		return 0;	/* nowhere to remember anything: databases are always rebuilt */
	*out = buf_check(&b, err) ? NULL : arena_strdup(&c->mem, b.data);
	buf_free(&b);
	return *out ? 0 : err_nomem(err);
}

/* A program is looked for in the absolute folders of $PATH only: a run folder that is also the current one offers none. */
static int find_program(struct ctx *c, const char *name, const char **out, struct err *err)
{
	const char *at = getenv("PATH");
	struct buf b = { .limit = 1 << 16 };
	int rc = 0;

	*out = NULL;
	while (at && *at && !*out && !rc) {
		size_t n = strcspn(at, ":");
		struct stat st;

		buf_reset(&b);
		buf_printf(&b, "%.*s/%s", (int)(n < 4096 ? n : 4096), at, name);
		if (*at == '/' && !b.failed && stat(b.data, &st) == 0 && S_ISREG(st.st_mode) && access(b.data, X_OK) == 0) {
			*out = arena_strdup(&c->mem, b.data);
			rc = *out ? 0 : err_nomem(err);
		}
		at += n + (at[n] == ':');
	}
	buf_free(&b);
	return rc;
}

int env_read(struct ctx *c, struct err *err)
{
	const char *actions = getenv("GITHUB_ACTIONS");
	int rc;

	c->term.columns = env_columns();
	c->term.utf8 = has_utf8(&c->o);
	c->term.colour = wants_colour(&c->o);
	c->term.wide = c->o.wide;
	c->term.verbose = c->o.verbose;
	c->tty_err = isatty(STDERR_FILENO);
	c->github_actions = actions && strcmp(actions, "true") == 0;
	c->step_summary = is_set("GITHUB_STEP_SUMMARY") ? getenv("GITHUB_STEP_SUMMARY") : NULL;
	c->ci = is_set("CI");
	rc = find_program(c, "gnuplot", &c->gnuplot, err);
	if (!rc)
		rc = xdg_dir(c, "XDG_STATE_HOME", ".local/state", &c->state_dir, err);
	return rc ? rc : xdg_dir(c, "XDG_DATA_HOME", ".local/share", &c->data_dir, err);
}

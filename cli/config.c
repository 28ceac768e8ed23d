// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * config.c - reads them nearest first; what is set stays
 *
 * Only what judges and limits may be configured: a file in a project that somebody else wrote must not send results elsewhere, switch
 * the sandbox off or change what the sides are.
 */
#include "cli/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/emit.h"
#include "core/file.h"
#include "core/inifile.h"

#define CONFIG_BYTES (1u << 20)
#define PROJECT ".attrib.ini"

static const char *const settable[] = { "model", "causes", "learned", "effect", "gate", "path-map", "unmapped", "pause-over", "strict", "limit", "timeout", "workers", "progress",
	"ascii", "wide", "no-html", NULL };

/* What one source says of the options of the command, in its order. */
struct entry {
	const struct opt *opt;
	const char *value;
	int line;
};

struct layer {
	struct ctx *c;
	struct inifile in;
	const char *folder;	/* what a path in it is relative to; NULL: as it is */
	struct entry *entry;
	size_t n, cap;
};

static bool is_settable(const char *name)
{
	for (size_t i = 0; settable[i]; i++)
		if (strcmp(settable[i], name) == 0)
			return true;
	return false;
}

static int add(struct layer *l, const struct opt *o, const char *value, struct err *err)
{
	if (l->n == l->cap) {
		size_t more = l->cap ? 2 * l->cap : 16;
		struct entry *e = arena_array(&l->c->mem, struct entry, more);

		if (!e)
			return err_nomem(err);
		if (l->n)
			memcpy(e, l->entry, l->n * sizeof(*e));
		l->entry = e;
		l->cap = more;
	}
	value = arena_strdup(&l->c->mem, value);
	l->entry[l->n++] = (struct entry){ o, value, l->in.line };
	return value ? 0 : err_nomem(err);
}

static bool yes_or_no(const char *value, bool *yes)
{
	static const char *const words[] = { "yes", "true", "on", "1", "no", "false", "off", "0" };

	for (size_t i = 0; i < 8; i++)
		if (strcmp(words[i], value) == 0) {
			*yes = i < 4;
			return true;
		}
	return false;
}

/* One value into the options, as the flag would have put it there. */
static int apply(struct layer *l, const struct entry *e, struct err *err)
{
	struct buf path = { .limit = 1 << 16 };
	const char *value = e->value;
	bool yes = true;

	if (e->opt->kind == OPT_FLAG && !yes_or_no(value, &yes))
		return err_set(err, ERR_USAGE, "--%s: '%.60s' is neither yes nor no", e->opt->name, value);
	if (!yes)
		return 0;
	if (strcmp(e->opt->name, "causes") == 0 && l->folder && *value != '/') {
		buf_printf(&path, "%s/%s", l->folder, value);
		value = path.failed ? NULL : arena_strdup(&l->c->mem, path.data);
		buf_free(&path);
		if (!value)
			return err_nomem(err);
	}
	return opt_store(&l->c->o, e->opt, value, &l->c->mem, err);
}

/* done: the options that a nearer source has set; this source's own go there too. */
static int apply_all(struct layer *l, const char **done, size_t *n_done, struct err *err)
{
	size_t before = *n_done;

	for (size_t i = 0; i < l->n; i++) {
		const struct entry *e = &l->entry[i];
		bool taken = false;

		for (size_t k = 0; k < *n_done; k++)
			taken |= k < before && strcmp(done[k], e->opt->name) == 0;
		if (taken)
			continue;
		if (apply(l, e, err))
			return e->line ? err_wrap(err, "%s, line %d", l->in.name, e->line) : err_wrap(err, "%s", l->in.name);
		if (*n_done < sizeof(settable) / sizeof(settable[0]) * 4)
			done[(*n_done)++] = e->opt->name;
	}
	return 0;
}

static const struct opt *known(const char *name)
{
	for (size_t i = 0; cmds[i]; i++) {
		const struct opt *o = opt_find(cmds[i]->groups, name);

		if (o && is_settable(name))
			return o;
	}
	return NULL;
}

static int line_of_file(void *arg, const char *section, const char *key, const char *value)
{
	struct layer *l = arg;
	const struct cmd *cmd = *section ? cmd_find(section) : NULL;
	const struct opt *o;

	if (l->in.failed)
		return 0;
	if (*section && !cmd)
		return inifile_fail(&l->in, "there is no command of this name", section);
	if (!known(key)) {
		const char *near = opt_near(key, settable, sizeof(settable) / sizeof(settable[0]) - 1);

		return inifile_fail(&l->in, near ? "no option of this name can be set here; did you mean" : "no option of this name can be set here",
				    near ? near : key);
	}
	o = opt_find(l->c->cmd->groups, key);
	if (cmd && !opt_find(cmd->groups, key))
		return inifile_fail(&l->in, "this command has no such option", key);
	if (!o || (cmd && cmd != l->c->cmd))
		return 1;
	return add(l, o, value, l->in.err) ? inifile_nomem(&l->in) : 1;
}

/* Is the folder that holds the file an input of this command, or inside one? */
static bool is_input(struct ctx *c, const char *path)
{
	char *folder = file_folder(path), *at = folder ? realpath(folder, NULL) : NULL;
	bool inside = false;

	for (size_t i = 0; at && !inside && i < c->args.n + c->o.baseline.n; i++) {
		const char *arg = i < c->args.n ? c->args.v[i] : c->o.baseline.v[i - c->args.n], *colon = strrchr(arg, ':');
		char *run = realpath(arg, NULL), *part = NULL;
		size_t n;

		if (!run && colon && (part = strndup(arg, (size_t)(colon - arg))) != NULL)
			run = realpath(part, NULL);
		n = run ? strlen(run) : 0;
		inside = n && strncmp(at, run, n) == 0 && (at[n] == '\0' || at[n] == '/' || n == 1);
		free(run);
		free(part);
	}
	free(folder);
	free(at);
	return inside;
}

static int read_file(struct layer *l, const char *path, struct err *err)
{
	struct buf text = { .limit = CONFIG_BYTES };
	int rc;

	if (access(path, F_OK) != 0)
		return 0;
	if (is_input(l->c, path)) {
		emit_note(l->c, "note: '%.200s' stands in the run folder and is not read", path);
		return 0;
	}
	rc = file_slurp(&text, path, CONFIG_BYTES, err);
	if (rc && rc != ERR_MEMORY)
		err->code = ERR_USAGE;
	l->in = (struct inifile){ .text = buf_view(&text), .name = path, .err = err, .one_line = true };
	if (!rc && text.data)
		rc = inifile_read(&l->in, line_of_file, l);
	buf_free(&text);
	return rc ? (int)err->code : 0;
}

/* ATTRIB_PAUSE_OVER and so on; a list's values stand apart by blanks. */
static int read_environment(struct layer *l, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && settable[i]; i++) {
		const struct opt *o = opt_find(l->c->cmd->groups, settable[i]);
		char name[64] = "ATTRIB_", *copy, *save = NULL;
		const char *value;
		size_t n = strlen(name);

		for (const char *p = settable[i]; *p && n + 1 < sizeof(name); p++)
			name[n++] = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
		value = o ? getenv(name) : NULL;
		if (!value || !*value)
			continue;
		l->in.name = "the environment (ATTRIB_...)";
		copy = arena_strdup(&l->c->mem, value);
		if (!copy)
			return err_nomem(err);
		if (o->kind != OPT_LIST)
			rc = add(l, o, copy, err);
		else
			for (char *word = strtok_r(copy, " \t\n", &save); !rc && word; word = strtok_r(NULL, " \t\n", &save))
				rc = add(l, o, word, err);
	}
	return rc;
}

static const char *users_file(struct ctx *c)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf b = { .limit = 1 << 16 };
	const char *path = NULL;

	if (config && *config == '/')
		buf_printf(&b, "%s/attrib/config", config);
	else if (home && *home == '/')
		buf_printf(&b, "%s/.config/attrib/config", home);
	if (b.len && !b.failed)
		path = arena_strdup(&c->mem, b.data);
	buf_free(&b);
	return path;
}

int config_read(struct ctx *c, struct err *err)
{
	const char *done[sizeof(settable) / sizeof(settable[0]) * 4], *user = users_file(c);
	struct layer from_env = { .c = c }, project = { .c = c }, users = { .c = c };
	size_t n = 0;
	int rc;

	for (size_t i = 0; settable[i]; i++) {
		const struct opt *o = opt_find(c->cmd->groups, settable[i]);

		if (o && opt_is_set(&c->o, o))
			done[n++] = settable[i];
	}
	rc = read_environment(&from_env, err);
	if (!rc)
		rc = apply_all(&from_env, done, &n, err);
	if (!rc)
		rc = read_file(&project, PROJECT, err);
	if (!rc)
		rc = apply_all(&project, done, &n, err);
	if (!rc && user) {
		users.folder = file_folder(user);
		rc = read_file(&users, user, err);
		if (!rc)
			rc = apply_all(&users, done, &n, err);
		free((char *)(uintptr_t)users.folder);
	}
	return rc;
}

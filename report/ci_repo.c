// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ci_repo.c - from the file a profile names to the file a repository has
 *
 * A Go binary carries the paths of the machine that built it (/home/ci/src/orders/api/api.go), or with -trimpath the module's
 * (example.org/orders/api/api.go); a mark in a merge request needs api/api.go. The package tells what the path does not: for a function of
 * package example.org/orders/api the file is that package's folder plus the file's own name, whatever the build machine called it. Package main
 * has no path in its name; its folder is found from the root that its sister packages were built in.
 *
 * The main module is the one that most of the user's files belong to, read off package paths by the habits of their host (core/gosym). It is
 * wrong for hosts with deeper repositories, hence --path-map, which comes first and may name either form.
 */
#include "core/gosym.h"
#include "report/ci.h"

#define MODULES 64

static struct str folder_of(struct str file)
{
	size_t n = file.n;

	while (n && file.p[n - 1] != '/')
		n--;
	return (struct str){ file.p, n ? n - 1 : 0 };
}

static struct str name_of(struct str file)
{
	size_t n = file.n;

	while (n && file.p[n - 1] != '/')
		n--;
	return str_skip(file, n);
}

/* What follows `head` in s, at a boundary of path elements; p NULL: s does not lie beneath it. */
static struct str beneath(struct str s, struct str head)
{
	while (head.n && head.p[head.n - 1] == '/')
		head.n--;
	if (!head.n)
		return s.n && s.p[0] == '/' ? str_skip(s, 1) : s;
	if (s.n < head.n || memcmp(s.p, head.p, head.n) != 0)
		return STR_NONE;
	if (s.n == head.n)
		return (struct str){ s.p + s.n, 0 };
	return s.p[head.n] == '/' ? str_skip(s, head.n + 1) : STR_NONE;
}

static bool ends_with(struct str s, struct str tail)
{
	return s.n >= tail.n && memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0;
}

static struct str package_of(const struct model_place *at)
{
	return at->package.p ? at->package : at->function.p ? gosym_package(at->function) : STR_NONE;
}

static struct str main_module(const struct report_model *m)
{
	struct { struct str module; size_t n; } seen[MODULES];
	size_t n = 0, best = 0;

	for (size_t i = 0; i < m->user_files.n; i++) {
		const struct model_place *at = &m->user_files.v[i];
		struct str module = gosym_module(at->package);
		size_t k = 0;

		if (!at->package.n || str_is(at->package, "main") || str_is(module, "std"))
			continue;
		while (k < n && !str_eq(seen[k].module, module))
			k++;
		if (k == MODULES)
			continue;
		if (k == n) {
			seen[n].module = module;
			seen[n++].n = 0;
		}
		seen[k].n++;
	}
	for (size_t k = 1; k < n; k++)
		if (seen[k].n > seen[best].n)
			best = k;
	return n ? seen[best].module : STR_NONE;
}

/* /src/orders/ of /src/orders/internal/api/api.go in package example.org/orders/internal/api of module example.org/orders. */
static struct str build_root(const struct report_model *m, struct str module)
{
	for (size_t i = 0; i < m->user_files.n; i++) {
		const struct model_place *at = &m->user_files.v[i];
		struct str inside = beneath(at->package, module), folder = folder_of(at->file);

		if (!inside.p || !at->file.n || at->file.p[0] != '/' || !ends_with(folder, inside))
			continue;
		folder.n -= inside.n;
		if (inside.n && (!folder.n || folder.p[folder.n - 1] != '/'))
			continue;
		return inside.n ? folder : (struct str){ folder.p, folder.n + 1 };
	}
	return STR_NONE;
}

void ci_repo_find(struct ci_repo *r, const struct report_model *m, const struct report_ci *o)
{
	*r = (struct ci_repo){ .o = o, .module = main_module(m) };
	if (r->module.n)
		r->root = build_root(m, r->module);
}

/* The file in the form of an import path: what -trimpath would have written. */
static void import_form(struct buf *out, const struct ci_repo *r, const struct model_place *at)
{
	struct str package = package_of(at), rest = r->root.n ? beneath(at->file, r->root) : STR_NONE;

	if (at->file.p[0] != '/') {
		buf_str(out, at->file);
	} else if (rest.p) {
		buf_str(out, r->module);
		buf_byte(out, '/');
		buf_str(out, rest);
	} else if (package.n && !str_is(package, "main") && r->module.n && beneath(package, r->module).p) {
		gosym_path(out, package);
		buf_byte(out, '/');
		buf_str(out, name_of(at->file));
	}
}

/* The first --path-map that fits. */
static bool mapped(struct buf *out, const struct report_ci *o, struct str file)
{
	for (size_t i = 0; i < o->n_maps; i++) {
		const char *eq = strchr(o->maps[i], '=');
		struct str from = { o->maps[i], eq ? (size_t)(eq - o->maps[i]) : 0 }, to = str_from(eq ? eq + 1 : ""), rest;

		rest = eq && file.n && (from.n || file.p[0] != '/') ? beneath(file, from) : STR_NONE;
		if (!rest.p)
			continue;
		while (to.n && to.p[to.n - 1] == '/')
			to.n--;
		buf_str(out, to);
		if (to.n && rest.n)
			buf_byte(out, '/');
		buf_str(out, rest);
		return true;
	}
	return false;
}

/* Relative, every element a name: what code hosts accept. */
static bool is_repo_path(struct str s)
{
	if (!s.n || s.p[0] == '/' || s.p[0] == '<')
		return false;
	while (s.p && s.n) {
		const char *slash = memchr(s.p, '/', s.n);
		struct str part = { s.p, slash ? (size_t)(slash - s.p) : s.n };

		if (!part.n || str_is(part, ".") || str_is(part, ".."))
			return false;
		s = str_skip(s, part.n + (slash != NULL));
	}
	return true;
}

bool ci_repo_path(struct buf *out, const struct ci_repo *r, const struct model_place *at)
{
	struct buf form = { .limit = 1 << 16 }, path = { .limit = 1 << 16 };
	struct str rest;
	bool ok;

	if (!at->file.p || !at->file.n || at->file.p[0] == '<')
		return false;
	import_form(&form, r, at);
	if (!mapped(&path, r->o, at->file) && !(form.len && mapped(&path, r->o, buf_view(&form)))) {
		rest = form.len && r->module.n ? beneath(buf_view(&form), r->module) : STR_NONE;
		if (rest.p)
			buf_str(&path, rest);
	}
	ok = !path.failed && !form.failed && path.len && is_repo_path(buf_view(&path));
	if (ok)
		buf_str(out, buf_view(&path));
	buf_free(&form);
	buf_free(&path);
	return ok;
}

int report_ci_map_check(const char *map, struct err *err)
{
	const char *eq = strchr(map, '=');

	if (eq)
		return 0;
	return err_set(err, ERR_USAGE, "--path-map '%.100s': wanted is FROM=TO, such as /src/orders=services/orders", map);
}

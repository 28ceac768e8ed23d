// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * symbols.c - what two builds call the same function
 *
 * Every func gets a symbol: its canonical name (core/gosym). The kind follows from where the file says it lives:
 * module caches write "@v" into the path and vendored code "/vendor/", the standard library is known by the first element of its
 * package; what is left was built from the main module and is the user's. A program that was installed by its module's name comes from the
 * cache as a whole: then the module that holds main.main is the user's. Charging cost to user code depends on this alone.
 */
#include "analyze/pass.h"
#include "core/gosym.h"

static bool contains(struct str s, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; s.n >= n && i <= s.n - n; i++)
		if (memcmp(s.p + i, what, n) == 0)
			return true;
	return false;
}

static bool is_profiler(struct str package, struct str name)
{
	static const char *const functions[] = { "runtime.sigprof", "runtime.blockevent", "runtime.saveblockevent",
		"runtime.mutexevent", "runtime.stkbucket", "runtime.profilealloc", "runtime.mProf_Malloc", "runtime.sigtrampgo",
		"runtime.goroutineProfileWithLabels", "runtime.doRecordGoroutineProfile", "runtime.tracebackothers",
		"runtime._LostContendedRuntimeLock", NULL };

	if (str_is(package, "net/http/pprof") || str_is(package, "runtime/pprof") || str_is(package, "github.com/felixge/fgprof"))
		return true;
	for (int i = 0; functions[i]; i++)
		if (str_is(name, functions[i]))
			return true;
	return str_starts(name, "runtime.(*profBuf)") || str_starts(name, "runtime.(*cpuProfile)");
}

#define MAX_HOMES 8

/* The modules of main.main where it comes from the module cache, as file paths spell them, up to the "@". */
struct homes {
	struct str module[MAX_HOMES];
	size_t n;
};

/* What a file's path says before "@v", empty when it does not stand in a module cache. */
static struct str cached_module(struct str file)
{
	for (size_t i = 0; i + 1 < file.n; i++)
		if (file.p[i] == '@' && file.p[i + 1] == 'v')
			return (struct str){ file.p, i };
	return (struct str){ file.p, 0 };
}

static bool at_home(const struct homes *h, struct str file)
{
	struct str module = cached_module(file);

	for (size_t i = 0; module.n && i < h->n; i++)
		if (str_eq(h->module[i], module))
			return true;
	return false;
}

static int find_homes(struct homes *h, struct pass *p, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT DISTINCT file FROM func WHERE name = 'main.main' ORDER BY file", "");

	if (rc)
		return rc;
	while (!rc && store_next(q, err) && h->n < MAX_HOMES) {
		struct str module = cached_module(stmt_text(q, 0));

		if (!module.n || at_home(h, stmt_text(q, 0)))
			continue;
		h->module[h->n].p = arena_strndup(&p->mem, module.p, module.n);
		h->module[h->n].n = module.n;
		rc = h->module[h->n++].p ? 0 : err_nomem(err);
	}
	return store_finish(q, rc, err);
}

static const char *kind_of(const struct homes *homes, struct str name, struct str file, struct str package)
{
	if (is_profiler(package, name))
		return "profiler";
	if (name.n && name.p[0] == '[')
		return "unknown";
	if (gosym_is_runtime(package) || str_is(package, ""))
		return package.n ? "runtime" : "unknown";
	if (str_is(package, "main") || at_home(homes, file))
		return "user";
	if (contains(file, "@v") || contains(file, "/vendor/") || str_starts(package, "vendor/"))
		return "dependency";
	return gosym_is_std(package) ? "std" : "user";
}

static int put_symbol(struct pass *p, const struct homes *homes, int64_t func, struct str name, struct str file, struct buf *canonical, struct buf *path, struct err *err)
{
	struct str package = gosym_package(name);
	int64_t id = 0;
	int rc;

	buf_reset(canonical);
	buf_reset(path);
	if (p->o->view && p->o->view->exact)
		buf_str(canonical, name);
	else
		gosym_canonical(canonical, name);
	gosym_path(path, package);
	rc = buf_check(canonical, err);
	if (!rc)
		rc = buf_check(path, err);
	if (!rc)
		rc = store_run(p->st, err, "INSERT OR IGNORE INTO symbol (name, package, kind) VALUES (?, ?, ?)", "tts",
			       buf_view(canonical), buf_view(path), kind_of(homes, name, file, package));
	if (!rc)
		rc = store_int(p->st, err, &id, 0, "SELECT id FROM symbol WHERE name = ?", "t", buf_view(canonical));
	if (!rc)
		rc = store_run(p->st, err, "INSERT INTO func_symbol (func, symbol, how) VALUES (?, ?, ?)", "iis", func, id,
			       str_eq(buf_view(canonical), name) ? "same" : contains(name, "[") ? "generic" : "closure");
	return rc;
}

int pass_symbols(struct pass *p, struct err *err)
{
	struct buf canonical = { .limit = 1 << 20 }, path = { .limit = 1 << 20 };
	struct homes homes = { .n = 0 };
	struct stmt *q;
	/* By name: which file of a name speaks for its kind must not depend on the order of reading. */
	int rc = find_homes(&homes, p, err);

	if (!rc)
		rc = store_query(p->st, &q, err, "SELECT id, name, file FROM func ORDER BY name, file", "");
	if (rc)
		return rc;
	while (!rc && store_next(q, err))
		rc = put_symbol(p, &homes, stmt_int(q, 0), stmt_text(q, 1), stmt_text(q, 2), &canonical, &path, err);
	rc = store_finish(q, rc, err);
	buf_free(&canonical);
	buf_free(&path);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * symbols.c - what two builds call the same function
 *
 * Every func gets a symbol: its canonical name (core/gosym). The kind follows from where the file says it lives:
 * module caches write "@v" into the path and vendored code "/vendor/", the standard library is known by the first element of its
 * package; what is left was built from the main module and is the user's. A program that was installed by its module's name comes from the
 * cache as a whole: then the module that holds main.main is the user's. Charging cost to user code depends on this alone.
 */
#include "analyze/symbols.h"
#include "core/gosym.h"
#include "core/map.h"

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

int symbol_home(struct homes *h, struct pass *p, struct str file, struct err *err)
{
	struct str module = cached_module(file);

	if (!module.n || h->n == MAX_HOMES || at_home(h, file))
		return 0;
	h->module[h->n] = arena_str(&p->mem, module);
	return h->module[h->n++].p ? 0 : err_nomem(err);
}

static int find_homes(struct homes *h, struct pass *p, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT DISTINCT file FROM func WHERE name = 'main.main' ORDER BY file", "");

	if (rc)
		return rc;
	while (!rc && store_next(q, err))
		rc = symbol_home(h, p, stmt_text(q, 0), err);
	return store_finish(q, rc, err);
}

const char *symbol_kind_of(const struct homes *homes, struct str name, struct str file, struct str package)
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

/* Symbols by name, numbered as they come. */
struct symbols {
	struct map names;
	struct buf canonical, path;
};

static int symbol_of(struct pass *p, struct symbols *k, const struct homes *homes, struct str name, struct str file, int64_t *id, struct err *err)
{
	struct str package = gosym_package(name);
	uint32_t number;
	bool is_new;
	int rc;

	buf_reset(&k->canonical);
	buf_reset(&k->path);
	if (p->o->view && p->o->view->exact)
		buf_str(&k->canonical, name);
	else
		gosym_canonical(&k->canonical, name);
	gosym_path(&k->path, package);
	rc = buf_check(&k->canonical, err);
	if (!rc)
		rc = buf_check(&k->path, err);
	if (rc)
		return rc;
	number = map_add(&k->names, k->canonical.data ? k->canonical.data : "", k->canonical.len, &is_new);
	if (number == MAP_NONE)
		return err_nomem(err);
	*id = (int64_t)number + 1;
	return is_new ? store_run(p->st, err, "INSERT INTO symbol (id, name, package, kind) VALUES (?, ?, ?, ?)", "itts", *id, buf_view(&k->canonical),
				  buf_view(&k->path), symbol_kind_of(homes, name, file, package))
		      : 0;
}

static int put_symbol(struct pass *p, struct symbols *k, const struct homes *homes, int64_t func, struct str name, struct str file, struct err *err)
{
	int64_t id;
	int rc = symbol_of(p, k, homes, name, file, &id, err);

	return rc ? rc : store_run(p->st, err, "INSERT INTO func_symbol (func, symbol, how) VALUES (?, ?, ?)", "iis", func, id,
				   str_eq(buf_view(&k->canonical), name) ? "same" : contains(name, "[") ? "generic" : "closure");
}

int pass_symbols(struct pass *p, struct err *err)
{
	struct symbols k = { .canonical = { .limit = 1 << 20 }, .path = { .limit = 1 << 20 } };
	struct homes homes = { .n = 0 };
	struct stmt *q;
	/* By name: which file of a name speaks for its kind must not depend on the order of reading. */
	int rc = find_homes(&homes, p, err);

	if (!rc)
		rc = store_query(p->st, &q, err, "SELECT id, name, file FROM func ORDER BY name, file", "");
	if (rc)
		return rc;
	while (!rc && store_next(q, err))
		rc = put_symbol(p, &k, &homes, stmt_int(q, 0), stmt_text(q, 1), stmt_text(q, 2), err);
	rc = store_finish(q, rc, err);
	map_free(&k.names);
	buf_free(&k.canonical);
	buf_free(&k.path);
	return rc;
}

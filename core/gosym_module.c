// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gosym_module.c - whose code a package is
 *
 * A profile names packages, not modules, so the module is read off the path by the habits of its host. It is wrong for
 * a module in a sub-folder of a repository, which only makes two modules one.
 */
#include "core/gosym.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first n elements of a path; all of it when it has fewer. */
static struct str elements(struct str path, size_t n)
{
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '/' && --n == 0)
			return (struct str){ path.p, i };
	}
	return path;
}

static bool has_dot(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' || (s.n - i >= 3 && s.p[i] == '%' && s.p[i + 1] == '2' && (s.p[i + 2] | 0x20) == 'e'))
			return true;
	}
	return false;
}

/* By list: modules without a dot (`go mod init shop`) are common, new top-level packages of the library are rare. */
bool gosym_is_std(struct str package)
{
	static const char *const top[] = {
		"archive", "arena",    "bufio",	 "builtin", "bytes",	"cmp",	    "compress", "container", "context",
		"crypto",  "database", "debug",	 "embed",   "encoding", "errors",   "expvar",	"flag",	     "fmt",
		"go",	   "hash",     "html",	 "image",   "index",	"internal", "io",	"iter",	     "log",
		"maps",	   "math",     "mime",	 "net",	    "os",	"path",	    "plugin",	"reflect",   "regexp",
		"runtime", "simd",     "slices", "sort",    "strconv",	"strings",  "structs",	"sync",	     "syscall",
		"testing", "text",     "time",	 "unicode", "unique",	"unsafe",   "vendor",	"weak",
	};
	struct str first = elements(package, 1);

	for (size_t i = 0; i < sizeof(top) / sizeof(top[0]); i++) {
		if (str_is(first, top[i]))
			return true;
	}
	return false;
}

bool gosym_is_runtime(struct str package)
{
	return str_is(package, "runtime") || str_starts(package, "runtime/") || str_is(package, "internal/runtime") ||
	       str_starts(package, "internal/runtime/");
}

/* How many path elements name a module at this host. */
static size_t module_depth(struct str path)
{
	static const char *const deep[] = {
		"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitea.com", "gitee.com", "git.sr.ht",
	};
	struct str host = elements(path, 1);

	if (!has_dot(host))
		return 1;
	for (size_t i = 0; i < sizeof(deep) / sizeof(deep[0]); i++) {
		if (str_is(host, deep[i]))
			return 3;
	}
	if (str_is(host, "golang.org"))
		return str_starts(path, "golang.org/x/") ? 3 : 2;
	if (str_is(host, "gopkg.in")) /* gopkg.in/yaml.v3, gopkg.in/user/pkg.v1 */
		return has_dot(str_skip(elements(path, 2), host.n + 1)) ? 2 : 3;
	return 2;
}

struct str gosym_module(struct str package)
{
	struct str path, module, rest;
	size_t n;

	if (gosym_is_std(package))
		return STR_LIT("std");
	path = gosym_unvendor(package);
	module = elements(path, module_depth(path));
	rest = str_skip(path, module.n);
	if (rest.n < 3 || rest.p[1] != 'v' || rest.p[2] < '1')
		return module;
	for (n = 2; n < rest.n && is_digit(rest.p[n]);)
		n++;
	if (n > 2 && (n == rest.n || rest.p[n] == '/')) /* github.com/a/b/v2 */
		module.n += n;
	return module;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gosym.c - what a Go symbol says, and which of its parts survive a rebuild
 *
 * The linker's names carry numbers that count things in source order (closures, init functions), in the compiler's
 * order (wrappers), or in size (allocation routines), and type arguments that depend on how instances were shared. Any
 * of these changes without the code changing, so a comparison by full name would blame code that nobody touched.
 * gosym_canonical() drops exactly these. It does not drop the chain of inlined functions that Go 1.21 to 1.26 put
 * before a closure's name (F.inlined.func1): by spelling it cannot be told from a method (T.method.func1).
 *
 * A name without a Go package (C, C++, assembly) is copied as it is: brackets and dots mean other things there.
 */
#include "core/gosym.h"

#include <stdint.h>

/* name[start, dot) is the package, the base follows the dot. dot == 0: no package. */
struct split {
	size_t start, dot;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_ident(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Length of the digits at the front of s when a part of a name ends behind them, else 0. */
static size_t number(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n < s.n && !strchr(".-[", s.p[n]) ? 0 : n;
}

/* The length of what precedes PKG in "type:.eq.PKG.T", a type's equality or hash ("type..eq" before Go 1.20). */
static size_t type_prefix(struct str name)
{
	static const char *const words[] = { "type:.eq.", "type..eq.", "type:.hash.", "type..hash." };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_starts(name, words[i]))
			return strlen(words[i]);
	}
	return 0;
}

/* foo.isra.0, my_foo.cold: what gcc and clang make of a C function; name[0, dot) looks like a package. */
static bool is_c_clone(struct str name, size_t dot)
{
	static const char *const words[] = { "part.", "isra.", "constprop.", "lto_priv.", "llvm.", "cold." };
	struct str base = str_skip(name, dot + 1);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_starts(base, words[i]) && number(str_skip(base, strlen(words[i]))))
			return true;
	}
	return str_is(base, "cold") && memchr(name.p, '_', dot); /* no Go package, by custom */
}

/* gopkg.in/yaml.v3 as the source spells it (a symbol has %2e): the version belongs to the package. */
static size_t with_gopkg_version(struct str name, struct split at)
{
	struct str rest = str_skip(name, at.dot + 1);
	size_t n;

	if (!str_starts(str_skip(name, at.start), "gopkg.in/") || rest.n < 3 || rest.p[0] != 'v')
		return at.dot;
	if (memchr(name.p + at.start + 9, '.', at.dot - at.start - 9))
		return at.dot;
	n = number(str_skip(rest, 1));
	return n && n + 1 < rest.n && rest.p[n + 1] == '.' ? at.dot + 1 + n + 1 : at.dot;
}

static struct split split_name(struct str name)
{
	struct split at = { type_prefix(name), 0 };
	size_t i, last = at.start;

	for (i = at.start; i < name.n && name.p[i] != '[' && name.p[i] != '('; i++) {
		if (name.p[i] == '\0' || strchr(" {}<>:;,*&\"'`)]@$=#", name.p[i]) || (name.p[i] == '.' && i == last))
			break; /* no path goes on here */
		if (name.p[i] == '/') {
			last = i + 1;
			at.dot = 0;
		} else if (name.p[i] == '.' && at.dot == 0) {
			at.dot = i;
		}
	}
	if (at.dot == 0)
		return at;
	if (last == at.start && is_c_clone(name, at.dot))
		return (struct split){ at.start, 0 };
	at.dot = with_gopkg_version(name, at);
	return at;
}

struct str gosym_package(struct str name)
{
	struct split at = split_name(name);

	return at.dot ? (struct str){ name.p + at.start, at.dot - at.start } : (struct str){ name.p, 0 };
}

struct str gosym_base(struct str name)
{
	struct split at = split_name(name);

	return at.dot ? str_skip(name, at.dot + 1) : name;
}

struct str gosym_unvendor(struct str package)
{
	static const char word[] = "vendor/";
	const size_t n = sizeof(word) - 1;

	for (size_t i = package.n; i-- > 0;) {
		if (package.n - i > n && memcmp(package.p + i, word, n) == 0 && (i == 0 || package.p[i - 1] == '/'))
			return str_skip(package, i + n);
	}
	return package;
}

void gosym_path(struct buf *out, struct str package)
{
	struct str s = gosym_unvendor(package);

	while (s.n) {
		bool dot = s.n >= 3 && s.p[0] == '%' && s.p[1] == '2' && (s.p[2] | 0x20) == 'e';

		buf_byte(out, dot ? '.' : s.p[0]);
		s = str_skip(s, dot ? 3 : 1);
	}
}

/* Length of the [...] at the front of s, with nested brackets and quoted struct tags; all of s if it is not closed. */
static size_t bracket(struct str s)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[i] == '[')
			depth++;
		else if (!quoted && s.p[i] == ']' && --depth == 0)
			return i + 1;
	}
	return s.n;
}

/*
 * A counted part at the front of s: .func2.1 .gowrap1 .deferwrap2 -range3 and 1.17's ·dwrap·1. Writes it without its
 * numbers and returns its length, else 0. (*T).func1 is a method called so: the caller says when s follows a ')'.
 */
static size_t counted(struct buf *out, struct str s, bool after_receiver)
{
	static const char *const words[] = { ".func", ".gowrap", ".deferwrap", "-range", "\u00b7dwrap\u00b7" };
	size_t n, digits;

	for (size_t i = after_receiver ? 1 : 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = strlen(words[i]);
		digits = str_starts(s, words[i]) ? number(str_skip(s, n)) : 0;
		if (digits == 0)
			continue;
		buf_add(out, words[i], words[i][0] == '\xc2' ? n - 2 : n);
		for (n += digits; n < s.n && s.p[n] == '.'; n += 1 + digits) {
			digits = number(str_skip(s, n + 1)); /* closures of this closure */
			if (digits == 0)
				break;
		}
		return n;
	}
	return 0;
}

/* glob..func1, init.0.func1, init.0, map.init.1: writes the front of base in one spelling, returns its length. */
static size_t initial(struct buf *out, struct str base)
{
	static const struct {
		const char *from, *to;
	} words[] = { { "init.", "init" }, { "map.init.", "map.init" } };

	if (str_starts(base, "glob..")) {
		buf_puts(out, "init");
		return 5; /* the second dot belongs to the closure */
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].from);
		size_t digits = str_starts(base, words[i].from) ? number(str_skip(base, n)) : 0;

		if (digits) {
			buf_puts(out, words[i].to);
			return n + digits;
		}
	}
	return 0;
}

/* What the linker or a method value put at the end: -fm, .abi0, .abiinternal. */
static struct str without_tail(struct str base)
{
	static const char *const tails[] = { "-fm", ".abi0", ".abiinternal" };

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		size_t n = strlen(tails[i]);

		if (base.n > n && memcmp(base.p + base.n - n, tails[i], n) == 0)
			base.n -= n;
	}
	return base;
}

/*
 * Routines of the runtime that are generated per size: mallocgcSmallNoScanSC4 (1.26 on) is a mallocgcSmallNoscan,
 * gcWriteBarrier2 (1.21 on) a gcWriteBarrier.
 */
static bool runtime_base(struct buf *out, struct str base)
{
	size_t n = base.n;

	while (n && is_digit(base.p[n - 1]))
		n--;
	if (n == base.n)
		return false;
	if (str_is((struct str){ base.p, n }, "gcWriteBarrier")) {
		buf_puts(out, "gcWriteBarrier");
		return true;
	}
	if (!str_starts(base, "mallocgc") || n < 10 || memcmp(base.p + n - 2, "SC", 2) != 0)
		return false;
	base.n = n - 2;
	if (str_is(base, "mallocgcSmallNoScan"))
		base = STR_LIT("mallocgcSmallNoscan");
	buf_str(out, base);
	return true;
}

/* What counted() and brackets can begin with. */
static bool begins_part(char c)
{
	return c == '.' || c == '-' || c == '[' || c == '\xc2';
}

static void canonical_base(struct buf *out, struct str base)
{
	char before = '.';
	size_t n;

	base = without_tail(base);
	n = initial(out, base);
	if (n)
		before = 'x';
	for (base = str_skip(base, n); base.n; base = str_skip(base, n)) {
		n = before == '.' ? 0 : counted(out, base, before == ')');
		if (n) {
			before = 'x';
			continue;
		}
		if (base.p[0] == '[' && is_ident(before)) {
			buf_puts(out, "[...]");
			n = bracket(base);
			before = ']';
			continue;
		}
		for (n = 1; n < base.n && !begins_part(base.p[n]); n++)
			;
		buf_add(out, base.p, n);
		before = base.p[n - 1];
	}
}

void gosym_canonical(struct buf *out, struct str name)
{
	struct split at = split_name(name);
	struct str package = { name.p + at.start, at.dot - at.start };

	if (at.start) {
		buf_puts(out, "type:"); /* the colon is there since 1.20 */
		buf_add(out, name.p + 5, at.start - 5);
	}
	if (at.dot == 0) {
		buf_str(out, str_skip(name, at.start));
		return;
	}
	gosym_path(out, package);
	buf_byte(out, '.');
	name = str_skip(name, at.dot + 1);
	if (!str_is(package, "runtime") || !runtime_base(out, name))
		canonical_base(out, name);
}

bool gosym_is_artefact(struct str canonical)
{
	static const char *const list[] = { "runtime.asyncPreempt", "runtime.goexit", "runtime.asyncPreempt2" };

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (str_is(canonical, list[i]))
			return true;
	return false;
}

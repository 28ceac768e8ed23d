// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * go_modules.c - `go version -m BINARY`: the Go version, the modules and the build settings of a program
 *
 *     ./shop: go1.26.8
 *     TAB path TAB example.com/shop
 *     TAB dep TAB google.golang.org/grpc TAB v1.71.0 TAB h1:...
 *     TAB => TAB example.com/fork TAB v1.71.1 TAB h1:...      (in place of the line above)
 *     TAB build TAB -race=true
 *
 * Versions become settings, so that two builds can be compared. The main module's own version is left out, with what
 * the version control says about it: they differ in every pair of builds, and the revision has its place in run.json. A
 * text of several programs gives the settings of the first.
 */
#include "ingest/readings.h"

struct modules {
	struct buf name, path, version; /* name: of a dependency that waits to be put */
	int programs;
};

static struct str field(struct str *s)
{
	struct str f;
	const char *tab;

	if (s->n && s->p[0] == '\t')
		*s = str_skip(*s, 1);
	tab = s->n ? memchr(s->p, '\t', s->n) : NULL;
	f = (struct str){ s->p, tab ? (size_t)(tab - s->p) : s->n };
	*s = str_skip(*s, f.n);
	return f;
}

static int put_waiting(struct readings *r, struct modules *m, struct err *err)
{
	int rc = 0;

	if (m->path.len && m->version.len) {
		buf_reset(&m->name);
		buf_puts(&m->name, "module.");
		buf_str(&m->name, buf_view(&m->path));
		rc = buf_check(&m->name, err);
		if (!rc)
			rc = readings_setting(r, m->name.data, buf_view(&m->version), err);
	}
	buf_reset(&m->path);
	buf_reset(&m->version);
	return rc;
}

/* The settings that change what the program does or costs. Not -ldflags: -X holds revisions and passwords. */
static bool matters(struct str key)
{
	static const char *const keys[] = { "-race",  "-msan",	      "-asan",	   "-gcflags",
					    "-tags",  "-pgo",	      "-trimpath", "CGO_ENABLED",
					    "GOARCH", "GOOS",	      "GOAMD64",   "GOARM64",
					    "GOARM",  "GOEXPERIMENT", "-compiler", "DefaultGODEBUG" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

static int put_build(struct readings *r, struct modules *m, struct str pair, struct err *err)
{
	const char *eq = pair.n ? memchr(pair.p, '=', pair.n) : NULL;
	struct str key = { pair.p, eq ? (size_t)(eq - pair.p) : 0 }, value = str_skip(pair, key.n + 1);
	int rc;

	if (!matters(key))
		return 0;
	if (str_is(key, "-pgo") && value.n) /* a path on the machine that built it */
		value = STR_LIT("on");
	buf_reset(&m->name);
	buf_puts(&m->name, "build.");
	buf_str(&m->name, key);
	rc = buf_check(&m->name, err);
	return rc ? rc : readings_setting(r, m->name.data, value, err);
}

static int take_program(struct readings *r, struct modules *m, struct str line, bool *used, struct err *err)
{
	struct str version = line;

	for (size_t i = line.n; i > 1; i--) {
		if (line.p[i - 1] == ' ' && line.p[i - 2] == ':') {
			version = str_skip(line, i);
			break;
		}
	}
	if (!str_starts(version, "go1.") && !str_starts(version, "devel "))
		return 0;
	*used = true;
	if (m->programs++)
		return 0;
	readings_go(r, str_starts(version, "devel ") ? str_skip(version, 6) : version);
	return readings_setting(r, "go_version", version, err);
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	struct modules *m = arg;
	struct str rest = line, word;
	int rc = 0;

	word = line.p[0] == '\t' ? field(&rest) : STR_LIT("");
	if (str_is(word, "=>")) {
		buf_reset(&m->version);
		buf_str(&m->version, field(&rest));
		buf_byte(&m->version, ' ');
		buf_str(&m->version, field(&rest));
		*used = true;
		rc = buf_check(&m->version, err);
		return rc || !m->path.len ? rc : put_waiting(r, m, err);
	}
	rc = put_waiting(r, m, err);
	if (rc)
		return rc;
	if (!word.n)
		return take_program(r, m, line, used, err);
	*used = str_is(word, "path") || str_is(word, "mod") || str_is(word, "dep") || str_is(word, "build");
	if (m->programs > 1)
		return 0;
	if (str_is(word, "dep")) {
		buf_str(&m->path, field(&rest));
		buf_str(&m->version, field(&rest));
		return buf_check(&m->version, err);
	}
	rest = str_is(word, "build") ? field(&rest) : STR_NONE;
	return rest.n ? put_build(r, m, rest, err) : 0;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct modules m = { .name = { .limit = 4096 }, .path = { .limit = 4000 }, .version = { .limit = 4096 } };
	struct readings r;
	int rc;

	readings_init(&r, out, o->limits);
	rc = readings_lines(&r, in, take, &m, err);
	if (!rc)
		rc = put_waiting(&r, &m, err);
	if (!rc && m.programs > 1)
		rc = put_note(out, err,
			      (struct rec_note){ STR_NONE, STR_LIT("several programs: the first is used"), 0 });
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	buf_free(&m.name);
	buf_free(&m.path);
	buf_free(&m.version);
	return rc;
}

static bool sniff(struct str head)
{
	const char *nl = head.n ? memchr(head.p, '\n', head.n) : NULL;
	struct str first = { head.p, nl ? (size_t)(nl - head.p) : 0 };

	return first.n && (memmem(first.p, first.n, ": go1.", 6) || memmem(first.p, first.n, ": devel ", 8)) &&
	       (str_starts(str_skip(head, first.n + 1), "\tpath\t") ||
		str_starts(str_skip(head, first.n + 1), "\tmod\t"));
}

const struct decoder decoder_go_modules = { .kind = "go_modules", .version = 1, .sniff = sniff, .decode = decode };

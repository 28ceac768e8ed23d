// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_opt.c - command lines by table: spellings, order, mistakes and what was probably meant
 */
#include "cli/opt.h"
#include "tests/unit/check.h"

struct got {
	bool cum, quiet;
	const char *json, *out, *color;
	struct opt_list baseline;
	int64_t rows;
};

#define AT(field) offsetof(struct got, field)
static const char *const when[] = { "auto", "always", "never", NULL };
static const struct opt rows[] = {
	{ "cum", 0, OPT_FLAG, NULL, AT(cum), "by cum", NULL },
	{ "quiet", 'q', OPT_FLAG, NULL, AT(quiet), "quiet", NULL },
	{ "rows", 'n', OPT_NUMBER, "N", AT(rows), "rows", NULL },
	{ .name = NULL },
};
static const struct opt more[] = {
	{ "json", 0, OPT_MAYBE, "FILE", AT(json), "json", NULL },
	{ "out", 'o', OPT_TEXT, "DIR", AT(out), "a help text that is long enough to be wrapped on a narrow terminal, more than once", NULL },
	{ "color", 0, OPT_MAYBE, "WHEN", AT(color), "colour", when },
	{ "baseline", 0, OPT_LIST, "DIR", AT(baseline), "baseline", NULL },
	{ .name = NULL },
};
static const struct opt_group group_a = { "A", rows }, group_b = { "B", more };
static const struct opt_group *const groups[] = { &group_a, &group_b, NULL };

static struct err err;
static struct opt_list args;

static int parse(struct got *g, struct arena *mem, const char *line)
{
	static char copy[400];
	char *argv[32];
	int argc = 0;

	*g = (struct got){ .rows = -1 };
	args = (struct opt_list){ NULL, 0 };
	err.msg[0] = '\0';
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok(copy, " "); w && argc < 32; w = strtok(NULL, " "))
		argv[argc++] = w;
	return opt_parse(g, &args, mem, groups, argc, argv, &err);
}

static void test_good(struct arena *mem)
{
	struct got g;

	CHECK(parse(&g, mem, "") == 0 && args.n == 0 && g.rows == -1);
	CHECK(parse(&g, mem, "a --cum b") == 0 && args.n == 2 && g.cum && !g.quiet);
	CHECK_STR(args.v[1], "b");
	CHECK(parse(&g, mem, "--rows=20 --out x -q") == 0 && g.rows == 20 && g.quiet);
	CHECK_STR(g.out, "x");
	CHECK(parse(&g, mem, "-n7 -ox") == 0 && g.rows == 7);
	CHECK_STR(g.out, "x");
	CHECK(parse(&g, mem, "-qn 7") == 0 && g.rows == 7 && g.quiet);
	CHECK(parse(&g, mem, "--json x") == 0 && args.n == 1);	/* its value comes only after = */
	CHECK_STR(g.json, "");
	CHECK(parse(&g, mem, "--json=x.json") == 0 && args.n == 0);
	CHECK_STR(g.json, "x.json");
	CHECK(parse(&g, mem, "--color --color=never") == 0);
	CHECK_STR(g.color, "never");
	CHECK(parse(&g, mem, "--baseline a --baseline=b x") == 0 && g.baseline.n == 2);
	CHECK_STR(g.baseline.v[0], "a");
	CHECK_STR(g.baseline.v[1], "b");
	CHECK(parse(&g, mem, "--cum -- --quiet -q") == 0 && args.n == 2 && !g.quiet);
	CHECK(parse(&g, mem, "-") == 0 && args.n == 1);	/* a lone dash is an argument */
}

static void test_bad(struct arena *mem)
{
	static const struct { const char *line, *message; } table[] = {
		{ "--quite", "there is no option --quite; did you mean --quiet?" },
		{ "--basline=x", "there is no option --basline; did you mean --baseline?" },
		{ "--qui", "there is no option --qui (--help lists them)" },	/* nothing is abbreviated */
		{ "--xyzzy", "there is no option --xyzzy (--help lists them)" },
		{ "-x", "there is no option -x (--help lists them)" },
		{ "--out", "--out needs a value: DIR" },
		{ "-n", "-n needs a value: N" },
		{ "--cum=1", "--cum takes no value" },
		{ "--rows=x", "--rows: 'x' is no whole number from 0" },
		{ "--rows=-1", "--rows: '-1' is no whole number from 0" },
		{ "--color=blue", "--color: 'blue' is none of auto, always, never" },
	};
	struct got g;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		CHECK(parse(&g, mem, table[i].line) == ERR_USAGE);
		CHECK_STR(err.msg, table[i].message);
	}
}

static void test_near(void)
{
	static const char *const names[] = { "analyze", "diff", "report", "doctor" };

	CHECK_STR(opt_near("anlayze", names, 4), "analyze");
	CHECK_STR(opt_near("analyse", names, 4), "analyze");
	CHECK_STR(opt_near("dif", names, 4), "diff");
	CHECK(opt_near("zzz", names, 4) == NULL);
	CHECK(opt_near("", names, 4) == NULL);
	static const char *const alike[] = { "rates", "rate", "late", "a-name-that-is-far-longer-than-any-word-a-person-would-type" };

	CHECK_STR(opt_near("rat", alike, 4), "rate");	/* the nearest, of equals the first */
	CHECK_STR(opt_near("xate", alike, 4), "rate");
	CHECK(opt_near("a", alike, 4) == NULL && opt_near("rate", NULL, 0) == NULL);
	CHECK(opt_near("a-word-that-is-far-longer-than-any-name-of-a-command", names, 4) == NULL);
}

static void test_help(void)
{
	for (unsigned columns = 40; columns <= 120; columns += 40) {
		struct buf b = { .limit = 1 << 16 };

		opt_help(&b, groups, columns);
		CHECK(b.data && strstr(b.data, "  -q, --quiet") && strstr(b.data, "--json[=FILE]") && strstr(b.data, "--out DIR"));
		for (char *l = strtok(b.data, "\n"); l; l = strtok(NULL, "\n"))
			CHECK(strlen(l) <= columns);
		buf_free(&b);
	}
}

int main(void)
{
	struct arena mem = { .limit = 0 };

	test_good(&mem);
	test_bad(&mem);
	test_near();
	test_help();
	arena_free(&mem);
	return check_done();
}

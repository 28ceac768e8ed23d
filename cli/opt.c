// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * opt.c - reads a command line by table
 *
 * By hand and not getopt_long: that one abbreviates (an option added later changes what an old script means), prints by itself,
 * and keeps its state in globals.
 */
#include "cli/opt.h"

#include <string.h>

#include "core/fmt.h"
#include "core/text.h"

#define NEAR 32		/* longer words are not compared */
#define COLUMN 24	/* where the help text of an option begins */

/* show_from and show-from are one word: pprof writes the first, everybody else the second. */
static bool same_word(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((a[i] == '_' ? '-' : a[i]) != (b[i] == '_' ? '-' : b[i]))
			return false;
	return true;
}

static const struct opt *find_long(const struct opt_group *const *groups, const char *name, size_t n)
{
	for (; *groups; groups++)
		for (const struct opt *o = (*groups)->opt; o->name; o++)
			if (strlen(o->name) == n && same_word(o->name, name, n))
				return o;
	return NULL;
}

const struct opt *opt_find(const struct opt_group *const *groups, const char *name)
{
	return find_long(groups, name, strlen(name));
}

bool opt_is_set(const void *from, const struct opt *o)
{
	const char *at = (const char *)from + o->at;

	switch (o->kind) {
	case OPT_FLAG:
		return *(const bool *)(const void *)at;
	case OPT_TEXT:
	case OPT_MAYBE:
		return *(const char *const *)(const void *)at != NULL;
	case OPT_LIST:
		return ((const struct opt_list *)(const void *)at)->n > 0;
	case OPT_NUMBER:
		return *(const int64_t *)(const void *)at != 0;
	}
	return false;
}

static const struct opt *find_letter(const struct opt_group *const *groups, char letter)
{
	for (; *groups; groups++)
		for (const struct opt *o = (*groups)->opt; o->name; o++)
			if (o->letter == letter)
				return o;
	return NULL;
}

static int push(struct opt_list *l, struct arena *mem, const char *v, struct err *err)
{
	const char **more = arena_array(mem, const char *, l->n + 1);

	if (!more)
		return err_nomem(err);
	if (l->n)
		memcpy(more, l->v, l->n * sizeof(*more));
	more[l->n++] = v;
	l->v = more;
	return 0;
}

static bool takes_value(const struct opt *o)
{
	return o->kind == OPT_TEXT || o->kind == OPT_LIST || o->kind == OPT_NUMBER;
}

static int check_choice(const struct opt *o, const char *v, struct err *err)
{
	struct buf b = { .limit = 400 };

	for (size_t i = 0; o->choices && o->choices[i]; i++)
		if (strcmp(o->choices[i], v) == 0)
			return 0;
	for (size_t i = 0; o->choices && o->choices[i]; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", o->choices[i]);
	if (!o->choices)
		return 0;
	err_set(err, ERR_USAGE, "--%s: '%.80s' is none of %s", o->name, v, b.data ? b.data : "");
	buf_free(&b);
	return ERR_USAGE;
}

int opt_store(void *into, const struct opt *o, const char *v, struct arena *mem, struct err *err)
{
	char *at = (char *)into + o->at;
	int64_t n;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)(void *)at = true;
		return 0;
	case OPT_TEXT:
	case OPT_MAYBE:
		if (*v && check_choice(o, v, err))
			return ERR_USAGE;
		*(const char **)(void *)at = v;
		return 0;
	case OPT_LIST:
		return push((struct opt_list *)(void *)at, mem, v, err);
	case OPT_NUMBER:
		if (!fmt_parse_int(str_from(v), &n) || n < 0)
			return err_set(err, ERR_USAGE, "--%s: '%.80s' is no whole number from 0", o->name, v);
		*(int64_t *)(void *)at = n;
		return 0;
	}
	return err_set(err, ERR_INTERNAL, "option --%s has no kind", o->name);
}

static int unknown(const struct opt_group *const *groups, const char *name, size_t n, struct err *err)
{
	const char *names[128], *near;
	char word[NEAR + 1];
	size_t k = 0;

	for (const struct opt_group *const *g = groups; *g; g++)
		for (const struct opt *o = (*g)->opt; o->name && k < 128; o++)
			names[k++] = o->name;
	if (n > NEAR)
		n = NEAR;
	memcpy(word, name, n);
	word[n] = '\0';
	near = opt_near(word, names, k);
	if (near)
		return err_set(err, ERR_USAGE, "there is no option --%s; did you mean --%s?", word, near);
	return err_set(err, ERR_USAGE, "there is no option --%s (--help lists them)", word);
}

struct parse {
	void *into;
	struct arena *mem;
	const struct opt_group *const *groups;
	char **argv;
	int argc, i;
};

static int parse_long(struct parse *p, struct err *err)
{
	const char *name = p->argv[p->i] + 2, *eq = strchr(name, '=');
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	const struct opt *o = find_long(p->groups, name, n);

	if (!o)
		return unknown(p->groups, name, n, err);
	if (takes_value(o)) {
		if (!eq && p->i + 1 >= p->argc)
			return err_set(err, ERR_USAGE, "--%s needs a value: %s", o->name, o->arg);
		return opt_store(p->into, o, eq ? eq + 1 : p->argv[++p->i], p->mem, err);
	}
	if (eq && o->kind != OPT_MAYBE)
		return err_set(err, ERR_USAGE, "--%s takes no value", o->name);
	return opt_store(p->into, o, eq ? eq + 1 : "", p->mem, err);
}

/* -n 20, -n20, -qv */
static int parse_letters(struct parse *p, struct err *err)
{
	for (const char *c = p->argv[p->i] + 1; *c; c++) {
		const struct opt *o = find_letter(p->groups, *c);
		int rc;

		if (!o)
			return err_set(err, ERR_USAGE, "there is no option -%c (--help lists them)", *c);
		if (takes_value(o)) {
			if (!c[1] && p->i + 1 >= p->argc)
				return err_set(err, ERR_USAGE, "-%c needs a value: %s", *c, o->arg);
			return opt_store(p->into, o, c[1] ? c + 1 : p->argv[++p->i], p->mem, err);
		}
		rc = opt_store(p->into, o, "", p->mem, err);
		if (rc)
			return rc;
	}
	return 0;
}

int opt_parse(void *into, struct opt_list *args, struct arena *mem, const struct opt_group *const *groups, int argc, char **argv,
	      struct err *err)
{
	struct parse p = { into, mem, groups, argv, argc, 0 };
	bool only_args = false;
	int rc = 0;

	for (; !rc && p.i < argc; p.i++) {
		const char *a = argv[p.i];

		if (only_args || a[0] != '-' || !a[1])
			rc = push(args, mem, a, err);
		else if (strcmp(a, "--") == 0)
			only_args = true;
		else if (a[1] == '-')
			rc = parse_long(&p, err);
		else
			rc = parse_letters(&p, err);
	}
	return rc;
}

static void help_row(struct buf *out, const struct opt *o, unsigned columns)
{
	struct buf b = { .limit = 4096 };
	size_t n;

	if (o->letter)
		buf_printf(&b, "  -%c, --%s", o->letter, o->name);
	else
		buf_printf(&b, "      --%s", o->name);
	if (o->arg)
		buf_printf(&b, o->kind == OPT_MAYBE ? "[=%s]" : " %s", o->arg);
	n = b.len;
	buf_str(out, buf_view(&b));
	if (n + 2 > COLUMN || columns < 60) {
		buf_byte(out, '\n');
		n = 0;
	}
	n = columns < 60 ? 8 : COLUMN + (size_t)(n > COLUMN) - n;
	buf_repeat(out, " ", n);
	text_wrap(out, str_from(o->help), columns, columns < 60 ? 8 : COLUMN);
	buf_byte(out, '\n');
	buf_free(&b);
}

void opt_help(struct buf *out, const struct opt_group *const *groups, unsigned columns)
{
	for (; *groups; groups++) {
		if ((*groups)->title)	/* without: more of the group before */
			buf_printf(out, "\n%s:\n", (*groups)->title);
		for (const struct opt *o = (*groups)->opt; o->name; o++)
			help_row(out, o, columns);
	}
}

/* Edit distance with neighbours swapped counted as one step (optimal string alignment); words are at most NEAR long. */
static unsigned distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned row[3][NEAR + 1];
	unsigned *two = row[0], *one = row[1], *now = row[2];

	for (size_t j = 0; j <= nb; j++)
		one[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned *spare = two;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned best = one[j - 1] + (a[i - 1] != b[j - 1]);

			best = one[j] + 1 < best ? one[j] + 1 : best;
			best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			now[j] = best;
		}
		two = one;
		one = now;
		now = spare;
	}
	return one[nb];
}

const char *opt_near(const char *word, const char *const *candidate, size_t n)
{
	const char *best = NULL;
	unsigned least = 0;
	size_t len = strlen(word);

	for (size_t i = 0; i < n; i++) {
		size_t m = strlen(candidate[i]);
		unsigned d;

		if (len > NEAR || m > NEAR)
			continue;
		d = distance(word, len, candidate[i], m);
		if (d > 1 + len / 4 || d >= len || (best && d >= least))
			continue;
		best = candidate[i];
		least = d;
	}
	return best;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opt.h - options as data: one table gives parsing, --help, and later the man page and completions
 *
 * A row says where its value goes (an offset into the caller's struct), so that parsing knows no option by name. Options may stand
 * anywhere among the arguments; `--` ends them; --name=VALUE and --name VALUE are the same; names are never abbreviated.
 */
#ifndef CLI_OPT_H
#define CLI_OPT_H

#include <stddef.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"

enum opt_kind {
	OPT_FLAG,	/* bool */
	OPT_TEXT,	/* const char * */
	OPT_MAYBE,	/* const char *: "" without a value, which only --name=VALUE gives */
	OPT_LIST,	/* struct opt_list: may be repeated */
	OPT_NUMBER,	/* int64_t, from 0 */
};

struct opt_list {
	const char **v;		/* the arena's */
	size_t n;
};

struct opt {
	const char *name;	/* without --; NULL ends a table */
	char letter;		/* 0: none */
	enum opt_kind kind;
	const char *arg;	/* what its value is called */
	size_t at;
	const char *help;	/* one line, no full stop */
	const char *const *choices;	/* NULL: any */
};

struct opt_group {
	const char *title;	/* NULL: goes on the group before */
	const struct opt *opt;
};

/* argv[0..argc) after the command's name. args: what is no option, in order. ERR_USAGE names the option and what is near it. */
int opt_parse(void *into, struct opt_list *args, struct arena *mem, const struct opt_group *const *groups, int argc, char **argv,
	      struct err *err) ERR_MUST_CHECK;
/* The option of this name; NULL: none. */
const struct opt *opt_find(const struct opt_group *const *groups, const char *name);
/* Puts a value where the option's own would go, checked in the same way; the value is kept, not copied. A flag is set. */
int opt_store(void *into, const struct opt *o, const char *value, struct arena *mem, struct err *err) ERR_MUST_CHECK;
/* Has something put a value there? */
bool opt_is_set(const void *from, const struct opt *o);
/* The groups as --help prints them. */
void opt_help(struct buf *out, const struct opt_group *const *groups, unsigned columns);
/* The candidate (n of them) that word was probably meant to be; NULL: none is near. */
const char *opt_near(const char *word, const char *const *candidate, size_t n);

#endif

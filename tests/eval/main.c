// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * main.c - eval: how often is attrib right
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"
#include "tests/eval/eval.h"

static const char usage[] =
	"usage: eval [options] CORPUS        CORPUS/truth.csv, CORPUS/SERVICE/RUN/\n"
	"  -attrib FILE       the program (./attrib)\n"
	"  -truth FILE        another truth\n"
	"  -subset            only scenarios whose sha256(name) begins with 0 to 3, by the shipped weights\n"
	"  -floors FILE       exit 1 when a figure is below its floor\n"
	"  -new-floors FILE   write the floors: measured minus two cases\n"
	"  -keep DIR          leave the databases there\n"
	"  -use DIR           and take those that are there already\n"
	"  -fit FILE          write the weights fitted on all scenarios\n"
	"  -same FILE         exit 1 when the fit on all scenarios is not FILE, byte for byte\n"
	"  -fresh FILE        exit 1 when FILE was fitted from another truth.csv or other numbers of causes.ini\n"
	"  -linear            run the program with --model linear, and see that it gives what that model gives here\n"
	"  -report FILE       write the tables there too\n"
	"  -quiet             the last line only\n";

struct wishes {
	const char *floors, *new_floors, *fit, *same, *fresh, *report;
	bool quiet;
};

static int parse(struct eval_opts *o, struct wishes *w, char **argv)
{
	struct { const char *name; const char **text; bool *flag; } all[] = {
		{ "-attrib", &o->program, NULL }, { "-truth", &o->truth.file, NULL }, { "-subset", NULL, &o->truth.subset },
		{ "-floors", &w->floors, NULL }, { "-new-floors", &w->new_floors, NULL }, { "-keep", &o->keep, NULL }, { "-use", &o->keep, &o->use },
		{ "-fit", &w->fit, &o->fit }, { "-same", &w->same, &o->fit }, { "-report", &w->report, NULL },
		{ "-fresh", &w->fresh, NULL }, { "-linear", NULL, &o->linear }, { "-quiet", NULL, &w->quiet },
	};

	for (argv++; *argv; argv++) {
		size_t i = 0, n = sizeof(all) / sizeof(all[0]);

		while (i < n && strcmp(*argv, all[i].name) != 0)
			i++;
		if (i == n && (**argv == '-' || o->truth.corpus))
			return -1;
		if (i == n) {
			o->truth.corpus = *argv;
			continue;
		}
		if (all[i].flag)
			*all[i].flag = true;
		if (all[i].text && !(*all[i].text = *++argv))
			return -1;
	}
	return o->truth.corpus && !(o->fit && o->truth.subset) ? 0 : -1;
}

static int compare(const char *file, struct str fitted, bool *same, struct err *err)
{
	struct buf text = { .limit = 1 << 20 };
	int rc = file_slurp(&text, file, 1 << 20, err);

	*same = !rc && str_eq(buf_view(&text), fitted);
	buf_free(&text);
	return rc;
}

/* What of the wishes does not hold goes to stderr and fails. */
static int judge(const struct eval *e, const struct wishes *w, bool *failed, struct err *err)
{
	struct buf below = { .limit = 1 << 16 };
	bool same = true, fresh = true;
	int rc = 0;

	if (w->floors)
		rc = floors_check(e, w->floors, &below, err);
	if (!rc && w->same)
		rc = compare(w->same, buf_view(&e->weights), &same, err);
	if (!rc && w->fresh)
		rc = eval_is_fresh(e, w->fresh, &fresh, err);
	if (!fresh)
		buf_printf(&below, "%s was fitted from another truth or other numbers by hand: `make eval FIT=1`\n", w->fresh);
	if (!same)
		buf_printf(&below, "%s is not what the fit gives: `make eval FIT=1`\n", w->same);
	if (e->unequal && !e->o->fit && !e->o->use)
		buf_printf(&below, "%zu answers of the program are not what its model gives here\n", e->unequal);
	*failed = below.len > 0;
	fputs(below.len ? below.data : "", stderr);
	buf_free(&below);
	return rc;
}

static int write_files(const struct eval *e, const struct wishes *w, struct str report, struct err *err)
{
	struct buf floors = { .limit = 1 << 16 };
	int rc = 0;

	if (w->report)
		rc = file_replace(w->report, report, err);
	if (!rc && w->fit)
		rc = file_replace(w->fit, buf_view(&e->weights), err);
	floors_write(&floors, e);
	if (!rc && w->new_floors)
		rc = file_replace(w->new_floors, buf_view(&floors), err);
	buf_free(&floors);
	return rc;
}

int main(int argc, char **argv)
{
	static struct eval e;
	struct eval_opts o = { .program = "./attrib" };
	struct wishes w = { .quiet = false };
	struct buf report = { .limit = 8 << 20 }, line = { .limit = 1000 };
	struct err err = { .code = ERR_OK };
	bool failed = false;
	int rc;

	if (argc < 2 || parse(&o, &w, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	rc = eval_run(&e, &o, &err);
	if (!rc && e.truth.n == 0)
		rc = err_set(&err, ERR_INPUT, "no scenario of %s has its runs here", o.truth.corpus);
	if (!rc)
		rc = report_write(&report, &e, &err);
	if (!rc)
		rc = write_files(&e, &w, buf_view(&report), &err);
	if (!rc)
		rc = judge(&e, &w, &failed, &err);
	if (rc) {
		fprintf(stderr, "eval: %s\n", err.msg);
	} else {
		report_line(&line, &e);
		printf("%s%s\n", w.quiet ? "" : report.data, line.data);
	}
	eval_free(&e);
	buf_free(&report);
	buf_free(&line);
	return rc ? 7 : failed;
}

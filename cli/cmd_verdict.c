// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_verdict.c - what turned out to be right: told by the user, kept in history.db, used with --learned
 */
#include <string.h>

#include "analyze/history.h"
#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"
#include "core/fmt.h"
#include "core/text.h"

struct list {
	struct buf out;
	int64_t n, nos;
};

static void print_row(void *arg, const struct history_row *r)
{
	struct list *l = arg;

	l->n++;
	l->nos += !r->right;
	fmt_time(&l->out, r->at);
	buf_printf(&l->out, "  %-3s  ", r->right ? "yes" : "no");
	text_clean(&l->out, r->cause);
	buf_printf(&l->out, " %.2f  ", r->score);
	text_clean(&l->out, r->run);
	if (r->service.n) {
		buf_puts(&l->out, " (");
		text_clean(&l->out, r->service);
		buf_puts(&l->out, ")");
	}
	if (r->note.n) {
		buf_puts(&l->out, ": ");
		text_clean(&l->out, r->note);
	}
	buf_byte(&l->out, '\n');
}

static void print_precision(void *arg, const struct history_precision *p)
{
	struct list *l = arg;

	text_clean(&l->out, p->cause);
	buf_printf(&l->out, ": right in ");
	fmt_percent(&l->out, p->mean);
	buf_puts(&l->out, " (90 % interval ");
	fmt_percent(&l->out, p->lo);
	buf_puts(&l->out, " to ");
	fmt_percent(&l->out, p->hi);
	buf_printf(&l->out, "), based on %lld verdict%s\n", (long long)p->yes + p->no, p->yes + p->no == 1 ? "" : "s");
}

static int list_all(struct history *h, struct err *err)
{
	struct list l = { .out = { .limit = 64 << 20 } };
	int rc = history_each(h, print_row, &l, err);

	if (!rc && !l.n)
		buf_puts(&l.out, "No verdicts yet: attrib verdict RUN CAUSE yes|no\n");
	if (!rc && l.n) {
		buf_byte(&l.out, '\n');
		rc = history_precisions(h, print_precision, &l, err);
		buf_printf(&l.out, "\n%lld verdicts, %lld of them no; from %d with %d no on, --learned lets them move the scores.\n", (long long)l.n,
			   (long long)l.nos, HISTORY_VERDICTS, HISTORY_NOS);
	}
	if (!rc)
		rc = emit_text(&l.out, err);
	buf_free(&l.out);
	return rc;
}

static int say_reset(int64_t n, struct err *err)
{
	struct buf b = { .limit = 4096 };
	int rc;

	buf_printf(&b, "%lld verdict%s forgotten.\n", (long long)n, n == 1 ? "" : "s");
	rc = emit_text(&b, err);
	buf_free(&b);
	return rc;
}

static int give(struct ctx *c, struct history *h, struct err *err)
{
	const char *run = c->args.v[0], *cause = c->args.v[1], *word = c->args.v[2];
	const char *name = NULL;
	struct store *st = NULL;
	int rc;

	if (strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
		rc = err_set(err, ERR_USAGE, "was '%.60s' right? Say yes or no, not '%.60s'", cause, word);
	else
		rc = work_run_name(c, run, &name, err);
	if (!rc)
		rc = work_open_db(c, run, NULL, &st, err);
	if (!rc)
		rc = history_add(h, st, name, cause, strcmp(word, "yes") == 0, c->o.note, work_now(), err);
	if (!rc)
		emit_note(c, "noted: '%.60s' was %s for '%.200s'", cause, strcmp(word, "yes") == 0 ? "right" : "wrong", run);
	store_close(st);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	struct history *h = NULL;
	const char *path = work_history(c);
	int64_t n = 0;
	int rc;

	if ((c->o.list || c->o.reset) ? c->args.n != 0 : c->args.n != 3)
		return err_set(err, ERR_USAGE, "usage: attrib verdict RUN CAUSE yes|no, or --list, or --reset");
	if (!path)
		return err_set(err, ERR_OUTPUT, "nowhere to keep verdicts: neither XDG_DATA_HOME nor HOME is set");
	rc = history_open(&h, path, &c->limits, err);
	if (!rc && c->o.reset) {
		rc = history_reset(h, &n, err);
		if (!rc)
			rc = say_reset(n, err);
	} else if (!rc) {
		rc = c->o.list ? list_all(h, err) : give(c, h, err);
	}
	history_close(h);
	return rc;
}

static const struct opt own[] = {
	{ "note", 0, OPT_TEXT, "TEXT", offsetof(struct options, note), "what was found, for whoever reads the list", NULL },
	{ "list", 0, OPT_FLAG, NULL, offsetof(struct options, list), "all verdicts, and how often each cause was right", NULL },
	{ "reset", 0, OPT_FLAG, NULL, offsetof(struct options, reset), "forget all verdicts", NULL },
	{ "out", 0, OPT_TEXT, "DIR", offsetof(struct options, out), "where attrib.db is; default RUN/attrib", NULL },
	{ .name = NULL },
};
static const struct opt_group group_own = { "Verdicts", own };
static const struct opt_group *const groups[] = { &group_own, &group_common, NULL };
static const char *const examples[] = {
	"attrib verdict ./run-dir lock_contention yes --note 'fixed by sharding'",
	"attrib verdict ./run-dir cpu_hot_path no",
	"attrib verdict --list",
	NULL,
};

const struct cmd cmd_verdict = {
	.name = "verdict",
	.args = "RUN CAUSE yes|no | --list | --reset",
	.help = "tell whether a cause was right; --learned uses what was told",
	.about = "Notes whether CAUSE was right for RUN, with the evidence as it stands now, in $XDG_DATA_HOME/attrib/history.db. From twenty verdicts with\n"
		 "five `no` on, `attrib analyze --learned` (or `learned = yes` in a configuration file) lets them move the scores; never where CI is set.",
	.examples = examples,
	.groups = groups,
	.min_args = 0,
	.max_args = 3,
	.run = run,
};

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_triage.c - walks through an answer in the terminal, and does what triage may not do itself: keep, rank, write, edit
 *
 * A verdict is taken as a fact about this run. Scores add up to 1 over causes that exclude each other, so an accepted cause holds all of it, and
 * what a rejected one had goes to the others in proportion. What was found stays beside it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze/history.h"
#include "cli/cmd.h"
#include "cli/edit.h"
#include "cli/emit.h"
#include "cli/stop.h"
#include "cli/work.h"
#include "core/file.h"
#include "report/triage/triage.h"

struct session {
	struct ctx *c;
	struct store *st;	 /* the answer that verdicts are about */
	struct history *history; /* NULL: not opened yet */
	const char *name;	 /* the run, as verdicts and notes name it */
};

/* ---- verdicts and notes: kept in history.db, as `attrib verdict` does */

/* Opened when something is to be kept; to be read only where it is already. *have: it is open. */
static int use_history(struct session *s, bool write, bool *have, struct err *err)
{
	const char *path = work_history(s->c);
	int rc = 0;

	if (!path && write)
		rc = err_set(err, ERR_OUTPUT, "nowhere to keep it: neither XDG_DATA_HOME nor HOME is set");
	else if (path && !s->history && (write || access(path, F_OK) == 0))
		rc = history_open(&s->history, path, &s->c->limits, err);
	*have = s->history != NULL;
	return rc;
}

struct recalled { struct triage_cause *v; size_t n; };

static void recall_one(void *to, struct str cause, bool right)
{
	struct recalled *r = to;

	for (size_t i = 0; i < r->n; i++)
		if (str_eq(r->v[i].id, cause))
			r->v[i].verdict = right ? TRIAGE_YES : TRIAGE_NO;
}

static int recall(void *arg, struct triage_cause *c, size_t n, struct err *err)
{
	struct session *s = arg;
	struct recalled r = { c, n };
	bool have;
	int rc = use_history(s, false, &have, err);

	return rc || !have ? rc : history_of_run(s->history, s->name, recall_one, &r, err);
}

static int decide(void *arg, const struct triage_cause *c, size_t which, struct err *err)
{
	struct session *s = arg;
	const char *cause = arena_strndup(&s->c->mem, c[which].id.p, c[which].id.n);
	bool have;
	int rc = cause ? use_history(s, true, &have, err) : err_nomem(err);

	if (rc)
		return rc;
	if (c[which].verdict == TRIAGE_OPEN)
		return history_take_back(s->history, s->name, cause, err);
	return history_add(s->history, s->st, s->name, cause, c[which].verdict == TRIAGE_YES, NULL, work_now(), err);
}

static int notes(void *arg, void (*each)(void *to, struct str anchor, struct str text), void *to, struct err *err)
{
	struct session *s = arg;
	bool have;
	int rc = use_history(s, false, &have, err);

	return rc || !have ? rc : history_notes(s->history, s->name, each, to, err);
}

static int note(void *arg, struct str anchor, struct str text, struct err *err)
{
	struct session *s = arg;
	bool have;
	int rc = use_history(s, true, &have, err);

	return rc ? rc : history_note(s->history, s->name, anchor, text, work_now(), err);
}

static void say_ids(struct buf *out, const struct triage_cause *c, size_t n, enum triage_verdict v)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (c[i].verdict != v)
			continue;
		buf_puts(out, first ? "" : ", ");
		buf_str(out, c[i].id);
		first = false;
	}
}

static int rank(void *arg, struct triage_cause *c, size_t n, struct buf *said, struct err *err)
{
	double yes = 0, no = 0;
	size_t accepted = 0, rejected = 0;

	(void)arg;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		accepted += c[i].verdict == TRIAGE_YES;
		rejected += c[i].verdict == TRIAGE_NO;
		yes += c[i].verdict == TRIAGE_YES ? c[i].found : 0;
		no += c[i].verdict == TRIAGE_NO ? c[i].found : 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (accepted)
			c[i].score = c[i].verdict != TRIAGE_YES ? 0 : yes > 0 ? c[i].found / yes : 1.0 / (double)accepted;
		else
			c[i].score = c[i].verdict == TRIAGE_NO ? 0 : no < 1 ? c[i].found / (1 - no) : 0;
	}
	if (accepted) {
		say_ids(said, c, n, TRIAGE_YES);
		buf_printf(said, " was accepted and holds all of the score; found was %.2f.", yes);
	} else if (rejected) {
		say_ids(said, c, n, TRIAGE_NO);
		buf_printf(said, " was rejected; the %.2f it had go to the others in proportion.", no);
	}
	return 0;
}

/* ---- files, other runs */

static int save(void *arg, struct str name, struct str text, struct buf *said, struct err *err)
{
	struct session *s = arg;
	struct buf path = { .limit = 1 << 16 };
	char *folder = NULL;
	int rc = 0;

	if (name.n) {
		buf_str(&path, name);
	} else {
		const char *db = work_db_path(s->c, s->c->args.v[0]);
		struct stat st;

		if (!s->c->o.out && stat(s->c->args.v[0], &st) == 0 && S_ISREG(st.st_mode))
			db = s->c->args.v[0];
		folder = db ? file_folder(db) : NULL;
		buf_printf(&path, "%s/triage.md", folder ? folder : ".");
	}
	rc = buf_check(&path, err);
	if (!rc)
		rc = file_replace(path.data, text, err);
	if (!rc)
		buf_str(said, buf_view(&path));
	free(folder);
	buf_free(&path);
	return rc;
}

static int edit(void *arg, struct str file, int64_t line, struct buf *said, struct err *err)
{
	struct session *s = arg;

	return edit_source(s->c->o.source, file, line, said, err);
}

static int open_run(void *arg, struct str run, struct store **out, bool *foreign, struct err *err)
{
	struct session *s = arg;
	char *name = arena_strndup(&s->c->mem, run.p, run.n);

	return name ? work_open_db(s->c, name, foreign, out, err) : err_nomem(err);
}

/* ---- the command */

static int print_keys(struct err *err)
{
	struct buf b = { .limit = 1 << 20 };
	int rc;

	triage_keys(&b);
	rc = emit_text(&b, err);
	buf_free(&b);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	struct session s = { .c = c };
	struct triage_opts o = { .with = c->o.with, .utf8 = c->term.utf8, .colour = c->term.colour, .mouse = c->o.mouse, .stop = c->stop,
		.acts = { &s, recall, decide, rank, notes, note, save, c->o.source ? edit : NULL, open_run } };
	struct store *st = NULL;
	int rc;

	if (c->o.keys)
		return print_keys(err);
	if (!c->args.n)
		return err_set(err, ERR_USAGE, "usage: attrib triage RUN");
	o.run = c->args.v[0];
	rc = work_run_name(c, o.run, &s.name, err);
	if (!rc)
		rc = work_open_db(c, o.run, &o.foreign, &st, err);
	s.st = st;
	if (!rc) {
		stop_restores(triage_restore);
		rc = triage_run(st, &o, err);
		stop_restores(NULL);
	}
	history_close(s.history);
	store_close(st);
	return rc;
}

#define AT(field) offsetof(struct options, field)

static const struct opt triage[] = {
	{ "source", 0, OPT_TEXT, "DIR", AT(source), "the source tree: e opens the line in $VISUAL or $EDITOR", NULL },
	{ "with", 0, OPT_TEXT, "RUN", AT(with), "another run, or its database, to compare with", NULL },
	{ "mouse", 0, OPT_FLAG, NULL, AT(mouse), "clicks move the cursor (then the terminal does not select text)", NULL },
	{ "keys", 0, OPT_FLAG, NULL, AT(keys), "print the table of keys and leave", NULL },
	{ "out", 0, OPT_TEXT, "DIR", AT(out), "where attrib.db is; default RUN/attrib", NULL },
	{ .name = NULL },
};
static const struct opt_group group_triage = { "Triage", triage };
static const struct opt_group *const groups[] = { &group_triage, &group_common, NULL };
static const char *const examples[] = {
	"attrib triage ./run-dir",
	"attrib triage ./run-dir --source ~/src/orders",
	"attrib triage ./run-dir --with ./last-week",
	NULL,
};

const struct cmd cmd_triage = {
	.name = "triage",
	.args = "RUN",
	.help = "walk through an answer in the terminal: causes, stacks, time; keep a verdict",
	.about = "Reads RUN/attrib/attrib.db (or RUN itself, when it is a database). ? lists the keys.\n\n"
		 "Verdicts and notes are kept in $XDG_DATA_HOME/attrib/history.db, as those of `attrib verdict` are, and are there again the next "
		 "time; nothing else is written but what is exported.",
	.examples = examples,
	.groups = groups,
	.min_args = 0,
	.max_args = 1,
	.run = run,
};

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_explain.c - what attrib knows about a cause; or why a cause stands where it stands in one answer
 *
 * explain CAUSE prints the catalogue's entry, explain RUN:CAUSE the evidence of RUN's database, explain alone the list. The last
 * colon parts RUN from CAUSE: cause ids hold none.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"
#include "report/page.h"

/* An advice names the code and the numbers that an analysis found; here there are none yet. [Parts] with numbers lose their brackets. */
static void without_places(struct buf *out, const char *text)
{
	static const struct { const char *mark, *words; } table[] = {
		{ "{function}", "the guilty function" }, { "{where}", "its file and line" }, { "{creator}", "the function that starts them" },
		{ "{waiter}", "the function that waits" }, { "[]", "[]" }, { "[", "" }, { "]", "" }, { "{", "<" }, { "}", ">" },
	};

	while (*text) {
		size_t i = 0;

		while (i < sizeof(table) / sizeof(table[0]) && strncmp(text, table[i].mark, strlen(table[i].mark)) != 0)
			i++;
		if (i < sizeof(table) / sizeof(table[0])) {
			buf_puts(out, table[i].words);
			text += strlen(table[i].mark);
		} else {
			buf_byte(out, *text++);
		}
	}
}

static void section(struct page *p, const char *title, const char *text)
{
	struct buf b = { .limit = 1 << 20 };

	if (!text || !*text)
		return;
	without_places(&b, text);
	page_heading(p, title, NULL);
	page_text(p, 2, 2, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

static void lines(struct page *p, const char *title, enum page_mark mark, const char *const *line)
{
	if (!line || !*line)
		return;
	page_heading(p, title, "signal, weight");
	for (; *line; line++)
		page_item(p, 2, mark, str_from(*line));
}

static void variants(struct page *p, const struct analyze_cause *a)
{
	struct buf b = { .limit = 1 << 20 };

	if (a->n_variants)
		page_heading(p, "WHAT TO DO, BY WHAT IS SEEN", "the first whose conditions hold");
	for (size_t i = 0; i < a->n_variants; i++) {
		const struct analyze_variant *v = &a->variant[i];

		buf_reset(&b);
		buf_printf(&b, "%s: when %s", v->name, v->when);
		for (; i + 1 < a->n_variants && strcmp(a->variant[i + 1].action, v->action) == 0; i++)
			buf_printf(&b, ", or %s", a->variant[i + 1].when);
		page_text(p, 2, 4, INK_BOLD, buf_view(&b));
		buf_reset(&b);
		without_places(&b, v->action);
		page_text(p, 4, 4, INK_PLAIN, buf_view(&b));
	}
	buf_free(&b);
}

/* {F6.n} of a text, with its rule and the facts it needs. */
static void numbers_of(struct page *p, const char *text, struct buf *seen)
{
	struct buf b = { .limit = 1 << 16 };

	for (const char *open = text; open && (open = strstr(open, "{F")) != NULL; open++) {
		struct analyze_number n;
		char mark[40];

		if (!analyze_number_find(&n, open + 1))
			continue;
		snprintf(mark, sizeof(mark), "<%s>", n.name);
		if (seen->data && strstr(seen->data, mark))
			continue;
		if (!seen->len)
			page_heading(p, "NUMBERS", "each from facts of the run; without them there is none");
		buf_puts(seen, mark);
		buf_reset(&b);
		buf_printf(&b, "%s = %s", mark, n.rule);
		for (size_t i = 0; i < n.n_needs; i++)
			buf_printf(&b, "%s%s", i ? "; " : ". Needs ", n.needs[i]);
		page_text(p, 2, 4, INK_PLAIN, buf_view(&b));
	}
	buf_free(&b);
}

static void numbers(struct page *p, const struct analyze_cause *a)
{
	struct buf seen = { .limit = 1 << 16 };

	numbers_of(p, a->action, &seen);
	for (size_t i = 0; i < a->n_variants; i++)
		numbers_of(p, a->variant[i].action, &seen);
	buf_free(&seen);
}

/* The order of explanation, for this cause: whose symptoms its signals may be, and what it accounts for itself. */
static void explanation(struct page *p, const struct analyze_cause *a)
{
	struct buf b = { .limit = 1 << 16 };

	for (size_t i = 0; i < a->n_explains; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", a->explains[i]);
	if (b.len)
		section(p, "WHAT IT BRINGS ABOUT", b.data);
	buf_reset(&b);
	for (size_t i = 0; i < a->n_behind; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", a->behind[i]);
	if (b.len)
		section(p, "RULE OUT FIRST, AS THEY BRING ITS SIGNALS ABOUT TOO", b.data);
	buf_free(&b);
}

static void print_cause(struct page *p, const struct analyze_cause *a)
{
	struct buf b = { .limit = 1 << 20 };

	buf_printf(&b, "%s: %s", a->id, a->title ? a->title : a->id);
	page_text(p, 0, 2, INK_BOLD, buf_view(&b));
	buf_free(&b);
	if (a->what)
		page_text(p, 2, 2, INK_PLAIN, str_from(a->what));
	section(p, "WHAT ONE SEES", a->symptoms);
	lines(p, "SPEAKS FOR IT", MARK_FOR, a->signals);
	lines(p, "SPEAKS AGAINST IT", MARK_AGAINST, a->against);
	explanation(p, a);
	section(p, "WHAT TO DO", a->action);
	variants(p, a);
	numbers(p, a);
	section(p, "RISK", a->risk);
	section(p, "HOW TO VERIFY", a->verify);
	section(p, "VERSIONS", a->versions);
	section(p, "OFTEN TOLD WRONG", a->correction);
	section(p, "WHERE IT IS FROM", a->source);
	if (a->signals && a->signals[0])
		section(p, "SEEN IN", a->seen ? a->seen : "not yet seen in a real run: its weights are guesses");
}

static void print_list(struct page *p, const struct analyze_catalogue *cat)
{
	page_text(p, 0, 2, INK_PLAIN, str_from("The causes that attrib knows; attrib explain CAUSE says more."));
	page_blank(p);
	for (size_t i = 0; i < analyze_catalogue_count(cat); i++) {
		const struct analyze_cause *a = analyze_catalogue_at(cat, i);
		unsigned wide = (unsigned)strlen(a->id);

		page_pad(p, 2);
		page_cell(p, str_from(a->id), wide > 24 ? wide : 24, false);
		page_rest(p, 2 + (wide > 24 ? wide : 24), 6, str_from(a->title ? a->title : ""));
		page_end(p);
	}
}

static const struct analyze_cause *find(const struct analyze_catalogue *cat, const char *id, struct err *err)
{
	const char *name[256], *near;
	size_t n = 0;

	for (size_t i = 0; i < analyze_catalogue_count(cat) && n < 256; i++) {
		const struct analyze_cause *a = analyze_catalogue_at(cat, i);

		if (strcmp(a->id, id) == 0)
			return a;
		name[n++] = a->id;
	}
	near = opt_near(id, name, n);
	if (near)
		err_set(err, ERR_USAGE, "there is no cause '%.60s'; did you mean '%s'?", id, near);
	else
		err_set(err, ERR_USAGE, "there is no cause '%.60s' (attrib explain lists them)", id);
	return NULL;
}

static int explain_cause(struct ctx *c, const char *id, struct err *err)
{
	struct analyze_catalogue *cat = NULL;
	struct analyze_opts o = { 0 };
	struct buf causes = { .limit = 4 << 20 }, text = { .limit = 64 << 20 }, b = { .limit = 64 << 20 };
	const struct analyze_cause *a = NULL;
	struct page p;
	int rc = work_analyze_opts(&o, &causes, c, err);

	if (!rc)
		rc = analyze_catalogue_load(&cat, &o, err);
	if (!rc && id && !(a = find(cat, id, err)))
		rc = ERR_USAGE;
	if (!rc) {
		page_init(&p, &text, &c->term);
		if (a)
			print_cause(&p, a);
		else
			print_list(&p, cat);
		page_finish(&b, &text, &c->term);
		rc = emit_text(&b, err);
	}
	analyze_catalogue_free(cat);
	buf_free(&causes);
	buf_free(&text);
	buf_free(&b);
	return rc;
}

static int explain_run(struct ctx *c, const char *run, const char *id, struct err *err)
{
	struct store *st = NULL;
	struct report_model *m = NULL;
	struct buf b = { .limit = 64 << 20 };
	int rc = work_open_db(c, run, NULL, &st, err);

	c->term.run = run;
	if (!rc)
		rc = report_model_load(&m, st, err);
	if (!rc && !report_cause(&b, m, &c->term, id))
		rc = err_set(err, ERR_USAGE, "the answer of '%.200s' knows no cause '%.60s' (attrib explain lists them)", run, id);
	if (!rc)
		rc = emit_text(&b, err);
	buf_free(&b);
	report_model_free(m);
	store_close(st);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	const char *arg = c->args.n ? c->args.v[0] : NULL, *colon = arg ? strrchr(arg, ':') : NULL;
	char *folder;

	if (!colon)
		return explain_cause(c, arg, err);
	folder = arena_strndup(&c->mem, arg, (size_t)(colon - arg));
	if (!folder)
		return err_nomem(err);
	return explain_run(c, folder, colon + 1, err);
}

static const struct opt out[] = {
	{ "out", 0, OPT_TEXT, "DIR", offsetof(struct options, out), "where attrib.db is; default RUN/attrib", NULL },
	{ .name = NULL },
};
static const struct opt_group group_out = { "Results", out };
static const struct opt_group *const groups[] = { &group_causes, &group_out, &group_common, NULL };
static const char *const examples[] = {
	"attrib explain                       # the list",
	"attrib explain lock_contention",
	"attrib explain ./run-dir:lock_contention",
	NULL,
};

const struct cmd cmd_explain = {
	.name = "explain",
	.args = "[CAUSE | RUN:CAUSE]",
	.help = "what a cause is and how it shows; or all evidence on it in one answer",
	.about = "CAUSE: the catalogue's entry with evidence pattern, advice, verification and what is often told wrong about it.\n"
		 "RUN:CAUSE: every piece of evidence for and against it in RUN, and the facts behind its recommendations.",
	.examples = examples,
	.groups = groups,
	.min_args = 0,
	.max_args = 1,
	.run = run,
};

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * keep.c - what a person says of what is shown: verdicts and the ranking that follows, marks, notes, the export
 */
#include "report/say.h"
#include "report/triage/ui.h"

static int by_score(const struct ui *u, size_t a, size_t b)
{
	const struct triage_cause *x = &u->rank[a], *y = &u->rank[b];

	if (x->score > y->score || x->score < y->score)
		return x->score > y->score ? -1 : 1;
	return a < b ? -1 : 1;
}

int keep_rank(struct ui *u, struct err *err)
{
	const struct triage_acts *a = &u->o->acts;
	size_t n = u->m->causes.n;

	buf_reset(&u->why);
	for (size_t i = 0; i < n; i++)
		u->rank[i].score = u->rank[i].found;
	if (a->rank && a->rank(a->arg, u->rank, n, &u->why, err))
		return (int)err->code;
	for (size_t i = 0; i < n; i++) {	/* a few dozen: insertion keeps what is equal in its order */
		size_t k = i;

		for (; k > 0 && by_score(u, i, u->order[k - 1]) < 0; k--)
			u->order[k] = u->order[k - 1];
		u->order[k] = i;
	}
	return 0;
}

void keep_verdict(struct ui *u, struct item it, enum triage_verdict v)
{
	const struct triage_acts *a = &u->o->acts;
	const struct model_cause *c = act_cause(u, it);
	enum triage_verdict was;
	size_t i = c ? (size_t)(c - u->m->causes.v) : 0;
	struct err err;

	if (!c) {
		ui_say(u, "put the cursor on a cause first");
		return;
	}
	was = u->rank[i].verdict;
	u->rank[i].verdict = v;
	if ((a->decide && a->decide(a->arg, u->rank, i, &err)) || keep_rank(u, &err)) {
		u->rank[i].verdict = was;
		ui_refuse(u, &err);
		return;
	}
	ui_dirty(u);
	ui_say(u, "%s%.*s%s%s", a->decide ? "kept: " : "for this session: ", v == TRIAGE_OPEN ? (int)c->id.n : 0, c->id.p,
	       v == TRIAGE_OPEN ? " is undecided. " : "", u->why.data ? u->why.data : "");
}

/* ---- marks, notes, export */

struct str keep_note_of(const struct ui *u, struct str anchor)
{
	for (size_t i = 0; anchor.n && i < u->n_notes; i++)
		if (str_eq(u->notes[i].anchor, anchor) && u->notes[i].text.n)
			return u->notes[i].text;
	return STR_NONE;
}

bool keep_marked(const struct ui *u, struct str anchor)
{
	for (size_t i = 0; anchor.n && i < u->n_marks; i++)
		if (str_eq(u->marks[i].anchor, anchor))
			return true;
	return false;
}

static void add_mark(struct ui *u, struct item it, struct str anchor)
{
	struct buf text = { .limit = 1 << 20 };

	if (u->n_marks == u->cap_marks) {
		size_t more = u->cap_marks ? 2 * u->cap_marks : 16;
		struct mark *v = arena_array(&u->arena, struct mark, more);

		if (!v)
			return;
		if (u->n_marks)
			memcpy(v, u->marks, u->n_marks * sizeof(*v));
		u->marks = v;
		u->cap_marks = more;
	}
	item_say(u, it, &text);
	u->marks[u->n_marks++] = (struct mark){ arena_str(&u->arena, anchor), str_from(item_kind_words(it.kind)),
		arena_str(&u->arena, buf_view(&text)) };
	buf_free(&text);
}

void keep_mark(struct ui *u, struct item it)
{
	struct buf anchor = { .limit = 1 << 16 };
	size_t i = 0;

	item_anchor(u, it, &anchor);
	if (!anchor.len) {
		ui_say(u, "this line is about nothing that can be marked");
	} else {
		while (i < u->n_marks && !str_eq(u->marks[i].anchor, buf_view(&anchor)))
			i++;
		if (i < u->n_marks) {
			memmove(u->marks + i, u->marks + i + 1, (u->n_marks - i - 1) * sizeof(*u->marks));
			u->n_marks--;
		} else if (u->n_marks < 10000) {
			add_mark(u, it, buf_view(&anchor));
		}
		ui_say(u, "%zu marked; E writes them as Markdown", u->n_marks);
		ui_dirty(u);
		act_move_by(u, 1);
	}
	buf_free(&anchor);
}

void keep_note(struct ui *u, struct item it)
{
	struct buf anchor = { .limit = 1 << 16 };

	item_anchor(u, it, &anchor);
	if (anchor.len)
		prompt_open(u, PROMPT_NOTE, "note: ", keep_note_of(u, buf_view(&anchor)));
	else
		ui_say(u, "this line is about nothing that can have a note");
	buf_free(&anchor);
}

/* A code span that no name can end early; a heading's words cannot be Markdown. */
static void code(struct buf *out, struct str s)
{
	size_t run = 0, most = 0;

	for (size_t i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	buf_repeat(out, "`", most + 1);
	buf_puts(out, most ? " " : "");
	for (size_t i = 0; i < s.n; i++)
		buf_byte(out, s.p[i] == '\n' ? ' ' : s.p[i]);
	buf_puts(out, most ? " " : "");
	buf_repeat(out, "`", most + 1);
}

static void export_verdict(struct ui *u, struct buf *out)
{
	struct buf b = { .limit = 1 << 16 };

	buf_puts(out, "# Triage of ");
	code(out, str_from(u->o->run));
	buf_puts(out, "\n\n- ");
	say_verdict_words(&b, u->m);
	code(out, buf_view(&b));
	for (size_t i = 0; i < u->m->causes.n; i++) {
		if (u->rank[i].verdict == TRIAGE_OPEN)
			continue;
		buf_puts(out, "\n- ");
		code(out, u->rank[i].id);
		buf_puts(out, u->rank[i].verdict == TRIAGE_YES ? " was accepted" : " was rejected");
	}
	if (u->why.len) {
		buf_puts(out, "\n- ");
		code(out, buf_view(&u->why));
	}
	if (u->window_on)
		buf_printf(out, "\n- seen from %.1f s to %.1f s of the load", u->window_lo, u->window_hi);
	buf_puts(out, "\n");
	buf_free(&b);
}

/* The first line in a code span, the others as a list: names in them are other people's text. */
int keep_export(struct ui *u, struct buf *out)
{
	export_verdict(u, out);
	for (size_t i = 0; i < u->n_marks; i++) {
		struct str rest = u->marks[i].text, n = keep_note_of(u, u->marks[i].anchor);

		buf_puts(out, "\n## ");
		buf_str(out, u->marks[i].kind);
		buf_puts(out, " ");
		code(out, u->marks[i].anchor);
		buf_puts(out, "\n\n");
		while (rest.n) {
			const char *nl = memchr(rest.p, '\n', rest.n);
			struct str line = { rest.p, nl ? (size_t)(nl - rest.p) : rest.n };

			if (line.n) {
				buf_puts(out, "- ");
				code(out, line);
				buf_puts(out, "\n");
			}
			rest = str_skip(rest, line.n + (nl != NULL));
		}
		if (n.n) {
			buf_puts(out, "- note: ");
			code(out, n);
			buf_puts(out, "\n");
		}
	}
	return out->failed;
}

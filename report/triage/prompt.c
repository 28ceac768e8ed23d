// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * prompt.c - the line at the bottom that text is typed into
 */
#include "core/text.h"
#include "report/triage/screen.h"
#include "report/triage/ui.h"

void prompt_open(struct ui *u, enum prompt_kind k, const char *label, struct str text)
{
	struct prompt *p = &u->prompt;

	*p = (struct prompt){ .kind = k, .label = label, .about = ui_item(u) };
	p->n = text.n < sizeof(p->text) - 8 ? text.n : 0;
	if (p->n)
		memcpy(p->text, text.p, p->n);
}

static void rub_out(struct prompt *p)
{
	while (p->n && ((unsigned char)p->text[--p->n] & 0xc0) == 0x80)
		;
}

static void rub_out_word(struct prompt *p)
{
	while (p->n && p->text[p->n - 1] == ' ')
		rub_out(p);
	while (p->n && p->text[p->n - 1] != ' ')
		rub_out(p);
}

static void type(struct prompt *p, uint32_t c)
{
	if (p->n + 5 > sizeof(p->text) || c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000) || c >= 0x110000)
		return;
	p->n += text_utf8(p->text + p->n, c);
}

/* ---- what is done with it */

static struct search *pattern(struct ui *u, struct str text, char *kept, size_t size)
{
	struct search *m = NULL;
	struct err err;

	kept[0] = '\0';
	if (!text.n)
		return NULL;
	if (text.n >= size || search_new(&m, text, &err)) {
		ui_say(u, "too long");
		u->bad = true;
		return NULL;
	}
	memcpy(kept, text.p, text.n);
	kept[text.n] = '\0';
	return m;
}

static void set_search(struct ui *u, struct str text)
{
	if (!text.n && u->search) {	/* nothing typed: the same once more */
		find_next(u, false);
		return;
	}
	search_free(u->search);
	u->search = pattern(u, text, u->search_text, sizeof(u->search_text));
	if (u->search)
		find_next(u, false);
}

static void set_filter(struct ui *u, struct str text)
{
	search_free(u->filter);
	u->filter = pattern(u, text, u->filter_text, sizeof(u->filter_text));
	u->place[u->view].cur = 0;
	ui_dirty(u);
}

static void set_focus(struct ui *u, struct search **m, struct str text, char *kept, size_t size)
{
	struct search *was = *m;

	*m = pattern(u, text, kept, size);
	ui_costs(u);
	search_free(was);
}

static void set_note(struct ui *u, struct item it, struct str text)
{
	const struct triage_acts *a = &u->o->acts;
	struct buf anchor = { .limit = 1 << 16 }, clean = { .limit = 1 << 16 };
	struct err err;

	item_anchor(u, it, &anchor);
	text_clean(&clean, text);
	if (a->note && a->note(a->arg, buf_view(&anchor), buf_view(&clean), &err)) {
		ui_refuse(u, &err);
	} else {
		size_t i = 0;
		struct str kept = arena_str(&u->arena, buf_view(&clean));

		while (i < u->n_notes && !str_eq(u->notes[i].anchor, buf_view(&anchor)))
			i++;
		if (i == u->n_notes && i < 1000000) {
			struct note *v = arena_array(&u->arena, struct note, u->n_notes + 1);

			if (v) {
				if (u->n_notes)
					memcpy(v, u->notes, u->n_notes * sizeof(*v));
				v[i].anchor = arena_str(&u->arena, buf_view(&anchor));
				u->notes = v;
				u->cap_notes = u->n_notes = i + 1;
			}
		}
		if (i < u->n_notes)
			u->notes[i].text = kept;
		ui_say(u, "%s", text.n ? "note kept" : "note removed");
		ui_dirty(u);
	}
	buf_free(&anchor);
	buf_free(&clean);
}

static void write_export(struct ui *u, struct str name)
{
	const struct triage_acts *a = &u->o->acts;
	struct buf text = { .limit = 16 << 20 }, where = { .limit = 1 << 16 };
	struct err err;

	if (keep_export(u, &text) || text.failed) {
		ui_say(u, "out of memory");
	} else if (!a->save) {
		ui_say(u, "there is no way to write a file here");
	} else if (a->save(a->arg, name, buf_view(&text), &where, &err)) {
		ui_refuse(u, &err);
	} else {
		u->n_exported = u->n_marks;
		ui_say(u, "%zu marked line%s in %s", u->n_marks, u->n_marks == 1 ? " is" : "s are", where.data ? where.data : "the file");
	}
	buf_free(&text);
	buf_free(&where);
}

static void set_with(struct ui *u, struct str run)
{
	const struct triage_acts *a = &u->o->acts;
	struct store *st = NULL;
	struct report_model *m = NULL;
	bool foreign = false;
	struct err err;

	if (!run.n)
		return;
	if (!a->open) {
		ui_say(u, "there is no way to open another run here");
	} else if (a->open(a->arg, run, &st, &foreign, &err) || report_model_load(&m, st, &err)) {
		store_close(st);
		ui_refuse(u, &err);
	} else {
		report_model_free(u->other);
		store_close(u->other_st);
		u->other = m;
		u->other_st = st;
		u->other_foreign = foreign;
		u->others++;
		ui_go(u, VIEW_COMPARE);
		ui_dirty(u);
	}
}

static void finish(struct ui *u)
{
	struct prompt p = u->prompt;
	struct str text = { p.text, p.n };

	u->prompt.kind = PROMPT_NONE;
	switch (p.kind) {
	case PROMPT_SEARCH: set_search(u, text); break;
	case PROMPT_FILTER: set_filter(u, text); break;
	case PROMPT_FOCUS: set_focus(u, &u->focus, text, u->focus_text, sizeof(u->focus_text)); break;
	case PROMPT_IGNORE: set_focus(u, &u->ignore, text, u->ignore_text, sizeof(u->ignore_text)); break;
	case PROMPT_NOTE: set_note(u, p.about, text); break;
	case PROMPT_EXPORT: write_export(u, text); break;
	case PROMPT_SQL: sql_run(u, text); break;
	case PROMPT_WITH: set_with(u, text); break;
	case PROMPT_NONE: break;
	}
}

void prompt_key(struct ui *u, uint32_t key)
{
	struct prompt *p = &u->prompt;

	if (key == KEY_ESC || key == ('c' & 0x1f))
		p->kind = PROMPT_NONE;
	else if (key == KEY_RETURN)
		finish(u);
	else if (key == KEY_BACK || key == KEY_DEL)
		rub_out(p);
	else if (key == ('u' & 0x1f))
		p->n = 0;
	else if (key == ('w' & 0x1f))
		rub_out_word(p);
	else if (key < KEY_FIRST_OWN)
		type(p, key);
}

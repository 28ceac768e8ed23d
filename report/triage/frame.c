// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * frame.c - the screen: a title, the tabs where there is room, the view, the bottom line
 *
 * Down to 20 x 5 every part stays, only shorter; below that a line says that the terminal is too small.
 */
#include <math.h>

#include "core/text.h"
#include "report/say.h"
#include "report/triage/screen.h"
#include "report/triage/ui.h"

#define TABS_FROM 8	/* rows, so that tabs leave a view of five */
#define HEAD_FROM 10	/* rows, so that a heading of columns has room */
#define TWO_FROM  16	/* rows, so that a message and the keys both have a line */

static void bar(unsigned y, struct buf *b, bool inverse)
{
	screen_row(y, buf_view(b), 0, inverse);
	buf_reset(b);
}

static void filters(const struct ui *u, struct buf *b)
{
	if (*u->focus_text)
		buf_printf(b, " focus:%s", u->focus_text);
	if (*u->ignore_text)
		buf_printf(b, " ignore:%s", u->ignore_text);
	if (u->window_on)
		buf_printf(b, " time:%.1f-%.1fs", u->window_lo, u->window_hi);
	if (u->filter)
		buf_printf(b, " filter:%s%s", u->filter_text, u->shown.done ? "" : "...");
	if (u->n_marks)
		buf_printf(b, " marked:%zu", u->n_marks);
}

static void title(struct ui *u)
{
	const struct view *v = views[u->view];
	struct buf left = { .limit = 1 << 16 }, right = { .limit = 1 << 16 }, line = { .limit = 1 << 17 };
	size_t wide;

	buf_printf(&left, " %s", v->name);
	if (v->title) {
		buf_puts(&left, ": ");
		v->title(u, &left);
	}
	filters(u, &left);
	if (v->uses_costs && !u->costs->ready && !u->costs->failed && u->costs->n_metrics)
		buf_printf(&left, "  reading %d %%", (int)(costs_done(u->costs) * 100));
	if (u->o->foreign)
		buf_puts(&right, "foreign database  ");
	if (u->m->service.n) {
		buf_str(&right, u->m->service);
		buf_puts(&right, "  ");
	}
	buf_str(&right, u->m->verdict);
	buf_puts(&right, ", ");
	buf_str(&right, u->m->level);
	buf_byte(&right, ' ');
	wide = text_width(buf_view(&right));
	if (u->columns > wide + 20 && text_width(buf_view(&left)) + wide + 2 <= u->columns) {
		text_pad(&line, buf_view(&left), u->columns - wide, !u->utf8);
		buf_str(&line, buf_view(&right));
	} else if (text_width(buf_view(&left)) > u->columns) {
		text_cut(&line, buf_view(&left), u->columns, !u->utf8);
	} else {
		buf_str(&line, buf_view(&left));
	}
	bar(0, &line, true);
	buf_free(&left);
	buf_free(&right);
	buf_free(&line);
}

/* Words where they fit, then only the key of the others. */
static void tabs(struct ui *u)
{
	struct buf b = { .limit = 1 << 12 };
	size_t need = 0;
	bool words;

	for (int i = 0; i < VIEWS; i++)
		need += strlen(views[i]->tab) + 2;
	words = need <= u->columns + 1;
	for (int i = 0; i < VIEWS; i++) {
		bool here = i == (int)u->view;

		buf_puts(&b, here ? "\x1b[1m\x1b[4m" : "");
		buf_printf(&b, "%c%s", key_of_view(i), words || here ? views[i]->tab : "");
		buf_puts(&b, here ? "\x1b[0m " : " ");
	}
	bar(1, &b, false);
	buf_free(&b);
}

static void key_line(struct ui *u, struct buf *b)
{
	size_t used = 0;

	for (const struct key *k = keys; k->act; k++) {
		size_t n;

		if (!k->hint || !(k->where & 1u << u->view))
			continue;
		n = strlen(k->hint) + 3 + strcspn(k->keys, ",");
		if (used + n > u->columns)
			continue;
		buf_printf(b, "\x1b[1m%.*s\x1b[0m %s  ", (int)strcspn(k->keys, ","), k->keys, k->hint);
		used += n;
	}
}

static void message(struct ui *u, struct buf *b)
{
	struct buf clean = { .limit = 1 << 20 };

	ui_clean(&clean, buf_view(&u->said));
	if (u->bad)
		buf_puts(b, "\x1b[1m\x1b[31m");
	text_cut(b, buf_view(&clean), u->columns, !u->utf8);
	buf_puts(b, "\x1b[0m");
	buf_free(&clean);
}

/* The end of what is typed stays in sight. Returns the column of the text cursor. */
static int prompt_line(struct ui *u, struct buf *b)
{
	struct str label = str_from(u->prompt.label), text = { u->prompt.text, u->prompt.n };
	size_t room = u->columns > 1 ? u->columns - 1 : 1, n = text_width(text);

	if (label.n > room / 2)
		label.n = room / 2;
	room -= label.n;
	while (n > room && text.n) {
		text_next(&text);
		n = text_width(text);
	}
	buf_str(b, label);
	buf_str(b, text);
	return (int)(label.n + n);
}

static void body(struct ui *u, unsigned y)
{
	const struct place *p = &u->place[u->view];
	struct buf b = { .limit = 1 << 20 };
	const struct doc *d = &u->doc[u->view];
	size_t n = ui_count(u);
	bool doc = !views[u->view]->count;
	uint32_t group = doc && p->cur < n ? d->v[ui_real(u, p->cur)].group : 0;

	for (unsigned i = 0; i < u->body; i++) {
		size_t at = p->top + i;
		bool here = at == p->cur;

		buf_reset(&b);
		if (at < n)
			ui_line(u, ui_real(u, at), &b);
		if (at < n && doc && d->v[ui_real(u, at)].group == group && d->v[ui_real(u, at)].item.kind != ITEM_NONE)
			here = true;
		screen_row(y + i, buf_view(&b), p->left, here && at < n && u->view != VIEW_FLAME);
	}
	buf_free(&b);
}

void frame_draw(struct ui *u)
{
	unsigned tab = u->rows >= TABS_FROM, foot = u->rows >= TWO_FROM ? 2 : 1;
	unsigned head = 1 + tab + (u->rows >= HEAD_FROM && views[u->view]->head != NULL);
	struct buf b = { .limit = 1 << 20 };
	int x = -1;

	if (u->rows < 5 || u->columns < 20) {
		u->body = 1;
		for (unsigned y = 0; y < u->rows; y++)
			screen_row(y, y ? STR_LIT("") : STR_LIT("too small; q quits"), 0, false);
		screen_show(0, -1);
		return;
	}
	if (u->body != u->rows - head - foot) {	/* a view that fits its lines to the height */
		u->body = u->rows - head - foot;
		ui_dirty(u);
	}
	title(u);
	if (tab)
		tabs(u);
	if (head == 3) {
		buf_puts(&b, "\x1b[2m");
		views[u->view]->head(u, &b);
		bar(2, &b, false);
	}
	u->head = head;
	body(u, head);
	if (u->prompt.kind)
		x = prompt_line(u, &b);
	else if (u->said.len || foot == 2)
		message(u, &b);
	else
		key_line(u, &b);
	bar(u->rows - foot, &b, false);
	if (foot == 2) {
		key_line(u, &b);
		bar(u->rows - 1, &b, false);
	}
	screen_show((int)(u->rows - foot), x);
	buf_free(&b);
}

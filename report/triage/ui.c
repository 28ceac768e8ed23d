// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ui.c - the session: what is loaded, which view is shown, the loop
 *
 * The loop never waits for work. Between two keys it does a few milliseconds of what is outstanding (reading the tree, searching a
 * long list) and looks for a key again; keys that came meanwhile are all taken before the screen is drawn.
 */
#include "report/triage/ui.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>

#include "core/text.h"
#include "report/triage/screen.h"

#define PIECE_MS 12	/* of work between two looks at the keyboard */
#define IDLE_MS 500
#define KEYS_A_FRAME 64

const struct view *const views[VIEWS] = {
	&view_causes, &view_advice, &view_signals, &view_tree, &view_flame, &view_function, &view_goroutines, &view_time, &view_files,
	&view_sql, &view_compare, &view_help,
};

void ui_say(struct ui *u, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_reset(&u->said);
	buf_vprintf(&u->said, fmt, ap);
	va_end(ap);
	u->bad = false;
}

void ui_refuse(struct ui *u, const struct err *err)
{
	ui_say(u, "%s", err->msg);
	u->bad = true;
}

void ui_dirty(struct ui *u)
{
	u->dirty = true;
}

void ui_costs(struct ui *u)
{
	if (u->costs)
		costs_want(u->costs, u->costs->at, u->focus, u->ignore,
			   (struct costs_window){ u->window_on, u->window_lo, u->window_hi });
	ui_dirty(u);
}

void ui_clean(struct buf *out, struct str s)
{
	if (!s.p)
		return;
	if (text_is_clean(s))
		buf_str(out, s);
	else
		text_clean(out, s);
}

bool ui_in_window(const struct ui *u, double x0, double x1)
{
	double mid = isnan(x1) ? x0 : isnan(x0) ? x1 : (x0 + x1) / 2;

	return !u->window_on || (mid >= u->window_lo && mid < u->window_hi);
}

/* ---- lines */

static size_t real_count(const struct ui *u)
{
	const struct view *v = views[u->view];

	return v->count ? v->count(u) : u->doc[u->view].n;
}

size_t ui_count(struct ui *u)
{
	return u->shown.on ? u->shown.n : real_count(u);
}

size_t ui_real(const struct ui *u, size_t shown)
{
	return u->shown.on && shown < u->shown.n ? u->shown.v[shown] : shown;
}

struct item ui_line(struct ui *u, size_t real, struct buf *out)
{
	const struct view *v = views[u->view];
	const struct doc *d = &u->doc[u->view];

	if (v->line)
		return v->line(u, real, out);
	if (real >= d->n)
		return (struct item){ ITEM_NONE, 0 };
	buf_str(out, d->v[real].text);
	return d->v[real].item;
}

struct item ui_item(struct ui *u)
{
	size_t real = ui_real(u, u->place[u->view].cur);
	struct buf b = { .limit = 1 << 20 };
	struct item it = { ITEM_NONE, 0 };

	if (real < real_count(u))
		it = ui_line(u, real, &b);
	buf_free(&b);
	return it;
}

bool ui_find(struct ui *u, struct item it)
{
	const struct doc *d = &u->doc[u->view];

	for (size_t i = 0; i < ui_count(u) && !views[u->view]->count; i++) {
		const struct doc_line *l = &d->v[ui_real(u, i)];

		if (l->item.kind != it.kind || l->item.index != it.index || l->rest)
			continue;
		u->place[u->view].cur = i;
		return true;
	}
	return false;
}

/* ---- what is open */

static size_t items(const struct ui *u, enum item_kind k)
{
	const struct report_model *m = u->m;

	return k == ITEM_CAUSE ? m->causes.n : k == ITEM_SIGNAL ? m->signals.n : k == ITEM_ADVICE ? m->recommendations.n :
		k == ITEM_CLUSTER ? m->clusters.n : k == ITEM_STACK ? 4096 : 0;
}

bool ui_is_open(const struct ui *u, struct item it)
{
	return u->open[it.kind] && it.index < items(u, it.kind) && u->open[it.kind][it.index];
}

bool ui_toggle(struct ui *u, struct item it, int how)
{
	bool now = ui_is_open(u, it), want = how ? how > 0 : !now;

	if (!u->open[it.kind] || it.index >= items(u, it.kind) || now == want)
		return false;
	u->open[it.kind][it.index] = want;
	ui_dirty(u);
	return true;
}

/* ---- views */

static void rebuild(struct ui *u)
{
	const struct view *v = views[u->view];
	struct item at = u->shown.on || v->count ? (struct item){ ITEM_NONE, 0 } : ui_item(u);
	struct err err = { .code = ERR_OK };

	u->dirty = false;
	if (v->build && v->build(u, &err))
		ui_refuse(u, &err);
	if (u->filter)
		find_filter(u);
	else
		u->shown.on = false;
	if (at.kind != ITEM_NONE)
		ui_find(u, at);
}

void ui_go(struct ui *u, enum view_id v)
{
	if (v == u->view)
		return;
	if (u->n_back == BACK) {
		memmove(u->back, u->back + 1, (BACK - 1) * sizeof(u->back[0]));
		u->n_back--;
	}
	u->back[u->n_back++] = (struct back){ u->view, u->place[u->view], u->symbol };
	search_free(u->filter);
	u->filter = NULL;
	u->shown.on = u->seek.on = false;
	u->view = v;
	rebuild(u);
}

/* The cursor on a line that can have it, and the lines around it on the screen. */
static void settle(struct ui *u)
{
	struct place *p = &u->place[u->view];
	size_t n = ui_count(u);

	if (p->cur >= n)
		p->cur = n ? n - 1 : 0;
	if (!views[u->view]->count && n) {
		const struct doc *d = &u->doc[u->view];
		size_t i = p->cur;

		while (i < n && d->v[ui_real(u, i)].rest)
			i++;
		for (; i == n || (d->v[ui_real(u, i)].rest && i > 0); i--)
			if (i == 0)
				break;
		p->cur = i < n ? i : 0;
	}
	if (p->cur < p->top)
		p->top = p->cur;
	if (u->body && p->cur >= p->top + u->body)
		p->top = p->cur - u->body + 1;
	if (n <= u->body)
		p->top = 0;
	else if (p->top + u->body > n)
		p->top = n - u->body;
}

/* ---- the session */

static int make_open(struct ui *u, struct err *err)
{
	static const enum item_kind kinds[] = { ITEM_CAUSE, ITEM_SIGNAL, ITEM_ADVICE, ITEM_CLUSTER, ITEM_STACK };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		u->open[kinds[i]] = arena_array(&u->arena, bool, items(u, kinds[i]) + 1);
		if (!u->open[kinds[i]])
			return err_nomem(err);
	}
	return 0;
}

static int make_rank(struct ui *u, struct err *err)
{
	size_t n = u->m->causes.n;

	u->rank = arena_array(&u->arena, struct triage_cause, n + 1);
	u->order = arena_array(&u->arena, size_t, n + 1);
	if (!u->rank || !u->order)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		u->rank[i] = (struct triage_cause){ u->m->causes.v[i].id, u->m->causes.v[i].score, TRIAGE_OPEN, u->m->causes.v[i].score };
	if (u->o->acts.recall && u->o->acts.recall(u->o->acts.arg, u->rank, n, err))
		ui_refuse(u, err);	/* the answer can be read without what was said of it */
	return keep_rank(u, err);
}

static void add_note(void *to, struct str anchor, struct str text)
{
	struct ui *u = to;

	if (u->n_notes == u->cap_notes) {
		size_t more = u->cap_notes ? 2 * u->cap_notes : 16;
		struct note *v = arena_array(&u->arena, struct note, more);

		if (!v)
			return;
		if (u->n_notes)
			memcpy(v, u->notes, u->n_notes * sizeof(*v));
		u->notes = v;
		u->cap_notes = more;
	}
	u->notes[u->n_notes++] = (struct note){ arena_str(&u->arena, anchor), arena_str(&u->arena, text) };
}

static int load(struct ui *u, struct err *err)
{
	int rc = report_model_load(&u->m, u->st, err);

	if (!rc && !u->m->analysed)
		rc = err_set(err, ERR_INPUT, "this database holds inputs but no answer: analyze first");
	if (!rc)
		rc = costs_new(&u->costs, u->st, u->m->analysis, str_is(u->m->per, "request"), err);
	if (!rc)
		rc = plot_load(&u->plots, u->st, err);
	if (!rc)
		rc = make_open(u, err);
	if (!rc)
		rc = make_rank(u, err);
	if (!rc && u->o->acts.notes && u->o->acts.notes(u->o->acts.arg, add_note, u, err))
		ui_refuse(u, err);
	if (!rc && u->o->with) {
		rc = u->o->acts.open ? u->o->acts.open(u->o->acts.arg, str_from(u->o->with), &u->other_st, &u->other_foreign, err) : 0;
		if (!rc && u->other_st)
			rc = report_model_load(&u->other, u->other_st, err);
		u->others++;
	}
	return rc;
}

static void unload(struct ui *u)
{
	tree_end(u);
	flame_view_end(u);
	time_end(u);
	sql_end(u);
	stacks_end(u);
	function_end(u);
	for (int i = 0; i < VIEWS; i++)
		doc_free(&u->doc[i]);
	search_free(u->search);
	search_free(u->filter);
	search_free(u->focus);
	search_free(u->ignore);
	free(u->shown.v);
	buf_free(&u->said);
	buf_free(&u->line);
	buf_free(&u->why);
	plot_free(u->plots);
	costs_free(u->costs);
	report_model_free(u->other);
	store_close(u->other_st);
	report_model_free(u->m);
	arena_free(&u->arena);
}

static void resize(struct ui *u)
{
	screen_size(&u->rows, &u->columns);
	ui_dirty(u);
}

static void on_key(struct ui *u, uint32_t key)
{
	if (key == KEY_SIZE) {
		resize(u);
		return;
	}
	if (u->prompt.kind) {
		prompt_key(u, key);
		return;
	}
	buf_reset(&u->said);
	u->bad = u->seek.on = false;
	u->asked = u->asked && key_act(key) == ACT_QUIT;
	if (key == KEY_CLICK || key == KEY_WHEEL_UP || key == KEY_WHEEL_DOWN) {
		unsigned y, x;

		screen_click(&y, &x);
		if (key != KEY_CLICK)
			act_do(u, key == KEY_WHEEL_UP ? ACT_UP : ACT_DOWN);
		else if (y >= u->head && y < u->head + u->body)
			u->place[u->view].cur = u->place[u->view].top + (y - u->head);
		return;
	}
	if (key_view(key) >= 0)
		ui_go(u, (enum view_id)key_view(key));
	else
		act_do(u, key_act(key));
}

/* A piece of what is outstanding; true: there is more. */
static bool work(struct ui *u)
{
	unsigned before = u->costs->generation;
	bool more = find_step(u, PIECE_MS);

	if (views[u->view]->uses_costs && costs_step(u->costs, PIECE_MS))
		more = true;
	if (u->costs->failed && !u->bad)
		ui_refuse(u, &u->costs->err);
	if (u->costs->generation != before)
		ui_dirty(u);
	return more;
}

static void loop(struct ui *u)
{
	bool more = true, draw = true;

	while (!u->quit && !(u->o->stop && *u->o->stop)) {
		uint32_t key;
		int n = 0;

		if (u->dirty)
			rebuild(u);
		settle(u);
		if (draw)
			frame_draw(u);
		draw = false;
		while (n < KEYS_A_FRAME && !u->quit && (key = screen_key(n || more ? 0 : IDLE_MS)) != KEY_NONE) {
			on_key(u, key);
			if (u->dirty)
				rebuild(u);
			settle(u);
			n++;
			draw = more = true;
		}
		if (n)
			continue;
		if (more) {
			more = work(u);
			draw = true;
		}
	}
}

int triage_run(struct store *st, const struct triage_opts *o, struct err *err)
{
	struct screen_opts so = { o->utf8, o->colour, o->mouse };
	struct ui *u = calloc(1, sizeof(*u));
	int rc;

	if (!u)
		return err_nomem(err);
	u->o = o;
	u->st = st;
	u->utf8 = o->utf8;
	u->said.limit = u->line.limit = u->why.limit = 1 << 20;
	u->cursor = NAN;
	rc = load(u, err);
	if (!rc)
		rc = screen_open(&so, err);
	if (!rc) {
		costs_want(u->costs, 0, NULL, NULL, (struct costs_window){ .on = false });
		resize(u);
		if (o->foreign && !u->bad)
			ui_say(u, "this database was not written by attrib on this machine, or was changed since");
		frame_draw(u);
		loop(u);
		screen_close();
	}
	if (!rc && o->stop && *o->stop) {
		rc = err_set(err, ERR_SIGNAL, "stopped by signal %d", *o->stop);
		err->signal = *o->stop;
	}
	unload(u);
	free(u);
	return rc;
}

void triage_restore(void)
{
	screen_restore();
}

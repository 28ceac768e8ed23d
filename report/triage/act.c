// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * act.c - what keys do in every view: moving, jumping from a thing to the next
 */
#include "report/triage/tree.h"
#include "report/triage/ui.h"

#include <math.h>

#include "report/triage/screen.h"

/* ---- moving */

void act_move_by(struct ui *u, long by)
{
	struct place *p = &u->place[u->view];
	const struct doc *d = &u->doc[u->view];
	size_t n = ui_count(u), i = p->cur;
	bool doc = !views[u->view]->count;

	for (; by > 0 && i + 1 < n; by--) {
		size_t k = i + 1;

		while (doc && k < n && d->v[ui_real(u, k)].rest)
			k++;
		if (k >= n) {	/* nothing more to stand on: show what is below */
			if (p->top + u->body < n)
				p->top++;
			break;
		}
		i = k;
	}
	for (; by < 0 && i > 0; by++) {
		size_t k = i - 1;

		while (doc && k > 0 && d->v[ui_real(u, k)].rest)
			k--;
		if (doc && d->v[ui_real(u, k)].rest) {
			p->top = 0;
			break;
		}
		i = k;
	}
	p->cur = i;
}

/* A page of lines, whatever they are about. */
static void page(struct ui *u, bool down)
{
	struct place *p = &u->place[u->view];
	size_t n = ui_count(u), step = u->body > 1 ? u->body - 1 : 1;

	if (down) {
		p->cur = p->cur + step < n ? p->cur + step : n ? n - 1 : 0;
		p->top = p->top + step;
	} else {
		p->cur = p->cur > step ? p->cur - step : 0;
		p->top = p->top > step ? p->top - step : 0;
	}
}

static void back(struct ui *u)
{
	struct back b;

	if (!u->n_back) {
		ui_say(u, "this is where you began");
		return;
	}
	b = u->back[--u->n_back];
	search_free(u->filter);
	u->filter = NULL;
	u->shown.on = false;
	u->view = b.view;
	u->symbol = b.symbol;
	ui_dirty(u);
	u->place[b.view] = b.place;
}

/* ---- from a thing to the next */

uint32_t act_symbol(struct ui *u, struct str name)
{
	int64_t id = 0;
	struct err err;

	/* Names are read first; of a large tree the rest goes on by itself. */
	while (!costs_symbol(u->costs, name) && u->costs->n_paths < 100000 && costs_step(u->costs, 5))
		;
	if (costs_symbol(u->costs, name) || !name.n)
		return costs_symbol(u->costs, name);
	if (store_int(u->st, &err, &id, 0, "SELECT symbol FROM functions WHERE name = ? LIMIT 1", "t", name))
		return 0;
	return id > 0 && id <= u->costs->n_symbols ? (uint32_t)id : 0;
}

void act_function(struct ui *u, struct str name)
{
	uint32_t symbol = act_symbol(u, name);

	if (!symbol) {
		ui_say(u, "no stack of this run holds that function");
		return;
	}
	ui_go(u, VIEW_FUNCTION);
	u->symbol = symbol;
	u->place[VIEW_FUNCTION] = (struct place){ 0, 0, 0 };
	ui_dirty(u);
}

void act_time(struct ui *u, double x)
{
	if (isnan(x)) {
		ui_say(u, "when it began is not known");
		return;
	}
	u->cursor = x;
	ui_go(u, VIEW_TIME);
	ui_dirty(u);
}

const struct model_cause *act_cause(const struct ui *u, struct item it)
{
	if (it.kind == ITEM_CAUSE && it.index < u->m->causes.n)
		return &u->m->causes.v[it.index];
	if (it.kind == ITEM_EVIDENCE && it.index < u->m->evidence.n)
		return model_cause(u->m, u->m->evidence.v[it.index].cause);
	if (it.kind == ITEM_GUILTY && it.index < u->m->guilty.n)
		return model_cause(u->m, u->m->guilty.v[it.index].cause);
	if (it.kind == ITEM_VERDICT)
		return model_cause(u->m, u->m->verdict);
	return NULL;
}

/* Goroutine evidence is seen at a cluster, all other at a function. */
static bool to_cluster(struct ui *u, struct str name)
{
	for (size_t i = 0; name.n && i < u->m->clusters.n; i++) {
		if (!str_eq(u->m->clusters.v[i].name, name) || !str_is(u->m->clusters.v[i].kind, "goroutine"))
			continue;
		ui_go(u, VIEW_GOROUTINES);
		ui_toggle(u, (struct item){ ITEM_CLUSTER, (uint32_t)i }, 1);
		if (views[VIEW_GOROUTINES]->build) {
			struct err err;

			if (views[VIEW_GOROUTINES]->build(u, &err))
				ui_refuse(u, &err);
		}
		ui_find(u, (struct item){ ITEM_CLUSTER, (uint32_t)i });
		return true;
	}
	return false;
}

/* Where goroutines speak for a cause: the cluster of the first that do. */
static bool to_cluster_of(struct ui *u, const struct model_cause *c)
{
	for (size_t i = 0; c && i < c->evidence.n; i++)
		if (str_is(c->evidence.v[i].role, "for") && to_cluster(u, c->evidence.v[i].cluster))
			return true;
	return false;
}

/* The path of a function that costs most, of those that cost anything; 0: none. */
static uint32_t costliest(const struct costs *c, uint32_t symbol)
{
	uint32_t best = 0;

	for (uint32_t p = 1; symbol && p <= c->n_paths; p++)
		if (c->symbol[p] == symbol && look_has(c, p) && (!best || c->cum[CUR][p] > c->cum[CUR][best]))
			best = p;
	return best;
}

/* The metric that a piece of evidence is about, when the tree has it. */
static void to_metric(struct ui *u, struct str metric)
{
	for (size_t i = 0; metric.n && i < u->costs->n_metrics; i++) {
		if (!str_is(metric, u->costs->metric[i].id) || i == u->costs->at)
			continue;
		costs_want(u->costs, i, u->focus, u->ignore, (struct costs_window){ u->window_on, u->window_lo, u->window_hi });
		return;
	}
}

static void stack(struct ui *u, struct item it)
{
	const struct model_cause *c = act_cause(u, it);
	struct model_place at = { .line = STORE_NULL };
	struct str metric = STR_NONE;
	uint32_t best = 0;

	if (it.kind == ITEM_EVIDENCE) {
		const struct model_evidence *e = &u->m->evidence.v[it.index];

		metric = e->metric;
		if (to_cluster(u, e->cluster))
			return;
	}
	if (it.kind == ITEM_CLUSTER && to_cluster(u, u->m->clusters.v[it.index].name))
		return;
	for (size_t i = 0; c && !metric.n && i < c->evidence.n; i++)
		if (str_is(c->evidence.v[i].role, "for") && c->evidence.v[i].place.function.n)
			metric = c->evidence.v[i].metric;
	if (!item_place(u, it, &at) && !(c && c->guilty.n)) {
		ui_say(u, "this names no function");
		return;
	}
	to_metric(u, metric);
	while (!u->costs->ready && u->costs->n_paths < 100000 && costs_step(u->costs, 20))
		;
	if (u->costs->ready)
		best = costliest(u->costs, act_symbol(u, at.function.p ? at.function : c->guilty.v[0].place.function));
	if (!best && u->costs->ready && to_cluster_of(u, c))	/* who only waits costs nothing */
		return;
	if (!best) {
		ui_say(u, u->costs->ready ? "its stacks are not in this tree" : "the tree is still being read");
		return;
	}
	ui_go(u, VIEW_TREE);
	tree_show(u, best);
}

static void when(struct ui *u, struct item it)
{
	const struct model_cause *c = act_cause(u, it);
	int64_t t = STORE_NULL;

	if (it.kind == ITEM_EVIDENCE)
		t = u->m->evidence.v[it.index].onset;
	else if (it.kind == ITEM_SIGNAL)
		t = u->m->signals.v[it.index].onset;
	for (size_t i = 0; c && t == STORE_NULL && i < c->evidence.n; i++)
		if (str_is(c->evidence.v[i].role, "for"))
			t = c->evidence.v[i].onset;
	act_time(u, time_of(u, t));
}

/* Where a function begins, for one that the answer does not name. file keeps its path. */
static void find_source(struct ui *u, struct model_place *at, struct buf *file)
{
	struct err err;
	struct stmt *q;

	if (store_query(u->st, &q, &err, "SELECT file, start_line FROM functions WHERE canonical = ?1 OR name = ?1 LIMIT 1", "t", at->function))
		return;
	if (store_next(q, &err)) {
		ui_clean(file, stmt_text(q, 0));
		at->line = stmt_int(q, 1);
	}
	if (!store_end(q, &err))
		at->file = buf_view(file);
}

static void edit(struct ui *u, struct item it)
{
	const struct triage_acts *a = &u->o->acts;
	struct model_place at = { .line = STORE_NULL };
	struct buf said = { .limit = 1 << 16 }, file = { .limit = 1 << 16 };
	struct err err;
	int rc;

	if (item_place(u, it, &at) && !at.file.n)
		find_source(u, &at, &file);
	if (!at.file.n) {
		ui_say(u, "this names no line of source");
	} else if (!a->edit) {
		ui_say(u, "no source tree was given: start with --source DIR");
		u->bad = true;
	} else {
		screen_leave();
		rc = a->edit(a->arg, at.file, at.line == STORE_NULL || at.line < 1 ? 1 : at.line, &said, &err);
		screen_return();
		screen_size(&u->rows, &u->columns);
		ui_dirty(u);
		if (rc)
			ui_refuse(u, &err);
		else
			ui_say(u, "edited %s", said.data ? said.data : "it");
	}
	buf_free(&said);
	buf_free(&file);
}

static void enter(struct ui *u, struct item it)
{
	struct model_place at = { .line = STORE_NULL };

	if (it.kind == ITEM_EVIDENCE) {
		for (size_t i = 0; i < u->m->signals.n; i++) {
			if (!str_eq(u->m->signals.v[i].name, u->m->evidence.v[it.index].signal))
				continue;
			ui_toggle(u, (struct item){ ITEM_SIGNAL, (uint32_t)i }, 1);
			ui_go(u, VIEW_SIGNALS);
			ui_find(u, (struct item){ ITEM_SIGNAL, (uint32_t)i });
			u->place[VIEW_SIGNALS].top = u->place[VIEW_SIGNALS].cur;
			return;
		}
	}
	if (u->open[it.kind] && (ui_toggle(u, it, 0)))
		return;
	if (it.kind == ITEM_VERDICT) {
		stack(u, it);
		return;
	}
	if (item_place(u, it, &at) && at.function.n)
		act_function(u, at.function);
}

/* ---- all of it */

static void clear(struct ui *u)
{
	if (u->filter) {
		search_free(u->filter);
		u->filter = NULL;
		ui_dirty(u);
	}
	u->seek.on = false;
}

static void unfocus(struct ui *u)
{
	struct search *focus = u->focus, *ignore = u->ignore;

	clear(u);
	u->focus = u->ignore = NULL;
	u->focus_text[0] = u->ignore_text[0] = '\0';
	u->window_on = false;
	ui_costs(u);
	search_free(focus);
	search_free(ignore);
	ui_say(u, "no focus, no ignore, no time window, no filter");
}

static void metric(struct ui *u, int by)
{
	size_t n = u->costs->n_metrics;

	if (!n) {
		ui_say(u, "there is no profile");
		return;
	}
	costs_want(u->costs, (u->costs->at + n + (size_t)(by < 0 ? n - 1 : 1)) % n, u->focus, u->ignore,
		   (struct costs_window){ u->window_on, u->window_lo, u->window_hi });
	ui_dirty(u);
}

static void ask_pattern(struct ui *u, struct item it, bool focus)
{
	struct buf b = { .limit = sizeof(u->focus_text) - 1 };
	struct model_place at = { .line = STORE_NULL };
	const char *now = focus ? u->focus_text : u->ignore_text;

	if (!*now && item_place(u, it, &at) && at.function.n) {
		buf_byte(&b, '^');
		search_quote(&b, at.function);
		buf_byte(&b, '$');
	}
	prompt_open(u, focus ? PROMPT_FOCUS : PROMPT_IGNORE, focus ? "focus on functions matching: " : "ignore functions matching: ",
		    *now ? str_from(now) : b.failed ? STR_NONE : buf_view(&b));
	buf_free(&b);
}

static void window(struct ui *u)
{
	double around = u->span > 0 ? u->span / 10 : 1;

	if (!u->window_on && !(u->window_lo < u->window_hi)) {
		if (isnan(u->cursor)) {
			ui_say(u, "go to the time view (8) and place the cursor first");
			return;
		}
		u->window_lo = u->cursor - around;
		u->window_hi = u->cursor + around;
	}
	u->window_on = !u->window_on;
	ui_costs(u);
	if (u->window_on)
		ui_say(u, "all views show %.1f s to %.1f s of the load", u->window_lo, u->window_hi);
	else
		ui_say(u, "all views show all of the time");
}

static bool act_on(struct ui *u, enum act a, struct item it)
{
	switch (a) {
	case ACT_ENTER: enter(u, it); return true;
	case ACT_OPEN: ui_toggle(u, it, 1); return true;
	case ACT_CLOSE:
		if (!ui_toggle(u, it, -1) && act_cause(u, it) && it.kind != ITEM_VERDICT)
			ui_find(u, (struct item){ ITEM_CAUSE, (uint32_t)(act_cause(u, it) - u->m->causes.v) });
		return true;
	case ACT_STACK: stack(u, it); return true;
	case ACT_TIME: when(u, it); return true;
	case ACT_SOURCE: edit(u, it); return true;
	case ACT_YES: keep_verdict(u, it, TRIAGE_YES); return true;
	case ACT_NO: keep_verdict(u, it, TRIAGE_NO); return true;
	case ACT_UNDECIDE: keep_verdict(u, it, TRIAGE_OPEN); return true;
	case ACT_MARK: keep_mark(u, it); return true;
	case ACT_NOTE: keep_note(u, it); return true;
	case ACT_FOCUS: ask_pattern(u, it, true); return true;
	case ACT_IGNORE: ask_pattern(u, it, false); return true;
	default: return false;
	}
}

static void act_session(struct ui *u, enum act a)
{
	switch (a) {
	case ACT_SEARCH: prompt_open(u, PROMPT_SEARCH, "/", STR_NONE); break;
	case ACT_NEXT: find_next(u, false); break;
	case ACT_PREV: find_next(u, true); break;
	case ACT_FILTER: prompt_open(u, PROMPT_FILTER, "only lines matching: ", str_from(u->filter ? u->filter_text : "")); break;
	case ACT_CLEAR: clear(u); break;
	case ACT_UNFOCUS: unfocus(u); break;
	case ACT_METRIC: metric(u, 1); break;
	case ACT_METRIC_BACK: metric(u, -1); break;
	case ACT_WINDOW: window(u); break;
	case ACT_EXPORT: prompt_open(u, PROMPT_EXPORT, "export to (empty: beside the database): ", STR_NONE); break;
	case ACT_WITH: prompt_open(u, PROMPT_WITH, "compare with run: ", STR_NONE); break;
	case ACT_REDRAW: screen_redraw(); break;
	case ACT_QUIT:
		u->quit = u->asked || u->n_marks == u->n_exported;
		if (!u->quit)
			ui_say(u, "%zu marked lines were not exported (E): q again leaves without", u->n_marks);
		u->asked = true;
		break;
	default: break;
	}
}

static void act_move(struct ui *u, enum act a)
{
	struct place *p = &u->place[u->view];

	switch (a) {
	case ACT_UP: act_move_by(u, -1); break;
	case ACT_DOWN: act_move_by(u, 1); break;
	case ACT_PAGE_UP: page(u, false); break;
	case ACT_PAGE_DOWN: page(u, true); break;
	case ACT_TOP: p->cur = p->top = 0; break;
	case ACT_BOTTOM: p->cur = ui_count(u); break;
	case ACT_SCROLL_LEFT: p->left = p->left > 8 ? p->left - 8 : 0; break;
	case ACT_SCROLL_RIGHT: p->left += p->left < 4000 ? 8 : 0; break;
	case ACT_NEXT_VIEW: ui_go(u, (u->view + 1) % VIEWS); break;
	case ACT_PREV_VIEW: ui_go(u, (u->view + VIEWS - 1) % VIEWS); break;
	case ACT_BACK: back(u); break;
	case ACT_HELP: ui_go(u, VIEW_HELP); break;
	default: act_session(u, a); break;
	}
}

void act_do(struct ui *u, enum act a)
{
	struct item it = ui_item(u);

	if (a == ACT_NONE) {
		ui_say(u, "that key does nothing here; ? lists the keys");
		return;
	}
	if (views[u->view]->act && views[u->view]->act(u, a, it))
		return;
	if (!act_on(u, a, it))
		act_move(u, a);
}

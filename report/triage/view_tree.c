// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_tree.c - the call tree of both sides, opened where one looks
 *
 * Only opened nodes have lines: children are gathered and sorted when their parent is opened, so a tree of a million call sites costs
 * what is seen of it. Lines are an array of path numbers; what is open is a bit a path and survives a new metric, focus or window.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "core/text.h"
#include "report/say.h"
#include "report/triage/tree.h"
#include "report/words.h"

#define MOST_LINES 4000000u
#define HOT	   .5	/* of the parent's change: as the report's deepest carrier */

struct tree_state {
	uint32_t *v;		/* paths that have a line */
	size_t n, cap;
	uint8_t *open;		/* a bit a path */
	uint32_t *kids;		/* scratch */
	size_t cap_kids;
	char *sign;		/* by symbol: + - ~ = of the metric, ' ' not tested */
	size_t metric;
	unsigned generation;
	bool signs;
	struct tree_look look;
	struct there there;
};

const struct tree_look *tree_look(const struct ui *u)
{
	static const struct tree_look first = { false, DIFF_DELTA, COSTS_PER };

	return u->tree ? &u->tree->look : &first;
}

double look_key(const struct ui *u, uint32_t path)
{
	const struct costs *c = u->costs;
	const struct tree_look *l = tree_look(u);
	double base = costs_value(c, l->unit, BASE, (l->flat ? c->flat : c->cum)[BASE][path]);
	double cur = costs_value(c, l->unit, CUR, (l->flat ? c->flat : c->cum)[CUR][path]);

	return l->diff == DIFF_DELTA ? cur - base : l->diff == DIFF_CUR ? cur : base;
}

static struct tree_state *state(struct ui *u)
{
	if (!u->tree) {
		u->tree = calloc(1, sizeof(*u->tree));
		if (u->tree) {
			u->tree->open = calloc(u->costs->n_paths / 8 + 1, 1);
			u->tree->sign = calloc((size_t)u->costs->n_symbols + 1, 1);
			u->tree->look.diff = str_is(u->m->design, "snapshot") ? DIFF_CUR : DIFF_DELTA;
			if (u->tree->open)
				u->tree->open[0] = 1;
		}
	}
	return u->tree && u->tree->open && u->tree->sign ? u->tree : NULL;
}

void tree_end(struct ui *u)
{
	if (!u->tree)
		return;
	free(u->tree->v);
	free(u->tree->open);
	free(u->tree->kids);
	free(u->tree->sign);
	there_free(&u->tree->there);
	free(u->tree);
	u->tree = NULL;
}

static bool is_open(const struct tree_state *t, uint32_t path)
{
	return t->open[path / 8] >> (path % 8) & 1;
}

static void set_open(struct tree_state *t, uint32_t path, bool on)
{
	if (on)
		t->open[path / 8] = (uint8_t)(t->open[path / 8] | 1u << (path % 8));
	else
		t->open[path / 8] = (uint8_t)(t->open[path / 8] & ~(1u << (path % 8)));
}

bool look_has(const struct costs *c, uint32_t path)
{
	return fabs(c->cum[BASE][path]) > 0 || fabs(c->cum[CUR][path]) > 0;
}

static bool has_kids(const struct costs *c, uint32_t path)
{
	for (uint32_t k = c->child[path]; k; k = c->next[k])
		if (look_has(c, k))
			return true;
	return false;
}

struct sort { const struct ui *u; };

static int by_key(const void *a, const void *b, void *arg)
{
	const struct sort *s = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	double kx = fabs(look_key(s->u, x)), ky = fabs(look_key(s->u, y));

	if (kx > ky || kx < ky)
		return kx > ky ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* The children of path that have any cost, greatest first, in t->kids. */
static size_t gather(struct ui *u, struct tree_state *t, uint32_t path)
{
	const struct costs *c = u->costs;
	struct sort s = { u };
	size_t n = 0;

	for (uint32_t k = c->child[path]; k; k = c->next[k]) {
		if (!look_has(c, k))
			continue;
		if (n == t->cap_kids) {
			size_t more = n ? 2 * n : 256;
			uint32_t *v = realloc(t->kids, more * sizeof(*v));

			if (!v)
				return n;
			t->kids = v;
			t->cap_kids = more;
		}
		t->kids[n++] = k;
	}
	if (n)
		qsort_r(t->kids, n, sizeof(*t->kids), by_key, &s);
	return n;
}

static bool room(struct tree_state *t, size_t n)
{
	uint32_t *v;

	if (t->n + n <= t->cap)
		return true;
	if (t->n + n > MOST_LINES)
		return false;
	t->cap = (t->n + n) * 2;
	v = realloc(t->v, t->cap * sizeof(*v));
	if (!v) {
		t->cap = t->n;
		return false;
	}
	t->v = v;
	return true;
}

/* Lines of the children of the line at i come behind it: how many. */
static size_t insert_one(struct ui *u, struct tree_state *t, size_t i)
{
	size_t n = gather(u, t, t->v[i]);

	if (!room(t, n))
		return 0;
	memmove(t->v + i + 1 + n, t->v + i + 1, (t->n - i - 1) * sizeof(*t->v));
	if (n)
		memcpy(t->v + i + 1, t->kids, n * sizeof(*t->v));
	t->n += n;
	return n;
}

/* Of those that are open the children too. A loop, since calls may be nested as deep as a profile says. */
static void insert(struct ui *u, struct tree_state *t, size_t i)
{
	size_t end = i + 1 + insert_one(u, t, i);

	for (size_t k = i + 1; k < end; k++)
		if (is_open(t, t->v[k]))
			end += insert_one(u, t, k);
}

static unsigned depth(const struct costs *c, uint32_t path)
{
	unsigned d = 0;

	for (; path && d < 100000; path = c->parent[path])
		d++;
	return d;
}

static bool below(const struct costs *c, uint32_t path, uint32_t top)
{
	while (path > top)
		path = c->parent[path];
	return path == top;
}

static void read_signs(struct ui *u, struct tree_state *t)
{
	const struct costs *c = u->costs;

	memset(t->sign, ' ', (size_t)c->n_symbols + 1);
	for (size_t i = 0; c->n_metrics && i < u->m->functions.n; i++) {
		const struct model_function *f = &u->m->functions.v[i];
		const struct model_change *ch = t->look.flat ? f->flat : f->cum;
		uint32_t symbol;

		if (!ch || !str_is(f->metric, c->metric[c->at].id))
			continue;
		symbol = costs_symbol(c, f->name);
		if (symbol)
			t->sign[symbol] = !model_found(ch) ? str_is(ch->status, "same") ? '=' : '~' : ch->delta < 0 ? '-' : '+';
	}
}

static int build(struct ui *u, struct err *err)
{
	struct tree_state *t = state(u);
	struct place *p = &u->place[VIEW_TREE];
	uint32_t at;

	if (!t)
		return err_nomem(err);
	at = p->cur < t->n ? t->v[p->cur] : 0;
	t->n = 0;
	if (!u->costs->ready)
		return 0;
	read_signs(u, t);
	if (there_load(&t->there, u, err))
		return (int)err->code;
	if (!room(t, 1))
		return err_nomem(err);
	t->v[t->n++] = 0;
	if (is_open(t, 0))
		insert(u, t, 0);
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i] == at)
			p->cur = i;
	return 0;
}

static size_t lines(const struct ui *u)
{
	return u->tree ? u->tree->n : 0;
}

static void cell(struct buf *out, const struct ui *u, double v, const char *unit, size_t wide)
{
	struct buf b = { .limit = 200 };
	const struct tree_look *l = tree_look(u);
	size_t n;

	if (l->unit == COSTS_SHARE)
		fmt_percent(&b, v);
	else
		words_value(&b, v, str_from(unit));
	n = text_width(buf_view(&b));
	buf_repeat(out, " ", n < wide ? wide - n : 0);
	buf_str(out, buf_view(&b));
	buf_free(&b);
}

static void change(struct buf *out, const struct ui *u, double base, double cur, const char *unit)
{
	struct buf b = { .limit = 200 };
	double delta = cur - base;
	size_t n;

	if (fabs(delta) > 0) {
		buf_byte(&b, delta < 0 ? '-' : '+');
		cell(&b, u, fabs(delta), unit, 0);
	}
	n = text_width(buf_view(&b));
	buf_repeat(out, " ", n < 10 ? 10 - n : 0);
	buf_str(out, buf_view(&b));
	buf_free(&b);
}

static void numbers(const struct ui *u, uint32_t path, struct buf *out)
{
	const struct costs *c = u->costs;
	const struct tree_look *l = tree_look(u);
	const char *unit = c->metric[c->at].unit;
	double *const *what = l->flat ? c->flat : c->cum;
	double base = costs_value(c, l->unit, BASE, what[BASE][path]), cur = costs_value(c, l->unit, CUR, what[CUR][path]);
	char sign = u->tree->sign[c->symbol[path]];

	if (u->columns >= 60 && c->slices[BASE])
		cell(out, u, base, unit, 9);
	if (u->columns >= 40)
		cell(out, u, cur, unit, 10);
	if (c->slices[BASE]) {
		bool sure = sign == '+' || sign == '-';

		buf_puts(out, sure && sign == '+' ? "\x1b[31m" : sure ? "\x1b[32m" : "");
		change(out, u, base, cur, unit);
		buf_printf(out, "%c\x1b[0m", path ? sign : ' ');
	}
	if (there_shown(&u->tree->there, u))
		cell(out, u, there_value(&u->tree->there, u, path), unit, 10);
	if (u->columns >= 140) {	/* the other of flat and cum */
		double *const *other = l->flat ? c->cum : c->flat;

		cell(out, u, costs_value(c, l->unit, CUR, other[CUR][path]), unit, 10);
		buf_puts(out, l->flat ? " cum " : " flat");
	}
	buf_byte(out, ' ');
}

static struct item line(struct ui *u, size_t i, struct buf *out)
{
	const struct costs *c = u->costs;
	const struct tree_state *t = u->tree;
	uint32_t path;
	unsigned d;
	bool open, match;
	size_t wide;

	if (!t || i >= t->n || !c->ready)
		return (struct item){ ITEM_NONE, 0 };
	path = t->v[i];
	d = depth(c, path);
	open = is_open(t, path);
	match = u->focus && c->matched[path] && !c->matched[c->parent[path]];
	numbers(u, path, out);
	buf_repeat(out, " ", d < 24 ? d : 24);
	if (d > 24)
		buf_printf(out, "%u:", d);
	buf_puts(out, !has_kids(c, path) ? " " : open ? (u->utf8 ? "\u25be" : "-") : (u->utf8 ? "\u25b8" : "+"));
	buf_puts(out, match || c->kind[c->symbol[path]] == 'u' ? "\x1b[1m" : "");
	wide = text_width(buf_view(out));
	if (u->place[VIEW_TREE].left || wide + 8 > u->columns)
		buf_str(out, c->name[c->symbol[path]]);
	else
		text_cut(out, c->name[c->symbol[path]], u->columns - wide, !u->utf8);
	buf_puts(out, "\x1b[0m");
	if (u->n_marks || u->n_notes) {
		struct buf b = { .limit = 1 << 16 };

		item_anchor(u, (struct item){ ITEM_PATH, path }, &b);
		if (keep_marked(u, buf_view(&b)))
			buf_puts(out, " *");
		if (keep_note_of(u, buf_view(&b)).n) {
			buf_puts(out, "  note: ");
			buf_str(out, keep_note_of(u, buf_view(&b)));
		}
		buf_free(&b);
	}
	return (struct item){ ITEM_PATH, path };
}

static void words(struct ui *u, size_t i, struct buf *out)
{
	if (u->tree && i < u->tree->n)
		buf_str(out, u->costs->name[u->costs->symbol[u->tree->v[i]]]);
}

/* ---- keys */

static void open_at(struct ui *u, struct tree_state *t, size_t i)
{
	if (is_open(t, t->v[i]) || !has_kids(u->costs, t->v[i]))
		return;
	set_open(t, t->v[i], true);
	insert(u, t, i);
	if (u->filter)
		find_filter(u);
}

static void close_at(struct ui *u, struct tree_state *t, size_t i)
{
	const struct costs *c = u->costs;
	size_t end = i + 1;

	while (end < t->n && below(c, t->v[end], t->v[i]))
		end++;
	memmove(t->v + i + 1, t->v + end, (t->n - end) * sizeof(*t->v));
	t->n -= end - i - 1;
	set_open(t, t->v[i], false);
	if (u->filter)
		find_filter(u);
}

static void to_parent(struct ui *u, struct tree_state *t, size_t i)
{
	uint32_t parent = u->costs->parent[t->v[i]];

	while (i > 0 && t->v[i] != parent)
		i--;
	u->place[VIEW_TREE].cur = i;
}

/* To the child that holds at least half, and on: where the change (or the cost) sits. */
static void hot(struct ui *u, struct tree_state *t, size_t i)
{
	for (;;) {
		double all = fabs(look_key(u, t->v[i]));

		open_at(u, t, i);
		if (i + 1 >= t->n || u->costs->parent[t->v[i + 1]] != t->v[i] || t->v[i + 1] == t->v[i] ||
		    fabs(look_key(u, t->v[i + 1])) < HOT * all || !(all > 0))
			break;
		i++;
	}
	u->place[VIEW_TREE].cur = i;
}

void tree_show(struct ui *u, uint32_t path)
{
	struct tree_state *t = state(u);
	struct place *p = &u->place[VIEW_TREE];
	struct err err;

	if (!t || path > u->costs->n_paths)
		return;
	for (uint32_t i = path; i; i = u->costs->parent[i])
		set_open(t, u->costs->parent[i], true);
	if (build(u, &err))
		return;
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i] == path)
			p->cur = i;
	p->top = p->cur > u->body / 2 ? p->cur - u->body / 2 : 0;
}

void look_change(struct ui *u, enum act a)
{
	struct tree_state *t = state(u);

	if (!t)
		return;
	if (a == ACT_STAT)
		t->look.flat = !t->look.flat;
	else if (a == ACT_DIFF)
		t->look.diff = (t->look.diff + 1) % DIFFS;
	else
		t->look.unit = (enum costs_unit)((t->look.unit + 1) % COSTS_UNITS);
	ui_dirty(u);
}

static bool act_line(struct ui *u, struct tree_state *t, enum act a, size_t i)
{
	switch (a) {
	case ACT_OPEN:
		open_at(u, t, i);
		return true;
	case ACT_CLOSE:
		if (is_open(t, t->v[i]) && has_kids(u->costs, t->v[i]))
			close_at(u, t, i);
		else if (t->v[i])
			to_parent(u, t, i);
		return true;
	case ACT_HOT: hot(u, t, i); return true;
	default: return false;
	}
}

static bool act(struct ui *u, enum act a, struct item at)
{
	struct tree_state *t = state(u);
	size_t i = ui_real(u, u->place[VIEW_TREE].cur);

	(void)at;
	if (a == ACT_STAT || a == ACT_DIFF || a == ACT_UNIT) {
		look_change(u, a);
		return true;
	}
	if (!t || i >= t->n || !u->costs->ready)
		return false;
	if (a == ACT_FOLD) {
		memset(t->open, 0, u->costs->n_paths / 8 + 1);
		set_open(t, 0, true);
		u->place[VIEW_TREE].cur = 0;
		ui_dirty(u);
		return true;
	}
	return act_line(u, t, a, i);
}

void look_title(const struct ui *u, struct buf *out)
{
	static const char *const diff[] = { "difference", "current", "baseline" };
	const struct costs *c = u->costs;
	const struct tree_look *l = tree_look(u);

	if (!c->n_metrics) {
		buf_puts(out, "no profile was used");
		return;
	}
	if (l->unit == COSTS_PER)
		words_metric(out, str_from(c->metric[c->at].id));
	else
		buf_printf(out, "%s %s", c->metric[c->at].counts ? "objects" : c->metric[c->at].metric,
			   l->unit == COSTS_TOTAL ? "in all" : "as share of all");
	buf_printf(out, ", %s, by %s", l->flat ? "flat" : "cum", diff[l->diff]);
	if (u->window_on && c->ready)
		buf_printf(out, ", %zu+%zu profiles", c->slices[BASE], c->slices[CUR]);
}

static void head(const struct ui *u, struct buf *out)
{
	if (!u->costs->ready)
		return;
	if (u->columns >= 60 && u->costs->slices[BASE])
		buf_puts(out, " baseline");
	buf_puts(out, "   current");
	if (u->costs->slices[BASE])
		buf_puts(out, "    change ");
	if (u->tree && there_shown(&u->tree->there, u))
		buf_puts(out, "     there");
	if (u->columns >= 140)
		buf_puts(out, tree_look(u)->flat ? "       cum    " : "       flat   ");
	buf_puts(out, " function; + - certain, ~ cannot be told from chance");
}

const struct view view_tree = { .name = "tree", .tab = "tree", .about = "the call tree of both sides: baseline, current, change", .build = build, .count = lines,
	.line = line, .words = words, .act = act, .title = look_title, .head = head, .uses_costs = true };

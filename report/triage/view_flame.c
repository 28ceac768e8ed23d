// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_flame.c - a flame graph in rows, root at the top: width is cost, + grew, - shrank
 *
 * By the difference, a frame is as wide as the greater of its sides, so that what went away is seen too; by one side, as wide as that.
 * Frames narrower than a column are left out: a row holds at most as many frames as columns, whatever the tree.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "core/text.h"
#include "report/say.h"
#include "report/triage/tree.h"
#include "report/words.h"

#define MOST_DEPTH 512
#define NAMED	   6	/* columns, so that a name says something */

struct frame { uint32_t path; unsigned x, wide; };
struct row { size_t from, n; };

struct flame_state {
	uint32_t zoom, at;	/* paths */
	struct frame *v;
	size_t n, cap;
	struct row row[MOST_DEPTH];
	size_t rows;
};

void flame_view_end(struct ui *u)
{
	if (!u->flame)
		return;
	free(u->flame->v);
	free(u->flame);
	u->flame = NULL;
}

static double width_of(const struct ui *u, uint32_t path)
{
	const struct costs *c = u->costs;
	const struct tree_look *l = tree_look(u);
	double base = fmax(0, costs_value(c, l->unit, BASE, c->cum[BASE][path])), cur = fmax(0, costs_value(c, l->unit, CUR, c->cum[CUR][path]));

	return l->diff == DIFF_DELTA ? fmax(base, cur) : l->diff == DIFF_CUR ? cur : base;
}

static bool add(struct flame_state *f, uint32_t path, unsigned x, unsigned wide)
{
	if (f->n == f->cap) {
		size_t more = f->cap ? 2 * f->cap : 1024;
		struct frame *v = realloc(f->v, more * sizeof(*v));

		if (!v)
			return false;
		f->v = v;
		f->cap = more;
	}
	f->v[f->n++] = (struct frame){ path, x, wide };
	return true;
}

struct kid { uint32_t path; double wide; };

static int by_width(const void *a, const void *b)
{
	const struct kid *x = a, *y = b;

	return x->wide > y->wide ? -1 : x->wide < y->wide ? 1 : x->path < y->path ? -1 : 1;
}

/* The children of one frame, widest first, from its left edge on. */
static void lay_kids(struct ui *u, struct flame_state *f, const struct frame *up)
{
	const struct costs *c = u->costs;
	double all = width_of(u, up->path), sum = 0;
	struct kid kid[512];
	size_t n = 0;
	double x = up->x;

	/* More than one column is the question: of a node with many children only few pass. */
	for (uint32_t k = c->child[up->path]; k && all > 0; k = c->next[k]) {
		double w = width_of(u, k);

		sum += w;
		if (w / all * up->wide >= .5 && n < sizeof(kid) / sizeof(kid[0]))
			kid[n++] = (struct kid){ k, w };
	}
	all = fmax(all, sum);	/* the greater sides of children may be more than that of their parent */
	/* cppcheck-suppress uninitvar ; the first n are set above */
	qsort(kid, n, sizeof(kid[0]), by_width);
	for (size_t i = 0; i < n; i++) {
		double w = kid[i].wide / all * up->wide;
		unsigned from = (unsigned)lround(x), to = (unsigned)lround(x + w);

		if (to > from && to <= up->x + up->wide)
			add(f, kid[i].path, from, to - from);
		x += w;
	}
}

static int build(struct ui *u, struct err *err)
{
	struct flame_state *f = u->flame;
	struct place *p = &u->place[VIEW_FLAME];

	if (!f)
		f = u->flame = calloc(1, sizeof(*f));
	if (!f)
		return err_nomem(err);
	f->n = f->rows = 0;
	if (!u->costs->ready || !(width_of(u, f->zoom) > 0)) {
		f->zoom = u->costs->ready ? 0 : f->zoom;
		if (!u->costs->ready || !(width_of(u, 0) > 0))
			return 0;
	}
	if (!add(f, f->zoom, 0, u->columns))
		return err_nomem(err);
	f->row[f->rows++] = (struct row){ 0, 1 };
	while (f->rows < MOST_DEPTH) {
		struct row up = f->row[f->rows - 1], here = { f->n, 0 };

		for (size_t i = 0; i < up.n; i++) {
			struct frame one = f->v[up.from + i];

			lay_kids(u, f, &one);
		}
		here.n = f->n - here.from;
		if (!here.n)
			break;
		f->row[f->rows++] = here;
	}
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].path == f->at) {
			for (size_t r = 0; r < f->rows; r++)
				if (i >= f->row[r].from && i < f->row[r].from + f->row[r].n)
					p->cur = r;
			return 0;
		}
	f->at = f->zoom;
	p->cur = 0;
	return 0;
}

static size_t rows(const struct ui *u)
{
	return u->flame ? u->flame->rows : 0;
}

static void draw_frame(struct ui *u, const struct frame *f, struct buf *out)
{
	const struct costs *c = u->costs;
	const struct tree_look *l = tree_look(u);
	double base = costs_value(c, l->unit, BASE, c->cum[BASE][f->path]), cur = costs_value(c, l->unit, CUR, c->cum[CUR][f->path]);
	bool grew = cur > base * 1.05, shrank = cur < base * .95, sides = c->slices[BASE] > 0;
	struct buf name = { .limit = 1 << 16 };

	buf_puts(out, f->path == u->flame->at ? "\x1b[7m" : "");
	buf_puts(out, !sides ? "" : grew ? "\x1b[31m" : shrank ? "\x1b[34m" : "");
	buf_puts(out, u->utf8 ? "\u258f" : "|");
	if (f->wide > 1) {
		buf_puts(&name, !sides ? "" : grew ? "+" : shrank ? "-" : "");
		if (f->wide >= NAMED)
			buf_str(&name, c->name[c->symbol[f->path]]);
		text_pad(out, buf_view(&name), f->wide - 1, !u->utf8);
	}
	buf_puts(out, "\x1b[0m");
	buf_free(&name);
}

/* The cursor was put on another row (by a search, the mouse): the frame that was searched for, else the widest. */
static void follow(struct ui *u, struct flame_state *f, size_t r)
{
	const struct row *row = &f->row[r];

	for (size_t i = row->from; i < row->from + row->n; i++)
		if (f->v[i].path == f->at)
			return;
	f->at = f->v[row->from].path;
	for (size_t i = row->from; u->search && i < row->from + row->n; i++)
		if (search_is(u->search, u->costs->name[u->costs->symbol[f->v[i].path]])) {
			f->at = f->v[i].path;
			return;
		}
}

static struct item line(struct ui *u, size_t i, struct buf *out)
{
	struct flame_state *f = u->flame;
	unsigned x = 0;

	if (!f || i >= f->rows || !u->costs->ready)
		return (struct item){ ITEM_NONE, 0 };
	if (i == u->place[VIEW_FLAME].cur)
		follow(u, f, i);
	for (size_t k = f->row[i].from; k < f->row[i].from + f->row[i].n; k++) {
		buf_repeat(out, " ", f->v[k].x - x);
		draw_frame(u, &f->v[k], out);
		x = f->v[k].x + f->v[k].wide;
	}
	return (struct item){ ITEM_PATH, f->at };
}

/* Search looks at the frames of a row by name. */
static void words(struct ui *u, size_t i, struct buf *out)
{
	const struct flame_state *f = u->flame;

	for (size_t k = f->row[i].from; k < f->row[i].from + f->row[i].n; k++) {
		buf_str(out, u->costs->name[u->costs->symbol[f->v[k].path]]);
		buf_byte(out, ' ');
	}
}

static size_t index_of(const struct flame_state *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].path == f->at)
			return i;
	return 0;
}

static void sideways(struct ui *u, struct flame_state *f, int by)
{
	size_t i = index_of(f);
	const struct row *r = &f->row[u->place[VIEW_FLAME].cur];

	if (by < 0 ? i > r->from : i + 1 < r->from + r->n)
		f->at = f->v[by < 0 ? i - 1 : i + 1].path;
}

static void up(struct ui *u, struct flame_state *f)
{
	if (u->place[VIEW_FLAME].cur == 0)
		return;
	f->at = u->costs->parent[f->at];
	u->place[VIEW_FLAME].cur--;
}

static void down(struct ui *u, struct flame_state *f)
{
	size_t r = u->place[VIEW_FLAME].cur + 1;

	for (size_t i = r < f->rows ? f->row[r].from : f->n; r < f->rows && i < f->row[r].from + f->row[r].n; i++)
		if (u->costs->parent[f->v[i].path] == f->at) {
			f->at = f->v[i].path;
			u->place[VIEW_FLAME].cur = r;
			return;
		}
	ui_say(u, "no callee is wide enough to be seen; Enter zooms");
}

static bool act(struct ui *u, enum act a, struct item at)
{
	struct flame_state *f = u->flame;

	(void)at;
	if (a == ACT_STAT || a == ACT_DIFF || a == ACT_UNIT) {
		look_change(u, a);
		return true;
	}
	if (!f || !f->rows)
		return false;
	switch (a) {
	case ACT_UP: up(u, f); return true;
	case ACT_DOWN: down(u, f); return true;
	case ACT_OPEN: sideways(u, f, 1); return true;
	case ACT_CLOSE: sideways(u, f, -1); return true;
	case ACT_TOP: f->at = f->zoom; u->place[VIEW_FLAME].cur = 0; return true;
	case ACT_BOTTOM:
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN: return true;
	case ACT_ENTER: f->zoom = f->at; ui_dirty(u); return true;
	case ACT_STACK: {
		uint32_t path = f->at;

		ui_go(u, VIEW_TREE);
		tree_show(u, path);
		return true;
	}
	case ACT_CLEAR:
		if (!f->zoom)
			return false;
		f->zoom = 0;
		ui_dirty(u);
		return true;
	default: return false;
	}
}

/* What the selected frame costs stands in the title: the frames have room for names only. */
static void title(const struct ui *u, struct buf *out)
{
	const struct costs *c = u->costs;
	const struct tree_look *l = tree_look(u);

	if (u->flame && u->flame->rows && c->ready && c->n_metrics) {
		const char *unit = c->metric[c->at].unit;

		for (int side = BASE; side < SIDES; side++) {
			double v = costs_value(c, l->unit, side, c->cum[side][u->flame->at]);

			if (!c->slices[side])
				continue;
			buf_puts(out, side == CUR && c->slices[BASE] ? " -> " : "");
			if (l->unit == COSTS_SHARE)
				fmt_percent(out, v);
			else
				words_value(out, v, str_from(unit));
		}
		buf_byte(out, ' ');
		buf_str(out, c->name[c->symbol[u->flame->at]]);
		buf_puts(out, "; ");
	}
	look_title(u, out);
}

const struct view view_flame = { .name = "flame", .tab = "flame", .about = "flame graph in rows: width is cost, + grew, - shrank", .build = build, .count = rows,
	.line = line, .words = words, .act = act, .title = title, .uses_costs = true };

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_function.c - one function: what it costs, who calls it, whom it calls, which of its lines
 *
 * A call from R to S counts once a stack, as in pprof's peek: where S calls itself through others, only the outermost of equal calls
 * is added.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "report/say.h"
#include "report/triage/tree.h"
#include "report/words.h"

#define MOST 100	/* callers, callees and lines that are listed, each */

struct edge { uint32_t symbol; double v[SIDES]; };

struct edges { struct edge *v; size_t n, cap; uint32_t *at; /* by symbol, index + 1 */ };

/* The lines that are listed, for the editor. */
struct function_state { uint32_t func[MOST], line[MOST]; size_t n; struct buf file; };

static struct function_state *state(struct ui *u)
{
	if (!u->function)
		u->function = calloc(1, sizeof(*u->function));
	if (u->function)
		u->function->file.limit = 1 << 16;
	return u->function;
}

void function_end(struct ui *u)
{
	if (u->function)
		buf_free(&u->function->file);
	free(u->function);
	u->function = NULL;
}

static void add_edge(struct edges *e, uint32_t symbol, const double v[SIDES])
{
	if (!e->at[symbol]) {
		if (e->n == e->cap) {
			size_t more = e->cap ? 2 * e->cap : 256;
			struct edge *w = realloc(e->v, more * sizeof(*w));

			if (!w)
				return;
			e->v = w;
			e->cap = more;
		}
		e->v[e->n++] = (struct edge){ symbol, { 0, 0 } };
		e->at[symbol] = (uint32_t)e->n;
	}
	for (int i = 0; i < SIDES; i++)
		e->v[e->at[symbol] - 1].v[i] += v[i];
}

/* Is there the same call above p, whose caller is q = parent(p)? */
static bool repeats(const struct costs *c, uint32_t p)
{
	uint32_t callee = c->symbol[p], caller = c->symbol[c->parent[p]];

	for (uint32_t q = c->parent[p]; q && c->parent[q]; q = c->parent[q])
		if (c->symbol[q] == callee && c->symbol[c->parent[q]] == caller)
			return true;
	return false;
}

static bool within(const struct costs *c, uint32_t p, uint32_t symbol)
{
	for (p = c->parent[p]; p; p = c->parent[p])
		if (c->symbol[p] == symbol)
			return true;
	return false;
}

static void collect(const struct costs *c, uint32_t symbol, struct edges *in, struct edges *out, double flat[SIDES], double cum[SIDES])
{
	for (uint32_t p = 1; p <= c->n_paths; p++) {
		const double v[SIDES] = { c->cum[BASE][p], c->cum[CUR][p] };

		if (c->symbol[p] == symbol && look_has(c, p)) {
			for (int i = 0; i < SIDES; i++) {
				flat[i] += c->flat[i][p];
				cum[i] += within(c, p, symbol) ? 0 : v[i];
			}
			if (c->parent[p] && !repeats(c, p))
				add_edge(in, c->symbol[c->parent[p]], v);
		}
		if (c->parent[p] && c->symbol[c->parent[p]] == symbol && look_has(c, p) && !repeats(c, p))
			add_edge(out, c->symbol[p], v);
	}
}

static int by_cost(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	double kx = fmax(x->v[BASE], x->v[CUR]), ky = fmax(y->v[BASE], y->v[CUR]);

	return kx > ky ? -1 : kx < ky ? 1 : x->symbol < y->symbol ? -1 : 1;
}

static void both(const struct ui *u, struct buf *b, const double v[SIDES])
{
	const struct costs *c = u->costs;
	const struct tree_look *l = tree_look(u);

	for (int i = BASE; i < SIDES; i++) {
		double shown = costs_value(c, l->unit, i, v[i]);

		if (!c->slices[i])
			continue;
		buf_puts(b, i == CUR && c->slices[BASE] ? " -> " : "");
		if (l->unit == COSTS_SHARE)
			fmt_percent(b, shown);
		else
			words_value(b, shown, str_from(c->metric[c->at].unit));
	}
	if (c->slices[BASE] && fabs(v[BASE]) > 0 && c->exposure[BASE] > 0 && c->exposure[CUR] > 0) {
		double was = costs_value(c, l->unit, BASE, v[BASE]);

		buf_puts(b, " ");
		fmt_change(b, (costs_value(c, l->unit, CUR, v[CUR]) - was) / was);
	}
}

static void edges(struct ui *u, struct doc *d, struct edges *e, const char *title)
{
	struct buf b = { .limit = 1 << 16 };

	buf_printf(&b, "%s (%zu)", title, e->n);
	page_text(doc_item(d, ITEM_NONE, 0), 0, 0, INK_BOLD, buf_view(&b));
	if (e->n)
		qsort(e->v, e->n, sizeof(*e->v), by_cost);
	for (size_t i = 0; i < e->n && i < MOST; i++) {
		buf_reset(&b);
		both(u, &b, e->v[i].v);
		buf_puts(&b, "  ");
		buf_str(&b, u->costs->name[e->v[i].symbol]);
		page_text(doc_item(d, ITEM_SYMBOL, e->v[i].symbol), 2, 4, INK_PLAIN, buf_view(&b));
	}
	buf_free(&b);
}

/* ---- lines of source: from the exact tree */

struct source_line { uint32_t func, line; double flat[SIDES], cum[SIDES]; };

struct source_lines { struct source_line v[4096]; size_t n; };

static struct source_line *source_line(struct source_lines *s, uint32_t func, uint32_t line)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].func == func && s->v[i].line == line)
			return &s->v[i];
	if (s->n == sizeof(s->v) / sizeof(s->v[0]))
		return NULL;
	s->v[s->n] = (struct source_line){ .func = func, .line = line };
	return &s->v[s->n++];
}

static bool site_is(const struct costs *c, uint32_t i, uint32_t symbol)
{
	return c->site[i].path && c->symbol[c->site[i].path] == symbol;
}

/* A stack counts once for a line however often it passes it. */
static bool line_above(const struct costs *c, uint32_t i)
{
	const struct costs_site *s = &c->site[i];

	for (uint32_t q = s->parent; q; q = c->site[q].parent)
		if (c->site[q].func == s->func && c->site[q].line == s->line)
			return true;
	return false;
}

static struct source_lines *collect_lines(const struct costs *c, uint32_t symbol)
{
	struct source_lines *s = calloc(1, sizeof(*s));
	double *cum = calloc((size_t)c->n_sites + 1, sizeof(*cum));

	for (int side = 0; s && cum && side < SIDES; side++) {
		memcpy(cum, c->site_flat[side], ((size_t)c->n_sites + 1) * sizeof(*cum));
		for (uint32_t i = c->n_sites; i > 0; i--) {
			struct source_line *l;

			cum[c->site[i].parent] += cum[i];
			if (!site_is(c, i, symbol) || !(fabs(cum[i]) > 0))
				continue;
			l = source_line(s, c->site[i].func, c->site[i].line);
			if (!l)
				continue;
			l->flat[side] += c->site_flat[side][i];
			l->cum[side] += line_above(c, i) ? 0 : cum[i];
		}
	}
	free(cum);
	return s;
}

static int by_line(const void *a, const void *b)
{
	const struct source_line *x = a, *y = b;
	double kx = fmax(x->cum[BASE], x->cum[CUR]), ky = fmax(y->cum[BASE], y->cum[CUR]);

	return kx > ky ? -1 : kx < ky ? 1 : x->line < y->line ? -1 : x->line > y->line;
}

static void file_of(const struct ui *u, uint32_t func, struct buf *out)
{
	struct err err;
	struct stmt *q;

	if (store_query(u->st, &q, &err, "SELECT file FROM functions WHERE func = ?", "i", (int64_t)func))
		return;
	if (store_next(q, &err))
		ui_clean(out, stmt_text(q, 0));
	if (store_end(q, &err))
		buf_reset(out);
}

static void lines(struct ui *u, struct doc *d, uint32_t symbol)
{
	struct function_state *listed = state(u);
	struct source_lines *s = listed ? collect_lines(u->costs, symbol) : NULL;
	struct buf b = { .limit = 1 << 16 }, file = { .limit = 1 << 16 };

	if (!s)
		return;
	listed->n = 0;
	if (s->n)
		qsort(s->v, s->n, sizeof(s->v[0]), by_line);
	buf_printf(&b, "lines, flat and cum%s (%zu)", u->focus || u->ignore ? ", whatever focus and ignore say" : "", s->n);
	page_text(doc_item(d, ITEM_NONE, 0), 0, 0, INK_BOLD, buf_view(&b));
	for (size_t i = 0; i < s->n && i < MOST; i++) {
		buf_reset(&b);
		buf_reset(&file);
		file_of(u, s->v[i].func, &file);
		words_at(&b, buf_view(&file), s->v[i].line);
		if (!s->v[i].line)
			buf_puts(&b, ", line not known");
		buf_puts(&b, ": flat ");
		both(u, &b, s->v[i].flat);
		buf_puts(&b, ", cum ");
		both(u, &b, s->v[i].cum);
		listed->func[i] = s->v[i].func;
		listed->line[i] = s->v[i].line;
		listed->n = i + 1;
		page_text(doc_item(d, ITEM_LINE, i), 2, 4, INK_PLAIN, buf_view(&b));
	}
	buf_free(&b);
	buf_free(&file);
	free(s);
}

bool function_line(const struct ui *u, uint32_t index, struct model_place *out)
{
	struct function_state *listed = u->function;

	if (!listed || index >= listed->n)
		return false;
	buf_reset(&listed->file);
	file_of(u, listed->func[index], &listed->file);
	out->function = u->costs->name[u->symbol];
	out->file = buf_view(&listed->file);	/* until the next call */
	out->line = listed->line[index];
	return true;
}

/* ---- all of it */

static void head(struct ui *u, struct doc *d, const double flat[SIDES], const double cum[SIDES])
{
	const struct costs *c = u->costs;
	struct page *p = doc_item(d, ITEM_SYMBOL, u->symbol);
	struct buf b = { .limit = 1 << 16 };

	page_text(p, 0, 2, INK_BOLD, c->name[u->symbol]);
	both(u, &b, flat);
	page_field(p, 0, "flat", buf_view(&b));
	buf_reset(&b);
	both(u, &b, cum);
	page_field(p, 0, "cum", buf_view(&b));
	for (size_t i = 0; i < u->m->functions.n; i++) {
		const struct model_function *f = &u->m->functions.v[i];

		if (!str_eq(f->name, c->name[u->symbol]))
			continue;
		buf_reset(&b);
		words_metric(&b, f->metric);
		buf_puts(&b, f->flat ? ": flat " : ":");
		say_relative(&b, f->flat);
		buf_puts(&b, f->flat && f->cum ? ", cum " : f->cum ? " cum " : "");
		say_relative(&b, f->cum);
		if (f->cum && isfinite(f->cum->p)) {
			buf_puts(&b, " (");
			words_p(&b, "p", f->cum->p);
			buf_puts(&b, ")");
		}
		page_field(p, 0, "tested", buf_view(&b));
	}
	buf_free(&b);
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_FUNCTION];
	const struct costs *c = u->costs;
	struct edges in = { NULL, 0, 0, NULL }, out = { NULL, 0, 0, NULL };
	double flat[SIDES] = { 0 }, cum[SIDES] = { 0 };

	doc_begin(d, u->columns, u->utf8);
	if (!u->symbol)
		page_text(doc_item(d, ITEM_TEXT, 0), 0, 0, INK_PLAIN,
			  STR_LIT("No function yet: press Enter on one in the tree, on code of a cause, or on a frame of a stack."));
	if (!u->symbol || !c->ready || !c->n_metrics)
		return doc_end(d, err);
	in.at = calloc((size_t)c->n_symbols + 1, sizeof(*in.at));
	out.at = calloc((size_t)c->n_symbols + 1, sizeof(*out.at));
	if (in.at && out.at) {
		collect(c, u->symbol, &in, &out, flat, cum);
		head(u, d, flat, cum);
		lines(u, d, u->symbol);
		edges(u, d, &in, "callers");
		edges(u, d, &out, "callees");
	}
	free(in.at);
	free(in.v);
	free(out.at);
	free(out.v);
	return doc_end(d, err);
}

static bool act(struct ui *u, enum act a, struct item at)
{
	if (a == ACT_STAT || a == ACT_DIFF || a == ACT_UNIT) {
		look_change(u, a);
		return true;
	}
	if (a == ACT_ENTER && at.kind == ITEM_SYMBOL && at.index != u->symbol) {
		if (u->n_back < BACK)
			u->back[u->n_back++] = (struct back){ VIEW_FUNCTION, u->place[VIEW_FUNCTION], u->symbol };
		u->symbol = at.index;
		u->place[VIEW_FUNCTION] = (struct place){ 0, 0, 0 };
		ui_dirty(u);
		return true;
	}
	if (a == ACT_ENTER && (at.kind == ITEM_SYMBOL || at.kind == ITEM_LINE)) {	/* nowhere further: its place in the tree */
		act_do(u, ACT_STACK);
		return true;
	}
	return false;
}

const struct view view_function = { .name = "function", .tab = "func", .about = "callers, callees and source lines of one function", .build = build, .act = act,
	.title = look_title, .uses_costs = true };

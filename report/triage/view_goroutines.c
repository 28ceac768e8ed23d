// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_goroutines.c - clusters of goroutine stacks, then the exact stacks that grew; opened, frame by frame
 *
 * Counts are goroutines a dump. With a time window they are those of the dumps in it, counted from the groups of each dump.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "core/text.h"
#include "report/say.h"
#include "report/triage/ui.h"
#include "report/words.h"

#define STACKS 300	/* exact stacks that are listed */
#define FRAMES 128	/* of a stack that are shown */
#define SHOWN_FRAMES 4096

struct group { uint32_t callsite, cluster; double count[SIDES]; struct str class, creator; int64_t wait_min; };
struct frame_place { struct str function, file; int64_t line; };

struct stacks_state {
	struct arena arena;
	struct group *v;
	size_t n;
	double dumps[SIDES], *cluster[SIDES];
	size_t n_clusters;
	double lo, hi;
	bool read, on;
	struct arena frames;		/* of what is open now */
	struct frame_place *frame;
	size_t n_frames;
};

void stacks_end(struct ui *u)
{
	if (!u->stacks)
		return;
	arena_free(&u->stacks->arena);
	arena_free(&u->stacks->frames);
	free(u->stacks);
	u->stacks = NULL;
}

static struct str keep(struct arena *a, struct str s)
{
	struct buf b = { .limit = 1 << 16 };
	struct str kept;

	ui_clean(&b, s);
	kept = arena_str(a, buf_view(&b));
	buf_free(&b);
	return s.p ? kept : STR_NONE;
}

static int by_growth(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	double gx = x->count[CUR] - x->count[BASE], gy = y->count[CUR] - y->count[BASE];

	if (gx > gy || gx < gy)
		return gx > gy ? -1 : 1;
	return x->callsite < y->callsite ? -1 : x->callsite > y->callsite;
}

/* Dumps of the window: counted once a profile. */
static int count_dumps(struct ui *u, struct stacks_state *s, struct err *err)
{
	struct stmt *q;
	int rc = store_query(u->st, &q, err, "SELECT DISTINCT profile, side = 'current', run, t FROM dump_groups WHERE side IS NOT NULL", "");

	if (rc)
		return rc;
	while (store_next(q, err)) {
		double x = costs_time(u->costs, stmt_int(q, 2), stmt_int(q, 3));

		if (!u->window_on || (isfinite(x) && ui_in_window(u, x, x)))
			s->dumps[stmt_int(q, 1) == 1 ? CUR : BASE] += 1;
	}
	return store_end(q, err);
}

static void take_group(struct ui *u, struct stacks_state *s, struct stmt *q, size_t most)
{
	double x = costs_time(u->costs, stmt_int(q, 1), stmt_int(q, 2));
	int side = stmt_int(q, 0) == 1 ? CUR : BASE;
	int64_t site = stmt_int(q, 3), cluster = stmt_int(q, 7);
	double n = s->dumps[side] > 0 ? (double)stmt_int(q, 6) / s->dumps[side] : 0;
	struct group *g = s->n ? &s->v[s->n - 1] : NULL;

	if (u->window_on && !(isfinite(x) && ui_in_window(u, x, x)))
		return;
	if (cluster > 0 && (size_t)cluster <= s->n_clusters)
		s->cluster[side][cluster] += n;
	if (!g || g->callsite != (uint32_t)site || !str_eq(g->class, stmt_text(q, 4))) {
		if (s->n == most)
			return;
		g = &s->v[s->n++];
		*g = (struct group){ .callsite = (uint32_t)site, .class = keep(&s->arena, stmt_text(q, 4)), .creator = keep(&s->arena, stmt_text(q, 5)),
			.wait_min = STORE_NULL };
	}
	g->count[side] += n;
	if (stmt_int(q, 8) != STORE_NULL && stmt_int(q, 8) > g->wait_min)
		g->wait_min = stmt_int(q, 8);
}

static int read_groups(struct ui *u, struct stacks_state *s, struct err *err)
{
	struct stmt *q;
	int64_t n, clusters;
	int rc;

	arena_reset(&s->arena);
	s->n = 0;
	s->dumps[BASE] = s->dumps[CUR] = 0;
	if (store_int(u->st, err, &n, 0, "SELECT count(*) FROM dump_groups", "") ||
	    store_int(u->st, err, &clusters, 0, "SELECT max(id) FROM clusters", "") || count_dumps(u, s, err))
		return (int)err->code;
	s->n_clusters = clusters > 0 && clusters < 10000000 ? (size_t)clusters : 0;
	s->v = arena_array(&s->arena, struct group, (size_t)n + 1);
	for (int i = 0; i < SIDES; i++)
		s->cluster[i] = arena_array(&s->arena, double, s->n_clusters + 1);
	if (!s->v || !s->cluster[0] || !s->cluster[1])
		return err_nomem(err);
	rc = store_query(u->st, &q, err,
			 "SELECT side = 'current', run, t, callsite, class, creator, count, cluster, wait_min FROM dump_groups"
			 " WHERE side IS NOT NULL ORDER BY callsite, class, gogroup", "");
	if (rc)
		return rc;
	while (store_next(q, err))
		take_group(u, s, q, (size_t)n);
	if (store_end(q, err))
		return (int)err->code;
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_growth);
	s->read = true;
	s->on = u->window_on;
	s->lo = u->window_lo;
	s->hi = u->window_hi;
	return 0;
}

static void frame(struct ui *u, struct doc *d, struct str function, struct str file, int64_t line, unsigned depth)
{
	struct stacks_state *s = u->stacks;
	struct model_place at = { .function = function, .file = file, .line = line };
	struct buf b = { .limit = 1 << 16 };
	size_t i = s->n_frames;

	if (i >= SHOWN_FRAMES)
		return;
	s->frame[s->n_frames++] = (struct frame_place){ function, file, line };
	say_place(&b, &at);
	page_text(doc_item(d, ITEM_FRAME, i), 4 + (depth < 8 ? depth : 8), 6, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

bool stacks_frame(const struct ui *u, uint32_t index, struct model_place *out)
{
	if (!u->stacks || index >= u->stacks->n_frames)
		return false;
	*out = (struct model_place){ .function = u->stacks->frame[index].function, .file = u->stacks->frame[index].file,
		.line = u->stacks->frame[index].line };
	return true;
}

/* From the leaf up, a look-up a frame. */
static int stack_of(struct ui *u, struct doc *d, int64_t site, struct err *err)
{
	for (unsigned depth = 0; site > 0 && depth < FRAMES; depth++) {
		struct stmt *q;
		struct str function = STR_NONE, file = STR_NONE;
		int64_t line = STORE_NULL, parent = 0;
		int rc = store_query(u->st, &q, err,
				     "SELECT f.name, f.file, c.line, c.parent FROM call_sites c JOIN functions f ON f.func = c.func WHERE c.callsite = ?",
				     "i", site);

		if (rc)
			return rc;
		if (store_next(q, err)) {
			function = keep(&u->stacks->frames, stmt_text(q, 0));
			file = keep(&u->stacks->frames, stmt_text(q, 1));
			line = stmt_int(q, 2);
			parent = stmt_int(q, 3);
		}
		rc = store_end(q, err);
		if (rc)
			return rc;
		if (!function.p || parent >= site)
			break;
		frame(u, d, function, file, line, depth);
		site = parent == STORE_NULL ? 0 : parent;
	}
	return 0;
}

static const char *arrow(const struct ui *u, struct item it)
{
	return ui_is_open(u, it) ? (u->utf8 ? "\u25be" : "v") : u->utf8 ? "\u25b8" : ">";
}

static void clusters(struct ui *u, struct doc *d)
{
	struct stacks_state *s = u->stacks;
	struct buf b = { .limit = 1 << 16 };

	page_text(doc_item(d, ITEM_NONE, 0), 0, 0, INK_BOLD,
		  u->window_on ? STR_LIT("clusters, goroutines a dump in the window") : STR_LIT("clusters, goroutines a dump"));
	for (size_t i = 0; i < u->m->clusters.n; i++) {
		struct model_cluster k = u->m->clusters.v[i];
		struct item it = { ITEM_CLUSTER, (uint32_t)i };
		struct page *p;

		if (!str_is(k.kind, "goroutine"))
			continue;
		if (u->window_on && k.id > 0 && (size_t)k.id <= s->n_clusters) {
			k.base = s->cluster[BASE][k.id];
			k.cur = s->cluster[CUR][k.id];
		}
		p = doc_item(d, ITEM_CLUSTER, i);
		buf_reset(&b);
		item_anchor(u, it, &b);
		buf_puts(p->out, keep_marked(u, buf_view(&b)) ? "*" : arrow(u, it));
		buf_reset(&b);
		say_cluster(&b, &k, str_is(u->m->design, "snapshot"));
		page_ink(p, say_cluster_moved(&k) ? INK_BOLD : INK_PLAIN);
		page_rest(p, 1, 4, buf_view(&b));
		page_ink(p, INK_PLAIN);
		page_end(p);
		buf_reset(&b);
		item_anchor(u, it, &b);
		if (keep_note_of(u, buf_view(&b)).n)
			page_field(p, 4, "note", keep_note_of(u, buf_view(&b)));
		for (size_t f = 0; ui_is_open(u, it) && f < k.frames.n && f < FRAMES; f++)
			frame(u, d, k.frames.v[f].place.function, k.frames.v[f].place.file, k.frames.v[f].place.line, (unsigned)f);
	}
	buf_free(&b);
}

static int stacks(struct ui *u, struct doc *d, struct err *err)
{
	struct stacks_state *s = u->stacks;
	struct buf b = { .limit = 1 << 16 };
	int rc = 0;

	buf_printf(&b, "exact stacks, greatest growth first (%zu%s)", s->n, s->n > STACKS ? ", the first 300 shown" : "");
	page_text(doc_item(d, ITEM_NONE, 0), 0, 0, INK_BOLD, buf_view(&b));
	for (size_t i = 0; i < s->n && i < STACKS && !rc; i++) {
		const struct group *g = &s->v[i];
		struct item it = { ITEM_STACK, (uint32_t)i };
		struct page *p = doc_item(d, ITEM_STACK, i);
		const struct costs *c = u->costs;
		uint32_t path = g->callsite <= c->n_sites ? c->site[g->callsite].path : 0;

		buf_reset(&b);
		if (s->dumps[BASE] > 0) {
			fmt_count(&b, g->count[BASE]);
			buf_puts(&b, " -> ");
		}
		fmt_count(&b, g->count[CUR]);
		buf_puts(&b, " in ");
		buf_str(&b, path && c->name[c->symbol[path]].p ? c->name[c->symbol[path]] : STR_LIT("a stack"));
		buf_puts(&b, ", ");
		buf_str(&b, g->class);
		if (g->creator.n) {
			buf_puts(&b, ", started by ");
			buf_str(&b, g->creator);
		}
		if (g->wait_min != STORE_NULL)
			buf_printf(&b, ", waiting %lld min or more", (long long)g->wait_min);
		buf_puts(p->out, arrow(u, it));
		page_rest(p, 1, 4, buf_view(&b));
		page_end(p);
		if (ui_is_open(u, it))
			rc = stack_of(u, d, g->callsite, err);
	}
	buf_free(&b);
	return rc;
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_GOROUTINES];
	struct stacks_state *s = u->stacks;

	doc_begin(d, u->columns, u->utf8);
	if (!s) {
		s = u->stacks = calloc(1, sizeof(*s));
		if (!s)
			return err_nomem(err);
		s->arena.limit = s->frames.limit = 256u << 20;
	}
	arena_reset(&s->frames);
	s->n_frames = 0;
	s->frame = arena_array(&s->frames, struct frame_place, SHOWN_FRAMES);
	if (!s->frame)
		return err_nomem(err);
	if ((!s->read || s->on != u->window_on || s->lo < u->window_lo || s->lo > u->window_lo || s->hi < u->window_hi || s->hi > u->window_hi) &&
	    read_groups(u, s, err))
		return (int)err->code;
	clusters(u, d);
	if (stacks(u, d, err))
		return (int)err->code;
	return doc_end(d, err);
}

static void title(const struct ui *u, struct buf *out)
{
	if (!u->stacks)
		return;
	if (!(u->stacks->dumps[BASE] + u->stacks->dumps[CUR] > 0))
		buf_puts(out, u->window_on ? "no dump in the window" : "no dump");
	else
		buf_printf(out, "%.0f+%.0f dumps", u->stacks->dumps[BASE], u->stacks->dumps[CUR]);
}

const struct view view_goroutines = { .name = "goroutines", .tab = "stacks", .about = "clusters of goroutines and their stacks, exact stacks by growth",
	.build = build, .title = title, .uses_costs = true };

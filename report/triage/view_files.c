// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_files.c - what was read and what was not, what files say about themselves, settings, events
 */
#include <math.h>

#include "core/fmt.h"
#include "report/say.h"
#include "report/triage/ui.h"

static void heading(struct doc *d, const char *title, size_t n)
{
	struct buf b = { .limit = 200 };

	buf_printf(&b, "%s (%zu)", title, n);
	page_text(doc_item(d, ITEM_NONE, 0), 0, 0, INK_BOLD, buf_view(&b));
	buf_free(&b);
}

/* In the window, or of no known time: a file that is left out has a time outside it. */
static bool in_window(struct ui *u, const struct model_input *f)
{
	struct err err;
	struct stmt *q;
	bool in = true;

	if (!u->window_on)
		return true;
	if (store_query(u->st, &q, &err,
			"SELECT s.run, s.t0, s.t1 FROM source_times s JOIN inputs i ON i.source = s.source WHERE i.path = ?", "t", f->path))
		return true;
	while (store_next(q, &err))
		in = ui_in_window(u, costs_time(u->costs, stmt_int(q, 0), stmt_int(q, 1)), costs_time(u->costs, stmt_int(q, 0), stmt_int(q, 2)));
	return store_end(q, &err) || in;
}

static void input(struct ui *u, struct doc *d, size_t i)
{
	const struct model_input *f = &u->m->inputs.v[i];
	bool bad = str_is(f->status, "refused") || str_is(f->status, "partial");
	struct page *p = doc_item(d, ITEM_INPUT, i);
	struct buf b = { .limit = 1 << 16 };

	item_anchor(u, (struct item){ ITEM_INPUT, (uint32_t)i }, &b);
	buf_puts(p->out, keep_marked(u, buf_view(&b)) ? "*" : "");
	buf_reset(&b);
	if (str_is(f->status, "read")) {
		buf_str(&b, f->path);
		buf_puts(&b, ": ");
		buf_str(&b, f->kind);
		buf_puts(&b, ", ");
		fmt_bytes(&b, (double)f->bytes);
	} else {
		say_input(&b, f);
	}
	page_item(p, 0, bad ? MARK_FAIL : str_is(f->status, "read") ? MARK_PASS : MARK_NOTE, buf_view(&b));
	buf_free(&b);
}

static void inputs(struct ui *u, struct doc *d, bool read)
{
	size_t n = 0, out = 0;

	for (size_t i = 0; i < u->m->inputs.n; i++)
		n += str_is(u->m->inputs.v[i].status, "read") == read;
	if (n || !read)
		heading(d, read ? "read" : "not read, or not wholly", n);
	for (size_t i = 0; i < u->m->inputs.n; i++) {
		if (str_is(u->m->inputs.v[i].status, "read") != read)
			continue;
		if (in_window(u, &u->m->inputs.v[i]))
			input(u, d, i);
		else
			out++;
	}
	if (out) {
		struct buf b = { .limit = 200 };

		buf_printf(&b, "%zu outside the time window", out);
		page_text(doc_item(d, ITEM_NONE, 0), 2, 2, INK_DIM, buf_view(&b));
		buf_free(&b);
	}
}

static void notes(struct ui *u, struct doc *d)
{
	struct buf b = { .limit = 1 << 16 };

	if (u->m->notes.n)
		heading(d, "what files say about themselves", u->m->notes.n);
	for (size_t i = 0; i < u->m->notes.n; i++) {
		const struct model_note *n = &u->m->notes.v[i];

		buf_reset(&b);
		buf_str(&b, n->path);
		if (n->place.n) {
			buf_puts(&b, ", ");
			buf_str(&b, n->place);
		}
		buf_puts(&b, ": ");
		buf_str(&b, n->text);
		page_item(doc_item(d, ITEM_TEXT, i), 0, MARK_NOTE, buf_view(&b));
	}
	buf_free(&b);
}

static void settings(struct ui *u, struct doc *d)
{
	struct buf b = { .limit = 1 << 16 };

	if (u->m->differences.n)
		heading(d, "settings that differ", u->m->differences.n);
	for (size_t i = 0; i < u->m->differences.n; i++) {
		const struct model_difference *s = &u->m->differences.v[i];

		buf_reset(&b);
		buf_str(&b, s->name);
		buf_puts(&b, ": ");
		buf_str(&b, s->base);
		buf_puts(&b, " -> ");
		buf_str(&b, s->cur);
		page_item(doc_item(d, ITEM_TEXT, i), 0, MARK_NOTE, buf_view(&b));
	}
	if (u->m->events.n)
		heading(d, "events", u->m->events.n);
	for (size_t i = 0; i < u->m->events.n; i++) {
		const struct model_event *e = &u->m->events.v[i];

		buf_reset(&b);
		buf_str(&b, e->kind);
		buf_puts(&b, ": ");
		buf_str(&b, e->text);
		page_item(doc_item(d, ITEM_TEXT, i), 0, MARK_NOTE, buf_view(&b));
	}
	buf_free(&b);
}

static void absent(struct ui *u, struct doc *d)
{
	struct say_absent r[SAY_ABSENT];
	size_t n = say_absent(r, u->m);
	struct buf b = { .limit = 1 << 16 };

	if (n)
		heading(d, "not tested, for want of", n);
	for (size_t i = 0; i < n; i++) {
		buf_reset(&b);
		say_absent_text(&b, u->m, &r[i]);
		page_item(doc_item(d, ITEM_TEXT, i), 0, MARK_NOTE, buf_view(&b));
	}
	buf_free(&b);
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_FILES];

	doc_begin(d, u->columns, u->utf8);
	inputs(u, d, false);
	notes(u, d);
	settings(u, d);
	absent(u, d);
	inputs(u, d, true);
	return doc_end(d, err);
}

static void title(const struct ui *u, struct buf *out)
{
	buf_printf(out, "%zu, %zu read", u->m->inputs.n, model_inputs(u->m, "read"));
}

const struct view view_files = { .name = "files", .tab = "files", .about = "sources read and not read and why, settings that differ, what was not tested",
	.build = build, .title = title };

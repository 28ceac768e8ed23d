// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * find.c - searching and filtering any view, a few milliseconds at a time
 *
 * A list may have a million lines. Both look at some, remember where they are, and go on when no key waits; a filter shows what it
 * has found so far.
 */
#include <stdlib.h>
#include <time.h>

#include "report/triage/ui.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static size_t all(const struct ui *u)
{
	const struct view *v = views[u->view];

	return v->count ? v->count(u) : u->doc[u->view].n;
}

/* Text without our own styles. */
static void strip(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; i++) {
		if (b->data[i] == '\x1b') {
			while (i < b->len && b->data[i] != 'm')
				i++;
			continue;
		}
		b->data[to++] = b->data[i];
	}
	b->len = to;
	if (b->data)
		b->data[to] = '\0';
}

static bool line_is(struct ui *u, struct search *m, size_t real)
{
	buf_reset(&u->line);
	if (views[u->view]->words) {
		views[u->view]->words(u, real, &u->line);
	} else {
		ui_line(u, real, &u->line);
		strip(&u->line);
	}
	return search_is(m, buf_view(&u->line));
}

static bool keep(struct ui *u, size_t real)
{
	struct shown *s = &u->shown;

	if (s->n == s->cap) {
		size_t more = s->cap ? 2 * s->cap : 1024;
		uint32_t *v = realloc(s->v, more * sizeof(*v));

		if (!v)
			return false;
		s->v = v;
		s->cap = more;
	}
	s->v[s->n++] = (uint32_t)real;
	return true;
}

/* A doc's group stays whole; a view of single lines goes line by line. Returns the line after. */
static size_t filter_one(struct ui *u, size_t i)
{
	const struct doc *d = &u->doc[u->view];
	size_t end = i + 1;
	bool hit;

	if (views[u->view]->count) {
		if (line_is(u, u->filter, i))
			keep(u, i);
		return end;
	}
	while (end < d->n && d->v[end].group == d->v[i].group)
		end++;
	hit = false;
	for (size_t k = i; k < end && !hit && d->v[i].item.kind != ITEM_NONE; k++)
		hit = line_is(u, u->filter, k);
	for (size_t k = i; k < end && hit; k++)
		keep(u, k);
	return end;
}

static void filter_some(struct ui *u, int ms)
{
	int64_t end = now_ms() + ms;
	size_t n = all(u), k = 0;

	while (u->shown.looked < n) {
		u->shown.looked = filter_one(u, u->shown.looked);
		if (++k % 64 == 0 && now_ms() >= end)
			return;
	}
	u->shown.done = true;
}

void find_filter(struct ui *u)
{
	u->shown.n = u->shown.looked = 0;
	u->shown.on = true;
	u->shown.done = false;
	filter_some(u, 10);
}

void find_next(struct ui *u, bool backward)
{
	size_t n = ui_count(u);

	if (!u->search || !n) {
		ui_say(u, "%s", u->search ? "there is no line" : "nothing was searched for yet (/)");
		return;
	}
	u->seek.on = true;
	u->seek.backward = backward;
	u->seek.at = u->place[u->view].cur;
	u->seek.left = n;
	find_step(u, 10);
}

static void seek_some(struct ui *u, int ms)
{
	int64_t end = now_ms() + ms;
	size_t n = ui_count(u), k = 0;

	while (u->seek.left > 0 && n) {
		u->seek.left--;
		u->seek.at = u->seek.backward ? (u->seek.at ? u->seek.at - 1 : n - 1) : (u->seek.at + 1) % n;
		if (line_is(u, u->search, ui_real(u, u->seek.at))) {
			size_t at = u->seek.at;
			const struct doc *d = &u->doc[u->view];

			/* The cursor stands on the first line of what was found. */
			while (!views[u->view]->count && at > 0 && d->v[ui_real(u, at)].rest && d->v[ui_real(u, at)].item.kind != ITEM_NONE)
				at--;
			u->place[u->view].cur = at;
			u->seek.on = false;
			return;
		}
		if (++k % 64 == 0 && now_ms() >= end) {
			ui_say(u, "searching: %zu lines left", u->seek.left);
			return;
		}
	}
	u->seek.on = false;
	ui_say(u, "no line matches \"%s\"", u->search_text);
	u->bad = true;
}

bool find_step(struct ui *u, int ms)
{
	if (u->shown.on && !u->shown.done)
		filter_some(u, ms);
	if (u->seek.on)
		seek_some(u, ms);
	return u->seek.on || (u->shown.on && !u->shown.done);
}

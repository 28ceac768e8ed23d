// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_inputs.c - what was not tested, what was read and how, and every signal behind the answer
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "report/html.h"
#include "report/say.h"
#include "report/words.h"

#define FILES 500
#define ROWS 300

void html_untested(struct htmlw *w)
{
	struct say_absent *r = calloc(SAY_ABSENT, sizeof(*r));
	size_t n = r ? say_absent(r, w->m) : 0, shown = 0;

	w->out->failed = w->out->failed || !r;
	buf_puts(html_words(w), "And what would give it: a cause that waits for a file has not been ruled out.");
	html_section(w, "untested", "Not tested");
	for (size_t i = 0; i < n && r[i].causes; i++) {
		html_raw(w, shown++ ? "" : "<ul>\n");
		say_absent_text(html_words(w), w->m, &r[i]);
		html_in(w, "li");
	}
	html_raw(w, shown ? "</ul>\n" : "<p>Everything that a cause asks for was there.</p>\n");
	html_lit(w, "</section>\n");
	free(r);
}

static void put_unread(struct htmlw *w)
{
	static const char *const order[] = { "refused", "partial", "ignored" };
	size_t n = 0;

	if (!say_unread_counts(html_words(w), w->m))
		return;
	html_lit(w, "<h3>Not read</h3>\n");
	html_in(w, "p class=\"note\"");
	for (int k = 0; k < 3; k++)
		for (size_t i = 0; i < w->m->inputs.n && n < FILES; i++) {
			if (!str_is(w->m->inputs.v[i].status, order[k]))
				continue;
			html_raw(w, n++ ? "" : "<ul>\n");
			say_input(html_words(w), &w->m->inputs.v[i]);
			html_in(w, "li");
		}
	html_raw(w, n ? "</ul>\n" : "");
}

static void text_cell(struct htmlw *w, struct str s)
{
	html_lit(w, "<td>");
	html_text(w, s.p ? s : STR_LIT(""));
	html_lit(w, "</td>");
}

static void put_read(struct htmlw *w)
{
	static const char *const heads[] = { "file", "kind", "side", "status", NULL };
	size_t n = w->m->inputs.n;

	buf_printf(html_words(w), "All %zu files", n);
	html_lit(w, "<details>");
	html_in(w, "summary");
	html_table(w, heads, "files");
	for (size_t i = 0; i < n && i < FILES; i++) {
		const struct model_input *f = &w->m->inputs.v[i];

		html_lit(w, "<tr><th scope=\"row\">");
		html_text(w, f->path);
		html_lit(w, "</th>");
		text_cell(w, f->kind);
		text_cell(w, f->side);
		text_cell(w, f->status);
		html_lit(w, "</tr>\n");
	}
	html_end_table(w);
	if (n > FILES) {
		buf_printf(html_words(w), "and %zu more: attrib doctor -v lists them", n - FILES);
		html_in(w, "p");
	}
	html_lit(w, "</details>\n");
}

static void put_notes(struct htmlw *w)
{
	size_t n = w->m->notes.n;

	if (!n)
		return;
	html_lit(w, "<h3>Notes on files</h3>\n<ul>\n");
	for (size_t i = 0; i < n && i < ROWS; i++) {
		const struct model_note *v = &w->m->notes.v[i];
		struct buf *b = html_words(w);

		buf_str(b, v->path);
		if (v->place.n) {
			buf_puts(b, ", ");
			buf_str(b, v->place);
		}
		buf_puts(b, ": ");
		buf_str(b, v->text);
		html_in(w, "li");
	}
	html_lit(w, "</ul>\n");
}

static void put_events(struct htmlw *w)
{
	if (!w->m->events.n)
		return;
	html_lit(w, "<h3>Events</h3>\n<ul>\n");
	for (size_t i = 0; i < w->m->events.n && i < ROWS; i++) {
		const struct model_event *e = &w->m->events.v[i];
		struct buf *b = html_words(w);

		if (e->t != STORE_NULL) {
			fmt_time(b, e->t);
			buf_byte(b, ' ');
		}
		buf_str(b, e->kind);
		buf_puts(b, ": ");
		buf_str(b, e->text);
		html_in(w, "li");
	}
	html_lit(w, "</ul>\n");
}

/* Labels name hosts and pods: they stay in the database. */
static bool shown(const struct report_model *m, size_t i)
{
	const struct model_setting *s = &m->settings.v[i], *before = i ? &m->settings.v[i - 1] : NULL;

	return !str_starts(s->name, "label.") && !str_starts(s->name, "host") &&
		!(before && str_eq(before->name, s->name) && str_eq(before->side, s->side) && str_eq(before->value, s->value) &&
		  str_eq(before->origin, s->origin));
}

static void put_settings(struct htmlw *w)
{
	static const char *const differ[] = { "setting", "baseline", "current", NULL }, *const all[] = { "setting", "side", "value", "known from", NULL };

	if (w->m->differences.n) {
		html_lit(w, "<h3>Settings that differ</h3>\n");
		html_table(w, differ, "settings that differ");
		for (size_t i = 0; i < w->m->differences.n; i++) {
			const struct model_difference *d = &w->m->differences.v[i];

			if (str_starts(d->name, "label.") || str_starts(d->name, "host"))
				continue;
			html_lit(w, "<tr><th scope=\"row\">");
			html_text(w, d->name);
			html_lit(w, "</th>");
			text_cell(w, d->base);
			text_cell(w, d->cur);
			html_lit(w, "</tr>\n");
		}
		html_end_table(w);
	}
	if (!w->m->settings.n)
		return;
	html_lit(w, "<details><summary>All settings that are known</summary>\n");
	html_table(w, all, "settings");
	for (size_t i = 0; i < w->m->settings.n && i < ROWS; i++) {
		const struct model_setting *s = &w->m->settings.v[i];

		if (!shown(w->m, i))
			continue;
		html_lit(w, "<tr><th scope=\"row\">");
		html_text(w, s->name);
		html_lit(w, "</th>");
		text_cell(w, s->side);
		text_cell(w, s->value);
		text_cell(w, s->origin);
		html_lit(w, "</tr>\n");
	}
	html_end_table(w);
	html_lit(w, "</details>\n");
}

void html_inputs(struct htmlw *w)
{
	html_words(w);
	html_section(w, "inputs", "Files and settings");
	put_unread(w);
	put_events(w);
	put_notes(w);
	put_settings(w);
	put_read(w);
	html_lit(w, "</section>\n");
}

static void value_cell(struct htmlw *w, double v, struct str unit)
{
	html_words(w);
	if (isfinite(v))
		words_value(&w->words, v, unit);
	html_cell(w, v);
}

static void put_signal(struct htmlw *w, const struct model_signal *s)
{
	html_lit(w, "<tr");
	html_id(w, "e", s->name);
	html_lit(w, "><th scope=\"row\"><code>");
	html_text(w, s->name);
	html_lit(w, "</code></th>");
	html_words(w);
	if (isfinite(s->value))
		buf_printf(&w->words, "%.2f", s->value);
	html_cell(w, s->value);
	value_cell(w, s->base, s->unit);
	value_cell(w, s->cur, s->unit);
	words_p(html_words(w), "", s->p);
	html_cell(w, s->p);
	text_cell(w, s->why);
	html_lit(w, "</tr>\n");
}

static void put_absent(struct htmlw *w, const struct model_signal *s)
{
	html_lit(w, "<tr");
	html_id(w, "e", s->name);
	html_lit(w, "><th scope=\"row\"><code>");
	html_text(w, s->name);
	html_lit(w, "</code></th>");
	text_cell(w, s->why.n ? s->why : STR_LIT("a source that is not there"));
	html_lit(w, "</tr>\n");
}

void html_signals(struct htmlw *w)
{
	static const char *const heads[] = { "signal", "#strength", "#baseline", "#current", "#p", "in words", NULL };
	static const char *const missing[] = { "signal", "needs", NULL };
	size_t absent = 0;

	buf_puts(html_words(w), "All that was measured, and what could not be. Strength: 0 is quiet, 1 is loud, its sign the direction; causes are scored on it.");
	html_section(w, "signals", "Signals");
	html_table(w, heads, "signals");
	for (size_t i = 0; i < w->m->signals.n; i++)
		if (str_is(w->m->signals.v[i].state, "measured"))
			put_signal(w, &w->m->signals.v[i]);
		else
			absent++;
	html_end_table(w);
	if (absent) {
		buf_printf(html_words(w), "%zu that could not be measured", absent);
		html_lit(w, "<details>");
		html_in(w, "summary");
		html_table(w, missing, "signals that could not be measured");
		for (size_t i = 0; i < w->m->signals.n; i++)
			if (!str_is(w->m->signals.v[i].state, "measured"))
				put_absent(w, &w->m->signals.v[i]);
		html_end_table(w);
		html_lit(w, "</details>\n");
	}
	html_lit(w, "</section>\n");
}

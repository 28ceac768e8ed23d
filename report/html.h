/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - writing the page: private to report/html*.c
 *
 * What comes from anywhere but this program's own text goes through html_text() or html_put(), which escape; html_lit() takes
 * string constants only. tests/check-html looks that nothing else writes.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/model.h"
#include "report/plot.h"

struct htmlw {
	struct buf *out;
	struct buf words;	/* html_words() */
	const struct report_model *m;
	const struct plots *plots;
};

/* Markup: a string constant. */
#define html_lit(w, s) html_raw((w), "" s "")
void html_raw(struct htmlw *w, const char *markup);
void html_text(struct htmlw *w, struct str s);
void html_number(struct htmlw *w, double v);	/* of geometry */
/* An empty buffer to say something in; html_put() then writes it, escaped. */
struct buf *html_words(struct htmlw *w);
void html_put(struct htmlw *w);
/* What html_words() holds in an element, nothing when it is empty: html_in(w, "p") or html_in(w, "p class=\"x\""). */
#define html_in(w, element) html_element((w), "" element "")
void html_element(struct htmlw *w, const char *element);
/* ` id="PREFIX-name"` and `<a href="#PREFIX-name">name</a>`; whatever name holds, the two agree. */
#define html_id(w, prefix, name) html_anchor((w), " id=\"" prefix "-", (name))
void html_anchor(struct htmlw *w, const char *open, struct str name);
#define html_link(w, prefix, name) html_to((w), "<a href=\"#" prefix "-", (name))
void html_to(struct htmlw *w, const char *open, struct str name);
/* A section with its heading; note (may be empty) is what html_words() holds. */
#define html_section(w, id, title) html_open_section((w), "<section id=\"" id "\"><h2>" title "</h2>")
void html_open_section(struct htmlw *w, const char *markup);
void html_table(struct htmlw *w, const char *const *heads, const char *label);	/* "#p": a column of numbers headed p; up to NULL */
void html_end_table(struct htmlw *w);
/* A cell of a number: what html_words() holds, and v to sort by (NaN: nothing to sort by). */
void html_cell(struct htmlw *w, double v);
void html_cell_toned(struct htmlw *w, double v, const char *tone);	/* tone: " bad", " good", "" */
/* The page's block of data: what html_words() holds, JSON. Never run, and no byte of it can end it. */
void html_data(struct htmlw *w);
/* ` <a href="#...">` to the figure that shows a signal; nothing when none does. */
void html_figure_link(struct htmlw *w, const struct model_evidence *e);
struct str html_flame_metric(const struct htmlw *w, const struct model_evidence *e);	/* whose flame graph shows it; STR_NONE: none */
bool html_has_flame(const struct htmlw *w, struct str metric);

/* The parts of the page, in order. Each writes nothing when the model has nothing for it. */
void html_verdict(struct htmlw *w);
void html_gates(struct htmlw *w);
void html_advice(struct htmlw *w);
void html_causes(struct htmlw *w);
void html_flames(struct htmlw *w);
void html_charts(struct htmlw *w);
void html_changes(struct htmlw *w);
void html_clusters(struct htmlw *w);
void html_unseen(struct htmlw *w);
void html_untested(struct htmlw *w);
void html_inputs(struct htmlw *w);
void html_signals(struct htmlw *w);

#endif

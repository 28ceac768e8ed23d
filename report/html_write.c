// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html_write.c - the only place where bytes reach the page
 */
#include <math.h>

#include "core/fmt.h"
#include "core/text.h"
#include "report/html.h"

void html_raw(struct htmlw *w, const char *markup)
{
	buf_puts(w->out, markup);
}

void html_text(struct htmlw *w, struct str s)
{
	text_html(w->out, s);
}

void html_number(struct htmlw *w, double v)
{
	struct buf b = { .limit = 64 };

	fmt_real(&b, v);
	buf_str(w->out, buf_view(&b));
	buf_free(&b);
}

struct buf *html_words(struct htmlw *w)
{
	buf_reset(&w->words);
	return &w->words;
}

void html_put(struct htmlw *w)
{
	w->out->failed = w->out->failed || w->words.failed;
	if (w->words.len)
		text_html(w->out, buf_view(&w->words));
	buf_reset(&w->words);
}

void html_element(struct htmlw *w, const char *element)
{
	size_t name = strcspn(element, " ");

	if (!w->words.len)
		return;
	buf_byte(w->out, '<');
	buf_puts(w->out, element);
	buf_byte(w->out, '>');
	html_put(w);
	buf_puts(w->out, "</");
	buf_add(w->out, element, name);
	buf_puts(w->out, ">\n");
}

/* Ids are letters, digits, . _ and -; a name that holds more is a name nobody chose well, and stays one word. */
static void id_text(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')
			buf_byte(out, (char)c);
		else
			buf_printf(out, "_%02x", c);
	}
}

void html_anchor(struct htmlw *w, const char *open, struct str name)
{
	buf_puts(w->out, open);
	id_text(w->out, name);
	buf_byte(w->out, '"');
}

void html_to(struct htmlw *w, const char *open, struct str name)
{
	html_anchor(w, open, name);
	buf_byte(w->out, '>');
	text_html(w->out, name);
	buf_puts(w->out, "</a>");
}

void html_open_section(struct htmlw *w, const char *markup)
{
	buf_puts(w->out, "\n");
	buf_puts(w->out, markup);
	html_in(w, "p class=\"note\"");
	buf_byte(w->out, '\n');
}

void html_table(struct htmlw *w, const char *const *heads, const char *label)
{
	html_lit(w, "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"");
	html_text(w, str_from(label));
	html_lit(w, "\"><table><thead><tr>");
	for (; *heads; heads++) {
		bool number = **heads == '#';

		html_raw(w, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
		html_text(w, str_from(*heads + number));
		html_lit(w, "</th>");
	}
	html_lit(w, "</tr></thead><tbody>\n");
}

void html_cell_toned(struct htmlw *w, double v, const char *tone)
{
	buf_printf(w->out, "<td class=\"n%s\"", tone);
	if (isfinite(v)) {
		buf_puts(w->out, " data-v=\"");
		html_number(w, v);
		buf_byte(w->out, '"');
	}
	buf_byte(w->out, '>');
	html_put(w);
	buf_puts(w->out, "</td>");
}

void html_cell(struct htmlw *w, double v)
{
	html_cell_toned(w, v, "");
}

/* text_json() has escaped all of this already; a writer that forgot it must not be able to open the page up. */
void html_data(struct htmlw *w)
{
	buf_puts(w->out, "<script type=\"application/json\" id=\"d\">");
	for (size_t i = 0, from = 0; i <= w->words.len; i++) {
		char c = i < w->words.len ? w->words.data[i] : 0;

		if (i < w->words.len && c != '<' && c != '>' && c != '&')
			continue;
		buf_add(w->out, w->words.data + from, i - from);
		if (i < w->words.len)
			buf_printf(w->out, "\\u%04x", (unsigned)c);
		from = i + 1;
	}
	buf_puts(w->out, "</script>\n");
	w->out->failed = w->out->failed || w->words.failed;
	buf_reset(&w->words);
}

void html_end_table(struct htmlw *w)
{
	html_lit(w, "</tbody></table></div>\n");
}

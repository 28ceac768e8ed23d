/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - text from outside, made harmless and made to fit
 *
 * Every name, label and message of an input passes text_clean() once, at the door of the store: afterwards it is valid
 * UTF-8 without control or bidirectional formatting characters. What an output format needs beyond that is one of the
 * escapers here.
 */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdint.h>

#include "core/buf.h"

/*
 * Appends s: what is not UTF-8 becomes U+FFFD, one for the longest prefix that could have begun a character; C0, DEL
 * and C1 become \xHH; U+2028/9, U+061C, U+200E/F, U+202A-E, U+2066-9, U+FEFF, U+FFFE/F (XML forbids these) \uHHHH.
 */
void text_clean(struct buf *out, struct str s);
/* True when text_clean would change nothing: the common case, checked without copying. */
bool text_is_clean(struct str s);

/* Takes the first character off s, which is not empty; TEXT_INVALID for bytes that are none. */
#define TEXT_INVALID UINT32_MAX
uint32_t text_next(struct str *s);

/* Columns on a terminal: wide CJK and emoji 2, combining 0, our own SGR sequences (ESC [ ... m) 0. */
size_t text_width(struct str s);
/* c, at most 0x10ffff, in UTF-8; out: bytes written, 1 to 4. */
size_t text_utf8(char out[4], uint32_t c);
/* Appends s cut in the MIDDLE to at most `columns` columns; "ascii" uses "..." for the cut, else U+2026. s is clean. */
void text_cut(struct buf *out, struct str s, size_t columns, bool ascii);
/* Appends s (cut if need be) and blanks up to exactly `columns`. */
void text_pad(struct buf *out, struct str s, size_t columns, bool ascii);
/*
 * Appends words of s wrapped to `columns`, each line after the first begun with `indent` blanks. The first line goes on
 * where out's last line ends. A word longer than a line is broken. No newline at the end.
 */
void text_wrap(struct buf *out, struct str s, size_t columns, size_t indent);

/* Escapers (text_escape.c). Any bytes are fine: each yields well-formed UTF-8 of its format. */
void text_json(struct buf *out, struct str s);	/* a JSON string with its quotes, safe inside <script> and in a CI log too */
void text_html(struct buf *out, struct str s);	/* & < > " ' escaped: element content and quoted attributes; XML too */
void text_csv(struct buf *out, struct str s);	/* a CSV text field; before = + - @ TAB CR NUL comes a ' */
void text_quote(struct buf *out, struct str s);	/* "..." with \ escapes, for golden dumps and messages */

#endif

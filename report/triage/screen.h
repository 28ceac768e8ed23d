/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen.h - the terminal: taken, drawn on, read from, given back; the only file that knows curses is screen.c
 *
 * Text may hold our own SGR sequences (those of report/page, and 7 for reverse) and no other control character: whatever else comes
 * in is drawn as '?'.
 */
#ifndef REPORT_TRIAGE_SCREEN_H
#define REPORT_TRIAGE_SCREEN_H

#include <stdint.h>

#include "core/err.h"
#include "core/str.h"

/* Keys that are no character. */
enum {
	KEY_NONE = 0, KEY_FIRST_OWN = 0x110000, KEY_UP_ARROW, KEY_DOWN_ARROW, KEY_LEFT_ARROW, KEY_RIGHT_ARROW, KEY_PAGE_UP, KEY_PAGE_DOWN,
	KEY_HOME_OWN, KEY_END_OWN, KEY_BACK, KEY_DEL, KEY_BACK_TAB, KEY_SIZE, KEY_CLICK, KEY_WHEEL_UP, KEY_WHEEL_DOWN,
};
enum { KEY_ESC = 27, KEY_TAB = '\t', KEY_RETURN = '\n' };

struct screen_opts { bool utf8, colour, mouse; };

int screen_open(const struct screen_opts *o, struct err *err) ERR_MUST_CHECK;
void screen_close(void);
/* From a signal handler too. */
void screen_restore(void);
/* For a program that wants the terminal, and back. */
void screen_leave(void);
void screen_return(void);
void screen_redraw(void);	/* all of it, after another program wrote over it */

void screen_size(unsigned *rows, unsigned *columns);
/* A whole row: text from column `left` of it on, cut or filled to the width. inverse: the row of the cursor. */
void screen_row(unsigned y, struct str text, unsigned left, bool inverse);
/* Shows what was drawn; x >= 0: the text cursor stands there. */
void screen_show(int y, int x);

/* The next key, or KEY_NONE after wait_ms or when a signal came. */
uint32_t screen_key(int wait_ms);
/* Is there a key to read? Reads none. */
bool screen_waiting(void);
/* Where KEY_CLICK was. */
void screen_click(unsigned *y, unsigned *x);

#endif

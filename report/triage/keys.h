/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys.h - the one list of keys: the loop, the bottom line, the help screen and the manual are made from it
 */
#ifndef REPORT_TRIAGE_KEYS_H
#define REPORT_TRIAGE_KEYS_H

#include <stddef.h>
#include <stdint.h>

enum act {
	ACT_NONE, ACT_VIEW, ACT_NEXT_VIEW, ACT_PREV_VIEW, ACT_UP, ACT_DOWN, ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_TOP, ACT_BOTTOM, ACT_ENTER, ACT_OPEN,
	ACT_CLOSE, ACT_BACK, ACT_SCROLL_LEFT, ACT_SCROLL_RIGHT, ACT_SEARCH, ACT_NEXT, ACT_PREV, ACT_FILTER, ACT_CLEAR, ACT_FOCUS, ACT_IGNORE,
	ACT_UNFOCUS, ACT_STACK, ACT_TIME, ACT_SOURCE, ACT_YES, ACT_NO, ACT_UNDECIDE, ACT_MARK, ACT_NOTE, ACT_EXPORT, ACT_METRIC, ACT_METRIC_BACK,
	ACT_STAT, ACT_DIFF, ACT_UNIT, ACT_HOT, ACT_FOLD, ACT_FROM, ACT_TO, ACT_WINDOW, ACT_WITH, ACT_HELP, ACT_REDRAW, ACT_QUIT,
};

struct key {
	enum act act;
	uint32_t code[4];	/* 0 ends; of ACT_VIEW the keys of the views in their order (key_view) */
	const char *keys;	/* as it is written for people */
	const char *hint;	/* a word for the bottom line */
	const char *help;	/* what it does, for help and manual */
	unsigned where;		/* bit n: shown in the bottom line of view n */
	const char *part;	/* heading of the help; NULL: goes on */
};

extern const struct key keys[];		/* up to ACT_NONE */
enum act key_act(uint32_t code);
int key_view(uint32_t code);		/* -1: no view's key */
char key_of_view(int view);

#endif

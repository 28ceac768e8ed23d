/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * item.h - what a line is about: the thing that is opened, marked, noted and exported
 */
#ifndef REPORT_TRIAGE_ITEM_H
#define REPORT_TRIAGE_ITEM_H

#include <stdint.h>

#include "core/buf.h"

enum item_kind {
	ITEM_NONE, ITEM_VERDICT, ITEM_CAUSE, ITEM_EVIDENCE, ITEM_GUILTY, ITEM_ADVICE, ITEM_SIGNAL, ITEM_TOTAL, ITEM_PATH, ITEM_SYMBOL, ITEM_LINE,
	ITEM_CLUSTER, ITEM_STACK, ITEM_FRAME, ITEM_SERIES, ITEM_INPUT, ITEM_ROW, ITEM_TEXT, ITEM_KINDS,
};

/* index: in the model's list of that kind; of a path or a symbol its id. */
struct item { enum item_kind kind; uint32_t index; };

struct ui;
struct model_place;
/* `cause-lock_contention`, `e-mutex.delay`, `function-main.f`: the same in every output. Nothing for what has none. */
void item_anchor(const struct ui *u, struct item it, struct buf *out);
const char *item_kind_words(enum item_kind k);		/* "cause", "evidence" ... */
/* The whole of it as plain sentences, a line each. */
void item_say(const struct ui *u, struct item it, struct buf *out);
/* The code it names; false: none. */
bool item_place(const struct ui *u, struct item it, struct model_place *out);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * advice_numbers.h - the numbers that action texts may hold, each by a formula from facts
 *
 * {F6.n} in a text is such a number. A part in [brackets] that holds one whose facts are missing is left out, and the first missing fact is noted.
 */
#ifndef ANALYZE_ADVICE_NUMBERS_H
#define ANALYZE_ADVICE_NUMBERS_H

#include "analyze/advice_facts.h"
#include "core/buf.h"

/* Every {slot} of the text stands for something; else bad is the first that does not. */
bool advice_text_valid(const char *text, char *bad, size_t size);

/* What else the slots of a text stand for. p NULL: not known, words are used. */
struct advice_words {
	struct str function, where, creator;
};

struct advice_text {
	struct buf out;			/* the caller frees it */
	struct buf facts;		/* members of a JSON object, each preceded by a comma: the numbers used and the facts behind them */
	int missing;			/* the first fact a number lacked; -1: none did */
};

void advice_fill(struct advice_text *t, const char *text, const struct advice_words *w, const struct advice_facts *f);
/* The value of a number; NaN when a fact is missing. */
double advice_number(const char *name, const struct advice_facts *f);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue_parts.h - what catalogue.c (causes) and catalogue_weights.c (weights over them) share
 */
#ifndef ANALYZE_CATALOGUE_PARTS_H
#define ANALYZE_CATALOGUE_PARTS_H

#include "analyze/catalogue.h"
#include "core/arena.h"
#include "core/inifile.h"

struct analyze_catalogue {
	struct arena mem;
	struct cause_spec *cause[CATALOGUE_MAX_CAUSES];
	size_t n;
	struct catalogue_constants constants;
	struct catalogue_reliability reliability[CATALOGUE_MAX_RELIABILITY];
	size_t n_reliability;
	char fingerprint[17];
};

struct catalogue_parse {
	struct analyze_catalogue *c;
	struct inifile in;
};

/* Notes what is wrong with the line; always 0. */
int catalogue_fail(struct catalogue_parse *ps, const char *what, const char *detail);
/* True for KEYnumber; *bad when what follows the key is none. */
bool catalogue_number(const char *word, const char *key, double *out, bool *bad);
/* NAME weight=W [miss=M] [down] [level=L], and `hand` where hand is not NULL. 1, or catalogue_fail(). */
int catalogue_signal(struct catalogue_parse *ps, struct cause_signal *out, const char *value, bool against, bool *hand);

/* Appends value to a text, after a blank. 1, or catalogue_fail(). */
int catalogue_text(struct catalogue_parse *ps, const char **field, const char *value);
/* The keys variant, do, watch, check, only: -1 when key is none of them, else as above. */
int catalogue_variant(struct catalogue_parse *ps, struct cause_spec *s, const char *key, const char *value);
/* Every variant has an action, and what texts and conditions name exists. */
int catalogue_check_variants(struct catalogue_parse *ps, const struct cause_spec *s) ERR_MUST_CHECK;

/* The constants as set by hand. */
void catalogue_weights_by_hand(struct analyze_catalogue *c);
/* The text of weights.ini over what is there. */
int catalogue_weights(struct analyze_catalogue *c, struct str text, struct err *err) ERR_MUST_CHECK;

#endif

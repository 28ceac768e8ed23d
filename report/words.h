/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * words.h - ids and units as a person would say them
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "core/buf.h"
#include "core/store.h"	/* STORE_NULL */

/* cpu_per_request -> "CPU per request"; an id nobody knows is printed as it is. */
void words_metric(struct buf *out, struct str id);
int words_metric_rank(struct str id);		/* the order of tables: what people ask for first */
/* True when id is what --sample-index word names: the id itself, its part before _per_, or pprof's word (inuse_space, delay ...). */
bool words_metric_is(struct str id, const char *word);
/* The pprof metric behind an id and whether its counts are meant: alloc_objects_per_request -> alloc, true. NULL: none. */
const char *words_metric_raw(struct str id, bool *counts);

/* The unit without what it is divided by, and without the name of what is counted: for cells beside words that say it. */
struct str words_unit(struct str unit);
/* 12.3 %, beyond 1000 % as x12.4. */
void words_share(struct buf *out, double share);
/* What kind of shift: "within a type" of type. */
struct str words_shift(struct str kind);
struct model_change;
/* The smallest change that a metric could have shown: "12 %", "0.3 points" of what is itself a share. */
void words_smallest(struct buf *out, const struct model_change *c);
/* A value in its unit, for people. */
void words_value(struct buf *out, double v, struct str unit);
/* The same with a sign, for differences. */
void words_delta(struct buf *out, double v, struct str unit);
/* lo to hi, the unit once where both share it. */
void words_range(struct buf *out, double lo, double hi, struct str unit);
const char *words_role(struct str role);	/* of code: hot -> "costs", waiter -> "waits here" ... */
const char *words_level(struct str level);	/* high -> "high confidence" */
/* p=0.002, or 0.002 without a name; nothing for NaN. */
void words_p(struct buf *out, const char *name, double p);
/* stock.go:41 from a place: the last part of the file and the line; nothing when the file is not known. */
void words_at(struct buf *out, struct str file, int64_t line);

#endif

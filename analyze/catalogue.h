/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue.h - causes.ini in memory
 *
 * A cause is data. Its lines:
 *   title, what, symptoms, action, risk, verify, versions, correction, source   texts; a repeated or continued line is appended
 *   seen                               the captures that raised its signals, written by tests/record-seen
 *   prior = P                          probability before any evidence; none and unknown have one too
 *   signal = NAME weight=W [miss=M] [down] [level=L]
 *                                      loud: W nats for the cause; measured and quiet: M nats against it; `down`: a fall is loud;
 *                                      level: in a snapshot, the current value that is fully loud
 *   against = NAME weight=W [down] [level=L]     loud: W nats against it
 *   frames = NAME metric=METRIC [loud=X] [each|often|served|clocked] /REGEX/ defines sig.<cause>.NAME: the share of METRIC's cost, or the number of
 *                                      goroutines, in stacks with a frame that matches; a NAME with a dot is the signal
 *                                      itself (gc.cpu_share). loud: growth that speaks with full voice, as a share of METRIC's total, of waits
 *                                      (block, mutex) as a share of the median latency where a load report tells it, of goroutines their number.
 *                                      each: the mean wait of one event instead, loud by the logarithm of its ratio (calls that take longer);
 *                                      often: how many such events a request or second has, by the logarithm too (calls that are made again);
 *                                      served: only goroutines that work for a request; clocked: cost per second even where requests are
 *                                      counted (what comes by the clock is no dearer when less load comes)
 *   look = NAME metric=METRIC [loud=X] /REGEX/   the same for choosing a variant: look.<cause>.NAME, which no cause scores
 *   variant = NAME when COND [and COND ...]      one of several actions; the first whose conditions hold is taken, else the cause's own action.
 *                                      COND: SIGNAL[:cur|:base] OP NUMBER (the signal's loudness, or a raw side), or fact:FACT OP NUMBER; OP: > >= < <=
 *   do, watch, check, only             of the variant above: its action, and where they differ its risk, verify, versions
 *   explains = NAME ...                symptoms this cause brings about: counted once, under the strongest cause that explains them
 *   guilty = KIND[:METRIC] ...         how the guilty code is found: own:cpu own:alloc_bytes own:inuse_growth_bytes own:mutex_delay
 *                                      kept (what the last heap holds more, where those name nobody) waiter[:CLASS]
 *                                      creator (of the goroutine stack that grew most), caller:NAME (the user frame above the
 *                                      goroutine signature NAME)
 *
 * Action texts: {function} {where} {creator} {waiter} stand for the code found, {F6.n} for a number of analyze/advice_numbers.c. What stands in [brackets] is
 * left out when a number in it is not known; the first fact missing then says what would give it.
 *
 * The numbers there are set by hand. weights.ini, which `make eval FIT=1` writes, goes over them by the names of cause and signal; what
 * it marks `hand` no capture of the corpus could tell, and stays as it is.
 */
#ifndef ANALYZE_CATALOGUE_H
#define ANALYZE_CATALOGUE_H

#include "analyze/analyze.h"

#define CATALOGUE_MAX_CAUSES 64
#define CATALOGUE_MAX_LINES 32

struct cause_signal {
	const char *name, *text;	/* text: the line, with the numbers that are in use */
	double weight, miss, level;	/* level NaN: says nothing in a snapshot */
	bool down, against;
	int line;
};

struct cause_frames {
	const char *name, *metric, *pattern;	/* name with its sig.<cause>. prefix */
	double loud;			/* share of the metric's total or of the latency, or goroutines */
	enum { FRAMES_PLAIN, FRAMES_EACH, FRAMES_OFTEN, FRAMES_TIMES, FRAMES_SERVED, FRAMES_CLOCKED } kind;
	int line;
};

#define CATALOGUE_MAX_VARIANTS 8
#define CATALOGUE_MAX_CONDITIONS 4

struct cause_condition {
	const char *name;		/* of a signal, or of a fact */
	enum { CONDITION_VALUE, CONDITION_BASE, CONDITION_CUR, CONDITION_FACT } of;
	bool greater, equal;		/* > >= < <= */
	double limit;
};

struct cause_variant {
	struct cause_condition condition[CATALOGUE_MAX_CONDITIONS];
	size_t n;
	int line;
};

struct cause_spec {
	struct analyze_cause text;
	struct analyze_variant variant[CATALOGUE_MAX_VARIANTS];	/* text.variant points here */
	struct cause_variant choice[CATALOGUE_MAX_VARIANTS];	/* when each is taken */
	double prior;
	struct cause_signal signal[CATALOGUE_MAX_LINES];
	size_t n_signals;
	struct cause_frames frames[CATALOGUE_MAX_LINES];
	size_t n_frames;
	const char *explains[CATALOGUE_MAX_LINES];
	size_t n_explains;
	const char *behind[CATALOGUE_MAX_CAUSES];	/* text.behind */
	const char *guilty[8];
	size_t n_guilty;
	const char *lines[2][CATALOGUE_MAX_LINES + 1];	/* signal and against lines as written, NULL-terminated */
	size_t n_lines[2];
	const char *file;		/* where it comes from: causes.ini, or the --causes file */
	const struct cause_spec *replaces;	/* the cause of causes.ini under this id, when a --causes file has another; else NULL */
	bool own_weights;		/* such a cause with other signal lines: weights.ini does not touch it */
};

/* What scoring needs beside the causes. */
struct catalogue_constants {
	double changed_at;	/* loudness at which a change is as likely as not */
	double changed_steep;	/* nats a unit of loudness beyond it */
	double unknown_weight;	/* nats that a sure change nothing covers gives to `unknown` */
	double untested_share;	/* of the prior of what could not be tested, to `unknown` */
	double temperature;
	double level_high;	/* the score from which an answer's level may be high */
};

/* Of the corpus' answers with a score from lo up to the next row's: how many, how many right, their mean score. */
struct catalogue_reliability {
	double lo, mean;
	int64_t n, right;
};
#define CATALOGUE_MAX_RELIABILITY 20

const struct catalogue_constants *catalogue_constants(const struct analyze_catalogue *c);
size_t catalogue_reliability(const struct analyze_catalogue *c, const struct catalogue_reliability **rows);
/* As analyze_catalogue_load(), with this text for weights.ini; an empty one leaves everything as set by hand. */
int catalogue_load(struct analyze_catalogue **out, const struct analyze_opts *o, struct str weights, struct err *err) ERR_MUST_CHECK;
/* For the fit, which changes weights in place and scores. */
struct cause_spec *catalogue_edit(struct analyze_catalogue *c, size_t i);
struct catalogue_constants *catalogue_edit_constants(struct analyze_catalogue *c);

const struct cause_spec *catalogue_spec(const struct analyze_catalogue *c, size_t i);
const struct cause_spec *catalogue_find(const struct analyze_catalogue *c, const char *id);
bool catalogue_explains(const struct cause_spec *c, const char *signal);

#endif

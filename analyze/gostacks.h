/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gostacks.h - the distinct goroutine stacks of both sides, and how many stood in each dump
 *
 * Two goroutines are one stack when their canonical path, wait class and creator are equal. Stacks are ordered by weight, then by
 * their text, so that nothing downstream depends on ids.
 */
#ifndef ANALYZE_GOSTACKS_H
#define ANALYZE_GOSTACKS_H

#include "analyze/math/tfidf.h"
#include "analyze/tree.h"

struct godump_ref {
	int64_t profile, instance, t;
	enum side side;
};

struct gostack {
	uint32_t path, creator;		/* 0: none */
	struct str class, text;		/* text: class, frames leaf first, creator */
	int64_t callsite;		/* one that has this path: the lowest id of it, which depends on the order of the files */
	double *count;			/* by dump */
	double total, mean[SIDES];	/* mean: goroutines a dump of the side */
	double wait_max;		/* minutes, of the current side; NaN none */
	uint32_t cluster;
};

/* What makes two goroutines one stack; for a map. */
struct gostack_key {
	uint32_t path, creator;
	char class[24];
};
struct gostack_key gostacks_key(uint32_t path, uint32_t creator, struct str class);

struct gostacks {
	struct godump_ref *dump;	/* baseline first, then by time */
	size_t n_dumps, n_side[SIDES];
	struct gostack *stack;
	size_t n;
	double all[SIDES];		/* goroutines a dump */
};

/* Full dumps when every side has one, else goroutine profiles (which know no state and no creator). */
int gostacks_load(struct gostacks *g, struct pass *p, const struct tree *t, struct err *err) ERR_MUST_CHECK;
/* Weighted token counts of the first n stacks (method 4.2): functions, packages, class, creator, pairs of user frames. */
int gostacks_counts(const struct gostacks *g, size_t n, struct pass *p, const struct tree *t, struct tfidf_rows *out, struct err *err) ERR_MUST_CHECK;
/* The same as TF-IDF rows. */
int gostacks_rows(const struct gostacks *g, size_t n, struct pass *p, const struct tree *t, struct tfidf_rows *out,
		  struct err *err) ERR_MUST_CHECK;
/* The name a reader knows a stack by: its top user frame, else its top frame that is neither the runtime's nor the standard library's, else the top one. */
uint32_t gostacks_top(const struct gostack *s, const struct tree *t);

/* The call site that stands for a stack: of those its goroutines were in, the one whose frames and lines read first. */
int gostacks_callsite(struct pass *p, const struct gostack *s, int64_t *callsite, struct err *err) ERR_MUST_CHECK;

/*
 * The user's function that begins a stack's goroutines. It is their creator; where the creator is a library's, or runs a closure handed to it (errgroup's Go, a starter
 * of the program's own), it is the function in which that closure stands: `maker` is its name, frame the path of the closure. Without one maker is empty: a server of
 * net/http or gRPC starts goroutines for whoever asks.
 */
struct starter {
	struct str maker;
	uint32_t frame;		/* 0: the creator itself */
};
struct starter gostacks_starter(const struct gostack *s, const struct tree *t);

#endif

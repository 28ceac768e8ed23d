/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signal.h - what a pass tells the causes
 *
 * value is loudness with a sign: 0 quiet, +1 as much worse as it need be, -1 as much better. It is size times significance, so that a
 * large but uncertain change and a certain but small one both stay low. docs/names.md lists the names.
 */
#ifndef ANALYZE_SIGNAL_H
#define ANALYZE_SIGNAL_H

#include "analyze/pass.h"

struct signal {
	const char *name, *group;
	double value, size, base, cur;	/* size: the value before its certainty */
	const char *unit;
	double lo, hi, p;
	int64_t onset, onset_err, change, cluster;	/* STORE_NULL: none */
	const char *why;				/* one sentence for the reader */
};

#define SIGNAL(n, g) ((struct signal){ .name = (n), .group = (g), .value = NAN, .size = NAN, .base = NAN, .cur = NAN, .lo = NAN, .hi = NAN, \
	.p = NAN, .onset = STORE_NULL, .onset_err = STORE_NULL, .change = STORE_NULL, .cluster = STORE_NULL })

/* size = clip(effect / loud, -1, 1); value = size times certainty (0 at p >= .3, 1 at p <= .01; a NaN p counts as certain: no test was possible). */
void signal_loud(struct signal *s, double effect, double loud, double p);
int signal_put(struct pass *p, const struct signal *s, struct err *err) ERR_MUST_CHECK;
/* Not tested: needs says which file would give it. A signal that was put already stays. */
int signal_absent(struct pass *p, const char *name, const char *group, const char *needs, struct err *err) ERR_MUST_CHECK;
/* "WHAT: BASE -> CUR" by unit (fmt_value), without BASE where there is none; lives as long as the pass. NULL: no memory. */
const char *signal_told(struct pass *p, const char *what, double base, double cur, const char *unit);
/* What, with the process it was seen in when it is one of several. instance STORE_NULL or of 1: what alone. */
int signal_of_process(struct pass *p, const char *what, int64_t instance, int of, const char **out, struct err *err) ERR_MUST_CHECK;
/* The value of a signal put before; NaN when absent. */
/* Both raw sides of a signal that was measured, by enum side; else NaN. */
int signal_sides(struct pass *p, const char *name, double v[SIDES], struct err *err) ERR_MUST_CHECK;
int signal_value(struct pass *p, const char *name, double *value, struct err *err) ERR_MUST_CHECK;

#endif

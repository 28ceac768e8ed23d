/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ratio.h - did a share or a cost change, by how much, and what could have been seen
 *
 * ratio_test() is the door: it takes the slices of both sides and chooses the test that the number of runs and
 * slices allows. The rest are the pieces. a is the baseline, b the current side; every ratio is b over a.
 * For counts without run-to-run noise (requests, errors) see rates.h.
 */
#ifndef ANALYZE_MATH_RATIO_H
#define ANALYZE_MATH_RATIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/err.h"

/* Relative between-run standard deviation and dispersion of one profile, before anybody calibrated. */
#define RATIO_TAU_USER		0.10
#define RATIO_TAU_RUNTIME	0.25
#define RATIO_PHI_USER		1.3
#define RATIO_PHI_RUNTIME	3.0
#define RATIO_MIN_EXPECTED	10.0	/* below this expected count: exact test, not ranked */

enum ratio_kind {
	RATIO_SHARE,	/* exposure is the total of what amount is a part of; floor binomial */
	RATIO_COST,	/* exposure is requests or seconds; floor Poisson */
};

/* One slice of evidence. */
struct ratio_window {
	uint32_t run;		/* any number; equal = same process run */
	double count;		/* raw samples behind amount: what the floor is made of */
	double amount;		/* samples, nanoseconds, bytes: what is compared */
	double exposure;	/* total amount (share), requests or seconds (cost) */
};

struct ratio_opts {
	enum ratio_kind kind;
	double tau;	/* between-run relative sd: the whole of it with one run on a side, a prior with 2-3 */
	double phi;	/* dispersion assumed where it cannot be measured; below 1 is taken as 1 */
	double prior;	/* 2-3 runs: ratio_prior_phi() over the family; below 1 is taken as 1 */
	double alpha;	/* of the interval and of mde; 0 is taken as .05 */
	bool late;	/* windows of a counter that is published late (heap: after a GC cycle): what one has too much the next of its run lacks */
	bool uneven;	/* events differ in size by orders of magnitude (delays): their number says little, so no exact test of it while both sides have some */
};

enum ratio_method {
	RATIO_NONE,		/* nothing to test: p, lo, hi are NaN */
	RATIO_WELCH,		/* >= 4 runs a side: Welch t on ln per run, variance floored */
	RATIO_MODERATED,	/* 2-3 runs a side: moderated t */
	RATIO_WINDOWS,		/* one run on a side, >= 4 windows on both */
	RATIO_SINGLE,		/* one run on a side, fewer windows: indicative only */
	RATIO_EXACT,		/* rare, or none on a side: exact conditional test */
};

struct ratio_test {
	enum ratio_method method;
	bool ranked;		/* false: too rare to rank */
	double base, cur;	/* amount per exposure of each side */
	double ratio;		/* cur / base (WELCH: of the geometric means): 0, INFINITY, NaN (0/0) possible */
	double ln_ratio;
	double se;		/* of ln_ratio */
	double stat;		/* z or t */
	double df;		/* INFINITY for z */
	double p;		/* two-sided */
	double lo, hi;		/* of the ratio */
	double mde;		/* smallest relative increase seen with 80 % power: .2 is +20 % */
	double phi_a, phi_b;	/* measured variance over floor; NaN with one window */
};

/* The test of method 2.1 for the data at hand. na or nb may be 0. */
int ratio_test(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
	       const struct ratio_opts *o, struct ratio_test *out, struct err *err) ERR_MUST_CHECK;
/* mde of a test that was made, at another alpha. */
double ratio_mde(const struct ratio_test *t, double alpha);
/* One run a side, whatever the run numbers say: z = ln(cB/cA) / sqrt(vA + vB + 2 tau^2). WINDOWS, SINGLE or EXACT. */
struct ratio_test ratio_test_windows(const struct ratio_window *a, size_t na, const struct ratio_window *b,
				     size_t nb, const struct ratio_opts *o);

/* One side as a whole, linearised (Rao-Scott), every window a cluster. */
struct ratio_side {
	double value;		/* sum amount / sum exposure; NaN without exposure */
	double count, amount, exposure;
	double var;		/* V(value), linearised, not floored; NaN with one window */
	double floor;		/* binomial or Poisson V(value) */
	double phi;		/* var / floor */
	double v;		/* V(ln value): max(var, floor)/value^2; with < 4 windows at least phi floor/value^2 */
	size_t windows;
};
struct ratio_side ratio_side(const struct ratio_window *w, size_t n, const struct ratio_opts *o);

/* Family-wide prior of the moderated t: phi of each function, d = runs of both sides - 2. At least 1; NaNs skipped. */
int ratio_prior_phi(const double *phi, size_t n, double d, double *prior, struct err *err) ERR_MUST_CHECK;
/* phi of one function for that: variance over floor with the run as the unit; NaN with fewer than 2 runs on a side. */
int ratio_run_phi(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
		  const struct ratio_opts *o, double *phi, struct err *err) ERR_MUST_CHECK;

struct ratio_t {
	double diff;	/* mean b - mean a */
	double se;
	double t;
	double df;
	double p;
};
/* Welch's t of two samples. Pass ln values to compare ratios. NaN with fewer than 2 on a side. */
struct ratio_t ratio_welch(const double *a, size_t na, const double *b, size_t nb);
/* The pooled (Student) t; ddof = 1 unless the wrong figure of others is to be shown. */
struct ratio_t ratio_student(const double *a, size_t na, const double *b, size_t nb, size_t ddof);
/* diff with variance var and floor on d degrees of freedom, prior phi with 4 of them. */
struct ratio_t ratio_moderated(double diff, double var, double floor, double d, double prior);
/* Linearised difference of two sides: df na + nb - 2; *satterthwaite (may be NULL) the other choice of df. */
struct ratio_t ratio_linearised(const struct ratio_side *a, const struct ratio_side *b, double *satterthwaite);

/* Quasi-Poisson regression on the side, log link, offset ln exposure: closed form. */
struct ratio_quasi {
	double beta, phi, se, se_poisson, t, df, p, lo, hi;
};
struct ratio_quasi ratio_quasi(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
			       double alpha);
/* Moment estimate of the negative binomial's alpha on one side (amounts are counts), at least 0. */
double ratio_nb_alpha(const struct ratio_window *w, size_t n);

#endif

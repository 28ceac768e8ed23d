/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * linear.h - the linear model of the original design, exactly (docs/names.md)
 *
 *     memory_leak     = max(0, 0.3 cpu_delta + 0.5 gc_spike + 0.2 cluster_entropy)
 *     blocking_io     = max(0, 0.6 cpu_delta + 0.4 cluster_entropy)
 *     goroutine_bloat = max(0, 0.2 gc_spike  + 0.8 cluster_entropy)
 */
#ifndef ANALYZE_MATH_LINEAR_H
#define ANALYZE_MATH_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

enum linear_signal { LINEAR_CPU_DELTA, LINEAR_GC_SPIKE, LINEAR_CLUSTER_ENTROPY, LINEAR_SIGNALS };
enum linear_cause { LINEAR_MEMORY_LEAK, LINEAR_BLOCKING_IO, LINEAR_GOROUTINE_BLOAT, LINEAR_CAUSES };

struct linear {
	double s[LINEAR_SIGNALS];	/* clip(-log10(p)/3, 0, 1); 1 where no test was possible */
	double score[LINEAR_CAUSES];	/* signals times s */
	double raw[LINEAR_CAUSES];	/* all s = 1 */
};
/* A NaN signal counts as 0; a NaN p is "no test possible". */
struct linear linear_model(const double signal[LINEAR_SIGNALS], const double p[LINEAR_SIGNALS]);
const char *linear_signal_name(enum linear_signal s);	/* "cpu_delta" ... */
const char *linear_cause_id(enum linear_cause c);	/* "memory_leak" ... */

/* One function's flat cost per request. q NaN = not tested. */
struct linear_function {
	double base, cur, q;
};
/* Sum of cur - base over functions with q <= .05 that went up / total_base, clipped to [0, 1]; *p their smallest q. */
double linear_cpu_delta(const struct linear_function *f, size_t n, double total_base, double *p);
/* Windows (or pauses) over 10 ms and in all; has_base false: the current side alone, no test. *p Fisher's. */
double linear_gc_spike(double over_base, double all_base, double over_cur, double all_cur, bool has_base, double *p);
/* |Hn(cur) - Hn(base)| over k common clusters; base NULL: the current side alone. p comes from agree_permute(). */
double linear_cluster_entropy(const double *base, const double *cur, size_t k);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyze/math/linear.h"

#include <math.h>

#include "analyze/math/agree.h"
#include "analyze/math/dist.h"

#define SIGNIFICANT_Q	.05

static const char *const signal_name[LINEAR_SIGNALS] = {
	[LINEAR_CPU_DELTA] = "cpu_delta",
	[LINEAR_GC_SPIKE] = "gc_spike",
	[LINEAR_CLUSTER_ENTROPY] = "cluster_entropy",
};

/* A cause's name and its weights of cpu_delta, gc_spike and cluster_entropy. */
static const struct {
	const char *id;
	double weight[LINEAR_SIGNALS];
} causes[LINEAR_CAUSES] = {
	[LINEAR_MEMORY_LEAK] = { "memory_leak", { .3, .5, .2 } },
	[LINEAR_BLOCKING_IO] = { "blocking_io", { .6, 0, .4 } },
	[LINEAR_GOROUTINE_BLOAT] = { "goroutine_bloat", { 0, .2, .8 } },
};

const char *linear_signal_name(enum linear_signal s)
{
	return signal_name[s];
}

const char *linear_cause_id(enum linear_cause c)
{
	return causes[c].id;
}

static double clip(double x)
{
	return x > 0 ? fmin(x, 1) : 0;
}

struct linear linear_model(const double signal[LINEAR_SIGNALS], const double p[LINEAR_SIGNALS])
{
	struct linear out = { 0 };
	double x;

	for (size_t i = 0; i < LINEAR_SIGNALS; i++) {
		out.s[i] = isnan(p[i]) ? 1 : clip(-log10(p[i]) / 3);
		x = isnan(signal[i]) ? 0 : signal[i];
		for (size_t c = 0; c < LINEAR_CAUSES; c++) {
			out.raw[c] += causes[c].weight[i] * x;
			out.score[c] += causes[c].weight[i] * out.s[i] * x;
		}
	}
	for (size_t c = 0; c < LINEAR_CAUSES; c++) {
		out.raw[c] = fmax(out.raw[c], 0);
		out.score[c] = fmax(out.score[c], 0);
	}
	return out;
}

double linear_cpu_delta(const struct linear_function *f, size_t n, double total_base, double *p)
{
	struct dist_sum s = { 0 };

	*p = NAN;
	if (!(total_base > 0))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (f[i].q <= SIGNIFICANT_Q && f[i].cur > f[i].base) {
			dist_sum_add(&s, f[i].cur - f[i].base);
			*p = fmin(*p, f[i].q);
		}
	return clip(dist_sum_value(&s) / total_base);
}

double linear_gc_spike(double over_base, double all_base, double over_cur, double all_cur, bool has_base, double *p)
{
	double wb = all_base > 0 ? over_base / all_base : 0, wc = all_cur > 0 ? over_cur / all_cur : 0;

	*p = NAN;
	if (!has_base)
		return clip(wc);
	if (all_base > 0 && all_cur > 0)
		*p = dist_fisher(over_cur, all_cur - over_cur, over_base, all_base - over_base, NULL);
	return clip(wc - wb);
}

double linear_cluster_entropy(const double *base, const double *cur, size_t k)
{
	double now = agree_entropy_normalised(cur, k);

	return base ? fabs(now - agree_entropy_normalised(base, k)) : now;
}

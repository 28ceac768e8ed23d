// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * selftest.c - how a gate behaves on runs of the same code: false alarms, and what it would catch
 *
 * False alarms are counted. Power needs a change of known size, and the runs at hand have none; but a change that makes everything dearer by a
 * factor 1 + e multiplies the current side's figure and both ends of its interval, so what the gate would have said is computed, not simulated:
 * the noise in it is that of the real runs. A cause's score does not follow from one factor, and a slope near zero has no size to multiply: for
 * those no power is given (docs/accuracy.md has how often causes are found, on planted faults).
 */
#include <math.h>
#include <string.h>

#include "analyze/analyze.h"
#include "analyze/gates.h"
#include "analyze/math/dist.h"

#define SURE .8
#define MOST 10.0	/* changes are looked for up to tenfold */

const double analyze_planted[ANALYZE_PLANTED] = { .05, .1, .2, .3, .5, 1 };

static bool falls(const struct gate *g)
{
	return g->op == GATE_UNDER || g->op == GATE_UNDER_OR_AT;
}

/* The signed change that a planted size means: half the requests a second is as far as twice the latency. */
static double signed_effect(const struct gate *g, double e)
{
	return falls(g) ? 1 / (1 + e) - 1 : e;
}

static bool caught(const struct gate *g, const struct analyze_trial *t, double e)
{
	double f = 1 + signed_effect(g, e);

	if (!t->known)
		return true;
	return g->relative ? gate_fails(g, (1 + t->lo) * f - 1, (1 + t->hi) * f - 1) : gate_fails(g, t->lo * f, t->hi * f);
}

static double power(const struct gate *g, const struct analyze_trial *t, size_t n, double e)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += caught(g, &t[i], e);
	return n ? (double)k / (double)n : NAN;
}

/* Power rises with e, so halving finds where it passes SURE. */
static double smallest(const struct gate *g, const struct analyze_trial *t, size_t n)
{
	double lo = 0, hi = MOST;

	if (power(g, t, n, hi) < SURE)
		return NAN;
	for (int i = 0; i < 60; i++) {
		double mid = (lo + hi) / 2;

		if (power(g, t, n, mid) >= SURE)
			hi = mid;
		else
			lo = mid;
	}
	return signed_effect(g, hi);
}

static bool can_multiply(const struct gate *g, const struct analyze_trial *t, size_t n)
{
	const char *signal = gate_signal_of(g->subject);

	if (!strstr(g->subject, "_per_") && !signal && strcmp(g->subject, "inuse_bytes") != 0 && strcmp(g->subject, "goroutines") != 0 &&
	    strncmp(g->subject, "latency_", 8) != 0 && strcmp(g->subject, "rps") != 0 && strncmp(g->subject, "gc_pause_p99", 12) != 0)
		return false;
	if (signal && strcmp(g->subject, "gc_cpu_share") != 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if (t[i].known)
			return true;
	return false;
}

int analyze_gate_selftest(struct analyze_selftest *out, const char *gate, const struct analyze_trial *t, size_t n, size_t independent,
			  struct err *err)
{
	struct gate g;
	double m = (double)(independent ? independent : 1), k;
	int rc = gate_parse(gate, &g, err);

	if (rc)
		return rc;
	*out = (struct analyze_selftest){ .n = n, .rate = NAN, .lo = 0, .hi = 1, .sure = NAN };
	for (size_t i = 0; i < n; i++) {
		out->missing += !t[i].known;
		out->failed += t[i].known && t[i].failed;
	}
	if (!n)
		return 0;
	out->rate = (double)(out->failed + out->missing) / (double)n;
	k = out->rate * m;
	if (k > 0)
		out->lo = dist_beta_quantile(.025, k, m - k + 1);
	if (k < m)
		out->hi = dist_beta_quantile(.975, k + 1, m - k);
	out->has_power = can_multiply(&g, t, n);
	for (size_t i = 0; i < ANALYZE_PLANTED; i++)
		out->power[i] = out->has_power ? power(&g, t, n, analyze_planted[i]) : NAN;
	if (out->has_power)
		out->sure = smallest(&g, t, n);
	return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gates.c - what fails a build, decided here so that every output tells the same (docs/names.md has the grammar)
 *
 * A gate states what fails. A metric fails when all of its interval lies beyond the limit: unchanged code passes however noisy the machine
 * was. Where a figure has no interval (quantiles of few pauses) the figure itself decides. A cause fails by its score, when the verdict's level is at
 * least medium. What was not measured fails too, since a gate that nobody feeds would pass for ever.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analyze/catalogue.h"
#include "analyze/gates.h"
#include "analyze/pass.h"
#include "core/fmt.h"

static bool number(struct str s, double *out)
{
	return fmt_parse_real(s, out) && isfinite(*out);
}

/* 0.8 25% +5% 250ms 12KiB */
static bool read_limit(struct str s, struct gate *g)
{
	static const struct {
		const char *name;
		double factor;
	} unit[] = { { "KiB", 1024 }, { "MiB", 1048576 }, { "GiB", 1073741824 }, { "B", 1 } };
	bool sign = s.n && (s.p[0] == '+' || s.p[0] == '-');

	if (s.n > 1 && s.p[s.n - 1] == '%') {
		g->relative = sign;
		s.n--;
		if (s.p[0] == '+')
			s = str_skip(s, 1);
		if (!number(s, &g->limit))
			return false;
		g->limit /= 100;
		return true;
	}
	if (sign)
		return false;
	if (number(s, &g->limit) || fmt_parse_duration(s, &g->limit))
		return true;
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		size_t n = strlen(unit[i].name);

		if (s.n > n && memcmp(s.p + s.n - n, unit[i].name, n) == 0 && number((struct str){ s.p, s.n - n }, &g->limit)) {
			g->limit *= unit[i].factor;
			return true;
		}
	}
	return false;
}

int gate_parse(const char *text, struct gate *g, struct err *err)
{
	const char *at = text;
	size_t n;

	*g = (struct gate){ .warn = strncmp(text, "warn:", 5) == 0 };
	at += g->warn ? 5 : 0;
	n = strcspn(at, "<>");
	snprintf(g->expr, sizeof(g->expr), "%s", at);
	if (n == 0 || n >= sizeof(g->subject) || !at[n] || strlen(at) >= sizeof(g->expr))
		return err_set(err, ERR_USAGE, "--gate '%.100s': wanted is SUBJECT>LIMIT, such as cpu_per_request>+5%% or any>=0.8", text);
	memcpy(g->subject, at, n);
	g->op = at[n] == '>' ? at[n + 1] == '=' ? GATE_OVER_OR_AT : GATE_OVER : at[n + 1] == '=' ? GATE_UNDER_OR_AT : GATE_UNDER;
	at += n + (at[n + 1] == '=' ? 2 : 1);
	if (!read_limit(str_from(at), g))
		return err_set(err, ERR_USAGE, "--gate '%.100s': '%.40s' is no limit; there are 0.8, 25%%, +5%%, -5%%, 250ms, 12KiB", text, at);
	return 0;
}

int analyze_gate_check(const char *text, struct err *err)
{
	struct gate g;

	return gate_parse(text, &g, err);
}

bool gate_fails(const struct gate *g, double lo, double hi)
{
	switch (g->op) {
	case GATE_OVER:
		return lo > g->limit;
	case GATE_OVER_OR_AT:
		return lo >= g->limit;
	case GATE_UNDER:
		return hi < g->limit;
	default:
		return hi <= g->limit;
	}
}

struct finding {
	double value, lo, hi;
	bool known, fails;
};

/* The best cause but none and unknown for `any`, else the one named. */
static int cause_finding(struct pass *p, const struct gate *g, struct finding *f, struct err *err)
{
	static const char sql[] = "SELECT c.score, a.level <> 'low' FROM cause c JOIN analysis a ON a.id = c.analysis"
				  " WHERE CASE ?1 WHEN 'any' THEN c.id NOT IN ('none', 'unknown') ELSE c.id = ?1 END ORDER BY c.rank LIMIT 1";
	struct stmt *q;
	int rc = store_query(p->st, &q, err, sql, "s", g->subject);

	if (rc)
		return rc;
	if (store_next(q, err)) {
		f->value = stmt_real(q, 0);
		f->known = true;
		f->fails = stmt_int(q, 1) == 1 && gate_fails(g, f->value, f->value);
	}
	return store_end(q, err);
}

static int changed_finding(struct pass *p, const struct gate *g, struct finding *f, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT changed FROM analysis WHERE changed IS NOT NULL", "");

	if (rc)
		return rc;
	if (store_next(q, err)) {
		f->value = stmt_real(q, 0);
		f->known = true;
		f->fails = gate_fails(g, f->value, f->value);
	}
	return store_end(q, err);
}

/* Metrics that only a signal tells. */
static const char *const by_signal[][2] = { { "gc_cpu_share", "gc.cpu_share" }, { "goroutine_slope", "goroutines.slope" },
	{ "heap_slope", "heap.live_slope" }, { "threads", "threads.slope" }, { NULL, NULL } };

const char *gate_signal_of(const char *metric)
{
	for (int i = 0; by_signal[i][0]; i++)
		if (strcmp(by_signal[i][0], metric) == 0)
			return by_signal[i][1];
	return NULL;
}

static int metric_finding(struct pass *p, const struct gate *g, struct finding *f, struct err *err)
{
	static const char of_change[] = "SELECT base, cur, lo, hi FROM change WHERE metric = ? AND scope IN ('total', 'series') ORDER BY id LIMIT 1";
	static const char of_signal[] = "SELECT base, cur, lo, hi FROM signal WHERE name = ? AND state = 'measured'";
	const char *signal = gate_signal_of(g->subject);
	struct stmt *q;
	int rc = store_query(p->st, &q, err, signal ? of_signal : of_change, "s", signal ? signal : g->subject);

	if (rc)
		return rc;
	if (store_next(q, err)) {
		double base = stmt_real(q, 0), cur = stmt_real(q, 1), lo = stmt_real(q, 2), hi = stmt_real(q, 3);

		if (!isfinite(lo) || !isfinite(hi))
			lo = hi = isfinite(base) ? cur - base : 0;
		f->value = g->relative ? cur / base - 1 : cur;
		f->lo = g->relative ? lo / base : isfinite(base) ? base + lo : cur;
		f->hi = g->relative ? hi / base : isfinite(base) ? base + hi : cur;
		f->known = isfinite(f->value) && isfinite(f->lo) && isfinite(f->hi);
		f->fails = f->known && gate_fails(g, f->lo, f->hi);
	}
	return store_end(q, err);
}

/* A word that is neither a cause nor a metric of this program is a mistake, not missing data. */
static int check_subject(struct pass *p, const struct gate *g, bool *cause, struct err *err)
{
	static const char *const metric[] = { "cpu", "alloc_bytes", "alloc_objects", "inuse_bytes", "mutex_delay", "block_delay", "wall", "gc_pause_p99",
		"gc_pause_over", "gc_rate", "heap_after_gc", "goroutines", "latency_p50", "latency_p95", "latency_p99", "error_rate", "rps", NULL };
	size_t n = strlen(g->subject);

	*cause = strcmp(g->subject, "any") == 0 || catalogue_find(p->cat, g->subject);
	if (*cause || strcmp(g->subject, "changed") == 0 || gate_signal_of(g->subject))
		return 0;
	for (int i = 0; metric[i]; i++) {
		size_t k = strlen(metric[i]);

		if (strncmp(g->subject, metric[i], k) == 0 &&
		    (n == k || strcmp(g->subject + k, "_per_request") == 0 || strcmp(g->subject + k, "_per_second") == 0))
			return 0;
	}
	return err_set(err, ERR_USAGE, "--gate '%.100s': '%.60s' is no cause and no metric (docs/names.md lists them)", g->expr, g->subject);
}

static int decide(struct pass *p, const char *text, struct err *err)
{
	struct finding f = { .value = NAN, .lo = NAN, .hi = NAN };
	struct gate g;
	bool cause;
	int rc = gate_parse(text, &g, err);

	if (!rc)
		rc = check_subject(p, &g, &cause, err);
	if (!rc)
		rc = cause ? cause_finding(p, &g, &f, err) : strcmp(g.subject, "changed") == 0 ? changed_finding(p, &g, &f, err)
											      : metric_finding(p, &g, &f, err);
	if (rc)
		return rc;
	return store_run(p->st, err, "INSERT OR REPLACE INTO gate (analysis, expr, level, value, lo, hi, result) VALUES (1, ?, ?, ?, ?, ?, ?)", "ssddds",
			 g.expr, g.warn ? "warn" : "fail", f.value, f.lo, f.hi, !f.known ? "missing" : f.fails ? "fail" : "pass");
}

int pass_gates(struct pass *p, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < p->o->n_gates; i++)
		rc = decide(p, p->o->gates[i], err);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inlining.c - a function that is inlined on one side and called on the other
 *
 * Whether a call is inlined depends on the compiler's budget, on a directive, on what the function grew by. Where it is not, the call costs, and code around it that was one is two. So what changed in such a
 * function and in those that call it is no finding as long as the compiler can do it (REACH): a shift of kind inlining names both.
 */
#include "analyze/diff.h"

#define MIN_SAMPLES 8	/* of the function itself, on either side */
#define REACH 1.	/* what calls made or saved change in the one that makes them; a larger change keeps its name */
#define MAX_PAIRS 64

/* The function's own samples are all in inlined copies on one side and all in itself on the other; c: who calls it, over all its call sites. */
static const char toggled[] =
	"WITH d AS (SELECT f.symbol, t.side, sum(c.inlined * s.count) AS inlined, sum(s.count) AS n FROM slice l JOIN stretch t ON t.id = l.stretch"
	"  JOIN measure m ON m.id = l.measure AND m.metric = ?1 JOIN sample s ON s.measure = l.measure JOIN callsite c ON c.id = s.callsite"
	"  JOIN func_symbol f ON f.func = c.func JOIN symbol y ON y.id = f.symbol WHERE l.used AND y.kind IN ('user', 'dependency') GROUP BY f.symbol, t.side),"
	" x AS (SELECT b.symbol FROM d b JOIN d c ON c.symbol = b.symbol AND c.side = 'current' WHERE b.side = 'baseline' AND b.n >= ?2 AND c.n >= ?2"
	"  AND b.inlined IN (0, b.n) AND c.inlined IN (0, c.n) AND (b.inlined = b.n) <> (c.inlined = c.n)),"
	" pair AS (SELECT DISTINCT x.symbol AS callee, g.symbol AS caller FROM x JOIN func_symbol f ON f.symbol = x.symbol JOIN callsite c ON c.func = f.func"
	"  JOIN callsite u ON u.id = c.parent JOIN func_symbol g ON g.func = u.func JOIN symbol y ON y.id = g.symbol WHERE y.kind IN ('user', 'dependency')"
	"  AND g.symbol <> x.symbol)"
	" SELECT p.callee, p.caller, min(h.id), (SELECT max(o.id) FROM change o WHERE o.metric = ?3 AND o.scope = 'symbol' AND o.stat = 'cum' AND o.subject ="
	"  CASE h.subject WHEN p.callee THEN p.caller ELSE p.callee END), max(abs(h.delta)) FROM pair p JOIN change h ON h.metric = ?3 AND h.scope = 'symbol'"
	"  AND h.subject IN (p.callee, p.caller) AND h.status IN ('up', 'down', 'new', 'gone') JOIN change w ON w.metric = ?3 AND w.scope = 'symbol' AND w.stat = 'cum'"
	"  AND w.subject = p.caller AND abs(w.delta) <= ?4 * w.base GROUP BY p.callee, p.caller ORDER BY 5 DESC, 1, 2 LIMIT 64";

int diff_inlining(struct pass *p, const struct diff_metric *d, struct err *err)
{
	struct { uint32_t callee, caller; int64_t came, went; double amount; } v[MAX_PAIRS];
	struct stmt *q;
	size_t n = 0;
	int rc;

	if (!d->m->common || d->m->by_count || p->design != DESIGN_TWO_SIDES)	/* metrics of time spent on a processor */
		return 0;
	rc = store_query(p->st, &q, err, toggled, "sisd", d->m->metric, (int64_t)MIN_SAMPLES, d->id, REACH);
	if (rc)
		return rc;
	for (; n < MAX_PAIRS && store_next(q, err); n++) {
		v[n].callee = (uint32_t)stmt_int(q, 0);
		v[n].caller = (uint32_t)stmt_int(q, 1);
		v[n].came = stmt_int(q, 2);
		v[n].went = stmt_null(q, 3) ? STORE_NULL : stmt_int(q, 3);
		v[n].amount = stmt_real(q, 4);
	}
	rc = store_end(q, err);
	for (size_t i = 0; !rc && i < n; i++) {
		rc = store_run(p->st, err, "INSERT INTO shift (came, went, kind, amount) VALUES (?, ?, 'inlining', ?)", "iid", v[i].came, v[i].went, v[i].amount);
		if (!rc)
			rc = diff_mark_shifted(p, d, v[i].callee, err);
		if (!rc)
			rc = diff_mark_shifted(p, d, v[i].caller, err);
	}
	return rc;
}

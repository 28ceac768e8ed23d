// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * toolchain.c - the same source through another compiler
 *
 * Another Go release, a profile for the optimiser (PGO) or inlining switched off moves cost between functions without anybody touching them. Such
 * a difference is known from settings (go_version, build.*), or seen: functions that one side has only inlined and the other never. Then changes of the
 * runtime and the standard library are the toolchain's, and so are changes of other functions that a compiler can make (REACH): they are listed as
 * shifts of kind toolchain, not as findings.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/diff.h"

#define TOGGLED 2	/* functions that are inlined on one side only: chance leaves none */
#define MIN_SAMPLES 8
#define REACH .30	/* what PGO, inlining and a release change in one function; a larger change keeps its name */

static int by_settings(struct pass *p, char *what, size_t size, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "WITH v AS (SELECT s.name, t.side, group_concat(DISTINCT s.value) AS value FROM setting s JOIN stretch t ON t.instance = s.instance"
			     "  WHERE s.name IN ('go_version', 'build.-pgo', 'build.-gcflags', 'build.-tags', 'build.GOAMD64') GROUP BY s.name, t.side)"
			     " SELECT b.name, b.value, c.value FROM v b JOIN v c ON c.name = b.name AND c.side = 'current' WHERE b.side = 'baseline'"
			     " AND b.value <> c.value AND b.name <> 'build.-tags' ORDER BY b.name = 'go_version' DESC, b.name LIMIT 1", "");

	if (rc)
		return rc;
	if (store_next(q, err)) {
		struct str name = stmt_text(q, 0), a = stmt_text(q, 1), b = stmt_text(q, 2);

		snprintf(what, size, "%.*s: %.*s and %.*s", (int)(name.n < 40 ? name.n : 40), name.p, (int)(a.n < 60 ? a.n : 60), a.p,
			 (int)(b.n < 60 ? b.n : 60), b.p);
	}
	return store_end(q, err);
}

/* Where a function's own CPU samples are, by side: in copies inlined into callers, or in itself. */
static int by_inlining(struct pass *p, char *what, size_t size, struct err *err)
{
	struct stmt *q;
	int on = 0, off = 0;
	int rc = store_query(p->st, &q, err,
			     "WITH d AS (SELECT f.symbol, t.side, sum(c.inlined * s.count) AS inlined, sum(s.count) AS n FROM slice l JOIN stretch t ON t.id = l.stretch"
			     "  JOIN measure m ON m.id = l.measure AND m.metric = 'cpu' JOIN sample s ON s.measure = l.measure JOIN callsite c ON c.id = s.callsite"
			     "  JOIN func_symbol f ON f.func = c.func JOIN symbol y ON y.id = f.symbol WHERE l.used AND y.kind IN ('user', 'dependency')"
			     "  GROUP BY f.symbol, t.side)"
			     " SELECT b.inlined = b.n, c.inlined = c.n FROM d b JOIN d c ON c.symbol = b.symbol AND c.side = 'current' WHERE b.side = 'baseline'"
			     " AND b.n >= ?1 AND c.n >= ?1 AND b.inlined IN (0, b.n) AND c.inlined IN (0, c.n) AND (b.inlined = b.n) <> (c.inlined = c.n)", "i",
			     (int64_t)MIN_SAMPLES);

	if (rc)
		return rc;
	while (store_next(q, err))
		stmt_int(q, 0) ? off++ : on++;
	if (on + off >= TOGGLED)
		snprintf(what, size, "inlining: %d functions are inlined on the current side only, %d on the baseline only", on, off);
	return store_end(q, err);
}

int diff_toolchains(struct pass *p, char *what, size_t size, struct err *err)
{
	int rc = 0;

	what[0] = '\0';
	if (p->design == DESIGN_TWO_SIDES)
		rc = by_settings(p, what, size, err);
	if (!rc && !what[0] && p->design == DESIGN_TWO_SIDES)
		rc = by_inlining(p, what, size, err);
	return rc;
}

int diff_toolchain(struct pass *p, const struct diff_metric *d, const char *what, struct err *err)
{
	int rc = 0;

	if (what[0])
		rc = store_run(p->st, err,
			       "INSERT INTO shift (came, went, kind, amount) SELECT c.id, NULL, 'toolchain', c.delta FROM change c JOIN symbol y ON y.id = c.subject"
			       " WHERE c.metric = ? AND c.scope = 'symbol' AND c.status IN ('up', 'down', 'new', 'gone')"
			       " AND (y.kind NOT IN ('user', 'dependency') OR abs(c.delta) <= ? * c.base) ORDER BY c.id", "sd", d->id, REACH);
	if (!rc && what[0])
		rc = store_run(p->st, err, "UPDATE change SET status = 'shifted' WHERE metric = ? AND id IN (SELECT came FROM shift WHERE kind = 'toolchain')", "s",
			       d->id);
	return rc;
}

int diff_toolchain_caveat(struct pass *p, const char *what, struct err *err)
{
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(DISTINCT c.subject) FROM shift s JOIN change c ON c.id = s.came WHERE s.kind = 'toolchain'", "");

	if (rc || !what[0])
		return rc;
	return pass_caveat(p, err, "toolchain", NULL, "The sides were compiled differently (%s): what changed in %d functions is the toolchain's, not the code's.",
			   what, (int)n);
}

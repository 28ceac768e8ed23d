// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * toolchain.c - the same source through another compiler
 *
 * Another Go release, a profile for the optimiser (PGO) or inlining switched off moves cost between functions without anybody touching them. Such
 * a difference is known from settings (go_version, build.*), or seen: functions that one side has only inlined and the other never, functions of
 * the standard library that begin at other lines. Then changes of the
 * runtime and the standard library are the toolchain's. So is every change of other functions when both sides have one source, by their revision;
 * when they have not, or nobody says, those that a compiler can make (REACH). They are listed as shifts of kind toolchain, not as findings, and a caveat says so.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analyze/diff.h"
#include "core/costs.h"

#define TOGGLED 2	/* functions that are inlined on one side only: chance leaves none */
#define MIN_SAMPLES 8
#define MIN_COMMON 20	/* functions of the standard library and the runtime on both sides, whose first lines are compared */
#define OTHER_LINES .2	/* of them begin elsewhere: another release */
#define REACH .30	/* what PGO and a release change in one function; a larger change of another source keeps its name */
#define REACH_INLINING 1.	/* calls that are made or saved can double what a small function costs */

static int by_settings(struct pass *p, char *what, size_t size, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "WITH v AS (SELECT s.name, t.side, group_concat(DISTINCT s.value) AS value FROM setting s JOIN stretch t ON t.instance = s.instance"
			     "  WHERE s.name IN ('go_version', 'build.-pgo', 'build.-gcflags', 'build.GOAMD64') GROUP BY s.name, t.side)"
			     /* Build information names what was set, so a flag that only one side has is a difference where both sides have such information. */
			     " SELECT n.name, coalesce(b.value, 'none'), coalesce(c.value, 'none') FROM (SELECT DISTINCT name FROM v) n"
			     " LEFT JOIN v b ON b.name = n.name AND b.side = 'baseline' LEFT JOIN v c ON c.name = n.name AND c.side = 'current'"
			     " WHERE coalesce(b.value, '') <> coalesce(c.value, '') AND (b.value IS NOT NULL AND c.value IS NOT NULL"
			     "  OR (n.name <> 'go_version' AND (SELECT count(*) FROM v WHERE name = 'go_version') = 2))"
			     " ORDER BY n.name = 'go_version' DESC, n.name LIMIT 1", "");

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

/* Another release has moved the first lines of what it comes with. */
static int by_lines(struct pass *p, char *what, size_t size, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "WITH u AS (SELECT DISTINCT ft.func, t.side FROM func_total ft JOIN measure m ON m.id = ft.measure"
			     "  JOIN profile o ON o.id = m.profile JOIN (SELECT DISTINCT instance, side FROM stretch) t ON t.instance = o.instance),"
			     " d AS (SELECT DISTINCT f.name, u.side, f.start_line FROM u JOIN func f ON f.id = u.func JOIN func_symbol s ON s.func = f.id"
			     "  JOIN symbol y ON y.id = s.symbol WHERE y.kind IN ('std', 'runtime') AND f.start_line > 0),"
			     " b AS (SELECT name, min(start_line) AS line FROM d WHERE side = 'baseline' GROUP BY name HAVING count(*) = 1),"
			     " c AS (SELECT name, min(start_line) AS line FROM d WHERE side = 'current' GROUP BY name HAVING count(*) = 1)"
			     " SELECT count(*), coalesce(sum(b.line <> c.line), 0) FROM b JOIN c USING (name)", "");

	if (rc)
		return rc;
	if (store_next(q, err)) {
		int64_t n = stmt_int(q, 0), other = stmt_int(q, 1);

		if (n >= MIN_COMMON && (double)other >= OTHER_LINES * (double)n)
			snprintf(what, size, "Go release: %d of %d functions of the standard library and the runtime begin at other lines", (int)other, (int)n);
	}
	return store_end(q, err);
}

/* One revision on both sides, and every run has it. */
static int one_source(struct pass *p, bool *yes, struct err *err)
{
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(DISTINCT revision) = 1 AND count(revision) = count(*) FROM run", "");

	*yes = n == 1;
	return rc;
}

int diff_toolchains(struct pass *p, struct toolchains *t, struct err *err)
{
	int rc = 0;

	*t = (struct toolchains){ .reach = REACH };
	if (p->design != DESIGN_TWO_SIDES)
		return 0;
	rc = by_settings(p, t->what, sizeof(t->what), err);
	if (!rc && !t->what[0])
		rc = by_lines(p, t->what, sizeof(t->what), err);
	if (!rc && !t->what[0]) {
		rc = by_inlining(p, t->what, sizeof(t->what), err);
		t->reach = REACH_INLINING;
	}
	if (strncmp(t->what, "build.-gcflags", 14) == 0)
		t->reach = REACH_INLINING;
	return rc ? rc : one_source(p, &t->one_source, err);
}

int diff_toolchain(struct pass *p, const struct diff_metric *d, const struct toolchains *t, struct err *err)
{
	static const char came[] = "INSERT INTO shift (came, went, kind, amount) SELECT c.id, NULL, 'toolchain', c.delta FROM change c JOIN symbol y ON y.id = c.subject"
		" WHERE c.metric = ?1 AND c.scope = 'symbol' AND c.status IN ('up', 'down', 'new', 'gone')"
		" AND (?2 OR y.kind NOT IN ('user', 'dependency') OR abs(c.delta) <= ?3 * c.base) ORDER BY c.id";
	static const char path[] = "UPDATE change SET status = 'shifted' WHERE metric = ?1 AND scope = 'path' AND status IN ('up', 'down', 'new', 'gone')"
		" AND EXISTS (SELECT 1 FROM path h JOIN symbol y ON y.id = h.symbol WHERE h.id = change.subject"
		"  AND (?2 OR y.kind NOT IN ('user', 'dependency') OR abs(delta) <= ?3 * base))";
	int rc = 0;

	if (!t->what[0])
		return 0;
	rc = store_run(p->st, err, came, "sid", d->id, (int64_t)t->one_source, t->reach);
	if (!rc)
		rc = store_run(p->st, err, path, "sid", d->id, (int64_t)t->one_source, t->reach);
	return rc ? rc : store_run(p->st, err, "UPDATE change SET status = 'shifted' WHERE metric = ? AND id IN (SELECT came FROM shift WHERE kind = 'toolchain')",
				   "s", d->id);
}

int diff_toolchain_caveat(struct pass *p, const struct toolchains *t, struct err *err)
{
	int64_t n = 0, left = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(DISTINCT c.subject) FROM shift s JOIN change c ON c.id = s.came WHERE s.kind = 'toolchain' AND c.scope = 'symbol'", "");

	if (!rc)
		rc = store_int(p->st, err, &left, 0, "SELECT count(DISTINCT c.subject) FROM change c JOIN symbol y ON y.id = c.subject WHERE c.scope = 'symbol'"
			       " AND y.kind IN ('user', 'dependency') AND c.status IN ('up', 'down', 'new', 'gone')", "");
	if (rc || !t->what[0])
		return rc;
	if (t->one_source || !left)
		return n ? pass_caveat(p, err, "toolchain", NULL, "The sides were compiled differently (%s)%s: what changed in %d functions is the toolchain's, not the code's.",
				       t->what, t->one_source ? " from one source" : "", (int)n)
			 : pass_caveat(p, err, "toolchain", NULL, "The sides were compiled differently (%s)%s; no function changed by more than chance.", t->what,
				       t->one_source ? " from one source" : "");
	return pass_caveat(p, err, "toolchain", NULL, "The sides were compiled differently (%s): what changed in %d functions is the toolchain's, not the code's. %d"
			   " changed by more than that explains (%.0f %%) and are listed; builds of both by one toolchain would tell.",
			   t->what, (int)n, (int)left, 100 * t->reach);
}

/* ---- without a store ---- */

struct first_line {
	int64_t line;
	bool several;
};

/* As by_lines(), by symbol, which is a name but for closures; half of what that asks for is enough to ask it. */
static bool lines_in_pair(const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], struct first_line *v[SIDES])
{
	size_t n = 0, other = 0;

	for (int s = 0; s < SIDES; s++)
		for (size_t i = 0; i < side[s].n_funcs; i++) {
			struct first_line *f = &v[s][of[s][i]];
			int64_t line = side[s].func[i].start_line;

			if (line <= 0)
				continue;
			f->several |= f->line && f->line != line;
			f->line = line;
		}
	for (uint32_t y = 1; y <= t->n_symbols; y++) {
		const struct first_line *b = &v[BASE][y], *c = &v[CUR][y];

		if ((t->sym[y].kind != KIND_STD && t->sym[y].kind != KIND_RUNTIME) || !b->line || !c->line || b->several || c->several)
			continue;
		n++;
		other += b->line != c->line;
	}
	return 2 * n >= MIN_COMMON && (double)other >= OTHER_LINES / 2 * (double)n;
}

/* As by_inlining(). */
static bool inlining_in_pair(const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], struct cost_inlined *v[SIDES])
{
	int toggled = 0;

	for (int s = 0; s < SIDES; s++)
		for (size_t i = 0; i < side[s].n_inlined; i++) {
			struct cost_inlined *to = &v[s][of[s][side[s].inlined[i].func]];

			to->inlined += side[s].inlined[i].inlined;
			to->count += side[s].inlined[i].count;
		}
	for (uint32_t y = 1; y <= t->n_symbols; y++) {
		const struct cost_inlined *b = &v[BASE][y], *c = &v[CUR][y];
		bool all[SIDES] = { b->inlined == b->count, c->inlined == c->count };

		toggled += (t->sym[y].kind == KIND_USER || t->sym[y].kind == KIND_DEPENDENCY) && b->count >= MIN_SAMPLES && c->count >= MIN_SAMPLES &&
			   (all[BASE] || !b->inlined) && (all[CUR] || !c->inlined) && all[BASE] != all[CUR];
	}
	return toggled >= TOGGLED;
}

int toolchains_in_pair(struct pass *p, const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], bool *yes, struct err *err)
{
	struct first_line *line[SIDES];
	struct cost_inlined *inlined[SIDES];

	for (int s = 0; s < SIDES; s++) {
		line[s] = arena_array(&p->mem, struct first_line, (size_t)t->n_symbols + 1);
		inlined[s] = arena_array(&p->mem, struct cost_inlined, (size_t)t->n_symbols + 1);
		if (!line[s] || !inlined[s])
			return err_nomem(err);
	}
	*yes = lines_in_pair(t, side, of, line) || inlining_in_pair(t, side, of, inlined);
	return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * guilty.c - the code that carries a cause, down to function, file and line
 *
 * Cost causes name the user function whose own cost grew most (what the runtime and libraries did for it is charged to it), at the line of
 * it that grew most. Waiting causes name the goroutine stack that grew most: where it waits (its top user frame) and who started it.
 */
#include <math.h>

#include "analyze/catalogue.h"
#include "analyze/cube.h"
#include "analyze/gostacks.h"
#include "analyze/guilty.h"
#include "analyze/signature_match.h"

#define MAX_PER_CAUSE 5
#define PER_KIND 3
#define SECOND .5		/* of the first caller's goroutines */
#define KEEPERS 2		/* callers named beside an allocation site */
#define MAYBE_P .2		/* an untold function may still be named when nothing better is found; of a heap that is known to grow the likeliest */

static int put(struct pass *p, const char *cause, int *rank, const char *role, int64_t func, int64_t line, int64_t path, double share,
	       struct err *err)
{
	int64_t there = 0;
	int rc = store_int(p->st, err, &there, 0, "SELECT count(*) FROM guilty WHERE cause = ? AND role = ? AND func = ?", "ssi", cause, role, func);

	if (rc || there || *rank >= MAX_PER_CAUSE)
		return rc;
	++*rank;
	return store_run(p->st, err, "INSERT INTO guilty (analysis, cause, rank, role, func, line, path, share) VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
			 "sisiiid", cause, (int64_t)*rank, role, func, line > 0 ? line : STORE_NULL, path, share);
}

/* metric ids carry _per_request or _per_second; causes.ini does not care which. */
static const char *metric_of(struct pass *p, const char *spec)
{
	struct buf b = { .limit = 100 };
	char *s;

	buf_puts(&b, spec);
	if (strncmp(spec, "inuse", 5) != 0)
		buf_puts(&b, p->per_request ? "_per_request" : "_per_second");
	s = arena_strdup(&p->mem, b.data);
	buf_free(&b);
	return s;
}

static const char *role_of(const char *spec)
{
	if (strncmp(spec, "mutex", 5) == 0)
		return "holder";
	return strncmp(spec, "alloc", 5) == 0 || strncmp(spec, "inuse", 5) == 0 ? "allocator" : "hot";
}

static const char *measure_of(const char *spec)
{
	return strncmp(spec, "mutex", 5) == 0 ? "mutex" : strncmp(spec, "alloc", 5) == 0 ? "alloc"
	     : strncmp(spec, "inuse", 5) == 0 ? "inuse" : strncmp(spec, "block", 5) == 0 ? "block" : "cpu";
}

/*
 * The user functions that called for what `symbol` holds on to, nearest first, along the path whose live heap grew most: who allocates is
 * seldom who forgets to let go.
 */
static int keepers(struct pass *p, const struct tree *t, const char *cause, uint32_t symbol, double share, int *rank, struct err *err)
{
	uint32_t seen[1 + KEEPERS] = { symbol };
	int64_t path = 0;
	int n = 1;
	int rc = store_int(p->st, err, &path, 0,
			   "SELECT c.path FROM path_cost c JOIN path a ON a.id = c.path WHERE c.metric = 'inuse_bytes' AND a.symbol = ?"
			   " ORDER BY c.cur_cum - c.base_cum DESC, c.path LIMIT 1", "i", (int64_t)symbol);

	for (uint32_t i = rc || !path ? 0 : t->parent[path]; !rc && i && n <= KEEPERS; i = t->parent[i]) {
		int64_t func = STORE_NULL;

		if (t->sym[t->symbol[i]].kind != KIND_USER || t->symbol[i] == seen[n - 1])
			continue;
		seen[n++] = t->symbol[i];
		rc = store_int(p->st, err, &func, STORE_NULL,
			       "SELECT f.func FROM func_symbol f JOIN func u ON u.id = f.func WHERE f.symbol = ? ORDER BY u.name, u.file LIMIT 1", "i",
			       (int64_t)t->symbol[i]);
		if (!rc)
			rc = put(p, cause, rank, "caller", func, STORE_NULL, (int64_t)i, share, err);
	}
	return rc;
}

/* The lowest function of a symbol, by name and file. */
static int func_of(struct pass *p, uint32_t symbol, int64_t *func, struct err *err)
{
	*func = STORE_NULL;
	return store_int(p->st, err, func, STORE_NULL,
			 "SELECT f.func FROM func_symbol f JOIN func u ON u.id = f.func WHERE f.symbol = ? ORDER BY u.name, u.file LIMIT 1", "i",
			 (int64_t)symbol);
}

/* Beside a user function the library that did it, where one carries most of its growth. */
static int library(struct pass *p, struct guilty_lines *lines, const struct tree *t, const char *cause, const char *measure, uint32_t owner, int *rank, struct err *err)
{
	int64_t func;
	uint32_t symbol;
	double share;
	int rc = guilty_library(&lines->costs, p, t, measure, owner, &symbol, &share, err);

	if (rc || !symbol)
		return rc;
	rc = func_of(p, symbol, &func, err);
	return rc || func == STORE_NULL ? rc : put(p, cause, rank, "library", func, STORE_NULL, STORE_NULL, share, err);
}

static int own(struct pass *p, struct guilty_lines *lines, const struct tree *t, const char *cause, const char *spec, int *rank, struct err *err)
{
	struct { int64_t symbol; double delta; } row[PER_KIND];
	const char *metric = metric_of(p, spec);
	struct stmt *q;
	double sum = 0;
	int n = 0, rc;

	if (!metric)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT c.subject, c.delta, c.status IN ('up', 'new') AS found FROM change c JOIN symbol y ON y.id = c.subject"
			 " WHERE c.metric = ? AND c.scope = 'symbol' AND c.stat = 'own' AND c.delta > 0 AND (found OR c.p < ?)"
			 " ORDER BY found DESC, c.delta DESC, y.name", "sd", metric, strncmp(spec, "inuse", 5) == 0 ? 1.1 : MAYBE_P);
	if (rc)
		return rc;
	while (store_next(q, err)) {
		sum += stmt_real(q, 1);
		if (n < PER_KIND) {
			row[n].symbol = stmt_int(q, 0);
			row[n++].delta = stmt_real(q, 1);
		}
	}
	rc = store_end(q, err);
	for (int i = 0; !rc && i < n; i++) {
		int64_t func = STORE_NULL, line = STORE_NULL;

		rc = guilty_line(lines, p, measure_of(spec), (uint32_t)row[i].symbol, &func, &line, err);
		if (!rc)
			rc = put(p, cause, rank, role_of(spec), func, line, STORE_NULL, row[i].delta / sum, err);
		if (!rc && i == 0)
			rc = library(p, lines, t, cause, measure_of(spec), (uint32_t)row[i].symbol, rank, err);
		if (!rc && i == 0 && strcmp(spec, "inuse_growth_bytes") == 0)
			rc = keepers(p, t, cause, (uint32_t)row[i].symbol, row[i].delta / sum, rank, err);
	}
	return rc;
}

/* What the heap still holds at the end, where neither its mean nor a test of its growth named anybody. */
static int kept(struct pass *p, struct guilty_lines *lines, const struct tree *t, const char *cause, int *rank, struct err *err)
{
	uint32_t symbol[PER_KIND];
	double growth[PER_KIND], all = 0;
	size_t n = PER_KIND;
	int rc;

	if (*rank)
		return 0;
	rc = guilty_kept(p, t, symbol, growth, &n, &all, err);
	for (size_t i = 0; !rc && i < n; i++) {
		int64_t func = STORE_NULL, line = STORE_NULL;

		rc = guilty_line(lines, p, "inuse", symbol[i], &func, &line, err);
		if (!rc && func == STORE_NULL)
			rc = func_of(p, symbol[i], &func, err);
		if (!rc && func != STORE_NULL)
			rc = put(p, cause, rank, "allocator", func, line, STORE_NULL, growth[i] / all, err);
	}
	return rc;
}

/*
 * The stack of a class prefix ("" = any but the runtime's own) that grew most; in a snapshot the largest. One with a user frame goes before all
 * without: a library's helper goroutines come in the wake of the user's call, and often outnumber it.
 */
static const struct gostack *grown(const struct gostacks *g, const struct tree *t, const char *class, double *all)
{
	const struct gostack *best = NULL;
	double most = 0;
	bool best_user = false;

	*all = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct gostack *s = &g->stack[i];
		double d = s->mean[CUR] - s->mean[BASE];
		bool user = s->path && t->owner[s->path];

		if (d <= 0 || str_starts(s->class, "idle") || !str_starts(s->class, class))
			continue;
		*all += d;
		if (user < best_user || (user == best_user && d <= most))
			continue;
		most = d;
		best = s;
		best_user = user;
	}
	return best;
}

/* The exact frame of a symbol of a stack, upward from the leaf. */
static int put_frame(struct pass *p, const char *cause, const struct gostack *s, uint32_t symbol, const char *role, double share, int *rank,
		     struct err *err)
{
	struct stmt *q;
	int64_t func = STORE_NULL, line = STORE_NULL, callsite = s->callsite;
	int rc = gostacks_callsite(p, s, &callsite, err);

	if (rc)
		return rc;
	rc = store_query(p->st, &q, err,
			     "WITH RECURSIVE up (id, parent, func, line, depth) AS (SELECT id, parent, func, line, 0 FROM callsite WHERE id = ?1"
			     " UNION ALL SELECT c.id, c.parent, c.func, c.line, up.depth + 1 FROM callsite c JOIN up ON c.id = up.parent WHERE up.depth < 512)"
			     " SELECT up.func, up.line FROM up JOIN func_symbol f ON f.func = up.func WHERE f.symbol = ?2 ORDER BY depth LIMIT 1", "ii",
			     callsite, (int64_t)symbol);

	if (rc)
		return rc;
	if (store_next(q, err)) {
		func = stmt_int(q, 0);
		line = stmt_int(q, 1);
	}
	rc = store_end(q, err);
	return rc || func == STORE_NULL ? rc : put(p, cause, rank, role, func, line, s->path ? (int64_t)s->path : STORE_NULL, share, err);
}

static int put_stack(struct pass *p, const struct tree *t, const char *cause, const struct gostack *s, const char *role, double share,
		     int *rank, struct err *err)
{
	return put_frame(p, cause, s, gostacks_top(s, t), role, share, rank, err);
}

static int waiter(struct pass *p, const struct tree *t, const struct gostacks *g, const char *cause, const char *class, int *rank,
		  struct err *err)
{
	double all;
	const struct gostack *s = grown(g, t, class, &all);

	return s ? put_stack(p, t, cause, s, "waiter", (s->mean[CUR] - s->mean[BASE]) / all, rank, err) : 0;
}

/* The function that pays for the frames of a cost signature of the cause. */
static int payer(struct pass *p, struct guilty_lines *lines, const struct tree *t, const char *cause, const struct cause_frames *f, int *rank, struct err *err)
{
	int64_t func = STORE_NULL, line = STORE_NULL;
	uint32_t symbol;
	double share;
	int rc = guilty_payer(&lines->costs, p, t, f, &symbol, &share, err);

	if (rc || !symbol)
		return rc;
	if (t->sym[symbol].kind == KIND_USER)
		rc = guilty_line(lines, p, f->metric, symbol, &func, &line, err);
	else
		rc = func_of(p, symbol, &func, err);
	return rc || func == STORE_NULL ? rc : put(p, cause, rank, "caller", func, line, STORE_NULL, share, err);
}

/*
 * The user functions that stand most often, on the current side, above the frames of a goroutine signature of the cause: the first, and a second
 * that stands half as often or more, since what is waited for in one place is held up in another.
 */
static int waiting_caller(struct pass *p, const struct tree *t, const struct gostacks *g, const char *cause, const struct cause_frames *f, int *rank,
			  struct err *err)
{
	uint64_t *symbols = arena_array(&p->mem, uint64_t, (size_t)t->n_symbols + 1);
	uint64_t *paths = arena_array(&p->mem, uint64_t, (size_t)t->n_paths + 1);
	const struct gostack *best[2] = { NULL };
	double all = 0;
	int rc;

	if (!symbols || !paths)
		return err_nomem(err);
	rc = signature_symbols(f, t, 1, symbols, err);
	if (rc)
		return rc;
	signature_paths(t, symbols, paths);
	for (size_t i = 0; i < g->n; i++) {
		const struct gostack *s = &g->stack[i];

		if (!paths[s->path] || !t->owner[s->path] || !(s->mean[CUR] > 0))
			continue;
		all += s->mean[CUR];
		if (!best[0] || s->mean[CUR] > best[0]->mean[CUR]) {
			if (best[0] && t->owner[best[0]->path] != t->owner[s->path])
				best[1] = best[0];
			best[0] = s;
		} else if (t->owner[s->path] != t->owner[best[0]->path] && (!best[1] || s->mean[CUR] > best[1]->mean[CUR])) {
			best[1] = s;
		}
	}
	for (int i = 0; !rc && i < 2 && best[i] && best[i]->mean[CUR] >= SECOND * best[0]->mean[CUR]; i++)
		rc = put_stack(p, t, cause, best[i], "caller", best[i]->mean[CUR] / all, rank, err);
	return rc;
}

static int caller(struct pass *p, struct guilty_lines *lines, const struct tree *t, const struct gostacks *g, const struct cause_spec *c, const char *name,
		  int *rank, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < c->n_frames; i++) {
		const struct cause_frames *f = &c->frames[i];

		if (strcmp(strrchr(f->name, '.') + 1, name) != 0)
			continue;
		rc = strcmp(f->metric, "goroutine") == 0 ? waiting_caller(p, t, g, c->text.id, f, rank, err)
							  : payer(p, lines, t, c->text.id, f, rank, err);
	}
	return rc;
}

static int put_creator(struct pass *p, const char *cause, const struct gostack *s, double share, int *rank, struct err *err)
{
	struct stmt *q;
	int64_t func = STORE_NULL, line = STORE_NULL;
	int rc = store_query(p->st, &q, err,
			     "SELECT g.creator, g.creator_line FROM gogroup g JOIN func_symbol f ON f.func = g.creator"
			     " JOIN callsite_path c ON c.callsite = g.callsite JOIN func n ON n.id = g.creator WHERE f.symbol = ? AND c.path = ?"
			     " GROUP BY g.creator, g.creator_line ORDER BY sum(g.count) DESC, n.name, g.creator_line LIMIT 1", "ii",
			     (int64_t)s->creator, (int64_t)s->path);

	if (rc)
		return rc;
	if (store_next(q, err)) {
		func = stmt_int(q, 0);
		line = stmt_int(q, 1);
	}
	rc = store_end(q, err);
	return rc || func == STORE_NULL ? rc : put(p, cause, rank, "creator", func, line, STORE_NULL, share, err);
}

/*
 * Who begins the goroutines that grew most: the user's function, where there is one. A creator that only runs what it is handed, or serves whoever asks, stands behind
 * all other places of the cause (last).
 */
static int creator(struct pass *p, const struct tree *t, const struct gostacks *g, const char *cause, const char *class, bool last, int *rank, struct err *err)
{
	double all, share;
	const struct gostack *s = grown(g, t, class, &all);
	struct starter by;
	bool direct;

	if (!s || !s->creator)
		return 0;
	share = (s->mean[CUR] - s->mean[BASE]) / all;
	by = gostacks_starter(s, t);
	direct = by.maker.n && !by.frame;
	if (!last && by.frame)
		return put_frame(p, cause, s, t->symbol[by.frame], "creator", share, rank, err);
	return direct == last ? 0 : put_creator(p, cause, s, share, rank, err);
}

static int of_cause(struct pass *p, struct guilty_lines *lines, const struct tree *t, const struct gostacks *g,
		    const struct cause_spec *s, struct err *err)
{
	int rank = 0, rc = 0;

	for (size_t i = 0; !rc && i < 2 * s->n_guilty; i++) {
		const char *spec = s->guilty[i % s->n_guilty], *colon = strchr(spec, ':');
		bool last = i >= s->n_guilty;

		if (strncmp(spec, "creator", 7) == 0)
			rc = creator(p, t, g, s->text.id, colon ? colon + 1 : "", last, &rank, err);
		else if (last)
			continue;
		else if (strncmp(spec, "own:", 4) == 0)
			rc = own(p, lines, t, s->text.id, spec + 4, &rank, err);
		else if (strcmp(spec, "kept") == 0)
			rc = kept(p, lines, t, s->text.id, &rank, err);
		else if (strncmp(spec, "waiter", 6) == 0)
			rc = waiter(p, t, g, s->text.id, colon ? colon + 1 : "", &rank, err);
		else if (strncmp(spec, "caller:", 7) == 0)
			rc = caller(p, lines, t, g, s, spec + 7, &rank, err);
		else
			rc = err_set(err, ERR_USAGE, "[%s] guilty = %s: not own:METRIC, kept, waiter, caller:NAME or creator", s->text.id, spec);
	}
	return rc;
}

int pass_guilty(struct pass *p, struct err *err)
{
	struct tree t = { 0 };
	struct gostacks g = { 0 };
	struct guilty_lines lines = { 0 };
	int rc = tree_load(&t, p, err);

	if (!rc)
		rc = gostacks_load(&g, p, &t, err);
	if (!rc)
		rc = guilty_lines_load(&lines, p, &t, err);
	for (size_t i = 0; !rc && i < analyze_catalogue_count(p->cat); i++) {
		const struct cause_spec *s = catalogue_spec(p->cat, i);

		if (s->n_guilty)
			rc = of_cause(p, &lines, &t, &g, s, err);
	}
	guilty_lines_free(&lines);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * shifts.c - cost that only moved into a function that is new
 *
 * A function that was split, inlined no more or taken out of its caller is new and dear, and nothing got dearer: the user function above it,
 * which both sides have, costs what it cost. Then the new function is said to have come out of that one, and is no finding. (What moved between
 * functions that both sides have is domains.c's.)
 */
#include <math.h>

#include "analyze/diff.h"

#define MOST_LEFT .35		/* of the new function's cost, by which the one above it may have grown */
#define MAX_NEW 64

/* The user function above the symbol's dearest path that both sides have: its cum in this metric. False: none. */
static bool domain_of(const struct tree *t, const struct cube *c, uint32_t symbol, const double *cum[SIDES], uint32_t *domain)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i <= c->n_paths; i++)
		if (t->symbol[i] == symbol && (!best || c->path_amount[CUR][i] > c->path_amount[CUR][best]))
			best = i;
	for (uint32_t i = best ? t->parent[best] : 0; i; i = t->parent[i]) {
		*domain = t->symbol[i];
		if (t->sym[*domain].kind == KIND_USER && cum[BASE][*domain] > 0 && cum[CUR][*domain] > 0)
			return true;
	}
	return false;
}

static int put_shift(struct pass *p, const struct diff_metric *d, int64_t came, int64_t symbol, uint32_t domain, double amount, struct err *err)
{
	int64_t went = STORE_NULL;
	int rc = store_int(p->st, err, &went, STORE_NULL,
			   "SELECT id FROM change WHERE metric = ? AND scope = 'symbol' AND stat = 'cum' AND subject = ?", "si", d->id, (int64_t)domain);

	if (!rc)
		rc = store_run(p->st, err, "INSERT INTO shift (came, went, kind, amount) VALUES (?, ?, 'split', ?)", "iid", came, went, amount);
	if (!rc)
		rc = store_run(p->st, err, "UPDATE change SET status = 'shifted' WHERE metric = ? AND scope = 'symbol' AND subject = ? AND status = 'new'",
			       "si", d->id, symbol);
	/* The other end: what the function above lost itself, while it costs with all it calls what it cost. */
	if (!rc)
		rc = store_run(p->st, err, "UPDATE change SET status = 'shifted' WHERE metric = ?1 AND scope = 'symbol' AND subject = ?2 AND stat <> 'cum'"
			       " AND status = 'down' AND NOT EXISTS (SELECT 1 FROM change c WHERE c.metric = ?1 AND c.scope = 'symbol' AND c.subject = ?2"
			       " AND c.stat = 'cum' AND c.status IN ('up', 'down', 'new', 'gone'))", "si", d->id, (int64_t)domain);
	return rc;
}

/* Cum per unit of work of every symbol on both sides. */
static int load_cum(struct pass *p, const struct comparison *k, const double *cum[SIDES], struct err *err)
{
	const struct cube *c = k->c;

	for (int side = 0; side < SIDES; side++) {
		double *sum = arena_array(&p->mem, double, (size_t)c->n_symbols + 1), exposure = 0;

		if (!sum)
			return err_nomem(err);
		for (size_t s = 0; s < c->n; s++) {
			if ((int)c->slice[s].side != side)
				continue;
			exposure += c->slice[s].exposure;
			for (uint32_t y = 1; y <= c->n_symbols; y++)
				sum[y] += CUBE_AT(c, amount, STAT_CUM, s, y);
		}
		for (uint32_t y = 1; exposure > 0 && y <= c->n_symbols; y++)
			sum[y] /= exposure;
		cum[side] = sum;
	}
	return 0;
}

int diff_shifts(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
{
	struct { int64_t id, symbol; double delta; } row[MAX_NEW];
	const double *cum[SIDES];
	struct stmt *q;
	size_t n = 0;
	int rc = store_query(p->st, &q, err,
			     "SELECT min(c.id), c.subject, max(c.delta) FROM change c JOIN symbol y ON y.id = c.subject WHERE c.metric = ? AND c.scope = 'symbol'"
			     " AND c.status = 'new' AND y.kind = 'user' GROUP BY c.subject ORDER BY 3 DESC, y.name LIMIT 64", "s", d->id);

	if (rc)
		return rc;
	for (; n < MAX_NEW && store_next(q, err); n++) {
		row[n].id = stmt_int(q, 0);
		row[n].symbol = stmt_int(q, 1);
		row[n].delta = stmt_real(q, 2);
	}
	rc = store_end(q, err);
	if (!rc && n)
		rc = load_cum(p, k, cum, err);
	for (size_t i = 0; !rc && i < n; i++) {
		uint32_t domain = 0;

		if (domain_of(t, k->c, (uint32_t)row[i].symbol, cum, &domain) && cum[CUR][domain] - cum[BASE][domain] <= MOST_LEFT * row[i].delta)
			rc = put_shift(p, d, row[i].id, row[i].symbol, domain, row[i].delta, err);
	}
	if (!rc)
		rc = diff_inlining(p, d, err);
	return rc ? rc : diff_domains(p, t, k->c, d, err);
}

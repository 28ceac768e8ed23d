// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * domains.c - cost that moved from one function to another and did not grow
 *
 * A function that got dearer is no finding when a relative of it got cheaper by as much: work was moved, and what a request costs is what it was.
 * Relatives are those of one cost domain, as FBDetect (SOSP 2024) has them; from the narrowest to the widest: methods of one type, functions whose
 * names begin with the same word, functions below one caller, functions of one package. Of a domain's changes those up and those down must cancel
 * (MOST_LEFT); then all of them are the ends of a shift, which is reported with both ends, and none is a finding. One end must be found; the others
 * need not pass among all that were tested, since they are looked for: a p of their own is enough (not for cum, which varies with all that is below).
 */
#include <ctype.h>
#include <math.h>

#include "analyze/diff.h"
#include "core/gosym.h"

#define MOST_LEFT .25	/* of the larger of what came and what went */
#define MAX_ENDS 128
#define MIN_WORD 3	/* letters: "do" is no word that makes relatives */

enum domain { DOMAIN_TYPE, DOMAIN_PREFIX, DOMAIN_CALLER, DOMAIN_PACKAGE, DOMAINS };
static const char *const domain_name[DOMAINS] = { "type", "prefix", "caller", "package" };

struct end {
	int64_t id;		/* change.id */
	bool taken;
	uint32_t symbol, caller;
	double delta;
	bool found;
	struct str package, type, word;	/* type: the receiver; word: the first of the function's own name. Empty: none */
};

/* "(*Book)" of "(*Book).Low", "Book" of "Book.Low"; nothing of "Render.func": a closure's method is none. */
static struct str receiver_of(struct str base)
{
	const char *dot = base.n ? memchr(base.p, '.', base.n) : NULL;
	struct str after, type;

	if (!dot)
		return STR_NONE;
	type = (struct str){ base.p, (size_t)(dot - base.p) };
	after = str_skip(base, type.n + 1);
	if (str_is(after, "func") || memchr(after.p, '.', after.n))
		return STR_NONE;
	if (type.n > 3 && type.p[0] == '(' && type.p[1] == '*' && type.p[type.n - 1] == ')')
		type = (struct str){ type.p + 2, type.n - 3 };
	return type;
}

/* "round" of "roundUp" and of "round": up to the second word of a name in camel case. */
static struct str word_of(struct str base)
{
	size_t at = 0, n;

	for (size_t i = 0; i < base.n; i++)
		if (base.p[i] == '.' && !str_is(str_skip(base, i + 1), "func"))
			at = i + 1;
	for (n = at ? at : 0; n < base.n && (n == at || islower((unsigned char)base.p[n])); n++)
		;
	return n - at >= MIN_WORD && (n == base.n || isupper((unsigned char)base.p[n]) || base.p[n] == '_') ? (struct str){ base.p + at, n - at } : STR_NONE;
}

/* The symbol's dearest path; 0: none. */
static uint32_t dearest(const struct tree *t, const struct cube *c, uint32_t symbol)
{
	uint32_t best = 0;
	double most = -1;

	for (uint32_t i = 1; i <= c->n_paths; i++)
		if (t->symbol[i] == symbol && fmax(c->path_amount[BASE][i], c->path_amount[CUR][i]) > most) {
			most = fmax(c->path_amount[BASE][i], c->path_amount[CUR][i]);
			best = i;
		}
	return best;
}

/* The nearest user function above it; 0: none. */
static uint32_t caller_of(const struct tree *t, const struct cube *c, uint32_t symbol)
{
	uint32_t best = dearest(t, c, symbol);

	for (uint32_t i = best ? t->parent[best] : 0; i; i = t->parent[i])
		if (t->sym[t->symbol[i]].kind == KIND_USER && t->symbol[i] != symbol)
			return t->symbol[i];
	return 0;
}

static bool related(const struct end *a, const struct end *b, enum domain d)
{
	switch (d) {
	case DOMAIN_TYPE:
		return a->type.n && str_eq(a->type, b->type) && str_eq(a->package, b->package);
	case DOMAIN_PREFIX:
		return a->word.n && str_eq(a->word, b->word) && str_eq(a->package, b->package);
	case DOMAIN_CALLER:
		return a->caller && a->caller == b->caller;
	default:
		return str_eq(a->package, b->package);
	}
}

static int load_ends(struct pass *p, const struct tree *t, const struct cube *c, const struct diff_metric *d, const char *stat, struct end *e, size_t *n,
		     struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT c.id, c.subject, c.delta, c.status <> 'unsure' FROM change c JOIN symbol y ON y.id = c.subject WHERE c.metric = ?1"
			     " AND c.scope = 'symbol' AND c.stat = ?2 AND (c.status IN ('up', 'down', 'new', 'gone') OR (c.stat = 'flat' AND c.status = 'unsure' AND c.p <= ?3))"
			     " AND y.kind IN ('user', 'dependency') ORDER BY abs(c.delta) DESC, y.name LIMIT 128", "ssd", d->id, stat, CHANGE_Q);

	if (rc)
		return rc;
	for (*n = 0; *n < MAX_ENDS && store_next(q, err); ++*n) {
		uint32_t s = (uint32_t)stmt_int(q, 1);
		struct str base = gosym_base(t->sym[s].name);

		e[*n] = (struct end){ stmt_int(q, 0), false, s, caller_of(t, c, s), stmt_real(q, 2), stmt_int(q, 3) == 1, t->sym[s].package, receiver_of(base), word_of(base) };
	}
	return store_end(q, err);
}

int diff_mark_shifted(struct pass *p, const struct diff_metric *d, uint32_t symbol, struct err *err)
{
	int rc = store_run(p->st, err, "UPDATE change SET status = 'shifted' WHERE metric = ? AND scope = 'symbol' AND subject = ?"
			   " AND status IN ('up', 'down', 'new', 'gone')", "si", d->id, (int64_t)symbol);

	return rc ? rc : store_run(p->st, err, "UPDATE change SET status = 'shifted' WHERE metric = ? AND scope = 'path' AND status IN ('up', 'down', 'new', 'gone')"
				   " AND subject IN (SELECT id FROM path WHERE symbol = ?)", "si", d->id, (int64_t)symbol);
}

/* Every end with the largest of the other direction. */
static int put_group(struct pass *p, const struct diff_metric *d, enum domain kind, struct end **in, size_t n, struct err *err)
{
	const struct end *up = NULL, *down = NULL;
	int rc = 0;

	for (size_t i = 0; i < n; i++) {	/* the largest come first */
		up = !up && in[i]->delta > 0 ? in[i] : up;
		down = !down && in[i]->delta < 0 ? in[i] : down;
	}
	for (size_t i = 0; !rc && up && down && i < n; i++) {
		const struct end *came = in[i]->delta > 0 ? in[i] : up, *went = in[i]->delta > 0 ? down : in[i];

		if (in[i] == down && n > 1 && came == up)
			continue;	/* the pair of the two largest once */
		rc = store_run(p->st, err, "INSERT INTO shift (came, went, kind, amount) VALUES (?, ?, ?, ?)", "iisd", came->id, went->id, domain_name[kind],
			       fmin(came->delta, -went->delta));
	}
	for (size_t i = 0; !rc && i < n; i++)
		rc = diff_mark_shifted(p, d, in[i]->symbol, err);
	for (size_t i = 0; i < n; i++)
		in[i]->taken = true;
	return rc;
}

static bool cancels(struct end *const *in, size_t n)
{
	double up = 0, down = 0;
	bool found = false;

	for (size_t i = 0; i < n; i++) {
		*(in[i]->delta > 0 ? &up : &down) += fabs(in[i]->delta);
		found |= in[i]->found;
	}
	return found && up > 0 && down > 0 && fabs(up - down) <= MOST_LEFT * fmax(up, down);
}

/* What is left of the domain of e[first]: as a whole, or else the two that cancel best with it. */
static int one_domain(struct pass *p, const struct diff_metric *d, enum domain kind, struct end *e, size_t n, size_t first, struct err *err)
{
	struct end *in[MAX_ENDS], *pair[2] = { &e[first], NULL };
	size_t k = 0;

	for (size_t i = first; i < n; i++)
		if (!e[i].taken && related(&e[first], &e[i], kind))
			in[k++] = &e[i];
	if (k >= 2 && cancels(in, k))
		return put_group(p, d, kind, in, k, err);
	for (size_t i = 1; i < k; i++)
		if ((in[i]->delta > 0) != (e[first].delta > 0) &&
		    (!pair[1] || fabs(in[i]->delta + e[first].delta) < fabs(pair[1]->delta + e[first].delta)))
			pair[1] = in[i];
	return pair[1] && cancels(pair, 2) ? put_group(p, d, kind, pair, 2, err) : 0;
}

/* What the ends that lie below a function moved it by; *other: the largest of those that moved the other way. */
static double moved_below(const struct tree *t, const struct cube *c, const struct end *e, size_t n, const struct end *f, const struct end **other)
{
	double sum = 0;

	*other = NULL;
	for (size_t i = 0; i < n; i++) {
		uint32_t at = e[i].taken ? dearest(t, c, e[i].symbol) : 0;

		while (at && t->symbol[at] != f->symbol)
			at = t->parent[at];
		sum += at ? e[i].delta : 0;
		if (e[i].taken && !at && (e[i].delta > 0) != (f->delta > 0) && (!*other || fabs(e[i].delta) > fabs((*other)->delta)))
			*other = &e[i];
	}
	return sum;
}

/* A caller whose cum changed by no more than what moved into or out of what it calls. */
static int pass_on(struct pass *p, const struct tree *t, const struct cube *c, const struct diff_metric *d, const struct end *e, size_t n, struct err *err)
{
	struct end *f = arena_array(&p->mem, struct end, MAX_ENDS);
	size_t m = 0;
	int rc = f ? load_ends(p, t, c, d, "cum", f, &m, err) : err_nomem(err);

	for (size_t i = 0; !rc && i < m; i++) {
		const struct end *other;
		double below = moved_below(t, c, e, n, &f[i], &other);

		if (!other || fabs(f[i].delta - below) > MOST_LEFT * fabs(f[i].delta))
			continue;
		rc = store_run(p->st, err, "INSERT INTO shift (came, went, kind, amount) VALUES (?, ?, 'below', ?)", "iid", f[i].delta > 0 ? f[i].id : other->id,
			       f[i].delta > 0 ? other->id : f[i].id, fabs(f[i].delta));
		if (!rc)
			rc = diff_mark_shifted(p, d, f[i].symbol, err);
	}
	return rc;
}

static int one_stat(struct pass *p, const struct tree *t, const struct cube *c, const struct diff_metric *d, const char *stat, struct end *e, size_t *n,
		    struct err *err)
{
	int rc = load_ends(p, t, c, d, stat, e, n, err);

	for (int kind = 0; !rc && kind < DOMAINS; kind++)
		for (size_t i = 0; !rc && i < *n; i++)
			if (!e[i].taken)
				rc = one_domain(p, d, (enum domain)kind, e, *n, i, err);
	return rc;
}

int diff_domains(struct pass *p, const struct tree *t, const struct cube *c, const struct diff_metric *d, struct err *err)
{
	struct end *e = arena_array(&p->mem, struct end, MAX_ENDS);
	size_t n = 0;
	int rc = e ? one_stat(p, t, c, d, "flat", e, &n, err) : err_nomem(err);

	if (!rc && n)
		rc = pass_on(p, t, c, d, e, n, err);
	return rc ? rc : one_stat(p, t, c, d, "cum", e, &n, err);	/* of what is left: functions that only call others */
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * history.c - the only one who reads and writes history.db
 */
#include "analyze/history.h"

#include <math.h>
#include <stdlib.h>

#include "analyze/learned.h"
#include "analyze/math/dist.h"

#define APPLICATION 0x41545248	/* 'ATRH' */

static const char history_sql[] = {
#include "core/history.sql.inc"
	0
};

struct history {
	struct store *st;
};

int history_open(struct history **out, const char *path, const struct limits *limits, struct err *err)
{
	struct history *h = calloc(1, sizeof(*h));
	int rc;

	*out = NULL;
	if (!h)
		return err_nomem(err);
	rc = store_open_kept(&h->st, path, APPLICATION, history_sql, limits, err);
	if (rc)
		free(h);
	else
		*out = h;
	return rc;
}

void history_close(struct history *h)
{
	if (!h)
		return;
	store_close(h->st);
	free(h);
}

struct answer {
	struct str service, model;
	double score;
};

static int read_answer(struct store *run, const char *cause, struct arena *mem, struct answer *a, bool *known, struct err *err)
{
	struct stmt *q;
	int rc = store_query(run, &q, err, "SELECT a.title, a.model, c.score FROM analysis a JOIN cause c ON c.analysis = a.id WHERE c.id = ?", "s", cause);

	if (rc)
		return rc;
	*known = store_next(q, err);
	if (*known)
		*a = (struct answer){ arena_str(mem, stmt_text(q, 0)), arena_str(mem, stmt_text(q, 1)), fmin(1, fmax(0, stmt_real(q, 2))) };
	return store_end(q, err);
}

static int forget(struct history *h, const char *name, const char *cause, struct err *err)
{
	int rc = store_run(h->st, err, "DELETE FROM feature WHERE verdict IN (SELECT id FROM verdict WHERE run = ?1 AND cause = ?2)", "ss", name, cause);

	return rc ? rc : store_run(h->st, err, "DELETE FROM verdict WHERE run = ?1 AND cause = ?2", "ss", name, cause);
}

static int add_features(struct history *h, struct store *run, const char *cause, struct err *err)
{
	int64_t id = store_last_id(h->st);
	struct stmt *q;
	int rc = store_query(run, &q, err,
			     "SELECT s.source_group, sum(e.weight) FROM evidence e JOIN signal s ON s.id = e.signal WHERE e.cause = ? AND e.role <> 'not_tested'"
			     " GROUP BY 1 ORDER BY 1", "s", cause);

	if (rc)
		return rc;
	while (!rc && store_next(q, err))
		rc = store_run(h->st, err, "INSERT INTO feature (verdict, source_group, nats) VALUES (?, ?, ?)", "itd", id, stmt_text(q, 0), stmt_real(q, 1));
	return store_finish(q, rc, err);
}

int history_add(struct history *h, struct store *run, const char *name, const char *cause, bool right, const char *note, int64_t now, struct err *err)
{
	struct arena mem = { 0 };
	struct answer a = { .score = 0 };
	bool known = false;
	int rc = read_answer(run, cause, &mem, &a, &known, err);

	if (!rc && !known)
		rc = err_set(err, ERR_USAGE, "the answer of '%.200s' knows no cause '%.60s' (attrib explain lists them)", name, cause);
	if (!rc)
		rc = store_begin(h->st, err);
	if (!rc) {
		rc = forget(h, name, cause, err);
		if (!rc)
			rc = store_run(h->st, err, "INSERT INTO verdict (at, service, run, model, cause, correct, score, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				       "itstsids", now, a.service.p ? a.service : STR_LIT(""), name, a.model, cause, (int64_t)right, a.score, note);
		if (!rc)
			rc = add_features(h, run, cause, err);
		if (!rc)
			rc = store_commit(h->st, err);
		else
			store_rollback(h->st);
	}
	arena_free(&mem);
	return rc;
}

int history_take_back(struct history *h, const char *name, const char *cause, struct err *err)
{
	int rc = store_begin(h->st, err);

	if (rc)
		return rc;
	rc = forget(h, name, cause, err);
	if (!rc)
		return store_commit(h->st, err);
	store_rollback(h->st);
	return rc;
}

int history_of_run(struct history *h, const char *name, void (*row)(void *arg, struct str cause, bool right), void *arg,
		   struct err *err)
{
	struct stmt *q;
	int rc = store_query(h->st, &q, err, "SELECT cause, correct FROM verdict WHERE run = ? ORDER BY id", "s", name);

	if (rc)
		return rc;
	while (store_next(q, err))
		row(arg, stmt_text(q, 0), stmt_int(q, 1) == 1);
	return store_end(q, err);
}

int history_note(struct history *h, const char *name, struct str anchor, struct str text, int64_t now, struct err *err)
{
	if (!text.n)
		return store_run(h->st, err, "DELETE FROM remark WHERE run = ? AND anchor = ?", "st", name, anchor);
	return store_run(h->st, err, "INSERT OR REPLACE INTO remark (run, anchor, at, text) VALUES (?, ?, ?, ?)",
			 "stit", name, anchor, now, text);
}

int history_notes(struct history *h, const char *name, void (*row)(void *arg, struct str anchor, struct str text),
		  void *arg, struct err *err)
{
	struct stmt *q;
	int rc =
		store_query(h->st, &q, err, "SELECT anchor, text FROM remark WHERE run = ? ORDER BY anchor", "s", name);

	if (rc)
		return rc;
	while (store_next(q, err))
		row(arg, stmt_text(q, 0), stmt_text(q, 1));
	return store_end(q, err);
}

int history_reset(struct history *h, int64_t *n, struct err *err)
{
	int rc = store_begin(h->st, err);

	if (rc)
		return rc;
	rc = store_int(h->st, err, n, 0, "SELECT count(*) FROM verdict", "");
	if (!rc)
		rc = store_run(h->st, err, "DELETE FROM feature", "");
	if (!rc)
		rc = store_run(h->st, err, "DELETE FROM verdict", "");
	if (!rc)
		return store_commit(h->st, err);
	store_rollback(h->st);
	return rc;
}

int history_each(struct history *h, void (*row)(void *arg, const struct history_row *r), void *arg, struct err *err)
{
	struct stmt *q;
	int rc = store_query(h->st, &q, err,
			     "SELECT at, service, run, cause, coalesce(note, (SELECT text FROM remark r WHERE r.run = v.run AND r.anchor = 'cause-' || v.cause)),"
			     " model, correct, score FROM verdict v ORDER BY at, id", "");

	if (rc)
		return rc;
	while (store_next(q, err))
		row(arg, &(struct history_row){ stmt_int(q, 0), stmt_text(q, 1), stmt_text(q, 2), stmt_text(q, 3), stmt_text(q, 4), stmt_text(q, 5),
						stmt_int(q, 6) == 1, stmt_real(q, 7) });
	return store_end(q, err);
}

int history_precisions(struct history *h, void (*row)(void *arg, const struct history_precision *r), void *arg, struct err *err)
{
	struct stmt *q;
	int rc = store_query(h->st, &q, err, "SELECT cause, sum(correct), sum(1 - correct) FROM verdict GROUP BY cause ORDER BY cause", "");

	if (rc)
		return rc;
	while (store_next(q, err)) {
		struct history_precision p = { .cause = stmt_text(q, 0), .yes = stmt_int(q, 1), .no = stmt_int(q, 2) };
		double a = 1 + (double)p.yes, b = 1 + (double)p.no;

		p.mean = a / (a + b);
		p.lo = dist_beta_quantile(.05, a, b);
		p.hi = dist_beta_quantile(.95, a, b);
		row(arg, &p);
	}
	return store_end(q, err);
}

int history_data(struct history *h, struct arena *mem, struct history_data *d, struct err *err)
{
	struct stmt *q;
	int64_t n = 0, last = -1;
	int rc = store_int(h->st, err, &n, 0, "SELECT count(*) FROM verdict", "");

	*d = (struct history_data){ 0 };
	if (rc)
		return rc;
	d->x = arena_array(mem, double, ((size_t)n + 1) * LEARNED_K);
	d->y = arena_array(mem, bool, (size_t)n + 1);
	if (!d->x || !d->y)
		return err_nomem(err);
	rc = store_query(h->st, &q, err, "SELECT v.id, v.correct, v.score, f.source_group, f.nats FROM verdict v LEFT JOIN feature f ON f.verdict = v.id"
			 " ORDER BY v.id, f.source_group", "");
	if (rc)
		return rc;
	while (store_next(q, err) && (int64_t)d->n <= n) {
		double *x;

		if (stmt_int(q, 0) != last) {
			last = stmt_int(q, 0);
			d->y[d->n] = stmt_int(q, 1) == 1;
			learned_row(d->x + d->n++ * LEARNED_K, fmin(.999, fmax(.001, stmt_real(q, 2))));
		}
		x = d->x + (d->n - 1) * LEARNED_K;
		if (!stmt_null(q, 3))
			x[2 + learned_group(stmt_text(q, 3))] += stmt_real(q, 4);
	}
	return store_end(q, err);
}

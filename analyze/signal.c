// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * signal.c - named signals into the store
 */
#include "analyze/signal.h"

#include <math.h>
#include <string.h>

#include "core/fmt.h"

void signal_loud(struct signal *s, double effect, double loud, double p)
{
	double certain = 1;

	s->size = s->value = NAN;
	if (isnan(effect))
		return;
	s->size = fmax(-1, fmin(1, effect / loud));
	if (!isnan(p)) {
		double at = log10(.3), full = log10(.01), l = log10(fmax(p, 1e-300));

		certain = fmax(0, fmin(1, (l - at) / (full - at)));
	}
	s->value = s->size * certain;
}

int signal_put(struct pass *p, const struct signal *s, struct err *err)
{
	/* Without a baseline nothing changed; causes.ini says which levels speak. The linear inputs are defined without one. */
	bool compares = p->design != DESIGN_SNAPSHOT || strcmp(s->group, "linear") == 0;

	return store_run(p->st, err,
			 "INSERT OR REPLACE INTO signal (analysis, name, source_group, state, value, size, base, cur, unit, lo, hi, p, onset,"
			 " onset_err, change, cluster, why) VALUES (1, ?, ?, 'measured', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 "ssddddsdddiiiis", s->name, s->group, compares ? s->value : 0,
			 compares ? isnan(s->size) ? s->value : s->size : 0, s->base, s->cur, s->unit, s->lo, s->hi, s->p, s->onset,
			 s->onset_err, s->change, s->cluster, s->why);
}

int signal_absent(struct pass *p, const char *name, const char *group, const char *needs, struct err *err)
{
	return store_run(p->st, err,
			 "INSERT OR IGNORE INTO signal (analysis, name, source_group, state, why) VALUES (1, ?, ?, 'absent', ?)", "sss",
			 name, group, needs);
}

const char *signal_told(struct pass *p, const char *what, double base, double cur, const char *unit)
{
	struct buf b = { .limit = 700 };
	char *s;

	buf_printf(&b, "%s: ", what);
	if (!isnan(base) && p->design != DESIGN_SNAPSHOT) {
		fmt_value(&b, base, unit);
		buf_puts(&b, " -> ");
	}
	fmt_value(&b, cur, unit);
	s = arena_buf(&p->mem, &b);
	buf_free(&b);
	return s;
}

int signal_of_process(struct pass *p, const char *what, int64_t instance, int of, const char **out, struct err *err)
{
	struct buf b = { .limit = 400 };
	struct stmt *q;
	int rc;

	*out = what;
	if (of < 2 || instance == STORE_NULL)
		return 0;
	rc = store_query(p->st, &q, err, "SELECT CASE i.name WHEN '' THEN r.name ELSE i.name END FROM instance i JOIN run r ON r.id = i.run WHERE i.id = ?",
			 "i", instance);
	if (rc)
		return rc;
	if (store_next(q, err)) {
		struct str name = stmt_text(q, 0);

		buf_printf(&b, "in process %.*s (of %d) %s", (int)(name.n < 100 ? name.n : 100), name.p, of, what);
		*out = arena_buf(&p->mem, &b);
	}
	buf_free(&b);
	rc = store_end(q, err);
	return rc || *out ? rc : err_nomem(err);
}

int signal_value(struct pass *p, const char *name, double *value, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT value FROM signal WHERE name = ? AND state = 'measured'", "s", name);

	*value = NAN;
	if (rc)
		return rc;
	if (store_next(q, err))
		*value = stmt_real(q, 0);
	return store_end(q, err);
}

int signal_sides(struct pass *p, const char *name, double v[SIDES], struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT base, cur FROM signal WHERE name = ? AND state = 'measured'", "s", name);

	v[BASE] = v[CUR] = NAN;
	if (rc)
		return rc;
	if (store_next(q, err)) {
		v[BASE] = stmt_real(q, 0);
		v[CUR] = stmt_real(q, 1);
	}
	return store_end(q, err);
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * plot_marks.c - what is drawn into the curves: when signals began, and the laws that describe the pauses
 */
#include <math.h>
#include <stdlib.h>

#include "core/text.h"
#include "report/plot.h"

static int load_onsets(struct plots *p, struct store *st, struct err *err)
{
	struct stmt *q;
	int rc = store_query(st, &q, err, "SELECT name, x, err, why FROM (SELECT * FROM onsets_over_time WHERE analysis = 1"
		" ORDER BY abs(value) DESC, name LIMIT 9) ORDER BY x, name", "");

	if (rc)
		return rc;
	while (store_next(q, err) && p->onsets < PLOT_ONSETS) {
		struct plot_onset *o = &p->onset[p->onsets];
		struct buf clean = { .limit = 1 << 20 };

		*o = (struct plot_onset){ .x = stmt_real(q, 1), .err = stmt_real(q, 2) };
		text_clean(&clean, stmt_text(q, 0));
		o->name = arena_str(&p->arena, buf_view(&clean));
		buf_reset(&clean);
		text_clean(&clean, stmt_text(q, 3));
		o->why = arena_str(&p->arena, buf_view(&clean));
		buf_free(&clean);
		p->onsets += isfinite(o->x) && p->there && o->x >= p->x_lo && o->x <= p->x_hi;
	}
	return store_end(q, err);
}

static int load_fits(struct plots *p, struct store *st, struct err *err)
{
	struct stmt *q;
	int rc = store_query(st, &q, err, "SELECT side, law, a, b FROM fits WHERE analysis = 1 AND metric = 'gc_pause' ORDER BY side, aic DESC", "");

	if (rc)
		return rc;
	while (store_next(q, err)) {	/* the last of a side fits best */
		struct str law = stmt_text(q, 1);
		struct plot_fit f = { .a = stmt_real(q, 2), .b = stmt_real(q, 3) };

		f.law = str_is(law, "lognormal") ? FIT_LOGNORMAL : str_is(law, "gamma") ? FIT_GAMMA : str_is(law, "weibull") ? FIT_WEIBULL : FIT_NONE;
		if (isfinite(f.a) && isfinite(f.b) && f.b > 0)
			p->fit[str_is(stmt_text(q, 0), "baseline") ? PLOT_BASE : PLOT_CUR] = f;
	}
	return store_end(q, err);
}

int plot_load_marks(struct plots *p, struct store *st, struct err *err)
{
	int rc = load_onsets(p, st, err);

	if (!rc)
		rc = load_fits(p, st, err);
	return !rc && p->arena.failed ? err_nomem(err) : rc;
}

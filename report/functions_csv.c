// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * functions_csv.c - a row a function and metric, for spreadsheets and scripts
 *
 * The view `changes` has a row a test; here the tests of one function stand side by side. Every tested function is there, in the order of the
 * report. Numbers keep all their digits; what is not known is empty.
 */
#include <math.h>

#include "core/fmt.h"
#include "core/text.h"
#include "report/model.h"

static void put_real(struct buf *out, double v)
{
	buf_byte(out, ',');
	if (isinf(v))	/* an interval that is open at this end */
		buf_puts(out, v > 0 ? "inf" : "-inf");
	else if (!isnan(v))
		fmt_real(out, v);
}

static void put_text(struct buf *out, struct str s)
{
	buf_byte(out, ',');
	text_csv(out, s);
}

static void put_change(struct buf *out, const struct model_change *c)
{
	if (!c) {
		buf_repeat(out, ",", 8);
		return;
	}
	put_real(out, c->base);
	put_real(out, c->cur);
	put_real(out, c->delta);
	put_real(out, c->lo);
	put_real(out, c->hi);
	put_real(out, c->p);
	put_real(out, c->q);
	put_text(out, c->status);
}

void report_functions_csv(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	static const char *const stat[] = { "flat", "cum", "own" };
	static const char *const field[] = { "baseline", "current", "change", "lo", "hi", "p", "q", "status" };

	(void)ci;
	buf_puts(out, "metric,unit,function,kind,package,file,changed");
	for (int s = 0; s < 3; s++)
		for (int i = 0; i < 8; i++)
			buf_printf(out, ",%s_%s", stat[s], field[i]);
	buf_byte(out, '\n');
	for (size_t i = 0; i < m->functions.n; i++) {
		const struct model_function *f = &m->functions.v[i];

		text_csv(out, f->metric);
		put_text(out, f->unit);
		put_text(out, f->name);
		put_text(out, f->kind);
		put_text(out, f->place.package);
		put_text(out, f->place.file);
		buf_puts(out, f->found ? ",1" : ",0");
		put_change(out, f->flat);
		put_change(out, f->cum);
		put_change(out, f->own);
		buf_byte(out, '\n');
	}
}

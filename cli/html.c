// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html.c - a page beside every answer, unless it is not wanted
 */
#include "cli/html.h"

#include <string.h>

#include "cli/emit.h"
#include "cli/work.h"
#include "core/file.h"

#define PAGE_BYTES (256u << 20)

bool html_only(const struct ctx *c)
{
	return c->o.html && strcmp(c->o.html, "-") == 0;
}

const char *html_path(struct ctx *c, const char *run, bool by_default)
{
	const char *db, *slash;
	struct buf b = { .limit = 0 };

	if (c->o.html)
		return c->o.html;
	if (!by_default || c->o.no_html)
		return NULL;
	db = work_db_path(c, run);
	slash = db ? strrchr(db, '/') : NULL;
	if (!slash)
		return NULL;
	buf_add(&b, db, (size_t)(slash - db) + 1);
	buf_puts(&b, "report.html");
	db = b.failed ? NULL : arena_strdup(&c->mem, b.data);
	buf_free(&b);
	return db;
}

int html_write(struct ctx *c, const char *path, const struct report_model *m, struct plots *plots, struct err *err)
{
	struct buf b = { .limit = PAGE_BYTES };
	int rc;

	plot_draw(plots, c->gnuplot, c->stop);
	report_html(&b, m, plots);
	rc = buf_check(&b, err);
	if (!rc)
		rc = html_only(c) ? emit_data(&b, err) : file_replace(path, buf_view(&b), err);
	buf_free(&b);
	return rc;
}

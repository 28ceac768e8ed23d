// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * folded.c - stacks with both sides' values, for flame graph tools
 */
#include <math.h>
#include <stdlib.h>

#include "core/text.h"
#include "report/diffview.h"

#define MAX_DEPTH 4096

struct frame {
	int64_t parent;
	struct str name;
};

/* ';' parts frames and a blank parts values: neither may come from a name's middle but a blank, which tools allow. */
static struct str frame_name(struct arena *mem, struct str name)
{
	struct buf b = { .limit = 1 << 20 };
	struct str kept;

	text_clean(&b, name);
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] == ';')
			b.data[i] = ':';
	kept = arena_str(mem, buf_view(&b));
	buf_free(&b);
	return kept;
}

static int load_frames(struct store *st, struct arena *mem, struct frame **out, int64_t *n, struct err *err)
{
	struct stmt *q;
	int rc = store_int(st, err, n, 0, "SELECT max(path) FROM paths", "");

	if (rc)
		return rc;
	*out = arena_array(mem, struct frame, (size_t)*n + 1);
	if (!*out)
		return err_nomem(err);
	rc = store_query(st, &q, err, "SELECT path, parent, name FROM paths ORDER BY path", "");
	if (rc)
		return rc;
	while (store_next(q, err))
		(*out)[stmt_int(q, 0)] = (struct frame){ stmt_null(q, 1) ? 0 : stmt_int(q, 1), frame_name(mem, stmt_text(q, 2)) };
	return store_end(q, err);
}

/* Whole numbers as such; else no more digits than a picture can show. */
static void put_value(struct buf *out, double v)
{
	v = fabs(v);
	if (v >= 1000 || fabs(v - nearbyint(v)) < 1e-9)
		buf_printf(out, " %.0f", v);
	else
		buf_printf(out, " %.*f", v < .01 ? 6 : 3, v);
}

/* chain: room for MAX_DEPTH frames. */
static void put_stack(struct buf *out, const struct frame *f, int64_t path, int64_t *chain)
{
	int n = 0;

	for (; path && n < MAX_DEPTH; path = f[path].parent)
		chain[n++] = path;
	while (n-- > 0) {
		buf_str(out, f[chain[n]].name);
		if (n)
			buf_byte(out, ';');
	}
}

int report_folded(struct buf *out, struct store *st, const struct report_model *m, const char *metric, struct err *err)
{
	struct arena mem = { .limit = 1ULL << 30 };
	const struct model_change *total = NULL;
	struct frame *f = NULL;
	int64_t n = 0, *chain;
	struct stmt *q;
	int rc;

	for (size_t i = 0; i < m->totals.n && !total; i++)
		if (diff_wanted(m->totals.v[i]->metric, metric))
			total = m->totals.v[i];
	if (!total)
		return err_set(err, ERR_USAGE, "--folded: %s", metric ? "there is no such --sample-index on both sides" : "nothing is on both sides");
	chain = arena_array(&mem, int64_t, MAX_DEPTH);
	rc = chain ? load_frames(st, &mem, &f, &n, err) : err_nomem(err);
	if (!rc)
		rc = store_query(st, &q, err,
				 "SELECT path, base_flat, cur_flat FROM path_costs WHERE metric = ? AND (base_flat <> 0 OR cur_flat <> 0) ORDER BY path", "t",
				 total->metric);
	if (rc) {
		arena_free(&mem);
		return rc;
	}
	while (store_next(q, err)) {
		int64_t path = stmt_int(q, 0);

		if (path <= 0 || path > n)
			continue;
		put_stack(out, f, path, chain);
		put_value(out, stmt_real(q, 1));
		put_value(out, stmt_real(q, 2));
		buf_byte(out, '\n');
	}
	rc = store_end(q, err);
	arena_free(&mem);
	return rc;
}

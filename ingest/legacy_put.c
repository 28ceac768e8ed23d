// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * legacy_put.c - what was read, as records
 *
 * Function totals come first, from the whole tree; then the tree is folded where it has more than limits->tree_nodes
 * call sites (tree_fold()): subtrees light in every column end in '[folded]'.
 */
#include <stdlib.h>

#include "ingest/legacy.h"
#include "ingest/pprof.h"
#include "ingest/waitclass.h"

struct totals {
	int64_t *flat, *cum;	/* by name, then column */
	size_t *seen;		/* by name: the row that added last + 1 */
};

static void add(int64_t *to, const int64_t *value)
{
	for (int c = 0; c < LEGACY_COLUMNS; c++)
		to[c] += value[c];
}

static int sum_up(struct legacy *l, struct totals *t, struct err *err)
{
	size_t n = (size_t)l->names.n + 1;

	t->flat = calloc(n, LEGACY_COLUMNS * sizeof(*t->flat));
	t->cum = calloc(n, LEGACY_COLUMNS * sizeof(*t->cum));
	t->seen = calloc(n, sizeof(*t->seen));
	if (!t->flat || !t->cum || !t->seen)
		return err_nomem(err);
	for (size_t i = 0; i < l->n_rows; i++) {
		const struct legacy_row *r = &l->row[i];

		add(t->flat + (size_t)l->func_name[l->tree.node[r->node].func] * LEGACY_COLUMNS, r->value);
		for (uint32_t k = r->node; k != TREE_NONE; k = l->tree.node[k].parent) {
			uint32_t name = l->func_name[l->tree.node[k].func];

			if (t->seen[name] == i + 1)
				continue;
			t->seen[name] = i + 1;
			add(t->cum + (size_t)name * LEGACY_COLUMNS, r->value);
		}
	}
	return 0;
}

static int put_totals(struct legacy *l, const struct totals *t, const struct legacy_measure *m, size_t n,
		      struct err *err)
{
	int rc = 0;

	for (size_t k = 0; k < n; k++) {
		for (uint32_t i = 0; i < l->names.n && !rc; i++) {
			const int64_t *flat = t->flat + (size_t)i * LEGACY_COLUMNS;
			const int64_t *cum = t->cum + (size_t)i * LEGACY_COLUMNS;
			int count = m[k].count_col, amount = m[k].amount_col;

			if (flat[count] || cum[count] || flat[amount] || cum[amount])
				rc = put_func_total(l->out, err, (struct rec_func_total){ .measure = (int64_t)k,
						    .func = l->name_func[i], .flat_count = flat[count],
						    .flat = flat[amount], .cum_count = cum[count],
						    .cum = cum[amount] });
		}
	}
	return rc;
}

/* ---- folding ---- */

/* The largest share of a column that each node holds. */
static int weigh(const struct legacy *l, double **out, struct err *err)
{
	double *weight = calloc(l->tree.n + 1, sizeof(*weight));

	*out = weight;
	if (!weight)
		return err_nomem(err);
	for (size_t i = 0; i < l->n_rows; i++) {
		double share = 0;

		for (int c = 0; c < LEGACY_COLUMNS; c++) {
			double v = (double)llabs(l->row[i].value[c]);

			if (v > 0 && v / (double)l->sum[c] > share)
				share = v / (double)l->sum[c];
		}
		weight[l->row[i].node] += share;
	}
	return 0;
}

static int fold(struct legacy *l, struct err *err)
{
	uint32_t *moved = NULL, folded = 0;
	double *weight, share;
	int rc = weigh(l, &weight, err);

	if (!rc)
		rc = legacy_func(l, STR_LIT("[folded]"), STR_LIT(""), &folded, err);
	if (!rc)
		rc = tree_fold(&l->tree, weight, 1, folded, l->l->tree_nodes, &moved, &share, err);
	for (size_t i = 0; i < l->n_rows && !rc; i++)
		l->row[i].node = moved[l->row[i].node];
	if (!rc)
		rc = legacy_note(l, false, 0, err,
				 "more than %llu call sites: subtrees below %g of every total are folded",
				 (unsigned long long)l->l->tree_nodes, share);
	free(moved);
	free(weight);
	return rc;
}

/* ---- rows ---- */

static int compare_rows(const void *pa, const void *pb)
{
	const struct legacy_row *a = pa, *b = pb;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->labelset != b->labelset)
		return a->labelset < b->labelset ? -1 : 1;
	return (a->class > b->class) - (a->class < b->class);
}

/* Rows of one call site, label set and class are added up. */
static void merge(struct legacy *l)
{
	size_t to = 0;

	if (l->n_rows)
		qsort(l->row, l->n_rows, sizeof(*l->row), compare_rows);
	for (size_t i = 0; i < l->n_rows; i++) {
		if (to && compare_rows(&l->row[to - 1], &l->row[i]) == 0)
			add(l->row[to - 1].value, l->row[i].value);
		else
			l->row[to++] = l->row[i];
	}
	l->n_rows = to;
}

static int put_samples(struct legacy *l, const struct legacy_measure *m, int64_t measure, struct err *err)
{
	int rc = 0;

	for (size_t i = 0, k; i < l->n_rows && !rc; i = k) {
		const struct legacy_row *r = &l->row[i];
		int64_t count = 0, amount = 0;

		for (k = i; k < l->n_rows && l->row[k].node == r->node && l->row[k].labelset == r->labelset; k++) {
			count += l->row[k].value[m->count_col];
			amount += l->row[k].value[m->amount_col];
		}
		if (count || amount)
			rc = put_sample(l->out, err, (struct rec_sample){ .measure = measure, .callsite = r->node,
					.labelset = r->labelset, .count = count, .amount = amount });
	}
	return rc;
}

static int put_groups(struct legacy *l, bool leaked, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < l->n_rows && !rc; i++) {
		const struct legacy_row *r = &l->row[i];

		if (r->value[0])
			rc = put_gogroup(l->out, err, (struct rec_gogroup){
				.callsite = r->node, .class = str_from(waitclass_name((uint8_t)r->class)),
				.wait_min = STORE_NULL, .creator = STORE_NULL, .creator_line = STORE_NULL,
				.labelset = r->labelset, .leaked = leaked, .count = r->value[0] });
	}
	return rc;
}

/* ---- all of it ---- */

void legacy_version(struct legacy *l)
{
	for (uint32_t i = 0; i < l->funcs.n; i++) {
		uint32_t key[2];

		memcpy(key, l->funcs.key[i].p, sizeof(key));
		pprof_version_text(l->names.key[key[0]], l->files.key[key[1]], &l->go_min, &l->go_max);
	}
	if (l->deepest > 32 && (l->go_min == STORE_NULL || l->go_min < 23))
		l->go_min = 23;
	if (l->go_min != STORE_NULL && l->go_max != STORE_NULL && l->go_min > l->go_max)
		l->go_min = l->go_max = STORE_NULL;
}

static int put_funcs(struct legacy *l, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; i < l->funcs.n && !rc; i++) {
		uint32_t key[2];

		memcpy(key, l->funcs.key[i].p, sizeof(key));
		rc = put_func(l->out, err, (struct rec_func){ .id = i, .name = l->names.key[key[0]],
							      .file = l->files.key[key[1]] });
	}
	return rc;
}

static int put_head(struct legacy *l, const struct legacy_measure *m, size_t n, struct err *err)
{
	bool threads = str_is(m[0].metric, "threadcreate");
	uint64_t cut = threads ? 0 : l->deepest == 32 ? l->at_32 : l->deepest == 128 ? l->at_128 : 0;
	int rc = put_profile(l->out, err, (struct rec_profile){ .t0 = l->t, .t1 = l->t, .depth_cut = (int64_t)cut,
								.comment = l->comment });

	for (size_t k = 0; k < n && !rc; k++)
		rc = put_measure(l->out, err, (struct rec_measure){ .id = (int64_t)k, .metric = m[k].metric,
				 .count_unit = STR_LIT("count"), .amount_unit = str_from(m[k].amount_unit),
				 .period = m[k].period, .scaled = m[k].scaled, .extent = str_from(m[k].extent) });
	return rc;
}

static int put_tree(struct legacy *l, const struct legacy_measure *m, size_t n, bool goroutines, struct err *err)
{
	int rc = tree_put(&l->tree, l->out, err);

	merge(l);
	for (size_t k = 0; k < n && !rc; k++)
		rc = put_samples(l, &m[k], (int64_t)k, err);
	return rc || !goroutines ? rc : put_groups(l, str_is(m[0].metric, "goroutineleak"), err);
}

int legacy_put(struct legacy *l, const struct legacy_measure *m, size_t n, bool goroutines,
	       int (*labels)(struct legacy *l, void *arg, struct err *err), void *arg, struct err *err)
{
	struct totals t = { 0 };
	int rc = sum_up(l, &t, err);

	if (!rc && l->odd)
		rc = legacy_note(l, true, l->odd_line, err, "%llu lines are none of this format and are left out",
				 (unsigned long long)l->odd);
	if (!rc && l->o->tree && l->tree.n > l->l->tree_nodes)
		rc = fold(l, err);
	if (!rc && (l->go_min != STORE_NULL || l->go_max != STORE_NULL))
		rc = put_goversion(l->out, err, (struct rec_goversion){ l->go_min, l->go_max });
	if (!rc)
		rc = put_funcs(l, err);
	if (!rc && l->o->tree && labels)
		rc = labels(l, arg, err);
	if (!rc)
		rc = put_head(l, m, n, err);
	if (!rc && l->o->tree)
		rc = put_tree(l, m, n, goroutines, err);
	if (!rc)
		rc = put_totals(l, &t, m, n, err);
	free(t.flat);
	free(t.cum);
	free(t.seen);
	return rc;
}

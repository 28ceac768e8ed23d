// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_rows.c - samples at call sites, and the goroutines of a goroutine profile
 *
 * After the tree every sample has its call site. Those of one call site and label set are added up: different
 * addresses of a line, label sets that turned out to say the same, and what was folded. A goroutine profile says how
 * many goroutines stand where, not how they wait: their class is told from the first frames, of the stack as it was
 * before any folding.
 */
#include <stdlib.h>

#include "ingest/pprof.h"
#include "ingest/waitclass.h"

struct rows {
	uint32_t *at;		/* by node: the end of its items */
	uint64_t *item;		/* label set << 32 | sample, by node, then ascending */
	uint8_t *class;		/* by sample; NULL: no goroutines */
};

static int compare_u64(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return a < b ? -1 : a > b;
}

static int order(const struct pprof *p, struct rows *r, struct err *err)
{
	uint32_t sum = 0, first = 0;

	r->at = calloc(p->tree.n + 1, sizeof(*r->at));
	r->item = calloc(p->s.n + 1, sizeof(*r->item));
	if (!r->at || !r->item)
		return err_nomem(err);
	for (size_t i = 0; i < p->s.n; i++)
		r->at[p->node[i]]++;
	for (size_t i = 0; i < p->tree.n; i++) {
		uint32_t n = r->at[i];

		r->at[i] = sum;
		sum += n;
	}
	for (size_t i = 0; i < p->s.n; i++)
		r->item[r->at[p->node[i]]++] = (uint64_t)p->labels.out[p->s.sample[i].labelset] << 32 | i;
	for (size_t i = 0; i < p->tree.n; first = r->at[i++]) {
		if (r->at[i] - first > 1)
			qsort(r->item + first, r->at[i] - first, sizeof(*r->item), compare_u64);
	}
	return 0;
}

/* Items [lo, *hi) have the label set of the first. */
static uint32_t run_end(const struct rows *r, uint32_t lo, uint32_t end)
{
	uint32_t hi = lo + 1;

	while (hi < end && r->item[hi] >> 32 == r->item[lo] >> 32)
		hi++;
	return hi;
}

static int64_t sum_of(const struct pprof *p, const struct rows *r, uint32_t lo, uint32_t hi, int col)
{
	int64_t sum = 0;

	for (uint32_t i = lo; i < hi && col >= 0; i++)
		sum += p->s.value[(size_t)(uint32_t)r->item[i] * p->s.n_cols + (size_t)col];
	return sum;
}

static int put_samples(struct pprof *p, const struct rows *r, size_t k, struct err *err)
{
	const struct pprof_measure *m = &p->measure[k];
	uint32_t lo = 0, hi;
	int rc = 0;

	for (size_t node = 0; node < p->tree.n && !rc; node++) {
		for (; lo < r->at[node] && !rc; lo = hi) {
			struct rec_sample out = { .measure = (int64_t)k, .callsite = (int64_t)node };

			hi = run_end(r, lo, r->at[node]);
			out.labelset = (int64_t)(r->item[lo] >> 32);
			out.count = sum_of(p, r, lo, hi, m->count_col);
			out.amount = sum_of(p, r, lo, hi, m->amount_col) * m->scale;
			if (out.count || out.amount)
				rc = put_sample(p->sink, err, out);
		}
	}
	return rc;
}

static uint8_t class_of(const struct pprof *p, size_t i, const uint8_t *role)
{
	struct str stack = p->s.stacks.key[p->s.sample[i].stack];
	const unsigned char *root = (const unsigned char *)stack.p, *at = root + stack.n;
	uint8_t leaf_first[WAITCLASS_FRAMES];
	size_t n = 0;

	while (at > root && n < WAITCLASS_FRAMES) {
		const struct pprof_span *span = &p->f.loc[stack_row(at -= STACK_STEP)];

		for (uint32_t k = span->n; k-- > 0 && n < WAITCLASS_FRAMES;)
			leaf_first[n++] = role[p->f.slot_name[span->at + k]];
	}
	return waitclass_of(leaf_first, n);
}

static bool is_goroutines(const struct pprof *p)
{
	return p->kind == KIND_COUNT && !p->delta && str_starts(p->measure[0].metric, "goroutine");
}

static int find_classes(const struct pprof *p, struct rows *r, struct err *err)
{
	uint8_t *role = malloc((size_t)p->f.names.n + 1);
	int rc = 0;

	r->class = malloc(p->s.n + 1);
	if (!role || !r->class)
		rc = err_nomem(err);
	for (uint32_t i = 0; i < p->f.names.n && !rc; i++)
		role[i] = waitclass_role(p->f.names.key[i]);
	for (size_t i = 0; i < p->s.n && !rc; i++)
		r->class[i] = class_of(p, i, role);
	free(role);
	return rc;
}

static int put_run(struct pprof *p, const struct rows *r, size_t node, uint32_t lo, uint32_t hi, struct err *err)
{
	int64_t count[WAITCLASS_ALL] = { 0 };
	int rc = 0;

	for (uint32_t i = lo; i < hi; i++)
		count[r->class[(uint32_t)r->item[i]]] += p->s.value[(uint32_t)r->item[i]];
	for (uint8_t c = 0; c < WAITCLASS_ALL && !rc; c++) {
		if (count[c] == 0)
			continue;
		rc = put_gogroup(p->sink, err, (struct rec_gogroup){
			.callsite = (int64_t)node, .class = str_from(waitclass_name(c)), .wait_min = STORE_NULL,
			.creator = STORE_NULL, .creator_line = STORE_NULL, .labelset = (int64_t)(r->item[lo] >> 32),
			.leaked = str_is(p->measure[0].metric, "goroutineleak"), .count = count[c] });
	}
	return rc;
}

static int put_goroutines(struct pprof *p, struct rows *r, struct err *err)
{
	uint32_t lo = 0, hi;
	int rc = find_classes(p, r, err);

	for (size_t node = 0; node < p->tree.n && !rc; node++) {
		for (; lo < r->at[node] && !rc; lo = hi) {
			hi = run_end(r, lo, r->at[node]);
			rc = put_run(p, r, node, lo, hi, err);
		}
	}
	return rc;
}

int pprof_rows_put(struct pprof *p, struct err *err)
{
	struct rows r = { 0 };
	int rc = order(p, &r, err);

	for (size_t k = 0; k < p->n_measures && !rc; k++)
		rc = put_samples(p, &r, k, err);
	if (!rc && is_goroutines(p))
		rc = put_goroutines(p, &r, err);
	free(r.at);
	free(r.item);
	free(r.class);
	return rc;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_samples.c - samples are spooled, because what they name may come behind them
 *
 * What stays of a sample is its stack (three bytes a location: small, and read without a branch), its label set and its
 * values. Equal stacks are kept once and equal samples are added up, so memory follows the distinct stacks and not the
 * file. Stacks are stored root first, the way every later step walks them.
 *
 * Sums: each column's absolute values are added with an overflow check here. While that sum fits an int64, so does
 * any sum of any part of the column, and no later step need check again.
 */
#include <stdlib.h>

#include "ingest/grow.h"
#include "ingest/pprof.h"

static int first_sample(struct pprof *p, const Pb__Sample *m, uint64_t at, struct err *err)
{
	struct pprof_samples *s = &p->s;

	if (m->n_value > p->l->sample_types)
		return pprof_over(at, "sample_types", p->l->sample_types, err);
	s->first_at = at;
	s->n_cols = (uint32_t)m->n_value;
	s->total = calloc(m->n_value + 1, sizeof(*s->total));
	s->bytes = malloc(p->l->stack_frames * STACK_STEP + 1);
	return s->total && s->bytes ? 0 : err_nomem(err);
}

static int check(struct pprof *p, const Pb__Sample *m, uint64_t at, struct err *err)
{
	struct pprof_samples *s = &p->s;
	int rc = 0;

	if (s->seen == 0)
		rc = first_sample(p, m, at, err);
	if (rc)
		return rc;
	if (m->n_value != s->n_cols)
		return pprof_bad(at, err, "a sample has %zu values, others have %u", m->n_value, s->n_cols);
	if (++s->seen > p->l->profile_samples)
		return pprof_over(at, "profile_samples", p->l->profile_samples, err);
	if (m->n_location_id > p->l->stack_frames)
		return pprof_over(at, "stack_frames", p->l->stack_frames, err);
	if (m->n_label > p->l->sample_labels)
		return pprof_over(at, "sample_labels", p->l->sample_labels, err);
	s->frames += m->n_location_id;
	if (s->frames > p->l->profile_frames)
		return pprof_over(at, "profile_frames", p->l->profile_frames, err);
	return 0;
}

/* Adds |values| to the totals; *any tells whether one is not 0. */
static int add_totals(struct pprof_samples *s, const int64_t *value, bool *any, uint64_t at, struct err *err)
{
	for (uint32_t c = 0; c < s->n_cols; c++) {
		int64_t v = value[c];

		if (v == 0)
			continue;
		*any = true;
		if (v == INT64_MIN || __builtin_add_overflow(s->total[c], v < 0 ? -v : v, &s->total[c]))
			return pprof_bad(at, err, "the values of column %u add up to more than 64 bits hold", c + 1);
	}
	return 0;
}

static int encode_stack(struct pprof *p, const Pb__Sample *m, uint64_t at, size_t *n_bytes, struct err *err)
{
	unsigned char *to = p->s.bytes;
	uint32_t index;

	for (size_t i = m->n_location_id; i-- > 0;) {
		index = pprof_location_known(&p->t, m->location_id[i]);
		if (index == NONE) {
			int rc = pprof_location(p, m->location_id[i], at, &index, err);

			if (rc)
				return rc;
		}
		p->t.loc_used[index] = 1;
		to[0] = (unsigned char)index;
		to[1] = (unsigned char)(index >> 8);
		to[2] = (unsigned char)(index >> 16);
		to += STACK_STEP;
	}
	*n_bytes = (size_t)(to - p->s.bytes);
	return 0;
}

static int add_values(struct pprof_samples *s, struct pprof_sample key, const int64_t *value, struct err *err)
{
	uint32_t row = idmap_add(&s->ids, (uint64_t)key.labelset << 32 | key.stack, (uint32_t)s->n);
	int64_t *to;

	if (row == NONE)
		return err_nomem(err);
	if (row == s->n) {
		int rc = grow(&s->sample, &s->cap, s->n + 1, sizeof(*s->sample), err);

		if (!rc)
			rc = grow(&s->value, &s->cap_value, (s->n + 1) * s->n_cols, sizeof(*s->value), err);
		if (rc)
			return rc;
		s->sample[row] = key;
		memset(s->value + s->n * s->n_cols, 0, s->n_cols * sizeof(*s->value));
		s->n++;
	}
	to = s->value + (size_t)row * s->n_cols;
	for (uint32_t c = 0; c < s->n_cols; c++)
		to[c] += value[c];
	return 0;
}

int pprof_add_sample(struct pprof *p, const Pb__Sample *m, uint64_t at, struct err *err)
{
	struct pprof_samples *s = &p->s;
	struct pprof_sample key;
	size_t n_bytes;
	bool any = false;
	int rc = check(p, m, at, err);

	if (!rc)
		rc = encode_stack(p, m, at, &n_bytes, err);
	if (!rc)
		rc = add_totals(s, m->value, &any, at, err);
	if (!rc)
		rc = pprof_labelset(p, m, any && p->o->tree, at, &key.labelset, err);
	if (rc || !any)
		return rc;
	if (m->n_location_id > s->deepest)
		s->deepest = m->n_location_id;
	s->at_32 += m->n_location_id == 32;
	s->at_64 += m->n_location_id == 64;
	s->at_128 += m->n_location_id == 128;
	key.stack = map_add(&s->stacks, s->bytes, n_bytes, NULL);
	if (key.stack == NONE)
		return err_nomem(err);
	return add_values(s, key, m->value, err);
}

int pprof_samples_check(struct pprof *p, struct err *err)
{
	const struct pprof_samples *s = &p->s;
	size_t types = p->prof->n_sample_type;

	if (s->seen == 0 || s->n_cols == types)
		return 0;
	if (types == 0)
		return pprof_bad(s->first_at, err, "there are samples but no sample_type says what they count");
	return pprof_bad(s->first_at, err, "a sample has %u values, but there are %zu sample types", s->n_cols, types);
}

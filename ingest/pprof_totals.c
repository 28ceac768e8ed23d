// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_totals.c - exact flat and cum of every function, straight from the stacks
 *
 * One walk over all samples, no tree. As `go tool pprof -top` does, functions are told apart by name alone, and one
 * that stands several times in a stack (recursion, inlined lines) gets the sample once. A row holds the number of the
 * last sample that added to it beside its sums, so each frame costs one place in memory. The walk also takes the
 * votes that tell a block profile from a mutex profile, and counts frames, inlined ones included, against the limits.
 */
#include <stdlib.h>

#include "ingest/pprof.h"
#include "ingest/waitclass.h"

/* A row of p->cum is the last sample + 1, then a sum for each column; a row of p->flat only the sums. */
static inline void add(int64_t *to, const int64_t *value, uint32_t n_cols)
{
	for (uint32_t c = 0; c < n_cols; c++)
		to[c] += value[c];
}

struct walk {
	const uint8_t *role;		/* by name; NULL: no votes are wanted */
	int64_t unlocks, waits;
	uint64_t frames;
	uint32_t *name;			/* of the frames of one stack, root first */
};

static void vote(struct walk *w, size_t n)
{
	uint8_t role[WAITCLASS_FRAMES];
	size_t i;
	int side;

	for (i = 0; i < n && i < WAITCLASS_FRAMES; i++)
		role[i] = w->role[w->name[n - 1 - i]];
	side = waitclass_side(role, i);
	w->unlocks += side > 0;
	w->waits += side < 0;
}

/* The names of the frames of a stack. */
static int read_names(const struct pprof *p, struct str stack, uint32_t *name, size_t *n_out, struct err *err)
{
	const unsigned char *at = (const unsigned char *)stack.p, *end = at + stack.n;
	size_t n = 0, max = p->l->stack_frames;

	for (; at < end; at += STACK_STEP) {
		const struct pprof_span *span = &p->f.loc[stack_row(at)];

		if (span->n > max - n)
			return pprof_over(0, "stack_frames", max, err);
		name[n++] = span->name;
		for (uint32_t k = 1; k < span->n; k++)
			name[n++] = p->f.slot_name[span->at + k];
	}
	*n_out = n;
	return 0;
}

/* Adds one sample to the functions on its stack. */
static int add_sample(struct pprof *p, size_t i, struct walk *w, struct err *err)
{
	uint32_t n_cols = p->s.n_cols;
	const int64_t *value = p->s.value + i * n_cols;
	size_t n = 0;
	int rc = read_names(p, p->s.stacks.key[p->s.sample[i].stack], w->name, &n, err);

	if (rc)
		return rc;
	w->frames += n;
	if (w->frames > p->l->profile_frames)
		return pprof_over(0, "profile_frames", p->l->profile_frames, err);
	if (n == 0)
		w->name[n++] = p->f.func[p->f.frame[p->f.unknown].func].name;
	for (size_t k = 0; k < n; k++) {
		int64_t *row = p->cum + (size_t)w->name[k] * (1 + n_cols);

		if (row[0] == (int64_t)i + 1)
			continue;
		row[0] = (int64_t)i + 1;
		add(row + 1, value, n_cols);
	}
	add(p->flat + (size_t)w->name[n - 1] * n_cols, value, n_cols);
	if (w->role)
		vote(w, n);
	return 0;
}

static bool has_empty_stack(const struct pprof *p)
{
	return map_get(&p->s.stacks, "", 0) != MAP_NONE;
}

static int find_roles(const struct pprof *p, uint8_t **out, struct err *err)
{
	uint8_t *role = malloc((size_t)p->f.names.n + 1);

	*out = role;
	if (!role)
		return err_nomem(err);
	for (uint32_t i = 0; i < p->f.names.n; i++)
		role[i] = waitclass_role(p->f.names.key[i]);
	return 0;
}

int pprof_totals(struct pprof *p, struct err *err)
{
	struct walk w = { .name = malloc((p->l->stack_frames + 1) * sizeof(*w.name)) };
	uint8_t *role = NULL;
	int rc = 0;

	if (has_empty_stack(p))
		rc = pprof_frame_named(p, "[unknown]", &p->f.unknown, err);
	p->cum = calloc((size_t)p->f.names.n + 1, (1 + (size_t)p->s.n_cols) * sizeof(*p->cum));
	p->flat = calloc((size_t)p->f.names.n + 1, (1 + (size_t)p->s.n_cols) * sizeof(*p->flat));
	if (!rc && (!w.name || !p->cum || !p->flat))
		rc = err_nomem(err);
	if (!rc && p->kind == KIND_CONTENTION)
		rc = find_roles(p, &role, err);
	w.role = role;
	for (size_t i = 0; i < p->s.n && !rc; i++)
		rc = add_sample(p, i, &w, err);
	free(w.name);
	free(role);
	return rc ? rc : pprof_kind_contention(p, w.unlocks, w.waits, err);
}

int pprof_totals_put(struct pprof *p, struct err *err)
{
	size_t n_cols = p->s.n_cols;
	int rc = 0;

	for (size_t k = 0; k < p->n_measures && n_cols; k++) {
		const struct pprof_measure *m = &p->measure[k];

		for (uint32_t i = 0; i < p->f.names.n && !rc; i++) {
			const int64_t *cum = p->cum + i * (1 + n_cols) + 1, *flat = p->flat + i * n_cols;
			struct rec_func_total out = { .measure = (int64_t)k, .func = p->f.name_func[i] };

			if (m->count_col >= 0) {
				out.flat_count = flat[m->count_col];
				out.cum_count = cum[m->count_col];
			}
			out.flat = flat[m->amount_col] * m->scale;
			out.cum = cum[m->amount_col] * m->scale;
			if (out.flat_count || out.cum_count || out.flat || out.cum)
				rc = put_func_total(p->sink, err, out);
		}
	}
	return rc;
}

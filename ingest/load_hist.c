// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/load_hist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXACT = 128, STEPS = 256, STEP_BITS = 8 };

union load_page {
	int64_t value[EXACT];
	uint32_t count[STEPS];
};

static int page_of(struct load_hist *h, int i, uint64_t *pages, struct err *err)
{
	if (h->page[i])
		return 0;
	h->page[i] = calloc(1, sizeof(*h->page[i]));
	if (!h->page[i])
		return err_nomem(err);
	++*pages;
	return 0;
}

static int count_value(struct load_hist *h, int64_t ns, uint64_t *pages, struct err *err)
{
	uint64_t v = (uint64_t)ns;
	int octave = v < STEPS ? 0 : 63 - __builtin_clzll(v) - STEP_BITS + 1;
	uint64_t step = octave ? (v >> (octave - 1)) - STEPS : v;
	uint32_t *count;
	int rc;

	if (octave >= LOAD_HIST_PAGES) {
		octave = LOAD_HIST_PAGES - 1;
		step = STEPS - 1;
	}
	rc = page_of(h, octave, pages, err);
	if (rc)
		return rc;
	count = &h->page[octave]->count[step];
	*count += *count < UINT32_MAX;
	return 0;
}

/* The values become counts. */
static int coarsen(struct load_hist *h, uint64_t *pages, struct err *err)
{
	union load_page *values = h->page[0];
	uint64_t n = h->n;
	int rc = 0;

	h->page[0] = NULL;
	h->coarse = true;
	for (uint64_t i = 0; i < n && !rc && values; i++)
		rc = count_value(h, values->value[i], pages, err);
	if (values) {
		free(values);
		--*pages;
	}
	return rc;
}

static void know(struct load_hist *h, int64_t least, int64_t most, double sum, uint64_t n)
{
	if (!h->n || least < h->least)
		h->least = least;
	if (!h->n || most > h->most)
		h->most = most;
	h->sum += sum;
	h->n += n;
}

int load_hist_add(struct load_hist *h, int64_t ns, uint64_t *pages, struct err *err)
{
	int rc = 0;

	if (!h->coarse && h->n == EXACT)
		rc = coarsen(h, pages, err);
	if (!rc)
		rc = h->coarse ? count_value(h, ns, pages, err) : page_of(h, 0, pages, err);
	if (rc)
		return rc;
	if (!h->coarse)
		h->page[0]->value[h->n] = ns;
	know(h, ns, ns, (double)ns, 1);
	return 0;
}

static int add_pages(struct load_hist *h, const struct load_hist *from, uint64_t *pages, struct err *err)
{
	int rc = 0;

	for (int i = 0; i < LOAD_HIST_PAGES && !rc; i++) {
		if (from->page[i])
			rc = page_of(h, i, pages, err);
		for (int k = 0; k < STEPS && from->page[i] && !rc; k++) {
			uint32_t *count = &h->page[i]->count[k];

			if (__builtin_add_overflow(*count, from->page[i]->count[k], count))
				*count = UINT32_MAX;
		}
	}
	return rc;
}

int load_hist_merge(struct load_hist *h, const struct load_hist *from, uint64_t *pages, struct err *err)
{
	int rc = 0;

	if (!from->coarse) {
		for (uint64_t i = 0; i < from->n && !rc; i++)
			rc = load_hist_add(h, from->page[0]->value[i], pages, err);
		return rc;
	}
	if (!h->coarse)
		rc = coarsen(h, pages, err);
	if (!rc)
		rc = add_pages(h, from, pages, err);
	if (!rc)
		know(h, from->least, from->most, from->sum, from->n);
	return rc;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static double middle(int octave, int step)
{
	double width = octave ? ldexp(1, octave - 1) : 1;

	return octave ? floor((STEPS + step) * width + (width - 1) / 2) : step;
}

double load_hist_quantile(struct load_hist *h, double q)
{
	double rank = ceil(q * (double)h->n - 1e-9), seen = 0;

	if (!h->n)
		return NAN;
	if (!h->coarse) {
		qsort(h->page[0]->value, h->n, sizeof(int64_t), by_value);
		return (double)h->page[0]->value[rank < 1 ? 0 : (uint64_t)rank - 1];
	}
	for (int i = 0; i < LOAD_HIST_PAGES; i++)
		for (int k = 0; k < STEPS && h->page[i]; k++) {
			seen += h->page[i]->count[k];
			if (seen >= rank && seen > 0)
				return fmin(fmax(middle(i, k), (double)h->least), (double)h->most);
		}
	return (double)h->most;
}

void load_hist_clear(struct load_hist *h, uint64_t *pages)
{
	for (int i = 0; i < LOAD_HIST_PAGES; i++)
		if (h->page[i]) {
			free(h->page[i]);
			--*pages;
		}
	*h = (struct load_hist){ 0 };
}

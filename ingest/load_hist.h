/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_hist.h - latencies of one span of time, in bounded memory
 *
 * Exact up to 128 values; beyond that log-linear: 256 steps an octave, read at their middle, at most 0.2 % off. A page
 * is 1 KiB either way, and a budget counts the pages of all histograms that share it. n, sum, least and most are always
 * exact. A zeroed struct is empty.
 */
#ifndef INGEST_LOAD_HIST_H
#define INGEST_LOAD_HIST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

#define LOAD_HIST_PAGES 37	/* one for values below 256 ns, then an octave each: up to 2^44 ns, 4.9 h */

union load_page;
struct load_hist {
	uint64_t n;
	double sum;
	int64_t least, most;
	union load_page *page[LOAD_HIST_PAGES];	/* page[0] holds the values themselves while exact */
	bool coarse;
};

/* ns >= 0. *pages counts those in use. */
int load_hist_add(struct load_hist *h, int64_t ns, uint64_t *pages, struct err *err) ERR_MUST_CHECK;
/* from stays as it is. */
int load_hist_merge(struct load_hist *h, const struct load_hist *from, uint64_t *pages, struct err *err) ERR_MUST_CHECK;
/* The least value that at least q of all values do not exceed (nearest rank); NaN when empty. */
double load_hist_quantile(struct load_hist *h, double q);
void load_hist_clear(struct load_hist *h, uint64_t *pages);

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gc_ring.c - number, order and join the remembered cycles
 *
 * A cycle's number follows from its place in the ring, and its end must ascend with it; where it does not (a ring that
 * was rewritten while it was copied) the ends decide. A dump whose count of cycles is below the one before is of a new
 * process: its cycles get the next free numbers, since a number names one cycle of a source.
 */
#include "ingest/gc_ring.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void gc_ring_begin(struct gc_ring *g)
{
	g->n = 0;
}

int gc_ring_index(int64_t n)
{
	return (int)((n - 1) % GC_RING);
}

void gc_ring_add(struct gc_ring *g, int64_t n, int64_t t, int64_t pause)
{
	if (g->n >= GC_RING || n < 1 || pause < 0)
		return;
	g->cycle[g->n++] = (struct gc_ring_cycle){ n, t, pause };
}

static int by_number(const void *a, const void *b)
{
	const struct gc_ring_cycle *x = a, *y = b;

	return x->n < y->n ? -1 : x->n > y->n;
}

static int by_end(const void *a, const void *b)
{
	const struct gc_ring_cycle *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return by_number(a, b);
}

static void sort(const struct gc_ring *g, struct gc_ring_cycle *c)
{
	bool times = true, ascend = true;
	int64_t newest = 0;

	memcpy(c, g->cycle, (size_t)g->n * sizeof(*c));
	qsort(c, (size_t)g->n, sizeof(*c), by_number);
	for (int i = 0; i < g->n; i++) {
		newest = c[i].n;
		times = times && c[i].t != STORE_NULL;
		ascend = ascend && (i == 0 || c[i].t >= c[i - 1].t);
	}
	if (!times || ascend)
		return;
	qsort(c, (size_t)g->n, sizeof(*c), by_end);
	for (int i = 0; i < g->n; i++) /* numbers in the order of the ends */
		c[i].n = newest - (g->n - 1 - i);
}

int gc_ring_put(struct gc_ring *g, struct sink *out, int64_t num_gc, struct err *err)
{
	struct gc_ring_cycle c[GC_RING];
	int64_t before = g->newest;
	int rc = 0;

	sort(g, c);
	if (num_gc < before) {
		g->restarts++;
		for (int i = 0; i < g->n; i++)
			c[i].n += before;
	} else if (g->n && c[0].n > before + 1) {
		g->lost += (uint64_t)(c[0].n - before - 1);
	}
	for (int i = 0; i < g->n && !rc; i++) {
		if (c[i].n <= before)
			continue;
		rc = put_gc_cycle(out, err,
				  (struct rec_gc_cycle){ .n = c[i].n,
							 .t = c[i].t,
							 .t_err = c[i].t == STORE_NULL ? STORE_NULL : 0,
							 .pause = c[i].pause,
							 .pause1 = STORE_NULL,
							 .pause2 = STORE_NULL,
							 .mark = STORE_NULL,
							 .assist = STORE_NULL,
							 .background = STORE_NULL,
							 .idle = STORE_NULL,
							 .heap_start = STORE_NULL,
							 .heap_end = STORE_NULL,
							 .heap_live = STORE_NULL,
							 .goal = STORE_NULL,
							 .procs = STORE_NULL,
							 .forced = STORE_NULL });
		g->newest = c[i].n;
	}
	return rc;
}

int gc_ring_finish(const struct gc_ring *g, struct sink *out, struct err *err)
{
	char text[160];
	int rc = 0;

	if (g->lost) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " older GC cycles are not in it: a process remembers the last %d", g->lost,
			 GC_RING);
		rc = put_note(out, err, (struct rec_note){ STR_NONE, str_from(text), 0 });
	}
	if (!rc && g->restarts) {
		snprintf(text, sizeof(text),
			 "the count of GC cycles falls %" PRIu64 " times: the process was restarted", g->restarts);
		rc = put_note(out, err, (struct rec_note){ STR_NONE, str_from(text), 0 });
	}
	return rc;
}

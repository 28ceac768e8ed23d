/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prom_series.h - what prometheus.c (scrapes and their times) and prom_series.c (what a line's text stands for) share
 */
#ifndef INGEST_PROM_SERIES_H
#define INGEST_PROM_SERIES_H

#include "ingest/prom_line.h"
#include "ingest/readings.h"

enum prom_type { PROM_UNTYPED, PROM_COUNTER, PROM_GAUGE, PROM_HISTOGRAM, PROM_SUMMARY };

struct prom_family {
	enum prom_type type;
	uint64_t scrape; /* whose HELP or TYPE was seen last */
	uint64_t sets, dropped;
};

struct prom_series { /* what a line's text stands for */
	uint32_t id; /* MAP_NONE: not kept */
	uint64_t scrape;
	double le; /* a bucket's bound; NaN: no bucket */
	double scale;
	bool is_last_gc, is_limit; /* of is_limit "none" is no number */
};

struct prom_entry {
	uint32_t line; /* number of the prom_series */
	double value;
	int64_t t;
};

struct prom {
	struct readings r;
	struct map lines, families;
	struct prom_series *line;
	struct prom_family *family;
	uint32_t *owner; /* by series: the family that spells it, + 1 */
	struct prom_entry *entry;
	size_t n_entries, cap_line, cap_family, cap_owner, cap_entry;
	struct buf label, text;
	uint64_t scrape, bad, bad_line, broken;
	int64_t comment_t, last_gc;
	bool several, by_gc;
	bool taking; /* the histogram whose buckets are being put: its time is new */
};

/* The number of the family `name`, which is new perhaps. */
int prom_series_family(struct prom *p, struct str name, uint32_t *id, struct err *err) ERR_MUST_CHECK;
/* What a line that was not seen before stands for; its series record is put. */
int prom_series_meet(struct prom *p, const struct prom_line *l, struct prom_series *s, struct err *err) ERR_MUST_CHECK;

#endif

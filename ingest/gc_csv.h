/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gc_csv.h - what gc_csv.c (rows to cycles) and gc_csv_columns.c (header to roles) share
 */
#ifndef INGEST_GC_CSV_H
#define INGEST_GC_CSV_H

#include "ingest/csv_name.h"
#include "ingest/decoder.h"

enum gc_role {
	GC_TIME,
	GC_PAUSE,
	GC_PAUSE1,
	GC_PAUSE2,
	GC_MARK,
	GC_NUM,
	GC_HEAP_START,
	GC_HEAP_END,
	GC_HEAP_LIVE,
	GC_HEAP_ALLOC,
	GC_GOAL,
	GC_CPU,
	GC_FORCED,
	GC_ROLES
};

struct gc_columns {
	char delim;
	bool header;
	bool comma;			/* decimal commas: the separator is not one */
	int n;
	int at[GC_ROLES];		/* column of each role, -1: none */
	struct csv_name name[CSV_NAMED];
	bool taken[CSV_NAMED];
};

/* false: not a GC pause CSV. Looks at names only, and without a header at the values. */
bool gc_csv_columns(struct str head, struct gc_columns *out);
struct time_style gc_csv_time_style(const struct gc_columns *c);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv_name.h - what the name of a column says: a quantity and a unit
 *
 *     "GC Pause (ms)"  ->  gc_pause, 1e6 ns      pause_ns  ->  pause (whole: pause_ns), 1 ns      heap_mb  ->  heap, 1
 * MiB
 */
#ifndef INGEST_CSV_NAME_H
#define INGEST_CSV_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"
#include "ingest/sink.h"
#include "ingest/timeparse.h"

#define CSV_NAME_MAX 64

struct csv_name {
	char whole[CSV_NAME_MAX];	/* lower case, _ for blanks - . /, without a unit in brackets */
	char base[CSV_NAME_MAX];	/* whole without its trailing _unit */
	int64_t time_unit;		/* ns; 0: not said */
	int64_t byte_unit;		/* bytes; 0: not said */
	bool percent;
};

void csv_name_parse(struct str cell, struct csv_name *out);
#define CSV_NAMED 64	/* columns of a file that are looked at; what stands behind is not used */

/* The first row of head as names: their number, 0 when there is none. *delim: as csv_delimiter() found it. */
int csv_name_header(struct str head, char *delim, struct csv_name *names);
/* A number in a cell. Empty, NaN, null and - are *v = NaN. A Go duration is ns, with *is_ns set. false: something else.
 */
bool csv_name_number(struct str cell, bool comma, double *v, bool *is_ns);

/* The place of name (whole first, then base) in a list of words separated by blanks, from 0; -1: not there. */
int csv_name_rank(const struct csv_name *name, const char *list);

#define CSV_NAME_TIMES                                                                                                 \
	"timestamp time ts t date datetime when start start_time end pause_end gc_end last_gc @timestamp unix "        \
	"unix_ms "                                                                                                     \
	"epoch elapsed elapsed_s elapsed_ms uptime offset seconds wall"

/* The column whose name stands first in list among n; -1: none. taken[i] is set for the one chosen, and skipped when
 * set. */
int csv_name_find(const struct csv_name *names, int n, const char *list, bool *taken);
/* Names of columns that nothing took, as one note. */
int csv_name_unused(struct sink *out, const struct csv_name *names, int n, const bool *taken,
		    struct err *err) ERR_MUST_CHECK;

/* One clock record for the kind of the first stamp: load or process for relative ones, none for times of day. */
int csv_name_clock(struct sink *out, enum time_kind kind, const char *relative_to, struct err *err) ERR_MUST_CHECK;

#endif

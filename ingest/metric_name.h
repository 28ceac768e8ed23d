/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric_name.h - one name for one quantity, however a source spells it
 *
 *     go_memstats_next_gc_bytes, NextGC, /gc/heap/goal:bytes   ->   /gc/heap/goal:bytes, bytes, gauge
 *
 * What Go's runtime/metrics knows keeps its path; values are in the unit that the name says. All strings in an answer
 * are constants, or the name that was asked for.
 */
#ifndef INGEST_METRIC_NAME_H
#define INGEST_METRIC_NAME_H

#include <stdbool.h>

#include "core/str.h"

struct metric_name {
	struct str name; /* n 0: known, and not worth a series */
	const char *unit, *kind;
	int since; /* first Go minor version that has it; 0: says nothing */
};

/* "/sched/latencies:seconds" and the like; false: not of that form. */
bool metric_name_runtime(struct str name, struct metric_name *out);
/* As client_golang spells them, _total included; false: of somebody else. */
bool metric_name_prometheus(struct str name, struct metric_name *out);
/* A field of runtime.MemStats; false: no such number. */
bool metric_name_memstats(struct str field, struct metric_name *out);
/* Any of the above, else the name itself with what its ending tells. */
void metric_name_any(struct str name, struct metric_name *out);

const char *metric_name_unit(struct str name); /* by its ending; "" */

#endif

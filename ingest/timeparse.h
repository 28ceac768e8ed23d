/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeparse.h - the stamps people write into CSV files and logs
 *
 * Read without locale and without the zone of the machine: a stamp without a zone is UTC. Exact: digits become ns by
 * integer arithmetic, so an epoch in ns keeps its last digit.
 */
#ifndef INGEST_TIMEPARSE_H
#define INGEST_TIMEPARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

enum time_kind {
	TIME_EPOCH,	/* ns since 1970-01-01T00:00:00Z */
	TIME_RELATIVE,	/* ns since an origin that the file does not tell */
	TIME_OF_DAY,	/* ns since midnight of an unknown day */
};

struct stamp {
	int64_t ns;
	int64_t step;	/* the stamp's resolution: 1e9 for whole seconds */
	enum time_kind kind;
};

/* How the numbers of a column are to be read. */
struct time_style {
	int64_t unit;		/* ns a number stands for, from the column's name; 0: told by magnitude */
	bool comma;		/* decimal comma allowed (only when it does not separate columns) */
};

/*	2026-11-20T10:02:03.5Z   2026-11-20 10:02:03 +01:00   2026/11/20 10:02:03.123456   10:02:03.5   1753000000[.25]
 *	1753000000123 (ms)   1753000000123456 (us)   1753000000123456789 (ns)   12.5 (relative s)   1m2.5s (relative)
 * false: none of them. */
bool timeparse_stamp(struct str s, const struct time_style *style, struct stamp *out);
/* The date and time at the start of s (a log line); *used = bytes taken. Never a bare number. */
bool timeparse_prefix(struct str s, struct stamp *out, size_t *used);
/* Decimal number times unit, exact; false: not wholly a plain decimal number, or beyond int64. *step: value of its last
 * digit. */
bool timeparse_decimal(struct str s, int64_t unit, bool comma, int64_t *out, int64_t *step);
/* ns of a unit's name: ns us µs μs usec ms msec s sec secs seconds m min h ...; 0: no such unit. */
int64_t timeparse_unit(struct str name);

#endif

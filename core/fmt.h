/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt.h - numbers for people: the only place that rounds
 *
 * All append to out. Three significant digits; a NaN is "?". Machine formats (JSON, CSV) use fmt_real(), which keeps 17
 * digits.
 */
#ifndef CORE_FMT_H
#define CORE_FMT_H

#include <stdint.h>

#include "core/buf.h"

void fmt_duration(struct buf *out, double ns);		/* 870 ns, 1.24 ms, 12.4 s, 3 min 20 s */
void fmt_bytes(struct buf *out, double bytes);		/* 12.4 KiB, 31.0 MiB */
void fmt_count(struct buf *out, double n);		/* 812, 12.4 k, 3.10 M */
void fmt_percent(struct buf *out, double ratio);	/* 0.123 -> 12.3 % */
void fmt_change(struct buf *out, double ratio);		/* 0.123 -> +12.3 %, above 10 -> x12.4 */
/* By unit: ns bytes count ratio cores, `ns/request`, `bytes/s` ...: the part before '/' decides, the rest follows. */
void fmt_value(struct buf *out, double value, const char *unit);
void fmt_time(struct buf *out, int64_t ns_epoch);	/* 2026-11-20T10:02:03Z */
void fmt_real(struct buf *out, double v);	/* shortest of %.15g..%.17g that reads back; null for NaN and Inf */

/* Reads. Locale-free. false: not (wholly) a number of that kind. */
bool fmt_parse_int(struct str s, int64_t *out);
bool fmt_parse_real(struct str s, double *out);
/* Go durations: 1.5ms, 2m3.5s, 870us, 870µs; result in ns. */
bool fmt_parse_duration(struct str s, double *ns);

#endif

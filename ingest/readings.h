/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * readings.h - series from texts that hold one or several readings of the same counters
 *
 * A reading is what was seen at one instant: a scrape, a dump, a copy of a file of /proc. Either the file gives times,
 * or none of its readings has one: then the source's clock is 'none', the first reading is at 0, the next at 1, and so
 * on; a file with one such reading gets its time from the door (place_time.c).
 *
 *     readings_init(&r, out, limits);
 *     readings_at(&r, t, err)  or  readings_next(&r, err)     before the values of each reading
 *     readings_put(&r, name, label, unit, kind, value, err)   ...
 *     readings_finish(&r, err);  readings_free(&r);
 *
 * A value that its reading has already is left out; with `repeats` set it begins the next reading instead.
 */
#ifndef INGEST_READINGS_H
#define INGEST_READINGS_H

#include "core/buf.h"
#include "core/map.h"
#include "ingest/decoder.h"
#include "ingest/metric_name.h"

#define READINGS_SETTINGS 3

struct readings {
	struct sink *out;
	const struct limits *limits;
	struct map series; /* name, NUL, label */
	int64_t *last;	   /* by series: its newest reading's time */
	size_t cap_last;
	struct buf key;
	int64_t t;
	uint64_t n;	  /* readings */
	bool said, timed; /* the clock is settled; there are times */
	bool fresh;	  /* nothing was put in this reading yet */
	bool repeats;
	bool again; /* this reading has the time of the one before */
	uint64_t twice, untimed;
	char setting[READINGS_SETTINGS][32];
	int go_min, go_max, go_exact;	    /* Go minor version; 0: not known */
	uint64_t used, unused, unused_line; /* lines, of readings_lines() */
};

void readings_init(struct readings *r, struct sink *out, const struct limits *limits);
void readings_free(struct readings *r);
int readings_at(struct readings *r, int64_t t, struct err *err) ERR_MUST_CHECK;
int readings_next(struct readings *r, struct err *err) ERR_MUST_CHECK;
/* A line that is a time, with = # - > around it perhaps: a reading begins. number: digits alone are one, too. */
int readings_time_line(struct readings *r, struct str line, bool number, bool *is_time, struct err *err) ERR_MUST_CHECK;

/* The series' number, whose record is put when it is new. ERR_LIMIT: source_series. */
int readings_series(struct readings *r, struct str name, struct str label, const char *unit, const char *kind,
		    uint32_t *id, struct err *err) ERR_MUST_CHECK;
bool readings_has(struct readings *r, struct str name, struct str label);
/* This reading takes a value of the series; *take false: it has one. */
int readings_open(struct readings *r, uint32_t id, bool *take, struct err *err) ERR_MUST_CHECK;
int readings_put(struct readings *r, struct str name, struct str label, const char *unit, const char *kind,
		 double value, struct err *err) ERR_MUST_CHECK;
/* Under a name of metric_name; GOGC, GOMEMLIMIT and GOMAXPROCS become settings, too. */
int readings_metric(struct readings *r, const struct metric_name *m, struct str label, double value,
		    struct err *err) ERR_MUST_CHECK;
/* m was seen: what it says of settings (when value is one number) and of the Go version. */
int readings_facts(struct readings *r, const struct metric_name *m, double value, struct err *err) ERR_MUST_CHECK;
int readings_setting(struct readings *r, const char *name, struct str value, struct err *err) ERR_MUST_CHECK;
/* "go1.26.4" anywhere a version is told; false: it is none. */
bool readings_go(struct readings *r, struct str version);

/* Calls take for every line that is not blank; it sets *used when it knew what to do with it. No line known:
 * ERR_FORMAT. */
int readings_lines(struct readings *r, struct reader *in,
		   int (*take)(struct readings *r, void *arg, struct str line, bool *used, struct err *err), void *arg,
		   struct err *err) ERR_MUST_CHECK;
/* The next word of *s, which ends at blanks; empty: none. */
struct str readings_word(struct str *s);

/* Goversion, and a note of what was left out. */
int readings_finish(struct readings *r, struct err *err) ERR_MUST_CHECK;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof_tables.h - what a profile's samples refer to, as numbers of the file
 */
#ifndef INGEST_PPROF_TABLES_H
#define INGEST_PPROF_TABLES_H

#include "core/arena.h"
#include "core/map.h"

#define NONE UINT32_MAX

struct pprof_func {
	uint32_t name, system, file;	/* strings; name NONE: named by a line, not seen yet */
	uint32_t start_line;
};

struct pprof_line {
	uint32_t func, line;		/* index into func, or NONE */
};

struct pprof_loc {
	uint64_t address;		/* not seen yet: the byte where a sample named it */
	union {
		struct {
			uint32_t line, n_lines;
		};
		uint64_t id;		/* not seen yet */
	};
	uint32_t mapping;		/* index into mapping_file, or NONE */
	bool seen;			/* there is such a message */
};

/* Ids of locations below LOC_PAGES * LOC_PAGE are found in pages of row + 1, others in loc_ids: Go and pprof count
 * from 1. */
enum { LOC_PAGE = 1 << 14, LOC_PAGES = 1 << 10 };

struct pprof_tables {
	struct arena text;
	struct str *str;
	size_t n_str, cap_str;
	uint64_t text_bytes;
	uint32_t str_max;		/* the largest index named so far, and where */
	uint64_t str_max_at;
	struct idmap func_ids, loc_ids, mapping_ids;
	struct pprof_func *func;
	struct pprof_loc *loc;
	struct pprof_line *line;
	uint32_t *loc_page[LOC_PAGES];
	unsigned char *loc_used;	/* parallel to loc: a sample names it */
	uint32_t *mapping_file;		/* a string; NONE: not seen yet */
	size_t n_func, cap_func, n_loc, cap_loc, cap_used, n_line, cap_line, n_mapping, cap_mapping;
	size_t n_func_seen, n_loc_seen, n_mapping_seen;
};

/* The row of a location that was named or seen before, else NONE. */
static inline uint32_t pprof_location_known(const struct pprof_tables *t, uint64_t id)
{
	const uint32_t *page;

	if (id >= (uint64_t)LOC_PAGE * LOC_PAGES)
		return idmap_get(&t->loc_ids, id);
	page = t->loc_page[id / LOC_PAGE];
	return page ? page[id % LOC_PAGE] - 1 : NONE;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof_frames.h - what locations mean, once every index has a meaning
 */
#ifndef INGEST_PPROF_FRAMES_H
#define INGEST_PPROF_FRAMES_H

#include "core/map.h"

/* Lines in stack order, root first, one slot each: what a walk over a stack reads. */
struct pprof_frame {
	uint32_t func, line, inlined;
};
struct pprof_span {
	uint32_t at, n;			/* slots */
	uint32_t name;			/* of the first one: most locations have no other */
};
struct pprof_frames {
	struct map names, files;	/* texts */
	struct map funcs;		/* name, file -> func record */
	struct pprof_func_out {
		uint32_t name, file, start_line;
	} *func;
	uint32_t *name_func;		/* the first func of a name */
	size_t cap_func, cap_name_func;
	struct pprof_span *loc;		/* parallel to tables.loc */
	uint32_t *slot_name, *slot_frame;	/* by slot */
	struct map frames;		/* struct pprof_frame */
	struct pprof_frame *frame;
	size_t n_slots, cap_frame;
	uint32_t unknown, folded;	/* frames; folded NONE while nothing is */
};

#endif

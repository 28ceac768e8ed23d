/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * godump_out.h - what godump_put.c and godump_tree.c share: stacks as call sites
 */
#ifndef INGEST_GODUMP_OUT_H
#define INGEST_GODUMP_OUT_H

#include "ingest/godump.h"

struct godump_out {
	struct godump *g;
	struct tree tree;		/* root first, as records want it */
	uint32_t *callsite;		/* by stack node + 1: its call site, TREE_NONE while nobody asked */
	struct map funcs, files;	/* funcs: name and file number */
	uint32_t *func_name;		/* by func: its name */
	uint32_t *name_func;		/* by name: its first func, GODUMP_NONE */
	size_t cap_func;
	uint32_t *place_file, *place_line;	/* by place */
	uint32_t unknown, folded;	/* the names [unknown] and [folded] */
	uint32_t frame[GODUMP_FRAMES];		/* stack nodes of one stack, outermost first */
};

int godump_out_init(struct godump_out *o, struct godump *g, struct err *err) ERR_MUST_CHECK;
void godump_out_free(struct godump_out *o);
/* The nodes of a stack, outermost first, into o->frame; runtime.goexit at the end is no frame, as in pprof. */
size_t godump_out_frames(struct godump_out *o, uint32_t stack);
/* The func record of a name at a place; puts it when it is new. */
int godump_out_func(struct godump_out *o, uint32_t name, uint32_t place, uint32_t *func,
		    struct err *err) ERR_MUST_CHECK;
/* The call site of a stack. */
int godump_out_stack(struct godump_out *o, uint32_t stack, uint32_t *callsite, struct err *err) ERR_MUST_CHECK;
/* Folds light subtrees when there are more call sites than the limit tree_nodes; moves every o->callsite along. */
int godump_out_fold(struct godump_out *o, struct err *err) ERR_MUST_CHECK;

#endif

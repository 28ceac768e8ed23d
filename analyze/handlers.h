/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * handlers.h - which request a stack works for
 *
 * The entry of a stack is the handler that a server's dispatcher called (net/http: the last ServeHTTP of the program's own, else the first
 * user frame behind it; grpc-go: the generated handler), else the first user frame of its goroutine.
 */
#ifndef ANALYZE_HANDLERS_H
#define ANALYZE_HANDLERS_H

#include "analyze/tree.h"

struct handlers {
	uint32_t *entry;	/* by path: the entry's symbol, 0 none */
	bool *serves;		/* by path: at or below a dispatcher, so a request is under way */
};

/* In the pass's arena. */
int handlers_find(struct handlers *h, struct pass *p, const struct tree *t, struct err *err) ERR_MUST_CHECK;

#endif

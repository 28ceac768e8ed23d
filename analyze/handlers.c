// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * handlers.c - from the root down, so that a handler behind several dispatchers counts as the handler
 */
#include "analyze/handlers.h"

enum awaited { NOTHING, USER_FRAME, ANY_FRAME };

static bool ends(struct str s, const char *tail)
{
	size_t n = strlen(tail);

	return s.n >= n && memcmp(s.p + s.n - n, tail, n) == 0;
}

/* What the frame behind a dispatcher must be to be a handler. */
static enum awaited after(struct str name)
{
	if (ends(name, ".processUnaryRPC") || ends(name, ".processStreamingRPC"))
		return ANY_FRAME;
	return ends(name, ".ServeHTTP") ? USER_FRAME : NOTHING;
}

int handlers_find(struct handlers *h, struct pass *p, const struct tree *t, struct err *err)
{
	enum awaited *await = arena_array(&p->mem, enum awaited, (size_t)t->n_paths + 1);

	h->entry = arena_array(&p->mem, uint32_t, (size_t)t->n_paths + 1);
	h->serves = arena_array(&p->mem, bool, (size_t)t->n_paths + 1);
	if (!await || !h->entry || !h->serves)
		return err_nomem(err);
	await[0] = NOTHING;
	h->entry[0] = 0;
	h->serves[0] = false;
	for (uint32_t i = 1; i <= t->n_paths; i++) {
		const struct tree_symbol *y = &t->sym[t->symbol[i]];
		bool user = y->kind == KIND_USER;
		enum awaited now = await[t->parent[i]], next = after(y->name);

		h->serves[i] = h->serves[t->parent[i]] || next != NOTHING;
		h->entry[i] = h->entry[t->parent[i]];
		await[i] = now;
		if (next == ANY_FRAME || (next == USER_FRAME && !user)) {
			await[i] = next;
		} else if (next == USER_FRAME || now == ANY_FRAME || (user && (now == USER_FRAME || !h->entry[i]))) {
			h->entry[i] = t->symbol[i];
			await[i] = NOTHING;
		}
	}
	return 0;
}

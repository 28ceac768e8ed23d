// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_stack.c - stacks that loggers write into JSON: frames without a header, in one string
 *
 * zap and its kin write "main.f\n\t/app/main.go:12\nnet/http..." under a key of their own. Whatever the key, a string
 * that holds "\n\t" and a .go file is such a stack, unless a goroutine header stands in it: then it is a dump's.
 */
#include "ingest/log.h"

/* The opening quote of the string that holds line.p[at]. */
static bool string_start(struct str line, size_t at, size_t *open)
{
	for (size_t i = at; i > 0; i--) {
		size_t slashes = 0;

		if (line.p[i - 1] != '"')
			continue;
		while (slashes < i - 1 && line.p[i - 2 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0) {
			*open = i - 1;
			return true;
		}
	}
	return false;
}

bool log_stack_json(struct str line, struct buf *out)
{
	const char *p = line.n ? memmem(line.p, line.n, "\\n\\t", 4) : NULL;
	size_t at;

	if (!p || !memmem(p, line.n - (size_t)(p - line.p), ".go:", 4) ||
	    !string_start(line, (size_t)(p - line.p), &at))
		return false;
	buf_reset(out);
	(void)godump_unquote(line, &at, out);	/* a line cut short gives what it has */
	return out->len > 0 && !out->failed && !memmem(out->data, out->len, "goroutine ", 10);
}

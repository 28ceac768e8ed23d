// SPDX-License-Identifier: GPL-3.0-or-later
/* stackcounts - the weighted token counts of the goroutine stacks of an attrib.db, as text: what tests/record-sklearn feeds to scikit-learn.
 * Lines: `rows R cols C`, then R of `weight W`, then `ROW COL COUNT`. */
#include <stdio.h>

#include "analyze/gostacks.h"
#include "core/limits.h"
#include "core/store.h"

int main(int argc, char **argv)
{
	struct limits limits = limits_default;
	struct pass p = { .design = DESIGN_TWO_SIDES };
	struct tree t = { 0 };
	struct gostacks g = { 0 };
	struct tfidf_rows x;
	struct err err = { 0 };

	if (argc != 2 || store_open(&p.st, argv[1], STORE_READ, &limits, &err) || tree_load(&t, &p, &err) || gostacks_load(&g, &p, &t, &err) ||
	    gostacks_counts(&g, g.n, &p, &t, &x, &err)) {
		fprintf(stderr, "stackcounts: %s\n", argc == 2 ? err.msg : "usage: stackcounts RUN/attrib/attrib.db");
		return 1;
	}
	printf("rows %zu cols %zu\n", x.rows, x.cols);
	for (size_t i = 0; i < x.rows; i++)
		printf("weight %.17g\n", g.stack[i].total);
	for (size_t i = 0; i < x.rows; i++)
		for (size_t k = x.start[i]; k < x.start[i + 1]; k++)
			printf("%zu %u %.17g\n", i, x.col[k], x.val[k]);
	arena_free(&p.mem);
	store_close(p.st);
	return 0;
}

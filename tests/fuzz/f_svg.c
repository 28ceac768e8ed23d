// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_svg.c - libFuzzer target: a picture that claims to be gnuplot's, before it stands in a page
 *
 * What is let through is made of known elements, none of which can run, load or style anything.
 */
#include <stdlib.h>

#include "report/plot.h"

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const never[] = { "<script", "<style", "<foreignObject", "<image", "<a ", "<iframe", "<!", "<?", " on", "javascript:",
		"href=\"h", "href=\"/", "url(h", "style=" };
	struct str rest = { (const char *)data, size };
	struct buf out = { .limit = 1 << 20 };

	if (plot_svg(&out, &rest, PLOT_PAUSE, 200)) {
		size_t open = 0;

		check(rest.n <= size && out.len);
		for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
			check(!memmem(out.data, out.len, never[i], strlen(never[i])));
		for (size_t i = 0; i < out.len; i++) {
			check(out.data[i] != '<' || !open);
			open = out.data[i] == '<' ? 1 : out.data[i] == '>' ? 0 : open;
		}
		check(!open);
	}
	buf_free(&out);
	return 0;
}

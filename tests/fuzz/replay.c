// SPDX-License-Identifier: GPL-3.0-or-later
/* replay.c - a fuzz target over files, inflated, instead of libFuzzer: for compilers without it and for measuring what a corpus covers. Usage: replay FILE... */
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

enum { MOST = 64 << 20 };

int main(int argc, char **argv)
{
	uint8_t *data = malloc(MOST);

	if (!data)
		return 1;
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		gzFile f = gzopen(argv[i], "rb");
		int n = f ? gzread(f, data, MOST) : 0;

		if (n > 0)
			LLVMFuzzerTestOneInput(data, (size_t)n);
		if (f)
			gzclose(f);
	}
	free(data);
	return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* replay.c - a fuzz target over files instead of libFuzzer, for compilers without it and for measuring what a corpus covers. Usage: replay FILE... */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		uint8_t *data = malloc(1 << 22);
		size_t n = f && data ? fread(data, 1, 1 << 22, f) : 0;

		if (n)
			LLVMFuzzerTestOneInput(data, n);
		free(data);
		if (f)
			fclose(f);
	}
	return 0;
}

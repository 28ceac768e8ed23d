// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_database.c - libFuzzer target: a database that somebody else made, given to `attrib report`
 *
 * The input is a list of changes to the bytes of a real one (8 bytes each: where, how, what), so that each run stands deep in the file
 * format and few fail at its header; an input that begins like a database is taken as it is.
 */
#include "tests/fuzz/answer.h"

enum { CHANGE = 8 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	answer_init();
	return 0;
}

static size_t change(char *image, size_t size, const uint8_t *c)
{
	size_t at = ((size_t)c[0] << 16 | (size_t)c[1] << 8 | c[2]) % size, page = at / 8192 * 8192;

	switch (c[3] % 8) {
	case 0:
		image[at] = (char)c[4];
		break;
	case 1:		/* in a page's head: its type, cells, where they are */
		image[page + at % 12] = (char)c[4];
		break;
	case 2:		/* a cell pointer */
		image[page + 8 + at % 200] = (char)c[4];
		break;
	case 3:
		memcpy(image + (at + 4 <= size ? at : size - 4), c + 4, 4);
		break;
	case 4:		/* a page in another's place */
		memcpy(image + page, image + (size_t)(c[4] << 8 | c[5]) % (size / 8192) * 8192, 8192);
		break;
	case 5:
		memset(image + at, c[4], size - at < c[5] ? size - at : c[5]);
		break;
	case 6:		/* the file's own head */
		image[at % 100] = (char)c[4];
		break;
	default:
		return c[4] == 255 ? page : size;
	}
	return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *image;
	size_t n = answer_size;

	if (size > 100 && memcmp(data, "SQLite format 3", 16) == 0) {
		answer_put((const char *)data, size);
	} else {
		image = malloc(n);
		check(image != NULL);
		memcpy(image, answer, n);
		for (size_t i = 0; i + CHANGE <= size && n >= 8192; i += CHANGE)
			n = change(image, n, data + i);
		answer_put(image, n);
		free(image);
	}
	answer_write(data, size);
	return 0;
}

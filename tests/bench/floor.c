// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * floor.c - the least that can be done with a file: what a decoder is measured against
 *
 *     floor inflate FILE   zlib through a window of 256 KiB, nothing kept
 *     floor memchr FILE    every newline found, read() into a window of 512 KiB
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { IN = 64 << 10, WINDOW = 512 << 10 };

static unsigned char in[IN], window[WINDOW];

static int inflate_all(int fd)
{
	z_stream z = { .next_in = in };
	uint64_t bytes = 0;
	int rc = inflateInit2(&z, 15 + 16);

	while (rc == Z_OK) {
		if (z.avail_in == 0) {
			ssize_t n = read(fd, in, sizeof(in));

			if (n <= 0)
				break;
			z.next_in = in;
			z.avail_in = (uInt)n;
		}
		z.next_out = window;
		z.avail_out = sizeof(window) / 2;
		rc = inflate(&z, Z_NO_FLUSH);
		bytes += sizeof(window) / 2 - z.avail_out;
	}
	inflateEnd(&z);
	printf("%" PRIu64 " bytes\n", bytes);
	return rc != Z_STREAM_END;
}

static int count_lines(int fd)
{
	uint64_t lines = 0;
	ssize_t n;

	while ((n = read(fd, window, sizeof(window))) > 0) {
		const unsigned char *p = window, *end = window + n;

		while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
			lines++;
			p++;
		}
	}
	printf("%" PRIu64 " lines\n", lines);
	return n < 0;
}

int main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0 && strcmp(argv[1], "inflate") == 0)
		return inflate_all(fd);
	if (fd >= 0 && strcmp(argv[1], "memchr") == 0)
		return count_lines(fd);
	fprintf(stderr, "usage: floor inflate|memchr FILE\n");
	return 2;
}

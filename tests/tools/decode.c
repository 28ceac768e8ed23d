// SPDX-License-Identifier: GPL-3.0-or-later
/* decode - the records of one file as text, through the same decoder and the text sink: for golden tests and curious people */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ingest/decoder.h"
#include "ingest/dump.h"

static int decode(int fd, const char *name, struct buf *out, struct err *err)
{
	const char *why = NULL, *base = strrchr(name, '/');
	struct decode_opts o = { .limits = &limits_default, .tree = true, .name = base ? base + 1 : name };
	const struct decoder *d;
	struct reader *r = NULL;
	struct dump sink;
	struct str head;
	int rc = reader_open(&r, fd, &limits_default, err);

	if (!rc)
		rc = reader_peek(r, 65536, &head, err);
	d = rc ? NULL : decoder_find(head, &why);
	if (!rc && !d)
		printf("no decoder: %s\n", why);
	if (d) {
		printf("kind %s version %d\n", d->kind, d->version);
		dump_init(&sink, out);
		rc = d->decode(r, &o, &sink.sink, err);
		fwrite(out->data, 1, out->len, stdout);
		if (rc)
			printf("refused: %s%s%s\n", err->place, *err->place ? ": " : "", err->msg);
	}
	reader_close(r);
	return 0;
}

int main(int argc, char **argv)
{
	struct buf out = { 0 };
	struct err err = { 0 };
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0) {
		fprintf(stderr, "usage: decode FILE\n");
		return 2;
	}
	decode(fd, argv[1], &out, &err);
	buf_free(&out);
	close(fd);
	return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/* decode - the records of one file as text, through the same decoder and the text sink: for golden tests and curious people.
 * --totals decodes without a tree and prints nothing: the decoder alone, for the benchmark. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ingest/decoder.h"
#include "ingest/dump.h"

static int decode(int fd, const char *name, bool totals, struct buf *out, struct err *err)
{
	const char *why = NULL, *base = strrchr(name, '/');
	struct decode_opts o = { .limits = &limits_default, .tree = !totals, .name = base ? base + 1 : name };
	const struct decoder *d;
	struct reader *r = NULL;
	struct dump sink;
	struct dump_count count;
	struct str head;
	int rc = reader_open(&r, fd, &limits_default, err);

	if (!rc)
		rc = reader_peek(r, 65536, &head, err);
	d = rc ? NULL : decoder_find(head, &why);
	if (!rc && !d)
		printf("no decoder: %s\n", why);
	if (d) {
		if (!totals)
			printf("kind %s version %d\n", d->kind, d->version);
		dump_init(&sink, out);
		dump_count_init(&count);
		rc = d->decode(r, &o, totals ? &count.sink : &sink.sink, err);
		if (out->len)
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
	bool totals = argc == 3 && strcmp(argv[1], "--totals") == 0;
	int fd = argc == 2 || totals ? open(argv[argc - 1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0) {
		fprintf(stderr, "usage: decode [--totals] FILE\n");
		return 2;
	}
	decode(fd, argv[argc - 1], totals, &out, &err);
	buf_free(&out);
	close(fd);
	return 0;
}

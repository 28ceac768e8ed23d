// SPDX-License-Identifier: GPL-3.0-or-later
/* decode - the records of one file as text, through the same decoder and the text sink: for golden tests and curious people.
 * For the benchmark, and printing nothing: --totals decodes without a tree, --messages takes a profile apart into its messages and keeps none.
 * --wire prints what a worker would send of this file. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ingest/decoder.h"
#include "ingest/dump.h"
#include "ingest/wire.h"

enum mode { TEXT, TOTALS, MESSAGES, WIRE };

static int decode(int fd, const char *name, enum mode mode, struct buf *out, struct err *err)
{
	const char *why = NULL, *base = strrchr(name, '/');
	struct decode_opts o = { .limits = &limits_default, .tree = mode == TEXT || mode == WIRE, .name = base ? base + 1 : name };
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
	if (d && mode == WIRE) {
		struct wire w;
		struct wire_what what = { .decoder = d->version, .of_run = d->of_run };
		struct wire_end end = { .verdict = WIRE_READ };

		snprintf(what.kind, sizeof(what.kind), "%s", d->kind);
		wire_init(&w, STDOUT_FILENO);
		rc = wire_begin(&w, 0, err) || wire_what(&w, &what, err) || d->decode(r, &o, &w.sink, err) || wire_end(&w, &end, err);
	} else if (d) {
		if (mode == TEXT)
			printf("kind %s version %d\n", d->kind, d->version);
		dump_init(&sink, out);
		dump_count_init(&count);
		rc = d->decode(r, &o, mode == TEXT ? &sink.sink : mode == TOTALS || d != &decoder_pprof ? &count.sink : NULL, err);
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
	enum mode mode = argc == 3 && strcmp(argv[1], "--totals") == 0 ? TOTALS : argc == 3 && strcmp(argv[1], "--messages") == 0 ? MESSAGES
					: argc == 3 && strcmp(argv[1], "--wire") == 0 ? WIRE : TEXT;
	int fd = argc == 2 || mode != TEXT ? open(argv[argc - 1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0) {
		fprintf(stderr, "usage: decode [--totals | --messages | --wire] FILE\n");
		return 2;
	}
	decode(fd, argv[argc - 1], mode, &out, &err);
	buf_free(&out);
	close(fd);
	return 0;
}

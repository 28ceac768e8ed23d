/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode.h - a text through a decoder, as the text of its records
 *
 *     CHECK_STR(decode(&decoder_gc_csv, "pause_ms\n1.5\n"), "gc_cycle n=1 pause=1500000\n");
 *
 * A refused text gives "refused PLACE: MESSAGE". The answer lives until the next call.
 */
#ifndef TESTS_DECODE_H
#define TESTS_DECODE_H

#include "tests/unit/check.h"
#include "ingest/decoder.h"
#include "ingest/dump.h"

static struct buf decode_text;
static struct limits decode_limits;
static bool decode_limits_set;

static inline const char *decode_bytes(const struct decoder *d, const char *p, size_t n, bool tree)
{
	struct decode_opts o = { .limits = &decode_limits, .tree = tree, .name = "test" };
	struct err err = { 0 };
	struct reader *in;
	struct dump dump;

	if (!decode_limits_set)
		decode_limits = limits_default;
	decode_limits_set = true;
	buf_reset(&decode_text);
	dump_init(&dump, &decode_text);
	if (reader_open_mem(&in, (struct str){ p, n }, &decode_limits, &err))
		return "refused: cannot open";
	if (d->decode(in, &o, &dump.sink, &err)) {
		buf_reset(&decode_text);
		buf_printf(&decode_text, "refused %s: %s", err.place, err.msg);
	}
	reader_close(in);
	return decode_text.data ? decode_text.data : "";
}

static inline const char *decode(const struct decoder *d, const char *text)
{
	return decode_bytes(d, text, strlen(text), true);
}

/* Lines of the last answer that begin with `record` and hold `part`. */
static inline int decode_count(const char *record, const char *part)
{
	const char *line = decode_text.data ? decode_text.data : "";
	int n = 0;

	while (*line) {
		const char *end = strchr(line, '\n'), *at;
		size_t len = end ? (size_t)(end - line) : strlen(line);

		at = memmem(line, len, part, strlen(part));
		n += strncmp(line, record, strlen(record)) == 0 && at != NULL;
		line += len + (end != NULL);
	}
	return n;
}

/* The sum of field `name` over the records of a type in the last answer. */
static inline long decode_sum(const char *record, const char *name)
{
	const char *line = decode_text.data ? decode_text.data : "";
	long sum = 0;

	while (*line) {
		const char *end = strchr(line, '\n'), *at = strstr(line, name);

		if (strncmp(line, record, strlen(record)) == 0 && at && (!end || at < end)) {
			long v = 0;

			if (sscanf(at + strlen(name), "%ld", &v) == 1)
				sum += v;
		}
		if (!end)
			break;
		line = end + 1;
	}
	return sum;
}

static inline int decode_has(const char *part)
{
	return decode_text.data && strstr(decode_text.data, part) != NULL;
}

static inline int decode_sniff(const struct decoder *d, const char *text)
{
	return d->sniff((struct str){ text, strlen(text) });
}

static inline int decode_done(void)
{
	buf_free(&decode_text);
	return check_done();
}

#endif

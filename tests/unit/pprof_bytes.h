/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pprof_bytes.h - profiles written byte by byte, and what decoding them gives, for t_pprof*.c
 */
#ifndef TESTS_PPROF_BYTES_H
#define TESTS_PPROF_BYTES_H

#include <stdlib.h>

#include "core/buf.h"
#include "ingest/decoder.h"
#include "ingest/dump.h"
#include "tests/unit/check.h"

/* ---- writing ---- */

static inline void varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_byte(b, (char)(v | 0x80));
	buf_byte(b, (char)v);
}

static inline void num(struct buf *b, unsigned field, uint64_t v)
{
	varint(b, field << 3);
	varint(b, v);
}

static inline void bytes(struct buf *b, unsigned field, const void *p, size_t n)
{
	varint(b, field << 3 | 2);
	varint(b, n);
	buf_add(b, p, n);
}

/* Moves message m into b as a field. */
static inline void sub(struct buf *b, unsigned field, struct buf *m)
{
	bytes(b, field, m->data, m->len);
	buf_free(m);
}

static inline void text(struct buf *b, const char *s)
{
	bytes(b, 6, s, strlen(s));
}

static inline void texts(struct buf *b, const char *const *s)
{
	for (; *s; s++)
		text(b, *s);
}

static inline void type(struct buf *b, unsigned field, uint64_t name, uint64_t unit)
{
	struct buf m = { 0 };

	num(&m, 1, name);
	num(&m, 2, unit);
	sub(b, field, &m);
}

static inline void function(struct buf *b, uint64_t id, uint64_t name, uint64_t file)
{
	struct buf m = { 0 };

	num(&m, 1, id);
	num(&m, 2, name);
	num(&m, 4, file);
	sub(b, 5, &m);
}

/* A location with one line of each of n functions, innermost first; the k-th line is number 10 * (k + 1). */
static inline void location(struct buf *b, uint64_t id, uint64_t address, size_t n, const uint64_t *func)
{
	struct buf m = { 0 };

	num(&m, 1, id);
	num(&m, 3, address);
	for (size_t i = 0; i < n; i++) {
		struct buf line = { 0 };

		num(&line, 1, func[i]);
		num(&line, 2, 10 * (i + 1));
		sub(&m, 4, &line);
	}
	sub(b, 4, &m);
}

static inline void loc1(struct buf *b, uint64_t id, uint64_t func)
{
	location(b, id, 0x1000 + id, 1, &func);
}

/* A sample, its numbers packed or not. */
static inline void sample(struct buf *b, bool packed, size_t n, const uint64_t *loc, size_t n_values,
			  const int64_t *value, struct buf *labels)
{
	struct buf m = { 0 }, list = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (packed)
			varint(&list, loc[i]);
		else
			num(&m, 1, loc[i]);
	}
	if (packed)
		sub(&m, 1, &list);
	for (size_t i = 0; i < n_values; i++) {
		if (packed)
			varint(&list, (uint64_t)value[i]);
		else
			num(&m, 2, (uint64_t)value[i]);
	}
	if (packed)
		sub(&m, 2, &list);
	if (labels) {
		buf_add(&m, labels->data, labels->len);
		buf_free(labels);
	}
	sub(b, 2, &m);
}

static inline void sample1(struct buf *b, uint64_t loc, int64_t count)
{
	sample(b, false, 1, &loc, 2, (int64_t[]){ count, count * 10 }, NULL);
}

static inline void label(struct buf *b, uint64_t key, uint64_t str, int64_t n, uint64_t unit)
{
	struct buf m = { 0 };

	num(&m, 1, key);
	num(&m, 2, str);
	num(&m, 3, (uint64_t)n);
	num(&m, 4, unit);
	sub(b, 3, &m);
}

/* ---- reading ---- */

static char out[1 << 20];
static struct limits limits;

/* What decoding gives: the dump, or "CODE message @ place". The input is a block of its own, so that a sanitizer
 * sees its end. */
static inline const char *decode_as(const struct buf *b, bool tree, const char *name)
{
	struct decode_opts o = { .limits = &limits, .tree = tree, .name = name };
	struct buf text_out = { 0 };
	struct dump d;
	struct err err = { 0 };
	struct reader *in = NULL;
	char *copy = malloc(b->len + 1);
	int rc;

	memcpy(copy, b->len ? b->data : "", b->len);
	dump_init(&d, &text_out);
	rc = reader_open_mem(&in, (struct str){ copy, b->len }, &limits, &err);
	if (!rc)
		rc = decoder_pprof.decode(in, &o, &d.sink, &err);
	if (rc)
		snprintf(out, sizeof(out), "%d %s @ %s", rc, err.msg, err.place);
	else
		snprintf(out, sizeof(out), "%s", text_out.data ? text_out.data : "");
	reader_close(in);
	buf_free(&text_out);
	free(copy);
	return out;
}

static inline bool has(const char *what)
{
	bool found = strstr(out, what) != NULL;

	if (!found)
		fprintf(stderr, "not found: %s\nin: %.3000s\n", what, out);
	return found;
}

static inline int times(const char *what)
{
	int n = 0;

	for (const char *at = out; (at = strstr(at, what)); at++)
		n++;
	return n;
}

/* Decodes and frees. */
static inline void run(struct buf *b)
{
	decode_as(b, true, "x");
	buf_free(b);
}

#define REFUSED(b, code, words)                                                                                        \
	do {                                                                                                           \
		char want[8];                                                                                          \
                                                                                                                       \
		run(b);                                                                                                \
		snprintf(want, sizeof(want), "%d ", (code));                                                           \
		CHECK(strncmp(out, want, strlen(want)) == 0);                                                          \
		CHECK(has(words));                                                                                     \
		CHECK(has("@ byte "));                                                                                 \
	} while (0)

static const char *const CPU[] = { "",	     "samples", "count", "cpu",	 "nanoseconds", "main.a",
				   "main.b", "main.c",	"a.go",	 "b.go", NULL };
enum { A = 5, B, C, A_GO, B_GO, CPU_N };

/* The usual head and tables: functions 1..3 and locations 1..3 of main.a, main.b, main.c. */
static inline struct buf cpu_head(void)
{
	struct buf b = { 0 };

	type(&b, 1, 1, 2);
	type(&b, 1, 3, 4);
	type(&b, 11, 3, 4);
	num(&b, 12, 10);
	return b;
}

static inline void cpu_tables(struct buf *b)
{
	for (uint64_t i = 1; i <= 3; i++) {
		loc1(b, i, i);
		function(b, i, A + i - 1, i == 3 ? B_GO : A_GO);
	}
	texts(b, CPU);
}

static inline struct buf cpu_with(size_t n, const uint64_t *loc, int64_t count)
{
	struct buf b = cpu_head();

	sample(&b, n > 2, n, loc, 2, (int64_t[]){ count, count * 10 }, NULL);
	return b;
}

#endif

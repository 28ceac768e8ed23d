// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * genprof.c - a large CPU profile of a service that never ran
 *
 *     genprof [-c] SAMPLES FUNCS LOCS DEPTH SEED > file.pb
 *
 * Shaped like what google/pprof writes: samples before the locations they name, strings last, integers packed above
 * two. Stacks share their roots and part more and more towards the leaf, use of locations is skewed, every fifth
 * location is an inlined pair, 30 % of the samples have labels. All samples differ. -c writes the other side of a
 * comparison: a tenth of the stacks are others, values vary by 10 %, the functions of one class take 1.8 times as
 * long, ids are renumbered, the order is another.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 1 << 16, DEPTH_MAX = 4000, CLASSES = 97, SLOW_CLASS = 13 };
enum { FIRST_LABEL = 10, ENDPOINTS = 50, TENANTS = 20, FIRST_NAME = 100 }; /* places in the string table */

struct gen {
	uint64_t samples, funcs, locs, depth, seed;
	bool current;
};

struct message {
	unsigned char bytes[MESSAGE_MAX];
	size_t n;
};

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* The k-th number of stream s, in [0, 1). */
static double uniform(uint64_t s, uint64_t k)
{
	return (double)(mix(s ^ mix(k)) >> 11) * 0x1p-53;
}

static void varint(struct message *m, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		m->bytes[m->n++] = (unsigned char)(v | 0x80);
	m->bytes[m->n++] = (unsigned char)v;
}

static void field(struct message *m, unsigned number, uint64_t v)
{
	varint(m, number << 3);
	varint(m, v);
}

static void bytes(struct message *m, unsigned number, const void *p, size_t n)
{
	varint(m, number << 3 | 2);
	varint(m, n);
	memcpy(m->bytes + m->n, p, n);
	m->n += n;
}

static void put(unsigned number, const struct message *m)
{
	static struct message head;	/* 64 KiB: too large for the stack */

	head.n = 0;
	varint(&head, number << 3 | 2);
	varint(&head, m->n);
	fwrite(head.bytes, 1, head.n, stdout);
	fwrite(m->bytes, 1, m->n, stdout);
}

static void put_string(const char *s)
{
	static struct message m;

	m.n = strlen(s);
	memcpy(m.bytes, s, m.n);
	put(6, &m);
}

static uint64_t id_of(const struct gen *g, uint64_t loc)
{
	return g->current ? g->locs - loc + 1 : loc;
}

/* The stack of sample i, root first, as locations from 1. Near the root few ways are taken, near the leaf any. */
static size_t stack_of(const struct gen *g, uint64_t i, uint64_t *loc)
{
	bool other = g->current && uniform(g->seed + 7, i) < 0.1;
	uint64_t s = mix(g->seed + (other ? 1000003 : 0)) ^ mix(i), at = 1;
	size_t n = (size_t)((double)g->depth * (0.4 + 0.6 * uniform(s, 1)));

	for (size_t k = 0; k < n; k++) {
		double u = uniform(s, 100 + k), ways = k + 4 >= n ? 400 : 1.3 + 0.04 * (double)k;
		uint64_t way = (uint64_t)(u * u * ways);
		double place = uniform(at * 1000 + way, k);

		at = 1 + (uint64_t)((double)g->locs * place * place);
		loc[k] = at;
	}
	return n;
}

static void put_sample(const struct gen *g, uint64_t i)
{
	static struct message m, packed, label;
	static uint64_t loc[DEPTH_MAX];
	size_t n = stack_of(g, i, loc);
	double weight = 1 + 9 * pow(uniform(g->seed + 2, i), 20);
	uint64_t count;

	if (g->current)
		weight *= (0.9 + 0.2 * uniform(g->seed + 3, i)) * (n && loc[n - 1] % CLASSES == SLOW_CLASS ? 1.8 : 1);
	count = (uint64_t)(weight + uniform(g->seed + 4, i));
	count += count == 0;
	m.n = packed.n = 0;
	while (n)
		varint(&packed, id_of(g, loc[--n]));
	bytes(&m, 1, packed.bytes, packed.n);
	field(&m, 2, count);
	field(&m, 2, count * 10000000);
	for (unsigned key = 1; key <= 2 && uniform(g->seed + 5, i) < 0.3; key++) {
		double pick = uniform(g->seed + 5 + key, i);
		uint64_t value =
			key == 1 ? (uint64_t)(pick * pick * ENDPOINTS) : ENDPOINTS + (uint64_t)(pick * TENANTS);

		label.n = 0;
		field(&label, 1, key);
		field(&label, 2, FIRST_LABEL + value);
		bytes(&m, 3, label.bytes, label.n);
	}
	put(2, &m);
}

static void put_location(const struct gen *g, uint64_t loc)
{
	static struct message m, line;

	m.n = 0;
	field(&m, 1, id_of(g, loc));
	field(&m, 2, 1);
	field(&m, 3, 0x400000 + loc * 16);
	for (uint64_t k = 0; k < 1 + (loc % 5 == 0); k++) {
		line.n = 0;
		field(&line, 1, 1 + (loc + k * 7) % g->funcs);
		field(&line, 2, 10 + loc % 3000 / 3);
		bytes(&m, 4, line.bytes, line.n);
	}
	put(4, &m);
}

static void put_tables(const struct gen *g)
{
	static struct message m;

	m.n = 0;
	field(&m, 1, 1);
	field(&m, 2, 0x400000);
	field(&m, 3, 0x400000 + (g->locs + 1) * 16);
	field(&m, 5, 7);
	put(3, &m);
	for (uint64_t i = 1; i <= g->locs; i++)
		put_location(g, i);
	for (uint64_t i = 1; i <= g->funcs; i++) {
		m.n = 0;
		field(&m, 1, i);
		field(&m, 2, FIRST_NAME + 2 * i);
		field(&m, 3, FIRST_NAME + 2 * i);
		field(&m, 4, FIRST_NAME + 2 * i + 1);
		field(&m, 5, 5 + i % 900);
		put(5, &m);
	}
}

static void put_strings(const struct gen *g)
{
	static const char *const words[FIRST_LABEL] = { "",    "endpoint",    "tenant",	 "samples", "count",
							"cpu", "nanoseconds", "service", "",	    "" };
	char text[128];

	for (unsigned i = 0; i < FIRST_NAME + 2; i++) {
		snprintf(text, sizeof(text), i < FIRST_LABEL + ENDPOINTS ? "/api/v1/item%u" : "tenant-%u", i);
		put_string(i < FIRST_LABEL ? words[i] : text);
	}
	for (uint64_t i = 1; i <= g->funcs; i++) {
		snprintf(text, sizeof(text), "example.com/service/pkg%" PRIu64 ".(*Type%" PRIu64 ").method%" PRIu64,
			 i % 211, i % 1009, i);
		put_string(text);
		snprintf(text, sizeof(text), "/src/service/pkg%" PRIu64 "/file%" PRIu64 ".go", i % 211, i % 7);
		put_string(text);
	}
}

static void put_pair(unsigned number, unsigned type, unsigned unit)
{
	static struct message m;

	m.n = 0;
	field(&m, 1, type);
	field(&m, 2, unit);
	put(number, &m);
}

int main(int argc, char **argv)
{
	struct gen g = { .current = argc > 1 && strcmp(argv[1], "-c") == 0 };
	static struct message tail;

	if (argc != 6 + g.current) {
		fprintf(stderr, "usage: genprof [-c] SAMPLES FUNCS LOCS DEPTH SEED > file.pb\n");
		return 2;
	}
	argv += g.current;
	g.samples = strtoull(argv[1], NULL, 10);
	g.funcs = strtoull(argv[2], NULL, 10);
	g.locs = strtoull(argv[3], NULL, 10);
	g.depth = strtoull(argv[4], NULL, 10);
	g.seed = strtoull(argv[5], NULL, 10);
	if (g.funcs == 0 || g.locs == 0 || g.depth > DEPTH_MAX)
		return 2;
	put_pair(1, 3, 4);
	put_pair(1, 5, 6);
	for (uint64_t i = 0; i < g.samples; i++)
		put_sample(&g, g.current ? g.samples - 1 - i : i);
	put_tables(&g);
	put_strings(&g);
	field(&tail, 9, 1700000000000000000u + (g.current ? 3600000000000u : 0));
	field(&tail, 10, 30000000000u);
	fwrite(tail.bytes, 1, tail.n, stdout);
	put_pair(11, 5, 6);
	tail.n = 0;
	field(&tail, 12, 10000000);
	field(&tail, 14, 0);
	fwrite(tail.bytes, 1, tail.n, stdout);
	return fflush(stdout) || ferror(stdout);
}

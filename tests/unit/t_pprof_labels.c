// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_pprof_labels.c - label sets of profiles: what they say, and when there are too many
 */
#include "tests/unit/pprof_bytes.h"

enum { KEY = CPU_N, VALUE, REQUEST, BYTES, LABEL_N };

static void label_texts(struct buf *b)
{
	cpu_tables(b);
	texts(b, (const char *const[]){ "key", "value", "request", "bytes", "key", NULL });
}

static void test_labels(void)
{
	struct buf b = cpu_head(), l = { 0 };

	label(&l, KEY, VALUE, 0, 0);
	label(&l, REQUEST, 0, 512, 0);
	label(&l, BYTES, 0, 0, 0); /* says nothing */
	sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 1, 10 }, &l);
	label(&l, REQUEST, 0, 512, 0);
	label(&l, LABEL_N, VALUE, 0, 0); /* "key" at its second place in the string table */
	sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 2, 20 }, &l);
	label(&l, KEY, 0, -5, 2);
	sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 4, 40 }, &l);
	sample1(&b, 1, 8);
	label_texts(&b);
	run(&b);
	CHECK(has("labelset id=1 dropped=0\n"
		  "label labelset=1 pos=0 key=\"key\" str=\"value\"\n"
		  "label labelset=1 pos=1 key=\"request\" num=512 unit=\"bytes\"\n"
		  "labelset id=2 dropped=0\n"
		  "label labelset=2 pos=0 key=\"key\" num=-5 unit=\"count\"\n"));
	CHECK(has("labelset=0 count=8 amount=80\nsample measure=0 callsite=0 labelset=1 count=3 amount=30\n"
		  "sample measure=0 callsite=0 labelset=2 count=4 amount=40\n"));
	CHECK(times("labelset id") == 2);
}

/* A key with too many values goes, and its samples come together. */
static void test_limit(void)
{
	struct buf b = cpu_head(), l = { 0 };

	limits.label_sets = 10;
	for (int64_t i = 1; i <= 11; i++) {
		label(&l, KEY, 0, i, 0);
		label(&l, REQUEST, 0, i % 2 + 1, 0);
		sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ i, i * 10 }, &l);
	}
	label_texts(&b);
	run(&b);
	CHECK(has("note text=\"label 'key' is left out"));
	CHECK(has("lost=1"));
	CHECK(times("labelset id") == 2 && times(" dropped=1") == 2);
	CHECK(has("count=30 amount=300") && has("count=36 amount=360"));
	b = cpu_head(); /* so many that reading stops before the end */
	for (int64_t i = 1; i <= 2000; i++) {
		label(&l, KEY, 0, i, 0);
		sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 1, 10 }, &l);
	}
	label_texts(&b);
	run(&b);
	CHECK(times("labelset id") == 1 && times("labelset id=1 dropped=1\n") == 1);
	CHECK(has("labelset=1 count=2000 amount=20000"));
	limits = limits_default;
}

/* What is held while reading is bounded too. */
static void test_memory(void)
{
	struct buf b = cpu_head(), l = { 0 };

	limits.label_sets = 1;				/* no key has many values, all sets together are too many */
	for (int64_t i = 0; i < 1000; i++) {
		label(&l, KEY, 0, i % 30 + 1, 0);
		label(&l, REQUEST, 0, i % 31 + 1, 0);
		sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 1, 10 }, &l);
	}
	label_texts(&b);
	run(&b);
	CHECK(times("is left out") == 2 && times("labelset id") == 1 && has("labelset=1 count=1000 amount=10000"));
	limits = limits_default;
	b = cpu_head();					/* more keys than anybody has */
	for (uint64_t i = 0; i < 1100; i++) {
		label(&l, CPU_N + i, 0, 1, 0);
		sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 1, 10 }, &l);
	}
	cpu_tables(&b);
	for (int i = 0; i < 1100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "k%d", i);
		text(&b, name);
	}
	run(&b);
	CHECK(has("more than 1024 label keys") && has("lost=1") && times("labelset id") == 1024);
	CHECK(has("labelset=0 count=76 "));
}

/* The sizes of a heap profile are many, and stay. */
static void test_heap_sizes(void)
{
	static const char *const heap[] = { "",	      "alloc_objects", "count", "alloc_space", "bytes", "main.a",
					    "main.b", "main.c",	       "a.go",	"b.go",	       NULL };
	struct buf b = { 0 }, l = { 0 };

	limits.label_sets = 10;
	type(&b, 1, 1, 2);
	type(&b, 1, 3, 4);
	for (int64_t i = 1; i <= 20; i++) {
		label(&l, 4, 0, i, 0);
		sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 1, i }, &l);
	}
	for (uint64_t i = 1; i <= 3; i++) {
		loc1(&b, i, i);
		function(&b, i, A, A_GO);
	}
	texts(&b, heap);
	run(&b);
	CHECK(times("labelset id") == 20 && times("dropped=0") == 20);
	CHECK(has("key=\"bytes\" num=20 unit=\"bytes\""));
	limits = limits_default;
}

int main(void)
{
	limits = limits_default;
	test_labels();
	test_limit();
	test_memory();
	test_heap_sizes();
	return check_done();
}

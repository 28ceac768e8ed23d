// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_pprof_bad.c - the pprof decoder on damaged, hostile and very large profiles
 */
#include "tests/unit/pprof_bytes.h"

/* Damage of the stream itself. */
static void test_malformed_wire(void)
{
	static const char *const tails[] = {
		"\x13", "\x14", "\x16", "\x17",			/* groups, and wire types that do not exist */
		"\x02\x01x", "\x80\x80\x80\x80\x80\x01",	/* field 0; a field number beyond 2^29 cannot be */
		"\x10\x01",						/* sample as a number */
		"\x4a\x01x",						/* time_nanos as bytes */
		"\x12\x02\x13\x14",					/* a group inside a sample */
		"\x12\x02\x08\xff",					/* a number cut inside a sample */
		"\x12\x03\x0a\x05x",					/* a packed list longer than its sample */
		"\x12\x02\x0a\x80",					/* half a length */
		"\x12\x05\x0a\x03\x01\x01\x80",				/* a number cut at the end of a packed list */
		"\x12\x0e\x0a\x0c\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",	/* eleven bytes of a number in one */
		"\x12\x05\x15\x01\x02\x03\x04",			/* values as fixed32 */
		"\x48\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",	/* eleven bytes of a number */
	};
	const size_t n[] = { 1, 1, 1, 1, 3, 6, 2, 3, 4, 4, 5, 4, 7, 16, 7, 12 };

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		struct buf b = cpu_with(1, (uint64_t[]){ 1 }, 1);

		cpu_tables(&b);
		buf_add(&b, tails[i], n[i]);
		buf_add(&b, "\x48\x01", 2);
		run(&b);
		CHECK(strncmp(out, "2 ", 2) == 0);
		CHECK(has("@ byte "));
	}
}

/* Cut anywhere, a file is refused, or what is there is a whole profile by chance: never a crash. */
static void test_cut_everywhere(void)
{
	struct buf b = cpu_with(3, (uint64_t[]){ 3, 2, 1 }, 5);
	size_t whole, cut_inside = 0;

	cpu_tables(&b);
	whole = b.len;
	for (b.len = 0; b.len < whole; b.len++) {
		decode_as(&b, true, "x");
		cut_inside += strstr(out, "cut inside a field") != NULL;
		CHECK(strncmp(out, "2 ", 2) == 0 || strncmp(out, "func ", 5) == 0 || strncmp(out, "profile ", 8) == 0);
	}
	CHECK(cut_inside > whole / 2);
	buf_free(&b);
	REFUSED(&b, ERR_FORMAT, "empty");
}

static void test_strings(void)
{
	struct buf b = cpu_with(1, (uint64_t[]){ 1 }, 1), l = { 0 };

	cpu_tables(&b);
	function(&b, 9, CPU_N, 0);
	REFUSED(&b, ERR_FORMAT, "string 10 is named but the string table has 10 entries");
	b = cpu_with(1, (uint64_t[]){ 1 }, 1);
	cpu_tables(&b);
	function(&b, 9, (uint64_t)-1, 0);
	REFUSED(&b, ERR_FORMAT, "string -1 cannot be");
	b = cpu_head();
	label(&l, 1, 99, 0, 0);
	sample(&b, false, 0, NULL, 2, (int64_t[]){ 0, 0 }, &l);
	cpu_tables(&b);
	REFUSED(&b, ERR_FORMAT, "string 99 is named");
	b = cpu_head();
	cpu_tables(&b);
	num(&b, 13, 77);
	REFUSED(&b, ERR_FORMAT, "string 77 is named");
	b = cpu_head();
	type(&b, 1, 3, 66);
	cpu_tables(&b);
	REFUSED(&b, ERR_FORMAT, "string 66 is named");
	b = cpu_head();
	loc1(&b, 1, 1);
	function(&b, 1, 1, 1);
	REFUSED(&b, ERR_FORMAT, "there is no string table");
	b = cpu_head();
	text(&b, "x");
	REFUSED(&b, ERR_FORMAT, "does not begin with the empty string");
}

static void test_ids(void)
{
	struct buf b = cpu_with(1, (uint64_t[]){ 4 }, 1), m = { 0 };

	cpu_tables(&b);
	REFUSED(&b, ERR_FORMAT, "names location 4, which is not in the file");
	b = cpu_with(1, (uint64_t[]){ 0 }, 1);
	cpu_tables(&b);
	REFUSED(&b, ERR_FORMAT, "names location 0");
	b = cpu_with(1, (uint64_t[]){ 1 }, 0);		/* also of a sample that counts nothing */
	sample1(&b, 1ull << 60, 0);
	cpu_tables(&b);
	REFUSED(&b, ERR_FORMAT, "names location 1152921504606846976");
	b = cpu_head();
	cpu_tables(&b);
	loc1(&b, 2, 1);
	REFUSED(&b, ERR_FORMAT, "two locations have the id 2");
	b = cpu_head();
	loc1(&b, 1ull << 40, 1);
	loc1(&b, 1ull << 40, 1);
	REFUSED(&b, ERR_FORMAT, "two locations have the id 1099511627776");
	b = cpu_head();
	cpu_tables(&b);
	function(&b, 3, A, A_GO);
	REFUSED(&b, ERR_FORMAT, "two functions have the id 3");
	b = cpu_head();
	loc1(&b, 0, 1);
	REFUSED(&b, ERR_FORMAT, "a location has the id 0");
	b = cpu_head();
	function(&b, 0, 0, 0);
	REFUSED(&b, ERR_FORMAT, "a function has the id 0");
	b = cpu_head();
	num(&m, 2, 4096);
	sub(&b, 3, &m);
	REFUSED(&b, ERR_FORMAT, "a mapping has the id 0");
	b = cpu_head();
	for (int i = 0; i < 2; i++) {
		num(&m, 1, 7);
		sub(&b, 3, &m);
	}
	REFUSED(&b, ERR_FORMAT, "two mappings have the id 7");
}

static void test_values(void)
{
	struct buf b = cpu_head();

	sample(&b, false, 0, NULL, 3, (int64_t[]){ 1, 2, 3 }, NULL);
	cpu_tables(&b);
	REFUSED(&b, ERR_FORMAT, "a sample has 3 values, but there are 2 sample types");
	b = cpu_head();
	sample1(&b, 1, 1);
	sample(&b, false, 0, NULL, 1, (int64_t[]){ 1 }, NULL);
	REFUSED(&b, ERR_FORMAT, "a sample has 1 values, others have 2");
	b = (struct buf){ 0 };
	sample1(&b, 1, 1);
	cpu_tables(&b);
	REFUSED(&b, ERR_FORMAT, "no sample_type says what they count");
	b = cpu_head();
	num(&b, 9, 1);
	num(&b, 9, 2);
	REFUSED(&b, ERR_FORMAT, "a second time_nanos");
	b = cpu_head();
	sample(&b, false, 0, NULL, 2, (int64_t[]){ INT64_MAX, 0 }, NULL);
	sample(&b, false, 0, NULL, 2, (int64_t[]){ 1, 0 }, NULL);
	REFUSED(&b, ERR_FORMAT, "column 1 add up to more");
	b = cpu_head();
	sample(&b, false, 0, NULL, 2, (int64_t[]){ 0, INT64_MIN }, NULL);
	REFUSED(&b, ERR_FORMAT, "column 2 add up to more");
}

#define LIMITED(field, value, code, words)	\
	do {					\
		limits.field = (value);		\
		decode_as(&b, true, "x");	\
		CHECK(out[0] == '0' + (code));	\
		CHECK(has(words));		\
		limits = limits_default;	\
	} while (0)

static void test_limits(void)
{
	struct buf b = cpu_with(3, (uint64_t[]){ 1, 2, 3 }, 1), l = { 0 };

	label(&l, A, B, 0, 0);
	label(&l, B, B, 0, 0);
	sample(&b, false, 1, (uint64_t[]){ 1 }, 2, (int64_t[]){ 1, 10 }, &l);
	location(&b, 5, 5, 3, (uint64_t[]){ 1, 2, 3 });
	sample1(&b, 5, 1);
	cpu_tables(&b);
	LIMITED(profile_samples, 2, ERR_LIMIT, "profile_samples");
	LIMITED(profile_frames, 4, ERR_LIMIT, "profile_frames");
	LIMITED(profile_frames, 6, ERR_LIMIT, "profile_frames");	/* 5 locations, 7 frames */
	LIMITED(profile_objects, 2, ERR_LIMIT, "profile_objects");
	LIMITED(profile_strings, 9, ERR_LIMIT, "profile_strings");
	LIMITED(string_bytes, 10, ERR_LIMIT, "string_bytes");
	LIMITED(strings_bytes, 20, ERR_LIMIT, "strings_bytes");
	LIMITED(stack_frames, 2, ERR_LIMIT, "stack_frames");
	LIMITED(sample_labels, 1, ERR_LIMIT, "sample_labels");
	LIMITED(sample_types, 1, ERR_LIMIT, "sample_types");
	LIMITED(message_bytes, 8, ERR_LIMIT, "message_bytes");
	LIMITED(message_bytes, 100, ERR_LIMIT, "message_bytes");	/* fits, but not what it unpacks to */
	LIMITED(rest_bytes, 5, ERR_LIMIT, "rest_bytes");
	LIMITED(profile_bytes, 60, ERR_LIMIT, "more than 60 bytes");
	limits = limits_default;
	decode_as(&b, true, "x");
	CHECK(strncmp(out, "func", 4) == 0);
	buf_free(&b);
}

/* Messages beyond what the reader shows at once, and fields across the borders of its window. */
static void test_large(void)
{
	struct buf b = cpu_head(), strings = { 0 };
	uint64_t *func = calloc(30000, sizeof(*func));
	long long total = 0;
	char want[64], *long_name = malloc(65537);

	for (uint64_t i = 0; i < 30000; i++)
		func[i] = 1;
	location(&b, 9, 9, 30000, func);		/* 240 KB, used by nobody */
	for (int64_t i = 1; i <= 40000; i++) {
		sample(&b, i % 3 == 0, 1, (uint64_t[]){ (uint64_t)(i % 3 + 1) }, 2, (int64_t[]){ i, 1 }, NULL);
		total += i % 3 == 0 ? i : 0;
	}
	location(&b, 10, 9, 30000, func);		/* again, now across the border of the window */
	{
		char *skipped = calloc(1, 300000);

		bytes(&b, 50, skipped, 300000);
		free(skipped);
	}
	memset(long_name, 'n', 65536);
	long_name[65536] = '\0';
	cpu_tables(&b);
	text(&b, long_name);
	function(&b, 77, CPU_N, 0);
	location(&b, 77, 77, 1, (uint64_t[]){ 77 });
	sample1(&b, 77, 1);
	run(&b);
	snprintf(want, sizeof(want), "flat_count=%lld ", total);
	CHECK(has(want));
	CHECK(has("nnnnnnnnnnnnnnnn\" file"));
	buf_free(&strings);
	free(func);
	free(long_name);
}

/* A gzip file that ends too early: the reader's words, and the byte of the file. */
static void test_gzip(void)
{
	struct buf b = { 0 };
	/* printf '' | gzip -n, then cut in its trailer. */
	buf_add(&b, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00", 15);
	REFUSED(&b, ERR_FORMAT, "is cut");
}

static bool sniffs(const void *p, size_t n)
{
	return decoder_pprof.sniff((struct str){ p, n });
}

static void test_sniff(void)
{
	struct buf b = cpu_with(1, (uint64_t[]){ 1 }, 1);

	CHECK(sniffs(b.data, b.len));
	CHECK(sniffs(b.data, 10));
	buf_add(&b, "\x17\x17\x17", 3);
	CHECK(sniffs(b.data, b.len));			/* damaged further on: ours to say so */
	buf_free(&b);
	num(&b, 9, 1);
	type(&b, 11, 1, 2);
	CHECK(!sniffs(b.data, b.len));
	type(&b, 1, 1, 2);
	CHECK(sniffs(b.data, b.len));
	buf_free(&b);
	CHECK(!sniffs("", 0));
	CHECK(!sniffs("goroutine 1 [running]:\nmain.main()\n", 36));
	CHECK(!sniffs("\ntime,pause_ns\n1,2\n3,4\n", 24));
	CHECK(!sniffs("{\"memstats\": {}}", 16));
	CHECK(!sniffs("\x1f\x8b\x08\x00\x00\x00\x00\x00", 8));
	CHECK(!sniffs("HTTP/1.1 404 Not Found\r\n", 24));
	CHECK(!sniffs("Z\x04\x08\x01\x10\x02H\x05junk", 12));
}

int main(void)
{
	limits = limits_default;
	test_malformed_wire();
	test_cut_everywhere();
	test_strings();
	test_ids();
	test_values();
	test_limits();
	test_large();
	test_gzip();
	test_sniff();
	return check_done();
}

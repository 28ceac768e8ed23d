// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/map.h"

#include <stdio.h>
#include <time.h>

#include "tests/unit/check.h"

enum { MILLION = 1000000 };

/* Published vectors of SipHash-1-3: key 00 01 .. 0f, input the first n of 00 01 02 ... */
static void t_siphash(void)
{
	static const uint64_t want[] = {
		0xabac0158050fc4dc, 0xc9f49bf37d57ca93, 0x82cb9b024dc7d44d, 0x8bf80ab8e7ddf7fb, 0xcf75576088d38328,
		0xdef9d52f49533b67, 0xc50d2b50c59f22a7, 0xd3927d989bb11140, 0x369095118d299a8e, 0x25a48eb36c063de4,
		0x79de85ee92ff097f, 0x70c118c1f94dc352, 0x78a384b157b4d9a2, 0x306f760c1229ffa7, 0x605aa111c0f95d34,
		0xd320d86d2a519956, 0xcc4fdd1a7d908b66, 0x9cf2689063dbd80c,
	};
	static const uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	unsigned char in[64];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (unsigned char)i;
	for (size_t n = 0; n < sizeof(want) / sizeof(want[0]); n++)
		CHECK(map_hash_keyed(in, n, key) == want[n]);
	CHECK(map_hash_keyed(in, 63, key) == 0x9d199062b7bbb3a8);
	memmove(in + 1, in, 60);
	CHECK(map_hash_keyed(in + 1, 17, key) == want[17]); /* unaligned */
	CHECK(map_hash(in, 8) == map_hash(in, 8));
	CHECK(map_hash(in, 8) != map_hash_keyed(in, 8, key)); /* there is a secret */
	CHECK(map_hash_id(0x0807060504030201) == map_hash("\1\2\3\4\5\6\7\10", 8));
}

static void t_basics(void)
{
	struct map m = { 0 };
	bool is_new = true;

	CHECK(map_get(&m, "a", 1) == MAP_NONE);
	CHECK(map_add(&m, "a", 1, &is_new) == 0 && is_new);
	CHECK(map_add(&m, "a", 1, &is_new) == 0 && !is_new);
	CHECK(map_add(&m, "", 0, &is_new) == 1 && is_new);
	CHECK(map_add(&m, NULL, 0, &is_new) == 1 && !is_new);
	CHECK(map_add(&m, "a\0", 2, NULL) == 2);
	CHECK(map_add(&m, "a\0b", 3, NULL) == 3);
	CHECK(map_get(&m, "a\0b", 3) == 3);
	CHECK(map_get(&m, "a\0c", 3) == MAP_NONE);
	CHECK(map_get(&m, "b", 1) == MAP_NONE);
	CHECK(m.n == 4 && m.key[3].n == 3 && memcmp(m.key[3].p, "a\0b", 4) == 0);
	CHECK_STR(m.key[1].p, "");
	map_free(&m);
	CHECK(m.n == 0 && map_get(&m, "a", 1) == MAP_NONE);
	CHECK(map_add(&m, "z", 1, NULL) == 0);
	map_free(&m);
}

static void t_memory_limit(void)
{
	struct map m = { .keys.limit = 100 };
	bool is_new;
	char key[8];
	uint32_t last = 0, n = 0;

	for (; last != MAP_NONE && n < 100; n++) {
		snprintf(key, sizeof(key), "%07u", n);
		last = map_add(&m, key, 7, &is_new);
	}
	CHECK(n == 13 && m.n == 12 && !is_new); /* eight bytes a key */
	CHECK(map_get(&m, "0000012", 7) == MAP_NONE);
	CHECK(map_add(&m, "0000003", 7, &is_new) == 3 && !is_new);
	map_free(&m);
	CHECK(m.keys.limit == 100);
}

/* The i-th of many keys that simple hashes cannot tell apart: "Aa" and "BB" in 20 places, or a common front and tail.
 */
static size_t make_key(char *key, uint32_t i, bool pairs)
{
	if (!pairs)
		return (size_t)snprintf(key, 80, "encoding/json.(*decodeState).object.func%u.suffix", i);
	for (unsigned bit = 0; bit < 20; bit++)
		memcpy(key + 2 * (size_t)bit, i >> bit & 1 ? "Aa" : "BB", 2);
	return 40;
}

static void t_million(bool pairs)
{
	struct map m = { 0 };
	clock_t start = clock();
	uint32_t numbers = 0, found = 0, absent = 0;
	char key[80];
	size_t n;

	for (uint32_t i = 0; i < MILLION; i++) {
		n = make_key(key, i, pairs);
		numbers += map_add(&m, key, n, NULL) == i;
	}
	for (uint32_t i = 0; i < MILLION; i++) {
		n = make_key(key, i, pairs);
		found += map_get(&m, key, n) == i && m.key[i].n == n && memcmp(m.key[i].p, key, n) == 0;
		absent += map_get(&m, key, n - 1) == MAP_NONE;
	}
	CHECK(numbers == MILLION);
	CHECK(found == MILLION);
	CHECK(absent == MILLION);
	CHECK(m.n == MILLION);
	CHECK((double)(clock() - start) / CLOCKS_PER_SEC < 20);
	map_free(&m);
}

static void t_idmap_basics(void)
{
	struct idmap m = { 0 };

	CHECK(idmap_get(&m, 0) == MAP_NONE && idmap_get(&m, UINT64_MAX) == MAP_NONE);
	CHECK(idmap_add(&m, 1, 10) == 10);
	CHECK(idmap_add(&m, 1, 11) == 10); /* what stands, stands */
	CHECK(idmap_add(&m, 0, 12) == 12);
	CHECK(idmap_add(&m, UINT64_MAX, 13) == 13);
	CHECK(idmap_add(&m, UINT64_MAX, 14) == 13);
	CHECK(idmap_add(&m, 1ULL << 32, 0) == 0);
	CHECK(idmap_add(&m, 1ULL << 33 | 1, MAP_NONE - 1) == MAP_NONE - 1);
	CHECK(idmap_add(&m, 77, MAP_NONE) == MAP_NONE && idmap_get(&m, 77) == MAP_NONE);
	CHECK(m.n == 5);
	CHECK(idmap_get(&m, 1) == 10 && idmap_get(&m, 0) == 12 && idmap_get(&m, UINT64_MAX) == 13);
	CHECK(idmap_get(&m, 1ULL << 32) == 0 && idmap_get(&m, 1ULL << 33 | 1) == MAP_NONE - 1);
	CHECK(idmap_get(&m, 2) == MAP_NONE && idmap_get(&m, 1ULL << 33) == MAP_NONE);
	idmap_free(&m);
	CHECK(idmap_get(&m, 1) == MAP_NONE && m.n == 0);
	CHECK(idmap_add(&m, 5, 6) == 6 && idmap_get(&m, 5) == 6);
	idmap_free(&m);
}

/* The i-th id of a pattern. */
static uint64_t make_id(int pattern, uint64_t i)
{
	switch (pattern) {
	case 0:
		return i + 1; /* Go's writers */
	case 1:
		return MILLION - i; /* falling: hashed first, dense later */
	case 2:
		return i << 32; /* equal low halves */
	case 3:
		return i << 44 | 7; /* equal in all but the top */
	case 4:
		return i % 2 ? i : i << 20; /* a mixture */
	case 5:
		return 0x400000 + i * 16; /* addresses */
	default:
		return i * 0x9e3779b97f4a7c15u; /* all over the range; odd, so no two are equal */
	}
}

static void t_idmap_million(int pattern)
{
	struct idmap m = { 0 };
	clock_t start = clock();
	uint32_t added = 0, stood = 0, found = 0;

	for (uint64_t i = 0; i < MILLION; i++) {
		added += idmap_add(&m, make_id(pattern, i), (uint32_t)i) == i;
		if (i % 3 == 0)
			stood += idmap_add(&m, make_id(pattern, i / 2), 5) == i / 2;
	}
	for (uint64_t i = 0; i < MILLION; i++)
		found += idmap_get(&m, make_id(pattern, i)) == i;
	CHECK(added == MILLION);
	CHECK(stood == (MILLION + 2) / 3);
	CHECK(found == MILLION);
	CHECK(m.n == MILLION);
	CHECK((double)(clock() - start) / CLOCKS_PER_SEC < 20);
	idmap_free(&m);
}

/* Against a table of every id, with ids around the edges of the dense part. */
static void t_idmap_mixed(void)
{
	enum { IDS = 40000 };
	static uint32_t model[IDS];
	struct idmap m = { 0 };
	uint32_t state = 1, id, bad = 0;

	memset(model, 0xff, sizeof(model));
	for (uint32_t i = 0; i < 60000; i++) {
		state = state * 1664525u + 1013904223u;
		id = (state >> 8) % (i < 2000 ? IDS : i);
		id = id < IDS ? id : IDS - 1;
		if (model[id] == MAP_NONE)
			model[id] = i;
		bad += idmap_add(&m, id, i) != model[id];
	}
	for (id = 0; id < IDS; id++)
		bad += idmap_get(&m, id) != model[id];
	CHECK(bad == 0);
	CHECK(m.n_hashed > 0 && m.n_dense > 0); /* both parts were tried */
	idmap_free(&m);
}

/* Another process has another secret: nobody can prepare keys that meet in one bucket. */
static void t_seed(const char *self)
{
	char command[4200], text[2][64] = { "", "" };

	snprintf(command, sizeof(command), "'%s' hash", self);
	for (int i = 0; i < 2; i++) {
		FILE *f = popen(command, "r");

		CHECK(f && fgets(text[i], sizeof(text[i]), f));
		if (f)
			CHECK(pclose(f) == 0);
	}
	CHECK(strlen(text[0]) == 17 && strcmp(text[0], text[1]) != 0);
}

int main(int argc, char **argv)
{
	if (argc == 2) {
		printf("%016llx\n", (unsigned long long)map_hash("name", 4));
		return 0;
	}
	t_seed(argv[0]);
	t_siphash();
	t_basics();
	t_memory_limit();
	t_million(true);
	t_million(false);
	t_idmap_basics();
	for (int pattern = 0; pattern < 7; pattern++)
		t_idmap_million(pattern);
	t_idmap_mixed();
	return check_done();
}

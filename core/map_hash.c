// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * map_hash.c - SipHash-1-3 under a secret that the process draws once
 *
 * The published algorithm with one round a word and three at the end, which is what several languages use for their
 * tables: far from any known way to plan collisions, at about a byte a cycle.
 */
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

#include "core/map.h"

static uint64_t seed[2];
static bool seeded;

/* AT_RANDOM is what the kernel gave the process at its start: there even where getrandom() is refused. */
static void make_seed(void)
{
	const void *at_random = (const void *)(uintptr_t)getauxval(AT_RANDOM);

	if (getrandom(seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed) && at_random)
		memcpy(seed, at_random, sizeof(seed));
	seeded = true;
}

static inline uint64_t rotl(uint64_t x, int b)
{
	return x << b | x >> (64 - b);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static inline void sip_start(uint64_t v[4], const uint64_t key[2])
{
	v[0] = key[0] ^ 0x736f6d6570736575u;
	v[1] = key[1] ^ 0x646f72616e646f6du;
	v[2] = key[0] ^ 0x6c7967656e657261u;
	v[3] = key[1] ^ 0x7465646279746573u;
}

static inline void sip_word(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	sip_round(v);
	v[0] ^= m;
}

static inline uint64_t sip_end(uint64_t v[4])
{
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static inline uint64_t load64(const unsigned char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

uint64_t map_hash_keyed(const void *p, size_t n, const uint64_t key[2])
{
	const unsigned char *c = p;
	uint64_t v[4], last = (uint64_t)n << 56;
	size_t left = n;

	sip_start(v, key);
	for (; left >= 8; left -= 8, c += 8)
		sip_word(v, load64(c));
	for (size_t i = 0; i < left; i++)
		last |= (uint64_t)c[i] << (8 * i);
	sip_word(v, last);
	return sip_end(v);
}

uint64_t map_hash(const void *p, size_t n)
{
	if (!seeded)
		make_seed();
	return map_hash_keyed(p, n, seed);
}

/* map_hash() of the eight bytes of id, unrolled. */
uint64_t map_hash_id(uint64_t id)
{
	uint64_t v[4];

	if (!seeded)
		make_seed();
	sip_start(v, seed);
	sip_word(v, id);
	sip_word(v, (uint64_t)8 << 56);
	return sip_end(v);
}

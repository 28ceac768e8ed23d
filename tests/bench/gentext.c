// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gentext.c - large texts of a service that never ran
 *
 *     gentext dump GOROUTINES STACKS SEED > goroutines.txt    as debug=2 writes it, 1.3 KB a goroutine
 *     gentext gctrace LINES SEED > gc.log                     as GODEBUG=gctrace=1 writes it
 *
 * A dump's stacks share their leaves (a wait) and their roots (a server), use of stacks is skewed, arguments differ
 * from goroutine to goroutine, waits have minutes, and creators name their goroutine, as Go does since 1.21.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOTS = 4, LEAVES = 3, WORDS = 12 };

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static double uniform(uint64_t s, uint64_t k)
{
	return (double)(mix(s ^ mix(k)) >> 11) * 0x1p-53;
}

static const struct wait {
	const char *state, *leaf[LEAVES]; /* frames; @ is an address */
} waits[] = {
	{ "IO wait",
	  { "internal/poll.runtime_pollWait(0x@, 0x72)\n\t/usr/local/go/src/runtime/netpoll.go:351 +0x85\n",
	    "internal/poll.(*pollDesc).wait(0x@?, 0x900000036?, "
	    "0x0)\n\t/usr/local/go/src/internal/poll/fd_poll_runtime.go:84 +0x27\n",
	    "internal/poll.(*FD).Read(0x@, {0xc000b3e000, 0x1000, "
	    "0x1000})\n\t/usr/local/go/src/internal/poll/fd_unix.go:165 +0x27a\n" } },
	{ "select",
	  { "net/http.(*persistConn).roundTrip(0x@, 0xc0004c2e40)\n\t/usr/local/go/src/net/http/transport.go:2911 "
	    "+0x83d\n",
	    "net/http.(*Transport).roundTrip(0x@, 0xc0005d7180)\n\t/usr/local/go/src/net/http/transport.go:704 "
	    "+0xaba\n",
	    "net/http.send(0x@, {0xb829c0, 0xc0007ca000}, {0xc00db91b30?, 0x491326?, "
	    "0x10dae40?})\n\t/usr/local/go/src/net/http/client.go:264 +0x64b\n" } },
	{ "chan receive",
	  { "example.com/service/queue.(*Queue).Take(0x@)\n\t/src/service/queue/queue.go:57 +0x7f\n", NULL, NULL } },
	{ "chan send",
	  { "example.com/service/queue.(*Queue).Put(0x@, 0x1)\n\t/src/service/queue/queue.go:91 +0x11c\n", NULL,
	    NULL } },
	{ "sync.Mutex.Lock",
	  { "internal/sync.runtime_SemacquireMutex(0x@?, 0x0?, 0x1?)\n\t/usr/local/go/src/runtime/sema.go:95 +0x25\n",
	    "internal/sync.(*Mutex).lockSlow(0x@)\n\t/usr/local/go/src/internal/sync/mutex.go:149 +0x15d\n", NULL } },
	{ "sleep", { "time.Sleep(0x@)\n\t/usr/local/go/src/runtime/time.go:363 +0x165\n", NULL, NULL } },
};

static const char *const roots[ROOTS] = {
	"net/http.HandlerFunc.ServeHTTP(0xc0009ce0c0?, {0xb86bd8?, 0x@?}, "
	"0x6e80d6?)\n\t/usr/local/go/src/net/http/server.go:2286 +0x29\n",
	"net/http.(*ServeMux).ServeHTTP(0x48b299?, {0xb86bd8, 0x@}, "
	"0xc000d4b7680)\n\t/usr/local/go/src/net/http/server.go:2828 +0x1c7\n",
	"net/http.serverHandler.ServeHTTP({0x@?}, {0xb86bd8?, 0xc000d5202d0?}, "
	"0x1?)\n\t/usr/local/go/src/net/http/server.go:3311 +0x8e\n",
	"net/http.(*conn).serve(0x@, {0xb87458, 0xc000c81fdd0})\n\t/usr/local/go/src/net/http/server.go:2067 +0x690\n",
};

static const char *const words[WORDS] = { "order", "stock", "price", "cart",  "mail",  "audit",
					  "quote", "user",  "item",  "batch", "index", "route" };

/* A frame with its address filled in. */
static void put_at(const char *frame, uint64_t address)
{
	const char *at = strchr(frame, '@');

	printf("%.*s%" PRIx64 "%s", (int)(at - frame), frame, address, at + 1);
}

/* A frame of the service itself: which one is decided by at, its arguments by value. */
static void put_frame(uint64_t at, uint64_t value)
{
	const char *a = words[at % WORDS], *b = words[at / WORDS % WORDS];

	printf("example.com/service/internal/%s.(*Store).%s%" PRIu64 "(0xc%09" PRIx64 ", {0xb87500, 0xc%09" PRIx64
	       "}, {0xb4274c, 0x%" PRIx64 "})\n"
	       "\t/src/service/internal/%s/%s.go:%" PRIu64 " +0x%" PRIx64 "\n",
	       a, b, at % 997, value & 0xfffffffff, mix(value) & 0xfffffffff, value & 0x1f, a, b, 20 + at % 700,
	       0x20 + at % 0x900);
}

static void put_goroutine(uint64_t i, uint64_t stacks, uint64_t seed)
{
	double pick = uniform(seed, i);
	uint64_t stack = (uint64_t)(pick * pick * pick * (double)stacks), s = mix(seed + 11) ^ mix(stack),
		 value = mix(i);
	const struct wait *w = &waits[(size_t)(uniform(s, 1) * (double)(sizeof(waits) / sizeof(*waits)))];
	uint64_t minutes = (uint64_t)(uniform(seed + 1, i) * 6), own = 2 + (uint64_t)(uniform(s, 2) * 5);

	printf("goroutine %" PRIu64 " [%s", 1 + i, i ? w->state : "running");
	if (minutes && i)
		printf(", %" PRIu64 " minutes", minutes);
	printf("]:\n");
	for (size_t k = 0; k < LEAVES && w->leaf[k]; k++)
		put_at(w->leaf[k], 0xc000000000 + (value >> k & 0xfffffff8));
	for (uint64_t k = 0; k < own; k++)
		put_frame(mix(s + (k < 2 ? k : 0)) % (k + 1 == own ? 40 : 4000) + k, value + k);
	for (size_t k = 0; k < ROOTS; k++)
		put_at(roots[k], 0xc000000000 + (value >> (8 + k) & 0xfffffff8));
	printf("created by net/http.(*Server).Serve in goroutine %" PRIu64
	       "\n\t/usr/local/go/src/net/http/server.go:3464 +0x485\n\n",
	       15 + stack % 3);
}

static void put_cycle(uint64_t i, uint64_t seed)
{
	double at = 0.25 * (double)(i + 1) + 0.1 * uniform(seed, i), slow = 1 + 40 * (uniform(seed + 1, i) > 0.99);
	unsigned live = 100 + (unsigned)(60 * uniform(seed + 2, i));

	printf("gc %" PRIu64 " @%.3fs %u%%: %.3f+%.1f+%.3f ms clock, %.2f+%.2f/%.1f/0+%.3f ms cpu, %u->%u->%u MB, %u "
			     "MB goal, 0 MB stacks, 0 MB globals, 8 P\n",
	       i + 1, at, (unsigned)(5 * uniform(seed + 3, i)), 0.02 + slow * 0.05 * uniform(seed + 4, i),
	       1 + 9 * uniform(seed + 5, i), 0.01 + slow * 0.03 * uniform(seed + 6, i), 0.2 * uniform(seed + 7, i),
	       uniform(seed + 8, i), 8 * uniform(seed + 9, i), 0.1 * uniform(seed + 10, i), 2 * live, 2 * live + 4,
	       live, 2 * live + 8);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;

	if (argc == 5 && strcmp(argv[1], "dump") == 0) {
		for (uint64_t i = 0, stacks = strtoull(argv[3], NULL, 10), seed = strtoull(argv[4], NULL, 10); i < n;
		     i++)
			put_goroutine(i, stacks, seed);
	} else if (argc == 4 && strcmp(argv[1], "gctrace") == 0) {
		for (uint64_t i = 0, seed = strtoull(argv[3], NULL, 10); i < n; i++)
			put_cycle(i, seed);
	} else {
		fprintf(stderr, "usage: gentext dump GOROUTINES STACKS SEED | gctrace LINES SEED\n");
		return 2;
	}
	return fflush(stdout) || ferror(stdout);
}

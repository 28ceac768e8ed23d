// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_version.c - which Go minor versions a dump can come from
 *
 * It matters for one trap: up to 1.20 a stack of more than 100 frames lost its root without a word. Each piece of
 * evidence narrows an interval; an empty one means that several processes wrote the text, and then nothing is said.
 */
#include "ingest/godump.h"

static void at_least(int64_t v, int64_t *min)
{
	if (*min == STORE_NULL || v > *min)
		*min = v;
}

static void at_most(int64_t v, int64_t *max)
{
	if (*max == STORE_NULL || v < *max)
		*max = v;
}

void godump_version_state(struct str state, int64_t *min, int64_t *max)
{
	static const struct {
		const char *state;
		int64_t since;
	} since[] = {
		{ "sync.Mutex.Lock", 20 },
		{ "sync.RWMutex.RLock", 20 },
		{ "sync.RWMutex.Lock", 20 },
		{ "GC worker (active)", 20 },
		{ "GC mark termination", 20 },
		{ "stopping the world", 20 },
		{ "coroutine", 22 },
		{ "flushing proc caches", 22 },
		{ "trace goroutine status", 22 },
		{ "trace proc status", 22 },
		{ "sync.WaitGroup.Wait", 24 },
		{ "GC weak to strong wait", 24 },
		{ "synctest.Run", 24 },
		{ "synctest.Wait", 24 },
		{ "cleanup wait", 25 },
		{ "GOMAXPROCS updater (idle)", 25 },
		{ "leaked", 26 },
		{ "waiting for cgo callback", 26 },
	};

	for (size_t i = 0; i < sizeof(since) / sizeof(*since); i++)
		if (str_is(state, since[i].state))
			at_least(since[i].since, min);
	if (str_is(state, "timer goroutine (idle)"))
		at_most(19, max);
}

static bool std_folder(struct str s)
{
	static const char *const folders[] = { "runtime/", "net/", "sync/", "internal/",
					       "time/",	   "os/",  "io/",   "syscall/" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (str_starts(s, folders[i]))
			return true;
	return false;
}

/* A standard library file below a folder that names the version: go-1.19, go1.22.3,
 * toolchain@v0.0.1-go1.23.4.linux-amd64. */
void godump_version_path(struct str file, int64_t *min, int64_t *max)
{
	const char *src = file.n ? memmem(file.p, file.n, "/src/", 5) : NULL;
	struct str root = { file.p, src ? (size_t)(src - file.p) : 0 };

	if (!src || !std_folder(str_skip(file, root.n + 5)))
		return;
	for (size_t i = 0; i + 5 < root.n; i++) {
		int64_t minor = 0;
		size_t k = i + 2;

		if (root.p[i] != 'g' || root.p[i + 1] != 'o' || (i > 0 && root.p[i - 1] != '/' && root.p[i - 1] != '-'))
			continue;
		k += root.p[k] == '-';
		if (k + 2 >= root.n || root.p[k] != '1' || root.p[k + 1] != '.')
			continue;
		for (k += 2; k < root.n && root.p[k] >= '0' && root.p[k] <= '9' && minor < 1000; k++)
			minor = minor * 10 + (root.p[k] - '0');
		if (minor >= 1 && minor < 1000 && (k == root.n || root.p[k] == '.' || root.p[k] == '/')) {
			at_least(minor, min);
			at_most(minor, max);
		}
	}
}

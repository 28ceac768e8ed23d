// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_version.c - which Go versions can have written this profile
 *
 * Each rule gives a lower or an upper bound on the minor version; together they are an interval. Function names are
 * facts of the toolchain that built the program, so they bound it even where others rewrote the file. That no
 * function has a start line proves Go <= 1.19 only in a file the runtime itself wrote: there the first field is not
 * sample_type.
 */
#include "ingest/pprof.h"

enum { OPEN = -1 };

struct bounds {
	int min, max;
};

enum how { PREFIX, WHOLE, PART };

static const struct {
	const char *text;
	enum how how;
	int min, max;
} by_name[] = {
	{ "[go.shape.", PART, 21, OPEN },
	{ "[...]", PART, 18, 20 },
	{ "\xc2\xb7" "dwrap\xc2\xb7", PART, 17, 17 },
	{ ".gowrap", PART, 22, OPEN },
	{ ".deferwrap", PART, 22, OPEN },
	{ "runtime.findrunnable", WHOLE, OPEN, 18 },
	{ "runtime.findRunnable", WHOLE, 19, OPEN },
	{ "runtime.gentraceback", WHOLE, OPEN, 20 },
	{ "runtime.(*unwinder).next", WHOLE, 21, OPEN },
	{ "runtime.epollwait", WHOLE, OPEN, 19 },
	{ "runtime/internal/syscall.EpollWait", WHOLE, 20, 22 },
	{ "runtime/internal/syscall.", PREFIX, 19, 22 },
	{ "internal/runtime/syscall.", PREFIX, 23, 25 },
	{ "internal/runtime/syscall/linux.", PREFIX, 26, OPEN },
	{ "runtime.gcDrainMarkWorker", PREFIX, 22, OPEN },
	{ "internal/sync.", PREFIX, 24, OPEN },
	{ "internal/runtime/maps.", PREFIX, 24, OPEN },
	{ "runtime.mallocgcSmall", PREFIX, 24, OPEN },
	{ "runtime.evacuate", PREFIX, OPEN, 25 },
	{ "runtime.hashGrow", WHOLE, OPEN, 25 },
};

static void narrow(struct bounds *b, int min, int max)
{
	if (min != OPEN && min > b->min)
		b->min = min;
	if (max != OPEN && (b->max == OPEN || max < b->max))
		b->max = max;
}

static bool holds(struct str s, const char *part)
{
	return memmem(s.p, s.n, part, strlen(part)) != NULL;
}

static void name_says(struct str name, struct bounds *b)
{
	for (size_t i = 0; i < sizeof(by_name) / sizeof(*by_name); i++) {
		const char *text = by_name[i].text;

		if (by_name[i].how == WHOLE ? str_is(name, text) :
		    by_name[i].how == PREFIX ? str_starts(name, text) : holds(name, text))
			narrow(b, by_name[i].min, by_name[i].max);
	}
}

/* The toolchain's folder in the path of a runtime file: .../go-1.19/src/runtime/..., .../go1.22.3/src/...,
 * ...-go1.23.4.linux-amd64/src/ */
static void path_says(struct str file, struct bounds *b)
{
	const char *src = memmem(file.p, file.n, "/src/runtime/", strlen("/src/runtime/")), *end, *at = NULL;

	if (!src)
		return;
	for (const char *c = file.p; c + 4 < src; c++) {
		if (memcmp(c, "go1.", 4) == 0)
			at = c + 4;
		else if (c + 5 < src && memcmp(c, "go-1.", 5) == 0)
			at = c + 5;
	}
	if (!at || at[0] < '0' || at[0] > '9')
		return;
	end = at + (at + 1 < src && at[1] >= '0' && at[1] <= '9' ? 2 : 1);
	narrow(b, end - at == 2 ? (at[0] - '0') * 10 + at[1] - '0' : at[0] - '0',
	       end - at == 2 ? (at[0] - '0') * 10 + at[1] - '0' : at[0] - '0');
}

/* Start lines, and stacks deeper than 32 where Go <= 1.22 stopped. */
static void shape_says(const struct pprof *p, struct bounds *b)
{
	bool start_line = false, go = false;

	for (uint32_t i = 0; i < p->f.funcs.n; i++) {
		start_line |= p->f.func[i].start_line != 0;
		go |= str_starts(p->f.names.key[p->f.func[i].name], "runtime.");
	}
	if (start_line && go)
		narrow(b, 20, OPEN);
	if (!start_line && go && (p->first_field == 9 || p->first_field == 11))
		narrow(b, OPEN, 19);
	if (go && p->s.deepest > 32 && (p->kind == KIND_HEAP || p->kind == KIND_CONTENTION))
		narrow(b, 23, OPEN);
}

/* Texts of debug=1 show [...] whatever the version: no evidence there. */
void pprof_version_text(struct str name, struct str file, int64_t *min, int64_t *max)
{
	struct bounds b = { OPEN, OPEN };

	if (name.n && !holds(name, "[...]"))
		name_says(name, &b);
	if (file.n)
		path_says(file, &b);
	if (b.min != OPEN && (*min == STORE_NULL || b.min > *min))
		*min = b.min;
	if (b.max != OPEN && (*max == STORE_NULL || b.max < *max))
		*max = b.max;
}

int pprof_version_put(struct pprof *p, struct err *err)
{
	struct bounds b = { OPEN, OPEN };

	for (uint32_t i = 0; i < p->f.names.n; i++)
		name_says(p->f.names.key[i], &b);
	for (uint32_t i = 0; i < p->f.files.n; i++)
		path_says(p->f.files.key[i], &b);
	shape_says(p, &b);
	if ((b.min == OPEN && b.max == OPEN) || (b.max != OPEN && b.min > b.max))
		return 0;
	return put_goversion(p->sink, err, (struct rec_goversion){ .min = b.min == OPEN ? STORE_NULL : b.min,
								    .max = b.max == OPEN ? STORE_NULL : b.max });
}

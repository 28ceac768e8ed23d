// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_pprof.c - libFuzzer target: the pprof decoder on any bytes
 *
 * Every input is decoded with a tree (folded early, so that folding is met), one in eight also without. Both must agree about
 * being a profile and about all function totals, and per measure the samples must add up to the flat totals.
 */
#include <stdlib.h>

#include "ingest/decoder.h"
#include "tests/fuzz/one.h"

enum { MEASURES = 64 };

struct tally {
	struct sink sink;
	uint64_t totals;		/* hash of the func_total records */
	int64_t flat[MEASURES], flat_count[MEASURES], amount[MEASURES], count[MEASURES];
	int64_t callsites, funcs, labelsets, goroutines;
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void hash(struct tally *t, int64_t v)
{
	t->totals = (t->totals ^ (uint64_t)v) * 0x100000001b3u;
}

/* Ids must be dense and refer back. */
static int put(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct tally *t = (struct tally *)s;
	const struct rec_func_total *total = rec;
	const struct rec_callsite *site = rec;
	const struct rec_sample *sample = rec;

	(void)err;
	if (type == REC_func) {
		check(((const struct rec_func *)rec)->id == t->funcs++);
	} else if (type == REC_labelset) {
		check(((const struct rec_labelset *)rec)->id == ++t->labelsets);
	} else if (type == REC_callsite) {
		check(site->id == t->callsites++ && site->func >= 0 && site->func < t->funcs);
		check(site->parent == STORE_NULL || (site->parent >= 0 && site->parent < site->id));
	} else if (type == REC_sample) {
		check(sample->callsite >= 0 && sample->callsite < t->callsites && sample->labelset <= t->labelsets);
		t->amount[sample->measure] += sample->amount;
		t->count[sample->measure] += sample->count;
	} else if (type == REC_gogroup) {
		t->goroutines += ((const struct rec_gogroup *)rec)->count;
	} else if (type == REC_func_total) {
		check(total->func >= 0 && total->func < t->funcs);
		t->flat[total->measure] += total->flat;
		t->flat_count[total->measure] += total->flat_count;
		hash(t, total->measure);
		hash(t, total->func);
		hash(t, total->flat);
		hash(t, total->flat_count);
		hash(t, total->cum);
		hash(t, total->cum_count);
	}
	return 0;
}

static int decode(const uint8_t *data, size_t size, bool tree, struct tally *t)
{
	struct limits limits = limits_default;
	struct decode_opts o = { .limits = &limits, .tree = tree, .name = "mutex" };
	struct reader *in = NULL;
	struct err err = { 0 };
	int rc;

	if (one_small()) {
		limits.tree_nodes = 50;
		limits.label_sets = 20;
		limits.message_bytes = 1 << 20;
		limits.stack_frames = 200;
	}
	t->sink.put = put;
	rc = reader_open_mem(&in, (struct str){ (const char *)data, size }, &limits, &err);
	if (!rc)
		rc = decoder_pprof.decode(in, &o, &t->sink, &err);
	reader_close(in);
	check(!rc || err.msg[0]);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tally with = { 0 }, without = { 0 };
	bool twice = one_twice(data, size);
	int rc = decode(data, size, true, &with);

	decoder_pprof.sniff((struct str){ (const char *)data, size < 65536 ? size : 65536 });
	check(!twice || (decode(data, size, false, &without) == 0) == (rc == 0));
	if (rc)
		return 0;
	for (int i = 0; i < MEASURES; i++) {
		check(with.flat[i] == with.amount[i] && with.flat_count[i] == with.count[i]);
		check(!twice || with.flat[i] == without.flat[i]);
	}
	check(!twice || with.totals == without.totals);
	check(with.goroutines == 0 || with.goroutines == with.count[0]);
	return 0;
}

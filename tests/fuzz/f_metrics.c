// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_metrics.c - libFuzzer target: decoders of metrics and kernel texts on any bytes, named by $FUZZ_DECODER, else
 * chosen by content or the last byte
 *
 * Small limits, so that their ways out are walked too. What is put must be what the writer takes without complaint:
 * series numbers dense, points and buckets of series that are there and of numbers, buckets with an inside, GC cycles
 * ascending. Two runs over the same bytes must agree (one input in eight is read twice).
 */
#include <math.h>
#include <stdlib.h>

#include "ingest/decoder.h"
#include "tests/fuzz/one.h"

struct tally {
	struct sink sink;
	uint64_t bytes, records;
	int64_t series, cycle;
	bool clock, timed;
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void put_values(struct tally *t, enum rec_type type, const void *rec)
{
	const struct rec_point *point = rec;
	const struct rec_bucket *bucket = rec;
	const struct rec_gc_cycle *cycle = rec;

	if (type == REC_series) {
		check(((const struct rec_series *)rec)->id == t->series++);
		check(((const struct rec_series *)rec)->name.n > 0 && ((const struct rec_series *)rec)->kind.n > 0);
	} else if (type == REC_clock) {
		check(!t->clock && !t->timed);
		t->clock = true;
	} else if (type == REC_point) {
		check(point->series < t->series && point->t != STORE_NULL && isfinite(point->value) &&
		      point->span >= 0);
		t->timed = true;
	} else if (type == REC_bucket) {
		check(bucket->series < t->series && bucket->t != STORE_NULL && bucket->lo < bucket->hi &&
		      bucket->count > 0);
		t->timed = true;
	} else if (type == REC_gc_cycle) {
		check(cycle->n > t->cycle && cycle->pause >= 0);
		t->cycle = cycle->n;
	}
}

static int put(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct tally *t = (struct tally *)s;

	(void)err;
	for (int i = 0; i < rec_info[type].n_fields; i++) { /* every byte of every text is readable */
		const struct str *text = rec_field(type, rec, i);

		for (size_t k = 0; rec_info[type].fields[i].kind == FIELD_STR && k < text->n; k++)
			t->bytes = t->bytes * 31 + (unsigned char)text->p[k];
	}
	t->records++;
	put_values(t, type, rec);
	return 0;
}

static int run(const struct decoder *d, struct str text, struct tally *t)
{
	struct limits l = limits_default;
	struct decode_opts o = { .limits = &l, .tree = true, .name = "memory.max" };
	struct err err = { 0 };
	struct reader *in;
	int rc;

	if (one_small()) {
		l.source_series = 50;
		l.label_sets = 8;
		l.json_bytes = 32768;
		l.line_bytes = 4096;
		l.strings_bytes = 1 << 16;
	}
	*t = (struct tally){ .sink.put = put };
	if (reader_open_mem(&in, text, &l, &err))
		return (int)err.code;
	rc = d->decode(in, &o, &t->sink, &err);
	reader_close(in);
	check(!rc || err.msg[0]);
	return rc;
}

static const struct decoder *const list[] = {
	&decoder_expvar, &decoder_gcstats,    &decoder_runtime_metrics, &decoder_prometheus, &decoder_netstat,
	&decoder_cgroup, &decoder_ss,	      &decoder_qdisc,		&decoder_iperf3,     &decoder_ping,
	&decoder_envoy,	 &decoder_go_modules, &decoder_ebpf_hist,
};
enum { DECODERS = sizeof(list) / sizeof(list[0]) };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	one_choose(list, DECODERS);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	const struct decoder *d = one;
	struct tally a, b;
	int rc;

	if (size == 0)
		return 0;
	if (one)
		one->sniff(text);
	for (size_t i = 0; i < DECODERS && !d; i++)
		if (list[i]->sniff(text))
			d = list[i];
	if (!one && (!d || data[size - 1] < DECODERS))
		d = list[data[size - 1] % DECODERS];
	rc = run(d, text, &a);
	if (one_twice(data, size))
		check(run(d, text, &b) == rc && a.bytes == b.bytes && a.records == b.records);
	return 0;
}

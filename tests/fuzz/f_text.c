// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_text.c - libFuzzer target: every text decoder on any bytes, the decoder named by $FUZZ_DECODER, else
 * chosen by content or the last byte
 *
 * Every input is decoded with a tree, one in eight also without, under small limits, so that their ways out are walked too. Both must
 * agree about being refused and about all function totals; ids must be dense and refer back; samples and groups add up
 * to the totals; the points of a series are never two at one time in a row.
 */
#include <stdlib.h>

#include "ingest/decoder.h"
#include "tests/fuzz/one.h"

enum { MEASURES = 64, SERIES = 64 };

struct tally {
	struct sink sink;
	uint64_t totals;		/* hash of the func_total records */
	uint64_t bytes;			/* of all texts, added up */
	int64_t flat[MEASURES], count[MEASURES], groups[MEASURES], last[SERIES];
	int64_t callsites, funcs, labelsets, profiles, measures, series, cycle;
	bool amounts;			/* of their own, perhaps below zero: profiles as text */
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

static void put_stack(struct tally *t, enum rec_type type, const void *rec)
{
	const struct rec_callsite *site = rec;
	const struct rec_sample *sample = rec;
	const struct rec_func_total *total = rec;
	const struct rec_gogroup *group = rec;

	if (type == REC_callsite) {
		check(site->id == t->callsites++ && site->func >= 0 && site->func < t->funcs);
		check(site->parent == STORE_NULL || (site->parent >= 0 && site->parent < site->id));
	} else if (type == REC_sample) {
		check(sample->callsite >= 0 && sample->callsite < t->callsites && sample->labelset <= t->labelsets);
		check(sample->measure < t->measures);
		check(t->amounts || (sample->count > 0 && sample->amount == sample->count));
		t->count[sample->measure % MEASURES] += sample->amount;
	} else if (type == REC_gogroup) {
		check(group->profile < t->profiles && group->callsite < t->callsites && group->creator < t->funcs &&
		      group->count > 0);
		check(group->labelset <= t->labelsets && group->class.n > 0);
		t->groups[group->profile % MEASURES] += group->count;
	} else if (type == REC_func_total) {
		check(total->func >= 0 && total->func < t->funcs && total->measure < t->measures);
		check(t->amounts || total->flat <= total->cum);
		t->flat[total->measure % MEASURES] += total->flat;
		hash(t, total->measure);
		hash(t, total->func);
		hash(t, total->flat);
		hash(t, total->cum);
	}
}

static int put(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct tally *t = (struct tally *)s;
	const struct rec_point *point = rec;
	const struct rec_gc_cycle *cycle = rec;

	(void)err;
	for (int i = 0; i < rec_info[type].n_fields; i++) {	/* every byte of every text is readable */
		const struct str *text = rec_field(type, rec, i);

		for (size_t k = 0; rec_info[type].fields[i].kind == FIELD_STR && k < text->n; k++)
			t->bytes += (unsigned char)text->p[k];
	}
	if (type == REC_func) {
		check(((const struct rec_func *)rec)->id == t->funcs++);
	} else if (type == REC_labelset) {
		check(((const struct rec_labelset *)rec)->id == ++t->labelsets);
	} else if (type == REC_profile) {
		check(((const struct rec_profile *)rec)->id == t->profiles++);
	} else if (type == REC_measure) {
		check(((const struct rec_measure *)rec)->id == t->measures++);
	} else if (type == REC_series) {
		check(((const struct rec_series *)rec)->id == t->series);
		t->last[t->series++ % SERIES] = STORE_NULL;
	} else if (type == REC_point) {
		check(point->series < t->series && point->t != STORE_NULL && point->value == point->value);
		check(t->series > SERIES || point->t > t->last[point->series % SERIES]);
		t->last[point->series % SERIES] = point->t;
	} else if (type == REC_gc_cycle) {
		check(cycle->n > t->cycle && (cycle->pause == STORE_NULL || cycle->pause >= 0));
		t->cycle = cycle->n;
	} else {
		put_stack(t, type, rec);
	}
	return 0;
}

static int decode(const struct decoder *d, struct str text, bool tree, struct tally *t)
{
	struct limits limits = limits_default;
	struct decode_opts o = { .limits = &limits, .tree = tree, .name = "fuzz" };
	struct reader *in = NULL;
	struct err err = { 0 };
	int rc;

	if (one_small()) {
		limits.tree_nodes = 20;
		limits.label_sets = 3;
		limits.line_bytes = 400;
		limits.stack_frames = 40;
		limits.source_series = 10;
		limits.json_bytes = 4000;
	}
	t->sink.put = put;
	rc = reader_open_mem(&in, text, &limits, &err);
	if (!rc)
		rc = d->decode(in, &o, &t->sink, &err);
	reader_close(in);
	check(!rc || err.msg[0]);
	return rc;
}

static const struct decoder *const list[] = {
	&decoder_godump,	&decoder_gc_csv,       &decoder_load_csv,      &decoder_metric_csv,	   &decoder_events_csv,
	&decoder_run_json,	&decoder_log,	       &decoder_http_error,    &decoder_legacy_heap,	   &decoder_legacy_contention,
	&decoder_legacy_count,	&decoder_folded,       &decoder_k6_csv,	       &decoder_k6_json,	   &decoder_k6_summary,
	&decoder_vegeta_gob,	&decoder_vegeta_json,  &decoder_vegeta_csv,    &decoder_vegeta_report,	   &decoder_vegeta_report_json,
	&decoder_ghz,		&decoder_ghz_text,     &decoder_ghz_csv,       &decoder_hey,		   &decoder_hey_csv,
	&decoder_wrk,
};
enum { DECODERS = sizeof(list) / sizeof(list[0]), BY_LAST_BYTE = 8 };

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
	struct tally with = { 0 }, without = { 0 };
	const struct decoder *d;
	struct str text;
	const char *why;
	bool twice;
	int rc;

	if (size == 0)
		return 0;
	text = (struct str){ (const char *)data, size };
	d = one ? one : decoder_find(text, &why);
	if (one)
		one->sniff(text);
	else if (!d || d == &decoder_pprof || data[size - 1] < BY_LAST_BYTE)
		d = list[data[size - 1] % BY_LAST_BYTE];
	with.amounts = without.amounts = d == &decoder_folded || strncmp(d->kind, "legacy", 6) == 0;
	rc = decode(d, text, true, &with);
	twice = one_twice(data, size);
	check(!twice || decode(d, text, false, &without) == rc);
	if (rc)
		return 0;
	check(!twice || with.totals == without.totals);
	for (int i = 0; i < MEASURES; i++) {
		check(!twice || with.flat[i] == without.flat[i]);
		check(with.profiles > MEASURES || with.flat[i] == with.count[i]);
		check(with.profiles > MEASURES || with.amounts || with.groups[i] == with.count[i]);
	}
	return 0;
}

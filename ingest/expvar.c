// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * expvar.c - /debug/vars: MemStats with its ring of pauses, and what the program publishes
 *
 * The page has no time of its own. The end of the last GC cycle is one: a process under load collects many times a
 * second, and one at rest every two minutes. A variable of the program that tells a time (timestamp, time, ts) is
 * better. The command line is never kept: it is where people put passwords.
 */
#include "ingest/gc_ring.h"
#include "ingest/json_docs.h"
#include "ingest/metric_json.h"

struct vars {
	struct json_docs docs;
	struct metric_json m;
	struct readings r;
	struct gc_ring ring;
	struct sink *out;
};

static int64_t number(const struct json *j, uint32_t n, const char *key)
{
	uint64_t v;

	return json_uint(j, json_get(j, n, key), &v) && v <= INT64_MAX ? (int64_t)v : 0;
}

static int begin(struct vars *v, uint32_t root, uint32_t stats, struct err *err)
{
	int64_t t = 0;

	if (!metric_json_time(v->docs.j, root, &t))
		t = number(v->docs.j, stats, "LastGC");
	if (t <= 0)
		return readings_next(&v->r, err);
	if (v->r.timed && t <= v->r.t) /* no GC since the reading before */
		t = v->r.t + 1;
	return readings_at(&v->r, t, err);
}

static int put_ring(struct vars *v, uint32_t stats, struct err *err)
{
	const struct json *j = v->docs.j;
	uint32_t pause = json_get(j, stats, "PauseNs"), end = json_get(j, stats, "PauseEnd");
	int64_t num = number(j, stats, "NumGC"), ns[GC_RING] = { 0 }, at[GC_RING] = { 0 };
	int k = 0;

	if (json_count(j, pause) != GC_RING || json_count(j, end) != GC_RING)
		return put_note(
			v->out, err,
			(struct rec_note){ STR_LIT("memstats"),
					   STR_LIT("PauseNs and PauseEnd are not rings of 256: no GC cycles from them"),
					   1 });
	pause = json_first(j, pause);
	end = json_first(j, end);
	for (; k < GC_RING; k++, pause = json_next(j, pause), end = json_next(j, end)) {
		if (!json_int(j, pause, &ns[k]) || !json_int(j, end, &at[k]))
			at[k] = 0;
	}
	gc_ring_begin(&v->ring);
	for (int64_t n = num > GC_RING ? num - GC_RING + 1 : 1; n <= num; n++)
		if (at[gc_ring_index(n)] > 0)
			gc_ring_add(&v->ring, n, at[gc_ring_index(n)], ns[gc_ring_index(n)]);
	return gc_ring_put(&v->ring, v->out, num, err);
}

static int put_stats(struct vars *v, uint32_t stats, struct err *err)
{
	const struct json *j = v->docs.j;
	struct metric_name known;
	double value;
	int rc = 0;

	for (uint32_t n = json_first(j, stats); n != JSON_NONE && !rc; n = json_next(j, n))
		if (metric_name_memstats(json_key(j, n), &known) && json_real(j, n, &value))
			rc = readings_metric(&v->r, &known, STR_LIT(""), value, err);
	return rc ? rc : put_ring(v, stats, err);
}

/* A map named settings (docs/capture.md): rates of the profilers and the like, which no profile tells. */
static int put_settings(struct vars *v, uint32_t n, struct err *err)
{
	const struct json *j = v->docs.j;
	struct buf name = { .limit = 256 }, text = { .limit = 4096 };
	int rc = 0;

	for (n = json_first(j, n); n != JSON_NONE && !rc; n = json_next(j, n)) {
		buf_reset(&name);
		buf_reset(&text);
		buf_str(&name, json_key(j, n));
		json_scalar(j, n, &text);
		if (!name.failed && !text.failed && name.len && text.len)
			rc = readings_setting(&v->r, name.data, buf_view(&text), err);
	}
	buf_free(&name);
	buf_free(&text);
	return rc;
}

static int put_variable(struct vars *v, uint32_t n, struct err *err)
{
	static const char *const goroutines[] = { "goroutines", "num_goroutine", "num_goroutines", "NumGoroutine",
						  "Goroutines" };
	struct str name = json_key(v->docs.j, n);

	if (str_is(name, "settings") && json_type(v->docs.j, n) == JSON_OBJECT)
		return put_settings(v, n, err);
	for (size_t i = 0; i < sizeof(goroutines) / sizeof(goroutines[0]); i++)
		if (str_is(name, goroutines[i]))
			name = STR_LIT("/sched/goroutines:goroutines");
	return metric_json_put(&v->m, name, n, err);
}

static int put_doc(struct vars *v, struct err *err)
{
	const struct json *j = v->docs.j;
	uint32_t root = json_root(j), stats = json_get(j, root, "memstats");
	int rc;

	if (json_type(j, root) != JSON_OBJECT)
		return err_set(err, ERR_FORMAT, "holds a value that is not an object");
	rc = begin(v, root, stats, err);
	if (!rc && json_type(j, stats) == JSON_OBJECT)
		rc = put_stats(v, stats, err);
	for (uint32_t n = json_first(j, root); n != JSON_NONE && !rc; n = json_next(j, n))
		if (n != stats && !str_is(json_key(j, n), "cmdline"))
			rc = put_variable(v, n, err);
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct vars v = { .out = out };
	bool end = false;
	int rc = json_docs_open(&v.docs, in, o->limits, err);

	readings_init(&v.r, out, o->limits);
	v.m.j = v.docs.j;
	v.m.r = &v.r;
	while (!rc && !(rc = json_docs_next(&v.docs, &end, err)) && !end)
		rc = put_doc(&v, err);
	if (!rc)
		rc = gc_ring_finish(&v.ring, out, err);
	if (!rc)
		rc = metric_json_finish(&v.m, err);
	metric_json_free(&v.m);
	readings_free(&v.r);
	json_docs_close(&v.docs);
	return rc;
}

static bool sniff(struct str head)
{
	return json_docs_sniff(head) && memmem(head.p, head.n, "\"memstats\"", 10) &&
	       (memmem(head.p, head.n, "\"cmdline\"", 9) || memmem(head.p, head.n, "\"HeapAlloc\"", 11));
}

const struct decoder decoder_expvar = { .kind = "expvar", .version = 1, .sniff = sniff, .decode = decode };

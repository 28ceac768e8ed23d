// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gcstats.c - debug.GCStats as encoding/json writes it
 *
 * The newest cycle comes first, and ends are RFC 3339. A GCStats that was never filled has LastGC in the year 1 and no
 * pauses: it says that there was no collection.
 */
#include "core/fmt.h"
#include "ingest/gc_ring.h"
#include "ingest/json_docs.h"
#include "ingest/readings.h"
#include "ingest/timeparse.h"

struct stats {
	struct json_docs docs;
	struct readings r;
	struct gc_ring ring;
	struct sink *out;
	struct buf text;
};

static int64_t time_of(struct stats *s, uint32_t n)
{
	const struct time_style style = { 0 };
	struct stamp at;

	buf_reset(&s->text);
	json_scalar(s->docs.j, n, &s->text);
	if (!s->text.len || !timeparse_stamp(buf_view(&s->text), &style, &at) || at.kind != TIME_EPOCH || at.ns <= 0)
		return STORE_NULL;
	return at.ns;
}

static int put_cycles(struct stats *s, uint32_t root, int64_t num, struct err *err)
{
	const struct json *j = s->docs.j;
	uint32_t pause = json_first(j, json_get(j, root, "Pause")), end = json_first(j, json_get(j, root, "PauseEnd"));

	gc_ring_begin(&s->ring);
	for (int64_t n = num, ns; n > 0 && pause != JSON_NONE; n--) {
		if (json_int(j, pause, &ns))
			gc_ring_add(&s->ring, n, end == JSON_NONE ? STORE_NULL : time_of(s, end), ns);
		pause = json_next(j, pause);
		end = json_next(j, end);
	}
	return gc_ring_put(&s->ring, s->out, num, err);
}

static int put_quantiles(struct stats *s, uint32_t list, struct err *err)
{
	const struct json *j = s->docs.j;
	uint32_t n = json_count(j, list), i = 0;
	struct buf label = { .limit = 64 };
	double v;
	int rc = 0;

	for (uint32_t q = json_first(j, list); q != JSON_NONE && !rc && n > 1 && n <= 1001; q = json_next(j, q), i++) {
		buf_reset(&label);
		buf_puts(&label, "quantile=\"");
		fmt_real(&label, (double)i / (n - 1));
		buf_byte(&label, '"');
		if (json_real(j, q, &v))
			rc = readings_put(&s->r, STR_LIT("gc.pause_quantile"), buf_view(&label), "ns", "summary", v,
					  err);
	}
	buf_free(&label);
	return rc;
}

static int put_doc(struct stats *s, struct err *err)
{
	const struct json *j = s->docs.j;
	uint32_t root = json_root(j);
	int64_t num = 0, t;
	double total;
	int rc;

	if (json_type(j, root) != JSON_OBJECT || !json_int(j, json_get(j, root, "NumGC"), &num) || num < 0)
		return err_set(err, ERR_FORMAT, "holds a value that is not an object with NumGC");
	t = time_of(s, json_get(j, root, "LastGC"));
	if (t != STORE_NULL && s->r.timed && t <= s->r.t)
		t = s->r.t + 1;
	rc = t == STORE_NULL ? readings_next(&s->r, err) : readings_at(&s->r, t, err);
	if (!rc)
		rc = readings_put(&s->r, STR_LIT("/gc/cycles/total:gc-cycles"), STR_LIT(""), "count", "counter",
				  (double)num, err);
	if (!rc && json_real(j, json_get(j, root, "PauseTotal"), &total))
		rc = readings_put(&s->r, STR_LIT("gc.pause_total"), STR_LIT(""), "ns", "counter", total, err);
	if (!rc)
		rc = put_quantiles(s, json_get(j, root, "PauseQuantiles"), err);
	return rc ? rc : put_cycles(s, root, num, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct stats s = { .out = out, .text = { .limit = 256 } };
	bool end = false;
	int rc = json_docs_open(&s.docs, in, o->limits, err);

	readings_init(&s.r, out, o->limits);
	while (!rc && !(rc = json_docs_next(&s.docs, &end, err)) && !end)
		rc = put_doc(&s, err);
	if (!rc)
		rc = gc_ring_finish(&s.ring, out, err);
	if (!rc)
		rc = readings_finish(&s.r, err);
	readings_free(&s.r);
	json_docs_close(&s.docs);
	buf_free(&s.text);
	return rc;
}

static bool sniff(struct str head)
{
	return json_docs_sniff(head) && memmem(head.p, head.n, "\"PauseEnd\"", 10) &&
	       memmem(head.p, head.n, "\"NumGC\"", 7) && memmem(head.p, head.n, "\"PauseTotal\"", 12);
}

const struct decoder decoder_gcstats = { .kind = "gcstats", .version = 1, .sniff = sniff, .decode = decode };

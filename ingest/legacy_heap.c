// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * legacy_heap.c - heap and allocs profiles as text, with MemStats behind them
 *
 *     heap profile: 3: 49568 [2030: 15954272] @ heap/1048576      in use: objects: bytes [allocated: objects: bytes]
 *
 * The last number is TWICE the sampling rate. The records are what was sampled: an object of S bytes is sampled with
 * probability 1 - exp(-S/rate), so both numbers of a pair are divided by it, as the runtime does for its other form.
 * The text has no time; the end of the last GC, which the numbers in use are of, is one.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "ingest/gc_ring.h"
#include "ingest/legacy.h"
#include "ingest/readings.h"

enum { STATS_MAX = 64 };
enum { ALLOC_OBJECTS, ALLOC_BYTES, INUSE_OBJECTS, INUSE_BYTES };

struct heap {
	struct legacy l;
	int64_t rate;
	int64_t said[LEGACY_COLUMNS], raw[LEGACY_COLUMNS];
	int64_t before;			/* bytes in use of the record before */
	uint64_t up, down;		/* how they went from record to record */
	struct map sizes;		/* of objects: the label sets */
	bool stats;			/* the lines of MemStats have begun */
	struct {
		struct metric_name name;
		double value;
	} stat[STATS_MAX];
	int n_stats;
	int64_t last_gc, num_gc, pause[GC_RING], end[GC_RING];
	int n_pause, n_end;
};

/* "IOBJ: IBYTES [AOBJ: ABYTES]" */
static bool head(struct str numbers, int64_t *value)
{
	int64_t v[4];

	if (!legacy_numbers(numbers, "N : N [ N : N ] ", v))
		return false;
	value[INUSE_OBJECTS] = v[0];
	value[INUSE_BYTES] = v[1];
	value[ALLOC_OBJECTS] = v[2];
	value[ALLOC_BYTES] = v[3];
	return true;
}

static bool first_line(struct str line, int64_t *value, int64_t *rate)
{
	static const char begin[] = "heap profile:";
	const char *at = line.n ? memchr(line.p, '@', line.n) : NULL;
	struct str rest;

	if (!str_starts(line, begin) || !at)
		return false;
	if (!head((struct str){ line.p + sizeof(begin) - 1, (size_t)(at - line.p) - (sizeof(begin) - 1) }, value))
		return false;
	rest = str_skip(line, (size_t)(at - line.p) + 1);
	if (legacy_numbers(rest, "heap/N ", rate)) {
		*rate /= 2;
		return *rate >= 0;
	}
	if (legacy_numbers(rest, "heap_v2/N ", rate))
		return *rate >= 0;
	*rate = 1;
	return legacy_numbers(rest, "heapprofile ", rate);
}

static int scale(const struct heap *h, int64_t *value, struct err *err)
{
	double factor;
	int rc;

	if (value[0] == 0 || value[1] == 0 || h->rate <= 1)
		return 0;
	factor = 1 / (1 - exp(-((double)value[1] / (double)value[0]) / (double)h->rate));
	rc = legacy_int((double)value[0] * factor, &value[0], err);
	return rc ? rc : legacy_int((double)value[1] * factor, &value[1], err);
}

static int record(struct legacy *l, struct legacy_row *row, void *arg, struct err *err)
{
	struct heap *h = arg;
	int64_t size = row->value[ALLOC_OBJECTS] > 0 ? row->value[ALLOC_BYTES] / row->value[ALLOC_OBJECTS] : 0;
	int rc;

	h->up += l->n_rows && row->value[INUSE_BYTES] > h->before;
	h->down += l->n_rows && row->value[INUSE_BYTES] < h->before;
	h->before = row->value[INUSE_BYTES];
	for (int c = 0; c < LEGACY_COLUMNS; c++)
		if (__builtin_add_overflow(h->raw[c], row->value[c], &h->raw[c]))
			return err_set(err, ERR_FORMAT, "holds numbers whose sum passes 2^63: it is damaged");
	if (size && l->o->tree) {
		row->labelset = map_add(&h->sizes, &size, sizeof(size), NULL);
		if (row->labelset == MAP_NONE)
			return err_nomem(err);
		row->labelset++;
	}
	rc = scale(h, row->value + ALLOC_OBJECTS, err);
	return rc ? rc : scale(h, row->value + INUSE_OBJECTS, err);
}

static int put_labels(struct legacy *l, void *arg, struct err *err)
{
	const struct heap *h = arg;
	int rc = 0;

	for (uint32_t i = 0; i < h->sizes.n && !rc; i++) {
		int64_t size;

		memcpy(&size, h->sizes.key[i].p, sizeof(size));
		rc = put_labelset(l->out, err, (struct rec_labelset){ .id = i + 1 });
		if (!rc)
			rc = put_label(l->out, err, (struct rec_label){ .labelset = i + 1, .key = STR_LIT("bytes"),
				       .str = STR_NONE, .num = size, .unit = STR_LIT("bytes") });
	}
	return rc;
}

/* ---- MemStats ---- */

static void keep(struct heap *h, struct str name, struct str value)
{
	struct metric_name known;
	double v;

	if (h->n_stats < STATS_MAX && metric_name_memstats(name, &known) && known.name.n && fmt_parse_real(value, &v)) {
		h->stat[h->n_stats].name = known;
		h->stat[h->n_stats++].value = v;
	}
}

/* "[1 2 3]" */
static int read_ring(struct str s, int64_t *ring)
{
	int n = 0;

	if (s.n < 2 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return 0;
	s = (struct str){ s.p + 1, s.n - 2 };
	while (s.n && n <= GC_RING) {
		const char *blank = memchr(s.p, ' ', s.n);
		struct str number = { s.p, blank ? (size_t)(blank - s.p) : s.n };

		if (n == GC_RING || !fmt_parse_int(number, &ring[n]))
			return 0;
		n++;
		s = str_skip(s, number.n + (blank != NULL));
	}
	return n;
}

/* "Stack = INUSE / SYS" */
static bool keep_pair(struct heap *h, struct str name, struct str value)
{
	static const struct {
		const char *name, *inuse, *sys;
	} pairs[] = { { "Stack", "StackInuse", "StackSys" }, { "MSpan", "MSpanInuse", "MSpanSys" },
		      { "MCache", "MCacheInuse", "MCacheSys" } };
	const char *slash = value.n ? memmem(value.p, value.n, " / ", 3) : NULL;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs) && slash; i++) {
		if (!str_is(name, pairs[i].name))
			continue;
		keep(h, str_from(pairs[i].inuse), (struct str){ value.p, (size_t)(slash - value.p) });
		keep(h, str_from(pairs[i].sys), str_skip(value, (size_t)(slash - value.p) + 3));
		return true;
	}
	return false;
}

static int remark(struct legacy *l, struct str text, bool *known, void *arg, struct err *err)
{
	const char *equals = memmem(text.p, text.n, " = ", 3);
	struct heap *h = arg;
	struct str name, value;

	(void)l;
	(void)err;
	*known = true;
	if (str_is(text, "runtime.MemStats")) {
		h->stats = true;
		return 0;
	}
	*known = h->stats && equals;
	if (!*known)
		return 0;
	name = (struct str){ text.p, (size_t)(equals - text.p) };
	value = str_skip(text, name.n + 3);
	if (str_is(name, "LastGC") && !fmt_parse_int(value, &h->last_gc))
		h->last_gc = 0;
	if (str_is(name, "NumGC") && !fmt_parse_int(value, &h->num_gc))
		h->num_gc = 0;
	if (str_is(name, "PauseNs"))
		h->n_pause = read_ring(value, h->pause);
	else if (str_is(name, "PauseEnd"))
		h->n_end = read_ring(value, h->end);
	else if (!keep_pair(h, name, value))
		keep(h, name, value);
	return 0;
}

static int put_cycles(struct heap *h, struct err *err)
{
	struct gc_ring *ring;
	int rc;

	if (h->num_gc <= 0 || h->num_gc > UINT32_MAX)
		return 0;
	if (h->n_pause != GC_RING || h->n_end != GC_RING)
		return legacy_note(&h->l, true, 0, err,
				   "PauseNs and PauseEnd are not rings of 256: no GC cycles from them");
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return err_nomem(err);
	gc_ring_begin(ring);
	for (int64_t n = h->num_gc > GC_RING ? h->num_gc - GC_RING + 1 : 1; n <= h->num_gc; n++)
		if (h->end[gc_ring_index(n)] > 0)
			gc_ring_add(ring, n, h->end[gc_ring_index(n)], h->pause[gc_ring_index(n)]);
	rc = gc_ring_put(ring, h->l.out, h->num_gc, err);
	if (!rc)
		rc = gc_ring_finish(ring, h->l.out, err);
	free(ring);
	return rc;
}

static int put_stats(struct heap *h, struct err *err)
{
	struct readings r;
	int rc = 0;

	if (!h->stats)
		return 0;
	readings_init(&r, h->l.out, h->l.l);
	rc = h->last_gc > 0 ? readings_at(&r, h->last_gc, err) : readings_next(&r, err);
	for (int i = 0; i < h->n_stats && !rc; i++)
		rc = readings_metric(&r, &h->stat[i].name, STR_LIT(""), h->stat[i].value, err);
	readings_free(&r);
	return rc ? rc : put_cycles(h, err);
}

/* ---- the end ---- */

/* Since Go 1.20 the first line's bytes allocated are one more where they would equal those in use. */
static bool same_totals(const struct heap *h)
{
	bool same = true;

	for (int c = 0; c < LEGACY_COLUMNS; c++)
		same = same && (h->said[c] == h->raw[c] || (c == ALLOC_BYTES && h->said[c] == h->raw[c] + 1));
	return same;
}

/* Records are sorted by bytes in use: downwards up to Go 1.22, upwards since. */
static void order_says(struct heap *h)
{
	struct legacy *l = &h->l;

	if (h->up > 1 && h->down == 0 && (l->go_min == STORE_NULL || l->go_min < 23))
		l->go_min = 23;
	if (h->down > 1 && h->up == 0 && (l->go_max == STORE_NULL || l->go_max > 22))
		l->go_max = 22;
}

static int put(struct heap *h, struct err *err)
{
	const struct legacy_measure m[] = {
		{ .metric = STR_LIT("alloc"), .amount_unit = "bytes", .extent = "since_start",
		  .count_col = ALLOC_OBJECTS, .amount_col = ALLOC_BYTES, .period = h->rate, .scaled = h->rate > 1 },
		{ .metric = STR_LIT("inuse"), .amount_unit = "bytes", .extent = "instant", .count_col = INUSE_OBJECTS,
		  .amount_col = INUSE_BYTES, .period = h->rate, .scaled = h->rate > 1 },
	};
	int rc = put_stats(h, err);

	if (!rc && !same_totals(h))
		rc = legacy_note(&h->l, true, 0, err, "the records do not add up to the first line: some are missing");
	if (h->last_gc > 0)
		h->l.t = h->last_gc;
	order_says(h);
	legacy_version(&h->l);
	return rc ? rc : legacy_put(&h->l, m, 2, false, put_labels, h, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	static const struct legacy_text text = { .head = head, .remark = remark, .record = record };
	struct heap *h = calloc(1, sizeof(*h));
	struct str line = STR_NONE;
	bool cut, eof;
	int rc;

	if (!h)
		return err_nomem(err);
	legacy_init(&h->l, in, o, out);
	rc = reader_line(in, &line, &cut, &eof, err);
	if (!rc && (eof || !first_line(line, h->said, &h->rate))) {
		err_set(err, ERR_FORMAT, "does not begin with 'heap profile: N: N [N: N] @ heap/N'");
		rc = err_at(err, "line 1");
	}
	if (!rc)
		rc = legacy_read(&h->l, &text, h, err);
	if (!rc)
		rc = put(h, err);
	legacy_free(&h->l);
	map_free(&h->sizes);
	free(h);
	return rc;
}

static bool sniff(struct str h)
{
	const char *nl = h.n ? memchr(h.p, '\n', h.n) : NULL;
	struct str line = { h.p, nl ? (size_t)(nl - h.p) : h.n };
	int64_t value[LEGACY_COLUMNS], rate;

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return first_line(line, value, &rate);
}

const struct decoder decoder_legacy_heap = { .kind = "legacy_heap", .version = 1, .sniff = sniff, .decode = decode };

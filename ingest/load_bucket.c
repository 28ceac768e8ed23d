// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * load_bucket.c - one bucket a second, found by its number, put in order at the end
 *
 * Files are nearly in the order of completion, but nothing promises it: k6 flushes in batches, attacks are concatenated,
 * a CSV was sorted by somebody. So all buckets stay open until the end, and what bounds them is their width, which
 * doubles whenever there are too many: neighbours merge, no request is lost, every point says its span.
 *
 * A second without any completion is a finding (everything hangs), so gaps of up to an hour are filled with zeros; a
 * longer one is two tests in one file or a wrong stamp, and is said.
 */
#include "ingest/load_bucket.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/map.h"
#include "ingest/grow.h"

enum { BUCKETS = 65536, HIST_PAGES = 98304, GAP = 3600, SERIES = LOAD_COUNTS + 11 };
#define SECOND INT64_C(1000000000)
#define YEAR (INT64_C(366) * 86400 * SECOND)

struct bucket {
	int64_t number;		/* of its width, counted from time 0 */
	double count[LOAD_KEPT];
	double vus;		/* the most; -1: not told */
	struct load_hist ok, failed;
};

struct load_bucket {
	struct bucket *bucket;
	size_t n, cap;
	struct idmap by_number;
	int64_t width, first, last;	/* first and last: of all times seen */
	uint64_t pages;
	size_t recent;			/* the bucket used last */
	double total[LOAD_KEPT];
	bool known[LOAD_KEPT], any;
	uint32_t id[SERIES], n_ids;	/* of the series put so far: id + 1 */
	struct load_hist scratch;
};

static const struct {
	double q;
	const char *all, *ok, *whole, *whole_ok;
} quantile[] = {
	{ .50, "load.p50", "load.ok_p50", "loadtest.p50", "loadtest.ok_p50" },
	{ .90, "load.p90", "load.ok_p90", "loadtest.p90", "loadtest.ok_p90" },
	{ .95, "load.p95", "load.ok_p95", "loadtest.p95", "loadtest.ok_p95" },
	{ .99, "load.p99", "load.ok_p99", "loadtest.p99", "loadtest.ok_p99" },
};
enum { QUANTILES = sizeof(quantile) / sizeof(*quantile) };

static const char *const count_name[LOAD_COUNTS] = { "load.requests", "load.errors", "load.offered", "load.dropped" };
static const char *const whole_name[LOAD_COUNTS] = { "loadtest.requests", "loadtest.errors", "loadtest.offered",
						     "loadtest.dropped" };

int load_bucket_new(struct load_bucket **out, struct err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return err_nomem(err);
	(*out)->width = SECOND;
	return 0;
}

void load_bucket_free(struct load_bucket *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++) {
		load_hist_clear(&b->bucket[i].ok, &b->pages);
		load_hist_clear(&b->bucket[i].failed, &b->pages);
	}
	load_hist_clear(&b->scratch, &b->pages);
	idmap_free(&b->by_number);
	free(b->bucket);
	free(b);
}

static int64_t floor_div(int64_t a, int64_t d)
{
	return a / d - (a % d < 0);
}

static int merge(struct load_bucket *b, struct bucket *to, struct bucket *from, struct err *err)
{
	int rc = load_hist_merge(&to->ok, &from->ok, &b->pages, err);

	if (!rc)
		rc = load_hist_merge(&to->failed, &from->failed, &b->pages, err);
	for (int i = 0; i < LOAD_KEPT; i++)
		to->count[i] += from->count[i];
	to->vus = fmax(to->vus, from->vus);
	load_hist_clear(&from->ok, &b->pages);
	load_hist_clear(&from->failed, &b->pages);
	return rc;
}

/* Twice the width: halves of the new buckets merge. */
static int widen(struct load_bucket *b, struct err *err)
{
	struct idmap map = { 0 };
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < b->n && !rc; i++) {
		struct bucket *from = &b->bucket[i];
		uint32_t at;

		from->number = floor_div(from->number, 2);
		at = idmap_add(&map, (uint64_t)from->number, (uint32_t)n);
		if (at == MAP_NONE) {
			rc = err_nomem(err);
		} else if (at < n) {
			rc = merge(b, &b->bucket[at], from, err);
		} else {
			if (n != i) {
				b->bucket[n] = *from;
				*from = (struct bucket){ 0 };
			}
			n++;
		}
	}
	if (rc) {
		idmap_free(&map);
		return rc;
	}
	idmap_free(&b->by_number);
	b->by_number = map;
	b->n = n;
	b->recent = 0;
	b->width *= 2;
	return 0;
}

static int find(struct load_bucket *b, int64_t t, struct bucket **out, struct err *err)
{
	int64_t number;
	uint32_t at;
	int rc;

	while (b->pages > HIST_PAGES && b->n > 1) {
		rc = widen(b, err);
		if (rc)
			return rc;
	}
	for (;;) {
		number = floor_div(t, b->width);
		if (b->recent < b->n && b->bucket[b->recent].number == number) {
			*out = &b->bucket[b->recent];
			return 0;
		}
		at = idmap_get(&b->by_number, (uint64_t)number);
		if (at != MAP_NONE || b->n < BUCKETS)
			break;
		rc = widen(b, err);
		if (rc)
			return rc;
	}
	if (at == MAP_NONE) {
		rc = grow(&b->bucket, &b->cap, b->n + 1, sizeof(*b->bucket), err);
		if (rc)
			return rc;
		at = idmap_add(&b->by_number, (uint64_t)number, (uint32_t)b->n);
		if (at == MAP_NONE)
			return err_nomem(err);
		b->bucket[b->n++] = (struct bucket){ .number = number, .vus = -1 };
	}
	b->recent = at;
	*out = &b->bucket[at];
	return 0;
}

static void saw(struct load_bucket *b, int64_t t)
{
	b->first = !b->any || t < b->first ? t : b->first;
	b->last = !b->any || t > b->last ? t : b->last;
	b->any = true;
}

int load_bucket_count(struct load_bucket *b, enum load_count what, int64_t t, double n, struct err *err)
{
	struct bucket *at;
	int rc = find(b, t, &at, err);

	if (rc)
		return rc;
	at->count[what] += n;
	b->total[what] += n;
	b->known[what] = true;
	saw(b, t);
	return 0;
}

int load_bucket_latency(struct load_bucket *b, int64_t t, int64_t ns, bool ok, struct err *err)
{
	struct bucket *at;
	int rc = find(b, t, &at, err);

	if (rc)
		return rc;
	saw(b, t);
	saw(b, t > ns ? t - ns : 0);
	return load_hist_add(ok ? &at->ok : &at->failed, ns, &b->pages, err);
}

int load_bucket_vus(struct load_bucket *b, int64_t t, double vus, struct err *err)
{
	struct bucket *at;
	int rc = find(b, t, &at, err);

	if (!rc)
		at->vus = fmax(at->vus, vus);
	return rc;
}

bool load_bucket_fits(int64_t start, int64_t latency)
{
	return start >= 0 && latency >= 0 && latency <= YEAR && start <= INT64_MAX / 2 - YEAR;
}

int load_bucket_request(struct load_bucket *b, const struct load_request *r, bool *ok, struct err *err)
{
	int64_t end;
	int rc;

	*ok = load_bucket_fits(r->start, r->latency);
	if (!*ok)
		return 0;
	end = r->start + r->latency;
	rc = load_bucket_count(b, LOAD_REQUESTS, end, 1, err);
	if (!rc)
		rc = load_bucket_count(b, LOAD_ERRORS, end, r->failed, err);
	if (!rc && r->open_loop)
		rc = load_bucket_count(b, LOAD_OFFERED, r->start, 1, err);
	return rc ? rc : load_bucket_latency(b, end, r->latency, !r->failed, err);
}

double load_bucket_total(const struct load_bucket *b, enum load_count what)
{
	return b->total[what];
}

void load_bucket_known(struct load_bucket *b, enum load_count what)
{
	b->known[what] = true;
}

void load_bucket_take(struct load_bucket *b, enum load_count to, enum load_count from)
{
	for (size_t i = 0; i < b->n; i++)
		b->bucket[i].count[to] = b->bucket[i].count[from];
	b->total[to] = b->total[from];
	b->known[to] = b->known[from];
}

/* ---- out ---- */

struct span {
	struct sink *out;
	const char *kind;	/* NULL: as the quantity's own */
	int64_t t, span;
};

/* One value of series number `slot`; the series is put before its first point. */
static int put_value(struct load_bucket *b, const struct span *at, int slot, const char *name, double v, struct err *err)
{
	bool count = slot < LOAD_COUNTS, vus = slot == SERIES - 1;
	const char *kind = at->kind ? at->kind : count ? "rate" : "gauge";
	int rc = 0;

	if (isnan(v))
		return 0;
	if (!b->id[slot]) {
		b->id[slot] = ++b->n_ids;
		rc = put_series(at->out, err,
				(struct rec_series){ .id = b->n_ids - 1, .name = str_from(name), .label = STR_LIT(""),
						     .unit = str_from(count || vus ? "count" : "ns"), .kind = str_from(kind) });
	}
	if (!rc)
		rc = put_point(at->out, err, (struct rec_point){ b->id[slot] - 1, at->t, at->span, v });
	return rc;
}

static int put_counts(struct load_bucket *b, const struct span *at, const double *count, struct err *err)
{
	int rc = 0;

	for (int i = 0; i < LOAD_COUNTS && !rc; i++)
		if (b->known[i])
			rc = put_value(b, at, i, at->kind ? whole_name[i] : count_name[i], count[i], err);
	return rc;
}

static int put_quantiles(struct load_bucket *b, const struct span *at, struct load_hist *h, bool ok, struct err *err)
{
	int slot = LOAD_COUNTS + (ok ? QUANTILES : 0), rc = 0;

	for (int i = 0; i < QUANTILES && !rc; i++) {
		const char *name = ok ? quantile[i].ok : quantile[i].all;

		if (at->kind)
			name = ok ? quantile[i].whole_ok : quantile[i].whole;
		rc = put_value(b, at, slot + i, name, load_hist_quantile(h, quantile[i].q), err);
	}
	return rc;
}

/* Of both histograms: quantiles of all values, most and mean, and quantiles of successes when there are others too. */
static int put_latency(struct load_bucket *b, const struct span *at, struct load_hist *ok, const struct load_hist *failed,
		       struct err *err)
{
	struct load_hist *all = &b->scratch;
	int slot = LOAD_COUNTS + 2 * QUANTILES;
	int rc = load_hist_merge(all, ok, &b->pages, err);

	if (!rc)
		rc = load_hist_merge(all, failed, &b->pages, err);
	if (!rc)
		rc = put_quantiles(b, at, all, false, err);
	if (!rc && all->n)
		rc = put_value(b, at, slot, at->kind ? "loadtest.max" : "load.max", (double)all->most, err);
	if (!rc && all->n)
		rc = put_value(b, at, slot + 1, at->kind ? "loadtest.mean" : "load.mean", all->sum / (double)all->n, err);
	if (!rc && ok->n && failed->n)
		rc = put_quantiles(b, at, ok, true, err);
	load_hist_clear(all, &b->pages);
	return rc;
}

static int put_second(struct load_bucket *b, struct bucket *k, struct sink *out, struct err *err)
{
	struct span at = { out, NULL, k->number * b->width, b->width };
	int rc = put_counts(b, &at, k->count, err);

	if (!rc)
		rc = put_latency(b, &at, &k->ok, &k->failed, err);
	if (!rc && k->vus >= 0)
		rc = put_value(b, &at, SERIES - 1, "load.vus", k->vus, err);
	return rc;
}

/* Zeros for the buckets between two that have something; *left: how many may still be filled. */
static int put_gap(struct load_bucket *b, int64_t from, int64_t to, int64_t *left, struct sink *out, struct err *err)
{
	static const double none[LOAD_COUNTS] = { 0 };
	int64_t n = to - from - 1;
	char text[128];
	int rc = 0;

	if (n <= 0)
		return 0;
	if (n > GAP || n > *left) {
		snprintf(text, sizeof(text), "nothing ended for %.0f s: two tests in one file, or a wrong time stamp",
			 (double)n * (double)b->width * 1e-9);
		return put_note(out, err, (struct rec_note){ STR_NONE, str_from(text), 0 });
	}
	*left -= n;
	for (int64_t i = from + 1; i < to && !rc; i++)
		rc = put_counts(b, &(struct span){ out, NULL, i * b->width, b->width }, none, err);
	return rc;
}

static int by_number(const void *a, const void *b)
{
	const struct bucket *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static int put_whole(struct load_bucket *b, struct sink *out, struct err *err)
{
	struct span at = { out, "summary", b->first, b->last - b->first };
	struct load_hist ok = { 0 }, failed = { 0 };
	int rc = 0;

	memset(b->id, 0, sizeof(b->id));
	for (size_t i = 0; i < b->n && !rc; i++) {
		rc = load_hist_merge(&ok, &b->bucket[i].ok, &b->pages, err);
		if (!rc)
			rc = load_hist_merge(&failed, &b->bucket[i].failed, &b->pages, err);
	}
	if (!rc)
		rc = put_counts(b, &at, b->total, err);
	if (!rc)
		rc = put_latency(b, &at, &ok, &failed, err);
	load_hist_clear(&ok, &b->pages);
	load_hist_clear(&failed, &b->pages);
	return rc;
}

int load_bucket_put(struct load_bucket *b, const char *origin, struct sink *out, struct err *err)
{
	int64_t left = BUCKETS;
	char text[96];
	int rc = 0;

	if (origin)
		rc = put_clock(out, err, (struct rec_clock){ str_from(origin) });
	if (b->n)
		qsort(b->bucket, b->n, sizeof(*b->bucket), by_number);
	for (size_t i = 0; i < b->n && !rc; i++) {
		if (i)
			rc = put_gap(b, b->bucket[i - 1].number, b->bucket[i].number, &left, out, err);
		if (!rc)
			rc = put_second(b, &b->bucket[i], out, err);
	}
	if (!rc && b->any)
		rc = put_whole(b, out, err);
	if (rc || b->width == SECOND)
		return rc;
	snprintf(text, sizeof(text), "too long for buckets of one second: they are %" PRId64 " s wide", b->width / SECOND);
	return put_note(out, err, (struct rec_note){ STR_NONE, str_from(text), 0 });
}

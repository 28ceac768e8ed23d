// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * metric_json.c - a histogram as people write it into JSON, and objects of objects
 *
 * JSON cannot hold the infinite bounds of runtime/metrics. They come as text, as null, as the largest double, or the
 * edge is left out: then there are fewer than n + 1 bounds for n counts. Of equal numbers of both it is the upper edge
 * that is missing, because dumps without a lower infinity exist and dumps without an upper one do not.
 *
 * Objects inside a user's variable become labels, keys joined by dots, a few levels deep. A key that is itself a path
 * of runtime/metrics is a name of its own wherever it stands. Text is never kept: it may be a secret.
 */
#include "ingest/metric_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define LEVELS 8

static bool word_in(struct str key, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, " ");

		if (n == key.n && strncasecmp(list, key.p, n) == 0)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

uint32_t metric_json_member(const struct json *j, uint32_t n, const char *keys)
{
	if (json_type(j, n) != JSON_OBJECT)
		return JSON_NONE;
	for (n = json_first(j, n); n != JSON_NONE; n = json_next(j, n))
		if (word_in(json_key(j, n), keys))
			return n;
	return JSON_NONE;
}

bool metric_json_time(const struct json *j, uint32_t n, int64_t *t)
{
	const struct time_style style = { 0 };
	struct buf text = { .limit = 256 };
	struct stamp at;
	bool found = false;

	n = metric_json_member(j, n, "timestamp @timestamp time ts t date datetime when unix now");
	if (n == JSON_NONE)
		return false;
	json_scalar(j, n, &text);
	found = text.len && timeparse_stamp(buf_view(&text), &style, &at) && at.kind == TIME_EPOCH;
	if (found)
		*t = at.ns;
	buf_free(&text);
	return found;
}

/* ---- histograms ---- */

/* A bound; edge: what null stands for. */
static bool bound(const struct json *j, uint32_t n, double edge, double *out)
{
	struct str s = json_text(j, n);

	if (json_real(j, n, out)) {
		if (fabs(*out) >= 1.797e308)
			*out = *out < 0 ? -INFINITY : INFINITY;
		return !isnan(*out);
	}
	if (json_type(j, n) == JSON_NULL || word_in(s, "inf +inf infinity +infinity -inf -infinity")) {
		*out = s.p ? (s.p[0] == '-' ? -INFINITY : INFINITY) : edge;
		return !isnan(*out);
	}
	return false;
}

struct histogram {
	uint32_t count, bucket; /* the next element of each */
	double lo;
	bool last_missing;
};

static bool start(const struct json *j, uint32_t counts, uint32_t buckets, struct histogram *h)
{
	uint32_t n = json_count(j, counts), b = json_count(j, buckets);

	if (n == 0 || b + 1 < n || b > n + 1)
		return false;
	*h = (struct histogram){ json_first(j, counts), json_first(j, buckets), -INFINITY, b <= n };
	if (b + 1 == n)
		return true;
	if (!bound(j, h->bucket, -INFINITY, &h->lo))
		return false;
	h->bucket = json_next(j, h->bucket);
	return true;
}

/* One bucket; false: no sense in it. */
static bool step(const struct json *j, struct histogram *h, double *hi, double *count)
{
	bool last = json_next(j, h->count) == JSON_NONE;

	if (!json_real(j, h->count, count) || !(*count >= 0) || isinf(*count))
		return false;
	if (last && h->last_missing)
		*hi = INFINITY;
	else if (!bound(j, h->bucket, last ? INFINITY : NAN, hi))
		return false;
	return *hi > h->lo;
}

/* Go versions write the time histograms with 721 (to 1.19) or 162 buckets. */
static void layout(struct readings *r, const struct metric_name *m, uint32_t counts)
{
	if (!str_is(m->name, "/sched/latencies:seconds"))
		return;
	if (counts == 162 && r->go_min < 20)
		r->go_min = 20;
	if (counts == 721)
		r->go_max = 19;
}

static bool all_well(const struct json *j, struct histogram h)
{
	double hi, count;

	for (; h.count != JSON_NONE; h.count = json_next(j, h.count)) {
		if (!step(j, &h, &hi, &count))
			return false;
		h.lo = hi;
		h.bucket = json_next(j, h.bucket);
	}
	return true;
}

static int put_histogram(struct metric_json *m, const struct metric_name *name, struct str label, uint32_t counts,
			 uint32_t buckets, struct err *err)
{
	const struct json *j = m->j;
	struct histogram h;
	double hi = NAN, count = 0;
	uint32_t id = 0;
	bool take = false;
	int rc;

	if (!start(j, counts, buckets, &h) || !all_well(j, h)) {
		m->unreadable++;
		return 0;
	}
	layout(m->r, name, json_count(j, counts));
	rc = readings_facts(m->r, name, NAN, err);
	if (!rc)
		rc = readings_series(m->r, name->name, label, name->unit, "histogram", &id, err);
	if (!rc)
		rc = readings_open(m->r, id, &take, err);
	for (; !rc && take && h.count != JSON_NONE; h.count = json_next(j, h.count)) {
		if (step(j, &h, &hi, &count) && count > 0)
			rc = put_bucket(m->r->out, err,
					(struct rec_bucket){
						.series = id, .t = m->r->t, .lo = h.lo, .hi = hi, .count = count });
		h.lo = hi;
		h.bucket = json_next(j, h.bucket);
	}
	return rc;
}

/* ---- values ---- */

static bool is_histogram(const struct json *j, uint32_t n, uint32_t *counts, uint32_t *buckets)
{
	*counts = metric_json_member(j, n, "counts");
	*buckets = metric_json_member(j, n, "buckets");
	return json_type(j, *counts) == JSON_ARRAY && json_type(j, *buckets) == JSON_ARRAY;
}

/* One number or histogram; *deeper: an object to look into. */
static int put_one(struct metric_json *m, struct str name, struct str label, uint32_t n, bool *deeper, struct err *err)
{
	struct metric_name known;
	uint32_t counts, buckets;
	double v;
	bool yes;

	*deeper = false;
	metric_name_any(name, &known);
	if (!known.name.n)
		return 0;
	if (is_histogram(m->j, n, &counts, &buckets))
		return put_histogram(m, &known, label, counts, buckets, err);
	if (json_bool(m->j, n, &yes))
		v = yes;
	else if (!json_real(m->j, n, &v)) {
		*deeper = json_type(m->j, n) == JSON_OBJECT && json_first(m->j, n) != JSON_NONE;
		if (json_text(m->j, n).p)
			readings_go(m->r, json_text(m->j, n));
		return 0;
	}
	return readings_metric(m->r, &known, label, v, err);
}

static bool is_path(struct str key)
{
	struct metric_name ignored;

	return metric_name_runtime(key, &ignored);
}

struct level {
	uint32_t next; /* member to be looked at */
	size_t label;  /* length of the label above */
};

/* The members of object n, level by level without recursion. */
static int put_members(struct metric_json *m, struct str name, uint32_t n, struct err *err)
{
	struct level up[LEVELS] = { { json_first(m->j, n), 0 } };
	uint64_t values = 0;
	int depth = 0, rc = 0;

	buf_reset(&m->label);
	while (depth >= 0 && !rc) {
		struct level *l = &up[depth];
		uint32_t at = l->next;
		struct str key = json_key(m->j, at);
		bool deeper = false;

		m->label.len = l->label;
		if (at == JSON_NONE) {
			depth--;
			continue;
		}
		l->next = json_next(m->j, at);
		if (++values > m->r->limits->label_sets && !is_path(key)) {
			m->dropped++;
			continue;
		}
		if (l->label)
			buf_byte(&m->label, '.');
		buf_str(&m->label, key);
		rc = buf_check(&m->label, err);
		if (!rc)
			rc = put_one(m, is_path(key) ? key : name, is_path(key) ? STR_LIT("") : buf_view(&m->label), at,
				     &deeper, err);
		if (rc || !deeper)
			continue;
		if (depth + 1 < LEVELS)
			up[++depth] = (struct level){ json_first(m->j, at), m->label.len };
		else
			m->unreadable++;
	}
	return rc;
}

int metric_json_put(struct metric_json *m, struct str name, uint32_t n, struct err *err)
{
	bool deeper = false;
	int rc;

	m->label.limit = 65536;
	rc = put_one(m, name, STR_LIT(""), n, &deeper, err);
	return rc || !deeper ? rc : put_members(m, name, n, err);
}

int metric_json_finish(struct metric_json *m, struct err *err)
{
	char text[120];
	int rc = 0;

	if (m->unreadable) {
		snprintf(text, sizeof(text), "%" PRIu64 " values are neither a number nor a histogram and are left out",
			 m->unreadable);
		rc = put_note(m->r->out, err, (struct rec_note){ STR_NONE, str_from(text), 1 });
	}
	if (!rc && m->dropped) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " values of variables with more keys than the limit label_sets are left out",
			 m->dropped);
		rc = put_note(m->r->out, err, (struct rec_note){ STR_NONE, str_from(text), 1 });
	}
	return rc ? rc : readings_finish(m->r, err);
}

void metric_json_free(struct metric_json *m)
{
	buf_free(&m->label);
}

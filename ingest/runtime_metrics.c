// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * runtime_metrics.c - dumps of Go's runtime/metrics as JSON
 *
 * There is no standard form, only habits: an object from name to value, with a time beside the names or one level above
 * them; a list of {"Name", "Value"}; a list of such dumps; one dump a line. All are taken. A list of names and values
 * is one reading unless its elements have times of their own.
 */
#include "ingest/json_docs.h"
#include "ingest/metric_json.h"

struct dumps {
	struct json_docs *docs;
	struct metric_json m;
	struct readings r;
};

static int begin(struct dumps *d, uint32_t n, int64_t outer, struct err *err)
{
	int64_t t = outer;

	if (metric_json_time(d->docs->j, n, &t) || t != STORE_NULL)
		return d->r.timed && t == d->r.t ? 0 : readings_at(&d->r, t, err);
	return readings_next(&d->r, err);
}

/* The pair of a list: its name; STR_NONE: it is no pair. */
static struct str pair(const struct json *j, uint32_t n, uint32_t *value)
{
	*value = metric_json_member(j, n, "value");
	return *value == JSON_NONE ? STR_NONE : json_text(j, metric_json_member(j, n, "name metric"));
}

static int put_pairs(struct dumps *d, uint32_t n, int64_t outer, struct err *err)
{
	const struct json *j = d->docs->j;
	int64_t last = STORE_NULL, t;
	uint32_t value;
	int rc = 0;

	for (n = json_first(j, n); n != JSON_NONE && !rc; n = json_next(j, n)) {
		struct str name = pair(j, n, &value);
		bool own = metric_json_time(j, n, &t);

		if (!name.p) {
			d->m.unreadable++;
			continue;
		}
		if (last == STORE_NULL || (own && t != last))
			rc = begin(d, n, outer, err);
		last = own ? t : 0;
		if (!rc && json_type(j, value) == JSON_OBJECT && json_first(j, value) == JSON_NONE)
			d->m.unreadable++; /* metrics.Value has no fields that JSON shows */
		else if (!rc)
			rc = metric_json_put(&d->m, name, value, err);
	}
	return rc;
}

static int put_object(struct dumps *d, uint32_t n, struct err *err)
{
	const struct json *j = d->docs->j;
	uint32_t time = metric_json_member(j, n, "timestamp @timestamp time ts t date datetime when unix now"), value;
	struct str name = pair(j, n, &value);
	int rc = begin(d, n, STORE_NULL, err);

	if (name.p)
		return rc ? rc : metric_json_put(&d->m, name, value, err);
	for (n = json_first(j, n); n != JSON_NONE && !rc; n = json_next(j, n)) {
		if (n == time)
			continue;
		if (json_type(j, n) == JSON_ARRAY)
			rc = put_pairs(d, n, d->r.timed ? d->r.t : STORE_NULL, err);
		else
			rc = metric_json_put(&d->m, json_key(j, n), n, err);
	}
	return rc;
}

static int put_doc(struct dumps *d, struct err *err)
{
	const struct json *j = d->docs->j;
	uint32_t n = json_root(j), value;
	int rc = 0;

	if (json_type(j, n) == JSON_OBJECT)
		return put_object(d, n, err);
	if (json_type(j, n) != JSON_ARRAY)
		return err_set(err, ERR_FORMAT, "holds a value that is neither an object nor a list");
	if (pair(j, json_first(j, n), &value).p)
		return put_pairs(d, n, STORE_NULL, err);
	for (n = json_first(j, n); n != JSON_NONE && !rc; n = json_next(j, n)) {
		if (json_type(j, n) == JSON_OBJECT)
			rc = put_object(d, n, err);
		else if (json_type(j, n) == JSON_ARRAY)
			rc = put_pairs(d, n, STORE_NULL, err);
		else
			d->m.unreadable++;
	}
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct json_docs docs;
	struct dumps d = { .docs = &docs };
	bool end = false;
	int rc = json_docs_open(&docs, in, o->limits, err);

	readings_init(&d.r, out, o->limits);
	d.m.j = docs.j;
	d.m.r = &d.r;
	while (!rc && !(rc = json_docs_next(&docs, &end, err)) && !end)
		rc = put_doc(&d, err);
	if (!rc)
		rc = metric_json_finish(&d.m, err);
	metric_json_free(&d.m);
	readings_free(&d.r);
	json_docs_close(&docs);
	return rc;
}

static bool holds(struct str s, const char *lit)
{
	return memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static bool sniff(struct str head)
{
	return json_docs_sniff(head) && (holds(head, "\"/gc/") || holds(head, "\"/sched/") ||
					 holds(head, "\"/memory/classes/") || holds(head, "\"/cpu/classes/"));
}

const struct decoder decoder_runtime_metrics = {
	.kind = "runtime_metrics",
	.version = 1,
	.sniff = sniff,
	.decode = decode,
};

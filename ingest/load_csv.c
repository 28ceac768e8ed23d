// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * load_csv.c - attrib's own load report: timestamp,requests,errors,p50_ms,p95_ms,p99_ms[,offered,endpoint,vus]
 *
 * A row covers the time from its stamp to the next one's, so rows of one stamp (one an endpoint) wait until the next
 * stamp comes; the last ones cover as much as those before. Counts stay counts of the whole cover, the rate is theirs
 * over its span. Percentiles of endpoints cannot be added up, so beyond limits->label_sets endpoints only the counts of
 * the rest are kept.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/map.h"
#include "ingest/csv.h"
#include "ingest/csv_name.h"
#include "ingest/decoder.h"
#include "ingest/grow.h"

enum { L_REQUESTS, L_ERRORS, L_OFFERED, L_P50, L_P95, L_P99, L_VUS, VALUES, L_TIME = VALUES, L_ENDPOINT, COLUMNS };

static const struct {
	const char *names, *series, *unit, *kind;
	bool latency;
} column[COLUMNS] = {
	[L_REQUESTS] = { "requests", "load.requests", "count", "rate", false },
	[L_ERRORS] = { "errors", "load.errors", "count", "rate", false },
	[L_OFFERED] = { "offered", "load.offered", "count", "rate", false },
	[L_P50] = { "p50_ms p50 latency_p50", "load.p50", "ns", "gauge", true },
	[L_P95] = { "p95_ms p95 latency_p95", "load.p95", "ns", "gauge", true },
	[L_P99] = { "p99_ms p99 latency_p99", "load.p99", "ns", "gauge", true },
	[L_VUS] = { "vus", "load.vus", "count", "gauge", false },
	[L_TIME] = { CSV_NAME_TIMES, NULL, NULL, NULL, false },
	[L_ENDPOINT] = { "endpoint", NULL, NULL, NULL, false },
};

struct columns {
	char delim;
	bool comma;
	int n, at[COLUMNS];
	struct csv_name name[CSV_NAMED];
	bool taken[CSV_NAMED];
};

struct load_row {
	uint32_t endpoint;
	double v[VALUES];
};

struct load {
	struct sink *out;
	const struct limits *limits;
	struct columns col;
	struct csv *csv;
	struct map endpoints;
	uint32_t *series;		/* by endpoint and value: id + 1, 0 none yet */
	uint32_t n_series;
	size_t cap_series;
	struct load_row *row;		/* those of the stamp t */
	size_t n_rows, cap_rows;
	int64_t t, span, day, last_tod;
	bool any, several;		/* a stamp was seen; two were */
	enum time_kind kind;
	uint64_t others;		/* rows of endpoints beyond the limit */
};

static bool find_columns(struct str head, struct columns *c)
{
	*c = (struct columns){ 0 };
	c->n = csv_name_header(head, &c->delim, c->name);
	c->comma = c->delim != ',';
	for (int i = 0; i < COLUMNS; i++) {
		int at = csv_name_find(c->name, c->n, column[i].names, c->taken);
		bool count = i < VALUES && !column[i].latency;

		if (at >= 0 && (c->name[at].byte_unit || c->name[at].percent || (count && c->name[at].time_unit))) {
			c->taken[at] = false;
			at = -1;
		}
		c->at[i] = at;
	}
	return c->at[L_TIME] >= 0 && c->at[L_REQUESTS] >= 0;
}

static int put_value(struct load *l, const struct load_row *r, int value, struct err *err)
{
	size_t slot = (size_t)r->endpoint * VALUES + (size_t)value;
	int rc = 0;

	if (isnan(r->v[value]))
		return 0;
	if (!l->series[slot]) {
		l->series[slot] = ++l->n_series;
		rc = put_series(l->out, err,
				(struct rec_series){ .id = l->n_series - 1,
						     .name = str_from(column[value].series),
						     .label = l->endpoints.key[r->endpoint],
						     .unit = str_from(column[value].unit),
						     .kind = str_from(column[value].kind) });
	}
	if (!rc)
		rc = put_point(
			l->out, err,
			(struct rec_point){
				.series = l->series[slot] - 1, .t = l->t, .span = l->span, .value = r->v[value] });
	return rc;
}

/* Puts the rows of the stamp that has ended. */
static int flush(struct load *l, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < l->n_rows; i++)
		for (int k = 0; k < VALUES && !rc; k++)
			rc = put_value(l, &l->row[i], k, err);
	l->n_rows = 0;
	return rc;
}

static bool number(const struct load *l, const struct csv_row *row, int value, double *v)
{
	int at = l->col.at[value];
	bool is_ns;

	*v = NAN;
	if (at < 0 || at >= row->n)
		return true;
	if (!csv_name_number(row->field[at], l->col.comma, v, &is_ns) || *v < 0 || (is_ns && !column[value].latency))
		return false;
	if (column[value].latency && !is_ns)
		*v *= l->col.name[at].time_unit ? (double)l->col.name[at].time_unit : 1e6;
	return true;
}

static bool stamp_of(struct load *l, const struct csv_row *row, int64_t *t)
{
	struct time_style style = { .unit = l->col.name[l->col.at[L_TIME]].time_unit, .comma = l->col.comma };
	struct stamp at;

	if (l->col.at[L_TIME] >= row->n || !timeparse_stamp(row->field[l->col.at[L_TIME]], &style, &at))
		return false;
	if (l->any && at.kind != l->kind)
		return false;
	if (at.kind == TIME_OF_DAY) {
		if (at.ns + INT64_C(43200000000000) < l->last_tod)
			l->day += INT64_C(86400000000000);
		l->last_tod = at.ns;
		at.ns += l->day;
	}
	l->kind = at.kind;
	*t = at.ns;
	return true;
}

/* The number of the row's endpoint; the first beyond the limit stands for all of them. */
static int endpoint_of(struct load *l, const struct csv_row *row, uint32_t *out, struct err *err)
{
	int at = l->col.at[L_ENDPOINT];
	struct str name = at >= 0 && at < row->n ? row->field[at] : STR_LIT("");
	size_t before = l->endpoints.n;
	int rc;

	if (name.n > l->limits->string_bytes)
		name.n = (size_t)l->limits->string_bytes;
	*out = map_get(&l->endpoints, name.p, name.n);
	if (*out == MAP_NONE && l->endpoints.n >= l->limits->label_sets) {
		name = STR_LIT("[other]");
		l->others++;
	}
	if (*out == MAP_NONE)
		*out = map_add(&l->endpoints, name.p, name.n, NULL);
	if (*out == MAP_NONE)
		return err_nomem(err);
	if (l->endpoints.n == before)
		return 0;
	rc = grow(&l->series, &l->cap_series, (size_t)l->endpoints.n * VALUES, sizeof(*l->series), err);
	if (!rc)
		memset(l->series + before * VALUES, 0, VALUES * sizeof(*l->series));
	return rc;
}

/* Adds r to the rows of its stamp. false: this endpoint has one already. */
static bool add_row(struct load *l, const struct load_row *r)
{
	bool other = r->endpoint >= l->limits->label_sets;

	for (size_t i = 0; i < l->n_rows; i++) {
		struct load_row *have = &l->row[i];

		if (have->endpoint != r->endpoint)
			continue;
		if (!other)
			return false;
		for (int k = L_REQUESTS; k <= L_OFFERED; k++)
			have->v[k] = isnan(have->v[k]) ? r->v[k] : have->v[k] + (isnan(r->v[k]) ? 0 : r->v[k]);
		return true;
	}
	l->row[l->n_rows] = *r;
	for (int k = L_P50; k < VALUES && other; k++)
		l->row[l->n_rows].v[k] = NAN;
	l->n_rows++;
	return true;
}

/* A new stamp: the rows before it cover the time up to it. */
static int next_stamp(struct load *l, int64_t t, struct err *err)
{
	int rc = 0;

	if (l->any) {
		l->span = t - l->t;
		l->several = true;
		rc = flush(l, err);
	} else {
		rc = csv_name_clock(l->out, l->kind, "load", err);
	}
	l->any = true;
	l->t = t;
	return rc;
}

static int take_row(struct load *l, const struct csv_row *row, struct err *err)
{
	struct load_row r = { 0 };
	int64_t t;
	int rc = 0;
	bool ok = row->n >= l->col.n && stamp_of(l, row, &t) && (!l->any || t >= l->t);

	for (int i = 0; i < VALUES && ok; i++)
		ok = number(l, row, i, &r.v[i]);
	ok = ok && !isnan(r.v[L_REQUESTS]);
	if (ok && (!l->any || t > l->t))
		rc = next_stamp(l, t, err);
	if (!rc && ok)
		rc = endpoint_of(l, row, &r.endpoint, err);
	if (!rc && ok)
		rc = grow(&l->row, &l->cap_rows, l->n_rows + 1, sizeof(*l->row), err);
	if (!rc && !(ok && add_row(l, &r)))
		csv_reject(l->csv);
	return rc;
}

static int read_rows(struct load *l, struct err *err)
{
	struct csv_row row;
	bool end = false, header = true;
	int rc;

	while (!(rc = csv_next(l->csv, &row, &end, err)) && !end) {
		if (!header)
			rc = take_row(l, &row, err);
		header = false;
		if (rc)
			return rc;
	}
	return rc ? rc : flush(l, err);	/* the last stamp covers as much as the one before */
}

static int finish(struct load *l, struct err *err)
{
	char text[128];
	int rc = csv_finish(l->csv, l->out, err);

	if (!rc && l->any && !l->several)
		rc = put_note(
			l->out, err,
			(struct rec_note){ STR_NONE, STR_LIT("one stamp only: how long it covers is not known"), 0 });
	for (int i = L_P50; i <= L_P99 && !rc; i++) {
		int at = l->col.at[i];

		if (at < 0 || l->col.name[at].time_unit)
			continue;
		snprintf(text, sizeof(text), "unit guessed: the column %s is read as ms", l->col.name[at].whole);
		rc = put_note(l->out, err, (struct rec_note){ STR_NONE, str_from(text), 0 });
	}
	if (!rc && l->others) {
		snprintf(text, sizeof(text),
			 "more endpoints than the limit label_sets: %" PRIu64 " rows are counted as [other]",
			 l->others);
		rc = put_note(l->out, err, (struct rec_note){ STR_NONE, str_from(text), 1 });
	}
	return rc ? rc : csv_name_unused(l->out, l->col.name, l->col.n, l->col.taken, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct load *l = calloc(1, sizeof(*l));
	struct str head;
	int rc;

	if (!l)
		return err_nomem(err);
	l->out = out;
	l->limits = o->limits;
	rc = reader_peek(in, 65536, &head, err);
	if (!rc && !find_columns(head, &l->col))
		rc = err_set(err, ERR_FORMAT, "has no columns for time and requests");
	if (!rc)
		rc = csv_open(&l->csv, in, l->col.delim, o->limits, err);
	if (!rc)
		rc = read_rows(l, err);
	if (!rc)
		rc = finish(l, err);
	csv_close(l->csv);
	map_free(&l->endpoints);
	free(l->series);
	free(l->row);
	free(l);
	return rc;
}

/* Time and requests, and something else of ours unless these two are all there is. */
static bool sniff(struct str head)
{
	struct columns c;
	int known = 0;

	if (!find_columns(head, &c))
		return false;
	for (int i = 0; i < COLUMNS; i++)
		known += c.at[i] >= 0;
	return known > 2 || c.n == 2;
}

const struct decoder decoder_load_csv = {
	.kind = "load_csv", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};

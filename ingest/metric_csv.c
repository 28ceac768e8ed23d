// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * metric_csv.c - timestamp,metric,value[,instance]: any quantity over time
 *
 * The door for what no decoder knows: runtime/metrics under their own names, counters of the kernel, what eBPF tools
 * export. A name that metric_name.c knows becomes the one all sources share, whoever spelled it; of others it reads off
 * what they say: "_bytes", "_total"; a name that says nothing is a gauge without a unit. Each series must run forward in
 * time.
 */
#include <math.h>
#include <stdlib.h>

#include "ingest/csv.h"
#include "ingest/csv_name.h"
#include "ingest/readings.h"

enum { M_TIME, M_METRIC, M_VALUE, M_INSTANCE, COLUMNS };
static const char *const column_names[COLUMNS] = { CSV_NAME_TIMES, "metric", "value", "instance" };

struct columns {
	char delim;
	bool comma;
	int n, at[COLUMNS];
	struct csv_name name[CSV_NAMED];
	bool taken[CSV_NAMED];
};

struct metrics {
	struct columns col;
	struct csv *csv;
	struct readings r;	/* its series alone: rows give their own times */
	bool any;
	enum time_kind kind;
};

static bool find_columns(struct str head, struct columns *c)
{
	*c = (struct columns){ 0 };
	c->n = csv_name_header(head, &c->delim, c->name);
	c->comma = c->delim != ',';
	for (int i = 0; i < COLUMNS; i++)
		c->at[i] = csv_name_find(c->name, c->n, column_names[i], c->taken);
	return c->at[M_TIME] >= 0 && c->at[M_METRIC] >= 0 && c->at[M_VALUE] >= 0;
}

static int series_of(struct metrics *m, struct str spelled, struct str instance, uint32_t *id, struct err *err)
{
	struct metric_name known;

	metric_name_any(spelled, &known);
	return readings_series(&m->r, known.name.n ? known.name : spelled, instance, known.unit, known.kind, id, err);
}

static int take_row(struct metrics *m, const struct csv_row *row, struct err *err)
{
	struct time_style style = { .unit = m->col.name[m->col.at[M_TIME]].time_unit, .comma = m->col.comma };
	struct str name, instance = STR_LIT("");
	struct stamp at;
	uint32_t id;
	double v;
	bool is_ns;
	int rc = 0;

	if (row->n < m->col.n || !timeparse_stamp(row->field[m->col.at[M_TIME]], &style, &at) ||
	    (m->any && at.kind != m->kind) ||
	    !csv_name_number(row->field[m->col.at[M_VALUE]], m->col.comma, &v, &is_ns) ||
	    row->field[m->col.at[M_METRIC]].n == 0) {
		csv_reject(m->csv);
		return 0;
	}
	name = row->field[m->col.at[M_METRIC]];
	if (m->col.at[M_INSTANCE] >= 0)
		instance = row->field[m->col.at[M_INSTANCE]];
	if (!m->any)
		rc = csv_name_clock(m->r.out, at.kind, "process", err);
	m->any = true;
	m->kind = at.kind;
	if (isnan(v))	/* a gap */
		return rc;
	if (!rc)
		rc = series_of(m, name, instance, &id, err);
	if (rc)
		return rc;
	if (m->r.last[id] != STORE_NULL && at.ns <= m->r.last[id]) {
		csv_reject(m->csv);
		return 0;
	}
	m->r.last[id] = at.ns;
	return put_point(m->r.out, err, (struct rec_point){ .series = id, .t = at.ns, .span = 0, .value = v });
}

static int read_rows(struct metrics *m, struct err *err)
{
	struct csv_row row;
	bool end = false, header = true;
	int rc;

	while (!(rc = csv_next(m->csv, &row, &end, err)) && !end) {
		if (!header)
			rc = take_row(m, &row, err);
		header = false;
		if (rc)
			return rc;
	}
	if (!rc)
		rc = csv_finish(m->csv, m->r.out, err);
	return rc ? rc : csv_name_unused(m->r.out, m->col.name, m->col.n, m->col.taken, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct metrics *m = calloc(1, sizeof(*m));
	struct str head;
	int rc;

	if (!m)
		return err_nomem(err);
	readings_init(&m->r, out, o->limits);
	rc = reader_peek(in, 65536, &head, err);
	if (!rc && !find_columns(head, &m->col))
		rc = err_set(err, ERR_FORMAT, "has no columns for time, metric and value");
	if (!rc)
		rc = csv_open(&m->csv, in, m->col.delim, o->limits, err);
	if (!rc)
		rc = read_rows(m, err);
	csv_close(m->csv);
	readings_free(&m->r);
	free(m);
	return rc;
}

static bool sniff(struct str head)
{
	struct columns c;

	return find_columns(head, &c);
}

const struct decoder decoder_metric_csv = { .kind = "metric_csv", .version = 2, .sniff = sniff, .decode = decode };

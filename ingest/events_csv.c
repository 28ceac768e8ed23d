// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * events_csv.c - timestamp,kind,text[,end]: deploys, scale-outs, faults
 */
#include "ingest/csv.h"
#include "ingest/csv_name.h"
#include "ingest/decoder.h"

enum { E_TIME, E_KIND, E_TEXT, E_END, COLUMNS };
static const char *const column_names[COLUMNS] = { CSV_NAME_TIMES " t0", "kind", "text", "t1 until end_time end" };

struct columns {
	char delim;
	int n, at[COLUMNS];
	struct csv_name name[CSV_NAMED];
	bool taken[CSV_NAMED];
};

static bool find_columns(struct str head, struct columns *c)
{
	*c = (struct columns){ 0 };
	c->n = csv_name_header(head, &c->delim, c->name);
	for (int i = 0; i < COLUMNS; i++)
		c->at[i] = csv_name_find(c->name, c->n, column_names[i], c->taken);
	return c->at[E_TIME] >= 0 && c->at[E_KIND] >= 0 && c->at[E_TEXT] >= 0;
}

static bool stamp_at(const struct columns *c, const struct csv_row *row, int which, struct stamp *at)
{
	struct time_style style = { .unit = c->name[c->at[which]].time_unit, .comma = c->delim != ',' };

	return timeparse_stamp(row->field[c->at[which]], &style, at);
}

static int take_row(const struct columns *c, struct csv *csv, const struct csv_row *row, struct sink *out, bool *any,
		    enum time_kind *kind, struct err *err)
{
	struct stamp at, end;
	int64_t span = 0;
	int rc = 0;
	bool ok = row->n >= c->n && stamp_at(c, row, E_TIME, &at) && (!*any || at.kind == *kind) &&
		  row->field[c->at[E_KIND]].n;

	if (ok && c->at[E_END] >= 0 && row->field[c->at[E_END]].n) {
		ok = stamp_at(c, row, E_END, &end) && end.kind == at.kind && end.ns >= at.ns;
		span = ok ? end.ns - at.ns : 0;
	}
	if (!ok) {
		csv_reject(csv);
		return 0;
	}
	if (!*any)
		rc = csv_name_clock(out, at.kind, "load", err);
	*any = true;
	*kind = at.kind;
	if (rc)
		return rc;
	return put_event(out, err, (struct rec_event){ .t = at.ns, .span = span, .kind = row->field[c->at[E_KIND]],
			 .text = row->field[c->at[E_TEXT]] });
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	enum time_kind kind = TIME_EPOCH;
	bool any = false, end = false, header = true;
	struct csv *csv = NULL;
	struct csv_row row;
	struct columns c;
	struct str head;
	int rc = reader_peek(in, 65536, &head, err);

	if (!rc && !find_columns(head, &c))
		rc = err_set(err, ERR_FORMAT, "has no columns for time, kind and text");
	if (!rc)
		rc = csv_open(&csv, in, c.delim, o->limits, err);
	while (!rc && !(rc = csv_next(csv, &row, &end, err)) && !end) {
		if (!header)
			rc = take_row(&c, csv, &row, out, &any, &kind, err);
		header = false;
	}
	if (!rc)
		rc = csv_finish(csv, out, err);
	if (!rc)
		rc = csv_name_unused(out, c.name, c.n, c.taken, err);
	csv_close(csv);
	return rc;
}

static bool sniff(struct str head)
{
	struct columns c;

	return find_columns(head, &c);
}

const struct decoder decoder_events_csv = {
	.kind = "events_csv", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};

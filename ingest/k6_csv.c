// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * k6_csv.c - k6 run --out csv=FILE
 *
 * The first three columns are fixed; which tags follow depends on options and version, so they are found by name. The
 * time stamp is the end of the request, in whole seconds unless K6_CSV_TIME_FORMAT says otherwise.
 */
#include <stdlib.h>

#include "core/fmt.h"
#include "ingest/csv.h"
#include "ingest/decoder.h"
#include "ingest/k6_point.h"
#include "ingest/load_summary.h"
#include "ingest/timeparse.h"

enum { METRIC, STAMP, VALUE, STATUS, ERROR_CODE, EXPECTED, COLUMNS };

struct k6_csv {
	struct csv *csv;
	struct k6_tally tally;
	int at[COLUMNS];
	bool coarse;	/* whole seconds */
};

static void find_columns(struct k6_csv *k, const struct csv_row *row)
{
	static const char *const name[COLUMNS] = { "metric_name", "timestamp", "metric_value", "status", "error_code",
						   "expected_response" };

	for (int c = 0; c < COLUMNS; c++) {
		k->at[c] = -1;
		for (int i = row->n - 1; i >= 0; i--)
			if (str_is(row->field[i], name[c]))
				k->at[c] = i;
	}
}

static struct str cell(const struct k6_csv *k, const struct csv_row *row, int column)
{
	int at = k->at[column];

	return at >= 0 && at < row->n ? row->field[at] : STR_NONE;
}

static int take_row(struct k6_csv *k, const struct csv_row *row, struct err *err)
{
	struct k6_point p = { .metric = cell(k, row, METRIC), .status = cell(k, row, STATUS),
			      .error_code = cell(k, row, ERROR_CODE), .expected = cell(k, row, EXPECTED) };
	struct stamp at;
	bool ok;
	int rc;

	if (p.metric.n && !k6_point_wanted(p.metric))
		return 0;
	ok = timeparse_stamp(cell(k, row, STAMP), &(struct time_style){ 0 }, &at) && at.kind == TIME_EPOCH &&
	     fmt_parse_real(cell(k, row, VALUE), &p.value);
	if (!ok) {
		csv_reject(k->csv);
		return 0;
	}
	k->coarse = k->coarse || at.step >= INT64_C(1000000000);
	p.t = at.ns;
	rc = k6_point_add(&k->tally, &p, &ok, err);
	if (!rc && !ok)
		csv_reject(k->csv);
	return rc;
}

static int read_rows(struct k6_csv *k, struct err *err)
{
	struct csv_row row;
	bool end = false, header = true;
	int rc;

	while (!(rc = csv_next(k->csv, &row, &end, err)) && !end) {
		if (header)
			find_columns(k, &row);
		else
			rc = take_row(k, &row, err);
		header = false;
		if (rc)
			return rc;
	}
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct k6_csv k = { .csv = NULL };
	int rc = load_bucket_new(&k.tally.bucket, err);

	if (!rc)
		rc = csv_open(&k.csv, in, ',', o->limits, err);
	if (!rc)
		rc = read_rows(&k, err);
	if (!rc)
		rc = csv_finish(k.csv, out, err);
	if (!rc && k.coarse)
		rc = load_note(out, "times in whole seconds: K6_CSV_TIME_FORMAT=unix_milli gives finer ones", 0, err);
	if (!rc)
		rc = k6_point_put(&k.tally, out, err);
	csv_close(k.csv);
	load_bucket_free(k.tally.bucket);
	return rc;
}

static bool sniff(struct str head)
{
	struct str line;

	return csv_head_line(head, 0, &line) && str_starts(line, "metric_name,timestamp,metric_value");
}

const struct decoder decoder_k6_csv = {
	.kind = "k6_csv", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * hey_csv.c - hey -o csv: one row a request that got an answer
 *
 * offset is the start of the request, in seconds since the start of load; it exists since 2018. Without it there is no
 * time axis, only a summary. Rows of requests that failed without an answer do not exist, and from the millionth on the
 * others neither.
 */
#include <math.h>

#include "core/fmt.h"
#include "ingest/csv.h"
#include "ingest/decoder.h"
#include "ingest/load_bucket.h"
#include "ingest/load_summary.h"
#include "ingest/timeparse.h"

enum { TIME, STATUS, OFFSET, COLUMNS };
#define SECOND INT64_C(1000000000)
#define MOST_ROWS 1000000

struct hey_csv {
	struct csv *csv;
	struct load_bucket *bucket;
	struct load_hist hist;	/* without offsets */
	uint64_t pages, rows;
	double errors;
	int at[COLUMNS];
};

static void find_columns(struct hey_csv *h, const struct csv_row *row)
{
	static const char *const name[COLUMNS] = { "response-time", "status-code", "offset" };

	for (int c = 0; c < COLUMNS; c++) {
		h->at[c] = -1;
		for (int i = row->n - 1; i >= 0; i--)
			if (str_is(row->field[i], name[c]))
				h->at[c] = i;
	}
}

static bool read_time(const struct hey_csv *h, const struct csv_row *row, int column, int64_t *ns)
{
	int64_t step;

	return h->at[column] >= 0 && h->at[column] < row->n &&
	       timeparse_decimal(row->field[h->at[column]], SECOND, false, ns, &step) && *ns >= 0;
}

static int take_row(struct hey_csv *h, const struct csv_row *row, struct err *err)
{
	struct load_request r = { 0 };
	int64_t status = 0;
	bool ok = read_time(h, row, TIME, &r.latency) && h->at[STATUS] >= 0 && h->at[STATUS] < row->n &&
		  fmt_parse_int(row->field[h->at[STATUS]], &status) && load_bucket_fits(0, r.latency);
	int rc = 0;

	r.failed = status < 200 || status >= 400;
	if (ok && h->at[OFFSET] < 0)
		rc = load_hist_add(&h->hist, r.latency, &h->pages, err);
	else if (ok && read_time(h, row, OFFSET, &r.start))
		rc = load_bucket_request(h->bucket, &r, &ok, err);
	else
		ok = false;
	h->errors += ok && r.failed;
	h->rows += ok;
	if (!rc && !ok)
		csv_reject(h->csv);
	return rc;
}

static int read_rows(struct hey_csv *h, struct err *err)
{
	struct csv_row row;
	bool end = false, header = true;
	int rc;

	while (!(rc = csv_next(h->csv, &row, &end, err)) && !end) {
		if (header)
			find_columns(h, &row);
		else
			rc = take_row(h, &row, err);
		header = false;
		if (rc)
			return rc;
	}
	return rc;
}

static int finish(struct hey_csv *h, struct sink *out, struct err *err)
{
	struct load_summary s = load_summary_none;
	int rc = csv_finish(h->csv, out, err);

	if (!rc && !h->rows)
		return err_set(err, ERR_FORMAT, "no request in it: none got an answer (hey's CSV has no row for the others)");
	if (!rc)
		rc = load_note(out, "hey: closed loop; its CSV has no row for requests without an answer, so errors are those"
				    " of a status only; times in steps of 100 us", 0, err);
	if (!rc && h->rows >= MOST_ROWS)
		rc = load_note(out, "a million rows: hey drops the requests beyond", 1, err);
	if (rc || h->at[OFFSET] >= 0)
		return rc ? rc : load_bucket_put(h->bucket, "load", out, err);
	s.requests = (double)h->rows;
	s.errors = h->errors;
	load_summary_hist(&s, &h->hist);
	return load_summary_put(&s, out, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct hey_csv h = { .csv = NULL };
	int rc = load_bucket_new(&h.bucket, err);

	if (!rc)
		rc = csv_open(&h.csv, in, ',', o->limits, err);
	if (!rc)
		rc = read_rows(&h, err);
	if (!rc)
		rc = finish(&h, out, err);
	csv_close(h.csv);
	load_hist_clear(&h.hist, &h.pages);
	load_bucket_free(h.bucket);
	return rc;
}

static bool sniff(struct str head)
{
	struct str line = STR_NONE;

	return csv_head_line(head, 0, &line) && str_starts(line, "response-time,DNS+dialup,DNS,");
}

const struct decoder decoder_hey_csv = {
	.kind = "hey_csv", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};

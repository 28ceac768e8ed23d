// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * vegeta.c - vegeta's results as JSON lines and as CSV (vegeta encode)
 *
 * Bodies can be megabytes of base64 and stand behind everything that counts, so a line of JSON is cut in front of its
 * body. In CSV they stand in the middle of a row, which the limit of a line bounds. The CSV has no header: 12 columns,
 * fewer in older versions, of which the first three count.
 */
#include "ingest/vegeta.h"

#include "core/fmt.h"
#include "core/json.h"
#include "ingest/csv.h"
#include "ingest/decoder.h"
#include "ingest/json_lines.h"
#include "ingest/load_summary.h"
#include "ingest/timeparse.h"

int vegeta_add(struct vegeta_tally *v, int64_t start, int64_t latency, int64_t code, bool *ok, struct err *err)
{
	struct load_request r = { .start = start, .latency = latency, .open_loop = true,
				  .failed = code < 200 || code >= 400 };
	int rc = load_bucket_request(v->bucket, &r, ok, err);

	v->results += *ok;
	return rc;
}

int vegeta_put(struct vegeta_tally *v, struct sink *out, struct err *err)
{
	int rc;

	if (!v->results)
		return err_set(err, ERR_FORMAT, "vegeta's output without a result");
	rc = load_note(out, "vegeta: open loop while its workers suffice (-max-workers; -rate=0 is a closed loop); load.offered"
			    " is what was sent", 0, err);
	return rc ? rc : load_bucket_put(v->bucket, NULL, out, err);
}

/* ---- JSON lines ---- */

static struct str pick(void *arg, struct str line, struct buf *scratch)
{
	const char *body = memmem(line.p, line.n, ",\"body\":", 8);

	(void)arg;
	if (!body || line.p[0] != '{')
		return line;
	buf_add(scratch, line.p, (size_t)(body - line.p));
	buf_byte(scratch, '}');
	return buf_view(scratch);
}

static int json_row(void *arg, const struct json *j, uint32_t n, bool *ok, struct err *err)
{
	int64_t latency, code;
	struct stamp at;

	*ok = timeparse_stamp(json_text(j, json_get(j, n, "timestamp")), &(struct time_style){ 0 }, &at) &&
	      at.kind == TIME_EPOCH && json_int(j, json_get(j, n, "latency"), &latency) &&
	      json_int(j, json_get(j, n, "code"), &code);
	return *ok ? vegeta_add(arg, at.ns, latency, code, ok, err) : 0;
}

static int decode_json(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct vegeta_tally v = { 0 };
	struct json_lines lines = { "line", pick, json_row, &v };
	int rc = load_bucket_new(&v.bucket, err);

	if (!rc)
		rc = json_lines_read(&lines, in, o->limits, out, err);
	if (!rc)
		rc = vegeta_put(&v, out, err);
	load_bucket_free(v.bucket);
	return rc;
}

static bool holds(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static bool sniff_json(struct str head)
{
	if (!head.n || head.p[0] != '{')
		return false;
	return holds(head, "\"attack\":") && holds(head, "\"latency\":") && holds(head, "\"seq\":") &&
	       holds(head, "\"code\":");
}

/* ---- CSV ---- */

static int take_row(struct vegeta_tally *v, struct csv *csv, const struct csv_row *row, struct err *err)
{
	int64_t start, code, latency;
	bool ok = row->n >= 5 && fmt_parse_int(row->field[0], &start) && fmt_parse_int(row->field[1], &code) &&
		  fmt_parse_int(row->field[2], &latency);
	int rc = ok ? vegeta_add(v, start, latency, code, &ok, err) : 0;

	if (!rc && !ok)
		csv_reject(csv);
	return rc;
}

static int decode_csv(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct vegeta_tally v = { 0 };
	struct csv *csv = NULL;
	struct csv_row row;
	bool end = false;
	int rc = load_bucket_new(&v.bucket, err);

	if (!rc)
		rc = csv_open(&csv, in, ',', o->limits, err);
	while (!rc && !(rc = csv_next(csv, &row, &end, err)) && !end)
		rc = take_row(&v, csv, &row, err);
	if (!rc)
		rc = csv_finish(csv, out, err);
	if (!rc)
		rc = vegeta_put(&v, out, err);
	csv_close(csv);
	load_bucket_free(v.bucket);
	return rc;
}

static bool digits(struct str s, size_t least, size_t most)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n >= least && s.n <= most;
}

/* The first row: 19 digits of time, a status, and numbers up to the fifth column. */
static bool sniff_csv(struct str head)
{
	struct str line, field[16];
	int n;

	if (!csv_head_line(head, 0, &line))
		return false;
	n = csv_split(line, ',', field, 16);
	return n >= 6 && n <= 12 && digits(field[0], 19, 19) && digits(field[1], 1, 3) && digits(field[2], 1, 18) &&
	       digits(field[3], 1, 18) && digits(field[4], 1, 18);
}

const struct decoder decoder_vegeta_json = {
	.kind = "vegeta_json", .version = 1, .sniff = sniff_json, .decode = decode_json, .of_run = true,
};
const struct decoder decoder_vegeta_csv = {
	.kind = "vegeta_csv", .version = 1, .sniff = sniff_csv, .decode = decode_csv, .of_run = true,
};

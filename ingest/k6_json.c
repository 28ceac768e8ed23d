// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * k6_json.c - k6 run --out json=FILE: a line for each point of each metric
 *
 * Most lines are of metrics that do not count here, so a line that does not hold one of the names is not parsed. The
 * order of keys differs between versions.
 */
#include "core/json.h"
#include "ingest/decoder.h"
#include "ingest/json_lines.h"
#include "ingest/k6_point.h"
#include "ingest/timeparse.h"

static bool holds(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static struct str pick(void *arg, struct str line, struct buf *scratch)
{
	static const char *const names[] = { "\"http_reqs\"", "\"http_req_duration\"", "\"http_req_failed\"",
		"\"grpc_req_duration\"", "\"vus\"", "\"iterations\"", "\"dropped_iterations\"" };

	(void)arg;
	(void)scratch;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (holds(line, names[i]))
			return line;
	return line.p[0] == '{' ? STR_NONE : line;	/* anything else is a bad line, and counted as one */
}

static int row(void *arg, const struct json *j, uint32_t n, bool *ok, struct err *err)
{
	uint32_t data = json_get(j, n, "data"), tags = json_get(j, data, "tags");
	struct k6_point p = { .metric = json_text(j, json_get(j, n, "metric")),
			      .status = json_text(j, json_get(j, tags, "status")),
			      .error_code = json_text(j, json_get(j, tags, "error_code")),
			      .expected = json_text(j, json_get(j, tags, "expected_response")) };
	struct stamp at;

	if (!str_is(json_text(j, json_get(j, n, "type")), "Point") || !k6_point_wanted(p.metric))
		return 0;
	*ok = timeparse_stamp(json_text(j, json_get(j, data, "time")), &(struct time_style){ 0 }, &at) &&
	      at.kind == TIME_EPOCH && json_real(j, json_get(j, data, "value"), &p.value);
	p.t = at.ns;
	return *ok ? k6_point_add(arg, &p, ok, err) : 0;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct k6_tally tally = { 0 };
	struct json_lines lines = { "line", pick, row, &tally };
	int rc = load_bucket_new(&tally.bucket, err);

	if (!rc)
		rc = json_lines_read(&lines, in, o->limits, out, err);
	if (!rc)
		rc = k6_point_put(&tally, out, err);
	load_bucket_free(tally.bucket);
	return rc;
}

static bool sniff(struct str head)
{
	if (!head.n || head.p[0] != '{' || !holds(head, "\"data\":"))
		return false;
	return (holds(head, "\"type\":\"Metric\"") && holds(head, "\"metric\":")) || holds(head, "\"type\":\"Point\"");
}

const struct decoder decoder_k6_json = {
	.kind = "k6_json", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};

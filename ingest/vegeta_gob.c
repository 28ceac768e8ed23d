// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * vegeta_gob.c - what `vegeta attack` writes: a gob stream of results
 *
 * Fields are found by the names that the stream declares, so versions with other fields are read too. A message can hold
 * a body of any size; everything that counts stands in front of it, so 64 KiB of a message are looked at and the rest is
 * skipped. Concatenated streams declare their types again, which is fine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/decoder.h"
#include "ingest/gob.h"
#include "ingest/load_summary.h"
#include "ingest/vegeta.h"

#define LOOKED_AT 65536
#define SECOND INT64_C(1000000000)
#define UNIX_ZERO INT64_C(62135596800)	/* seconds from year 1, where Go's times count from, to 1970 */

enum { F_CODE, F_TIMESTAMP, F_LATENCY, FIELDS };

struct vegeta_gob {
	struct reader *in;
	struct gob_types types;
	struct vegeta_tally tally;
	char message[LOOKED_AT];
	uint64_t messages, bad, first_bad;
};

/* time.MarshalBinary: version 1 (2: with seconds of zone), seconds since year 1, ns, minutes of zone. */
static bool go_time(struct str s, int64_t *ns)
{
	uint64_t seconds = 0, rest = 0;

	if (s.n < 15 || (s.p[0] != 1 && s.p[0] != 2))
		return false;
	for (size_t i = 1; i < 9; i++)
		seconds = seconds << 8 | (uint8_t)s.p[i];
	for (size_t i = 9; i < 13; i++)
		rest = rest << 8 | (uint8_t)s.p[i];
	if (seconds < UNIX_ZERO || seconds - UNIX_ZERO > INT64_MAX / SECOND - 1 || rest >= (uint64_t)SECOND)
		return false;
	*ns = (int64_t)(seconds - UNIX_ZERO) * SECOND + (int64_t)rest;
	return true;
}

static int field_of(const struct gob_field *f)
{
	static const char *const name[FIELDS] = { "Code", "Timestamp", "Latency" };
	int i = 0;

	while (i < FIELDS && strcmp(f->name, name[i]) != 0)
		i++;
	return i;
}

static bool take_field(const struct vegeta_gob *g, struct str *s, const struct gob_field *f, int64_t value[FIELDS])
{
	const struct gob_type *type = gob_type_find(&g->types, f->type);
	int which = field_of(f);
	struct str bytes;
	uint64_t u;

	if (which == F_TIMESTAMP && type && type->shape == GOB_OPAQUE)
		return gob_bytes(s, &bytes) && go_time(bytes, &value[which]);
	if (which == F_LATENCY && f->type == GOB_INT)
		return gob_int(s, &value[which]);
	if (which == F_CODE && f->type == GOB_UINT) {
		if (!gob_uint(s, &u) || u > INT32_MAX)
			return false;
		value[which] = (int64_t)u;
		return true;
	}
	return gob_skip(&g->types, s, f->type);
}

/* cut: the message goes on behind s. */
static int take_result(struct vegeta_gob *g, const struct gob_type *type, struct str s, bool cut, bool *ok, struct err *err)
{
	int64_t value[FIELDS] = { [F_TIMESTAMP] = -1 };
	int at = -1;
	bool end = false;

	while (!end) {
		*ok = gob_next_field(&s, type, &at, &end) && (end || take_field(g, &s, &type->field[at], value));
		if (!*ok)
			break;
	}
	if (!*ok && !(cut && at >= 0 && value[F_TIMESTAMP] >= 0))
		return 0;
	return vegeta_add(&g->tally, value[F_TIMESTAMP], value[F_LATENCY], value[F_CODE], ok, err);
}

static int take_message(struct vegeta_gob *g, struct str s, bool cut, bool *ok, struct err *err)
{
	const struct gob_type *type;
	int64_t id;

	*ok = gob_int(&s, &id) && id != INT64_MIN;
	if (!*ok)
		return 0;
	if (id < 0) {
		*ok = !cut && gob_types_add(&g->types, -id, s);
		return *ok ? 0 : err_set(err, ERR_FORMAT, "a gob stream that declares a type in a way not known:"
					 " `vegeta encode --to csv` makes text of it");
	}
	type = gob_type_find(&g->types, id);
	if (!type || type->shape != GOB_STRUCT) {
		*ok = false;
		return 0;
	}
	return take_result(g, type, s, cut, ok, err);
}

/* The length in front of a message; *end at a clean end. */
static int read_length(struct vegeta_gob *g, uint64_t *n, bool *end, struct err *err)
{
	struct str head, s;
	int rc = reader_peek(g->in, 9, &head, err);

	*end = !rc && head.n == 0;
	if (rc || *end)
		return rc;
	s = head;
	if (!gob_uint(&s, n) || *n == 0) {
		err_set(err, ERR_FORMAT, "not a gob stream any more");
		return err_at(err, "byte %" PRIu64, reader_offset(g->in));
	}
	reader_skip_peeked(g->in, head.n - s.n);
	return 0;
}

static int next_message(struct vegeta_gob *g, bool *end, struct err *err)
{
	uint64_t n = 0, at = reader_offset(g->in), look;
	bool ok;
	int rc = read_length(g, &n, end, err);

	if (rc || *end)
		return rc;
	look = n < LOOKED_AT ? n : LOOKED_AT;
	rc = reader_read(g->in, g->message, look, err);
	if (!rc && n > look)
		rc = reader_read(g->in, NULL, n - look, err);
	if (rc)
		return rc;
	g->messages++;
	rc = take_message(g, (struct str){ g->message, (size_t)look }, n > look, &ok, err);
	if (rc)
		return err_at(err, "byte %" PRIu64, at);
	if (!ok) {
		g->bad++;
		g->first_bad = g->first_bad ? g->first_bad : at;
	}
	return 0;
}

static int finish(struct vegeta_gob *g, struct sink *out, struct err *err)
{
	char place[32], text[96];
	int rc = 0;

	snprintf(place, sizeof(place), "byte %" PRIu64, g->first_bad);
	if (g->bad * 10 > g->messages) {
		err_set(err, ERR_FORMAT, "%" PRIu64 " of %" PRIu64 " messages cannot be read, more than one in ten", g->bad,
			g->messages);
		return err_at(err, "%s", place);
	}
	snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " messages cannot be read and are left out", g->bad,
		 g->messages);
	if (g->bad)
		rc = put_note(out, err, (struct rec_note){ str_from(place), str_from(text), 1 });
	return rc ? rc : vegeta_put(&g->tally, out, err);
}

static int read_all(struct vegeta_gob *g, struct sink *out, struct err *err)
{
	bool end = false;
	int rc = 0;

	while (!rc && !end)
		rc = next_message(g, &end, err);
	if (rc == ERR_FORMAT && g->tally.results)	/* an attack that was killed: what came before counts */
		rc = put_note(out, err, (struct rec_note){ str_from(err->place), str_from(err->msg), 1 });
	return rc ? rc : finish(g, out, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct vegeta_gob *g = calloc(1, sizeof(*g));
	int rc;

	(void)o;
	if (!g)
		return err_nomem(err);
	g->in = in;
	rc = load_bucket_new(&g->tally.bucket, err);
	if (!rc)
		rc = read_all(g, out, err);
	load_bucket_free(g->tally.bucket);
	free(g);
	return rc;
}

static bool sniff(struct str head)
{
	struct str s = head, name;
	uint64_t n;
	int64_t id;

	/* A declaration of a struct whose name comes first: id < 0, 3 (struct), 1 (common), 1 (name). */
	if (!gob_uint(&s, &n) || n < 12 || !gob_int(&s, &id) || id >= 0 || s.n < 3 || memcmp(s.p, "\3\1\1", 3) != 0)
		return false;
	s = str_skip(s, 3);
	return gob_bytes(&s, &name) && str_is(name, "Result");
}

const struct decoder decoder_vegeta_gob = {
	.kind = "vegeta_gob", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};

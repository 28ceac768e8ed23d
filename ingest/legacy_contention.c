// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * legacy_contention.c - block and mutex profiles as text: cycles and counts
 *
 * Waits are in cycles of a clock that the text tells. A mutex profile samples one contention in `sampling period`: up
 * to Go 1.19 the text shows what was sampled, since 1.20 it is scaled already, and nothing in it says which. So the
 * version is told from functions and paths; where they do not tell, numbers stay as they are (most programs are newer),
 * and that is said.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/fmt.h"
#include "ingest/legacy.h"

struct contention {
	struct legacy l;
	bool mutex;
	int64_t hz, period;
};

/* "key = 12" */
static bool value_of(struct str line, const char *key, int64_t *out)
{
	if (!str_starts(line, key))
		return false;
	line = str_skip(line, strlen(key));
	while (line.n && (line.p[0] == ' ' || line.p[0] == '='))
		line = str_skip(line, 1);
	return fmt_parse_int(line, out) && *out > 0;
}

static bool preamble(struct str line, void *arg)
{
	struct contention *c = arg;
	int64_t ignored;

	return value_of(line, "cycles/second", &c->hz) || value_of(line, "sampling period", &c->period) ||
	       value_of(line, "ms since reset", &ignored) || str_starts(line, "discarded samples");
}

/* CYCLES COUNT, into count and amount. */
static bool head(struct str numbers, int64_t *value)
{
	int64_t v[2];

	if (!legacy_numbers(numbers, "N N ", v) || v[0] < 0 || v[1] < 0)
		return false;
	value[0] = v[1];
	value[1] = v[0];
	return true;
}

static int convert(struct contention *c, int64_t factor, struct err *err)
{
	double ghz = (double)c->hz / 1e9;
	struct legacy *l = &c->l;
	int rc = 0;

	memset(l->sum, 0, sizeof(l->sum));
	for (size_t i = 0; i < l->n_rows && !rc; i++) {
		int64_t *v = l->row[i].value;

		rc = legacy_int((double)v[1] / ghz * (double)factor, &v[1], err);
		if (!rc && __builtin_mul_overflow(v[0], factor, &v[0]))
			rc = legacy_int(9e18, &v[0], err);
		if (!rc)
			rc = legacy_sum(l, v, err);
	}
	return rc;
}

static int put(struct contention *c, struct err *err)
{
	struct legacy *l = &c->l;
	struct legacy_measure m = { .metric = c->mutex ? STR_LIT("mutex") : STR_LIT("block"), .amount_unit = "ns",
				    .extent = "since_start", .count_col = 0, .amount_col = 1, .period = 1 };
	bool old, new;
	char text[24];
	int rc;

	legacy_version(l);
	old = !c->mutex || (l->go_max != STORE_NULL && l->go_max <= 19);
	new = l->go_min != STORE_NULL && l->go_min >= 20;
	m.scaled = c->period == 1 || old || new;
	rc = convert(c, old ? c->period : 1, err);
	if (!rc && c->period > 1) {
		snprintf(text, sizeof(text), "%" PRId64, c->period);
		rc = put_setting(l->out, err, (struct rec_setting){ STR_LIT("mutex_fraction"), str_from(text),
								    STR_LIT("file") });
	}
	if (!rc && !m.scaled)
		rc = legacy_note(l, false, 0, err,
				 "one contention in %" PRId64 " was sampled; Go 1.20 and later scale the numbers, older "
				 "ones do not, and nothing here tells the version: if it is older, they are "
				 "%" PRId64 " times as high",
				 c->period, c->period);
	return rc ? rc : legacy_put(l, &m, 1, false, NULL, NULL, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	static const struct legacy_text text = { .head = head, .preamble = preamble };
	struct contention c = { .period = 1 };
	struct str line = STR_NONE;
	bool cut, eof;
	int rc = reader_line(in, &line, &cut, &eof, err);

	legacy_init(&c.l, in, o, out);
	c.mutex = !rc && !eof && str_starts(line, "--- mutex");
	if (!rc && !c.mutex && (eof || !str_starts(line, "--- contention"))) {
		err_set(err, ERR_FORMAT, "begins neither with '--- contention:' nor with '--- mutex:'");
		rc = err_at(err, "line 1");
	}
	if (!rc)
		rc = legacy_read(&c.l, &text, &c, err);
	if (!rc && c.hz == 0)
		rc = err_set(err, ERR_FORMAT, "has no line 'cycles/second=N': its waits have no unit");
	if (!rc)
		rc = put(&c, err);
	legacy_free(&c.l);
	return rc;
}

static bool sniff(struct str h)
{
	return str_starts(h, "--- contention:") || str_starts(h, "--- mutex:");
}

const struct decoder decoder_legacy_contention = { .kind = "legacy_contention", .version = 1, .sniff = sniff,
						   .decode = decode };

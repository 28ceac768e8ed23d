// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * limits.c - the table of limits.def as default values, as an option and as a page
 *
 * A limit may be raised, but not past what the code behind it can count: objects have 32-bit numbers (map.h), and
 * protobuf-c counts the elements of one message in 32 bits and writes out of bounds beyond. Zero is refused, since it
 * means "no limit" to a buffer and to an arena.
 */
#include "core/limits.h"

#include <inttypes.h>
#include <stddef.h>

#define OBJECTS_MAX 4000000000u
#define MESSAGE_MAX (1ULL << 30)

const struct limits limits_default = {
#define LIMIT(name, value, unit, what) .name = (value),
#include "core/limits.def"
#undef LIMIT
};

static const struct row {
	const char *name;
	uint64_t value;
	const char *unit, *what;
	size_t offset;
} rows[] = {
#define LIMIT(name, value, unit, what) { #name, (value), (unit), (what), offsetof(struct limits, name) },
#include "core/limits.def"
#undef LIMIT
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct suffix {
	const char *word;
	uint64_t factor;
} suffixes[] = {
	{ "TiB", 1ULL << 40 }, { "GiB", 1ULL << 30 },	{ "MiB", 1ULL << 20 },
	{ "KiB", 1ULL << 10 }, { "T", 1000000000000u }, { "G", 1000000000u },
	{ "M", 1000000u },     { "k", 1000u },		{ "", 1 },
};

static uint64_t row_max(const struct row *row)
{
	/* What is held in one piece: a message, a line, a string, a document. */
	static const char *const pieces[] = { "message_bytes", "rest_bytes", "string_bytes", "line_bytes",
					      "json_bytes" };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		if (strcmp(row->name, pieces[i]) == 0)
			return MESSAGE_MAX;
	}
	return strcmp(row->unit, "bytes") == 0 ? (uint64_t)INT64_MAX : OBJECTS_MAX;
}

static int unknown_name(struct err *err, struct str name)
{
	struct buf known = { 0 };
	int rc;

	for (size_t i = 0; i < N_ROWS; i++)
		buf_printf(&known, "%s%s", i ? " " : "", rows[i].name);
	rc = err_set(err, ERR_USAGE, "no limit is called '%.*s'; known: %s", name.n > 60 ? 60 : (int)name.n, name.p,
		     known.data ? known.data : "");
	buf_free(&known);
	return rc;
}

static bool parse_value(const char *s, uint64_t *out)
{
	uint64_t v = 0;

	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return false;
	}
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(s, suffixes[i].word) == 0)
			return !__builtin_mul_overflow(v, suffixes[i].factor, out);
	}
	return false;
}

int limits_set(struct limits *l, const char *assignment, struct err *err)
{
	const char *eq = strchr(assignment, '=');
	const struct row *row = rows;
	struct str name;
	uint64_t v;

	if (!eq)
		return err_set(err, ERR_USAGE, "'%.60s' is no limit: write NAME=VALUE, such as run_files=20k",
			       assignment);
	name = (struct str){ assignment, (size_t)(eq - assignment) };
	while (row < rows + N_ROWS && !str_is(name, row->name))
		row++;
	if (row == rows + N_ROWS)
		return unknown_name(err, name);
	if (!parse_value(eq + 1, &v))
		return err_set(err, ERR_USAGE,
			       "limit %s: '%.60s' is no value: write digits, then k, M, G, KiB, MiB or GiB if wanted",
			       row->name, eq + 1);
	if (v == 0 || v > row_max(row))
		return err_set(err, ERR_USAGE, "limit %s: %.60s is outside 1 to %" PRIu64 " %s", row->name, eq + 1,
			       row_max(row), row->unit);
	memcpy((char *)l + row->offset, &v, sizeof(v));
	return 0;
}

/* 1073741824 bytes are 1 GiB, 20000000 samples are 20 M: in the words that limits_set() reads. */
static void put_value(struct buf *out, const struct row *row)
{
	bool bytes = strcmp(row->unit, "bytes") == 0;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		const struct suffix *s = &suffixes[i];
		bool binary = s->factor > 1 && s->word[1] == 'i';

		if (row->value % s->factor || row->value < s->factor || (s->factor > 1 && binary != bytes))
			continue;
		buf_printf(out, "%" PRIu64 "%s", row->value / s->factor, s->word);
		return;
	}
	buf_printf(out, "%" PRIu64, row->value);
}

void limits_markdown(struct buf *out)
{
	buf_puts(
		out,
		"# Limits\n\n"
		"Generated from `core/limits.def`. Each is raised or lowered by `--limit NAME=VALUE`, where the value\n"
		"may end in k, M, G, T or KiB, MiB, GiB, TiB. A file that reaches one is refused, with the name of "
		"the\n"
		"limit and the place in the file; one marked \"run\" ends the run with exit status 5.\n\n"
		"| Name | Default | Unit | What it bounds |\n"
		"|---|---:|---|---|\n");
	for (size_t i = 0; i < N_ROWS; i++) {
		buf_printf(out, "| `%s` | ", rows[i].name);
		put_value(out, &rows[i]);
		buf_printf(out, " | %s | %s |\n", rows[i].unit, rows[i].what);
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/csv_name.h"

#include <math.h>

#include "core/buf.h"
#include "core/fmt.h"
#include "ingest/csv.h"

static int64_t bytes_of(struct str unit)
{
	static const struct {
		const char *name;
		int64_t bytes;
	} units[] = {
		/* MB is 2^20 here: the runtime prints MB for what it shifted right by 20. */
		{ "b", 1 }, { "byte", 1 }, { "bytes", 1 }, { "kb", 1 << 10 }, { "kib", 1 << 10 }, { "mb", 1 << 20 },
		{ "mib", 1 << 20 }, { "gb", 1 << 30 }, { "gib", 1 << 30 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_is(unit, units[i].name))
			return units[i].bytes;
	return 0;
}

static bool take_unit(struct str unit, struct csv_name *out)
{
	int64_t ns = timeparse_unit(unit), bytes = bytes_of(unit);

	if (ns)
		out->time_unit = ns;
	else if (bytes)
		out->byte_unit = bytes;
	else if (str_is(unit, "%") || str_is(unit, "percent") || str_is(unit, "pct"))
		out->percent = true;
	else
		return false;
	return true;
}

/* Appends c as it stands in a normal name. Blanks never double. */
static size_t add(char *to, size_t n, char c)
{
	if (c == '"' || n + 1 >= CSV_NAME_MAX)
		return n;
	if (c == ' ' || c == '-' || c == '.' || c == '/' || c == '\t')
		c = '_';
	if (c == '_' && (n == 0 || to[n - 1] == '_'))
		return n;
	to[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	return n;
}

static size_t trim(char *name, size_t n)
{
	while (n && name[n - 1] == '_')
		n--;
	name[n] = '\0';
	return n;
}

void csv_name_parse(struct str cell, struct csv_name *out)
{
	size_t n = 0, u = 0, i = 0;
	char unit[CSV_NAME_MAX], *bar;

	*out = (struct csv_name){ 0 };
	if (str_starts(cell, "\xef\xbb\xbf"))
		i = 3;
	for (; i < cell.n && cell.p[i] != '(' && cell.p[i] != '['; i++)
		n = add(out->whole, n, cell.p[i]);
	n = trim(out->whole, n);
	memcpy(out->base, out->whole, n + 1);
	for (i++; i < cell.n && cell.p[i] != ')' && cell.p[i] != ']'; i++)
		u = add(unit, u, cell.p[i]);
	u = trim(unit, u);
	if (u && take_unit((struct str){ unit, u }, out))
		return;
	bar = strrchr(out->base, '_');
	if (bar && take_unit(str_from(bar + 1), out))
		*bar = '\0';
	else if (str_is(str_from(out->whole), "pausens"))
		out->time_unit = 1;
	else if (str_is(str_from(out->whole), "seconds"))
		out->time_unit = INT64_C(1000000000);
}

int csv_name_header(struct str head, char *delim, struct csv_name *names)
{
	struct str line, field[CSV_NAMED];
	int n;

	if (!csv_head_line(head, 0, &line))
		return 0;
	*delim = csv_delimiter(head);
	n = csv_split(line, *delim ? *delim : ',', field, CSV_NAMED);
	for (int i = 0; i < n; i++)
		csv_name_parse(field[i], &names[i]);
	return n;
}

static bool absent(struct str s)
{
	static const char *const words[] = { "", "-", "nan", "NaN", "null", "NULL", "n/a", "N/A" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(s, words[i]))
			return true;
	return false;
}

bool csv_name_number(struct str cell, bool comma, double *v, bool *is_ns)
{
	char copy[48];
	char *at;

	*is_ns = false;
	*v = NAN;
	if (absent(cell))
		return true;
	at = comma ? memchr(cell.p, ',', cell.n) : NULL;
	if (at && cell.n < sizeof(copy)) {
		memcpy(copy, cell.p, cell.n);
		copy[at - cell.p] = '.';
		cell.p = copy;
	}
	if (fmt_parse_real(cell, v))
		return true;
	*is_ns = true;
	return fmt_parse_duration(cell, v);
}

static int rank(const char *name, const char *list)
{
	size_t n = strlen(name);
	int at = 0;

	if (!n)
		return -1;
	while (*list) {
		size_t word = strcspn(list, " ");

		if (word == n && memcmp(list, name, n) == 0)
			return at;
		list += word;
		list += strspn(list, " ");
		at++;
	}
	return -1;
}

int csv_name_rank(const struct csv_name *name, const char *list)
{
	int at = rank(name->whole, list);

	return at >= 0 ? at : rank(name->base, list);
}

int csv_name_find(const struct csv_name *names, int n, const char *list, bool *taken)
{
	int best = -1, best_rank = 0;

	for (int i = 0; i < n; i++) {
		int r = taken[i] ? -1 : csv_name_rank(&names[i], list);

		if (r < 0 || (best >= 0 && r >= best_rank))
			continue;
		best = i;
		best_rank = r;
	}
	if (best >= 0)
		taken[best] = true;
	return best;
}

int csv_name_unused(struct sink *out, const struct csv_name *names, int n, const bool *taken, struct err *err)
{
	struct buf text = { .limit = 600 };
	int count = 0, rc = 0;

	buf_puts(&text, "columns not used:");
	for (int i = 0; i < n; i++) {
		if (taken[i])
			continue;
		if (text.len < 400)
			buf_printf(&text, "%s %s", count ? "," : "", names[i].whole[0] ? names[i].whole : "(no name)");
		count++;
	}
	if (count)
		rc = put_note(out, err, (struct rec_note){ STR_LIT("line 1"), buf_view(&text), 0 });
	buf_free(&text);
	return rc;
}

int csv_name_clock(struct sink *out, enum time_kind kind, const char *relative_to, struct err *err)
{
	const char *origin = kind == TIME_RELATIVE ? relative_to : "none";

	if (kind == TIME_EPOCH)
		return 0;
	return put_clock(out, err, (struct rec_clock){ str_from(origin) });
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * taus.c - taus.def as tables
 */
#include "analyze/taus.h"

#include "analyze/analyze.h"
#include "core/fmt.h"

const double taus_assumed[TAUS] = {
#define TAU(id, value, what) [TAU_##id] = value,
#include "analyze/taus.def"
#undef TAU
};

const char *const tau_name[TAUS] = {
#define TAU(id, value, what) [TAU_##id] = #id,
#include "analyze/taus.def"
#undef TAU
};

const char *const tau_what[TAUS] = {
#define TAU(id, value, what) [TAU_##id] = what,
#include "analyze/taus.def"
#undef TAU
};

static int read_line(struct str line, int number, double *out, struct err *err)
{
	size_t n = 0, at;
	double v;

	while (line.n && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
		line.n--;
	if (!line.n || line.p[0] == '#')
		return 0;
	while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	for (at = n; at < line.n && (line.p[at] == ' ' || line.p[at] == '\t');)
		at++;
	for (int i = 0; i < TAUS; i++) {
		if (!str_is((struct str){ line.p, n }, tau_name[i]))
			continue;
		if (!fmt_parse_real(str_skip(line, at), &v) || !(v >= 0) || v > 10)
			return err_set(err, ERR_USAGE, "line %d: '%s' wants a relative standard deviation, such as 0.08", number, tau_name[i]);
		out[i] = v;
		return 0;
	}
	return err_set(err, ERR_USAGE, "line %d: there is no figure '%.*s'", number, (int)(n < 60 ? n : 60), line.p);
}

int analyze_read_taus(struct str text, double *out, struct err *err)
{
	int rc = 0;

	memcpy(out, taus_assumed, sizeof(taus_assumed));
	for (int number = 1; !rc && text.n; number++) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;

		rc = read_line((struct str){ text.p, n }, number, out, err);
		text = str_skip(text, end ? n + 1 : n);
	}
	return rc;
}

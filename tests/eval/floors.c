// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * floors.c - what no change may fall below: the measured figures minus two cases
 *
 * A line a figure: NAME LEAST of N; of false alarms and of Brier's sum (thousandths) MOST of N. Another N is another corpus, whose floors have to be
 * written anew.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"
#include "tests/eval/eval.h"

#define CASES 2

struct figure {
	const char *name;
	size_t value, n;
	size_t step;	/* of one case */
	bool most;	/* a ceiling */
};
#define FIGURES 7

static void figures(struct figure f[FIGURES], const struct eval *e)
{
	struct tally t;

	tally_marks(&t, e->mark[e->main], e->truth.n, NULL, NULL);
	f[0] = (struct figure){ "AC@1", t.hits[0], t.n, 1, false };
	f[1] = (struct figure){ "AC@3", t.any3, t.n, 1, false };
	f[2] = (struct figure){ "AC@5", t.hits[4], t.n, 1, false };
	f[3] = (struct figure){ "guilty@1", t.guilty1, t.guilty_n, 1, false };
	f[4] = (struct figure){ "guilty@3", t.guilty3, t.guilty_n, 1, false };
	f[5] = (struct figure){ "false-alarms", t.alarms, t.quiet_n, 1, true };
	f[6] = (struct figure){ "brier-sum", t.all ? (size_t)lround(1000 * t.brier * (double)t.all) : 0, t.all, 1000, true };
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

void floors_write(struct buf *out, const struct eval *e)
{
	struct figure f[FIGURES];

	figures(f, e);
	buf_puts(out, "# SPDX-License-Identifier: GPL-3.0-or-later\n# Measured minus two cases; written by `eval -new-floors FILE` (tests/eval/floors.c)\n");
	for (int i = 0; i < FIGURES; i++) {
		size_t slack = CASES * f[i].step, floor = f[i].most ? least(f[i].value + slack, f[i].n * f[i].step) : f[i].value > slack ? f[i].value - slack : 0;

		buf_printf(out, "%s %s %zu of %zu\n", f[i].name, f[i].most ? "at most" : "at least", floor, f[i].n);
	}
}

static bool check_line(const struct figure *f, const char *line, struct buf *below)
{
	char name[32];
	size_t floor, n;
	bool most = strstr(line, " at most ") != NULL;

	if (sscanf(line, most ? "%31s at most %zu of %zu" : "%31s at least %zu of %zu", name, &floor, &n) != 3)
		return false;
	for (int i = 0; i < FIGURES; i++) {
		if (strcmp(f[i].name, name) != 0)
			continue;
		if (n != f[i].n)
			buf_printf(below, "%s: the floor is of %zu, the corpus has %zu: write the floors anew\n", name, n, f[i].n);
		else if (most ? f[i].value > floor : f[i].value < floor)
			buf_printf(below, "%s: %zu of %zu, %s %zu wanted\n", name, f[i].value, f[i].n, most ? "at most" : "at least", floor);
		return true;
	}
	return false;
}

int floors_check(const struct eval *e, const char *file, struct buf *below, struct err *err)
{
	struct figure f[FIGURES];
	struct buf text = { .limit = 1 << 16 };
	int rc = file_slurp(&text, file, 1 << 16, err), lines = 0;
	char *save = NULL;

	figures(f, e);
	for (char *line = !rc && text.data ? strtok_r(text.data, "\n", &save) : NULL; line && !rc; line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '#')
			continue;
		lines++;
		if (!check_line(f, line, below))
			rc = err_set(err, ERR_FORMAT, "%s: not a floor: %s", file, line);
	}
	if (!rc && lines != FIGURES)
		rc = err_set(err, ERR_FORMAT, "%s: %d floors, %d wanted", file, lines, FIGURES);
	buf_free(&text);
	return rc;
}

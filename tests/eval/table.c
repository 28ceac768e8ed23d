// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * table.c - shares without their leading zero, rates with what they are of
 */
#include "tests/eval/table.h"

#include <math.h>
#include <stdio.h>

#include "analyze/math/rates.h"

void table_head(struct buf *out, const char *columns)
{
	buf_printf(out, "| %s |\n|", columns);
	for (const char *p = columns; p; p = strchr(p, '|')) {
		p += *p == '|';
		buf_puts(out, "---|");
	}
	buf_byte(out, '\n');
}

void table_share(struct buf *out, double x)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2f", x);
	buf_puts(out, isnan(x) ? "-" : text[0] == '0' ? text + 1 : text);
}

static void of(struct buf *out, size_t k, size_t n)
{
	buf_printf(out, " (%zu/%zu)", k, n);
}

void table_rate(struct buf *out, size_t k, size_t n)
{
	table_share(out, n ? (double)k / (double)n : NAN);
	if (n)
		of(out, k, n);
}

void table_wilson(struct buf *out, size_t k, size_t n)
{
	struct rates_ci ci = rates_wilson((double)k, (double)n, .05);

	table_share(out, n ? (double)k / (double)n : NAN);
	if (!n)
		return;
	buf_puts(out, " [");
	table_share(out, ci.lo);
	buf_puts(out, ", ");
	table_share(out, ci.hi);
	buf_byte(out, ']');
	of(out, k, n);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.h - the whole unit test framework
 *
 *     int main(void) { CHECK(1 + 1 == 2); CHECK_NEAR(x, 0.5, 1e-12); CHECK_STR(s, "abc"); return check_done(); }
 *
 * Each t_*.c is a program; its last line is "N passed, N failed".
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <math.h>
#include <stdio.h>
#include <string.h>

static int check_passed, check_failed;

static inline void check_report(int ok, const char *file, int line, const char *what)
{
	if (ok) {
		check_passed++;
		return;
	}
	check_failed++;
	fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
}

static inline void check_near(double got, double want, double tol, const char *file, int line, const char *what)
{
	int ok = (isnan(got) && isnan(want)) || fabs(got - want) <= tol;

	check_report(ok, file, line, what);
	if (!ok)
		fprintf(stderr, "  got %.17g, want %.17g +- %g\n", got, want, tol);
}

static inline void check_str(const char *got, const char *want, const char *file, int line, const char *what)
{
	int ok = got && strcmp(got, want) == 0;

	check_report(ok, file, line, what);
	if (!ok)
		fprintf(stderr, "  got  \"%s\"\n  want \"%s\"\n", got ? got : "(null)", want);
}

static inline int check_done(void)
{
	printf("%d passed, %d failed\n", check_passed, check_failed);
	return check_failed != 0;
}

#define CHECK(cond)			check_report((cond), __FILE__, __LINE__, #cond)
#define CHECK_NEAR(got, want, tol)	check_near((got), (want), (tol), __FILE__, __LINE__, #got)
#define CHECK_STR(got, want)		check_str((got), (want), __FILE__, __LINE__, #got)

#endif

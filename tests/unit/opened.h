/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opened.h - a store that a test needs open: it ends the test where that fails
 */
#ifndef TESTS_OPENED_H
#define TESTS_OPENED_H

#include <stdio.h>
#include <stdlib.h>

#include "core/store.h"
#include "tests/unit/check.h"

static struct store *open_ok(const char *path, enum store_mode mode, const char *file, int line)
{
	struct store *st = NULL;
	struct err err = { 0 };

	check_report(!store_open(&st, path, mode, &limits_default, &err) && st, file, line, "store_open");
	if (!st) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	return st;
}
#define OPEN(path, mode) open_ok(path, mode, __FILE__, __LINE__)

#endif

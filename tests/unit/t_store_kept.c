// SPDX-License-Identifier: GPL-3.0-or-later
/* A database that is kept: made once, upgraded where it stands with all that is in it, refused when it is something else or from later. */
#include "tests/unit/check.h"

#include "core/store.h"
#include "tests/unit/scratch.h"

#define ID 0x41545248

static const char one[] = "-- a script\n\n-- version 1\nCREATE TABLE v (a INTEGER) STRICT;\n";
static const char two[] = "-- a script\n\n-- version 1\nCREATE TABLE v (a INTEGER) STRICT;\n\n-- version 2\nALTER TABLE v ADD COLUMN b TEXT;\nUPDATE v SET b = 'old';\n";
static const char broken[] = "-- a script\n\n-- version 1\nCREATE TABLE v (a INTEGER) STRICT;\n\n-- version 2\nCREATE TABLE w (a INTEGER) STRICT;\nCREATE TABEL x (a);\n";

static int open_it(struct store **st, const char *path, const char *script, struct err *err)
{
	return store_open_kept(st, path, ID, script, &limits_default, err);
}

static int64_t number(struct store *st, const char *sql)
{
	struct err err;
	int64_t n = -1;

	CHECK(store_int(st, &err, &n, -1, sql, "") == 0);
	return n;
}

int main(void)
{
	const char *path = "deep/er/history.db";
	struct store *st, *other;
	struct err err = { .code = ERR_OK };

	scratch_enter("kept");
	CHECK(open_it(&st, path, one, &err) == 0);
	CHECK(store_run(st, &err, "INSERT INTO v (a) VALUES (?)", "i", (int64_t)7) == 0);
	CHECK(open_it(&other, path, one, &err) == 0);	/* two at a time */
	CHECK(number(other, "SELECT a FROM v") == 7);
	store_close(other);
	store_close(st);
	CHECK(open_it(&st, path, broken, &err) != 0);	/* an upgrade that fails leaves everything as it was */
	CHECK(open_it(&st, path, one, &err) == 0);
	CHECK(number(st, "PRAGMA user_version") == 1 && number(st, "SELECT count(*) FROM sqlite_schema") == 1);
	store_close(st);
	CHECK(open_it(&st, path, two, &err) == 0);
	CHECK(number(st, "SELECT a FROM v WHERE b = 'old'") == 7 && number(st, "PRAGMA user_version") == 2);
	store_close(st);
	CHECK(open_it(&st, path, one, &err) == ERR_INPUT);
	CHECK(strstr(err.msg, "later version") != NULL);
	CHECK(store_open_kept(&st, path, ID + 1, two, &limits_default, &err) == ERR_INPUT);
	scratch_leave();
	return check_done();
}

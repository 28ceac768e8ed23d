// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * store_kept.c - a database that nothing can make again: opened with care for what is in it, upgraded where it stands
 *
 * Unlike a derived store it keeps its journal and syncs, so that a crash loses at most the change under way, and its schema goes from version
 * to version instead of being compared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/file.h"
#include "core/store_db.h"

#define WAIT_MS 5000
#define MARK	"\n-- version "

/* The part of the script for a version; p NULL: there is none. */
static struct str part_of(const char *script, int64_t version)
{
	char mark[40];
	const char *from, *to;

	snprintf(mark, sizeof(mark), MARK "%lld\n", (long long)version);
	from = strstr(script, mark);
	if (!from)
		return STR_NONE;
	from += strlen(mark);
	to = strstr(from, MARK);
	return (struct str){ from, to ? (size_t)(to - from) : strlen(from) };
}

static int run_part(struct store *st, struct str part, struct err *err)
{
	struct buf b = { .limit = 1 << 20 };
	int rc;

	buf_str(&b, part);
	rc = buf_check(&b, err);
	if (!rc)
		rc = store_script(st, b.data, err);
	buf_free(&b);
	return rc;
}

/* In one transaction, so that two processes that meet a new file make it once. */
static int upgrade(struct store *st, int32_t application_id, const char *script, struct err *err)
{
	int64_t id, version, tables, last = 0;
	char sql[100];
	int rc;

	while (part_of(script, last + 1).p)
		last++;
	if (store_script(st, "BEGIN IMMEDIATE", err) || store_int(st, err, &id, 0, "PRAGMA application_id", "") ||
	    store_int(st, err, &version, 0, "PRAGMA user_version", "") || store_int(st, err, &tables, 0, "SELECT count(*) FROM sqlite_schema", ""))
		return (int)err->code;
	if (id != application_id && (id || tables))
		return err_set(err, ERR_INPUT, "is not a history of attrib");
	if (version > last)
		return err_set(err, ERR_INPUT, "was written by a later version of attrib (its format is %lld, this program's %lld)", (long long)version,
			       (long long)last);
	for (int64_t v = version + 1; v <= last; v++)
		if (run_part(st, part_of(script, v), err))
			return (int)err->code;
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %ld; PRAGMA user_version = %lld", (long)application_id, (long long)last);
	rc = version < last ? store_script(st, sql, err) : 0;
	return rc ? rc : store_script(st, "COMMIT", err);
}

int store_open_kept(struct store **out, const char *path, int32_t application_id, const char *script, const struct limits *limits, struct err *err)
{
	struct store *st = calloc(1, sizeof(*st));
	char *folder = file_folder(path);
	int rc;

	*out = NULL;
	if (!st || !folder)
		rc = err_nomem(err);
	else
		rc = file_mkdirs(folder, err);
	free(folder);
	if (!rc) {
		st->mode = STORE_KEPT;
		rc = store_open_shared(st, path, limits, err);
	}
	if (!rc)
		sqlite3_busy_timeout(st->db, WAIT_MS);
	if (!rc)
		rc = upgrade(st, application_id, script, err);
	if (rc) {
		store_close(st);
		return err_wrap(err, "'%s'", path);
	}
	*out = st;
	return 0;
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * keep.c - for speed only: one JSON parser is kept from execution to execution, SQLite does without locks
 *
 * Opening a database in memory costs ten times what a small document does. Linked with --wrap=json_new,--wrap=json_free into the programs
 * without ASan; those with it open a parser for each input, as attrib does for each file.
 */
#include <sqlite3.h>

#include "core/json.h"

int __real_json_new(struct json **out, const struct limits *limits, struct err *err);
void __real_json_free(struct json *j);
int __wrap_json_new(struct json **out, const struct limits *limits, struct err *err);
void __wrap_json_free(struct json *j);

static struct json *kept;
static uint64_t kept_bytes;
static bool lent;

__attribute__((constructor)) static void without_locks(void)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int __wrap_json_new(struct json **out, const struct limits *limits, struct err *err)
{
	if (lent || (kept && kept_bytes != limits->json_bytes))
		return __real_json_new(out, limits, err);
	if (!kept && __real_json_new(&kept, limits, err))
		return (int)err->code;
	kept_bytes = limits->json_bytes;
	lent = true;
	*out = kept;
	return 0;
}

void __wrap_json_free(struct json *j)
{
	if (j && j == kept)
		lent = false;
	else
		__real_json_free(j);
}

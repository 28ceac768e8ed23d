// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/limits.h"
#include "tests/unit/check.h"

static uint64_t set(const char *assignment)
{
	struct limits l = limits_default;
	struct err err;

	return limits_set(&l, assignment, &err) == 0 ? l.run_files : 0;
}

static int refused(const char *assignment, struct err *err)
{
	struct limits l = limits_default;
	int rc = limits_set(&l, assignment, err);

	return memcmp(&l, &limits_default, sizeof(l)) == 0 ? rc : -1;
}

static void t_values(void)
{
	CHECK(set("run_files=1") == 1);
	CHECK(set("run_files=20k") == 20000);
	CHECK(set("run_files=20KiB") == 20480);
	CHECK(set("run_files=3M") == 3000000);
	CHECK(set("run_files=3MiB") == 3145728);
	CHECK(set("run_files=1G") == 1000000000);
	CHECK(set("run_files=1GiB") == 1073741824);
	CHECK(set("run_files=4000000000") == 4000000000);
	CHECK(set("run_files=010") == 10 && set("run_files=9") == 9);
	CHECK(limits_default.run_files == 10000); /* the defaults stay */
}

static void t_every_name(void)
{
	struct limits l;
	struct err err;

	memset(&l, 0, sizeof(l));
#define LIMIT(name, value, unit, what)                                                                                 \
	CHECK(limits_set(&l, #name "=123456", &err) == 0);                                                             \
	CHECK(l.name == 123456 && limits_default.name == (value));
#include "core/limits.def"
#undef LIMIT
	CHECK(limits_set(&l, "store_bytes=9TiB", &err) == 0 && l.store_bytes == 9ull << 40);
}

static void t_refusals(void)
{
	static const char *const bad[] = {
		"",
		"=",
		"run_files",
		"run_files=",
		"run_files=0",
		"run_files=0k",
		"run_files=-1",
		"run_files=+1",
		"run_files= 1",
		"run_files=1 k",
		"run_files=1K",
		"run_files=1kib",
		"run_files=1.5k",
		"run_files=0x10",
		"run_files=1e3",
		"run_files=4000000001",
		"run_files=18446744073709551616",
		"run_files=99999999999999999999G",
		"run_files=18446744073709551615k",
		"run_files=k",
		"run_file=1",
		"run_filess=1",
		"RUN_FILES=1",
		" run_files=1",
		"message_bytes=2GiB",
		"rest_bytes=4GiB",
		"line_bytes=1T",
		"string_bytes=1TiB",
		"json_bytes=2GiB",
		"profile_samples=5G",
		"store_bytes=9223372036854775808",
		"=5",
	};
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int rc = refused(bad[i], &err);

		if (rc != ERR_USAGE || err.code != ERR_USAGE || !err.msg[0])
			fprintf(stderr, "accepted: %s\n", bad[i]);
		CHECK(rc == ERR_USAGE);
	}
	refused("nosuch=1", &err);
	CHECK(strstr(err.msg, "'nosuch'") != NULL);
#define LIMIT(name, value, unit, what) CHECK(strstr(err.msg, #name) != NULL);
#include "core/limits.def"
#undef LIMIT
	refused("message_bytes=2GiB", &err);
	CHECK(strstr(err.msg, "message_bytes") && strstr(err.msg, "1073741824"));
}

static void t_markdown(void)
{
	struct buf b = { 0 };

	limits_markdown(&b);
#define LIMIT(name, value, unit, what)                                                                                 \
	CHECK(strstr(b.data, "| `" #name "` | ") && strstr(b.data, " | " unit " | " what " |\n"));
#include "core/limits.def"
#undef LIMIT
	CHECK(strstr(b.data, "| `profile_bytes` | 1GiB | bytes |") != NULL);
	CHECK(strstr(b.data, "| `string_bytes` | 64KiB | bytes |") != NULL);
	CHECK(strstr(b.data, "| `text_bytes` | 64GiB | bytes |") != NULL);
	CHECK(strstr(b.data, "| `profile_samples` | 20M | samples |") != NULL);
	CHECK(strstr(b.data, "| `run_files` | 10k | files |") != NULL);
	CHECK(strstr(b.data, "| `gzip_members` | 64 | members |") != NULL);
	buf_free(&b);
}

int main(void)
{
	t_values();
	t_every_name();
	t_refusals();
	t_markdown();
	return check_done();
}

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_version.c - what a bug report needs: versions of tool, formats and libraries, and whether readers can be locked in
 */
#include <linux/landlock.h>
#include <protobuf-c/protobuf-c.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zlib.h>

#include "analyze/analyze.h"
#include "cli/cmd.h"
#include "cli/emit.h"

static int print(struct buf *b, struct err *err)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct analyze_opts o = { 0 };
	struct analyze_catalogue *cat = NULL;
	char fingerprint[17];
	int rc = analyze_catalogue_load(&cat, &o, err);

	if (rc)
		return rc;
	analyze_fingerprint(cat, fingerprint);
	buf_printf(b, "attrib %s\n", REPORT_VERSION);
	buf_printf(b, "model      %s (%zu causes)\n", fingerprint, analyze_catalogue_count(cat));
	buf_printf(b, "JSON       %s\n", REPORT_JSON_SCHEMA);
	buf_printf(b, "libraries  SQLite %s, zlib %s, protobuf-c %s\n", sqlite3_libversion(), zlibVersion(), protobuf_c_version());
	if (abi > 0)
		buf_printf(b, "sandbox    Landlock %ld\n", abi);
	else
		buf_puts(b, "sandbox    resource limits only, this kernel offers no Landlock\n");
	analyze_catalogue_free(cat);
	return 0;
}

static int run(struct ctx *c, struct err *err)
{
	struct buf b = { .limit = 4096 };
	int rc = print(&b, err);

	(void)c;
	if (!rc)
		rc = emit_text(&b, err);
	buf_free(&b);
	return rc;
}

static const struct opt_group *const groups[] = { &group_common, NULL };
static const char *const examples[] = { "attrib version", NULL };

const struct cmd cmd_version = {
	.name = "version",
	.args = "",
	.help = "versions of attrib, its formats and its libraries",
	.about = "Put this into a bug report.",
	.examples = examples,
	.groups = groups,
	.min_args = 0,
	.max_args = 0,
	.run = run,
};

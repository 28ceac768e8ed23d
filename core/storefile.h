/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storefile.h - the life of attrib.db: copied, changed there, renamed
 *
 * attrib.db is derived data: a reader or a kill sees the old one or the new one, never a torn one. An existing file is
 * trusted only when application_id, user_version and every text in sqlite_schema equal ours AND its sha256 stands in the
 * state folder, where storefile_publish() wrote it; anything else is rebuilt from the inputs, and `why` says so.
 */
#ifndef CORE_STOREFILE_H
#define CORE_STOREFILE_H

#include <sys/stat.h>

#include "core/store.h"

struct storefile {
	char *path;		/* RUN/attrib/attrib.db */
	char *tmp;		/* the private copy being changed, NULL before storefile_begin() */
	char *state_dir;	/* $XDG_STATE_HOME/attrib; NULL: never trust, never record */
	int lock_fd;		/* flock on attrib/.lock: two analyses of one folder wait for each other */
	bool trusted;		/* the file that is there may be reused */
	char why[200];		/* why not, when a file is there and is not trusted; else empty */
	struct stat seen;	/* the file that was trusted: storefile_begin() copies this one or none */
};

/* Makes the folder, takes the lock (waits when `wait`, else ERR_LIMIT; ERR_SIGNAL when a signal comes meanwhile), removes what
 * a killed analysis left there, decides `trusted`. Opens no store for writing. */
int storefile_init(struct storefile *f, const char *path, const char *state_dir, bool wait, const struct limits *l,
		   struct err *err) ERR_MUST_CHECK;
/* A private copy (of the trusted file, or new) opened STORE_BUILD. Fork workers before this. */
int storefile_begin(struct storefile *f, struct store **out, const struct limits *l, struct err *err) ERR_MUST_CHECK;
/* Makes the indexes, checks that the schema is ours, closes st (also on failure), fsyncs, renames over path, fsyncs the
 * folder, records the sha256. When only the last fails, it is no failure: `why` says it, and the next analysis rebuilds. */
int storefile_publish(struct storefile *f, struct store *st, struct err *err) ERR_MUST_CHECK;
/* True when a file is one this machine's attrib wrote: open it STORE_KNOWN. Else STORE_READ, and report and triage say it. */
bool storefile_is_ours(const char *path, const char *state_dir);
void storefile_free(struct storefile *f);	/* removes tmp if it is still there, drops the lock */

#endif

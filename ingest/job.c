// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * job.c - open, hash, recognise, decode
 *
 * Whatever is wrong with the file ends here as one line with its place, in the file's last frame; only a broken pipe is
 * an error. What a file is, is told before its first record, because the writer needs it to know which process the
 * records are of.
 */
#include "ingest/job.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/reader.h"
#include "ingest/jail.h"
#include "ingest/place.h"

#define HEAD_BYTES (64u << 10) /* what a decoder's sniff() sees */

static void refuse(struct wire_end *end, const struct err *why)
{
	end->verdict = WIRE_REFUSED;
	end->starved = why->code == ERR_MEMORY;
	end->again = why->code == ERR_MEMORY || why->code == ERR_IO;
	if (why->code == ERR_MEMORY)
		snprintf(end->reason, sizeof(end->reason), "needs more memory than the limit worker_memory allows");
	else
		snprintf(end->reason, sizeof(end->reason), "%s", why->msg);
	snprintf(end->place, sizeof(end->place), "%s", why->place);
}

static bool is_profile(const struct decoder *d)
{
	return strcmp(d->kind, "pprof") == 0;
}

static const char *base_name(const char *rel)
{
	const char *slash = strrchr(rel, '/');

	return slash ? slash + 1 : rel;
}

/* "hey's report is not read by this version": the reason says all of it, the kind what it looks like. */
static void name_kind(struct wire_what *what, const char *why)
{
	static const char *const verbs[] = { " is not read", " are not read", ", ", " (" };
	size_t n = strlen(why);

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		const char *at = memmem(why, n, verbs[i], strlen(verbs[i]));

		if (at)
			n = (size_t)(at - why);
	}
	snprintf(what->kind, sizeof(what->kind), "%.*s", (int)n, why);
}

/* The decoder that reads this, and its sha256; NULL with `end` filled when there is none. */
static const struct decoder *recognise(const struct job_env *env, int fd, struct reader *in, struct wire_what *what,
				       struct wire_end *end)
{
	const struct decoder *d;
	const char *why = NULL;
	struct err err = { 0 };
	struct str head = STR_NONE;

	if ((!env->costs && file_sha256(fd, what->sha256, &err)) || reader_peek(in, HEAD_BYTES, &head, &err)) {
		snprintf(what->kind, sizeof(what->kind), "unreadable");
		refuse(end, &err);
		return NULL;
	}
	d = env->find(head, &why);
	if (d) {
		snprintf(what->kind, sizeof(what->kind), "%s", d->kind);
		what->decoder = d->version;
		what->of_run = d->of_run;
		/* cppcheck-suppress returnDanglingLifetime ; a row of a constant table, not why */
		return d;
	}
	why = why ? why : "contents of a kind that is not known";
	name_kind(what, why);
	end->verdict = WIRE_IGNORED;
	snprintf(end->reason, sizeof(end->reason), "%s", why);
	return NULL;
}

/* A pipe that broke shows as an error of the decoder; it is told from one of the file by asking the pipe again at the
 * end. */
static void decode(const struct job_env *env, const struct decoder *d, const struct walk_file *f, struct reader *in,
		   struct wire *w, struct wire_end *end)
{
	struct decode_opts o = { .limits = env->limits, .tree = env->tree, .by_symbol = env->by_symbol, .name = base_name(f->rel) };
	struct err err = { 0 };

	if (is_profile(d))
		reader_limit(in, env->limits->profile_bytes, env->limits->profile_ratio);
	else
		reader_limit(in, env->limits->text_bytes, env->limits->gzip_ratio);
	if (d->decode(in, &o, &w->sink, &err)) {
		if (!err.msg[0])
			snprintf(err.msg, sizeof(err.msg), "was not understood");
		refuse(end, &err);
	}
}

static bool same_file(int fd, const struct stat *before)
{
	struct stat now;

	return fstat(fd, &now) == 0 && now.st_size == before->st_size && now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

static int read_open(const struct job_env *env, const struct walk_file *f, int fd, struct reader *in, struct wire *w,
		     struct wire_end *end, struct err *err)
{
	struct wire_what what = { .decoder = 0 };
	const struct decoder *d = recognise(env, fd, in, &what, end);

	if (d && known_has(env->known, f, d, what.sha256)) {
		what.unchanged = true;
		end->verdict = WIRE_UNCHANGED;
	}
	if (wire_what(w, &what, err))
		return (int)err->code;
	if (d && (!what.unchanged || strcmp(d->kind, PLACE_KIND) == 0))
		decode(env, d, f, in, w, end);
	return 0;
}

int job_run(const struct job_env *env, uint32_t index, struct wire *w, bool *starved, struct err *err)
{
	const struct walk_file *f = &env->walk->file[index];
	struct wire_end end = { .verdict = WIRE_READ };
	struct reader *in = NULL;
	struct err why = { 0 };
	struct stat st;
	int fd, rc = 0;

	*starved = false;
	if (wire_begin(w, index, err))
		return (int)err->code;
	if (jail_next_file(env->limits, &why) ||
	    file_open_beneath(&fd, env->walk->root[f->root].fd, f->rel, &st, &why)) {
		refuse(&end, &why);
		return wire_end(w, &end, err);
	}
	if (reader_open(&in, fd, env->limits, &why))
		refuse(&end, &why);
	else
		rc = read_open(env, f, fd, in, w, &end, err);
	end.again = end.again || !same_file(fd, &st);
	reader_close(in);
	close(fd);
	*starved = end.starved;
	return rc ? rc : wire_end(w, &end, err);
}

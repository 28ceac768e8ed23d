/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire.h - records through a pipe, and what is said about a file around them
 *
 * Writing: a worker puts records into the sink of a struct wire. Reading: wire_frame() takes one frame off the bytes of
 * the pipe, wire_replay() puts the records of a file's data frames, joined, into another sink.
 *
 * Frames are at most WIRE_FRAME bytes, each written by one write(): a worker killed anywhere leaves whole frames only,
 * and the supervisor's `died` can follow in the same pipe. The reader trusts nothing: a hostile file may have taken the
 * worker over.
 */
#ifndef INGEST_WIRE_H
#define INGEST_WIRE_H

#include <limits.h>

#include "core/file.h"
#include "ingest/sink.h"

#define WIRE_FRAME  PIPE_BUF
#define WIRE_HEAD   8
#define WIRE_STRING (8u << 20) /* the longest string of a record, far above what limits.def lets a decoder keep */
#define WIRE_KIND   100	       /* the longest name of a format */

enum wire_type {
	WIRE_BEGIN, /* the worker took the file */
	WIRE_WHAT,  /* it was opened and recognised, or not; before all data */
	WIRE_DATA,  /* a piece of its records */
	WIRE_END,   /* how it ended */
	WIRE_DIED,  /* from the supervisor: the worker is gone; the file it had is lost */
	WIRE_TYPES
};

struct wire_what {
	char kind[WIRE_KIND]; /* the decoder's, or what the file looks like */
	int decoder;	      /* version; 0: nothing here reads it */
	bool of_run;	      /* struct decoder's */
	bool unchanged; /* its rows stand already; data that follows only serves the placing of others (run.json) */
	unsigned char sha256[FILE_SHA256];
};

enum wire_verdict { WIRE_READ, WIRE_REFUSED, WIRE_IGNORED, WIRE_UNCHANGED };
struct wire_end {
	enum wire_verdict verdict;
	bool again;   /* not to be remembered: the file changed meanwhile, or what failed was not the file */
	bool starved; /* memory ran out; not sent */
	char reason[600], place[48];
};

struct wire_died {
	int signal; /* 0: it ended by itself, with `status` */
	int status;
};

struct wire {
	struct sink sink;
	int fd; /* borrowed */
	uint32_t file;
	size_t n; /* bytes of data waiting in frame, behind the head */
	unsigned char frame[WIRE_FRAME];
};

void wire_init(struct wire *w, int fd);
/* All return ERR_OUTPUT when the reader is gone: then there is nobody left to work for. */
int wire_begin(struct wire *w, uint32_t file, struct err *err) ERR_MUST_CHECK;
int wire_what(struct wire *w, const struct wire_what *what, struct err *err) ERR_MUST_CHECK;
int wire_end(struct wire *w, const struct wire_end *end,
	     struct err *err) ERR_MUST_CHECK; /* after what is left of the data */
int wire_died(int fd, const struct wire_died *died, struct err *err) ERR_MUST_CHECK;

struct wire_frame {
	enum wire_type type;
	uint32_t file;
	struct str payload; /* borrowed from the bytes */
};
/* The first frame of bytes: its length, 0 when it is not all there yet, -1 when it is no frame. */
int wire_frame(struct str bytes, struct wire_frame *out);
/* false: malformed. Texts are cut to fit and end with NUL. */
bool wire_read_what(struct str payload, struct wire_what *out);
bool wire_read_end(struct str payload, struct wire_end *out);
bool wire_read_died(struct str payload, struct wire_died *out);

/*
 * Puts the records that are whole in bytes, in order, and stops before one that is not; *used: the bytes of what was
 * put. Ends early with the code of `to`, or ERR_FORMAT when the bytes are no records.
 */
int wire_replay(struct str bytes, size_t *used, struct sink *to, struct err *err) ERR_MUST_CHECK;

#endif

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * wire.c - the form of records in a pipe, driven by rec_info
 *
 *     frame    type (1), 0 (1), payload bytes (2), file index (4); then the payload; numbers little endian
 *     record   type (1), then its fields: INT a varint, 0 for STORE_NULL, else zigzag + 1; REAL eight bytes as they
 * are; STR a varint, 0 for "not known", else length + 1, then the bytes
 *
 * Records do not heed frames: the data frames of a file, joined, are one stream. So a frame can keep to PIPE_BUF, below
 * which POSIX promises that a write() happens whole or not at all, while a record may hold a string of any size.
 * Both ends are one program on one machine; nothing of this is ever stored.
 */
#include "ingest/wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define VARINT_MAX  10
#define RECORD_MAX  512 /* bytes of the largest struct, generously: 32 fields of 16 */
#define PAYLOAD_MAX (WIRE_FRAME - WIRE_HEAD)

static size_t varint(unsigned char *out, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		out[n++] = (unsigned char)(v | 0x80);
	out[n++] = (unsigned char)v;
	return n;
}

/* What is written for an INT; INT64_MIN is STORE_NULL and has no other form, so nothing overflows. */
static uint64_t fold(int64_t v)
{
	if (v == STORE_NULL)
		return 0;
	return (((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0)) + 1;
}

static int64_t unfold(uint64_t u)
{
	if (u == 0)
		return STORE_NULL;
	u--;
	return (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
}

static int send_frame(int fd, unsigned char *frame, enum wire_type type, uint32_t file, size_t payload, struct err *err)
{
	size_t all = WIRE_HEAD + payload;
	ssize_t n;

	frame[0] = (unsigned char)type;
	frame[1] = 0;
	frame[2] = (unsigned char)payload;
	frame[3] = (unsigned char)(payload >> 8);
	for (int i = 0; i < 4; i++)
		frame[4 + i] = (unsigned char)(file >> 8 * i);
	do
		n = write(fd, frame, all);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, ERR_OUTPUT, errno, "cannot write to the pipe");
	if ((size_t)n != all)
		return err_set(err, ERR_INTERNAL, "a frame was cut by the pipe");
	return 0;
}

static int flush(struct wire *w, struct err *err)
{
	size_t n = w->n;

	w->n = 0;
	return n ? send_frame(w->fd, w->frame, WIRE_DATA, w->file, n, err) : 0;
}

static int add(struct wire *w, const void *bytes, size_t n, struct err *err)
{
	const unsigned char *p = bytes;

	while (n > 0) {
		size_t room = PAYLOAD_MAX - w->n, part = n < room ? n : room;

		memcpy(w->frame + WIRE_HEAD + w->n, p, part);
		w->n += part;
		p += part;
		n -= part;
		if (w->n == PAYLOAD_MAX && flush(w, err))
			return (int)err->code;
	}
	return 0;
}

static int add_varint(struct wire *w, uint64_t v, struct err *err)
{
	unsigned char bytes[VARINT_MAX];

	if (PAYLOAD_MAX - w->n > VARINT_MAX) {
		w->n += varint(w->frame + WIRE_HEAD + w->n, v);
		return 0;
	}
	return add(w, bytes, varint(bytes, v), err);
}

static int add_str(struct wire *w, struct str s, struct err *err)
{
	if (!s.p)
		return add_varint(w, 0, err);
	if (s.n > WIRE_STRING)
		return err_set(err, ERR_LIMIT, "a text of %zu bytes", s.n);
	return add_varint(w, s.n + 1, err) ? (int)err->code : add(w, s.p, s.n, err);
}

static int put(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct wire *w = (struct wire *)s;
	const struct rec_info *info = &rec_info[type];
	const unsigned char *p = rec, tag = (unsigned char)type;
	int rc = add(w, &tag, 1, err);

	for (int i = 0; i < info->n_fields && !rc; i++) {
		if (info->fields[i].kind == FIELD_INT) {
			rc = add_varint(w, fold(*(const int64_t *)(const void *)p), err);
			p += sizeof(int64_t);
		} else if (info->fields[i].kind == FIELD_REAL) {
			rc = add(w, p, sizeof(double), err);
			p += sizeof(double);
		} else {
			rc = add_str(w, *(const struct str *)(const void *)p, err);
			p += sizeof(struct str);
		}
	}
	return rc;
}

void wire_init(struct wire *w, int fd)
{
	w->sink.put = put;
	w->fd = fd;
	w->file = 0;
	w->n = 0;
}

int wire_begin(struct wire *w, uint32_t file, struct err *err)
{
	w->file = file;
	w->n = 0;
	return send_frame(w->fd, w->frame, WIRE_BEGIN, file, 0, err);
}

/* Texts of control frames: a length byte pair, then the bytes. */
static size_t pack_text(unsigned char *out, const char *s, size_t max)
{
	size_t n = strnlen(s, max);

	out[0] = (unsigned char)n;
	out[1] = (unsigned char)(n >> 8);
	memcpy(out + 2, s, n);
	return n + 2;
}

int wire_what(struct wire *w, const struct wire_what *what, struct err *err)
{
	unsigned char frame[WIRE_FRAME], *p = frame + WIRE_HEAD;

	p += varint(p, (uint64_t)what->decoder);
	*p++ = what->of_run;
	*p++ = what->unchanged;
	memcpy(p, what->sha256, FILE_SHA256);
	p += FILE_SHA256;
	p += pack_text(p, what->kind, sizeof(what->kind) - 1);
	return send_frame(w->fd, frame, WIRE_WHAT, w->file, (size_t)(p - frame) - WIRE_HEAD, err);
}

int wire_end(struct wire *w, const struct wire_end *end, struct err *err)
{
	unsigned char frame[WIRE_FRAME], *p = frame + WIRE_HEAD;

	if (flush(w, err))
		return (int)err->code;
	*p++ = (unsigned char)end->verdict;
	*p++ = end->again;
	p += pack_text(p, end->reason, sizeof(end->reason) - 1);
	p += pack_text(p, end->place, sizeof(end->place) - 1);
	return send_frame(w->fd, frame, WIRE_END, w->file, (size_t)(p - frame) - WIRE_HEAD, err);
}

int wire_died(int fd, const struct wire_died *died, struct err *err)
{
	unsigned char frame[WIRE_FRAME], *p = frame + WIRE_HEAD;

	p += varint(p, (uint64_t)died->signal);
	p += varint(p, (uint64_t)died->status);
	return send_frame(fd, frame, WIRE_DIED, 0, (size_t)(p - frame) - WIRE_HEAD, err);
}

/* Bytes being read. bad: not what a writer writes; short: more would be needed. */
struct cursor {
	const unsigned char *p, *end;
	bool bad, cut;
};

static const unsigned char *take(struct cursor *c, size_t n)
{
	const unsigned char *p = c->p;

	if ((size_t)(c->end - p) < n) {
		c->cut = true;
		return NULL;
	}
	c->p += n;
	return p;
}

static uint64_t take_varint(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		const unsigned char *p = take(c, 1);

		if (!p)
			return 0;
		if (shift == 63 && *p > 1)
			break;
		v |= (uint64_t)(*p & 0x7f) << shift;
		if (!(*p & 0x80))
			return v;
	}
	c->bad = true;
	return 0;
}

int wire_frame(struct str bytes, struct wire_frame *out)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t n;

	if (bytes.n < WIRE_HEAD)
		return 0;
	n = (size_t)p[2] | (size_t)p[3] << 8;
	if (p[0] >= WIRE_TYPES || p[1] != 0 || n > PAYLOAD_MAX)
		return -1;
	if (bytes.n < WIRE_HEAD + n)
		return 0;
	out->type = (enum wire_type)p[0];
	out->file = (uint32_t)p[4] | (uint32_t)p[5] << 8 | (uint32_t)p[6] << 16 | (uint32_t)p[7] << 24;
	out->payload = (struct str){ bytes.p + WIRE_HEAD, n };
	return (int)(WIRE_HEAD + n);
}

static struct cursor cursor_of(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	return (struct cursor){ .p = p, .end = p + s.n };
}

static bool whole(const struct cursor *c)
{
	return !c->bad && !c->cut && c->p == c->end;
}

static void take_text(struct cursor *c, char *out, size_t size)
{
	const unsigned char *p = take(c, 2);
	size_t n = p ? (size_t)p[0] | (size_t)p[1] << 8 : 0;
	size_t keep = n < size ? n : size - 1;

	p = take(c, n);
	if (!p)
		keep = 0;
	if (keep)
		memcpy(out, p, keep);
	out[keep] = 0;
}

static int take_int(struct cursor *c)
{
	uint64_t v = take_varint(c);

	if (v > INT_MAX)
		c->bad = true;
	return c->bad ? 0 : (int)v;
}

bool wire_read_what(struct str payload, struct wire_what *out)
{
	struct cursor c = cursor_of(payload);
	const unsigned char *p;

	out->decoder = take_int(&c);
	p = take(&c, 2);
	if (!p)
		return false;
	out->of_run = p[0] != 0;
	out->unchanged = p[1] != 0;
	p = take(&c, FILE_SHA256);
	if (!p)
		return false;
	memcpy(out->sha256, p, FILE_SHA256);
	take_text(&c, out->kind, sizeof(out->kind));
	return whole(&c);
}

bool wire_read_end(struct str payload, struct wire_end *out)
{
	struct cursor c = cursor_of(payload);
	const unsigned char *p = take(&c, 2);

	if (!p || p[0] > WIRE_UNCHANGED)
		return false;
	out->verdict = (enum wire_verdict)p[0];
	out->again = p[1] != 0;
	take_text(&c, out->reason, sizeof(out->reason));
	take_text(&c, out->place, sizeof(out->place));
	return whole(&c);
}

bool wire_read_died(struct str payload, struct wire_died *out)
{
	struct cursor c = cursor_of(payload);

	out->signal = take_int(&c);
	out->status = take_int(&c);
	return whole(&c);
}

static struct str take_str(struct cursor *c)
{
	uint64_t n = take_varint(c);
	const unsigned char *p;

	if (n == 0 || c->bad || c->cut)
		return STR_NONE;
	if (n - 1 > WIRE_STRING) {
		c->bad = true;
		return STR_NONE;
	}
	p = take(c, (size_t)n - 1);
	return (struct str){ (const char *)p, p ? (size_t)n - 1 : 0 };
}

/* One record into rec; false: it is not all there, or is no record. */
static bool take_record(struct cursor *c, const struct rec_info *info, unsigned char *rec)
{
	for (int i = 0; i < info->n_fields; i++) {
		if (info->fields[i].kind == FIELD_INT) {
			int64_t v = unfold(take_varint(c));

			memcpy(rec, &v, sizeof(v));
			rec += sizeof(v);
		} else if (info->fields[i].kind == FIELD_REAL) {
			const unsigned char *p = take(c, sizeof(double));

			if (p)
				memcpy(rec, p, sizeof(double));
			rec += sizeof(double);
		} else {
			struct str v = take_str(c);

			memcpy(rec, &v, sizeof(v));
			rec += sizeof(v);
		}
		if (c->bad || c->cut)
			return false;
	}
	return true;
}

#define REC(name, fields) _Static_assert(sizeof(struct rec_##name) <= RECORD_MAX, "RECORD_MAX");
#include "ingest/records.def"
#undef REC

int wire_replay(struct str bytes, size_t *used, struct sink *to, struct err *err)
{
	struct cursor c = cursor_of(bytes);
	_Alignas(16) unsigned char rec[RECORD_MAX];

	*used = 0;
	while (c.p && c.p < c.end) {
		unsigned type = *c.p++;

		if (type >= REC_TYPES)
			c.bad = true;
		else if (take_record(&c, &rec_info[type], rec) && to->put(to, (enum rec_type)type, rec, err))
			return (int)err->code;
		if (c.bad)
			return err_set(err, ERR_FORMAT, "what came through the worker's pipe is no record");
		if (c.cut)
			break;
		*used = (size_t)(c.p - (const unsigned char *)bytes.p);
	}
	return 0;
}

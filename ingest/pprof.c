// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof.c - the pprof decoder: profile.proto to records
 *
 *     stream --split--> message --protobuf-c--> tables, samples          while reading: nothing is resolved
 *     end: rest unpacked, checked --> kind --> frames --> prune --> totals --> tree --> records
 *
 * Writers disagree about the order of everything (pprof's own puts samples before the locations they name, Go's
 * runtime mixes them, both put strings last), so a message is kept as numbers until the end. Memory: the distinct
 * stacks at three bytes a location, the values of the samples, the tables; never a whole message tree.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/buf.h"
#include "ingest/grow.h"
#include "ingest/pprof.h"

enum {
	F_SAMPLE_TYPE = 1, F_SAMPLE, F_MAPPING, F_LOCATION, F_FUNCTION, F_STRING, F_DROP, F_KEEP, F_TIME, F_DURATION,
	F_PERIOD_TYPE, F_PERIOD, F_COMMENT, F_DEFAULT_TYPE, F_DOC_URL, F_END
};

int pprof_bad(uint64_t at, struct err *err, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(err, ERR_FORMAT, "%s", text);
	return err_at(err, "byte %llu", (unsigned long long)at);
}

int pprof_over(uint64_t at, const char *limit, uint64_t value, struct err *err)
{
	err_set(err, ERR_LIMIT, "the limit %s (%llu) is reached", limit, (unsigned long long)value);
	return at ? err_at(err, "byte %llu", (unsigned long long)at) : (int)err->code;
}

int pprof_note(struct pprof *p, bool lost, struct err *err, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		n = (int)strlen(text);
	return put_note(p->sink, err, (struct rec_note){ .text = { text, (size_t)n }, .lost = lost });
}

/* ---- protobuf-c's memory: a bump arena with a lid ---- */

static void *scratch_alloc(void *data, size_t size)
{
	struct pprof *p = data;
	void *mem;

	if (size <= p->max_near - p->n_near) {
		mem = p->near + p->n_near;
		p->n_near += (size + 15) & ~(size_t)15;	/* never beyond: max_near is a multiple too */
		return mem;
	}
	mem = arena_alloc(&p->scratch, size);
	p->scratch_full |= !mem;
	return mem;
}

static void scratch_free(void *data, void *mem)
{
	(void)data;
	(void)mem;
}

static void *try_unpack(struct pprof *p, const ProtobufCMessageDescriptor *kind, struct str bytes)
{
	if (p->scratch.used)
		arena_reset(&p->scratch);
	p->n_near = 0;
	p->scratch_full = false;
	return protobuf_c_message_unpack(kind, &p->alloc, bytes.n, (const uint8_t *)bytes.p);
}

/* One message, valid until the next call. */
static void *unpack(struct pprof *p, const ProtobufCMessageDescriptor *kind, struct str bytes, uint64_t at,
		    struct err *err)
{
	void *message = try_unpack(p, kind, bytes);

	if (!message && p->scratch_full)
		pprof_over(at, "message_bytes", p->l->message_bytes, err);
	else if (!message)
		pprof_bad(at, err, "a malformed %s", kind->short_name);
	return message;
}

/* ---- reading ---- */

/* Writers put the stack first, and pack it unless it is very short. */
static bool looks_packed(struct str sample)
{
	return sample.n && sample.p[0] == (1 << 3 | WIRE_BYTES);
}

static int read_sample(struct pprof *p, struct str bytes, uint64_t at, struct err *err)
{
	const Pb__PackedSample *packed =
		looks_packed(bytes) ? try_unpack(p, &pb__packed_sample__descriptor, bytes) : NULL;
	const Pb__Sample *m;
	Pb__Sample unpacked;

	if (packed && pprof_unpack_stack(p, packed, &unpacked))
		m = &unpacked;
	else	/* or what is wrong with it */
		m = unpack(p, &pb__sample__descriptor, bytes, at, err);
	return !m ? (int)err->code : p->sink ? pprof_add_sample(p, m, at, err) : 0;
}

static int add_mapping(struct pprof *p, const void *m, uint64_t at, struct err *err)
{
	return pprof_add_mapping(p, m, at, err);
}

static int add_location(struct pprof *p, const void *m, uint64_t at, struct err *err)
{
	return pprof_add_location(p, m, at, err);
}

static int add_function(struct pprof *p, const void *m, uint64_t at, struct err *err)
{
	return pprof_add_function(p, m, at, err);
}

static int keep(struct pprof *p, const void *bytes, size_t n, uint64_t at, struct err *err)
{
	int rc;

	if (n > p->l->rest_bytes - p->n_rest)
		return pprof_over(at, "rest_bytes", p->l->rest_bytes, err);
	rc = grow(&p->rest, &p->cap_rest, p->n_rest + n, 1, err);
	if (rc)
		return rc;
	if (n)
		memcpy(p->rest + p->n_rest, bytes, n);
	p->n_rest += n;
	return 0;
}

static int keep_varint(struct pprof *p, uint64_t v, uint64_t at, struct err *err)
{
	unsigned char b[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		b[n++] = (unsigned char)(v | 0x80);
	b[n++] = (unsigned char)v;
	return keep(p, b, n, at, err);
}

/* A small field: written down again as it was, for protobuf-c at the end. */
static int read_rest(struct pprof *p, const struct split_field *f, struct err *err)
{
	struct str bytes;
	int rc;

	if (f->number == F_TIME && p->field_n[F_TIME])
		return pprof_bad(f->at, err, "a second time_nanos: two profiles in one file; give each its own");
	if (f->wire == WIRE_BYTES && f->value > p->l->rest_bytes)
		return pprof_over(f->at, "rest_bytes", p->l->rest_bytes, err);
	rc = keep_varint(p, (uint64_t)f->number << 3 | f->wire, f->at, err);
	if (!rc)
		rc = keep_varint(p, f->value, f->at, err);
	if (rc || f->wire == WIRE_VARINT)
		return rc;
	rc = split_take(&p->split, f, &bytes, err);
	return rc ? rc : keep(p, bytes.p, bytes.n, f->at, err);
}

/* What a top-level field may be on the wire, and where it goes: a message to `add` or as bytes to `read`, a string to its table, the others
 * are kept for the end. */
static const struct reader_of {
	const ProtobufCMessageDescriptor *message;
	int (*add)(struct pprof *p, const void *m, uint64_t at, struct err *err);
	unsigned char wires;	/* bits 1 << wire */
	int (*read)(struct pprof *p, struct str bytes, uint64_t at, struct err *err);
} readers[F_END] = {
	[F_SAMPLE_TYPE] = { .wires = 1 << WIRE_BYTES },
	[F_SAMPLE] = { .read = read_sample, .wires = 1 << WIRE_BYTES },
	[F_MAPPING] = { .message = &pb__mapping__descriptor, .add = add_mapping, .wires = 1 << WIRE_BYTES },
	[F_LOCATION] = { .message = &pb__location__descriptor, .add = add_location, .wires = 1 << WIRE_BYTES },
	[F_FUNCTION] = { .message = &pb__function__descriptor, .add = add_function, .wires = 1 << WIRE_BYTES },
	[F_STRING] = { .wires = 1 << WIRE_BYTES },
	[F_DROP] = { .wires = 1 << WIRE_VARINT },
	[F_KEEP] = { .wires = 1 << WIRE_VARINT },
	[F_TIME] = { .wires = 1 << WIRE_VARINT },
	[F_DURATION] = { .wires = 1 << WIRE_VARINT },
	[F_PERIOD_TYPE] = { .wires = 1 << WIRE_BYTES },
	[F_PERIOD] = { .wires = 1 << WIRE_VARINT },
	[F_COMMENT] = { .wires = 1 << WIRE_VARINT | 1 << WIRE_BYTES },
	[F_DEFAULT_TYPE] = { .wires = 1 << WIRE_VARINT },
	[F_DOC_URL] = { .wires = 1 << WIRE_VARINT },
};

static int read_message(struct pprof *p, const struct reader_of *r, struct str bytes, uint64_t at, struct err *err)
{
	const void *m;

	if (r->read)
		return r->read(p, bytes, at, err);
	m = unpack(p, r->message, bytes, at, err);
	return !m ? (int)err->code : p->sink ? r->add(p, m, at, err) : 0;
}

static int read_field(struct pprof *p, const struct split_field *f, struct err *err)
{
	uint64_t max = f->number == F_STRING ? p->l->string_bytes : p->l->message_bytes;
	struct str bytes;
	int rc;

	if (f->number >= F_END)
		return split_skip(&p->split, f, err);
	if (!(readers[f->number].wires >> f->wire & 1))
		return pprof_bad(f->at, err, "field %u is not of the type that profiles give it", f->number);
	if (!p->first_field)
		p->first_field = (int)f->number;
	if (!readers[f->number].message && !readers[f->number].read && f->number != F_STRING) {
		rc = read_rest(p, f, err);
	} else if (f->value > max) {
		rc = pprof_over(f->at, f->number == F_STRING ? "string_bytes" : "message_bytes", max, err);
	} else {
		rc = split_take(&p->split, f, &bytes, err);
		if (!rc && f->number == F_STRING)
			rc = p->sink ? pprof_add_string(p, bytes, f->at, err) : 0;
		else if (!rc)
			rc = read_message(p, &readers[f->number], bytes, f->at, err);
	}
	p->field_at[f->number] = f->at;
	p->field_n[f->number]++;
	return rc;
}

static int read_all(struct pprof *p, struct err *err)
{
	struct split_field f;
	bool end = false;
	int rc = split_next(&p->split, &f, &end, err);

	while (!rc && !end) {
		rc = read_field(p, &f, err);
		if (!rc)
			rc = split_next(&p->split, &f, &end, err);
	}
	if (!rc && !p->first_field)
		return pprof_bad(0, err, "the profile is empty");
	return rc;
}

/* ---- the end ---- */

static int check_type(struct pprof *p, const Pb__ValueType *t, int field, struct err *err)
{
	uint32_t ignored;
	int rc = t ? pprof_string(p, t->type_str, p->field_at[field], &ignored, err) : 0;

	return rc || !t ? rc : pprof_string(p, t->unit_str, p->field_at[field], &ignored, err);
}

static int check_rest(struct pprof *p, struct err *err)
{
	const struct {
		int64_t string;
		int field;
	} named[] = { { p->prof->drop_frames_str, F_DROP }, { p->prof->keep_frames_str, F_KEEP },
		      { p->prof->default_sample_type_str, F_DEFAULT_TYPE }, { p->prof->doc_url_str, F_DOC_URL } };
	uint32_t ignored;
	int rc = check_type(p, p->prof->period_type, F_PERIOD_TYPE, err);

	for (size_t i = 0; i < p->prof->n_sample_type && !rc; i++)
		rc = check_type(p, p->prof->sample_type[i], F_SAMPLE_TYPE, err);
	for (size_t i = 0; i < p->prof->n_comment_str && !rc; i++)
		rc = pprof_string(p, p->prof->comment_str[i], p->field_at[F_COMMENT], &ignored, err);
	for (size_t i = 0; i < sizeof(named) / sizeof(*named) && !rc; i++)
		rc = pprof_string(p, named[i].string, p->field_at[named[i].field], &ignored, err);
	return rc;
}

static int unpack_rest(struct pprof *p, struct err *err)
{
	uint64_t at = p->field_at[F_SAMPLE_TYPE];

	p->prof = unpack(p, &pb__profile__descriptor, (struct str){ p->rest, p->n_rest }, at, err);
	if (!p->prof)
		return (int)err->code;
	if (p->prof->n_sample_type > p->l->sample_types)
		return pprof_over(at, "sample_types", p->l->sample_types, err);
	return check_rest(p, err);
}

static int put_profile_and_measures(struct pprof *p, struct err *err)
{
	struct buf comment = { .limit = 1 << 20 };
	int rc;

	for (size_t i = 0; i < p->prof->n_comment_str; i++) {
		if (i)
			buf_puts(&comment, "; ");
		buf_str(&comment, pprof_text(p, p->prof->comment_str[i]));
	}
	rc = put_profile(p->sink, err, (struct rec_profile){ .t0 = p->t0, .t1 = p->t1, .depth_cut = p->depth_cut,
			 .comment = p->prof->n_comment_str ? buf_view(&comment) : STR_NONE });
	buf_free(&comment);
	for (size_t i = 0; i < p->n_measures && !rc; i++) {
		const struct pprof_measure *m = &p->measure[i];

		rc = put_measure(p->sink, err, (struct rec_measure){ .id = (int64_t)i, .metric = m->metric,
				 .count_unit = m->count_unit, .amount_unit = m->amount_unit, .period = m->period,
				 .scaled = m->scaled, .extent = str_from(m->extent) });
	}
	return rc;
}

static int resolve(struct pprof *p, struct err *err)
{
	static int (*const step[])(struct pprof *, struct err *) = {
		unpack_rest,  pprof_tables_check, pprof_samples_check, pprof_kind,
		pprof_frames, pprof_prune,	  pprof_totals,
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(step) / sizeof(*step) && !rc; i++)
		rc = step[i](p, err);
	idmap_free(&p->s.ids);
	return rc || !p->o->tree ? rc : pprof_tree(p, err);
}

static int put_all(struct pprof *p, struct err *err)
{
	int rc = pprof_version_put(p, err);

	if (!rc)
		rc = pprof_frames_put(p, err);
	if (!rc && p->o->tree)
		rc = pprof_labels_put(p, err);
	if (!rc)
		rc = put_profile_and_measures(p, err);
	if (!rc && p->o->tree)
		rc = tree_put(&p->tree, p->sink, err);
	if (!rc && p->o->tree)
		rc = pprof_rows_put(p, err);
	return rc ? rc : pprof_totals_put(p, err);
}

static void pprof_free(struct pprof *p)
{
	arena_free(&p->scratch);
	arena_free(&p->t.text);
	free(p->split.spill);
	free(p->rest);
	free(p->t.str);
	free(p->t.func);
	free(p->t.loc);
	free(p->t.loc_used);
	for (size_t i = 0; i < LOC_PAGES; i++)
		free(p->t.loc_page[i]);
	free(p->t.line);
	free(p->t.mapping_file);
	idmap_free(&p->t.func_ids);
	idmap_free(&p->t.loc_ids);
	idmap_free(&p->t.mapping_ids);
	map_free(&p->s.stacks);
	idmap_free(&p->s.ids);
	free(p->s.sample);
	free(p->s.value);
	free(p->s.total);
	free(p->s.bytes);
	pprof_labels_free(p);
	pprof_frames_free(p);
	free(p->measure);
	free(p->cum);
	free(p->flat);
	free(p->leaf);
	tree_free(&p->tree);
	free(p->node);
	free(p);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *sink, struct err *err)
{
	struct pprof *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return err_nomem(err);
	p->o = o;
	p->l = o->limits;
	p->sink = sink;
	p->split.in = in;
	p->alloc = (ProtobufCAllocator){ scratch_alloc, scratch_free, p };
	p->scratch.limit = p->l->message_bytes;
	p->max_near = p->l->message_bytes < sizeof(p->near) ? 0 : sizeof(p->near);
	reader_limit(in, p->l->profile_bytes, p->l->profile_ratio);
	rc = read_all(p, err);
	if (!rc && sink)	/* none: the messages alone, to measure what they cost */
		rc = resolve(p, err);
	if (!rc && sink)
		rc = put_all(p, err);
	pprof_free(p);
	return rc;
}

/* ---- recognition ---- */

/* A ValueType: two small numbers and nothing else. Text hardly ever looks like one. */
static bool is_value_type(struct str s)
{
	uint64_t tag, v;
	int n;

	while (s.n) {
		n = split_varint(s, &tag);
		if (n <= 0 || (tag != (1 << 3 | WIRE_VARINT) && tag != (2 << 3 | WIRE_VARINT)))
			return false;
		s = str_skip(s, (size_t)n);
		n = split_varint(s, &v);
		if (n <= 0 || v >= UINT32_MAX)
			return false;
		s = str_skip(s, (size_t)n);
	}
	return true;
}

/* A profile once a sample_type is found behind nothing but fields of a profile; damage further on is for decode()
 * to say. Without one (some writer may put it last) as long as all that is there, and not too little, are such
 * fields. */
static bool sniff(struct str head)
{
	uint64_t tag, v;
	size_t fields = 0;
	int n;

	for (; head.n; fields++) {
		n = split_varint(head, &tag);
		if (n <= 0 || tag >> 3 == 0 || tag >> 3 >= F_END || !(readers[tag >> 3].wires >> (tag & 7) & 1))
			return n == 0 && fields > 16;
		head = str_skip(head, (size_t)n);
		n = split_varint(head, &v);
		if (n <= 0)
			return n == 0 && fields > 16;
		head = str_skip(head, (size_t)n);
		if ((tag & 7) != WIRE_BYTES)
			continue;
		if (tag >> 3 == F_SAMPLE_TYPE)
			return v <= head.n && v > 0 && is_value_type((struct str){ head.p, (size_t)v });
		if (v > head.n)
			return fields > 16;
		head = str_skip(head, (size_t)v);
	}
	return fields > 16;
}

const struct decoder decoder_pprof = { .kind = "pprof", .version = 1, .sniff = sniff, .decode = decode };

// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * legacy_count.c - "NAME profile: total N": goroutine, threadcreate, goroutineleak and a program's own profiles as text
 *
 * A goroutine's class comes from its frames, but the text hides the runtime's at the leaf: gopark, and selectgo or
 * chanrecv below it. Their addresses are there. Every parked goroutine has one and the same first address, behind
 * gopark's only way out; it is that which stands most often above functions that are known to park. So parked and
 * runnable are told apart. One hidden frame between gopark and the program is a select (a select {} looks the same).
 * Two are a channel, in a direction that nothing shows: 'other', as for what is not known.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "ingest/godump.h"
#include "ingest/legacy.h"
#include "ingest/waitclass.h"

struct count {
	struct legacy l;
	struct str name;
	int64_t total;
	bool goroutines;
	struct godump_labels labels;
	uint32_t labelset;		/* of the record being read */
	struct idmap parks;		/* first addresses that may be gopark's, to their place below */
	struct park {
		uint64_t addr;
		int64_t goroutines;
	} park[64];
	uint32_t n_parks;
};

static bool header(struct str line, struct str *name, int64_t *total)
{
	static const char mark[] = " profile: total ";
	const char *at = line.n ? memmem(line.p, line.n, mark, sizeof(mark) - 1) : NULL;

	if (!at || at == line.p)
		return false;
	*name = (struct str){ line.p, (size_t)(at - line.p) };
	if (memchr(name->p, ' ', name->n) || memchr(name->p, '\t', name->n))
		return false;
	return fmt_parse_int(str_skip(line, name->n + sizeof(mark) - 1), total);
}

static bool head(struct str numbers, int64_t *value)
{
	return legacy_numbers(numbers, "N ", value) && value[0] >= 0;
}

static int remark(struct legacy *l, struct str text, bool *known, void *arg, struct err *err)
{
	struct count *c = arg;

	*known = str_starts(text, "labels:");
	if (!*known || !l->o->tree)
		return 0;
	text = str_skip(text, strlen("labels:"));
	while (text.n && text.p[0] == ' ')
		text = str_skip(text, 1);
	*known = text.n >= 2 && text.p[0] == '{' && text.p[text.n - 1] == '}';
	if (!*known)
		return 0;
	return godump_labelset(&c->labels, (struct str){ text.p + 1, text.n - 2 }, l->l, &c->labelset, err);
}

/* The first address of a record that surely parks. */
static int learn(struct count *c, const struct legacy_row *r, struct err *err)
{
	uint32_t k = idmap_add(&c->parks, r->leaf, c->n_parks);

	if (k == MAP_NONE)
		return err_nomem(err);
	if (k == c->n_parks && c->n_parks < sizeof(c->park) / sizeof(*c->park))
		c->park[c->n_parks++] = (struct park){ .addr = r->leaf };
	if (k < c->n_parks && c->park[k].goroutines <= INT64_MAX - r->value[0])
		c->park[k].goroutines += r->value[0];
	return 0;
}

static bool surely_parks(struct str name)
{
	return str_is(name, "runtime.gopark") || str_is(name, "internal/poll.runtime_pollWait") ||
	       str_is(name, "time.Sleep") || str_starts(name, "sync.runtime_Semacquire") ||
	       str_starts(name, "internal/sync.runtime_Semacquire") || str_is(name, "sync.runtime_notifyListWait");
}

static int record(struct legacy *l, struct legacy_row *row, void *arg, struct err *err)
{
	const uint8_t park = waitclass_role(STR_LIT("runtime.gopark"));
	const uint8_t select = waitclass_role(STR_LIT("runtime.selectgo"));
	size_t hidden = legacy_hidden(l), n = 1;
	uint8_t role[WAITCLASS_FRAMES] = { park };
	struct count *c = arg;
	struct str leaf;

	row->labelset = c->labelset;
	c->labelset = 0;
	if (!c->goroutines)
		return 0;
	for (size_t i = 0; i < l->n_frames && n < WAITCLASS_FRAMES; i++)
		role[n++] = waitclass_role(l->names.key[l->frame[i].name]);
	row->class = waitclass_of(role + 1, n - 1);
	row->other = waitclass_of(role, n);
	if (l->n_frames == 0)
		return 0;
	leaf = l->names.key[l->frame[0].name];
	if (hidden == 2 && row->other == waitclass_of(&park, 1) && !str_starts(leaf, "reflect."))
		row->other = waitclass_of((const uint8_t[]){ park, select }, 2);
	if (hidden == 0 && !str_is(leaf, "runtime.gopark"))
		row->leaf = 0;		/* nothing is hidden: the frames say it all */
	return row->leaf && surely_parks(leaf) ? learn(c, row, err) : 0;
}

/* class: as the frames say; other: the class if it is parked. */
static void settle_classes(struct count *c)
{
	const struct park *most = NULL;

	for (uint32_t i = 0; i < c->n_parks; i++)
		if (!most || c->park[i].goroutines > most->goroutines)
			most = &c->park[i];
	for (size_t i = 0; i < c->l.n_rows; i++) {
		struct legacy_row *r = &c->l.row[i];

		if (r->leaf && (!most || r->leaf == most->addr))
			r->class = r->other;
	}
}

static int put_labels(struct legacy *l, void *arg, struct err *err)
{
	struct count *c = arg;
	int rc = godump_labels_put(&c->labels, l->l, l->out, err);

	for (size_t i = 0; i < l->n_rows && !rc; i++)
		if (l->row[i].labelset)
			l->row[i].labelset = c->labels.out[l->row[i].labelset - 1];
	return rc;
}

static int put(struct count *c, struct err *err)
{
	struct legacy_measure m = { .metric = c->name, .amount_unit = "count", .extent = "instant", .period = 1 };
	int rc = 0;

	settle_classes(c);
	legacy_version(&c->l);
	if (c->l.sum[0] != c->total)
		rc = legacy_note(&c->l, c->l.sum[0] < c->total, 0, err,
				 "the records hold %" PRId64 ", the first line says %" PRId64 ": %s", c->l.sum[0],
				 c->total,
				 c->l.sum[0] < c->total ? "the end may be cut off" : "several profiles in one file?");
	return rc ? rc : legacy_put(&c->l, &m, 1, c->goroutines, put_labels, c, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	static const struct legacy_text text = { .head = head, .remark = remark, .record = record };
	struct count *c = calloc(1, sizeof(*c));
	struct str line = STR_NONE, name = STR_NONE;
	bool cut, eof;
	char *copy = NULL;
	int rc;

	if (!c)
		return err_nomem(err);
	legacy_init(&c->l, in, o, out);
	rc = reader_line(in, &line, &cut, &eof, err);
	if (!rc && (eof || !header(line, &name, &c->total))) {
		err_set(err, ERR_FORMAT, "does not begin with 'NAME profile: total N'");
		rc = err_at(err, "line 1");
	}
	if (!rc) {
		copy = strndup(name.p ? name.p : "", name.n);
		rc = copy ? 0 : err_nomem(err);
	}
	c->name = str_from(copy);
	c->goroutines = !rc && str_starts(c->name, "goroutine");
	if (!rc)
		rc = legacy_read(&c->l, &text, c, err);
	if (!rc)
		rc = put(c, err);
	legacy_free(&c->l);
	godump_labels_free(&c->labels);
	idmap_free(&c->parks);
	free(copy);
	free(c);
	return rc;
}

static bool sniff(struct str h)
{
	const char *nl = h.n ? memchr(h.p, '\n', h.n) : NULL;
	struct str name, line = { h.p, nl ? (size_t)(nl - h.p) : h.n };
	int64_t total;

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return header(line, &name, &total);
}

const struct decoder decoder_legacy_count = { .kind = "legacy_count", .version = 1, .sniff = sniff, .decode = decode };

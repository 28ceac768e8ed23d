// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/dump.h"

#include <inttypes.h>
#include <math.h>

#include "core/fmt.h"
#include "core/text.h"

static void add_field(struct buf *out, const struct field *f, const void *value)
{
	if (f->kind == FIELD_INT) {
		int64_t v = *(const int64_t *)value;

		if (v != STORE_NULL)
			buf_printf(out, " %s=%" PRId64, f->name, v);
	} else if (f->kind == FIELD_REAL) {
		double v = *(const double *)value;

		if (isnan(v))
			return;
		buf_printf(out, " %s=", f->name);
		if (isinf(v))
			buf_puts(out, v > 0 ? "inf" : "-inf");
		else
			fmt_real(out, v);
	} else {
		struct str v = *(const struct str *)value;

		if (!v.p)
			return;
		buf_printf(out, " %s=", f->name);
		text_quote(out, v);
	}
}

static int put_text(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct dump *d = (struct dump *)s;
	const struct rec_info *info = &rec_info[type];

	buf_puts(d->out, info->name);
	for (int i = 0; i < info->n_fields; i++)
		add_field(d->out, &info->fields[i], rec_field(type, rec, i));
	buf_byte(d->out, '\n');
	return buf_check(d->out, err);
}

void dump_init(struct dump *d, struct buf *out)
{
	d->sink.put = put_text;
	d->out = out;
}

static int put_count(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct dump_count *c = (struct dump_count *)s;
	const struct rec_info *info = &rec_info[type];

	(void)err;
	c->records[type]++;
	for (int i = 0; i < info->n_fields; i++) {
		const struct str *v = rec_field(type, rec, i);

		if (info->fields[i].kind != FIELD_STR || !v->p)
			continue;
		c->bytes += v->n;
		for (size_t k = 0; k < v->n; k++)
			c->mix = (unsigned char)(c->mix ^ (unsigned char)v->p[k]);
	}
	return 0;
}

void dump_count_init(struct dump_count *c)
{
	*c = (struct dump_count){ .sink.put = put_count };
}

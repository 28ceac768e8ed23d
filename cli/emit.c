// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * emit.c - checks every write
 *
 * Messages carry file names, so they are cleaned and guarded like everything else that reaches a terminal or a CI log.
 */
#include "cli/emit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"
#include "core/text.h"

static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0) {
			if (errno == EINTR)
				continue;
			return errno;
		}
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

static int emit(const struct buf *b, bool pipe_may_close, struct err *err)
{
	int e;

	if (buf_check(b, err))
		return (int)err->code;
	e = write_all(STDOUT_FILENO, b->data ? b->data : "", b->len);
	if (!e || (e == EPIPE && pipe_may_close))
		return 0;
	return err_sys(err, ERR_OUTPUT, e, "cannot write to standard output");
}

int emit_text(const struct buf *b, struct err *err)
{
	return emit(b, true, err);
}

int emit_data(const struct buf *b, struct err *err)
{
	return emit(b, false, err);
}

bool emit_json_only(const struct ctx *c)
{
	return c->o.json && (!*c->o.json || strcmp(c->o.json, "-") == 0);
}

int emit_json(const struct ctx *c, const struct buf *b, struct err *err)
{
	if (buf_check(b, err))
		return (int)err->code;
	return emit_json_only(c) ? emit_data(b, err) : file_replace(c->o.json, buf_view(b), err);
}

/* The reason why there is no memory must still be said: printable ASCII of it. */
static void line_without_memory(struct str text)
{
	char out[600] = "attrib: ";
	size_t n = strlen(out);

	for (size_t i = 0; i < text.n && n < sizeof(out) - 1; i++)
		out[n++] = text.p[i] >= ' ' && text.p[i] <= '~' && text.p[i] != '#' && text.p[i] != ':' ? text.p[i] : '?';
	out[n++] = '\n';
	write_all(STDERR_FILENO, out, n);
}

static void line(const struct ctx *c, struct str text)
{
	struct buf b = { .limit = 8192 }, guarded = { .limit = 16384 };

	buf_puts(&b, "attrib");
	if (c->cmd)
		buf_printf(&b, " %s", c->cmd->name);
	buf_puts(&b, ": ");
	text_clean(&b, text);
	buf_byte(&b, '\n');
	report_guard(&guarded, buf_view(&b));
	if (!b.failed && !guarded.failed && guarded.data)
		write_all(STDERR_FILENO, guarded.data, guarded.len);	/* nobody is left to tell */
	else
		line_without_memory(text);
	buf_free(&b);
	buf_free(&guarded);
}

void emit_note(const struct ctx *c, const char *fmt, ...)
{
	struct buf b = { .limit = 4096 };
	va_list ap;

	if (c->o.quiet)
		return;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	line(c, buf_view(&b));
	buf_free(&b);
}

void emit_error(const struct ctx *c, const struct err *err)
{
	struct buf b = { .limit = 4096 };

	buf_puts(&b, err->msg);
	if (err->place[0])
		buf_printf(&b, " (%s)", err->place);
	line(c, b.failed ? str_from(err->msg) : buf_view(&b));
	buf_free(&b);
}

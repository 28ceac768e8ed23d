// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * progress.c - a line on a terminal that waits longer than a second, at most ten redraws a second
 *
 * In CI, and with --progress=plain, a line a step instead: a log keeps every redraw for ever. Elsewhere nothing.
 */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/fmt.h"

#define PATIENCE 1000000000LL
#define REDRAW 100000000LL

static int64_t now(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000LL + t.tv_nsec;
}

void progress_init(struct progress *p, const struct ctx *c)
{
	bool automatic = !c->o.progress || strcmp(c->o.progress, "auto") == 0;

	*p = (struct progress){ .start = now() };
	p->plain = automatic ? c->ci && !c->tty_err && !c->o.quiet : strcmp(c->o.progress, "plain") == 0;
	p->draw = automatic && c->tty_err && !c->o.quiet;
}

void progress_ingest(void *arg, const struct ingest_progress *at)
{
	struct progress *p = arg;
	struct buf b = { .limit = 400 };
	int64_t t = now();

	if (!p->draw || t - p->start < PATIENCE || t - p->last < REDRAW)
		return;
	buf_printf(&b, "reading %llu/%llu files, ", (unsigned long long)at->files_done, (unsigned long long)at->files);
	fmt_bytes(&b, (double)at->bytes_done);
	buf_puts(&b, " of ");
	fmt_bytes(&b, (double)at->bytes);
	buf_puts(&b, ", ");
	fmt_duration(&b, (double)(t - p->start));
	if (b.data)
		fprintf(stderr, "\r\x1b[K%s", b.data);
	fflush(stderr);
	buf_free(&b);
	p->last = t;
	p->drawn = true;
}

void progress_step(struct progress *p, const char *fmt, ...)
{
	struct buf b = { .limit = 800 };
	va_list ap;

	if (!p->plain)
		return;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	buf_puts(&b, " (");
	fmt_duration(&b, (double)(now() - p->start));
	buf_puts(&b, ")");
	if (b.data)
		fprintf(stderr, "attrib: %s\n", b.data);
	buf_free(&b);
}

void progress_end(struct progress *p)
{
	if (p->drawn)
		fputs("\r\x1b[K", stderr);
	p->drawn = false;
}

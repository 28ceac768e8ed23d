// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * plot_draw.c - gnuplot, at arm's length
 *
 * gnuplot runs shell commands that it finds in titles, in file names and behind a heredoc that was closed too early. So it is given
 * a constant script (assets/report.gp) and numbers, nothing else: no name, no path, no text of anybody. The data's end mark is
 * random all the same. It reads no start-up file (-d), has no environment, can write no file, has limits on time, memory and output,
 * and dies with us. Its output is parsed and rewritten before it stands in a page (plot_svg.c).
 *
 * One process draws all charts: starting it costs more than drawing. fork() here is safe beside an open database, since the child
 * touches nothing of it before it becomes gnuplot.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"
#include "core/fmt.h"
#include "report/plot.h"

#define SECONDS 10
#define OUTPUT_BYTES (16u << 20)
#define MEMORY_BYTES (1u << 30)
#define MARK 16		/* random bytes */

static const char script[] = {
#include "report/assets/report.gp.inc"
	0
};

static void put_points(struct buf *b, const struct plot_line *l, double x_size, double y_size)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (isnan(l->v[i].y)) {
			buf_byte(b, '\n');
			continue;
		}
		fmt_real(b, l->v[i].x / x_size);
		buf_byte(b, ' ');
		fmt_real(b, l->v[i].y / y_size);
		buf_byte(b, '\n');
		n++;
	}
	if (!n)		/* gnuplot takes an empty block for a fault */
		buf_puts(b, "NaN NaN\n");
}

/* Between the marks of an upright axis from 0 to the highest point: 1, 2 or 5 times a power of ten, some three of them. */
static double step(const struct plot_chart *c, double size)
{
	double most = 0, power, m;

	for (int s = 0; s < PLOT_SIDES; s++)
		for (size_t i = 0; i < c->line[s].n; i++)
			most = c->line[s].v[i].y > most ? c->line[s].v[i].y : most;
	most /= 3 * size;
	power = most > 0 ? pow(10, floor(log10(most))) : 1;
	m = most / power;
	return (m > 5 ? 10 : m > 2 ? 5 : m > 1 ? 2 : 1) * power;
}

static void put_marks(struct buf *b, const struct plots *p)
{
	static const char *const side[PLOT_SIDES] = { "base", "cur" };
	const char *word;

	buf_printf(b, "n_onsets = %zu\n", p->onsets);
	for (size_t i = 0; i < p->onsets; i++) {
		buf_printf(b, "onset_%zu = ", i + 1);
		fmt_real(b, p->onset[i].x);
		buf_byte(b, '\n');
	}
	buf_puts(b, "x_ns = ");
	fmt_real(b, plot_scale(&p->chart[PLOT_ECDF], PLOT_ECDF, &word));
	buf_byte(b, '\n');
	for (int s = 0; s < PLOT_SIDES; s++) {
		buf_printf(b, "fit_%s = %d\n%s_a = ", side[s], (int)p->fit[s].law, side[s]);
		fmt_real(b, p->fit[s].a);
		buf_printf(b, "\n%s_b = ", side[s]);
		fmt_real(b, p->fit[s].b);
		buf_byte(b, '\n');
	}
}

void plot_script(struct buf *b, const struct plots *p, const char *mark)
{
	static const char *const side[PLOT_SIDES] = { "base", "cur" };
	double wide = p->x_hi - p->x_lo;

	buf_puts(b, "x_lo = ");
	fmt_real(b, p->x_lo);
	buf_puts(b, "\nx_hi = ");
	fmt_real(b, wide > 0 ? p->x_hi : p->x_lo + 1);
	buf_byte(b, '\n');
	put_marks(b, p);
	for (int k = 0; k < PLOT_KINDS; k++) {
		const struct plot_chart *c = &p->chart[k];
		const char *word;
		double size = plot_scale(c, (enum plot_kind)k, &word);

		buf_printf(b, "step_%d = ", k);
		fmt_real(b, k == PLOT_ECDF ? .25 : step(c, size));
		buf_printf(b, "\ndraw_%d = %d\naxis_%d = %d\nhigh_%d = %d\n", k, c->there, k, plot_lowest(p, (enum plot_kind)k), k,
			   plot_high(p, (enum plot_kind)k));
		for (int s = 0; s < PLOT_SIDES; s++) {
			buf_printf(b, "$%s_%d << %s\n", side[s], k, mark);
			put_points(b, &c->line[s], k == PLOT_ECDF ? size : 1, k == PLOT_ECDF ? 1 : size);
			buf_printf(b, "%s\n", mark);
		}
	}
	buf_puts(b, script);
}

/* The script in a file without a name, to be read from its start; -1: no. */
static int script_file(const struct plots *p)
{
	unsigned char secret[MARK];
	char mark[2 * MARK + 8] = "end_";
	struct buf b = { .limit = 64u << 20 };
	int fd = -1;

	if (getrandom(secret, sizeof(secret), 0) == (ssize_t)sizeof(secret)) {
		file_hex(mark + 4, secret, sizeof(secret));
		plot_script(&b, p, mark);
		fd = b.failed ? -1 : memfd_create("attrib-plot", MFD_CLOEXEC);
	}
	if (fd >= 0 && (write(fd, b.data, b.len) != (ssize_t)b.len || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	buf_free(&b);
	return fd;
}

static void limit(int what, rlim_t value)
{
	struct rlimit r = { value, value };

	setrlimit((__rlimit_resource_t)what, &r);	/* a limit that cannot be set leaves the others */
}

/* After fork(): only calls that are safe there. The script is read as a file, in blocks: what "-" names, gnuplot reads byte by byte. */
static _Noreturn void become_gnuplot(const char *path, int in, int out, pid_t parent)
{
	static char name[] = "gnuplot", no_startup[] = "-d", from_stdin[] = "/dev/stdin", lang[] = "LC_ALL=C.UTF-8";
	char *const argv[] = { name, no_startup, from_stdin, NULL }, *const env[] = { lang, NULL };
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0 || chdir("/") < 0)
		_exit(126);
	close_range(3, ~0u, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, SECONDS);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_AS, MEMORY_BYTES);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	execve(path, argv, env);
	_exit(127);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* All that comes from fd until its end; a text that says what went wrong, or NULL. */
static const char *gather(struct buf *out, int fd, const volatile int *stop)
{
	int64_t end = now_ms() + SECONDS * 1000;
	char chunk[8192];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = end - now_ms();
		ssize_t n;

		if (stop && *stop)
			return "interrupted";
		if (left <= 0)
			return "gnuplot took longer than 10 s";
		if (poll(&p, 1, left > 100 ? 100 : (int)left) <= 0)
			continue;
		n = read(fd, chunk, sizeof(chunk));
		if (n == 0)
			return out->failed ? "gnuplot wrote more than 16 MiB" : NULL;
		if (n < 0 && errno != EINTR)
			return "gnuplot's output could not be read";
		if (n > 0)
			buf_add(out, chunk, (size_t)n);
	}
}

static const char *run(struct buf *out, const char *gnuplot, int in, const volatile int *stop)
{
	const char *why;
	int io[2], status = 0;
	pid_t self = getpid(), pid;

	if (pipe2(io, O_CLOEXEC) < 0)
		return "gnuplot could not be started";
	pid = fork();
	if (pid == 0)
		become_gnuplot(gnuplot, in, io[1], self);
	close(io[1]);
	why = pid < 0 ? "gnuplot could not be started" : gather(out, io[0], stop);
	close(io[0]);
	if (pid < 0)
		return why;
	if (why)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return why ? why : WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL : "gnuplot failed";
}

/* Every picture must pass, or none is shown. */
static const char *cut_out(struct plots *p, struct str text)
{
	for (int k = 0; k < PLOT_KINDS; k++) {
		struct buf svg = { .limit = OUTPUT_BYTES };

		if (!p->chart[k].there)
			continue;
		if (plot_svg(&svg, &text, (enum plot_kind)k, plot_high(p, (enum plot_kind)k)))
			p->chart[k].svg = arena_str(&p->arena, buf_view(&svg));
		buf_free(&svg);
		if (!p->chart[k].svg.p) {
			for (int i = 0; i <= k; i++)
				p->chart[i].svg = STR_NONE;
			return "gnuplot drew something else than was asked for";
		}
	}
	return NULL;
}

void plot_draw(struct plots *p, const char *gnuplot, const volatile int *stop)
{
	struct buf out = { .limit = OUTPUT_BYTES };
	int in;

	if (!p->there)
		return;
	if (!gnuplot) {
		p->why = "gnuplot is not installed";
		return;
	}
	in = script_file(p);
	p->why = in < 0 ? "gnuplot could not be started" : run(&out, gnuplot, in, stop);
	if (in >= 0)
		close(in);
	if (!p->why)
		p->why = cut_out(p, buf_view(&out));
	buf_free(&out);
}

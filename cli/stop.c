// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * stop.c - asks nicely, then leaves
 *
 * The first signal sets the flag that every stage looks at and starts a timer of 200 ms. Who cannot look that often (a long
 * computation, a wait for the disk) is ended by the timer: the handler removes the private copy of the database and exits. Nothing is
 * lost by that: a result becomes visible by one rename and is whole or absent. A second signal does not wait for the timer.
 *
 * All calls in the handler are async-signal-safe. A worker process that inherited it just exits.
 */
#include "cli/stop.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GRACE_NS 200000000L
#define STATUS_TIME 5

static volatile int flag;
static volatile sig_atomic_t has_file, has_timer;
static char file[4096];
static timer_t timer;
static pid_t self;
static void (*volatile restore)(void);

int stop_status(int f)
{
	return f == SIGALRM ? STATUS_TIME : 128 + f;
}

static void say(const char *text)
{
	ssize_t n = write(STDERR_FILENO, text, strlen(text));

	(void)n;	/* nobody is left to tell */
}

static void leave(int f)
{
	if (restore)
		restore();
	if (has_file)
		unlink(file);
	_exit(stop_status(f));
}

static void on_signal(int sig)
{
	struct itimerspec grace = { .it_value = { 0, GRACE_NS } };

	if (getpid() != self)
		_exit(stop_status(sig));
	if (flag)
		leave(flag);
	flag = sig;
	say(sig == SIGINT ? "\nattrib: interrupted, stopping\n" : sig == SIGALRM ? "attrib: time is up, stopping\n" :
	    "attrib: asked to end, stopping\n");
	if (!has_timer || timer_settime(timer, 0, &grace, NULL))
		leave(sig);
}

const volatile int *stop_install(void)
{
	struct sigaction a = { .sa_handler = on_signal };	/* no SA_RESTART: a blocked read must come back */
	struct sigevent e = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };

	self = getpid();
	sigemptyset(&a.sa_mask);
	sigaddset(&a.sa_mask, SIGINT);
	sigaddset(&a.sa_mask, SIGTERM);
	sigaddset(&a.sa_mask, SIGALRM);
	has_timer = timer_create(CLOCK_MONOTONIC, &e, &timer) == 0;
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGALRM, &a, NULL);
	a.sa_handler = SIG_IGN;		/* a closed pipe is an error of write() */
	sigaction(SIGPIPE, &a, NULL);
	sigaction(SIGXFSZ, &a, NULL);	/* so is a file that may not grow any more */
	return &flag;
}

void stop_restores(void (*f)(void))
{
	restore = f;
}

void stop_after(uint64_t seconds)
{
	struct itimerspec t = { .it_value = { .tv_sec = (time_t)(seconds < 1000000000 ? seconds : 1000000000) } };

	if (has_timer && !flag)
		timer_settime(timer, 0, &t, NULL);
}

void stop_removes(const char *path)
{
	has_file = 0;
	if (path && strlen(path) < sizeof(file)) {
		strcpy(file, path);
		has_file = 1;
	}
}

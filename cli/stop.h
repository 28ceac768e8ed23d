/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stop.h - SIGINT, SIGTERM and the time limit, answered within 250 ms
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <stdint.h>

/* Installs the handlers. The flag is 0, SIGINT, SIGTERM, or SIGALRM when the time limit was reached. */
const volatile int *stop_install(void);
/* From now on the process stops after so many seconds (0: never). */
void stop_after(uint64_t seconds);
/* A file to remove if we must go at once; NULL: none. */
void stop_removes(const char *path);
/* Called when we must go at once, from the handler: gives a terminal back; NULL: none. */
void stop_restores(void (*restore)(void));
/* The exit status for a flag. */
int stop_status(int flag);

#endif

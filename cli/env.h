/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * env.h - what the environment, the locale and the terminal say: read here and nowhere else
 */
#ifndef CLI_ENV_H
#define CLI_ENV_H

#include "cli/cmd.h"

/* Fills c->term, c->tty_err, c->state_dir, c->data_dir, c->ci. Options are parsed already: they come first. */
int env_read(struct ctx *c, struct err *err) ERR_MUST_CHECK;
/* Columns of standard output, 80 when nothing tells. */
unsigned env_columns(void);

#endif

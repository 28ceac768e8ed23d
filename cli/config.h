/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config.h - options that the environment, the project or the user set once for all
 *
 * flags > ATTRIB_NAME in the environment > ./.attrib.ini > $XDG_CONFIG_HOME/attrib/config. A nearer source replaces a list (gates, limits) whole.
 * A file has lines `option = value`, for all commands or, below [command], for one. A run folder is input from others: a file in one is never read.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "cli/cmd.h"

/* Sets in c->o what no flag has set. The arguments are parsed already. ERR_USAGE names file and line, or the variable. */
int config_read(struct ctx *c, struct err *err) ERR_MUST_CHECK;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manual.h - attrib(1), from the tables that parsing and --help use
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "core/buf.h"

void manual_page(struct buf *out);	/* roff with the man macros */

#endif

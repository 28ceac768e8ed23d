/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limits.h - every bound on input, in one table (limits.def)
 */
#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

#include <stdint.h>

#include "core/buf.h"

struct limits {
#define LIMIT(name, value, unit, what) uint64_t name;
#include "core/limits.def"
#undef LIMIT
};

extern const struct limits limits_default;

/* Applies "name=value" (value with k, M, G, KiB, MiB, GiB allowed). ERR_USAGE with the known names otherwise. */
int limits_set(struct limits *l, const char *assignment, struct err *err) ERR_MUST_CHECK;
/* The table as Markdown: docs/limits.md. */
void limits_markdown(struct buf *out);

#endif

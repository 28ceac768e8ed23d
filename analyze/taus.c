// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * taus.c - taus.def as tables
 */
#include "analyze/taus.h"

const double taus_assumed[TAUS] = {
#define TAU(id, value, what) [TAU_##id] = value,
#include "analyze/taus.def"
#undef TAU
};

const char *const tau_name[TAUS] = {
#define TAU(id, value, what) [TAU_##id] = #id,
#include "analyze/taus.def"
#undef TAU
};

const char *const tau_what[TAUS] = {
#define TAU(id, value, what) [TAU_##id] = what,
#include "analyze/taus.def"
#undef TAU
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * taus.h - the spread between runs, by figure (taus.def)
 */
#ifndef ANALYZE_TAUS_H
#define ANALYZE_TAUS_H

enum tau {
#define TAU(id, value, what) TAU_##id,
#include "analyze/taus.def"
#undef TAU
	TAUS
};

extern const double taus_assumed[TAUS];	/* before anybody calibrated */
extern const char *const tau_name[TAUS], *const tau_what[TAUS];

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trivial.h - two models anybody could write in an afternoon, on the same profiles and with the same frame signatures
 *
 * Each looks at every function of every profile kind, raw, as a tool for diffs would show it. A function whose name a frames line of
 * causes.ini for that kind of profile matches speaks for its cause, any other for what its kind of profile is about (cpu: cpu_hot_path ...).
 *
 *   largest     by (cum current - cum baseline) / the baseline's total; `none` when nothing grew by a twentieth of it
 *   overweight  PerfView's overweight report (method 1.5): functions of both sides that grew more than their share of the growth
 */
#ifndef EVAL_TRIVIAL_H
#define EVAL_TRIVIAL_H

#include "tests/eval/answer.h"

int trivial_rank(struct answer *a, struct store *st, const struct analyze_catalogue *cat, struct err *err) ERR_MUST_CHECK;

/* PerfView's figures of a function that cost v1 of total1 and costs v2 of total2; per cent. */
struct trivial_overweight {
	double overweight, responsibility;
	int interest;
};
struct trivial_overweight trivial_overweight(double v1, double total1, double v2, double total2);

#endif

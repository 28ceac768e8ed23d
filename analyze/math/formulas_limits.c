// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * formulas_limits.c - GOGC, the memory limit, GOMAXPROCS: F9 to F11
 *
 * F9 rests on the GC guide's model: the cost of a cycle depends on the live heap, the number of cycles on allocation over headroom, so GC's CPU
 * against the rest, s / (1 - s), goes with 1 / GOGC. It holds while the live heap is far above 4 MiB and no memory limit binds.
 */
#include <math.h>

#include "analyze/math/formulas.h"

#define LIMIT_SHARE .90		/* of what the container leaves the program: the GC guide's 5 to 10 % of headroom */
#define THRASH 1.1
#define PROCS_LEAST 2.0

static bool is_share(double s)
{
	return s > 0 && s < 1;
}

double formula_gogc(double gogc, double share, double target)
{
	return gogc > 0 && is_share(share) && is_share(target) ? gogc * (share / (1 - share)) * ((1 - target) / target) : NAN;
}

double formula_goal(double live, double roots, double gogc)
{
	return live > 0 && roots >= 0 && gogc > 0 ? live + (live + roots) * gogc / 100 : NAN;
}

double formula_gogc_most(double live, double roots, double cap)
{
	return live > 0 && roots >= 0 && cap > live ? 100 * (cap - live) / (live + roots) : NAN;
}

double formula_memory_limit(double container, double other)
{
	return other >= 0 && container > other ? LIMIT_SHARE * (container - other) : NAN;
}

bool formula_thrashes(double live, double limit)
{
	return THRASH * live > limit;
}

double formula_gomaxprocs(double cpus, double quota)
{
	return cpus >= 1 && quota > 0 ? fmin(cpus, fmax(PROCS_LEAST, ceil(quota))) : NAN;
}

double formula_quota_stall(double processors, double quota, double period)
{
	return processors > 0 && quota > 0 && period > 0 ? period * fmax(0, 1 - quota / processors) : NAN;
}

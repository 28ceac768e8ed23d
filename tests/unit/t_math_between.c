// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The variance between units: six studies (effects and variances of Borenstein and others, Introduction to Meta-Analysis), digits from the
 * formula in python3; two figures pooled; what cannot count.
 */
#include "tests/unit/check.h"

#include "analyze/math/between.h"

int main(void)
{
	static const double y[] = { .095, .277, .367, .664, .462, .185 }, v[] = { .033, .031, .050, .011, .043, .023 };
	static const double y2[] = { 0, NAN, .1, .3, 5 }, v2[] = { .001, .1, .002, .001, 0 };
	static const double same[] = { 2, 2, 2 };
	struct between b = { 0 };

	CHECK(isnan(between_tau(&b)));
	between_add(&b, y, v, 1);
	CHECK(b.figures == 0);
	between_add(&b, y, v, 6);
	CHECK_NEAR(b.excess + 5, 11.743340508574372, 1e-10);
	CHECK_NEAR(between_tau(&b), .1904795748282867, 1e-12);
	CHECK(b.units == 6);
	between_add(&b, y2, v2, 5);	/* without the second and the last */
	CHECK_NEAR(between_tau(&b), .1685645405242628, 1e-12);
	CHECK(b.figures == 2 && b.units == 6);
	b = (struct between){ 0 };
	between_add(&b, same, v, 3);	/* agreement beyond the errors is not less than none */
	CHECK(between_tau(&b) == 0);
	return check_done();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rates.h - two shares, two Poisson rates, and what samples of a given size can show
 *
 * Counting noise only: right for requests and errors, wrong for profiles, whose runs differ by more (see ratio.h).
 * a is the baseline, b the current side; every ratio is b over a.
 */
#ifndef ANALYZE_MATH_RATES_H
#define ANALYZE_MATH_RATES_H

struct rates_ci {
	double lo, hi;
};
struct rates_ci rates_wilson(double k, double n, double alpha);		/* n = 0: [0, 1] */
struct rates_ci rates_newcombe(double k1, double n1, double k2, double n2, double alpha);	/* of k1/n1 - k2/n2 */
struct rates_ci rates_garwood(double x, double alpha);			/* of a Poisson mean */

struct rates_pooled {
	double z, p;	/* two proportions, pooled */
	double chi2, g;	/* Pearson (= z^2) and likelihood ratio, one degree of freedom */
	double se_ln;	/* Katz: of ln(pB / pA) */
	double lo, hi;	/* Katz interval of the ratio */
};
struct rates_pooled rates_pooled(double xa, double na, double xb, double nb, double alpha);

struct rates_poisson {
	double ratio;		/* (xb/tb) / (xa/ta) */
	double p_exact, p_mid;	/* conditional binomial, minimum likelihood; the same less half of what was seen */
	double z, p_score;
	double z_sqrt;		/* on square roots */
	double lo, hi;		/* Clopper-Pearson */
	double lo_wald, hi_wald;
};
struct rates_poisson rates_poisson(double xa, double ta, double xb, double tb, double alpha);

/* z_{1-alpha/2} + z_{power}. */
double rates_power_z(double alpha, double power);
/* Smallest absolute change of a share p seen with na and nb samples. */
double rates_mde_share(double p, double na, double nb, double phi, double alpha, double power);
/* Smallest relative increase seen when ln ratio has this standard error. */
double rates_mde(double se, double alpha, double power);
/* What a naive z-test at alpha really rejects under dispersion phi. */
double rates_naive_fpr(double phi, double alpha);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sampling.h - how many samples stand behind a number of a Go profile
 *
 * An error bar needs the raw count of samples, and Go writes scaled ones: heap values are already unsampled,
 * mutex values multiplied by the fraction, block values credited with the rate.
 */
#ifndef ANALYZE_MATH_SAMPLING_H
#define ANALYZE_MATH_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

struct sampling {
	double raw;	/* samples taken; 0 when there were none */
	double keep;	/* the chance that one event was sampled */
	double rel_se;	/* relative standard error of the amount; NaN when raw is 0 */
};

/* A heap bucket as written: count objects, bytes in all, mean distance of samples in bytes (the profile's period). */
struct sampling sampling_heap(double count, double bytes, double period);
/* The inverse, as the Go runtime writes it (truncated to whole numbers): n sampled objects of s bytes each. */
void sampling_heap_scale(double n, double s, double period, double *count, double *bytes);
/* Smallest standard error of delta_bytes between two snapshots with raw counts na and nb. */
double sampling_heap_delta_se(double na, double nb, double period);
/* A mutex site: count contentions as written, fraction as set with SetMutexProfileFraction. */
struct sampling sampling_mutex(double count, double fraction);
/* A block site: events short ones of d nanoseconds under the rate r; the standard error of the delay in nanoseconds. */
double sampling_block_se(double events, double d, double rate);
/* Events behind a block site of count events and delay nanoseconds in all: one shorter than the rate was kept with chance delay / rate. */
double sampling_block_raw(double count, double delay, double rate);
/* Greatest common divisor of all counts: what the unknown fraction must divide; 0 for none. */
uint64_t sampling_gcd(const uint64_t *count, size_t n);

#endif

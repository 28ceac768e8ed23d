# SPDX-License-Identifier: GPL-3.0-or-later
# report.gp - the pictures of the report. The same text every time: all that changes are the numbers defined before it.
#
# x_lo, x_hi: seconds, of every chart over time. n_onsets, onset_N: seconds at which a signal began, in the current side. draw_K: 1 when
# chart K has data; step_K: between its marks; axis_K: 1 when it is the lowest of the stack and so carries the numbers of the time axis; high_K: its height.
# $base_K, $cur_K: points, two columns, an empty line where another run or process begins. fit_base, fit_cur: the law that fits a side's
# pauses (0 none, 1 lognormal, 2 gamma, 3 Weibull) with its parameters a, b in ns; x_ns: ns of one unit of x. The order of the plots is the
# order of the pictures on standard output.
# Baseline: dashed, circles, blue. Current: solid, triangles, orange. The two differ without colour, and both show on white and on black.
wide = 560
set encoding utf8
set datafile missing "NaN"
set key off
set border 3 linewidth 1
set tics nomirror out scale 0.6
set xtics autofreq
set grid ytics linetype 1 linecolor rgb "gray" linewidth 0.5
set lmargin at screen 0.14
set rmargin at screen 0.97
set format y "%.4g"
set linetype 1 linecolor rgb "#3b82c4" linewidth 1.8 dashtype (7,4) pointtype 6 pointsize 0.9
set linetype 2 linecolor rgb "#d1571b" linewidth 1.8 dashtype solid pointtype 8 pointsize 0.9
set linetype 3 linecolor rgb "#7d4cc9" linewidth 1.2 dashtype (2,3)
set linetype 4 linecolor rgb "#3b82c4" linewidth 3.5 dashtype solid
set linetype 5 linecolor rgb "#d1571b" linewidth 3.5 dashtype solid
set xrange [x_lo:x_hi]
set yrange [0:*]
do for [i = 1:n_onsets] {
	set arrow i from first value(sprintf("onset_%d", i)), graph 0 to first value(sprintf("onset_%d", i)), graph 1 nohead linetype 3
}
# A picture of its own height; the lowest has the numbers of the axis. As a macro: terminal options take no expressions of strings.
panel = 'set terminal svg size wide,high dynamic noenhanced font "sans-serif,16"; set tmargin at screen 1 - 10.0 / high; set bmargin at screen (axis ? 42.0 : 10.0) / high; set format x (axis ? "%g" : ""); set ytics step'
if (draw_0) {
	high = high_0; step = step_0; axis = axis_0; eval panel
	plot $base_0 using 1:2 with points linetype 1, $cur_0 using 1:2 with points linetype 2
}
if (draw_1) {
	high = high_1; step = step_1; axis = axis_1; eval panel
	plot $base_1 using 1:2 with lines linetype 1, $cur_1 using 1:2 with lines linetype 2
}
if (draw_2) {
	high = high_2; step = step_2; axis = axis_2; eval panel
	plot $base_2 using 1:2 with lines linetype 1, $cur_2 using 1:2 with lines linetype 2
}
if (draw_3) {
	high = high_3; step = step_3; axis = axis_3; eval panel
	plot $base_3 using 1:2 with lines linetype 1, $cur_3 using 1:2 with lines linetype 2
}
if (draw_4) {
	high = high_4; step = step_4; axis = axis_4; eval panel
	plot $base_4 using 1:2 with lines linetype 1, $cur_4 using 1:2 with lines linetype 2
}
if (draw_5) {
	high = high_5; step = step_5; axis = axis_5; eval panel
	plot $base_5 using 1:2 with lines linetype 1, $cur_5 using 1:2 with lines linetype 2
}
if (draw_6) {
	high = high_6; step = step_6; axis = axis_6; eval panel
	plot $base_6 using 1:2 with linespoints linetype 1, $cur_6 using 1:2 with linespoints linetype 2
}
if (draw_7) {
	unset arrow
	high = high_7; step = step_7; axis = 1; eval panel
	set xrange [*:*]
	set logscale x 10
	set yrange [0:1]
	base_fit(x) = fit_base == 1 ? norm((log(x * x_ns) - base_a) / base_b) : fit_base == 2 ? igamma(base_a, x * x_ns / base_b) : fit_base == 3 ? 1 - exp(-(x * x_ns / base_b) ** base_a) : NaN
	cur_fit(x) = fit_cur == 1 ? norm((log(x * x_ns) - cur_a) / cur_b) : fit_cur == 2 ? igamma(cur_a, x * x_ns / cur_b) : fit_cur == 3 ? 1 - exp(-(x * x_ns / cur_b) ** cur_a) : NaN
	plot $base_7 using 1:2 with steps linetype 1, $cur_7 using 1:2 with steps linetype 2, \
		$base_7 using 1:(base_fit($1)) with lines linetype 1 dashtype (2,4) linewidth 1.6, $cur_7 using 1:(cur_fit($1)) with lines linetype 2 dashtype (2,4) linewidth 1.6
	unset logscale x
}
if (draw_8) {
	do for [i = 1:n_onsets] {
		set arrow i from first value(sprintf("onset_%d", i)), graph 0 to first value(sprintf("onset_%d", i)), graph 1 nohead linetype 3
	}
	high = high_8; step = step_8; axis = axis_8; eval panel
	set xrange [x_lo:x_hi]
	set yrange [0.4:6.6]
	set ytics ("CPU" 6, "alloc" 5, "heap" 4, "locks" 3, "block" 2, "stacks" 1)
	plot $base_8 using 1:2 with linespoints linetype 4 pointtype 7 pointsize 0.3, $cur_8 using 1:2 with linespoints linetype 5 pointtype 7 pointsize 0.3
}

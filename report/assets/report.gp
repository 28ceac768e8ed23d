# report.gp - the pictures of the report. The same text every time: all that changes are the numbers defined before it.
#
# x_lo, x_hi: seconds, of every chart over time. draw_K: 1 when chart K has data; $base_K, $cur_K: its points, two columns, an empty line
# where another run or process begins. The order of the plots is the order of the pictures on standard output.
# Baseline: dashed, circles, blue. Current: solid, triangles, orange. The two differ without colour, and both show on white and on black.
set terminal svg size 480,250 dynamic noenhanced font "sans-serif,15"
set encoding utf8
set datafile missing "NaN"
set key off
set border 3 linewidth 1
set tics nomirror out scale 0.6
set xtics autofreq
set grid ytics linetype 1 linecolor rgb "gray" linewidth 0.5
set lmargin 6
set rmargin 1.5
set tmargin 0.8
set bmargin 1.6
set format x "%g"
set format y "%g"
set linetype 1 linecolor rgb "#3b82c4" linewidth 1.8 dashtype (7,4) pointtype 6 pointsize 0.9
set linetype 2 linecolor rgb "#d1571b" linewidth 1.8 dashtype solid pointtype 8 pointsize 0.9
set xrange [x_lo:x_hi]
set yrange [0:*]
if (draw_0) {
	plot $base_0 using 1:2 with points linetype 1, $cur_0 using 1:2 with points linetype 2
}
if (draw_1) {
	plot $base_1 using 1:2 with lines linetype 1, $cur_1 using 1:2 with lines linetype 2
}
if (draw_2) {
	plot $base_2 using 1:2 with lines linetype 1, $cur_2 using 1:2 with lines linetype 2
}
if (draw_3) {
	plot $base_3 using 1:2 with lines linetype 1, $cur_3 using 1:2 with lines linetype 2
}
if (draw_4) {
	plot $base_4 using 1:2 with lines linetype 1, $cur_4 using 1:2 with lines linetype 2
}
if (draw_5) {
	plot $base_5 using 1:2 with lines linetype 1, $cur_5 using 1:2 with lines linetype 2
}
if (draw_6) {
	plot $base_6 using 1:2 with linespoints linetype 1, $cur_6 using 1:2 with linespoints linetype 2
}
if (draw_7) {
	set xrange [*:*]
	set logscale x 10
	set yrange [0:1]
	plot $base_7 using 1:2 with steps linetype 1, $cur_7 using 1:2 with steps linetype 2
}

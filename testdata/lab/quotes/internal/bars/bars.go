// SPDX-License-Identifier: GPL-3.0-or-later

// Package bars sums ticks up: bars, and the figures people look at.
package bars

import (
	"math"
	"sort"

	"example.org/quotes/api"
)

// Build makes a bar of every n ticks.
func Build(ticks []*api.Tick, n int) []*api.Bar {
	out := make([]*api.Bar, 0, len(ticks)/n+1)
	for len(ticks) > 0 {
		part := ticks[:min(n, len(ticks))]
		ticks = ticks[len(part):]
		b := &api.Bar{At: part[0].GetAt(), Open: mid(part[0]), Low: math.MaxInt64}
		for _, t := range part {
			m := mid(t)
			b.High, b.Low, b.Close = max(b.High, m), min(b.Low, m), m
			b.Volume += t.GetVolume()
		}
		out = append(out, b)
	}
	return out
}

func mid(t *api.Tick) int64 { return (t.GetBid() + t.GetAsk()) / 2 }

// Figures are computed from the closes of bars and from single ticks.
func Figures(bars []*api.Bar, ticks []*api.Tick) (volatility, trend float64, named map[string]float64) {
	closes := make([]float64, len(bars))
	for i, b := range bars {
		closes[i] = float64(b.GetClose()) / 1e6
	}
	named = map[string]float64{
		"rsi14":  strength(closes, 14),
		"ema12":  average(closes, 12),
		"ema26":  average(closes, 26),
		"spread": median(ticks, func(t *api.Tick) float64 { return float64(t.GetAsk() - t.GetBid()) }),
		"volume": median(ticks, func(t *api.Tick) float64 { return float64(t.GetVolume()) }),
	}
	return spread(closes), slope(closes), named
}

// spread is the standard deviation of logarithmic returns.
func spread(closes []float64) float64 {
	if len(closes) < 3 {
		return 0
	}
	var sum, squares float64
	for i := 1; i < len(closes); i++ {
		r := math.Log(closes[i] / closes[i-1])
		sum += r
		squares += r * r
	}
	n := float64(len(closes) - 1)
	return math.Sqrt(max(0, squares/n-sum/n*sum/n))
}

// slope is that of the least squares line.
func slope(y []float64) float64 {
	n := float64(len(y))
	if n < 2 {
		return 0
	}
	var sx, sy, sxx, sxy float64
	for i, v := range y {
		x := float64(i)
		sx, sy, sxx, sxy = sx+x, sy+v, sxx+x*x, sxy+x*v
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

func average(y []float64, n int) float64 {
	if len(y) == 0 {
		return 0
	}
	k, v := 2/float64(n+1), y[0]
	for _, x := range y[1:] {
		v += k * (x - v)
	}
	return v
}

func strength(y []float64, n int) float64 {
	var up, down float64
	for i := max(1, len(y)-n); i < len(y); i++ {
		if d := y[i] - y[i-1]; d > 0 {
			up += d
		} else {
			down -= d
		}
	}
	if up+down == 0 {
		return 50
	}
	return 100 * up / (up + down)
}

func median(ticks []*api.Tick, of func(*api.Tick) float64) float64 {
	if len(ticks) == 0 {
		return 0
	}
	v := make([]float64, len(ticks))
	for i, t := range ticks {
		v[i] = of(t)
	}
	sort.Float64s(v)
	return v[len(v)/2]
}

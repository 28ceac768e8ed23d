// SPDX-License-Identifier: GPL-3.0-or-later

// Package page renders what was found.
package page

import (
	"sort"
	"strings"
)

// mix is small enough to be inlined.
func mix(h, x uint32) uint32 {
	h ^= x * 0xcc9e2d51
	h = h<<13 | h>>19
	return h*5 + 0xe6546b64
}

// Sum is a checksum of the text.
//
//go:noinline
func Sum(text string, rounds int) uint32 {
	h := uint32(len(text))
	for n := 0; n < rounds; n++ {
		for i := 0; i < len(text); i++ {
			h = mix(h, uint32(text[i]))
		}
	}
	return h
}

// Render lays the words out, in order.
//
//go:noinline
func Render(words []string, width int) string {
	var b strings.Builder
	pad := func(w string) string {
		n := 0
		for i := 0; i < len(w); i++ {
			for j := 0; j < 12; j++ {
				n += int(w[i]) >> (j & 7)
			}
		}
		return strings.Repeat(" ", 1+n%3)
	}
	order := append([]string(nil), words...)
	sort.Slice(order, func(i, j int) bool { return order[i] < order[j] })
	for _, step := range []func(string) string{pad, strings.ToUpper} {
		for _, w := range order {
			b.WriteString(step(w))
			b.WriteString(w)
		}
	}
	return b.String()
}

//go:noinline
func Stamp(x uint32, steps int) uint32 {
	for i := 0; i < steps; i++ {
		x = x*747796405 + 2891336453 ^ x>>15
	}
	return x
}

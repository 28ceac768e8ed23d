// SPDX-License-Identifier: GPL-3.0-or-later

// Package pricing finds the best of a book of rules for an item.
package pricing

// Rule is a pattern with a price; '*' in the pattern is any text.
type Rule struct {
	Pattern string
	Price   int
}

// Book is a list of rules.
type Book struct {
	Rules []Rule
	// Steps is how long Lower and Upper work: their sum is what a request costs.
	Lower, Upper int
}

// fits says whether a rule can hold for the item at all.
func fits(r *Rule, item string) bool {
	n := 0
	for i := 0; i < len(r.Pattern); i++ {
		if r.Pattern[i] != '*' {
			n++
		}
	}
	return n <= len(item)
}

//go:noinline
func glob(p, s string) bool {
	for len(p) > 0 {
		if p[0] == '*' {
			for i := 0; i <= len(s); i++ {
				if glob(p[1:], s[i:]) {
					return true
				}
			}
			return false
		}
		if len(s) == 0 || s[0] != p[0] {
			return false
		}
		p, s = p[1:], s[1:]
	}
	return len(s) == 0
}

// Best is the lowest price that holds for the item.
//
//go:noinline
func (b *Book) Best(item string) int {
	best := 1 << 30
	for i := range b.Rules {
		r := &b.Rules[i]
		if r.Price < best && fits(r, item) && glob(r.Pattern, item) {
			best = r.Price
		}
	}
	return best
}

// Low and High are two halves of one work: what one does less the other does more.
//
//go:noinline
func (b *Book) Low(x uint32) uint32 {
	for i := 0; i < b.Lower; i++ {
		x = x*1664525 + 1013904223 ^ x>>7
	}
	return x
}

//go:noinline
func (b *Book) High(x uint32) uint32 {
	for i := 0; i < b.Upper; i++ {
		x = x*22695477 + 1 ^ x>>9
	}
	return x
}

//go:noinline
func roundUp(x uint32, steps int) uint32 {
	for i := 0; i < steps; i++ {
		x = x*69069 + 5 ^ x>>11
	}
	return x
}

//go:noinline
func roundDown(x uint32, steps int) uint32 {
	for i := 0; i < steps; i++ {
		x = x*134775813 + 3 ^ x>>5
	}
	return x
}

// Round rounds up and down.
//
//go:noinline
func Round(x uint32, up, down int) uint32 {
	return roundUp(x, up) + roundDown(x, down)
}

//go:noinline
func Tax(x uint32, steps int) uint32 {
	for i := 0; i < steps; i++ {
		x = x*214013 + 2531011 ^ x>>13
	}
	return x
}

//go:noinline
func Discount(x uint32, steps int) uint32 {
	for i := 0; i < steps; i++ {
		x = x*16843009 + 826366247 ^ x>>3
	}
	return x
}

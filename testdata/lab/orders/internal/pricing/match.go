// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !r2

package pricing

import (
	"strings"

	"example.org/orders/internal/catalog"
)

// best is the rule that takes most off; later rules win a tie.
func (b *Book) best(it *catalog.Item, count int) *rule {
	var win *rule
	rules := b.groups[b.slot(it.Group)]
	for i := range rules {
		r := &rules[i]
		if fits(r, it, count) && (win == nil || r.permille >= win.permille) {
			win = r
		}
	}
	return win
}

func fits(r *rule, it *catalog.Item, count int) bool {
	return glob(r.pattern, it.Name) && strings.EqualFold(r.group, it.Group) &&
		count >= r.minCount && it.Grams >= r.minGrams
}

// glob matches ? and * without backtracking further than the last star.
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

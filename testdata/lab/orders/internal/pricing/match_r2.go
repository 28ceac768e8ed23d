// SPDX-License-Identifier: GPL-3.0-or-later

//go:build r2

package pricing

import (
	"strings"

	"example.org/orders/internal/catalog"
	"example.org/orders/internal/pattern"
)

// best is the rule that takes most off; later rules win a tie.
func (b *Book) best(it *catalog.Item, count int) *rule {
	return b.winner(b.groups[b.slot(it.Group)], it, count)
}

func (b *Book) winner(rules []rule, it *catalog.Item, count int) *rule {
	var win *rule
	for i := range rules {
		r := &rules[i]
		if applies(r, it, count) && (win == nil || r.permille >= win.permille) {
			win = r
		}
	}
	return win
}

func applies(r *rule, it *catalog.Item, count int) bool {
	return pattern.Match(r.pattern, it.Name) && strings.EqualFold(r.group, it.Group) &&
		count >= r.minCount && it.Grams >= r.minGrams
}

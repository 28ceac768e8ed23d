// SPDX-License-Identifier: GPL-3.0-or-later

// Package pricing turns a basket into a total by a book of price rules.
package pricing

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"example.org/orders/internal/catalog"
)

// Line is one position of a basket.
type Line struct {
	SKU   string `json:"sku"`
	Count int    `json:"count"`
}

// Priced is a line with its price.
type Priced struct {
	Line
	Name  string `json:"name"`
	Unit  int64  `json:"unit"`
	Cents int64  `json:"cents"`
	Rule  string `json:"rule,omitempty"`
}

// rule takes permille off items whose group, name and size it fits.
type rule struct {
	name     string
	group    string
	pattern  string
	minCount int
	minGrams int
	permille int64
}

// Book is the set of rules in force, divided by the group of the item.
type Book struct {
	cat    *catalog.Catalog
	groups [][]rule
}

// New makes a book of n rules in the given number of groups.
func New(cat *catalog.Catalog, n, groups int) *Book {
	rng := rand.New(rand.NewPCG(11, uint64(n)))
	names := []string{"bath", "garden", "kitchen", "office", "paint", "tools"}
	patterns := []string{"*steel*", "*fold*ladder", "wooden*", "*plane*", "?lue*lamp", "*bench", "quiet*s*w", "*r*shelf*"}
	b := &Book{cat: cat, groups: make([][]rule, max(1, groups))}
	for i := range n {
		r := rule{
			name:     fmt.Sprintf("R%03d", i),
			group:    names[rng.IntN(len(names))],
			pattern:  patterns[rng.IntN(len(patterns))],
			minCount: 1 + rng.IntN(4),
			minGrams: rng.IntN(6000),
			permille: 5 + rng.Int64N(150),
		}
		at := b.slot(r.group)
		b.groups[at] = append(b.groups[at], r)
	}
	return b
}

// slot is the group of rules that an item of the named group can meet.
func (b *Book) slot(group string) int {
	if len(b.groups) == 1 {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(group))
	return int(h.Sum32() % uint32(len(b.groups)))
}

// Basket prices every line and adds them up.
func (b *Book) Basket(lines []Line) ([]Priced, int64, error) {
	out := make([]Priced, 0, len(lines))
	var total int64
	for _, l := range lines {
		it, ok := b.cat.Item(l.SKU)
		if !ok {
			return nil, 0, fmt.Errorf("no item %q", l.SKU)
		}
		if l.Count < 1 || l.Count > 99 {
			return nil, 0, fmt.Errorf("bad count %d of %q", l.Count, l.SKU)
		}
		p := b.price(&it, l.Count)
		total += p.Cents
		out = append(out, p)
	}
	return out, total, nil
}

// Show prices one piece of an item, as the catalogue pages do.
func (b *Book) Show(it *catalog.Item) Priced { return b.price(it, 1) }

func (b *Book) price(it *catalog.Item, count int) Priced {
	p := Priced{Line: Line{SKU: it.SKU, Count: count}, Name: it.Name, Unit: it.Cents}
	p.Cents = it.Cents * int64(count)
	if r := b.best(it, count); r != nil {
		p.Rule = r.name
		p.Cents -= p.Cents * r.permille / 1000
	}
	return p
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package catalog is the list of what is sold, with a word index for search.
package catalog

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
)

// Item is one thing that is sold.
type Item struct {
	SKU    string   `json:"sku"`
	Name   string   `json:"name"`
	Group  string   `json:"group"`
	Cents  int64    `json:"cents"`
	Grams  int      `json:"grams"`
	Tags   []string `json:"tags"`
	Detail string   `json:"detail"`
}

// Catalog is read only after New.
type Catalog struct {
	items []Item
	bySKU map[string]int
	words map[string][]int
	index bool
}

var (
	adjectives = []string{"blue", "folding", "heavy", "light", "narrow", "plain", "quiet", "round", "steel", "wooden"}
	nouns      = []string{"bench", "board", "clamp", "hinge", "lamp", "ladder", "plane", "saw", "shelf", "vice"}
	groups     = []string{"bath", "garden", "kitchen", "office", "paint", "tools"}
)

// New makes a catalogue of n items; the same n gives the same catalogue. With
// index a search reads the word index, without it the items.
func New(n int, index bool) *Catalog {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	c := &Catalog{bySKU: make(map[string]int, n), words: make(map[string][]int), index: index}
	for i := range n {
		adj, noun := adjectives[rng.IntN(len(adjectives))], nouns[rng.IntN(len(nouns))]
		group := groups[rng.IntN(len(groups))]
		it := Item{
			SKU:    fmt.Sprintf("%s-%04d", group[:2], i),
			Name:   adj + " " + noun,
			Group:  group,
			Cents:  500 + rng.Int64N(20000),
			Grams:  50 + rng.IntN(9000),
			Tags:   []string{adj, noun, group},
			Detail: strings.Repeat("A "+adj+" "+noun+" for the "+group+". ", 3),
		}
		c.items = append(c.items, it)
		c.bySKU[it.SKU] = i
		for _, w := range it.Tags {
			c.words[w] = append(c.words[w], i)
		}
	}
	return c
}

// Item finds one item.
func (c *Catalog) Item(sku string) (Item, bool) {
	i, ok := c.bySKU[sku]
	if !ok {
		return Item{}, false
	}
	return c.items[i], true
}

// SKUs lists all stock keeping units in catalogue order.
func (c *Catalog) SKUs() []string {
	out := make([]string, len(c.items))
	for i := range c.items {
		out[i] = c.items[i].SKU
	}
	return out
}

// Search returns up to limit items that carry every word of the query, those
// that carry it in their name first, cheaper before dearer.
func (c *Catalog) Search(query string, limit int) []Item {
	fields := strings.Fields(strings.ToLower(query))
	if len(fields) == 0 {
		return nil
	}
	hits := make(map[int]int)
	for _, w := range fields {
		if !c.index {
			c.scan(w, hits)
			continue
		}
		for _, i := range c.words[w] {
			hits[i]++
		}
	}
	found := make([]Item, 0, limit)
	for i, n := range hits {
		if n == len(fields) {
			found = append(found, c.items[i])
		}
	}
	sort.Slice(found, func(a, b int) bool { return before(&found[a], &found[b], fields[0]) })
	if len(found) > limit {
		found = found[:limit]
	}
	return found
}

// scan counts the items that carry a word anywhere.
func (c *Catalog) scan(word string, hits map[int]int) {
	for i := range c.items {
		it := &c.items[i]
		if mentions(it.Name, word) || mentions(it.Detail, word) {
			hits[i]++
		}
	}
}

// mentions is strings.Contains without regard to case.
func mentions(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

func before(a, b *Item, word string) bool {
	an, bn := strings.Contains(a.Name, word), strings.Contains(b.Name, word)
	if an != bn {
		return an
	}
	if a.Cents != b.Cents {
		return a.Cents < b.Cents
	}
	return a.SKU < b.SKU
}

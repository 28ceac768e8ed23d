// SPDX-License-Identifier: GPL-3.0-or-later

// Package origin knows which network and country an address belongs to.
package origin

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// Place is what an address tells.
type Place struct {
	Country string
	Network string
}

type node struct {
	next  [2]*node
	place *Place
}

// Table is a binary trie of IPv4 prefixes; it never changes.
type Table struct {
	root  node
	empty *Place
}

var countries = []string{
	"AT", "AU", "BE", "BR", "CA", "CH", "CZ", "DE", "DK", "ES", "FI", "FR",
	"GB", "IE", "IN", "IT", "JP", "KR", "NL", "NO", "PL", "PT", "SE", "US",
}

// New makes a table of n prefixes, always the same ones.
func New(n int) *Table {
	t := &Table{empty: &Place{Country: "ZZ", Network: "AS0"}}
	rng := rand.New(rand.NewPCG(7, 42))
	for range n {
		bits := 12 + rng.IntN(13)
		at := rng.IntN(len(countries)) * rng.IntN(len(countries)) / len(countries) // some are larger
		t.add(rng.Uint32(), bits, &Place{
			Country: countries[at],
			Network: fmt.Sprintf("AS%d", 1000+rng.IntN(9000)),
		})
	}
	return t
}

func (t *Table) add(ip uint32, bits int, p *Place) {
	at := &t.root
	for i := range bits {
		side := ip >> (31 - i) & 1
		if at.next[side] == nil {
			at.next[side] = new(node)
		}
		at = at.next[side]
	}
	at.place = p
}

// Lookup finds the longest prefix that holds the address.
func (t *Table) Lookup(text string) *Place {
	addr, err := netip.ParseAddr(text)
	if err != nil || !addr.Is4() {
		return t.empty
	}
	b := addr.As4()
	ip := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	best := t.empty
	at := &t.root
	for i := 0; at != nil && i < 32; i++ {
		if at.place != nil {
			best = at.place
		}
		at = at.next[ip>>(31-i)&1]
	}
	return best
}

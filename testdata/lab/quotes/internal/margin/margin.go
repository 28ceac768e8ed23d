// SPDX-License-Identifier: GPL-3.0-or-later

// Package margin turns an order book into a price: what the quantity would cost
// on the market, and what is added for the risk.
package margin

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"example.org/quotes/api"
	"example.org/quotes/internal/market"
)

// ErrThin says that the book does not hold the quantity.
var ErrThin = errors.New("margin: book too thin")

// Walk takes levels until the quantity is filled.
func Walk(d *api.DepthReply, quantity int64) (micros int64, levels int, err error) {
	side, left := d.GetAsks(), quantity
	if quantity < 0 {
		side, left = d.GetBids(), -quantity
	}
	for _, l := range side {
		n := min(left, l.GetQuantity())
		micros += n * l.GetMicros()
		levels++
		if left -= n; left == 0 {
			return micros, levels, nil
		}
	}
	return 0, levels, ErrThin
}

// rule adds to the price of the orders it fits.
type rule struct {
	name     string
	sector   string
	pattern  string
	accounts string
	min      int64
	millis   int64 // thousandths of a percent
}

// Rules are the rules in force, by sector.
type Rules struct {
	by map[string][]rule
}

// New makes n rules.
func New(n int) *Rules {
	rng := rand.New(rand.NewPCG(23, uint64(n)))
	sectors := []string{"energy", "finance", "food", "metals", "transport"}
	patterns := []string{"A*", "*0*.X", "?B*", "*.N", "*7?.?", "Q*L", "*1*2*", "*"}
	r := &Rules{by: make(map[string][]rule)}
	for i := range n {
		x := rule{
			name:     fmt.Sprintf("M%03d", i),
			sector:   sectors[rng.IntN(len(sectors))],
			pattern:  patterns[rng.IntN(len(patterns))],
			accounts: []string{"a", "a0", "a1", "a12", "A3"}[rng.IntN(5)],
			min:      rng.Int64N(400),
			millis:   rng.Int64N(900),
		}
		r.by[x.sector] = append(r.by[x.sector], x)
	}
	return r
}

// For is the highest margin whose rule fits, in thousandths of a percent.
func (r *Rules) For(in *market.Instrument, account string, quantity int64) (millis int64, name string) {
	millis, name = 40, "base"
	if quantity < 0 {
		quantity = -quantity
	}
	rules := r.by[in.Sector]
	for i := range rules {
		if x := &rules[i]; x.millis > millis && x.fits(in, account, quantity) {
			millis, name = x.millis, x.name
		}
	}
	return millis, name
}

func (x *rule) fits(in *market.Instrument, account string, quantity int64) bool {
	return quantity >= x.min && glob(x.pattern, in.Symbol) &&
		len(account) >= len(x.accounts) && strings.EqualFold(account[:len(x.accounts)], x.accounts)
}

// glob matches ? and *.
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

// SPDX-License-Identifier: GPL-3.0-or-later

// Package market is what everybody here agrees on: the instruments, and how
// their prices move. The same seed gives the same market in every process.
package market

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Instrument is one thing that is traded.
type Instrument struct {
	Symbol   string
	Sector   string
	Currency string
	Base     int64 // price in millionths of the currency
	Step     int64 // smallest move
	Swing    float64
}

// Market is fixed once made.
type Market struct {
	list  []Instrument
	index map[string]int
}

var sectors = []string{"energy", "finance", "food", "metals", "transport"}

// currencies in falling share.
var currencies = []struct {
	name  string
	share int
}{{"USD", 50}, {"EUR", 20}, {"GBP", 12}, {"CHF", 8}, {"JPY", 7}, {"DKK", 3}}

// New makes n instruments.
func New(n int) *Market {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	m := &Market{list: make([]Instrument, n), index: make(map[string]int, n)}
	for i := range m.list {
		in := Instrument{
			Symbol: fmt.Sprintf("%c%c%03d.%c", 'A'+rng.IntN(26), 'A'+rng.IntN(26), i, "XNL"[rng.IntN(3)]),
			Sector: sectors[rng.IntN(len(sectors))],
			Base:   int64(5e6 + rng.Float64()*195e6),
			Step:   []int64{1000, 5000, 10000}[rng.IntN(3)],
			Swing:  .004 + rng.Float64()*.02,
		}
		roll := rng.IntN(100)
		for _, c := range currencies {
			in.Currency = c.name
			if roll -= c.share; roll < 0 {
				break
			}
		}
		m.list[i] = in
		m.index[in.Symbol] = i
	}
	return m
}

// Len is the number of instruments.
func (m *Market) Len() int { return len(m.list) }

// At is the i-th instrument.
func (m *Market) At(i int) *Instrument { return &m.list[i] }

// Find looks an instrument up.
func (m *Market) Find(symbol string) (*Instrument, int, bool) {
	i, ok := m.index[symbol]
	if !ok {
		return nil, 0, false
	}
	return &m.list[i], i, true
}

// Price is where the instrument stands at a time in nanoseconds: slow waves and
// a little noise, on the grid of its steps.
func (in *Instrument) Price(at int64) int64 {
	t := float64(at) / 1e9
	p := math.Sin(t/7+float64(in.Base%97)) + .4*math.Sin(t/1.3+float64(in.Base%31)) + .1*math.Sin(t*11)
	v := float64(in.Base) * (1 + in.Swing*p)
	return int64(v) / in.Step * in.Step
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package lane lets a customer check out once at a time: customers share a
// number of lanes, and whoever is in one has it alone.
package lane

import (
	"hash/fnv"
	"sync"
	"sync/atomic"
)

const most = 256

// Lanes is a set of lanes.
type Lanes struct {
	open  *atomic.Int64
	lanes [most]sync.Mutex
}

// New makes lanes of which open are in use.
func New(open *atomic.Int64) *Lanes { return &Lanes{open: open} }

// Pass runs do when the customer's lane is free.
func (l *Lanes) Pass(customer string, do func() error) error {
	h := fnv.New32a()
	h.Write([]byte(customer))
	mu := &l.lanes[h.Sum32()%uint32(min(max(l.open.Load(), 1), most))]
	mu.Lock()
	defer mu.Unlock()
	return do()
}

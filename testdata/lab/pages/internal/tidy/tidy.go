// SPDX-License-Identifier: GPL-3.0-or-later

// Package tidy looks after the process's memory.
package tidy

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
)

// Keeper gives memory back and follows how much there is.
type Keeper struct {
	percent int
	high    atomic.Uint64
	spare   []byte // never read: the heap's goal counts it
}

// Start runs until ctx ends what the knobs ask for.
func Start(ctx context.Context, set *conf.Settings) *Keeper {
	k := &Keeper{percent: debug.SetGCPercent(100), spare: make([]byte, set.Int("tidy.spare")<<20)}
	debug.SetGCPercent(k.percent)
	go Every(ctx, set.Live("tidy.sweep"), k.sweep)
	go Every(ctx, set.Live("tidy.gauge"), k.gauge)
	return k
}

// Every calls do at an interval that may be turned; none while it is 0.
func Every(ctx context.Context, interval *atomic.Int64, do func()) {
	for ctx.Err() == nil {
		wait := time.Duration(interval.Load())
		if wait > 0 {
			do()
		} else {
			wait = 500 * time.Millisecond
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// sweep keeps the resident set small between large pages.
func (k *Keeper) sweep() { runtime.GC() }

// gauge remembers the highest heap and lets the collector work harder near it.
func (k *Keeper) gauge() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > k.high.Load() {
		k.high.Store(m.HeapAlloc)
	}
	debug.SetGCPercent(k.percent)
}

// Used is the memory that one piece of work took, as well as can be said.
func Used(before uint64) uint64 {
	if now := Taken(); now > before {
		return now - before
	}
	return 0
}

// Taken is all that was ever allocated.
func Taken() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

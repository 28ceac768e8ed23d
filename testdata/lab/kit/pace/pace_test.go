// SPDX-License-Identifier: GPL-3.0-or-later

package pace

import (
	"context"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
)

// TestRamp: the time at which the requests of the ramp are due is its end, and
// the rate is the full one from there on.
func TestRamp(t *testing.T) {
	s := &sender{o: &Options{Rate: 100, Ramp: 10 * time.Second}}
	for _, c := range []struct{ due, want float64 }{{0, 0}, {125, 5}, {500, 10}, {600, 11}} {
		if got := s.when(c.due).Seconds(); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("when(%v) = %v, want %v", c.due, got, c.want)
		}
	}
	s.o.Ramp = 0
	if got := s.when(250); got != 2500*time.Millisecond {
		t.Errorf("without a ramp: %v", got)
	}
}

func TestOpenAndClosed(t *testing.T) {
	for _, closed := range []int{0, 2} {
		var a, b atomic.Int64
		count := func(n *atomic.Int64) func(context.Context, *rand.Rand) bool {
			return func(ctx context.Context, _ *rand.Rand) bool { n.Add(1); time.Sleep(time.Millisecond); return true }
		}
		o := &Options{Rate: 500, Duration: 400 * time.Millisecond, Idle: 100 * time.Millisecond, Most: 1000, Inflight: 64,
			Closed: closed, Timeout: time.Second, Seed: 3, mixShares: "3,1"}
		start := time.Now()
		if err := Run(context.Background(), o, []Endpoint{{"a", 1, count(&a)}, {"b", 9, count(&b)}}); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 400*time.Millisecond {
			t.Errorf("ended after %v, before the silence was over", took)
		}
		if a.Load() <= b.Load() || b.Load() == 0 {
			t.Errorf("closed %d: a %d b %d", closed, a.Load(), b.Load())
		}
	}
}

func TestBadMix(t *testing.T) {
	for _, bad := range []string{"1", "1,x", "0,0", "1,-1", "1,1,1"} {
		o := &Options{mixShares: bad}
		if o.remix(make([]Endpoint, 2)) == nil {
			t.Errorf("-mix %s went through", bad)
		}
	}
}

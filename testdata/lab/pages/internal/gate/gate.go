// SPDX-License-Identifier: GPL-3.0-or-later

// Package gate lets only so many readers a second in.
package gate

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"example.org/lab/kit/conf"
)

// Gate is a token bucket that is open while its rate is 0.
type Gate struct {
	way    *atomic.Int64
	bucket *rate.Limiter
}

// New makes one.
func New(set *conf.Settings) *Gate {
	g := &Gate{way: set.Live("gate.way"), bucket: rate.NewLimiter(rate.Inf, 1)}
	adjust := func() {
		if n := set.Float("gate.pages"); n > 0 {
			g.bucket.SetLimit(rate.Limit(n))
			g.bucket.SetBurst(max(set.Int("gate.burst"), 1))
		} else {
			g.bucket.SetLimit(rate.Inf)
		}
	}
	set.Watch("gate.burst", adjust)
	set.Watch("gate.pages", adjust)
	return g
}

// Enter waits for a place.
func (g *Gate) Enter(ctx context.Context) error {
	if g.way.Load() == 0 {
		return g.bucket.Wait(ctx)
	}
	for !g.bucket.Allow() {
		time.Sleep(25 * time.Millisecond)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

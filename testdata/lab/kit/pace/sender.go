// SPDX-License-Identifier: GPL-3.0-or-later

package pace

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

type sender struct {
	o       *Options
	rng     *rand.Rand
	table   []Endpoint
	shares  int
	book    *book
	dropped atomic.Int64
	running sync.WaitGroup
	places  chan struct{}
}

func newSender(o *Options, b *book, table []Endpoint) *sender {
	s := &sender{o: o, table: table, book: b, rng: rand.New(rand.NewPCG(o.Seed, 1)), places: make(chan struct{}, o.Inflight)}
	for _, e := range table {
		s.shares += e.Share
	}
	return s
}

// send keeps the schedule and ends when its time, its count or ctx is over and
// every answer is in (or has timed out).
func (s *sender) send(ctx context.Context) {
	start := time.Now()
	if s.o.Closed > 0 {
		s.workers(ctx, start)
	} else {
		s.schedule(ctx, start)
	}
	s.running.Wait()
	if s.o.Idle > 0 {
		sleepUntil(ctx, start.Add(s.o.Duration))
	}
}

// schedule sends at the times of a Poisson process (or evenly) whose rate grows
// linearly over the ramp: due is the number of requests that are due at a time,
// drawn first and turned into the time then.
func (s *sender) schedule(ctx context.Context, start time.Time) {
	busy := s.o.Duration - s.o.Idle
	due := 0.0
	for n := 0; n < s.o.Most; n++ {
		if s.o.Even {
			due++
		} else {
			due += s.rng.ExpFloat64()
		}
		after := s.when(due)
		if after >= busy || !sleepUntil(ctx, start.Add(after)) {
			break
		}
		s.fire(ctx, start.Add(after), s.pick(s.rng), s.child())
	}
}

// when is the time at which due requests are due.
func (s *sender) when(due float64) time.Duration {
	ramp := s.o.Ramp.Seconds()
	t := due/s.o.Rate + ramp/2
	if t < ramp {
		t = math.Sqrt(2 * ramp * due / s.o.Rate)
	}
	return time.Duration(t * float64(time.Second))
}

// workers is the closed loop: each sends its next request when the last one has
// been answered, so that a slow service is asked less.
func (s *sender) workers(ctx context.Context, start time.Time) {
	end := start.Add(s.o.Duration - s.o.Idle)
	var left atomic.Int64
	left.Store(int64(s.o.Most))
	for range s.o.Closed {
		rng := s.child()
		s.running.Add(1)
		go func() {
			defer s.running.Done()
			for time.Now().Before(end) && left.Add(-1) >= 0 {
				at, meant := s.pick(rng), time.Now()
				s.book.offer(meant, at)
				s.one(ctx, meant, at, rng)
				if !sleepUntil(ctx, time.Now().Add(s.o.Think)) {
					return
				}
			}
		}()
	}
}

func sleepUntil(ctx context.Context, t time.Time) bool {
	d := time.Until(t)
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// child is a source of its own for one request, so that what is sent does not
// depend on the order of answers.
func (s *sender) child() *rand.Rand { return rand.New(rand.NewPCG(s.rng.Uint64(), s.rng.Uint64())) }

func (s *sender) pick(rng *rand.Rand) int {
	at, sum, roll := 0, 0, rng.IntN(s.shares)
	for at = range s.table {
		if sum += s.table[at].Share; roll < sum {
			break
		}
	}
	return at
}

func (s *sender) fire(ctx context.Context, meant time.Time, at int, rng *rand.Rand) {
	s.book.offer(meant, at)
	select {
	case s.places <- struct{}{}:
	default:
		s.dropped.Add(1)
		return
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		s.one(ctx, meant, at, rng)
		<-s.places
	}()
}

// one request; its time runs from the moment it was meant to be sent, its limit
// from now.
func (s *sender) one(ctx context.Context, meant time.Time, at int, rng *rand.Rand) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.o.Timeout)
	defer cancel()
	ok := s.table[at].Do(ctx, rng)
	now := time.Now()
	s.book.done(now, at, now.Sub(meant), ok)
}

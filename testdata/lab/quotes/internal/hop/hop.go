// SPDX-License-Identifier: GPL-3.0-or-later

// Package hop is a middlebox: a TCP proxy that can be as far away, as narrow
// and as forgetful as real ones are. It works on the bytes of connections, not
// on packets: what it delays or loses, the kernel's counters do not show.
package hop

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Options of a hop; the zero value passes everything on at once.
type Options struct {
	Delay  time.Duration // each way
	Spread time.Duration // random addition, order is kept
	Rate   int           // bytes a second and direction, no limit if 0
	Every  time.Duration // mean time between two stops of a direction, none if 0
	Stop   time.Duration // how long a direction stands still then
	Idle   time.Duration // a connection silent for so long is forgotten; never if 0
	Turns  int           // mean number of pieces a client sends until its connection is cut, never if 0
}

// Serve forwards what comes in at l to addr until ctx ends.
func Serve(ctx context.Context, l net.Listener, addr string, o Options) error {
	go func() {
		<-ctx.Done()
		l.Close()
	}()
	for {
		in, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		go join(ctx, in.(*net.TCPConn), addr, o)
	}
}

type pair struct {
	o       Options
	in, out *net.TCPConn
	last    atomic.Int64 // when something passed, ns
	turns   atomic.Int64 // pieces left until the cut
	ends    atomic.Int64 // directions that are through
	once    sync.Once
	over    chan struct{}
}

func join(ctx context.Context, in *net.TCPConn, addr string, o Options) {
	d := net.Dialer{Timeout: 2 * time.Second}
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		in.Close()
		return
	}
	p := &pair{o: o, in: in, out: c.(*net.TCPConn), over: make(chan struct{})}
	p.last.Store(time.Now().UnixNano())
	p.turns.Store(int64(o.Turns/2 + rand.IntN(o.Turns+1)))
	go p.pass(p.in, p.out, o.Turns > 0)
	go p.pass(p.out, p.in, false)
	p.mind(ctx)
}

// mind ends the pair: with the process, or when it has been idle too long.
func (p *pair) mind(ctx context.Context) {
	var tick <-chan time.Time
	if p.o.Idle > 0 {
		t := time.NewTicker(max(p.o.Idle/8, time.Millisecond))
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case now := <-tick:
			if now.UnixNano()-p.last.Load() > int64(p.o.Idle) {
				p.cut()
				return
			}
		case <-ctx.Done():
			p.cut()
			return
		case <-p.over:
			return
		}
	}
}

// cut resets both connections.
func (p *pair) cut() {
	p.once.Do(func() {
		close(p.over)
		p.in.SetLinger(0)
		p.out.SetLinger(0)
		p.in.Close()
		p.out.Close()
	})
}

type piece struct {
	data []byte
	due  time.Time
}

var room = sync.Pool{New: func() any { return make([]byte, 32<<10) }}

// pass moves one direction. A reader stamps what came in with the time it is
// due, a writer waits for that, so that a distance delays and does not throttle.
func (p *pair) pass(from, to *net.TCPConn, counted bool) {
	line := make(chan piece, 512)
	go p.write(to, line)
	defer close(line)
	var free, stop time.Time // when the wire is free again; the next stop
	for {
		buf := room.Get().([]byte)
		n, err := from.Read(buf)
		now := time.Now()
		if n > 0 {
			p.last.Store(now.UnixNano())
			if counted && p.turns.Add(-1) < 0 {
				p.cut()
				return
			}
			due := p.due(now, n, &free, &stop)
			select {
			case line <- piece{buf[:n], due}:
			case <-p.over:
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				p.cut()
			}
			return
		}
	}
}

// due is when n bytes that came in now have reached the other end.
func (p *pair) due(now time.Time, n int, free, stop *time.Time) time.Time {
	at := now
	if free.After(at) {
		at = *free
	}
	if p.o.Every > 0 {
		if stop.IsZero() {
			*stop = now.Add(exp(p.o.Every))
		}
		if at.After(*stop) {
			at = at.Add(p.o.Stop)
			*stop = at.Add(exp(p.o.Every))
		}
	}
	if p.o.Rate > 0 {
		at = at.Add(time.Duration(float64(n) / float64(p.o.Rate) * float64(time.Second)))
	}
	*free = at
	at = at.Add(p.o.Delay)
	if p.o.Spread > 0 {
		at = at.Add(time.Duration(rand.Int64N(int64(p.o.Spread))))
	}
	return at
}

func exp(mean time.Duration) time.Duration {
	return time.Duration(rand.ExpFloat64() * float64(mean))
}

func (p *pair) write(to *net.TCPConn, line <-chan piece) {
	for x := range line {
		if wait := time.Until(x.due); wait > 0 {
			time.Sleep(wait)
		}
		_, err := to.Write(x.data)
		room.Put(x.data[:cap(x.data)]) //nolint:staticcheck // a slice header a piece is nothing here
		if err != nil {
			p.cut()
			for range line {
			}
			return
		}
	}
	to.CloseWrite()
	if p.ends.Add(1) == 2 {
		p.once.Do(func() {
			close(p.over)
			p.in.Close()
			p.out.Close()
		})
	}
}

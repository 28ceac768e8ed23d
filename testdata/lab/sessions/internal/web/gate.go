// SPDX-License-Identifier: GPL-3.0-or-later

package web

import (
	"context"
	"expvar"
	"fmt"
	"log"
	"net/http"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

var (
	served  = expvar.NewMap("served")
	running = expvar.NewInt("running")
	number  atomic.Int64
)

// gate refuses requests when memory runs short.
type gate struct {
	every int64 // requests between two looks, 0: the sampler is enough
	most  uint64
	seen  atomic.Int64
	heap  atomic.Uint64
}

func (g *gate) admit() bool {
	if g.every > 0 && g.seen.Add(1)%g.every == 0 {
		g.look()
	}
	return g.heap.Load() < g.most
}

// look takes the figure of this very moment.
func (g *gate) look() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	g.heap.Store(m.HeapAlloc)
}

// sample takes it now and then.
func (g *gate) sample(ctx context.Context) {
	one := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	t := time.NewTicker(500 * time.Millisecond)
	defer t.Stop()
	for {
		metrics.Read(one)
		g.heap.Store(one[0].Value.Uint64())
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// late keeps the picture of what went on when an answer was late.
type late struct {
	after time.Duration
	pause time.Duration // between two pictures
	mu    sync.Mutex
	next  time.Time
	text  []byte
	size  int
}

func (l *late) note(took time.Duration) {
	if took < l.after || !l.mu.TryLock() {
		return
	}
	defer l.mu.Unlock()
	if time.Now().Before(l.next) {
		return
	}
	if l.text == nil {
		l.text = make([]byte, 1<<20)
	}
	l.size = runtime.Stack(l.text, true)
	l.next = time.Now().Add(l.pause)
}

// recorder remembers the status for the counters.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// guard numbers requests, bounds their time, counts them and survives panics.
func (a *api) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), 4*time.Second)
		defer cancel()
		n := number.Add(1)
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		rec.Header().Set("X-Request-Id", fmt.Sprintf("%08x", n))
		running.Add(1)
		defer func() {
			running.Add(-1)
			if p := recover(); p != nil {
				log.Printf("request %d: %v", n, p)
				http.Error(rec, "internal error", http.StatusInternalServerError)
			}
			served.Add(fmt.Sprintf("%dxx", rec.status/100), 1)
			if r.URL.Path != "/watch" {
				a.late.note(time.Since(began))
			}
		}()
		if !a.gate.admit() {
			http.Error(rec, "short of memory", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

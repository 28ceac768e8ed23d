// SPDX-License-Identifier: GPL-3.0-or-later

package site

import (
	"context"
	"expvar"
	"fmt"
	"log"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/meter"
	"example.org/pages/internal/tidy"
)

var (
	served = expvar.NewMap("served")
	memory = expvar.NewMap("memory")
)

// guard numbers requests, bounds their time, counts and logs them and survives
// panics.
type guard struct {
	next   http.Handler
	log    *meter.Log
	number atomic.Int64
	mem    *atomic.Int64
	last   atomic.Pointer[[]byte]
}

func newGuard(ctx context.Context, next http.Handler, out *meter.Log, set *conf.Settings) *guard {
	g := &guard{next: next, log: out, mem: set.Live("guard.mem")}
	go tidy.Every(ctx, set.Live("guard.trace"), g.record)
	return g
}

// recorder remembers status and size.
type recorder struct {
	http.ResponseWriter
	status, size int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	n, err := r.ResponseWriter.Write(p)
	r.size += n
	return n, err
}

// Unwrap lets http.ResponseController find Flush.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start, n := time.Now(), g.number.Add(1)
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	rec.Header().Set("X-Request-Id", fmt.Sprintf("%08x", n))
	defer g.end(rec, r, n, start)
	if g.mem.Load() != 0 {
		defer g.account(r.URL.Path, tidy.Taken())
	}
	g.next.ServeHTTP(rec, r.WithContext(ctx))
}

func (g *guard) end(rec *recorder, r *http.Request, n int64, start time.Time) {
	if p := recover(); p != nil {
		log.Printf("request %d: %v", n, p)
		http.Error(rec, "internal error", http.StatusInternalServerError)
	}
	served.Add(fmt.Sprintf("%dxx", rec.status/100), 1)
	g.log.Line(n, r.Method, r.URL.Path, rec.status, rec.size, time.Since(start))
}

// record keeps what everybody is doing, so that the last picture is there when
// a request is cut off.
func (g *guard) record() {
	text := make([]byte, 256<<10)
	text = text[:runtime.Stack(text, true)]
	g.last.Store(&text)
}

// account adds the memory that a request took to its kind.
func (g *guard) account(path string, before uint64) {
	kind := path
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			kind = path[:i]
			break
		}
	}
	memory.Add(kind, int64(tidy.Used(before)))
}

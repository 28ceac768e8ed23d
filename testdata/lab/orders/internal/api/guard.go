// SPDX-License-Identifier: GPL-3.0-or-later

package api

import (
	"context"
	"expvar"
	"fmt"
	"log"
	"net/http"
	"sync/atomic"
	"time"
)

var (
	served  = expvar.NewMap("served")
	running = expvar.NewInt("running")
	number  atomic.Int64
)

type numberKey struct{}

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
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		n := number.Add(1)
		ctx = context.WithValue(ctx, numberKey{}, n)
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
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
	})
}

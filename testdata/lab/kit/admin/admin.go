// SPDX-License-Identifier: GPL-3.0-or-later

// Package admin is the second, loopback-only listener of a service: pprof,
// expvar, what a reader of the numbers has to know about the process, and the
// knobs that can be turned while it runs.
package admin

import (
	"expvar"
	"math"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"

	"example.org/lab/kit/conf"
)

// Rates applies the three sampling rates, now and when they change. Call it
// first: what was allocated before it was recorded at another rate.
func Rates(set *conf.Settings) {
	set.Watch("profile.heap", func() { runtime.MemProfileRate = set.Int("profile.heap") })
	set.Watch("profile.block", func() { runtime.SetBlockProfileRate(set.Int("profile.block")) })
	set.Watch("profile.mutex", func() { runtime.SetMutexProfileFraction(set.Int("profile.mutex")) })
}

// Handler serves profiles, counters and knobs; one a process.
func Handler(set *conf.Settings) http.Handler {
	expvar.Publish("settings", expvar.Func(func() any { return settings(set) }))
	expvar.Publish("goroutines", expvar.Func(func() any { return runtime.NumGoroutine() }))
	expvar.Publish("mutex_wait_seconds", expvar.Func(func() any { return lockWait() }))
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.Handle("/debug/vars", expvar.Handler())
	mux.HandleFunc("POST /knob", func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.URL.Query() {
			if err := set.Change(name, values[len(values)-1]); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
		}
	})
	return mux
}

// lockWait is what goroutines have waited for locks since the start: a mutex
// profile says where, a look at this every second says when.
func lockWait() float64 {
	at := []metrics.Sample{{Name: "/sync/mutex/wait/total:seconds"}}
	metrics.Read(at)
	return at[0].Value.Float64()
}

// settings is what has to be equal on both sides of a comparison.
func settings(set *conf.Settings) map[string]any {
	out := map[string]any{
		"GOMAXPROCS":       runtime.GOMAXPROCS(0),
		"GOGC":             gogc(),
		"block_rate":       set.Int("profile.block"),
		"mutex_fraction":   runtime.SetMutexProfileFraction(-1),
		"mem_profile_rate": runtime.MemProfileRate,
		"go_version":       runtime.Version(),
		"os_arch":          runtime.GOOS + "/" + runtime.GOARCH,
	}
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		out["GOMEMLIMIT"] = limit
	}
	return out
}

// gogc is the percentage in force at start: the environment's, else 100.
func gogc() int {
	switch v := os.Getenv("GOGC"); v {
	case "":
		return 100
	case "off":
		return -1
	default:
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
		return 100
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package admin is the second, loopback-only listener: pprof, expvar and what
// a reader of the numbers has to know about the process.
package admin

import (
	"expvar"
	"math"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// Handler sets the two sampling rates and serves profiles and counters.
func Handler(blockRate, mutexFraction int) http.Handler {
	runtime.SetBlockProfileRate(blockRate)
	runtime.SetMutexProfileFraction(mutexFraction)
	settings := new(expvar.Map)
	set := func(name string, n int64) {
		v := new(expvar.Int)
		v.Set(n)
		settings.Set(name, v)
	}
	text := func(name, s string) {
		v := new(expvar.String)
		v.Set(s)
		settings.Set(name, v)
	}
	set("GOMAXPROCS", int64(runtime.GOMAXPROCS(0)))
	set("GOGC", int64(gogc()))
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		set("GOMEMLIMIT", limit)
	}
	set("block_rate", int64(blockRate))
	set("mutex_fraction", int64(runtime.SetMutexProfileFraction(-1)))
	set("mem_profile_rate", int64(runtime.MemProfileRate))
	text("go_version", runtime.Version())
	text("os_arch", runtime.GOOS+"/"+runtime.GOARCH)
	expvar.Publish("settings", settings)

	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.Handle("/debug/vars", expvar.Handler())
	return mux
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

// SPDX-License-Identifier: GPL-3.0-or-later

// Package meter counts what the stages did, for Prometheus, and looks after
// memory.
package meter

import (
	"net/http"
	"regexp"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.org/lab/kit/conf"
)

// Meter is all counters of the process.
type Meter struct {
	reg      *prometheus.Registry
	Accepted prometheus.Counter
	Rejected prometheus.Counter
	Repeated prometheus.Counter
	Late     prometheus.Counter
	Rows     prometheus.Counter
	Requests *prometheus.CounterVec
	Took     *prometheus.HistogramVec
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

// New makes the counters.
func New() *Meter {
	m := &Meter{
		reg:      prometheus.NewRegistry(),
		Accepted: counter("events_accepted_total", "events that were read"),
		Rejected: counter("events_rejected_total", "lines that are no event"),
		Repeated: counter("events_repeated_total", "events seen before"),
		Late:     counter("events_late_total", "events older than the open window"),
		Rows:     counter("events_window_rows_total", "rows of closed windows"),
		Requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "events_requests_total", Help: "requests answered"}, []string{"kind"}),
		Took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "events_request_seconds", Help: "time a request took", Buckets: prometheus.ExponentialBuckets(.0005, 2, 12),
		}, []string{"kind"}),
	}
	m.reg.MustRegister(m.Accepted, m.Rejected, m.Repeated, m.Late, m.Rows, m.Requests, m.Took,
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(
			collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/(sched/(latencies|pauses|goroutines|gomaxprocs)|gc/(pauses|cycles|limiter|gogc|gomemlimit|heap/(live|goal|allocs:))|sync/)`)})))
	return m
}

// Gauge adds a number that is asked for when somebody looks.
func (m *Meter) Gauge(name, help string, f func() float64) {
	m.reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f))
}

// Timed counts the requests of a kind and their time.
func (m *Meter) Timed(kind string, h http.Handler) http.Handler {
	count, took := m.Requests.WithLabelValues(kind), m.Took.WithLabelValues(kind)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		h.ServeHTTP(w, r)
		count.Inc()
		took.Observe(time.Since(start).Seconds())
	})
}

// Handler shows all numbers.
func (m *Meter) Handler() http.Handler { return promhttp.HandlerFor(m.reg, promhttp.HandlerOpts{}) }

// Guard says when the heap is larger than it should be.
type Guard struct {
	most  uint64
	every *atomic.Int64
	seen  atomic.Int64
	over  atomic.Bool
}

// NewGuard warns above that many bytes.
func NewGuard(set *conf.Settings) *Guard {
	return &Guard{most: uint64(set.Int("guard.bytes")), every: set.Live("guard.every")}
}

// Look counts an event and looks at the heap after every so many.
func (g *Guard) Look() {
	every := g.every.Load()
	if every <= 0 {
		return
	}
	if g.seen.Add(1) >= every {
		g.seen.Store(0)
		g.over.Store(heap() > g.most)
	}
}

// Check looks at the heap without being asked to count, and cheaply.
func (g *Guard) Check() {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	g.over.Store(sample[0].Value.Uint64() > g.most)
}

// Over is the result of the last look.
func (g *Guard) Over() bool { return g.over.Load() }

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

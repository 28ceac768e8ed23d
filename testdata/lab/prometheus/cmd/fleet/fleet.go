// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
)

type fleet struct {
	addr   string // of the targets
	began  time.Time
	grown  atomic.Int64 // targets that came since
	users  atomic.Int64
	writes atomic.Int64

	targetCount, more, batch, silent, fresh, body int
	reads, takes                                  time.Duration
	refuse                                        int
}

func newFleet(set *conf.Settings, addr string) *fleet {
	return &fleet{
		addr: addr, began: time.Now(),
		targetCount: set.Int("targets"), more: set.Int("more"), batch: set.Int("batch"), silent: set.Int("batch.silent"),
		fresh: set.Int("users"), body: set.Int("body"),
		reads: set.Duration("read.takes"), takes: set.Duration("write.takes"), refuse: set.Int("write.refuse"),
	}
}

// secure is what the server scrapes, /t/N for the job app and /b/N for batch,
// and the remote storage.
func (f *fleet) secure() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /t/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		w.Write(f.page(n))
	})
	mux.HandleFunc("POST /write", f.write)
	mux.HandleFunc("POST /read", f.read)
	mux.HandleFunc("GET /b/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("n"))
		if n < f.silent {
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		for i := range 20 {
			fmt.Fprintf(w, "batch_done_total{queue=\"q%d\"} %d\n", i, int(time.Since(f.began).Seconds())*(i+1))
		}
	})
	return mux
}

var (
	codes  = []string{"200", "404", "500"}
	bounds = []string{"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"}
)

// page is what target n tells about itself: some hundred series whose values
// follow from the target and the time.
func (f *fleet) page(n int) []byte {
	t := time.Since(f.began).Seconds() + 100
	b := make([]byte, 0, 32<<10)
	if n >= f.targetCount {
		return []byte("# TYPE app_up_seconds counter\napp_up_seconds " + strconv.Itoa(int(t)) + "\n")
	}
	row := func(name, labels string, v float64) {
		b = append(append(append(append(b, name...), '{'), labels...), "} "...)
		b = append(strconv.AppendFloat(b, v, 'g', 8, 64), '\n')
	}
	b = append(b, "# TYPE app_requests_total counter\n"...)
	for h := range 20 * f.body {
		for i, c := range codes {
			row("app_requests_total", fmt.Sprintf(`handler="h%d",code="%s"`, h, c), math.Floor(t*float64((n+h)%17+1)/float64(i*9+1)))
		}
	}
	b = append(b, "# TYPE app_latency_seconds histogram\n"...)
	for h := range 20 * f.body {
		all := math.Floor(t * float64((n+h)%17+1))
		for i, le := range bounds {
			row("app_latency_seconds_bucket", fmt.Sprintf(`handler="h%d",le="%s"`, h, le), math.Floor(all*float64(i+1)/float64(len(bounds))))
		}
		row("app_latency_seconds_sum", fmt.Sprintf(`handler="h%d"`, h), all*0.08)
		row("app_latency_seconds_count", fmt.Sprintf(`handler="h%d"`, h), all)
	}
	b = append(b, "# TYPE app_inflight gauge\n"...)
	for h := range 20 * f.body {
		row("app_inflight", fmt.Sprintf(`handler="h%d"`, h), math.Floor(8+7*math.Sin(t/9+float64(n*h))))
	}
	b = append(b, "# TYPE app_queue_depth gauge\n"...)
	for q := range 20 {
		row("app_queue_depth", fmt.Sprintf(`queue="q%d"`, q), math.Floor(20+19*math.Cos(t/7+float64(n+q))))
	}
	if f.fresh > 0 {
		b = append(b, "# TYPE app_session_bytes gauge\n"...)
		for range f.fresh {
			id := f.users.Add(1)
			row("app_session_bytes", fmt.Sprintf(`handler="h%d",session="%016x"`, id%20, uint64(id)*0x9e3779b97f4a7c15), float64(id%4096))
		}
	}
	return b
}

// lists are where targets are found.
func (f *fleet) lists() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sd/app", func(w http.ResponseWriter, r *http.Request) {
		f.list(w, "t", f.targetCount+int(f.grown.Load()))
		f.grown.Add(int64(f.more))
	})
	mux.HandleFunc("GET /sd/batch", func(w http.ResponseWriter, r *http.Request) { f.list(w, "b", f.batch) })
	return mux
}

type group struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

func (f *fleet) list(w http.ResponseWriter, kind string, count int) {
	groups := make([]group, count)
	for n := range groups {
		groups[n] = group{[]string{f.addr}, map[string]string{
			"__metrics_path__": fmt.Sprintf("/%s/%d", kind, n),
			"instance":         fmt.Sprintf("%s-%d", kind, n),
			"pod":              fmt.Sprintf("%s-%d", kind, n),
			"zone":             string("abcd"[n%4]),
		}}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(groups)
}

// write takes samples and forgets them.
func (f *fleet) write(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	time.Sleep(f.takes)
	if f.writes.Add(1)%100 < int64(f.refuse) {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// read answers a query with some series of made up history.
func (f *fleet) read(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		raw, err = snappy.Decode(nil, raw)
	}
	var q prompb.ReadRequest
	if err == nil {
		err = q.Unmarshal(raw)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	time.Sleep(f.reads)
	var res prompb.ReadResponse
	for _, one := range q.Queries {
		res.Results = append(res.Results, f.old(one))
	}
	raw, err = res.Marshal()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
	w.Header().Set("Content-Encoding", "snappy")
	w.Write(snappy.Encode(nil, raw))
}

func (f *fleet) old(q *prompb.Query) *prompb.QueryResult {
	const step = 15000
	out := new(prompb.QueryResult)
	for i := range 12 {
		ts := &prompb.TimeSeries{Labels: []prompb.Label{
			{Name: "__name__", Value: "app_archived_total"},
			{Name: "shard", Value: fmt.Sprintf("s%02d", i)},
			{Name: "tier", Value: "archive"},
		}}
		for t := q.StartTimestampMs - q.StartTimestampMs%step; t <= q.EndTimestampMs && len(ts.Samples) < 400; t += step {
			ts.Samples = append(ts.Samples, prompb.Sample{Timestamp: t, Value: float64(t/1000) * float64(i+1)})
		}
		out.Timeseries = append(out.Timeseries, ts)
	}
	return out
}

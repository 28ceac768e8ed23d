// SPDX-License-Identifier: GPL-3.0-or-later

// Package goods is a small shop backend: lists of items, orders, and a feed of
// what happens, with knobs for how well it answers.
package goods

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
)

// Knobs is how the backend can be made to behave.
var Knobs = conf.Table{
	"answer.base":    {Default: "2500us", Help: "time every answer takes"},
	"answer.spread":  {Default: "2ms", Help: "random addition to answer.base"},
	"answer.late":    {Default: "0", Help: "answers of 1000 that take longer, see answer.late_by"},
	"answer.late_by": {Default: "0s", Help: "mean of what they take more (exponential, at most 8 times this)"},
	"answer.none":    {Default: "0", Help: "requests of 1000 that are never answered"},
	"conn.last":      {Default: "0", Help: "answers of 1000 that are the last of their connection"},
	"conn.cut":       {Default: "0", Help: "requests of 1000 whose connection is cut instead of answered"},
	"rows.flush":     {Default: "0", Help: "rows of a list that are sent at a time, 0 for all"},
	"rows.gap":       {Default: "0s", Help: "time between them"},
	"rows.count":     {Default: "60", Help: "rows of a list"},
	"sink.rate":      {Default: "0", Help: "bytes a second that are read from the log pipe, 0 for all"},
	"sink.pause":     {Default: "0s", Help: "time of every second in which nothing is read from it"},
}

type row struct {
	ID    int      `json:"id"`
	Name  string   `json:"name"`
	Cents int      `json:"cents"`
	Tags  []string `json:"tags"`
}

type shop struct {
	rows [][]byte // one JSON object each

	base, spread, late, lateBy, none, last, cut *atomic.Int64
	flush, gap, count                           *atomic.Int64
}

// Handler serves the backend.
func Handler(set *conf.Settings) http.Handler {
	s := &shop{
		base: set.Live("answer.base"), spread: set.Live("answer.spread"),
		late: set.Live("answer.late"), lateBy: set.Live("answer.late_by"), none: set.Live("answer.none"),
		last: set.Live("conn.last"), cut: set.Live("conn.cut"),
		flush: set.Live("rows.flush"), gap: set.Live("rows.gap"), count: set.Live("rows.count"),
	}
	kinds := []string{"lamp", "shelf", "bench", "ladder", "saw", "plane", "kettle", "rug"}
	looks := []string{"steel", "wooden", "blue", "quiet", "folding", "small", "plain"}
	for i := range 400 {
		r := row{ID: i, Name: looks[i%7] + " " + kinds[i/7%8], Cents: 499 + i*i%9000, Tags: []string{kinds[i%8], looks[i%5]}}
		raw, _ := json.Marshal(r) // plain values
		s.rows = append(s.rows, raw)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/items", s.list)
	mux.HandleFunc("POST /api/orders", s.order)
	mux.HandleFunc("GET /api/feed", s.feed)
	return s.manners(mux)
}

func one(of1000 *atomic.Int64) bool {
	n := of1000.Load()
	return n > 0 && rand.Int64N(1000) < n
}

// manners is what happens to a request before it is answered.
func (s *shop) manners(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case one(s.cut):
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				c.Close()
			}
			return
		case one(s.none):
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		case one(s.last):
			w.Header().Set("Connection", "close")
		}
		wait := time.Duration(s.base.Load())
		if n := s.spread.Load(); n > 0 {
			wait += time.Duration(rand.Int64N(n))
		}
		if one(s.late) {
			wait += time.Duration(min(rand.ExpFloat64(), 8) * float64(s.lateBy.Load()))
		}
		time.Sleep(wait)
		next.ServeHTTP(w, r)
	})
}

// list sends some rows: with their length where they are sent at once, else in
// pieces.
func (s *shop) list(w http.ResponseWriter, r *http.Request) {
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	n, step := int(s.count.Load()), int(s.flush.Load())
	body := []byte{'['}
	w.Header().Set("Content-Type", "application/json")
	for i := range n {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, s.rows[(max(from, 0)+i)%len(s.rows)]...)
		if step > 0 && i%step == step-1 {
			w.Write(body)
			http.NewResponseController(w).Flush()
			body = body[:0]
			time.Sleep(time.Duration(s.gap.Load()))
		}
	}
	body = append(body, ']', '\n')
	if step == 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.Write(body)
}

func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	var lines []struct{ ID, Count int }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&lines); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"order":%d,"lines":%d}`, rand.Int64N(1e9), len(lines))
}

// feed tells what happens for as long as anybody listens.
func (s *shop) feed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		fmt.Fprintf(w, "id: %d\ndata: sold\n\n", n)
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

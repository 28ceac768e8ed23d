// SPDX-License-Identifier: GPL-3.0-or-later

// Package query answers questions about what came in.
package query

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/zstd"

	"example.org/lab/kit/conf"

	"example.org/events/internal/account"
	"example.org/events/internal/depot"
	"example.org/events/internal/event"
	"example.org/events/internal/note"
	"example.org/events/internal/rollup"
	"example.org/events/internal/segment"
)

// API reads what the pipeline wrote.
type API struct {
	Board *rollup.Board
	Book  *account.Book
	Shelf *segment.Shelf
	Depot *depot.Client
	Note  *note.Sink
	lines int
	unzip *zstd.Decoder
}

// Mount adds the queries to a mux.
func (a *API) Mount(mux *http.ServeMux, set *conf.Settings, timed func(kind string, h http.Handler) http.Handler) error {
	var err error
	a.lines = set.Int("tail.lines")
	if a.unzip, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1)); err != nil {
		return err
	}
	mux.Handle("GET /v1/windows", timed("windows", gzhttp.GzipHandler(http.HandlerFunc(a.windows))))
	mux.Handle("GET /v1/top", timed("top", gzhttp.GzipHandler(http.HandlerFunc(a.top))))
	mux.Handle("GET /v1/tail", timed("tail", http.HandlerFunc(a.tail)))
	mux.Handle("GET /v1/cold", timed("cold", http.HandlerFunc(a.cold)))
	return nil
}

func number(r *http.Request, name string, def int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil && n >= 0 {
		return n
	}
	return def
}

// windows lists the cells of a tenant.
func (a *API) windows(w http.ResponseWriter, r *http.Request) {
	if n := number(r, "release", 0); n > 0 {
		a.Board.Release(int64(n))
	}
	tenant := r.URL.Query().Get("tenant")
	w.Header().Set("Content-Type", "application/json")
	a.Board.Tenant(tenant, func(rows []rollup.Row) { a.list(w, rows) })
	a.Note.Printf("windows tenant=%s", tenant)
}

func (a *API) list(w http.ResponseWriter, rows []rollup.Row) {
	slices.SortFunc(rows, func(x, y rollup.Row) int {
		return cmp.Or(cmp.Compare(y.Window, x.Window), cmp.Compare(y.Count, x.Count), cmp.Compare(x.Section, y.Section), cmp.Compare(x.Country, y.Country))
	})
	if len(rows) > 60 {
		rows = rows[:60]
	}
	if err := json.NewEncoder(w).Encode(rows); err != nil {
		a.Note.Printf("windows: %v", err)
	}
}

// total is one line of the top list.
type total struct {
	Name  string  `json:"name"`
	Count int64   `json:"count"`
	Bytes int64   `json:"bytes"`
	Share float64 `json:"share"`
}

// top lists what came most.
func (a *API) top(w http.ResponseWriter, r *http.Request) {
	by := r.URL.Query().Get("by")
	sums := make(map[string]*total)
	a.Board.All(func(rows []rollup.Row) { sum(sums, rows, by) })
	var list []*total
	var all int64
	for _, t := range sums {
		list = append(list, t)
		all += t.Count
	}
	slices.SortFunc(list, func(x, y *total) int { return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Name, y.Name)) })
	list = list[:min(len(list), number(r, "n", 20))]
	for _, t := range list {
		t.Share = float64(t.Count) / float64(all)
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(list); err != nil {
		a.Note.Printf("top: %v", err)
	}
	a.Note.Printf("top by=%s", by)
}

func sum(sums map[string]*total, rows []rollup.Row, by string) {
	for i := range rows {
		row := &rows[i]
		name := row.Country
		switch by {
		case "section":
			name = row.Section
		case "tenant":
			name = row.Tenant
		case "both":
			name = fmt.Sprint(row.Section, "/", row.Country)
		}
		t := sums[name]
		if t == nil {
			t = &total{Name: name}
			sums[name] = t
		}
		t.Count += row.Count
		t.Bytes += row.Bytes
	}
}

// tail sends the newest events of a tenant, a line each.
func (a *API) tail(w http.ResponseWriter, r *http.Request) {
	tenant := r.URL.Query().Get("tenant")
	known := a.Book.With(tenant, func(acc account.Account) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		out := bufio.NewWriterSize(w, 16<<10)
		a.export(w, out, &acc, number(r, "n", 100))
	})
	if !known {
		http.NotFound(w, r)
	}
	a.Note.Printf("tail tenant=%s", tenant)
}

// export goes through the newest blocks until there were n events.
func (a *API) export(w http.ResponseWriter, out *bufio.Writer, acc *account.Account, n int) {
	enc := json.NewEncoder(out)
	sent := 0
	for _, b := range a.Shelf.Latest(acc.Name, n) {
		err := segment.Events(b.Raw, func(e *event.Event) bool {
			if e.Tenant != acc.Name {
				return true
			}
			if enc.Encode(e) != nil {
				return false
			}
			if sent++; sent%a.lines == 0 {
				a.push(w, out)
			}
			return sent < n
		})
		if err != nil {
			a.Note.Printf("tail tenant=%s: %v", acc.Name, err)
		}
		if sent >= n {
			break
		}
	}
	a.push(w, out)
}

// push sends what there is to the client.
func (a *API) push(w http.ResponseWriter, out *bufio.Writer) {
	if out.Flush() != nil {
		return // the client has gone; the next line will tell
	}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

// cold reads a block back from the depot and counts what is in it.
func (a *API) cold(w http.ResponseWriter, r *http.Request) {
	name := a.Shelf.Name(number(r, "back", 0))
	if name == "" {
		http.NotFound(w, r)
		return
	}
	counts, err := a.fetch(r, name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(counts); err != nil {
		a.Note.Printf("cold: %v", err)
	}
	a.Note.Printf("cold block=%s", name)
}

func (a *API) fetch(r *http.Request, name string) (map[string]int, error) {
	zip, err := a.Depot.Get(r.Context(), name)
	if err != nil {
		return nil, err
	}
	raw, err := a.unzip.DecodeAll(zip, nil)
	if err != nil {
		return nil, err
	}
	counts := make(map[string]int)
	err = segment.Events(raw, func(e *event.Event) bool {
		counts[e.Kind+" "+e.Section]++
		return true
	})
	return counts, err
}

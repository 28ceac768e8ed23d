// SPDX-License-Identifier: GPL-3.0-or-later

// Package peer is the other side: carriers, the warehouse and the mail
// gateway, in one small server of its own process.
package peer

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
)

type server struct {
	quoteBase, quoteSpread time.Duration
	late                   int
	lateBy                 time.Duration
	holdBase, holdSpread   time.Duration
	mailBase               time.Duration
	seq                    atomic.Int64
}

// Handler serves /quote, /hold and /mail as the settings say.
func Handler(set *conf.Settings) http.Handler {
	s := &server{
		quoteBase:   set.Duration("quote.base"),
		quoteSpread: set.Duration("quote.spread"),
		late:        set.Int("quote.late"),
		lateBy:      set.Duration("quote.late_by"),
		holdBase:    set.Duration("hold.base"),
		holdSpread:  set.Duration("hold.spread"),
		mailBase:    set.Duration("mail.base"),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /quote", s.quote)
	mux.HandleFunc("POST /hold", s.hold)
	mux.HandleFunc("POST /mail", s.mail)
	return mux
}

func spread(base, more time.Duration) time.Duration {
	if more <= 0 {
		return base
	}
	return base + rand.N(more)
}

func (s *server) quote(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Carrier string `json:"carrier"`
		Grams   int    `json:"grams"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&q); err != nil {
		http.Error(w, "bad quote", http.StatusBadRequest)
		return
	}
	wait := spread(s.quoteBase, s.quoteSpread)
	if s.late > 0 && rand.IntN(1000) < s.late {
		wait += time.Duration(min(rand.ExpFloat64(), 8) * float64(s.lateBy))
	}
	time.Sleep(wait)
	reply(w, map[string]any{
		"carrier": q.Carrier,
		"cents":   390 + q.Grams/25 + len(q.Carrier)*10,
		"days":    1 + len(q.Carrier)%4,
	})
}

func (s *server) hold(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, io.LimitReader(r.Body, 1<<16))
	time.Sleep(spread(s.holdBase, s.holdSpread))
	reply(w, map[string]string{"hold": fmt.Sprintf("H%08d", s.seq.Add(1))})
}

func (s *server) mail(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, io.LimitReader(r.Body, 1<<20))
	time.Sleep(s.mailBase)
	reply(w, map[string]string{"status": "queued"})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}

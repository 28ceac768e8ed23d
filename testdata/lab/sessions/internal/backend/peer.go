// SPDX-License-Identifier: GPL-3.0-or-later

package backend

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"example.org/lab/kit/conf"

	"example.org/sessions/internal/risk"
)

// Peer is the address service: a score on the first line, the evidence on the
// second.
func Peer(set *conf.Settings) http.Handler {
	base, spread, share := set.Duration("score.base"), set.Duration("score.spread"), set.Int("score.fail")
	evidence := `{"evidence":"` + strings.Repeat("seen at an exchange nearby; ", 300) + "\"}\n"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /score", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(base + time.Duration(rand.Float64()*float64(spread)))
		if share > 0 && rand.IntN(1000) < share {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		h := fnv.New32a()
		h.Write([]byte(r.FormValue("address")))
		n := int(h.Sum32() % 1000)
		json.NewEncoder(w).Encode(risk.Score{Score: n % 40, Zone: "zone-" + string(rune('1'+n%7)), Network: "AS" + string(rune('1'+n%9)) + "0042"})
		w.Write([]byte(evidence))
	})
	return mux
}

// Archive empties the journal now and then, under the lock that both know.
func Archive(ctx context.Context, path string, every, hold time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			ship(path, hold)
		case <-ctx.Done():
			return
		}
	}
}

func ship(path string, hold time.Duration) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return // nothing written yet
	}
	defer f.Close()
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX) != nil {
		return
	}
	time.Sleep(hold) // on its way to the archive
	f.Truncate(0)
}

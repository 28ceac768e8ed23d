// SPDX-License-Identifier: GPL-3.0-or-later

package depot

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"example.org/lab/kit/conf"
)

const blocksKept = 4096

// Depot is the other process: blocks in memory, the oldest go.
type Depot struct {
	set *conf.Settings

	mu     sync.Mutex
	blocks map[string][]byte
	order  []string
	at     int
}

// New makes an empty depot.
func New(set *conf.Settings) *Depot {
	return &Depot{set: set, blocks: make(map[string][]byte), order: make([]string, blocksKept)}
}

// Handler takes and gives blocks.
func (d *Depot) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /blocks/{name}", d.put)
	mux.HandleFunc("GET /blocks/{name}", d.get)
	mux.HandleFunc("POST /push", d.push)
	return mux
}

// spend takes as long as the disks and the distance would.
func (d *Depot) spend(kind string, r *http.Request) {
	t := d.set.Duration(kind + ".base")
	if s := d.set.Duration(kind + ".spread"); s > 0 {
		t += time.Duration(rand.Int64N(int64(s)))
	}
	if rand.IntN(1000) < d.set.Int(kind+".late") {
		by := d.set.Duration(kind + ".late_by")
		t += min(time.Duration(rand.ExpFloat64()*float64(by)), 8*by)
	}
	if t <= 0 {
		return
	}
	timer := time.NewTimer(t)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

func (d *Depot) put(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBlock))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.spend("put", r)
	name := r.PathValue("name")
	d.mu.Lock()
	delete(d.blocks, d.order[d.at])
	d.order[d.at] = name
	d.at = (d.at + 1) % len(d.order)
	d.blocks[name] = raw
	d.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (d *Depot) get(w http.ResponseWriter, r *http.Request) {
	d.spend("get", r)
	d.mu.Lock()
	raw := d.blocks[r.PathValue("name")]
	d.mu.Unlock()
	if raw == nil {
		http.NotFound(w, r)
		return
	}
	w.Write(raw) // a client that went away is no matter
}

func (d *Depot) push(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.spend("push", r)
	w.WriteHeader(http.StatusNoContent)
}

// Lines takes lines of text from the services; one that begins with a mark is
// answered when it has been taken.
func (d *Depot) Lines(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go d.lines(c)
	}
}

func (d *Depot) lines(c net.Conn) {
	defer c.Close()
	for in := bufio.NewScanner(c); in.Scan(); {
		line := in.Bytes()
		if len(line) == 0 || line[0] != '!' {
			continue
		}
		if t := d.set.Duration("log.base"); t > 0 {
			time.Sleep(t)
		}
		if _, err := c.Write([]byte{'k'}); err != nil {
			return
		}
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package intake is how events come in: batches of JSON lines over HTTP, and
// messages over a connection that stays.
package intake

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"example.org/events/internal/flow"
	"example.org/events/internal/note"
)

const maxBody = 4 << 20

// Desk takes batches.
type Desk struct {
	Line   *flow.Line
	Note   *note.Sink
	Guard  interface{ Over() bool }
	bodies sync.Pool
}

// Batch takes JSON lines; with ?sure=1 it answers when they are on file.
func (d *Desk) Batch(w http.ResponseWriter, r *http.Request) {
	if d.Guard.Over() {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	body, _ := d.bodies.Get().(*bytes.Buffer)
	if body == nil {
		body = new(bytes.Buffer)
	}
	body.Reset()
	if _, err := io.Copy(body, http.MaxBytesReader(w, r.Body, maxBody)); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b := &flow.Batch{Lines: body.Bytes(), Tenant: r.Header.Get("X-Tenant"), Sure: r.URL.Query().Get("sure") != ""}
	res, err := d.Line.Submit(r.Context(), b)
	if err != nil {
		http.Error(w, err.Error(), http.StatusGatewayTimeout)
		return // a stage may still have the body
	}
	d.bodies.Put(body)
	d.Note.Printf("batch tenant=%s accepted=%d rejected=%d sure=%t", b.Tenant, res.Accepted, res.Rejected, b.Sure)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	if err := json.NewEncoder(w).Encode(res); err != nil {
		d.Note.Printf("batch tenant=%s: %v", b.Tenant, err)
	}
}

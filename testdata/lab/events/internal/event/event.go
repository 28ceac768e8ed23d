// SPDX-License-Identifier: GPL-3.0-or-later

// Package event is what the pipeline carries: one thing a visitor did.
package event

import (
	"encoding/json"
	"errors"
	"sync/atomic"
)

// Event as clients send it, and what the stages find out about it.
type Event struct {
	ID     string            `json:"id"`
	Tenant string            `json:"tenant"`
	Kind   string            `json:"kind"`
	Path   string            `json:"path"`
	IP     string            `json:"ip"`
	Agent  string            `json:"agent"`
	User   uint32            `json:"user"`
	At     int64             `json:"at"` // milliseconds since 1970
	Millis float64           `json:"ms"`
	Bytes  int64             `json:"bytes"`
	Tags   map[string]string `json:"tags,omitempty"`

	Country string `json:"country,omitempty"`
	Network string `json:"network,omitempty"`
	Device  string `json:"device,omitempty"`
	Section string `json:"section,omitempty"`
	Ack     *Ack   `json:"-"`
}

var errIncomplete = errors.New("event: id, tenant and time are required")

// Parse reads one JSON line.
func Parse(line []byte, e *Event) error {
	if err := json.Unmarshal(line, e); err != nil {
		return err
	}
	return e.check()
}

// ParseAny reads a line of a client whose numbers may be strings.
func ParseAny(line []byte, e *Event) error {
	var m map[string]any
	if err := json.Unmarshal(line, &m); err != nil {
		return err
	}
	for name, v := range m {
		e.assign(name, v)
	}
	return e.check()
}

func (e *Event) assign(name string, v any) {
	switch name {
	case "id":
		e.ID = text(v)
	case "tenant":
		e.Tenant = text(v)
	case "kind":
		e.Kind = text(v)
	case "path":
		e.Path = text(v)
	case "ip":
		e.IP = text(v)
	case "agent":
		e.Agent = text(v)
	case "user":
		e.User = uint32(number(v))
	case "at":
		e.At = int64(number(v))
	case "ms":
		e.Millis = number(v)
	case "bytes":
		e.Bytes = int64(number(v))
	case "tags":
		if tags, ok := v.(map[string]any); ok {
			e.Tags = make(map[string]string, len(tags))
			for k, t := range tags {
				e.Tags[k] = text(t)
			}
		}
	}
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, _ := json.Marshal(v) // what json read it can write
	return string(raw)
}

func number(v any) float64 {
	switch n := v.(type) {
	case float64:
		return n
	case string:
		var f float64
		if json.Unmarshal([]byte(n), &f) == nil {
			return f
		}
	}
	return 0
}

func (e *Event) check() error {
	if e.ID == "" || e.Tenant == "" || e.At == 0 {
		return errIncomplete
	}
	return nil
}

// Ack tells the sender of a batch that all of its events are on file.
type Ack struct {
	left atomic.Int32
	done chan struct{}
}

// NewAck waits for n events.
func NewAck(n int) *Ack {
	a := &Ack{done: make(chan struct{})}
	a.left.Store(int32(n))
	return a
}

// Less says that n of them need no longer be waited for; a nil Ack may be told.
func (a *Ack) Less(n int) {
	if a != nil && a.left.Add(int32(-n)) == 0 {
		close(a.done)
	}
}

// Done is closed when none is left.
func (a *Ack) Done() <-chan struct{} { return a.done }

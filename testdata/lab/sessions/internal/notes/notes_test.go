// SPDX-License-Identifier: GPL-3.0-or-later

package notes

import (
	"sync/atomic"
	"testing"
	"time"

	"example.org/sessions/internal/record"
)

func TestReceipts(t *testing.T) {
	for _, full := range []bool{false, true} {
		r := NewReceipts(time.Hour, full)
		s := &record.Session{ID: "a"}
		if !r.First("x", s) || r.First("x", s) || !r.First("y", s) {
			t.Fatal("first once")
		}
	}
}

func TestDevices(t *testing.T) {
	var own atomic.Int64
	own.Store(1)
	d := NewDevices(2, &own)
	body := []byte(`{"device":"d","mark":"m1","x":1}`)
	if d.Learn("d", body) || !d.Learn("d", body) || d.Learn("e", body) || d.Learn("f", nil) {
		t.Fatal("known when seen before")
	}
	if len(d.marks) != 2 || d.Learn("d", body) {
		t.Fatal("the oldest leaves")
	}
}

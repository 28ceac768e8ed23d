// SPDX-License-Identifier: GPL-3.0-or-later

package hub

import (
	"context"
	"testing"
	"time"

	"example.org/sessions/internal/record"
)

func TestWatch(t *testing.T) {
	h := New(Options{Beat: time.Millisecond, Stop: true})
	alive := func() bool { return true }
	if _, ok := h.Watch(context.Background(), "u", 10*time.Millisecond, alive); ok {
		t.Fatal("an event of nothing")
	}
	if _, ok := h.Watch(context.Background(), "u", time.Minute, func() bool { return false }); ok {
		t.Fatal("an event of the dead")
	}
	go func() {
		for {
			h.mu.Lock()
			n := len(h.by["u"])
			h.mu.Unlock()
			if n > 0 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		h.Tell("u", record.Event{What: "x"})
	}()
	if ev, ok := h.Watch(context.Background(), "u", time.Minute, alive); !ok || ev.What != "x" {
		t.Fatal(ev, ok)
	}
	if len(h.by) != 0 {
		t.Fatal("still watched")
	}
}

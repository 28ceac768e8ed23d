// SPDX-License-Identifier: GPL-3.0-or-later

package roster

import (
	"context"
	"fmt"
	"testing"
	"time"

	"example.org/sessions/internal/record"
)

func TestRoster(t *testing.T) {
	for _, index := range []int{0, 1, 2} {
		r := New(Options{Keep: 40, Shards: 4, Index: index, Life: time.Minute, Stop: true, Renew: true})
		now := time.Now().UnixMilli()
		for n := range 100 {
			r.Put(&record.Session{ID: fmt.Sprint(n), User: fmt.Sprintf("u%d", n%10), Seen: now})
		}
		if r.Len() > 40 {
			t.Fatalf("%d kept", r.Len())
		}
		s, ok, err := r.Touch(context.Background(), "u9", "99", record.Event{At: now + 1, What: "x"})
		if !ok || err != nil || len(s.Trail) != 1 {
			t.Fatal(s, ok, err)
		}
		if got := r.Changed(10); len(got) != 1 || got[0].ID != "99" {
			t.Fatal(got)
		}
		if r.Others("u9") != len(r.OfUser("u9")) || r.Others("u9") == 0 {
			t.Fatal(r.Others("u9"))
		}
		r.Drop("u9", "99")
		if _, ok, _ := r.Touch(context.Background(), "u9", "99", record.Event{}); ok {
			t.Fatal("dropped, still there")
		}
		if n := len(r.Sample(8)); n != 8 {
			t.Fatalf("sample of %d", n)
		}
	}
}

func TestClock(t *testing.T) {
	r := New(Options{Keep: 4, Shards: 1, Index: 2, Life: 20 * time.Millisecond, Stop: true, Renew: true})
	r.Put(&record.Session{ID: "a", User: "u", Seen: time.Now().UnixMilli()})
	for range 100 {
		if time.Sleep(5 * time.Millisecond); r.Len() == 0 {
			return
		}
	}
	t.Fatal("it stayed")
}

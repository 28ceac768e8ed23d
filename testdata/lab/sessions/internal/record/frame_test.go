// SPDX-License-Identifier: GPL-3.0-or-later

package record

import (
	"reflect"
	"testing"
)

func TestFrame(t *testing.T) {
	s := &Session{ID: "s1", User: "u1", Device: "d", Agent: "a b", From: "10.0.0.1", Scopes: []string{"read", "write"}, Score: 7, Began: 10}
	for n := int64(0); n < Steps+5; n++ {
		s.Step(Event{At: 20 + n, What: "seen", From: "10.0.0.2"})
	}
	if len(s.Trail) != Steps || s.Trail[Steps-1].At != 36 || s.Seen != 36 {
		t.Fatalf("trail %v", s.Trail)
	}
	for level := range 3 {
		got, err := ParseFrame(string(Frame(s, level)))
		if err != nil || !reflect.DeepEqual(got, s) {
			t.Fatalf("level %d: %v %+v", level, err, got)
		}
	}
	if _, err := ParseFrame("v1"); err == nil {
		t.Fatal("a bare version is no frame")
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

package token

import (
	"errors"
	"testing"
	"time"
)

func TestRing(t *testing.T) {
	for _, keep := range []bool{true, false} {
		r := NewRing("master", 5, keep)
		c := Claims{User: "u7", Session: "s", Issued: 1, Until: time.Now().Unix() + 60}
		text, err := r.Sign(c)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Verify(text); err != nil || got != c {
			t.Fatalf("%v %v", got, err)
		}
		for _, bad := range []string{"", ".", "..", "k01.x.y", text[:len(text)-2], "k99" + text[3:]} {
			if _, err := r.Verify(bad); !errors.Is(err, ErrBad) {
				t.Fatalf("%q: %v", bad, err)
			}
		}
		c.Until = 1
		text, _ = r.Sign(c)
		if _, err := r.Verify(text); !errors.Is(err, ErrOld) {
			t.Fatal(err)
		}
	}
}

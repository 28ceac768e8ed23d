// SPDX-License-Identifier: GPL-3.0-or-later

package prose

import (
	"sync/atomic"
	"testing"
)

func TestEveryWayGivesTheSameLine(t *testing.T) {
	words := []string{"old", "mill", "a<b", "river&sea", "mill"}
	hit := func(w string) bool { return w == "mill" }
	want := "old <mark>mill</mark> a&lt;b river&amp;sea <mark>mill</mark>"
	for way := range int64(4) {
		n := new(atomic.Int64)
		n.Store(way)
		if got := NewJoiner(n).Line(words, hit); got != want {
			t.Errorf("way %d: %s", way, got)
		}
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

package link

import (
	"sync/atomic"
	"testing"
)

func TestApply(t *testing.T) {
	n := new(atomic.Int64)
	r := New(n)
	for loose, want := range []string{`<a href="/a/maps-17">`, `<a href="/a/maps-17">`} {
		n.Store(int64(loose * 12))
		if got := r.Apply([]byte(`<a href="http://old.example.org/maps/317.html">`)); string(got) != want {
			t.Errorf("loose %d: %s", loose*12, got)
		}
	}
}

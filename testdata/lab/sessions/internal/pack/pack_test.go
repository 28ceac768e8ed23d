// SPDX-License-Identifier: GPL-3.0-or-later

package pack

import (
	"bytes"
	"strings"
	"testing"
)

func TestPack(t *testing.T) {
	for _, o := range []Options{{}, {Readers: true, Writers: true}} {
		p := New(o)
		for _, text := range []string{"", "x", strings.Repeat("abc ", 5000)} {
			small, err := p.Pack([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if back, err := p.Unpack(small); err != nil || !bytes.Equal(back, []byte(text)) {
				t.Fatalf("%d bytes: %v", len(text), err)
			}
		}
		if _, err := p.Unpack([]byte{7, 7}); err == nil {
			t.Fatal("no text, no error")
		}
	}
}

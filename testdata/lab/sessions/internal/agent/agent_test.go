// SPDX-License-Identifier: GPL-3.0-or-later

package agent

import "testing"

func TestName(t *testing.T) {
	for header, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                    "Firefox 128 on Linux x86_64",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0": "Edge 126 on Windows 10",
		"": "unknown on unknown",
	} {
		for _, keep := range []bool{true, false} {
			if got := New(keep).Name(header); got != want {
				t.Errorf("%q: %q", header, got)
			}
		}
	}
}

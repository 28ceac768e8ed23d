// SPDX-License-Identifier: GPL-3.0-or-later

package conf

import (
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	s := New(Table{"a.n": {"3", ""}, "a.d": {"2ms", ""}, "a.on": {"false", ""}, "a.f": {"0.5", ""}})
	live, wait := s.Live("a.n"), s.Live("a.d")
	for _, bad := range []string{"a.n", "a.x=1", "a.n=x", "a.d=7", "a.on=maybe", "a.f=x"} {
		if s.Set(bad) == nil {
			t.Errorf("Set(%q) went through", bad)
		}
	}
	for _, good := range []string{"a.n=-9", "a.d=1s", "a.on=true", "a.f=2", "profile.block=1"} {
		if err := s.Set(good); err != nil {
			t.Error(err)
		}
	}
	if live.Load() != -9 || s.Int("a.n") != -9 || time.Duration(wait.Load()) != time.Second ||
		!s.Bool("a.on") || s.Float("a.f") != 2 || s.Int("profile.block") != 1 {
		t.Error(live.Load(), wait.Load(), s.values)
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	got, err := words(`k07  set="-set a=b -x" 'one two'  load_set="" end`)
	want := []string{"k07", "set=-set a=b -x", "one two", "load_set=", "end"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
	if _, err := words(`a "b`); err == nil {
		t.Error("an open quote went through")
	}
}

func TestPlan(t *testing.T) {
	const head = "service s\nbinary s ./cmd/s\nprocess main {s} {set}\nload {s} -rate {rate}\nadmin http://{admin}\n" +
		"default set \"\"   # nothing\ndefault rate 7\n"
	path := filepath.Join(t.TempDir(), "s.plan")
	read := func(tail string) (*plan, error) {
		if err := os.WriteFile(path, []byte(head+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return readPlan(path)
	}
	p, err := read("run c08..c11\nrun m01 set=\"-set a=1\" seconds=300 at=\"7:a=0 9:b=1\"\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.runs) != 5 || p.runs[2].name != "c10" || p.runs[4].get("set") != "-set a=1" || p.runs[4].int("seconds") != 300 ||
		p.runs[0].int("seconds") != 16 {
		t.Errorf("%+v", p.runs)
	}
	if turns, _ := p.runs[4].turns(); len(turns) != 2 || turns[1] != (turn{9, "b=1"}) {
		t.Errorf("%+v", turns)
	}
	for _, bad := range []string{"run c01 sett=1\n", "run c01\nrun c01\n", "run c01 at=x\n", "run c01 seconds=x\n", "what\n", "run c05..c01\n"} {
		if _, err := read(bad); err == nil {
			t.Errorf("%q went through", bad)
		}
	}
}

func TestFill(t *testing.T) {
	value := func(name string) (string, error) {
		v, ok := map[string]string{"a": "1 {b}", "b": "2", "port:x": "9"}[name]
		if !ok {
			return "", fmt.Errorf("no %s", name)
		}
		return v, nil
	}
	if got, err := fill(`{a} {"json": {}} {port:x}`, value); err != nil || got != `1 2 {"json": {}} 9` {
		t.Errorf("%q %v", got, err)
	}
	if _, err := fill("{c}", value); err == nil {
		t.Error("an empty hole went through")
	}
}

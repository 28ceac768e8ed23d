// SPDX-License-Identifier: GPL-3.0-or-later

// Package conf holds the knobs of a service: one table of name, default and
// meaning, set by repeated -set name=value flags and, for those a service
// reads again, changed while it runs.
package conf

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Knob is one row of the table.
type Knob struct {
	Default string
	Help    string
}

// Table is the whole configuration surface of a service.
type Table map[string]Knob

// common knobs are in every table; package admin applies them.
var common = Table{
	"profile.block": {"100000", "block profile rate in ns"},
	"profile.heap":  {"524288", "heap profile rate in bytes"},
	"profile.mutex": {"10", "mutex profile fraction"},
}

// Settings is a set of knob values, safe for concurrent use; the zero value is
// not usable, see New.
type Settings struct {
	table  Table
	mu     sync.RWMutex
	values map[string]string
	watch  map[string][]func()
}

// New returns the defaults of a table and of the knobs every service has.
func New(table Table) *Settings {
	s := &Settings{table: make(Table), values: make(map[string]string), watch: make(map[string][]func())}
	for _, t := range []Table{common, table} {
		for name, k := range t {
			s.table[name] = k
			s.values[name] = k.Default
		}
	}
	return s
}

// String implements flag.Value.
func (s *Settings) String() string { return "" }

// Set implements flag.Value for -set name=value.
func (s *Settings) Set(arg string) error {
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return fmt.Errorf("want name=value, got %q", arg)
	}
	return s.Change(name, value)
}

// Change gives a knob a new value and tells who watches it.
func (s *Settings) Change(name, value string) error {
	k, known := s.table[name]
	if !known {
		return fmt.Errorf("no knob named %q", name)
	}
	if !alike(k.Default, value) {
		return fmt.Errorf("%s: %q is no value like %q", name, value, k.Default)
	}
	s.mu.Lock()
	s.values[name] = value
	told := s.watch[name]
	s.mu.Unlock()
	for _, f := range told {
		f()
	}
	return nil
}

// alike says whether value can be read as what the default is.
func alike(def, value string) bool {
	for _, read := range []func(string) error{
		func(v string) error { _, err := strconv.Atoi(v); return err },
		func(v string) error { _, err := strconv.ParseFloat(v, 64); return err },
		func(v string) error { _, err := strconv.ParseBool(v); return err },
		func(v string) error { _, err := time.ParseDuration(v); return err },
	} {
		if read(def) == nil {
			return read(value) == nil
		}
	}
	return true
}

// Watch calls f now and whenever the knob is changed.
func (s *Settings) Watch(name string, f func()) {
	s.mu.Lock()
	s.watch[name] = append(s.watch[name], f)
	s.mu.Unlock()
	f()
}

// Live is a number that follows its knob: what code on a hot path reads. A
// duration is in nanoseconds, true is 1.
func (s *Settings) Live(name string) *atomic.Int64 {
	v := new(atomic.Int64)
	s.Watch(name, func() { v.Store(s.number(name)) })
	return v
}

func (s *Settings) number(name string) int64 {
	text := s.Text(name)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if d, err := time.ParseDuration(text); err == nil {
		return int64(d)
	}
	if s.Bool(name) {
		return 1
	}
	return 0
}

// Text is a value as it was written.
func (s *Settings) Text(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, ok := s.values[name]
	if !ok {
		panic("conf: no knob named " + name)
	}
	return v
}

// Int reads a whole number; a bad value is a mistake in the table.
func (s *Settings) Int(name string) int {
	n, err := strconv.Atoi(s.Text(name))
	if err != nil {
		panic(fmt.Sprintf("conf: %s: %v", name, err))
	}
	return n
}

// Float reads a number.
func (s *Settings) Float(name string) float64 {
	f, err := strconv.ParseFloat(s.Text(name), 64)
	if err != nil {
		panic(fmt.Sprintf("conf: %s: %v", name, err))
	}
	return f
}

// Bool reads true or false (or 1 or 0).
func (s *Settings) Bool(name string) bool {
	b, err := strconv.ParseBool(s.Text(name))
	if err != nil {
		panic(fmt.Sprintf("conf: %s: %v", name, err))
	}
	return b
}

// Duration reads a Go duration.
func (s *Settings) Duration(name string) time.Duration {
	d, err := time.ParseDuration(s.Text(name))
	if err != nil {
		panic(fmt.Sprintf("conf: %s: %v", name, err))
	}
	return d
}

// Help lists every knob with its default.
func (s *Settings) Help() string {
	names := make([]string, 0, len(s.table))
	for name := range s.table {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "  %-16s %-8s %s\n", name, s.table[name].Default, s.table[name].Help)
	}
	return b.String()
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package conf holds the knobs of the service: one table of name, default and
// meaning, set by repeated -set name=value flags.
package conf

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

type knob struct {
	def  string
	help string
}

// knobs is the whole configuration surface; a value is checked where it is read.
var knobs = map[string]knob{
	"audit.keep":      {"400", "entries the audit trail keeps in memory, 0 for no limit"},
	"catalog.items":   {"900", "items in the catalogue"},
	"db.conns":        {"64", "open database connections"},
	"hold.base":       {"2600us", "time the warehouse needs for a hold"},
	"hold.spread":     {"1000us", "random addition to hold.base"},
	"mail.depth":      {"256", "places in the receipt queue"},
	"mail.workers":    {"8", "workers that send receipts"},
	"mail.base":       {"18ms", "time the mail gateway needs for a receipt"},
	"peer.idle":       {"64", "idle connections kept to the peer, negative for none"},
	"peer.timeout":    {"2s", "limit of one call to the peer"},
	"pricing.groups":  {"5", "groups the price rules are divided into"},
	"pricing.rules":   {"640", "price rules in force"},
	"profile.block":   {"100000", "block profile rate in ns"},
	"profile.heap":    {"524288", "heap profile rate in bytes"},
	"profile.mutex":   {"10", "mutex profile fraction"},
	"quote.base":      {"3ms", "time a carrier needs for a quote"},
	"quote.spread":    {"2ms", "random addition to quote.base"},
	"quote.late":      {"0", "quotes of 1000 that take longer, see quote.late_by"},
	"quote.late_by":   {"0s", "mean of what they take more (exponential, at most 8 times this)"},
	"quote.room":      {"2", "answers a quote desk has room for"},
	"render.spare":    {"32", "compressors kept for reuse"},
	"session.entries": {"512", "orders the read cache keeps"},
	"stock.shards":    {"64", "shards of the stock ledger"},
}

// Settings is a set of knob values; the zero value is not usable, see New.
type Settings struct {
	values map[string]string
}

// New returns the defaults.
func New() *Settings {
	s := &Settings{values: make(map[string]string, len(knobs))}
	for name, k := range knobs {
		s.values[name] = k.def
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
	if _, known := knobs[name]; !known {
		return fmt.Errorf("no knob named %q", name)
	}
	s.values[name] = value
	return nil
}

// Int reads a whole number; a bad value is a start-up error of the caller.
func (s *Settings) Int(name string) int {
	n, err := strconv.Atoi(s.values[name])
	if err != nil {
		panic(fmt.Sprintf("conf: %s: %v", name, err))
	}
	return n
}

// Duration reads a Go duration.
func (s *Settings) Duration(name string) time.Duration {
	d, err := time.ParseDuration(s.values[name])
	if err != nil {
		panic(fmt.Sprintf("conf: %s: %v", name, err))
	}
	return d
}

// Help lists every knob with its default.
func Help() string {
	names := make([]string, 0, len(knobs))
	for name := range knobs {
		names = append(names, name)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "  %-16s %-8s %s\n", name, knobs[name].def, knobs[name].help)
	}
	return b.String()
}

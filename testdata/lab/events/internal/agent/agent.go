// SPDX-License-Identifier: GPL-3.0-or-later

// Package agent tells devices apart by the agent strings they send.
package agent

import (
	"regexp"
	"strings"
	"sync"
)

type sign struct {
	device string
	match  *regexp.Regexp
}

// Table knows the signs and remembers the strings seen last.
type Table struct {
	signs []sign
	mu    sync.Mutex
	known map[string]string
	order []string
	at    int
}

// New remembers up to keep strings.
func New(keep int) *Table {
	t := &Table{known: make(map[string]string, keep), order: make([]string, keep)}
	for _, s := range [][2]string{
		{"bot", `(?i)\b(bot|crawler|spider)\b[/ ]?[0-9.]*`},
		{"tv", `(SmartTV|Web0S|Tizen)[/ ]([0-9]+)(\.[0-9]+)?`},
		{"tablet", `\((iPad|Tablet)[^)]*\)`},
		{"phone", `(iPhone|Android [0-9]+(\.[0-9]+)*; Mobile)[^)]*\)`},
		{"desktop-mac", `Macintosh; Intel Mac OS X ([0-9]+)[._]([0-9]+)`},
		{"desktop-win", `Windows NT ([0-9]+)\.([0-9]+)`},
		{"desktop-linux", `X11; (U; )?Linux ([a-z0-9_]+)`},
		{"client", `^[a-z-]+/[0-9]+(\.[0-9]+)*( \(.*\))?$`},
	} {
		t.signs = append(t.signs, sign{s[0], regexp.MustCompile(s[1])})
	}
	return t
}

// Name is the device that sends such a string.
func (t *Table) Name(text string) string {
	t.mu.Lock()
	device, ok := t.known[text]
	t.mu.Unlock()
	if ok {
		return device
	}
	device = t.classify(text)
	t.remember(text, device)
	return device
}

func (t *Table) classify(text string) string {
	text = strings.TrimSpace(text)
	for i := range t.signs {
		if t.signs[i].match.MatchString(text) {
			return t.signs[i].device
		}
	}
	return "other"
}

// remember puts the string in the place of the oldest one.
func (t *Table) remember(text, device string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.known[text]; ok {
		return
	}
	delete(t.known, t.order[t.at])
	t.known[text] = device
	t.order[t.at] = text
	t.at = (t.at + 1) % len(t.order)
}

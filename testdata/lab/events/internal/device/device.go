// SPDX-License-Identifier: GPL-3.0-or-later

// Package device tells devices apart by the agent strings they send.
package device

import (
	"regexp"
	"strings"
	"sync"
)

type trait struct {
	device string
	match  *regexp.Regexp
}

// Catalog knows the traits and remembers the strings seen last.
type Catalog struct {
	traits []trait
	mu     sync.Mutex
	known  map[string]string
	order  []string
	at     int
}

// New remembers up to size strings.
func New(size int) *Catalog {
	t := &Catalog{known: make(map[string]string, size), order: make([]string, size)}
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
		t.traits = append(t.traits, trait{s[0], regexp.MustCompile(s[1])})
	}
	return t
}

// Label is the device that sends such a string.
func (t *Catalog) Label(text string) string {
	t.mu.Lock()
	device, ok := t.known[text]
	t.mu.Unlock()
	if ok {
		return device
	}
	device = t.sort(text)
	t.keep(text, device)
	return device
}

func (t *Catalog) sort(text string) string {
	text = strings.TrimSpace(text)
	for i := range t.traits {
		if t.traits[i].match.MatchString(text) {
			return t.traits[i].device
		}
	}
	return "other"
}

// keep puts the string in the place of the oldest one.
func (t *Catalog) keep(text, device string) {
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

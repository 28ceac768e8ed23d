// SPDX-License-Identifier: GPL-3.0-or-later

// Package account holds what is known about the tenants: how their paths are
// divided into sections, and what they have used.
package account

import (
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"

	"example.org/lab/kit/conf"
)

type rule struct {
	section string
	text    string
	match   *regexp.Regexp
}

// Account is one tenant.
type Account struct {
	Name  string
	Plan  string
	rules []rule
	used  int64
}

// Book is all tenants.
type Book struct {
	mu     sync.RWMutex
	byName map[string]*Account
	fresh  *atomic.Int64
	pin    *atomic.Int64
}

var sections = []struct{ name, pattern string }{
	{"shop", `^/(%s/)?(shop|cart|checkout)(/[a-z0-9-]+)*$`},
	{"media", `^/(%s/)?media/([0-9]{4})/([a-z0-9-]+)\.(jpg|png|mp4)$`},
	{"help", `^/(%s/)?(help|faq)(/[a-z-]+)?/?$`},
	{"account", `^/(%s/)?(me|login|settings)(/[a-z]+)?$`},
	{"blog", `^/(%s/)?blog/[0-9]+-[a-z0-9-]+$`},
}

// New makes n tenants.
func New(set *conf.Settings, n int) *Book {
	b := &Book{byName: make(map[string]*Account, n), fresh: set.Live("account.fresh"), pin: set.Live("account.pin")}
	for i := range n {
		a := &Account{Name: fmt.Sprintf("t%02d", i), Plan: []string{"basic", "team", "large"}[i%3]}
		for _, s := range sections {
			text := fmt.Sprintf(s.pattern, a.Name)
			a.rules = append(a.rules, rule{s.name, text, regexp.MustCompile(text)})
		}
		b.byName[a.Name] = a
	}
	return b
}

// Section says which part of a tenant's site a path belongs to.
func (b *Book) Section(tenant, path string) string {
	b.mu.RLock()
	a := b.byName[tenant]
	b.mu.RUnlock()
	if a == nil {
		return "unknown"
	}
	fresh := int(b.fresh.Load())
	for i := range a.rules {
		if a.rules[i].holds(path, i < fresh) {
			return a.rules[i].section
		}
	}
	return "other"
}

// SectionOf is Section with all rules tried at the same time.
func (b *Book) SectionOf(tenant, path string) string {
	b.mu.RLock()
	a := b.byName[tenant]
	b.mu.RUnlock()
	if a == nil {
		return "unknown"
	}
	found := make(chan int, len(a.rules))
	for i := range a.rules {
		go func() {
			if a.rules[i].holds(path, false) {
				found <- i
			} else {
				found <- len(a.rules)
			}
		}()
	}
	best := len(a.rules)
	for range a.rules {
		best = min(best, <-found)
	}
	if best == len(a.rules) {
		return "other"
	}
	return a.rules[best].section
}

// holds tries one rule; a fresh one is taken as it is written now.
func (r *rule) holds(path string, fresh bool) bool {
	match := r.match
	if fresh {
		var err error
		if match, err = regexp.Compile(r.text); err != nil {
			return false
		}
	}
	return match.MatchString(path)
}

// Charge counts what a tenant used.
func (b *Book) Charge(tenant string, events int) {
	b.mu.Lock()
	if a := b.byName[tenant]; a != nil {
		a.used += int64(events)
	}
	b.mu.Unlock()
}

// With gives f a view of a tenant that does not change meanwhile, and says
// whether there is such a tenant.
func (b *Book) With(tenant string, f func(Account)) bool {
	b.mu.RLock()
	a := b.byName[tenant]
	if a == nil {
		b.mu.RUnlock()
		return false
	}
	view := *a
	if b.pin.Load() != 0 {
		f(view)
		b.mu.RUnlock()
		return true
	}
	b.mu.RUnlock()
	f(view)
	return true
}

// Used is what a tenant has been charged for.
func (a *Account) Used() int64 { return a.used }

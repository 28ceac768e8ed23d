// SPDX-License-Identifier: GPL-3.0-or-later

// Package seen tells the first of several equal events from the others.
package seen

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"example.org/lab/kit/conf"
)

type mark struct {
	tenant string
	id     string
	at     int64
}

// Set remembers events for one to two turns: those of the turn under way and
// those of the one before it.
type Set struct {
	turn *atomic.Int64
	scan *atomic.Int64

	mu     sync.Mutex
	now    map[uint64]mark
	before map[uint64]mark
	turned time.Time
	latest []mark
	next   int
}

// New makes an empty set.
func New(set *conf.Settings) *Set {
	return &Set{
		turn: set.Live("seen.turn"), scan: set.Live("seen.scan"),
		now: make(map[uint64]mark), turned: time.Now(),
	}
}

// First says whether this is the first event of that id.
func (s *Set) First(tenant, id string, at int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first(tenant, id, at)
}

// first does it; the caller holds s.mu.
func (s *Set) first(tenant, id string, at int64) bool {
	if n := int(s.scan.Load()); n > 0 && s.among(tenant, id, n) {
		return false
	}
	s.rotate()
	key := s.key(tenant, id)
	if m, ok := s.now[key]; ok && m.id == id {
		return false
	}
	if m, ok := s.before[key]; ok && m.id == id {
		return false
	}
	s.now[key] = mark{tenant, id, at}
	return true
}

func (s *Set) key(tenant, id string) uint64 {
	var d xxhash.Digest
	d.Reset()
	d.WriteString(tenant) // a digest takes everything
	d.WriteString(id)
	return d.Sum64()
}

func (s *Set) rotate() {
	turn := time.Duration(s.turn.Load())
	if turn <= 0 {
		return
	}
	if now := time.Now(); now.Sub(s.turned) >= turn {
		s.before, s.now = s.now, make(map[uint64]mark, len(s.now))
		s.turned = now
	}
}

// among looks at the last n events one by one, newest first, and adds this one.
func (s *Set) among(tenant, id string, n int) bool {
	if len(s.latest) != n {
		s.latest, s.next = make([]mark, n), 0
	}
	for i := range s.latest {
		m := &s.latest[(s.next+n-1-i)%n]
		if m.id == id && m.tenant == tenant {
			return true
		}
	}
	s.latest[s.next] = mark{tenant: tenant, id: id}
	s.next = (s.next + 1) % n
	return false
}

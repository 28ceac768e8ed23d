// SPDX-License-Identifier: GPL-3.0-or-later

// Package roster keeps the sessions in use in memory: shards by user, the least
// recently used ones make room.
package roster

import (
	"container/list"
	"context"
	"encoding/json"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"example.org/sessions/internal/record"
)

// Options of a Roster.
type Options struct {
	Keep   int // sessions
	Shards int
	Index  int           // 2: sessions of a user by index; 1: listings walk; 0: counts too
	Life   time.Duration // an untouched session leaves after this
	Stop   bool          // a session that leaves takes its clock along
	Renew  bool          // a touched session goes on with the clock it has
	Image  int           // 1: an image of each touched session is taken in place, 2: of its whole shard every second
	Check  bool          // the caller's check runs before others may touch
	// Gone is asked whether a session was revoked elsewhere.
	Gone func(ctx context.Context, id string) (bool, error)
}

type entry struct {
	s     *record.Session
	place *list.Element
	clock *time.Timer
	dirty bool
}

type shard struct {
	mu    sync.Mutex
	byID  map[string]*entry
	by    map[string][]*entry
	order *list.List // most recently used first
	image []byte
}

// Roster is the set of sessions in memory.
type Roster struct {
	o      Options
	seed   maphash.Seed
	shards []*shard
}

// New returns an empty roster.
func New(o Options) *Roster {
	r := &Roster{o: o, seed: maphash.MakeSeed(), shards: make([]*shard, o.Shards)}
	for i := range r.shards {
		r.shards[i] = &shard{byID: make(map[string]*entry), by: make(map[string][]*entry), order: list.New()}
	}
	return r
}

func (r *Roster) shard(user string) *shard {
	return r.shards[maphash.String(r.seed, user)%uint64(len(r.shards))]
}

// Put keeps s; it belongs to the roster from now on.
func (r *Roster) Put(s *record.Session) {
	sh := r.shard(s.User)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if e := sh.byID[s.ID]; e != nil {
		return // somebody was faster and may have touched it
	}
	e := &entry{s: s}
	e.place = sh.order.PushFront(e)
	sh.byID[s.ID] = e
	sh.by[s.User] = append(sh.by[s.User], e)
	r.wind(sh, e)
	for sh.order.Len() > max(1, r.o.Keep/r.o.Shards) {
		r.leave(sh, sh.order.Back().Value.(*entry))
	}
}

// wind starts the clock of e; the caller holds sh.mu.
func (r *Roster) wind(sh *shard, e *entry) {
	e.clock = time.AfterFunc(r.o.Life, func() {
		sh.mu.Lock()
		defer sh.mu.Unlock()
		if sh.byID[e.s.ID] == e && time.Since(time.UnixMilli(e.s.Seen)) >= r.o.Life {
			r.leave(sh, e)
		}
	})
}

// leave takes e out; the caller holds sh.mu.
func (r *Roster) leave(sh *shard, e *entry) {
	if r.o.Stop {
		e.clock.Stop()
	}
	sh.order.Remove(e.place)
	delete(sh.byID, e.s.ID)
	mine := sh.by[e.s.User]
	for i := range mine {
		if mine[i] == e {
			mine[i] = mine[len(mine)-1]
			mine[len(mine)-1] = nil
			mine = mine[:len(mine)-1]
			break
		}
	}
	if len(mine) == 0 {
		delete(sh.by, e.s.User)
	} else {
		sh.by[e.s.User] = mine
	}
}

// Touch notes an event of a session and returns a copy of it.
func (r *Roster) Touch(ctx context.Context, user, id string, ev record.Event) (*record.Session, bool, error) {
	sh := r.shard(user)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	e := sh.byID[id]
	if e == nil {
		return nil, false, nil
	}
	if r.o.Check {
		gone, err := r.o.Gone(ctx, id)
		if err != nil {
			return nil, false, err
		}
		if gone {
			r.leave(sh, e)
			return nil, false, nil
		}
	}
	e.s.Step(ev)
	e.dirty = true
	sh.order.MoveToFront(e.place)
	if r.o.Renew {
		e.clock.Reset(r.o.Life)
	} else {
		r.wind(sh, e)
	}
	if r.o.Image == 1 {
		sh.image = picture(sh.image, sh.by[user])
	}
	return e.s.Clone(), true, nil
}

// picture is what a restart begins with.
func picture(old []byte, of []*entry) []byte {
	type seen struct {
		Key     string          `json:"key"`
		Session *record.Session `json:"session"`
	}
	all := make([]seen, 0, len(of))
	for _, e := range of {
		all = append(all, seen{record.SessionKey(e.s.ID), e.s})
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		return old
	}
	return append(old[:0], text...)
}

// Drop takes a session out.
func (r *Roster) Drop(user, id string) {
	sh := r.shard(user)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if e := sh.byID[id]; e != nil {
		r.leave(sh, e)
	}
}

// Others counts the sessions of user.
func (r *Roster) Others(user string) int {
	if r.o.Index == 0 {
		return len(r.walk(user))
	}
	sh := r.shard(user)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return len(sh.by[user])
}

// OfUser lists copies of the sessions of user.
func (r *Roster) OfUser(user string) []*record.Session {
	if r.o.Index < 2 {
		return r.walk(user)
	}
	sh := r.shard(user)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	out := make([]*record.Session, 0, len(sh.by[user]))
	for _, e := range sh.by[user] {
		out = append(out, e.s.Clone())
	}
	return out
}

// walk finds the sessions of user, however the name was written.
func (r *Roster) walk(user string) []*record.Session {
	var out []*record.Session
	for _, sh := range r.shards {
		sh.mu.Lock()
		for _, e := range sh.byID {
			if strings.EqualFold(strings.TrimSpace(e.s.User), user) {
				out = append(out, e.s.Clone())
			}
		}
		sh.mu.Unlock()
	}
	return out
}

// Changed takes copies of what was touched since the last call, at most n.
func (r *Roster) Changed(n int) []*record.Session {
	var out []*record.Session
	for _, sh := range r.shards {
		sh.mu.Lock()
		for at := sh.order.Front(); at != nil && len(out) < n; at = at.Next() {
			if e := at.Value.(*entry); e.dirty {
				e.dirty = false
				out = append(out, e.s.Clone())
			} else if time.Since(time.UnixMilli(e.s.Seen)) > 10*time.Second {
				break // older ones were not touched either
			}
		}
		sh.mu.Unlock()
	}
	return out
}

// Images takes a picture of every shard.
func (r *Roster) Images() {
	if r.o.Image != 2 {
		return
	}
	for _, sh := range r.shards {
		sh.mu.Lock()
		all := make([]*entry, 0, len(sh.byID))
		for _, e := range sh.byID {
			all = append(all, e)
		}
		sh.image = picture(sh.image, all)
		sh.mu.Unlock()
	}
}

// Sample lists up to n sessions.
func (r *Roster) Sample(n int) []*record.Session {
	var out []*record.Session
	for i, sh := range r.shards {
		sh.mu.Lock()
		for at := sh.order.Front(); at != nil && len(out)*len(r.shards) < n*(i+1); at = at.Next() {
			out = append(out, at.Value.(*entry).s.Clone())
		}
		sh.mu.Unlock()
	}
	return out
}

// Len is the number of sessions kept.
func (r *Roster) Len() int {
	n := 0
	for _, sh := range r.shards {
		sh.mu.Lock()
		n += sh.order.Len()
		sh.mu.Unlock()
	}
	return n
}

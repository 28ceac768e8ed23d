// SPDX-License-Identifier: GPL-3.0-or-later

// Package shelf keeps rendered stories for a while and renders them again when
// they are too old.
package shelf

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/mark"
	"example.org/pages/internal/story"
	"example.org/pages/internal/wire"
)

// Page is a story ready to be laid out.
type Page struct {
	Story *story.Story
	*mark.Paper
	made time.Time
}

// Shelf is the cache; safe for concurrent use.
type Shelf struct {
	origin *wire.Client
	press  *mark.Press
	links  *rewriter
	seats  *semaphore.Weighted

	room  *atomic.Int64
	fresh *atomic.Int64
	key   *atomic.Int64
	hold  *atomic.Int64
	lanes *atomic.Int64
	alarm *atomic.Int64

	mu     sync.Mutex
	pages  map[string]*list.Element
	order  *list.List
	flight singleflight.Group
}

type place struct {
	key  string
	page *Page
}

// New makes an empty shelf.
func New(origin *wire.Client, press *mark.Press, set *conf.Settings) *Shelf {
	return &Shelf{
		origin: origin, press: press, links: newRewriter(set.Live("link.loose")),
		seats: semaphore.NewWeighted(int64(set.Int("shelf.seats"))),
		room:  set.Live("shelf.room"), fresh: set.Live("shelf.fresh"), key: set.Live("shelf.key"),
		hold: set.Live("shelf.hold"), lanes: set.Live("shelf.lanes"), alarm: set.Live("shelf.alarm"),
		pages: make(map[string]*list.Element), order: list.New(),
	}
}

// Prime renders the stories once, so that the first readers do not wait for
// their code to be coloured.
func (s *Shelf) Prime(list []story.Story) error {
	for i := range list {
		if _, err := s.render(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

// Key is what a story is kept under: its name, or the address it was asked by.
func (s *Shelf) Key(slug, query string) string {
	if s.key.Load() != 0 && query != "" {
		return slug + "?" + query
	}
	return slug
}

// Seat bounds how many readers' pages are made at a time.
func (s *Shelf) Seat(ctx context.Context) (func(), error) {
	if err := s.seats.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { s.seats.Release(1) }, nil
}

// Page is the story, from the shelf where it is fresh.
func (s *Shelf) Page(ctx context.Context, slug, key string) (*Page, error) {
	switch s.hold.Load() {
	case 1:
		return s.oneAtATime(slug, key)
	case 2:
		return s.twice(slug, key)
	}
	s.mu.Lock()
	p := s.look(key)
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	if s.lanes.Load() == 1 {
		return s.queue(ctx, slug, key)
	}
	return s.share(slug, key)
}

// look finds a fresh page; the caller holds s.mu.
func (s *Shelf) look(key string) *Page {
	e, ok := s.pages[key]
	if !ok {
		return nil
	}
	p := e.Value.(*place).page
	if time.Since(p.made) > time.Duration(s.fresh.Load()) {
		return nil
	}
	s.order.MoveToFront(e)
	return p
}

// put keeps a page; the caller holds s.mu. Keys with a query are few, says who
// made them, and are not counted.
func (s *Shelf) put(key string, p *Page) {
	if wait := s.alarm.Load(); wait > 0 {
		time.AfterFunc(time.Duration(wait), func() { s.drop(key, p) })
	}
	if e, ok := s.pages[key]; ok {
		e.Value.(*place).page = p
		s.order.MoveToFront(e)
		return
	}
	s.pages[key] = s.order.PushFront(&place{key, p})
	for s.key.Load() == 0 && int64(s.order.Len()) > s.room.Load() {
		e := s.order.Back()
		delete(s.pages, s.order.Remove(e).(*place).key)
	}
}

func (s *Shelf) drop(key string, p *Page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.pages[key]; ok && e.Value.(*place).page == p {
		delete(s.pages, s.order.Remove(e).(*place).key)
	}
}

// oneAtATime looks and renders under one lock, so that nobody renders what
// another one is about to put there.
func (s *Shelf) oneAtATime(slug, key string) (*Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.look(key); p != nil {
		return p, nil
	}
	p, err := s.make(slug)
	if err == nil {
		s.put(key, p)
	}
	return p, err
}

// twice asks the origin first and renders under the lock.
func (s *Shelf) twice(slug, key string) (*Page, error) {
	s.mu.Lock()
	p := s.look(key)
	s.mu.Unlock()
	if p != nil {
		return p, nil
	}
	text, err := s.origin.Story(slug)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.look(key); p != nil {
		return p, nil
	}
	if p, err = s.render(text); err == nil {
		s.put(key, p)
	}
	return p, err
}

// queue has one loader for all stories: who comes while it is on its way waits
// for it, looks whether it brought the own story, and else sends it again.
func (s *Shelf) queue(ctx context.Context, slug, key string) (*Page, error) {
	for ctx.Err() == nil {
		got, err, _ := s.flight.Do("load", func() (any, error) { return s.store(slug, key) })
		if err != nil {
			return nil, err
		}
		if p := got.(*Page); p.Story.Slug == slug {
			return p, nil
		}
	}
	return nil, ctx.Err()
}

func (s *Shelf) store(slug, key string) (*Page, error) {
	p, err := s.make(slug)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.put(key, p)
	s.mu.Unlock()
	return p, nil
}

func (s *Shelf) make(slug string) (*Page, error) {
	text, err := s.origin.Story(slug)
	if err != nil {
		return nil, err
	}
	return s.render(text)
}

func (s *Shelf) render(text *story.Story) (*Page, error) {
	paper, err := s.press.Render([]byte(text.Body))
	if err != nil {
		return nil, err
	}
	for i := range paper.Blocks {
		paper.Blocks[i] = s.links.Apply(paper.Blocks[i])
	}
	return &Page{Story: text, Paper: paper, made: time.Now()}, nil
}

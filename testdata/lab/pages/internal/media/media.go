// SPDX-License-Identifier: GPL-3.0-or-later

// Package media makes small pictures of large ones.
package media

import (
	"bytes"
	"container/list"
	"fmt"
	"image"
	"image/jpeg"
	"sync"
	"sync/atomic"

	"golang.org/x/image/draw"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/wire"
)

// Studio makes them and keeps some.
type Studio struct {
	origin *wire.Client
	room   *atomic.Int64
	one    *atomic.Int64
	work   sync.Mutex // the codec before this one could do one picture at a time

	mu    sync.Mutex
	done  map[string]*list.Element
	order *list.List
}

type proof struct {
	key string
	raw []byte
}

// NewStudio makes an empty one.
func NewStudio(origin *wire.Client, set *conf.Settings) *Studio {
	return &Studio{
		origin: origin, room: set.Live("media.room"), one: set.Live("media.one"),
		done: make(map[string]*list.Element), order: list.New(),
	}
}

// Small is picture n, width points wide, as JPEG.
func (s *Studio) Small(n, width int) ([]byte, error) {
	key := fmt.Sprintf("%d/%d", n, width)
	if raw := s.known(key); raw != nil {
		return raw, nil
	}
	raw, err := s.develop(n, width)
	if err == nil {
		s.remember(key, raw)
	}
	return raw, err
}

func (s *Studio) develop(n, width int) ([]byte, error) {
	if s.one.Load() != 0 {
		s.work.Lock()
		defer s.work.Unlock()
	}
	raw, err := s.origin.Picture(n)
	if err != nil {
		return nil, err
	}
	large, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return pack(shrink(large, width))
}

func shrink(large image.Image, width int) image.Image {
	b := large.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, width, max(1, width*b.Dy()/b.Dx())))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), large, b, draw.Src, nil)
	return small
}

func pack(im image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 82})
	return b.Bytes(), err
}

func (s *Studio) known(key string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.done[key]
	if !ok {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*proof).raw
}

func (s *Studio) remember(key string, raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.done[key]; ok {
		return
	}
	s.done[key] = s.order.PushFront(&proof{key, raw})
	for int64(s.order.Len()) > s.room.Load() {
		e := s.order.Back()
		delete(s.done, s.order.Remove(e).(*proof).key)
	}
}

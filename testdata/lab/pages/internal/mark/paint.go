// SPDX-License-Identifier: GPL-3.0-or-later

package mark

import (
	"container/list"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
)

// Painter colours code and remembers what it coloured.
type Painter struct {
	keep   *atomic.Int64
	style  *chroma.Style
	format *html.Formatter
	seed   maphash.Seed

	mu    sync.Mutex
	done  map[uint64]*list.Element
	order *list.List
}

type painted struct {
	key  uint64
	html string
}

// NewPainter remembers up to keep pieces.
func NewPainter(keep *atomic.Int64) *Painter {
	return &Painter{
		keep: keep, style: styles.Get("github"), format: html.New(html.WithClasses(true), html.WithLineNumbers(true)),
		seed: maphash.MakeSeed(), done: make(map[uint64]*list.Element), order: list.New(),
	}
}

// Paint is a piece of code as HTML.
func (p *Painter) Paint(lang, code string) (string, error) {
	key := maphash.String(p.seed, lang+"\x00"+code)
	if got, ok := p.known(key); ok {
		return got, nil
	}
	text, err := p.colour(lang, code)
	if err == nil {
		p.remember(key, text)
	}
	return text, err
}

func (p *Painter) known(key uint64) (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.done[key]
	if !ok {
		return "", false
	}
	p.order.MoveToFront(e)
	return e.Value.(*painted).html, true
}

func (p *Painter) remember(key uint64, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.done[key]; ok {
		return
	}
	p.done[key] = p.order.PushFront(&painted{key, text})
	for int64(p.order.Len()) > p.keep.Load() {
		e := p.order.Back()
		delete(p.done, p.order.Remove(e).(*painted).key)
	}
}

func (p *Painter) write(tokens chroma.Iterator) (string, error) {
	var b strings.Builder
	err := p.format.Format(&b, p.style, tokens)
	return b.String(), err
}

func lexer(lang string) chroma.Lexer {
	l := lexers.Get(lang)
	if l == nil {
		l = lexers.Fallback
	}
	return l
}

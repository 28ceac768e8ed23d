// SPDX-License-Identifier: GPL-3.0-or-later

// Package view lays pages out.
package view

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"sync"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
)

//go:embed *.html
var sources embed.FS

var names = []string{"front", "page", "list", "search"}

// Set is the templates of the site.
type Set struct {
	ready map[string]*template.Template
	plain map[string]*template.Template
	watch *atomic.Int64
	bind  *atomic.Int64
	pool  *atomic.Int64
	spare sync.Pool
}

// New reads the templates.
func New(set *conf.Settings) (*Set, error) {
	s := &Set{
		ready: make(map[string]*template.Template),
		watch: set.Live("view.watch"), bind: set.Live("view.bind"), pool: set.Live("view.pool"),
	}
	s.spare.New = blank
	var err error
	if s.plain, err = reload(); err != nil {
		return nil, err
	}
	for name, t := range s.plain { // a template that was used cannot be copied any more
		if s.ready[name], err = t.Clone(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func parse(name string) (*template.Template, error) {
	return template.New("layout.html").Funcs(funcs()).ParseFS(sources, "layout.html", "parts.html", name+".html")
}

// blank is a sheet with room for most pages.
func blank() any { return bytes.NewBuffer(make([]byte, 0, 48<<10)) }

// Lay writes a page to a sheet; the caller gives the sheet back when it has
// been sent.
func (s *Set) Lay(name string, data any) (*bytes.Buffer, func(), error) {
	t, err := s.lookup(name)
	if err != nil {
		return nil, nil, err
	}
	from := &s.spare
	if s.pool.Load() != 0 {
		from = &sync.Pool{New: blank} // one a page: no other request can touch its sheets
	}
	sheet := take(from)
	if err := t.Execute(sheet, data); err != nil {
		return nil, nil, err
	}
	return sheet, func() { from.Put(sheet) }, nil
}

func take(from *sync.Pool) *bytes.Buffer {
	sheet := from.Get().(*bytes.Buffer)
	sheet.Reset()
	return sheet
}

// reload reads all pages: parts of one may be used by another.
func reload() (map[string]*template.Template, error) {
	ready := make(map[string]*template.Template, len(names))
	for _, name := range names {
		t, err := parse(name)
		if err != nil {
			return nil, err
		}
		ready[name] = t
	}
	return ready, nil
}

// lookup is the template of a page. While the design is being worked on it is
// read anew, so that a change shows; pages may also bind their own functions.
func (s *Set) lookup(name string) (*template.Template, error) {
	if w := s.watch.Load(); w > 1 || w == 1 && name == "list" {
		ready, err := reload()
		return ready[name], err
	}
	if b := s.bind.Load(); b > 1 || b == 1 && name == "search" {
		return s.bound(name)
	}
	return s.ready[name], nil
}

// bound is a copy whose "ago" counts from the moment the request came in.
func (s *Set) bound(name string) (*template.Template, error) {
	t, err := s.plain[name].Clone()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return t.Funcs(template.FuncMap{"ago": func(then time.Time) string { return ago(now.Sub(then)) }}), nil
}

func ago(d time.Duration) string {
	switch days := int(d.Hours()) / 24; {
	case days > 365:
		return fmt.Sprintf("%d years ago", days/365)
	case days > 1:
		return fmt.Sprintf("%d days ago", days)
	}
	return fmt.Sprintf("%d hours ago", int(d.Hours()))
}

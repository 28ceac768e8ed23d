// SPDX-License-Identifier: GPL-3.0-or-later

// Package site is the handlers.
package site

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/assets"
	"example.org/pages/internal/find"
	"example.org/pages/internal/gate"
	"example.org/pages/internal/live"
	"example.org/pages/internal/mark"
	"example.org/pages/internal/media"
	"example.org/pages/internal/meter"
	"example.org/pages/internal/prose"
	"example.org/pages/internal/send"
	"example.org/pages/internal/shelf"
	"example.org/pages/internal/story"
	"example.org/pages/internal/tell"
	"example.org/pages/internal/tidy"
	"example.org/pages/internal/view"
	"example.org/pages/internal/wire"
)

// Parts is what the handlers work with.
type Parts struct {
	Origin  *wire.Client
	Stories []story.Story
	Index   *find.Index
	Lists   *find.Lists
	Press   *mark.Press
	Shelf   *shelf.Shelf
	Views   *view.Set
	Binder  *view.Binder
	Studio  *media.Studio
	Packer  *send.Packer
	Hub     *live.Hub
	Gate    *gate.Gate
	Teller  *tell.Teller
	Assets  *assets.Dir
	Joiner  *prose.Joiner
	Log     *meter.Log
	Keeper  *tidy.Keeper
}

type site struct {
	Parts
	menu   []string
	fields *atomic.Int64
}

// Handler is the site; what it does beside requests ends with ctx.
func Handler(ctx context.Context, p Parts, set *conf.Settings) http.Handler {
	s := &site{Parts: p, menu: []string{"archive", "bridges", "go", "maps", "rivers", "sql", "tools"}, fields: set.Live("api.fields")}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.front)
	mux.HandleFunc("GET /a/{slug}", s.page)
	mux.HandleFunc("GET /api/a/{slug}", s.api)
	mux.HandleFunc("GET /search", s.search)
	mux.HandleFunc("GET /t/{tag}", s.tag)
	mux.HandleFunc("POST /preview", s.preview)
	mux.HandleFunc("GET /img/{n}", s.image)
	mux.HandleFunc("GET /assets/{name}", s.asset)
	mux.HandleFunc("GET /live/{slug}", s.since)
	mux.HandleFunc("GET /slugs", s.slugs)
	all := http.NewServeMux()
	all.HandleFunc("GET /live/{slug}/stream", s.stream) // has no limit in time
	all.Handle("/", newGuard(ctx, mux, p.Log, set))
	return all
}

// sheet is what every page shows.
type sheet struct {
	Title, Here, Query string
	Menu, Recent       []string
	Most               []*story.Story
}

func (s *site) sheet(title, here, query string) sheet {
	return sheet{title, here, query, s.menu, s.Index.Recent(5), s.Lists.Front(4)}
}

func (s *site) fail(w http.ResponseWriter, err error) {
	http.Error(w, err.Error(), http.StatusBadGateway)
}

func (s *site) show(w http.ResponseWriter, r *http.Request, name string, data any) {
	body, done, err := s.Views.Lay(name, data)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	defer done()
	s.Packer.Send(w, r, "text/html; charset=utf-8", body.Bytes())
}

func (s *site) front(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, "front", struct {
		sheet
		Stories []*story.Story
	}{s.sheet("Pages", "", ""), s.Lists.Front(12)})
}

func (s *site) page(w http.ResponseWriter, r *http.Request) {
	ctx, slug := r.Context(), r.PathValue("slug")
	if err := s.Gate.Enter(ctx); err != nil {
		http.Error(w, "too many readers", http.StatusTooManyRequests)
		return
	}
	leave, err := s.Shelf.Seat(ctx)
	if err != nil {
		s.fail(w, err)
		return
	}
	defer leave()
	p, err := s.Shelf.Page(ctx, slug, s.Shelf.Key(slug, r.URL.RawQuery))
	if err != nil {
		s.fail(w, err)
		return
	}
	remarks, err := s.Origin.Remarks(slug)
	if err != nil {
		s.fail(w, err)
		return
	}
	s.Lists.See(slug)
	s.Hub.Tell(slug)
	s.Teller.View(ctx, slug)
	s.show(w, r, "page", struct {
		sheet
		Page    *shelf.Page
		Body    template.HTML
		Near    []*story.Story
		Remarks []story.Remark
	}{
		s.sheet(p.Story.Title, p.Story.Tags[0], ""), p,
		template.HTML(s.Binder.Bind(p.Blocks, r.URL.Query().Get("ref"))), // made by our own renderer, which escapes
		s.Lists.Near(slug), remarks,
	})
}

// card is a story for programs.
type card struct {
	Slug     string         `json:"slug"`
	Title    string         `json:"title"`
	Author   string         `json:"author"`
	Tags     []string       `json:"tags"`
	Words    int            `json:"words"`
	Remarks  int            `json:"remarks"`
	Contents []mark.Heading `json:"contents"`
	Near     []string       `json:"near"`
	Blocks   []string       `json:"blocks"`
}

func (s *site) api(w http.ResponseWriter, r *http.Request) {
	slug := r.PathValue("slug")
	p, err := s.Shelf.Page(r.Context(), slug, slug)
	if err != nil {
		s.fail(w, err)
		return
	}
	n, err := s.Origin.Count(slug)
	if err != nil {
		s.fail(w, err)
		return
	}
	s.Teller.View(r.Context(), slug)
	c := card{slug, p.Story.Title, p.Story.Author, p.Story.Tags, p.Words, n, p.Contents, nil, make([]string, 0, len(p.Blocks))}
	for _, o := range s.Lists.Near(slug) {
		c.Near = append(c.Near, o.Slug)
	}
	for _, b := range p.Blocks {
		c.Blocks = append(c.Blocks, string(b))
	}
	if s.fields.Load() == 0 {
		s.Packer.JSON(w, r, c)
		return
	}
	some, err := pick(c, r.URL.Query().Get("fields"))
	if err != nil {
		s.fail(w, err)
		return
	}
	s.Packer.JSON(w, r, some)
}

// pick keeps the fields of v that were asked for, all of them by default.
func pick(v any, fields string) (map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	if fields == "" {
		return all, nil
	}
	for name := range all {
		if !strings.Contains(","+fields+",", fmt.Sprintf(",%v,", name)) {
			delete(all, name)
		}
	}
	return all, nil
}

type hit struct {
	find.Hit
	HTML template.HTML
}

func (s *site) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query().Get("q")
	hits := s.Index.Search(q, 10)
	out := make([]hit, len(hits))
	for i, h := range hits {
		out[i] = hit{h, template.HTML(h.Line)} // the joiner escapes
	}
	s.show(w, r, "search", struct {
		sheet
		Hits []hit
	}{s.sheet("Search", "", q), out})
}

func (s *site) tag(w http.ResponseWriter, r *http.Request) {
	tag := r.PathValue("tag")
	list := s.Lists.Tag(tag, 18)
	if len(list) == 0 {
		http.NotFound(w, r)
		return
	}
	n, err := s.Origin.Count(list[0].Slug)
	if err != nil {
		s.fail(w, err)
		return
	}
	var lines []template.HTML
	for _, one := range list[:min(8, len(list))] {
		words := strings.Fields(one.Body[:min(600, len(one.Body))])
		lines = append(lines, template.HTML(s.Joiner.Line(words, nil)))
	}
	s.show(w, r, "list", struct {
		sheet
		Talk    int
		Stories []*story.Story
		Lines   []template.HTML
	}{s.sheet("About "+tag, tag, ""), n, list, lines})
}

func (s *site) preview(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	paper, err := s.Press.Render(raw)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Packer.JSON(w, r, map[string]any{"html": string(bytes.Join(paper.Blocks, nil)), "words": paper.Words, "contents": paper.Contents})
}

func (s *site) image(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	width, err2 := strconv.Atoi(r.URL.Query().Get("w"))
	if err != nil || err2 != nil || width < 16 || width > 640 {
		http.NotFound(w, r)
		return
	}
	raw, err := s.Studio.Small(n, width)
	if err != nil {
		s.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Write(raw)
}

func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	raw, err := s.Assets.Read(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	s.Packer.Send(w, r, assets.Kind(name), raw)
}

func (s *site) since(w http.ResponseWriter, r *http.Request) {
	s.Packer.JSON(w, r, s.Hub.Since(r.URL.Query().Get("reader"), r.PathValue("slug")))
}

// stream tells a reader of events as they come.
func (s *site) stream(w http.ResponseWriter, r *http.Request) {
	events, leave := s.Hub.Stream(r.PathValue("slug"))
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	door := http.NewResponseController(w)
	door.Flush()
	for {
		select {
		case e := <-events:
			fmt.Fprintf(w, "data: %d\n\n", e.N)
			if door.Flush() != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

func (s *site) slugs(w http.ResponseWriter, r *http.Request) {
	out := make([]string, len(s.Stories))
	for i := range s.Stories {
		out[i] = s.Stories[i].Slug
	}
	s.Packer.JSON(w, r, out)
}

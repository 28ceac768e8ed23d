// SPDX-License-Identifier: GPL-3.0-or-later

// Package origin is the other side: where the articles, the readers' remarks
// and the pictures come from, a small server in a process of its own.
package origin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/story"
)

const (
	stories  = 240
	pictures = 60
)

type server struct {
	base, spread   *atomic.Int64
	late, lateBy   *atomic.Int64
	hang, fail     *atomic.Int64
	hup, tell      *atomic.Int64
	list           []story.Story
	index          map[string][]byte
	remarks        map[string][]byte
	pictures       [][]byte
	told, answered atomic.Int64
}

// Handler serves the stories; what its knobs do to an answer holds for every
// path but /stories, which is asked once.
func Handler(set *conf.Settings) http.Handler {
	s := &server{
		base: set.Live("origin.base"), spread: set.Live("origin.spread"),
		late: set.Live("origin.late"), lateBy: set.Live("origin.late_by"),
		hang: set.Live("origin.hang"), fail: set.Live("origin.fail"),
		hup: set.Live("origin.hup"), tell: set.Live("origin.tell"),
		index: make(map[string][]byte), remarks: make(map[string][]byte),
	}
	now := time.Now().UTC().Truncate(time.Hour)
	w := &writer{rng: rand.New(rand.NewPCG(7, 11))}
	for n := range stories {
		one := w.story(n, now)
		s.list = append(s.list, one)
		s.index[one.Slug] = pack(one)
		s.remarks[one.Slug] = pack(w.remarks(now))
	}
	for range pictures {
		s.pictures = append(s.pictures, w.picture())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stories", func(rw http.ResponseWriter, r *http.Request) { rw.Write(pack(s.list)) })
	mux.HandleFunc("GET /stories/{slug}", s.keyed(s.index))
	mux.HandleFunc("GET /remarks/{slug}", s.keyed(s.remarks))
	mux.HandleFunc("GET /mirror/remarks/{slug}", s.keyed(s.remarks))
	mux.HandleFunc("GET /pictures/{n}", s.picture)
	mux.HandleFunc("POST /views", s.views)
	return mux
}

func pack(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types
	}
	return raw
}

// pause takes the time that an answer needs; false if there will be none.
func (s *server) pause(rw http.ResponseWriter, r *http.Request) bool {
	wait := time.Duration(s.base.Load())
	if more := s.spread.Load(); more > 0 {
		wait += time.Duration(rand.Int64N(more))
	}
	roll := rand.Int64N(1000)
	if roll < s.hang.Load() {
		<-r.Context().Done()
		return false
	}
	if rand.Int64N(1000) < s.late.Load() {
		wait += time.Duration(min(rand.ExpFloat64(), 6) * float64(s.lateBy.Load()))
	}
	time.Sleep(wait)
	if rand.Int64N(1000) < s.fail.Load() {
		http.Error(rw, "try again", http.StatusServiceUnavailable)
		return false
	}
	if every := s.hup.Load(); every > 0 && s.answered.Add(1)%every == 0 {
		rw.Header().Set("Connection", "close")
	}
	return true
}

func (s *server) keyed(of map[string][]byte) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		raw, ok := of[r.PathValue("slug")]
		if !ok {
			http.NotFound(rw, r)
			return
		}
		if s.pause(rw, r) {
			rw.Header().Set("Content-Type", "application/json")
			rw.Header().Set("X-Count", strconv.Itoa(bytes.Count(raw, []byte(`"who"`))))
			rw.Write(raw)
		}
	}
}

func (s *server) picture(rw http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(s.pictures) {
		http.NotFound(rw, r)
		return
	}
	if s.pause(rw, r) {
		rw.Header().Set("Content-Type", "image/jpeg")
		rw.Write(s.pictures[n])
	}
}

// views takes a batch of view counts; a batch costs the same whatever its size.
func (s *server) views(rw http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	time.Sleep(time.Duration(s.tell.Load()))
	s.told.Add(int64(bytes.Count(raw, []byte{'\n'})))
	fmt.Fprintln(rw, s.told.Load())
}

// picture is a landscape of soft hills, so that it packs like a photograph.
func (w *writer) picture() []byte {
	im := image.NewRGBA(image.Rect(0, 0, 320, 214))
	hue, cut := w.rng.IntN(120), 60+w.rng.IntN(80)
	for y := range 214 {
		for x := range 320 {
			c := color.RGBA{uint8(hue + y/2), uint8(90 + (x*y/97)%60), uint8(200 - y/2), 255}
			if y > cut+(x*x/1500)%50+w.rng.IntN(4) {
				c = color.RGBA{uint8(30 + x/8), uint8(hue/2 + y/2), 40, 255}
			}
			im.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package codec writes answers: JSON through buffers that are used again.
package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
)

// Loose is an answer that can also be given as a tree of maps.
type Loose interface{ Tree() map[string]any }

// Options of a Writer.
type Options struct {
	Room  int  // bytes of a new buffer
	Back  bool // buffers come back
	Whole bool // what comes back is the buffer itself, not what it holds
	Own   bool // a set of buffers for each answer
	Typed bool // answers are encoded from their structs
}

// Writer writes answers.
type Writer struct {
	o     Options
	spare *shelf
}

// New returns a writer.
func New(o Options) *Writer { return &Writer{o: o, spare: newShelf(o)} }

// shelf keeps buffers for reuse.
type shelf struct {
	o    Options
	pool sync.Pool
}

func newShelf(o Options) *shelf { return &shelf{o: o} }

func (s *shelf) fresh() *bytes.Buffer { return bytes.NewBuffer(make([]byte, 0, s.o.Room)) }

// take returns an empty buffer, a new one if there is no other.
func (s *shelf) take() *bytes.Buffer {
	b, ok := s.pool.Get().(*bytes.Buffer)
	if !ok {
		b = s.fresh()
	}
	b.Reset()
	return b
}

// most is the largest buffer worth keeping.
const most = 256 << 10

func (s *shelf) give(b *bytes.Buffer) {
	switch {
	case b.Cap() > most:
	case s.o.Whole:
		s.pool.Put(b)
	default:
		s.pool.Put(b.Bytes())
	}
}

// JSON answers with v.
func (w *Writer) JSON(to http.ResponseWriter, status int, v any) {
	spare := w.spare
	if w.o.Own {
		spare = newShelf(w.o)
	}
	buf := spare.take()
	loose, tree := v.(Loose)
	var err error
	if tree && !w.o.Typed {
		err = w.tree(buf, loose)
	} else {
		err = json.NewEncoder(buf).Encode(v)
	}
	if err != nil {
		http.Error(to, "internal error", http.StatusInternalServerError)
		return
	}
	to.Header().Set("Content-Type", "application/json")
	to.Header().Set("Content-Length", strconv.Itoa(buf.Len()))
	to.WriteHeader(status)
	to.Write(buf.Bytes()) // who has gone away needs no answer
	if w.o.Back {
		spare.give(buf)
	}
}

// tree encodes the generic form of an answer, numbers as text where a client
// in JavaScript would lose digits.
func (w *Writer) tree(buf *bytes.Buffer, v Loose) error {
	text, err := json.Marshal(wide(v.Tree()))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(buf, "%s\n", string(text))
	return err
}

// wide replaces long numbers, at any depth.
func wide(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[fmt.Sprint(k)] = wide(e)
		}
		return out
	case []any:
		var out []any
		for _, e := range v {
			out = append(out, wide(e))
		}
		return out
	case int64:
		if v > 1<<53 || v < -(1<<53) {
			return fmt.Sprintf("%d", v)
		}
	}
	return v
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package pack makes profiles small for the store.
package pack

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"sync"
)

// Options of a Press.
type Options struct {
	Readers bool // go back when a text was read
	Writers bool // go back when a text was written
}

// Press packs and unpacks.
type Press struct {
	o       Options
	readers sync.Pool
	writers sync.Pool
}

// New returns a press.
func New(o Options) *Press {
	return &Press{o: o, readers: sync.Pool{New: newReader}, writers: sync.Pool{New: newWriter}}
}

func newReader() any { return flate.NewReader(bytes.NewReader(nil)) }

func newWriter() any {
	w, err := flate.NewWriter(nil, 4)
	if err != nil {
		panic(err) // the level is one of those there are
	}
	return w
}

// Pack makes text small.
func (p *Press) Pack(text []byte) ([]byte, error) {
	out := bytes.NewBuffer(make([]byte, 0, len(text)/2+64))
	w := p.writers.Get().(*flate.Writer)
	w.Reset(out)
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if p.o.Writers {
		p.writers.Put(w)
	}
	return out.Bytes(), nil
}

// most is the longest text.
const most = 1 << 20

// Unpack is the way back.
func (p *Press) Unpack(small []byte) ([]byte, error) {
	r := p.readers.Get().(io.ReadCloser)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(small), nil); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	out := bytes.NewBuffer(make([]byte, 0, 4*len(small)+512))
	if _, err := io.Copy(out, io.LimitReader(r, most)); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if p.o.Readers {
		p.readers.Put(r)
	}
	return out.Bytes(), nil
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package send tags and compresses answers.
package send

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"hash/fnv"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"example.org/lab/kit/conf"
)

// Packer sends answers; safe for concurrent use.
type Packer struct {
	flush *atomic.Int64
	most  *atomic.Int64
	spare sync.Pool
}

// New makes one.
func New(set *conf.Settings) *Packer {
	p := &Packer{flush: set.Live("send.flush"), most: set.Live("send.most")}
	p.spare.New = func() any {
		zw, err := gzip.NewWriterLevel(io.Discard, 5)
		if err != nil {
			panic(err) // the level is valid
		}
		return zw
	}
	return p
}

// JSON sends a value.
func (p *Packer) JSON(rw http.ResponseWriter, r *http.Request, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, "internal error", http.StatusInternalServerError)
		return
	}
	p.Send(rw, r, "application/json", raw)
}

// Send answers 304 where the client has the body, else sends it, compressed
// where that pays.
func (p *Packer) Send(rw http.ResponseWriter, r *http.Request, kind string, body []byte) {
	sum := fnv.New64a()
	sum.Write(body)
	tag := `"` + hex.EncodeToString(sum.Sum(nil)) + `"`
	h := rw.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	if len(body) < 512 || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		rw.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	p.squeeze(rw, body, strings.HasPrefix(kind, "text/html"))
}

// squeeze compresses with a spare writer. One that met a large body is not
// kept: its tables may be too.
func (p *Packer) squeeze(rw http.ResponseWriter, body []byte, html bool) {
	zw := p.spare.Get().(*gzip.Writer)
	zw.Reset(rw)
	if by := p.flush.Load(); by > 0 && html {
		p.progress(rw, zw, body, by)
	} else {
		zw.Write(body)
	}
	zw.Close()
	if int64(len(body)) <= p.most.Load() {
		p.spare.Put(zw)
	}
}

var ends = [...][]byte{1: []byte("</p>"), 2: []byte("\n")}

// progress shows the reader each part as soon as it is there.
func (p *Packer) progress(rw http.ResponseWriter, zw *gzip.Writer, body []byte, by int64) {
	door := http.NewResponseController(rw)
	end := ends[min(by, 2)]
	for len(body) > 0 {
		n := len(body)
		if at := bytes.Index(body, end); at >= 0 {
			n = at + len(end)
		}
		zw.Write(body[:n])
		body = body[n:]
		zw.Flush()
		door.Flush()
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package render writes what clients see: JSON and HTML, compressed, tagged.
package render

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"
	texttemplate "text/template"

	"example.org/orders/internal/store"
)

// Writer renders and compresses; safe for concurrent use.
type Writer struct {
	page   *template.Template
	letter *texttemplate.Template
	spare  chan *gzip.Writer
}

const pageText = `<!doctype html><title>Order {{.ID}}</title>
<h1>Order {{.ID}} of {{.Customer}}</h1><p>{{.Placed.Format "2006-01-02 15:04:05"}}, by {{.Carrier}}, hold {{.Hold}}</p>
<table>{{range $i, $l := .Lines}}<tr class="{{if even $i}}even{{else}}odd{{end}}"><td>{{$l.SKU}}<td>{{$l.Name}}
<td>{{$l.Count}}<td>{{money $l.Unit}}<td>{{money $l.Cents}}<td>{{with $l.Rule}}<em>{{.}}</em>{{end}}{{end}}
</table><p>Total <strong>{{money .Cents}}</strong></p>`

const letterText = `Dear {{.Customer}},
your order {{.ID}}:
{{range .Lines}}{{printf "%3d x %-20s %10s" .Count .Name (money .Cents)}}
{{end}}{{printf "%37s" (money .Cents)}}
`

// New keeps up to spare compressors for reuse.
func New(spare int) *Writer {
	funcs := map[string]any{"money": money, "even": func(i int) bool { return i%2 == 0 }}
	return &Writer{
		page:   template.Must(template.New("page").Funcs(funcs).Parse(pageText)),
		letter: texttemplate.Must(texttemplate.New("letter").Funcs(funcs).Parse(letterText)),
		spare:  make(chan *gzip.Writer, max(spare, 0)),
	}
}

func money(cents int64) string { return fmt.Sprintf("%d.%02d EUR", cents/100, cents%100) }

// JSON sends v as JSON.
func (w *Writer) JSON(rw http.ResponseWriter, r *http.Request, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(rw, "internal error", http.StatusInternalServerError)
		return
	}
	w.send(rw, r, status, "application/json", body)
}

// Page sends an order as HTML.
func (w *Writer) Page(rw http.ResponseWriter, r *http.Request, o *store.Order) {
	var buf bytes.Buffer
	if err := w.page.Execute(&buf, o); err != nil {
		http.Error(rw, "internal error", http.StatusInternalServerError)
		return
	}
	w.send(rw, r, http.StatusOK, "text/html; charset=utf-8", buf.Bytes())
}

// Letter is an order as plain text.
func (w *Writer) Letter(o *store.Order) ([]byte, error) {
	var buf bytes.Buffer
	err := w.letter.Execute(&buf, o)
	return buf.Bytes(), err
}

// send tags the body, answers 304 where the client has it, compresses it where
// that pays.
func (w *Writer) send(rw http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := rw.Header()
	h.Set("Content-Type", kind)
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	if len(body) < 512 || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		rw.WriteHeader(status)
		rw.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	rw.WriteHeader(status)
	w.compress(rw, body)
}

func (w *Writer) compress(to io.Writer, body []byte) {
	zw := w.take(to)
	zw.Write(body)
	zw.Close()
	select {
	case w.spare <- zw:
	default:
	}
}

func (w *Writer) take(to io.Writer) *gzip.Writer {
	select {
	case zw := <-w.spare:
		zw.Reset(to)
		return zw
	default:
		zw, _ := gzip.NewWriterLevel(to, gzip.DefaultCompression) // the level is valid
		return zw
	}
}

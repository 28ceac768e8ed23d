// SPDX-License-Identifier: GPL-3.0-or-later

// Package site writes what caddy serves: assets, static pages, pages that are
// templates, one large file, and lists of rules for moved addresses. The same
// bytes every time.
package site

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Pages and Assets are how many there are of each.
const (
	Pages  = 40
	Assets = 20
	Large  = 48 << 20
)

// rules and policies are the lengths of the lists.
var (
	rules    = []int{0, 80, 300, 1200}
	policies = []int{30, 150}
)

// Write fills dir/site (pages made of a loop), dir/parts (the same pages, one
// included file an entry) and dir/rules.
func Write(dir string) error {
	w := &writer{dir: dir, rng: rand.New(rand.NewPCG(7, 7))}
	for i := range Assets {
		css, js := w.css(60+i*12), w.js(50+i*10)
		page := w.page(i, 20+i)
		for _, root := range []string{"site", "parts"} {
			w.file(css, root, "a", fmt.Sprintf("%d.css", i))
			w.file(js, root, "a", fmt.Sprintf("%d.js", i))
			w.file(page, root, "p", fmt.Sprintf("%d.html", i))
		}
	}
	for i := Assets; i < Pages; i++ {
		page := w.page(i, 16+i)
		w.file(page, "site", "p", fmt.Sprintf("%d.html", i))
		w.file(page, "parts", "p", fmt.Sprintf("%d.html", i))
	}
	for i := range Pages {
		w.views(i)
	}
	for _, root := range []string{"site", "parts"} {
		w.file(`<header><h1>{{.Host}}</h1><p>{{now | date "2006-01-02"}}</p></header>`, root, "inc", "head.html")
		w.file(`<footer>{{.RemoteIP}} {{.Req.URL.Path | upper}}</footer>`, root, "inc", "foot.html")
		w.file(`<li class="{{index .Args 0 | lower}}"><b>{{index .Args 0 | title}}</b> {{index .Args 1}}</li>`, root, "inc", "entry.html")
		w.large(root)
	}
	for _, n := range rules {
		w.rules(n)
	}
	for _, n := range policies {
		w.policy(n)
	}
	return w.err
}

type writer struct {
	dir string
	rng *rand.Rand
	err error
}

func (w *writer) file(text string, path ...string) {
	name := filepath.Join(append([]string{w.dir}, path...)...)
	if w.err == nil {
		w.err = os.MkdirAll(filepath.Dir(name), 0o755)
	}
	if w.err == nil {
		w.err = os.WriteFile(name, []byte(text), 0o644)
	}
}

// large is a file of zeros that takes no room.
func (w *writer) large(root string) {
	name := filepath.Join(w.dir, root, "d", "large.bin")
	w.file("", root, "d", "large.bin")
	if w.err == nil {
		w.err = os.Truncate(name, Large)
	}
}

var vocabulary = strings.Fields(`steel lamp wooden shelf garden blue ladder office tools saw quiet bench kitchen plane
	folding chair delivered within three days returns accepted height width weight colour finish oiled oak maple
	screws included tested warranty years please measure before ordering assembly needs two people about an hour`)

func (w *writer) words(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(vocabulary[w.rng.IntN(len(vocabulary))])
	}
	return b.String()
}

func (w *writer) css(n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, ".%s-%s { margin: %dpx; color: #%06x; padding: %dem }\n", w.words(1), w.words(1), w.rng.IntN(40),
			w.rng.IntN(1<<24), w.rng.IntN(5))
	}
	return b.String()
}

func (w *writer) js(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "function %s%d(a, b) { if (a > %d) { return b.%s(%q); } return a; }\n", w.words(1), i, w.rng.IntN(1000),
			w.words(1), w.words(4))
	}
	return b.String()
}

func (w *writer) page(n, paragraphs int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html><head><title>%s %d</title><link rel=stylesheet href=/a/%d.css></head><body>\n", w.words(3), n, n%Assets)
	for i := range paragraphs {
		fmt.Fprintf(&b, "<h2>%s</h2><p class=%s id=p%d>%s.</p>\n", w.words(3), w.words(1), i, w.words(30+w.rng.IntN(30)))
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// views writes page n as a template twice: its entries made in a loop, and each
// by a file that is included for it.
func (w *writer) views(n int) {
	var list, parts strings.Builder
	for range 24 {
		fmt.Fprintf(&list, " %q", w.words(2))
		fmt.Fprintf(&parts, "{{include \"/inc/entry.html\" %q %q}}\n", w.words(2), w.words(4))
	}
	top := fmt.Sprintf("<!doctype html><html><head><title>%s</title></head><body>{{include \"/inc/head.html\"}}\n<p>%s</p><ul>\n", w.words(2), w.words(200))
	end := "</ul>{{include \"/inc/foot.html\"}}</body></html>\n"
	loop := "{{range $i, $e := list" + list.String() + `}}<li class="{{$e | lower}}"><b>{{$e | title}}</b> {{add $i 1}} {{$e | replace " " "-"}}</li>
{{end}}`
	w.file(top+loop+end, "site", "v", fmt.Sprintf("%d.html", n))
	w.file(top+parts.String()+end, "parts", "v", fmt.Sprintf("%d.html", n))
}

// rules writes a list of moved addresses, as a piece of a Caddyfile.
func (w *writer) rules(n int) {
	var b strings.Builder
	if n > 0 {
		b.WriteString("map {path} {moved} {\n")
		for i := range n {
			fmt.Fprintf(&b, "\t~(?i)^/(shop|store|[apv])/(.*)-%d(\\.html?)?$ /p/%d.html\n", i+1000, i%Pages)
		}
		b.WriteString("\tdefault \"-\"\n}\n@moved not vars {moved} \"-\"\nredir @moved {moved} permanent\n")
	}
	w.file(b.String(), "rules", fmt.Sprintf("%d.caddy", n))
}

// policy writes a list of who may not see what, as a piece of a Caddyfile.
func (w *writer) policy(n int) {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "@policy%d expression `path('/%s/*', '/%s%d/*') && {remote_host}.startsWith(\"10.%d.\") || {query.token} == \"%s\"`\n",
			i, w.words(1), w.words(1), i, i, w.words(1))
		fmt.Fprintf(&b, "respond @policy%d 403\n", i)
	}
	w.file(b.String(), "rules", fmt.Sprintf("policy-%d.caddy", n))
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package assets serves the files of the design from a folder.
package assets

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"example.org/lab/kit/conf"
)

// Dir is that folder.
type Dir struct {
	path  string
	block *atomic.Int64
}

// Open fills the folder with the files of this version.
func Open(path string, set *conf.Settings) (*Dir, error) {
	var css, js strings.Builder
	for i := range 220 {
		fmt.Fprintf(&css, ".m%d > .card:nth-child(%d) { margin: %dpx %dpx; color: #%06x }\n", i, i%9+1, i%17, i%23, i*7919%(1<<24))
		fmt.Fprintf(&js, "register(%q, (node) => node.classList.toggle(\"m%d\", node.offsetTop > %d));\n", fmt.Sprint("m", i), i, i*31)
	}
	for name, text := range map[string]string{"site.css": css.String(), "site.js": js.String()} {
		if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	return &Dir{path, set.Live("assets.block")}, nil
}

// Kind is the content type of a file.
func Kind(name string) string {
	switch filepath.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return ""
}

// Read is a file, read in blocks.
func (d *Dir) Read(name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(d.path, filepath.Base(name)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return d.blocks(f)
}

func (d *Dir) blocks(f io.Reader) ([]byte, error) {
	out := make([]byte, 0, 32<<10)
	block := make([]byte, max(d.block.Load(), 1))
	for {
		n, err := f.Read(block)
		out = append(out, block[:n]...)
		switch {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, err
		case len(out) > 8<<20:
			return nil, errors.New("assets: file too large")
		}
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package mark turns Markdown into blocks of HTML.
package mark

import (
	"bufio"
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"example.org/pages/internal/prose"
)

// Heading is an entry of a table of contents.
type Heading struct {
	Level int
	Title string
	ID    string
}

// Paper is a rendered text: its top-level blocks and its headings.
type Paper struct {
	Blocks   [][]byte
	Contents []Heading
	Words    int
}

// Press renders; safe for concurrent use.
type Press struct {
	md      goldmark.Markdown
	painter *Painter
}

// NewPress makes one whose code is coloured by painter.
func NewPress(painter *Painter) *Press {
	p := &Press{painter: painter}
	p.md = goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Typographer),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(p, 100))),
	)
	return p
}

// RegisterFuncs implements renderer.NodeRenderer.
func (p *Press) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindFencedCodeBlock, p.code)
}

func (p *Press) code(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := node.(*ast.FencedCodeBlock)
	html, err := p.painter.Paint(string(block.Language(source)), string(block.Lines().Value(source)))
	if err != nil {
		return ast.WalkStop, err
	}
	w.WriteString(html)
	return ast.WalkSkipChildren, nil
}

// Render is the text as blocks.
func (p *Press) Render(source []byte) (*Paper, error) {
	doc := p.md.Parser().Parse(text.NewReader(source))
	paper := new(Paper)
	w := bufio.NewWriter(nil)
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			paper.Contents = append(paper.Contents, heading(h, source))
		}
		var b bytes.Buffer
		w.Reset(&b)
		if err := p.md.Renderer().Render(w, source, n); err != nil {
			return nil, err
		}
		w.Flush() // to memory
		paper.Words += bytes.Count(b.Bytes(), []byte{' '})
		paper.Blocks = append(paper.Blocks, b.Bytes())
	}
	return paper, nil
}

func heading(h *ast.Heading, source []byte) Heading {
	var title bytes.Buffer
	for n := h.FirstChild(); n != nil; n = n.NextSibling() {
		if t, ok := n.(*ast.Text); ok {
			title.Write(t.Segment.Value(source))
		}
	}
	out := Heading{Level: h.Level, Title: title.String(), ID: prose.Anchor(title.String())}
	if id, ok := h.AttributeString("id"); ok {
		if raw, ok := id.([]byte); ok {
			out.ID = string(raw)
		}
	}
	return out
}

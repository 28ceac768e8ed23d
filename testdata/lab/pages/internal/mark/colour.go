// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !moved

package mark

import "github.com/alecthomas/chroma/v2"

func (p *Painter) colour(lang, code string) (string, error) {
	tokens, err := p.tokens(lang, code)
	if err != nil {
		return "", err
	}
	return p.write(chroma.Literator(tokens...))
}

func (p *Painter) tokens(lang, code string) ([]chroma.Token, error) {
	it, err := chroma.Coalesce(lexer(lang)).Tokenise(nil, code)
	if err != nil {
		return nil, err
	}
	return it.Tokens(), nil
}

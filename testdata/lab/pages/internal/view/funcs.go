// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !reorder

package view

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"example.org/pages/internal/prose"
)

// funcs are what the templates call.
func funcs() template.FuncMap {
	return template.FuncMap{
		"date": func(t time.Time) string { return t.Format("2 January 2006") },
		"ago":  func(t time.Time) string { return ago(time.Since(t)) },
		"count": func(n int) string {
			if n < 1000 {
				return fmt.Sprint(n)
			}
			return fmt.Sprintf("%d.%dk", n/1000, n%1000/100)
		},
		"short": func(s string) string { return prose.Short(s, 90) },
		"hand": func(name string) string {
			var b strings.Builder
			for _, part := range strings.Fields(name) {
				b.WriteByte(part[0])
			}
			return b.String()
		},
	}
}

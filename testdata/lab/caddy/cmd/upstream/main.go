// SPDX-License-Identifier: GPL-3.0-or-later

// Command upstream is what stands behind and beside caddy: it writes the site
// that caddy serves, answers what caddy passes on, and reads its access log
// where that is a pipe. It prints `up ADDRESS`.
package main

import (
	"flag"
	"io"
	"log"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"example.org/caddy/internal/goods"
	"example.org/caddy/internal/site"
	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"
)

func main() {
	set := conf.New(goods.Knobs)
	dir := flag.String("dir", ".", "folder to write the site and the rule lists to")
	life := flag.Duration("life", 10*time.Minute, "end after this time at the latest")
	flag.Var(set, "set", "name=value, repeatable; knobs:\n"+set.Help())
	flag.Parse()
	if err := run(*dir, *life, set); err != nil {
		log.Fatal(err)
	}
}

func run(dir string, life time.Duration, set *conf.Settings) error {
	ctx, cancel := serve.Context(life)
	defer cancel()
	if err := site.Write(dir); err != nil {
		return err
	}
	pipe := filepath.Join(dir, "log.pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		return err
	}
	sink, err := os.OpenFile(pipe, os.O_RDWR, 0) // both ends: it never ends
	if err != nil {
		return err
	}
	defer sink.Close()
	go drain(sink, set.Int("sink.rate"), set.Duration("sink.pause"))
	return serve.Listen(ctx, "up", "127.0.0.1:0", goods.Handler(set))
}

// drain reads what is written to the pipe, rate bytes a second at most (0: all
// of it), with a pause in every second.
func drain(from io.Reader, rate int, rest time.Duration) {
	const step = 10 * time.Millisecond
	piece := make([]byte, 16<<10)
	if rate > 0 {
		piece = make([]byte, max(1, rate*int(step)/int(time.Second)))
	}
	next := time.Now()
	rested := next
	for {
		if _, err := io.ReadFull(from, piece); err != nil {
			return
		}
		if rate > 0 {
			next = next.Add(step)
			time.Sleep(time.Until(next))
		}
		if rest > 0 && time.Since(rested) > time.Second-rest {
			time.Sleep(rest)
			rested = time.Now()
		}
	}
}

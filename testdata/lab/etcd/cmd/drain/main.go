// SPDX-License-Identifier: GPL-3.0-or-later

// Command drain is what reads a server's log: a named pipe that it makes and
// empties, as fast as it may.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	path := flag.String("pipe", "", "the pipe to make")
	rate := flag.Int("rate", 1<<30, "bytes a second to take at most")
	life := flag.Duration("life", time.Minute, "when to end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *life)
	defer cancel()
	if err := drain(ctx, *path, *rate); err != nil {
		log.Fatal(err)
	}
}

func drain(ctx context.Context, path string, rate int) error {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // a writer too: nobody waits for the other to open it
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Printf("pipe %s\n", path)
	context.AfterFunc(ctx, func() { f.SetReadDeadline(time.Unix(1, 0)) })
	const turn = 10 * time.Millisecond
	room := make([]byte, min(64<<10, max(1, int(float64(rate)*turn.Seconds()))))
	for {
		n, err := f.Read(room)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-time.After(time.Duration(float64(n) / float64(rate) * float64(time.Second))):
		case <-ctx.Done():
			return nil
		}
	}
}

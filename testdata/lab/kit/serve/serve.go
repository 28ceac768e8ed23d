// SPDX-License-Identifier: GPL-3.0-or-later

// Package serve is how a process of the lab listens, says where, and ends.
package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Context ends on a signal and after life, whichever comes first.
func Context(life time.Duration) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, life)
	return ctx, func() { cancel(); stop() }
}

// Open listens and prints `WORD ADDRESS` on standard output, so that whoever
// started the process can let the system choose the port.
func Open(word, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%s %s\n", word, l.Addr())
	return l, nil
}

// Listen serves HTTP until ctx ends; it prints its address as Open does.
func Listen(ctx context.Context, word, addr string, h http.Handler) error {
	l, err := Open(word, addr)
	if err != nil {
		return err
	}
	return Serve(ctx, l, h)
}

// Serve serves HTTP on a listener until ctx ends.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if srv.Shutdown(grace) != nil {
			srv.Close()
		}
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// SPDX-License-Identifier: GPL-3.0-or-later

package hop

import (
	"context"
	"io"
	"net"
	"testing"
	"time"
)

// echo serves whoever comes.
func echo(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	return l
}

func through(t *testing.T, o Options) net.Conn {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go Serve(ctx, l, echo(t).Addr().String(), o)
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(5 * time.Second))
	return c
}

// talk sends one word and reads it back.
func talk(c net.Conn) (time.Duration, error) {
	began, buf := time.Now(), make([]byte, 4)
	if _, err := c.Write([]byte("ping")); err != nil {
		return 0, err
	}
	_, err := io.ReadFull(c, buf)
	return time.Since(began), err
}

func TestDistance(t *testing.T) {
	c := through(t, Options{Delay: 30 * time.Millisecond})
	for range 3 {
		if took, err := talk(c); err != nil || took < 60*time.Millisecond {
			t.Errorf("took %v, %v", took, err)
		}
	}
}

// TestOrder: a random addition to the distance never swaps bytes.
func TestOrder(t *testing.T) {
	c := through(t, Options{Delay: time.Millisecond, Spread: 10 * time.Millisecond})
	go func() {
		for i := range 200 {
			c.Write([]byte{byte(i)})
			if i%20 == 0 {
				time.Sleep(time.Millisecond)
			}
		}
	}()
	buf := make([]byte, 200)
	if _, err := io.ReadFull(c, buf); err != nil {
		t.Fatal(err)
	}
	for i, b := range buf {
		if int(b) != i {
			t.Fatalf("byte %d is %d", i, b)
		}
	}
}

func TestForgetsAndCuts(t *testing.T) {
	c := through(t, Options{Idle: 50 * time.Millisecond})
	if _, err := talk(c); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	if _, err := talk(c); err == nil {
		t.Error("an idle connection still answers")
	}
	c = through(t, Options{Turns: 4})
	var err error
	n := 0
	for ; err == nil && n < 20; n++ {
		_, err = talk(c)
		time.Sleep(time.Millisecond)
	}
	if err == nil || n < 2 {
		t.Errorf("cut after %d words: %v", n, err)
	}
}

func TestClosesBoth(t *testing.T) {
	c := through(t, Options{})
	if _, err := talk(c); err != nil {
		t.Fatal(err)
	}
	c.(*net.TCPConn).CloseWrite()
	if _, err := io.ReadAll(c); err != nil {
		t.Error(err)
	}
}

// SPDX-License-Identifier: GPL-3.0-or-later

package intake

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"example.org/events/internal/event"
	"example.org/events/internal/flow"
)

const maxFeed = 4096

// direct reads from a connection as it is.
type direct struct {
	net.Conn
	one [1]byte
}

func (d *direct) ReadByte() (byte, error) {
	_, err := io.ReadFull(d.Conn, d.one[:])
	return d.one[0], err
}

// Feed takes connections on which a client sends a count and that many
// messages, and gets back how many were accepted.
func (d *Desk) Feed(ctx context.Context, l net.Listener, buffer int) error {
	go func() {
		<-ctx.Done()
		l.Close()
	}()
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		go d.feed(ctx, c, buffer)
	}
}

func (d *Desk) feed(ctx context.Context, c net.Conn, buffer int) {
	defer c.Close()
	var in event.Stream = &direct{Conn: c}
	if buffer > 0 {
		in = bufio.NewReaderSize(c, buffer)
	}
	for {
		if err := d.round(ctx, c, in); err != nil {
			if !errors.Is(err, io.EOF) && ctx.Err() == nil {
				d.Note.Printf("feed %s: %v", c.RemoteAddr(), err)
			}
			return
		}
	}
}

func (d *Desk) round(ctx context.Context, c net.Conn, in event.Stream) error {
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFeed {
		return errors.New("too many")
	}
	b := &flow.Batch{Events: make([]*event.Event, 0, n)}
	for range n {
		e := new(event.Event)
		if err := e.ReadWire(in); err != nil {
			return err
		}
		b.Events = append(b.Events, e)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	res, err := d.Line.Submit(ctx, b)
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint32(head[:], uint32(res.Accepted))
	_, err = c.Write(head[:])
	return err
}

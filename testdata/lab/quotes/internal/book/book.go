// SPDX-License-Identifier: GPL-3.0-or-later

// Package book remembers what was quoted lately: the last price of every
// instrument, and its tape.
package book

import (
	"strconv"
	"sync"
	"time"

	"example.org/quotes/internal/market"
)

// Entry is one line of a tape.
type Entry struct {
	At       int64
	Micros   int64
	Quantity int64
	Account  string
}

type tape struct {
	mu   sync.Mutex
	last int64
	ring []Entry
	next int
}

// Book is safe for concurrent use; one lock an instrument.
type Book struct {
	market *market.Market
	tapes  []tape
}

// New makes tapes of the given length, filled as if trade had gone on before.
func New(m *market.Market, length int) *Book {
	b := &Book{market: m, tapes: make([]tape, m.Len())}
	now := time.Now().UnixNano()
	for i := range b.tapes {
		t := &b.tapes[i]
		t.ring = make([]Entry, length)
		for j := range t.ring {
			at := now - int64(length-j)*int64(time.Second)
			t.ring[j] = Entry{At: at, Micros: m.At(i).Price(at), Quantity: int64(1 + (i*31+j*17)%400), Account: "house"}
		}
		t.last = m.At(i).Price(now)
	}
	return b
}

// Add writes to the tape of an instrument.
func (b *Book) Add(index int, e Entry) {
	t := &b.tapes[index]
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ring[t.next] = e
	t.next = (t.next + 1) % len(t.ring)
	if e.Quantity != 0 {
		t.last = e.Micros / e.Quantity
	}
}

// Last is the price of the last trade.
func (b *Book) Last(index int) int64 {
	t := &b.tapes[index]
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// copy is the tape as it is now, the oldest first.
func (t *tape) copy() []Entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append(append(make([]Entry, 0, len(t.ring)), t.ring[t.next:]...), t.ring[:t.next]...)
}

// Pages writes the tape as lines of text, over and over with running numbers
// until there are as many pages as wanted, each about size bytes long.
func (b *Book) Pages(index, pages, size int, send func(number int, body []byte) error) error {
	lines := b.tapes[index].copy()
	in := b.market.At(index)
	number := 0
	for page := range pages {
		body := make([]byte, 0, size+128)
		for len(body) < size {
			body = appendLine(body, in, number, &lines[number%len(lines)])
			number++
		}
		if err := send(page, body); err != nil {
			return err
		}
	}
	return nil
}

func appendLine(to []byte, in *market.Instrument, number int, e *Entry) []byte {
	to = strconv.AppendInt(to, int64(number), 10)
	to = append(append(to, ','), in.Symbol...)
	to = time.Unix(0, e.At).UTC().AppendFormat(append(to, ','), "2006-01-02T15:04:05.000Z")
	to = strconv.AppendFloat(append(to, ','), float64(e.Micros)/1e6, 'f', 4, 64)
	to = strconv.AppendInt(append(to, ','), e.Quantity, 10)
	to = append(append(to, ','), e.Account...)
	return append(to, '\n')
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package intake takes the trades of a desk: checks them, sums them up and
// passes the papers on to the venue's archive.
package intake

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"sort"
	"time"

	"golang.org/x/time/rate"

	"example.org/quotes/api"
	"example.org/quotes/internal/book"
	"example.org/quotes/internal/market"
	"example.org/quotes/internal/venue"
)

// Archive takes papers.
type Archive interface {
	Deposit(ctx context.Context) (*venue.Deposit, error)
}

// Intake is safe for concurrent use.
type Intake struct {
	market  *market.Market
	book    *book.Book
	archive Archive
	turn    *rate.Limiter
	nap     time.Duration
}

// New makes an intake of at most so many lots a second.
func New(m *market.Market, b *book.Book, a Archive, perSecond float64, nap time.Duration) *Intake {
	return &Intake{market: m, book: b, archive: a, turn: rate.NewLimiter(rate.Limit(perSecond), 16), nap: nap}
}

type sum struct {
	taken, refused int
	position       map[string]int64
	digest         [32]byte
}

// Take reads lots from next until io.EOF.
func (in *Intake) Take(ctx context.Context, next func() (*api.Lot, error)) (*api.UploadReply, error) {
	to, err := in.archive.Deposit(ctx)
	if err != nil {
		return nil, err
	}
	defer to.Drop()
	s := sum{position: make(map[string]int64)}
	for {
		lot, err := next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := in.wait(ctx); err != nil {
			return nil, err
		}
		in.check(&s, lot.GetTrades())
		if err := in.keep(&s, to, lot); err != nil {
			return nil, err
		}
	}
	kept, err := to.Close()
	if err != nil {
		return nil, err
	}
	return &api.UploadReply{Taken: int32(s.taken), Refused: int32(s.refused), Bytes: kept.GetBytes(),
		Receipt: kept.GetReceipt() + "/" + hex.EncodeToString(s.digest[:8])}, nil
}

// wait holds a lot until it is its turn.
func (in *Intake) wait(ctx context.Context) error {
	for !in.turn.Allow() {
		time.Sleep(in.nap)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// check takes the trades that are near the market.
func (in *Intake) check(s *sum, trades []*api.Trade) {
	sort.Slice(trades, func(a, b int) bool { return trades[a].GetAt() < trades[b].GetAt() })
	for _, t := range trades {
		item, at, ok := in.market.Find(t.GetSymbol())
		if !ok || t.GetQuantity() == 0 {
			s.refused++
			continue
		}
		near := item.Price(t.GetAt())
		if off := t.GetMicros()/t.GetQuantity() - near; off > near/4 || off < -near/4 {
			s.refused++
			continue
		}
		s.taken++
		s.position[t.GetSymbol()] += t.GetQuantity()
		in.book.Add(at, book.Entry{At: t.GetAt(), Micros: t.GetMicros(), Quantity: t.GetQuantity(), Account: "desk"})
	}
}

// keep chains the papers' digests and sends them on.
func (in *Intake) keep(s *sum, to *venue.Deposit, lot *api.Lot) error {
	h := sha256.New()
	h.Write(s.digest[:])
	h.Write(lot.GetPapers())
	var n [8]byte
	for _, t := range lot.GetTrades() {
		binary.BigEndian.PutUint64(n[:], uint64(t.GetId()))
		h.Write(n[:])
	}
	h.Sum(s.digest[:0])
	return to.Put(lot.GetDesk(), lot.GetPapers())
}

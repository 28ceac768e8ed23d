// SPDX-License-Identifier: GPL-3.0-or-later

// Package api is the HTTP face of the order service.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/orders/internal/address"
	"example.org/orders/internal/audit"
	"example.org/orders/internal/carrier"
	"example.org/orders/internal/catalog"
	"example.org/orders/internal/lane"
	"example.org/orders/internal/mail"
	"example.org/orders/internal/pricing"
	"example.org/orders/internal/render"
	"example.org/orders/internal/stock"
	"example.org/orders/internal/store"
)

// Parts is what the handlers work with.
type Parts struct {
	Catalog *catalog.Catalog
	Book    *pricing.Book
	Ledger  *stock.Ledger
	Store   *store.Store
	Desk    *carrier.Desk
	Mail    *mail.Pool
	Trail   *audit.Trail
	Out     *render.Writer
	Check   *address.Checker
	Lanes   *lane.Lanes
	Keep    int
	Seen    int
	Confirm int // orders confirmed with the ledger: 0 none, 1 all but express ones, 2 all
}

type api struct {
	Parts
	cache *cache
	seen  *history
}

// Handler wires the routes.
func Handler(p Parts) http.Handler {
	a := &api{Parts: p, cache: newCache(p.Keep), seen: newHistory(p.Seen)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", a.place)
	mux.HandleFunc("GET /orders/{id}", a.order)
	mux.HandleFunc("GET /orders/{id}/page", a.page)
	mux.HandleFunc("GET /catalog", a.search)
	mux.HandleFunc("GET /stock/{sku}", a.level)
	mux.HandleFunc("GET /skus", a.skus)
	return guard(mux)
}

// Basket is the body of POST /orders.
type Basket struct {
	Customer string         `json:"customer"`
	Express  bool           `json:"express"`
	Note     string         `json:"note"`
	Lines    []pricing.Line `json:"lines"`
}

func (a *api) place(w http.ResponseWriter, r *http.Request) {
	basket, err := readBasket(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	o, err := a.checkout(r.Context(), basket)
	switch {
	case errors.Is(err, stock.ErrShort):
		http.Error(w, err.Error(), http.StatusConflict)
		return
	case err != nil:
		http.Error(w, "try again", http.StatusBadGateway)
		return
	}
	w.Header().Set("X-Order-Id", strconv.FormatInt(o.ID, 10))
	a.Out.JSON(w, r, http.StatusCreated, o)
}

func readBasket(from io.Reader) (*Basket, error) {
	dec := json.NewDecoder(io.LimitReader(from, 1<<16))
	dec.DisallowUnknownFields()
	b := new(Basket)
	if err := dec.Decode(b); err != nil {
		return nil, fmt.Errorf("bad basket: %w", err)
	}
	if b.Customer == "" || len(b.Lines) == 0 || len(b.Lines) > 20 {
		return nil, errors.New("bad basket: want a customer and 1 to 20 lines")
	}
	return b, nil
}

// checkout prices the basket, has the address checked, finds a carrier, takes the first line's pieces
// and writes the order; receipt and audit follow.
func (a *api) checkout(ctx context.Context, b *Basket) (*store.Order, error) {
	lines, cents, err := a.Book.Basket(b.Lines)
	if err != nil {
		return nil, err
	}
	o := &store.Order{Customer: b.Customer, Lines: lines, Cents: cents, Placed: time.Now().UTC()}
	if err := a.Check.Verify(ctx, b.Customer); err != nil {
		return nil, err
	}
	err = a.Lanes.Pass(b.Customer, func() error {
		return a.Store.Visit(ctx, b.Customer, 5, func(past []store.Past) error {
			q, err := a.carry(ctx, b)
			if err != nil {
				return err
			}
			o.Carrier = q.Carrier
			o.Cents += q.Cents - rebate(past, q.Cents)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if o.Hold, err = a.Ledger.Take(ctx, b.Lines[0].SKU, b.Lines[0].Count); err != nil {
		return nil, err
	}
	if err := a.Store.Add(ctx, o); err != nil {
		return nil, err
	}
	if a.Confirm > 1 || a.Confirm == 1 && !b.Express {
		a.Ledger.Confirm(o.Hold)
	}
	a.cache.put(o)
	a.Mail.Submit(o)
	return o, a.Trail.Record(b.Customer, "order", auditView{Basket: b, Order: o})
}

// auditView is what the support desk sees of an order.
type auditView struct {
	Basket *Basket      `json:"basket"`
	Order  *store.Order `json:"order"`
}

func (a *api) carry(ctx context.Context, b *Basket) (carrier.Quote, error) {
	grams := 0
	for _, l := range b.Lines {
		if it, ok := a.Catalog.Item(l.SKU); ok {
			grams += it.Grams * l.Count
		}
	}
	if b.Express {
		return a.Desk.First(ctx, grams)
	}
	return a.Desk.Best(ctx, grams)
}

// rebate is free delivery after three orders within a day.
func rebate(past []store.Past, delivery int64) int64 {
	n := 0
	for _, p := range past {
		if time.Since(p.Placed) < 24*time.Hour {
			n++
		}
	}
	if n >= 3 {
		return delivery
	}
	return 0
}

// find reads the order named in the path, through the cache.
func (a *api) find(w http.ResponseWriter, r *http.Request) (*store.Order, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.Error(w, "bad order number", http.StatusBadRequest)
		return nil, false
	}
	if o, ok := a.cache.get(id); ok {
		return o, true
	}
	o, err := a.Store.Get(r.Context(), id)
	switch {
	case errors.Is(err, store.ErrNone):
		http.Error(w, err.Error(), http.StatusNotFound)
		return nil, false
	case err != nil:
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return nil, false
	}
	a.cache.put(o)
	return o, true
}

func (a *api) order(w http.ResponseWriter, r *http.Request) {
	if o, ok := a.find(w, r); ok {
		a.Out.JSON(w, r, http.StatusOK, o)
	}
}

func (a *api) page(w http.ResponseWriter, r *http.Request) {
	if o, ok := a.find(w, r); ok {
		a.Out.Page(w, r, o)
	}
}

type shown struct {
	catalog.Item
	Now int64 `json:"now"`
}

func (a *api) search(w http.ResponseWriter, r *http.Request) {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if q == "" {
		http.Error(w, "want q", http.StatusBadRequest)
		return
	}
	items := a.Catalog.Search(q, 36)
	out := make([]shown, 0, len(items))
	for i := range items {
		out = append(out, shown{Item: items[i], Now: a.Book.Show(&items[i]).Cents})
	}
	a.seen.add(r.RemoteAddr, out)
	if err := a.Trail.Record(r.RemoteAddr, "search", out); err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	a.Out.JSON(w, r, http.StatusOK, out)
}

func (a *api) level(w http.ResponseWriter, r *http.Request) {
	free, moves, ok := a.Ledger.Level(r.PathValue("sku"))
	if !ok {
		http.Error(w, "no such item", http.StatusNotFound)
		return
	}
	a.Out.JSON(w, r, http.StatusOK, map[string]int{"free": free, "moves": moves})
}

func (a *api) skus(w http.ResponseWriter, r *http.Request) {
	a.Out.JSON(w, r, http.StatusOK, a.Catalog.SKUs())
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package store keeps orders in SQLite through database/sql.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"example.org/orders/internal/pricing"
)

// ErrNone says that there is no such order.
var ErrNone = errors.New("store: no such order")

// Order is an order as it is kept.
type Order struct {
	ID       int64            `json:"id"`
	Customer string           `json:"customer"`
	Carrier  string           `json:"carrier"`
	Hold     string           `json:"hold"`
	Placed   time.Time        `json:"placed"`
	Cents    int64            `json:"cents"`
	Lines    []pricing.Priced `json:"lines"`
}

// Store is safe for concurrent use.
type Store struct {
	db      *sql.DB
	addHead *sql.Stmt
	addLine *sql.Stmt
	head    *sql.Stmt
	lines   *sql.Stmt
}

const schema = `
CREATE TABLE IF NOT EXISTS orders (
  id INTEGER PRIMARY KEY, customer TEXT NOT NULL, carrier TEXT NOT NULL,
  hold TEXT NOT NULL, placed INTEGER NOT NULL, cents INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS orders_customer ON orders (customer, id);
CREATE TABLE IF NOT EXISTS lines (
  order_id INTEGER NOT NULL, pos INTEGER NOT NULL, sku TEXT NOT NULL, name TEXT NOT NULL,
  count INTEGER NOT NULL, unit INTEGER NOT NULL, cents INTEGER NOT NULL, rule TEXT NOT NULL,
  PRIMARY KEY (order_id, pos)) WITHOUT ROWID;`

const recentText = `SELECT id, cents, placed FROM orders WHERE customer = ? ORDER BY id DESC LIMIT ?`

// Open opens or makes the database file.
func Open(path string, conns int) (*Store, error) {
	dsn := "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)" +
		"&_pragma=busy_timeout(4000)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(fmt.Errorf("store: schema: %w", err), db.Close())
	}
	s := &Store{db: db}
	for _, p := range []struct {
		to   **sql.Stmt
		text string
	}{
		{&s.addHead, `INSERT INTO orders (customer, carrier, hold, placed, cents) VALUES (?, ?, ?, ?, ?)`},
		{&s.addLine, `INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.head, `SELECT customer, carrier, hold, placed, cents FROM orders WHERE id = ?`},
		{&s.lines, `SELECT sku, name, count, unit, cents, rule FROM lines WHERE order_id = ? ORDER BY pos`},
	} {
		if *p.to, err = db.Prepare(p.text); err != nil {
			return nil, errors.Join(fmt.Errorf("store: prepare: %w", err), db.Close())
		}
	}
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Add writes the order and its lines in one transaction and sets o.ID.
func (s *Store) Add(ctx context.Context, o *Order) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	res, err := tx.StmtContext(ctx, s.addHead).ExecContext(ctx,
		o.Customer, o.Carrier, o.Hold, o.Placed.UnixNano(), o.Cents)
	if err != nil {
		return err
	}
	if o.ID, err = res.LastInsertId(); err != nil {
		return err
	}
	add := tx.StmtContext(ctx, s.addLine)
	for i, l := range o.Lines {
		if _, err := add.ExecContext(ctx, o.ID, i, l.SKU, l.Name, l.Count, l.Unit, l.Cents, l.Rule); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Get reads one order with its lines.
func (s *Store) Get(ctx context.Context, id int64) (*Order, error) {
	o := &Order{ID: id}
	var placed int64
	err := s.head.QueryRowContext(ctx, id).Scan(&o.Customer, &o.Carrier, &o.Hold, &placed, &o.Cents)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	o.Placed = time.Unix(0, placed).UTC()
	rows, err := s.lines.QueryContext(ctx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l pricing.Priced
		if err := rows.Scan(&l.SKU, &l.Name, &l.Count, &l.Unit, &l.Cents, &l.Rule); err != nil {
			return nil, err
		}
		o.Lines = append(o.Lines, l)
	}
	return o, rows.Err()
}

// Past is one row of a customer's history.
type Past struct {
	ID     int64     `json:"id"`
	Cents  int64     `json:"cents"`
	Placed time.Time `json:"placed"`
}

// Visit reads the newest orders of a customer and hands them to use. The
// connection stays with the visit until use returns, so that what use decides
// and what it reads further belong to one state of the table.
func (s *Store) Visit(ctx context.Context, customer string, limit int, use func([]Past) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	rows, err := conn.QueryContext(ctx, recentText, customer, limit)
	if err != nil {
		return err
	}
	defer rows.Close()
	var past []Past
	for rows.Next() {
		var p Past
		var placed int64
		if err := rows.Scan(&p.ID, &p.Cents, &placed); err != nil {
			return err
		}
		p.Placed = time.Unix(0, placed).UTC()
		past = append(past, p)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return use(past)
}

// SPDX-License-Identifier: GPL-3.0-or-later

// Package mail sends receipts in the background: a queue and its workers.
package mail

import (
	"context"
	"log"
	"sync"
	"sync/atomic"

	"example.org/orders/internal/store"
)

// Gateway takes a message.
type Gateway interface {
	Mail(ctx context.Context, to, subject string, body []byte) error
}

// Letter turns an order into text.
type Letter func(o *store.Order) ([]byte, error)

// Pool is a bounded queue and a fixed number of workers.
type Pool struct {
	jobs    chan *store.Order
	gateway Gateway
	letter  Letter
	sent    atomic.Int64
	failed  atomic.Int64
	done    sync.WaitGroup
}

// Start starts the workers.
func Start(workers, depth int, gateway Gateway, letter Letter) *Pool {
	p := &Pool{jobs: make(chan *store.Order, depth), gateway: gateway, letter: letter}
	for range workers {
		p.done.Add(1)
		go p.work()
	}
	return p
}

// Submit queues a receipt and waits for a place in the queue.
func (p *Pool) Submit(o *store.Order) { p.jobs <- o }

// Sent is the number of receipts the gateway took, and of those it did not.
func (p *Pool) Sent() (sent, failed int64) { return p.sent.Load(), p.failed.Load() }

// Stop sends what is queued and ends the workers.
func (p *Pool) Stop() {
	close(p.jobs)
	p.done.Wait()
}

func (p *Pool) work() {
	defer p.done.Done()
	for o := range p.jobs {
		if err := p.send(o); err != nil {
			p.failed.Add(1)
			log.Printf("mail: order %d: %v", o.ID, err)
			continue
		}
		p.sent.Add(1)
	}
}

func (p *Pool) send(o *store.Order) error {
	text, err := p.letter(o)
	if err != nil {
		return err
	}
	return p.gateway.Mail(context.Background(), o.Customer, "Your order", text)
}

// SPDX-License-Identifier: GPL-3.0-or-later

package api

import (
	"container/list"
	"sync"

	"example.org/orders/internal/store"
)

// cache keeps the orders read last.
type cache struct {
	mu    sync.Mutex
	limit int
	order *list.List
	by    map[int64]*list.Element
}

func newCache(limit int) *cache {
	return &cache{limit: limit, order: list.New(), by: make(map[int64]*list.Element)}
}

func (c *cache) get(id int64) (*store.Order, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.by[id]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*store.Order), true
}

func (c *cache) put(o *store.Order) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.by[o.ID]; ok {
		e.Value = o
		c.order.MoveToFront(e)
		return
	}
	c.by[o.ID] = c.order.PushFront(o)
	if c.order.Len() > c.limit {
		e := c.order.Back()
		c.order.Remove(e)
		delete(c.by, e.Value.(*store.Order).ID)
	}
}

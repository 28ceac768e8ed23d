// SPDX-License-Identifier: GPL-3.0-or-later

package flow

// desk does what it is asked to, one thing after the other: what it alone
// uses needs no lock.
type desk struct {
	calls chan call
}

type call struct {
	f    func()
	done chan struct{}
}

func newDesk() *desk {
	d := &desk{calls: make(chan call)}
	go d.serve()
	return d
}

func (d *desk) serve() {
	for c := range d.calls {
		c.f()
		c.done <- struct{}{}
	}
}

// do has f done and waits for it.
func (d *desk) do(f func()) {
	c := call{f, make(chan struct{})}
	d.calls <- c
	<-c.done
}

// SPDX-License-Identifier: GPL-3.0-or-later

//go:build reorder

package shelf

import "time"

// share lets all who miss a story wait for one of them to make it.
func (s *Shelf) share(slug, key string) (*Page, error) {
	began := time.Now()
	late := func() bool { return time.Since(began) > time.Minute }
	defer func() {
		if late() {
			s.flight.Forget(key)
		}
	}()
	got, err, _ := s.flight.Do(key, func() (any, error) { return s.store(slug, key) })
	if err != nil {
		return nil, err
	}
	return got.(*Page), nil
}

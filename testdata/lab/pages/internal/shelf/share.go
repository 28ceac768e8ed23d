// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !reorder

package shelf

// share lets all who miss a story wait for one of them to make it.
func (s *Shelf) share(slug, key string) (*Page, error) {
	got, err, _ := s.flight.Do(key, func() (any, error) { return s.store(slug, key) })
	if err != nil {
		return nil, err
	}
	return got.(*Page), nil
}

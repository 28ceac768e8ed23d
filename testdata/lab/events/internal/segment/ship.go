// SPDX-License-Identifier: GPL-3.0-or-later

package segment

import (
	"context"
	"fmt"
	"hash/crc32"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"

	"example.org/lab/kit/conf"
)

// Remote is where a copy of every block goes.
type Remote interface {
	Put(ctx context.Context, name string, body []byte) error
}

// Shipper takes full blocks, compresses, writes and copies them.
type Shipper struct {
	blocks chan *Block
	remote Remote
	shelf  *Shelf
	list   manifest
	lanes  []lane
	spare  chan *zstd.Encoder
	note   func(text string)

	apart   *atomic.Int64
	trim    *atomic.Int64
	number  atomic.Int64
	shipped atomic.Int64
	failed  atomic.Int64
	entered atomic.Int64
}

// NewShipper starts the workers.
func NewShipper(set *conf.Settings, dir string, lanes int, remote Remote, shelf *Shelf, note func(string)) *Shipper {
	s := &Shipper{
		blocks: make(chan *Block, set.Int("ship.depth")), remote: remote, shelf: shelf, note: note,
		list: manifest{path: manifestPath(dir)}, lanes: make([]lane, lanes), spare: make(chan *zstd.Encoder, set.Int("zip.spare")),
		apart: set.Live("manifest.apart"), trim: set.Live("ship.trim"),
	}
	for i := range s.lanes {
		s.lanes[i].dir, s.lanes[i].number = dir, i
	}
	for range set.Int("ship.workers") {
		go s.work()
	}
	return s
}

// Hand gives a block to the workers and waits for a place in their queue.
func (s *Shipper) Hand(b *Block) { s.blocks <- b }

// Counts are blocks shipped and failed so far, and entries in the manifest.
func (s *Shipper) Counts() (shipped, failed, entered int64) {
	return s.shipped.Load(), s.failed.Load(), s.entered.Load()
}

// Waiting is how many blocks are queued.
func (s *Shipper) Waiting() int { return len(s.blocks) }

func (s *Shipper) work() {
	for b := range s.blocks {
		if err := s.ship(b); err != nil {
			s.failed.Add(1)
			s.note(fmt.Sprintf("block %s: %v", b.Name, err))
		}
		b.settle()
		s.tidy(s.shipped.Add(1))
	}
}

func (s *Shipper) ship(b *Block) error {
	b.Name = fmt.Sprintf("b%08d-%02d", s.number.Add(1), b.Lane)
	if err := s.pack(b); err != nil {
		return err
	}
	if err := s.lanes[b.Lane].put(b.Zip); err != nil {
		return err
	}
	s.enter(b)
	if err := s.copy(b); err != nil {
		return err
	}
	s.shelf.Keep(b)
	return nil
}

func (s *Shipper) copy(b *Block) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return s.remote.Put(ctx, b.Name, b.Zip)
}

// pack compresses with an encoder that is free, or a new one.
func (s *Shipper) pack(b *Block) error {
	var z *zstd.Encoder
	select {
	case z = <-s.spare:
	default:
		var err error
		if z, err = newEncoder(); err != nil {
			return err
		}
	}
	b.Zip = z.EncodeAll(b.Raw, make([]byte, 0, len(b.Raw)/2))
	select {
	case s.spare <- z:
	default:
	}
	return nil
}

func newEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<16))
}

// enter notes the block in the manifest, or has it noted.
func (s *Shipper) enter(b *Block) {
	line := fmt.Sprintf("%s %d %d %08x\n", b.Name, b.N, len(b.Zip), crc32.ChecksumIEEE(b.Zip))
	if s.apart.Load() != 0 {
		go s.list.note(line, &s.entered, s.note)
		return
	}
	s.list.note(line, &s.entered, s.note)
}

func (m *manifest) note(line string, count *atomic.Int64, say func(string)) {
	if err := m.enter(line); err != nil {
		say(fmt.Sprintf("manifest: %v", err))
		return
	}
	count.Add(1)
}

// tidy gives memory back after every so many blocks.
func (s *Shipper) tidy(shipped int64) {
	if every := s.trim.Load(); every > 0 && shipped%every == 0 {
		debug.FreeOSMemory()
	}
}

// Shelf keeps the latest blocks for readers.
type Shelf struct {
	keep   *atomic.Int64
	mu     sync.Mutex
	blocks []*Block
}

// NewShelf makes an empty shelf.
func NewShelf(set *conf.Settings) *Shelf { return &Shelf{keep: set.Live("shelf.keep")} }

// Keep puts a block on the shelf and takes old ones from it.
func (s *Shelf) Keep(b *Block) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocks = append(s.blocks, b)
	if keep := int(s.keep.Load()); keep > 0 && len(s.blocks) > 2*keep {
		s.blocks = append(make([]*Block, 0, 2*keep+1), s.blocks[len(s.blocks)-keep:]...)
	}
}

// Latest is the newest blocks that hold n events of a tenant together, or all
// that hold any, the newest first.
func (s *Shelf) Latest(tenant string, n int) []*Block {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Block
	for i := len(s.blocks) - 1; i >= 0 && n > 0; i-- {
		if here := s.blocks[i].of[tenant]; here > 0 {
			out = append(out, s.blocks[i])
			n -= here
		}
	}
	return out
}

// Name is the name of the block that many before the newest.
func (s *Shelf) Name(back int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.blocks) == 0 {
		return ""
	}
	return s.blocks[max(0, len(s.blocks)-1-back)].Name
}

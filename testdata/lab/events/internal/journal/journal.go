// SPDX-License-Identifier: GPL-3.0-or-later

// Package journal keeps what was accepted, as it came, until it is in segments.
package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const fileSize = 8 << 20

// Journal is the file being written; the one before it is kept.
type Journal struct {
	dir    string
	buffer int

	mu     sync.Mutex
	file   *os.File
	out    io.Writer
	room   *bufio.Writer // nil without a buffer
	size   int
	number int
	head   [8]byte
}

// Open starts a journal that writes through a buffer of that many bytes.
func Open(dir string, buffer int) (*Journal, error) {
	j := &Journal{dir: dir, buffer: buffer}
	if err := j.turn(); err != nil {
		return nil, err
	}
	return j, nil
}

func (j *Journal) name(number int) string {
	return filepath.Join(j.dir, fmt.Sprintf("journal-%06d", number))
}

// turn begins the next file; the caller holds j.mu or is the only one.
func (j *Journal) turn() error {
	if j.file != nil {
		if err := errors.Join(j.flush(), j.file.Close()); err != nil {
			return err
		}
	}
	f, err := os.Create(j.name(j.number))
	if err != nil {
		return err
	}
	if j.number >= 2 {
		if err := os.Remove(j.name(j.number - 2)); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	j.file, j.out, j.size = f, f, 0
	j.number++
	if j.buffer > 0 {
		j.room = bufio.NewWriterSize(f, j.buffer)
		j.out = j.room
	}
	return nil
}

func (j *Journal) flush() error {
	if j.room == nil {
		return nil
	}
	return j.room.Flush()
}

// Append adds a record: length, checksum, content.
func (j *Journal) Append(record []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.size >= fileSize {
		if err := j.turn(); err != nil {
			return err
		}
	}
	return j.put(record)
}

func (j *Journal) put(record []byte) error {
	binary.LittleEndian.PutUint32(j.head[:4], uint32(len(record)))
	binary.LittleEndian.PutUint32(j.head[4:], crc32.ChecksumIEEE(record))
	if _, err := j.out.Write(j.head[:4]); err != nil {
		return err
	}
	if _, err := j.out.Write(j.head[4:]); err != nil {
		return err
	}
	n, err := j.out.Write(record)
	j.size += len(j.head) + n
	return err
}

// Run flushes now and then until quit is closed.
func (j *Journal) Run(every time.Duration, quit <-chan struct{}) error {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			j.mu.Lock()
			err := j.flush()
			j.mu.Unlock()
			if err != nil {
				return err
			}
		case <-quit:
			return nil
		}
	}
}

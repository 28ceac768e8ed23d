// SPDX-License-Identifier: GPL-3.0-or-later

// Package journal writes down who did what, for the auditors: a line each, in a
// file that an archiver empties from time to time.
package journal

import (
	"bufio"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Line is one entry.
type Line struct {
	At               time.Time
	User, What, From string
}

func (l *Line) append(dst []byte) []byte {
	dst = l.At.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	for _, f := range [...]string{l.User, l.What} {
		dst = append(append(dst, ' '), f...)
	}
	return append(strconv.AppendQuote(append(dst, ' '), l.From), '\n')
}

// Options of a Journal.
type Options struct {
	Path  string
	Quiet time.Duration // the file is synced when nothing came for this long
	Once  bool          // one clock for that, wound again after each line
	Lock  bool          // what changes something is written under the archiver's lock
}

// Journal takes lines.
type Journal struct {
	o    Options
	in   chan Line
	quit chan struct{}
	done sync.WaitGroup
	file *os.File
	out  *bufio.Writer
}

// Open starts the writer.
func Open(o Options) (*Journal, error) {
	f, err := os.OpenFile(o.Path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	j := &Journal{o: o, in: make(chan Line, 1024), quit: make(chan struct{}), file: f, out: bufio.NewWriterSize(f, 32<<10)}
	j.done.Add(1)
	if o.Once {
		go j.write()
	} else {
		go j.drain()
	}
	return j, nil
}

// Note takes a line; weight says that it changed something.
func (j *Journal) Note(l Line, weight bool) error {
	if j.o.Lock && weight {
		return j.now(&l)
	}
	j.in <- l
	return nil
}

// write is the only one that touches the file.
func (j *Journal) write() {
	defer j.done.Done()
	every := time.NewTicker(250 * time.Millisecond)
	defer every.Stop()
	quiet := time.NewTimer(j.o.Quiet)
	defer quiet.Stop()
	for {
		select {
		case l := <-j.in:
			j.put(&l)
			quiet.Reset(j.o.Quiet)
		case <-every.C:
			j.out.Flush()
		case <-quiet.C:
			j.file.Sync()
		case <-j.quit:
			j.out.Flush()
			return
		}
	}
}

// drain does the same with less to carry about.
func (j *Journal) drain() {
	defer j.done.Done()
	for next := time.Now(); ; {
		select {
		case l := <-j.in:
			j.put(&l)
			if l.At.After(next) {
				j.out.Flush()
				next = l.At.Add(250 * time.Millisecond)
			}
		case <-time.After(j.o.Quiet):
			j.file.Sync()
		case <-j.quit:
			j.out.Flush()
			return
		}
	}
}

func (j *Journal) put(l *Line) {
	j.out.Write(l.append(j.out.AvailableBuffer()))
}

// now appends one line so that the archiver sees all of it or nothing.
func (j *Journal) now(l *Line) error {
	fd, err := syscall.Open(j.o.Path, syscall.O_APPEND|syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	if err := hold(fd); err != nil {
		return err
	}
	defer syscall.Flock(fd, syscall.LOCK_UN)
	_, err = syscall.Write(fd, l.append(nil))
	return err
}

func hold(fd int) error {
	for {
		if err := syscall.Flock(fd, syscall.LOCK_EX); err != syscall.EINTR {
			return err
		}
	}
}

// Close writes what is left.
func (j *Journal) Close() error {
	close(j.quit)
	j.done.Wait()
	return j.file.Close()
}

// SPDX-License-Identifier: GPL-3.0-or-later

package segment

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

const (
	fileSize  = 1 << 20
	filesKept = 6
)

// lane is the files of one lane, the last of them open.
type lane struct {
	mu     sync.Mutex
	dir    string
	number int
	file   *os.File
	size   int
	first  int
}

func (l *lane) name(number int) string {
	return filepath.Join(l.dir, fmt.Sprintf("segment-%02d-%06d", l.number, number))
}

// put writes a block to the end of the file under way.
func (l *lane) put(zip []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil || l.size >= fileSize {
		if err := l.turn(); err != nil {
			return err
		}
	}
	n, err := l.file.Write(zip)
	l.size += n
	return err
}

func (l *lane) turn() error {
	if l.file != nil {
		if err := l.file.Close(); err != nil {
			return err
		}
	}
	f, err := os.Create(l.name(l.first))
	if err != nil {
		return err
	}
	if l.first >= filesKept {
		if err := os.Remove(l.name(l.first - filesKept)); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	l.file, l.size = f, 0
	l.first++
	return nil
}

// manifest is the list of blocks; another process merges it now and then, so
// that both lock the file.
type manifest struct{ path string }

func manifestPath(dir string) string { return filepath.Join(dir, "manifest") }

// enter adds a line. The file is opened each time: a lock belongs to an open
// file, and entries of several blocks may be under way at once.
func (m *manifest) enter(line string) error {
	f, err := os.OpenFile(m.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	if err := lock(f); err != nil {
		return errors.Join(err, f.Close())
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Close()) // the lock ends with the file
}

func lock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			return err
		}
	}
}

// Merge reads the manifest and empties it, holding its lock, and returns how
// many lines it had; work is done under the lock.
func Merge(dir string, work func()) (int, error) {
	f, err := os.OpenFile(manifestPath(dir), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := lock(f); err != nil {
		return 0, err
	}
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		n++
	}
	work()
	return n, f.Truncate(0)
}

// SPDX-License-Identifier: GPL-3.0-or-later

package record

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A frame is one line of fields; the last is a list of events.
const (
	fieldSep = "\x1f"
	eventSep = "\x1e"
	partSep  = "\x1d"
)

// AppendFrame writes s behind dst.
func AppendFrame(dst []byte, s *Session) []byte {
	dst = append(dst, "v1"...)
	for _, f := range [...]string{s.ID, s.User, s.Device, s.Agent, s.From} {
		dst = append(dst, fieldSep...)
		dst = append(dst, f...)
	}
	dst = append(dst, fieldSep...)
	for i, name := range s.Scopes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, name...)
	}
	for _, n := range [...]int64{int64(s.Score), s.Began, s.Seen} {
		dst = append(dst, fieldSep...)
		dst = strconv.AppendInt(dst, n, 10)
	}
	dst = append(dst, fieldSep...)
	for i, e := range s.Trail {
		if i > 0 {
			dst = append(dst, eventSep...)
		}
		dst = strconv.AppendInt(dst, e.At, 10)
		dst = append(dst, partSep...)
		dst = append(dst, e.What...)
		dst = append(dst, partSep...)
		dst = append(dst, e.From...)
	}
	return dst
}

// Frame writes s. Level 0 fills one slice; the others are older ways that some
// readers of the archive still expect byte for byte.
func Frame(s *Session, level int) []byte {
	switch level {
	case 0:
		return AppendFrame(make([]byte, 0, 1024), s)
	case 1:
		return []byte(header(s) + fieldSep + string(joined(s.Trail)))
	}
	return checked(s)
}

func header(s *Session) string {
	return strings.Join([]string{"v1", s.ID, s.User, s.Device, s.Agent, s.From, strings.Join(s.Scopes, ","),
		strconv.Itoa(s.Score), fmt.Sprint(s.Began), fmt.Sprint(s.Seen)}, fieldSep)
}

// joined is the list of events.
func joined(trail []Event) []byte {
	var out []byte
	for i, e := range trail {
		if i > 0 {
			out = append(out, []byte(eventSep)...)
		}
		out = append(out, []byte(fmt.Sprintf("%d%s%s%s%s", e.At, partSep, e.What, partSep, e.From))...)
	}
	return out
}

// checked writes the frame field by field and looks after each that it can be
// read back.
func checked(s *Session) []byte {
	text := ""
	for _, f := range strings.Split(header(s), fieldSep) {
		if text != "" {
			text += fieldSep
		}
		text += string(clean([]byte(f)))
	}
	text += fieldSep
	for i, e := range s.Trail {
		if i > 0 {
			text += eventSep
		}
		text = string(append([]byte(text), clean([]byte(fmt.Sprintf("%d%s%s%s%s", e.At, partSep, e.What, partSep, e.From)))...))
	}
	return []byte(text)
}

// clean drops what would end a field.
func clean(b []byte) []byte {
	var out []byte
	for _, c := range string(b) {
		if string(c) != fieldSep && string(c) != eventSep {
			out = append(out, []byte(string(c))...)
		}
	}
	return out
}

var errFrame = errors.New("record: no session frame")

// ParseFrame reads what AppendFrame wrote.
func ParseFrame(text string) (*Session, error) {
	var f [11]string
	for i := range f {
		f[i], text, _ = strings.Cut(text, fieldSep)
	}
	if f[0] != "v1" || f[1] == "" {
		return nil, errFrame
	}
	s := &Session{ID: f[1], User: f[2], Device: f[3], Agent: f[4], From: f[5], Trail: make([]Event, 0, Steps)}
	if f[6] != "" {
		s.Scopes = strings.Split(f[6], ",")
	}
	var errs [3]error
	s.Score, errs[0] = strconv.Atoi(f[7])
	s.Began, errs[1] = strconv.ParseInt(f[8], 10, 64)
	s.Seen, errs[2] = strconv.ParseInt(f[9], 10, 64)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	for rest, one := f[10], ""; rest != ""; {
		one, rest, _ = strings.Cut(rest, eventSep)
		at, tail, _ := strings.Cut(one, partSep)
		what, from, _ := strings.Cut(tail, partSep)
		n, err := strconv.ParseInt(at, 10, 64)
		if err != nil {
			return nil, err
		}
		s.Trail = append(s.Trail, Event{n, what, from})
	}
	return s, nil
}

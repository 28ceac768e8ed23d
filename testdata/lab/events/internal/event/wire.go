// SPDX-License-Identifier: GPL-3.0-or-later

package event

import (
	"errors"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The fields of an event on the wire and in segments, a protobuf message.
const (
	fieldID protowire.Number = iota + 1
	fieldTenant
	fieldKind
	fieldPath
	fieldIP
	fieldAgent
	fieldUser
	fieldAt
	fieldMillis
	fieldBytes
	fieldCountry
	fieldNetwork
	fieldDevice
	fieldSection
)

const maxText = 4096

var errField = errors.New("event: no such field")

// texts are the fields that are strings.
func (e *Event) text(n protowire.Number) *string {
	switch n {
	case fieldID:
		return &e.ID
	case fieldTenant:
		return &e.Tenant
	case fieldKind:
		return &e.Kind
	case fieldPath:
		return &e.Path
	case fieldIP:
		return &e.IP
	case fieldAgent:
		return &e.Agent
	case fieldCountry:
		return &e.Country
	case fieldNetwork:
		return &e.Network
	case fieldDevice:
		return &e.Device
	case fieldSection:
		return &e.Section
	}
	return nil
}

func (e *Event) setNumber(n protowire.Number, v uint64) error {
	switch n {
	case fieldUser:
		e.User = uint32(v)
	case fieldAt:
		e.At = int64(v)
	case fieldMillis:
		e.Millis = math.Float64frombits(v)
	case fieldBytes:
		e.Bytes = int64(v)
	default:
		return errField
	}
	return nil
}

// AppendWire adds the event as a length-delimited message.
func (e *Event) AppendWire(b []byte) []byte {
	return protowire.AppendBytes(b, e.message(make([]byte, 0, 384)))
}

func (e *Event) message(b []byte) []byte {
	for n := fieldID; n <= fieldSection; n++ {
		if s := e.text(n); s != nil && *s != "" {
			b = protowire.AppendTag(b, n, protowire.BytesType)
			b = protowire.AppendString(b, *s)
		}
	}
	b = protowire.AppendTag(b, fieldUser, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(e.User))
	b = protowire.AppendTag(b, fieldAt, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(e.At))
	b = protowire.AppendTag(b, fieldMillis, protowire.Fixed64Type)
	b = protowire.AppendFixed64(b, math.Float64bits(e.Millis))
	b = protowire.AppendTag(b, fieldBytes, protowire.VarintType)
	return protowire.AppendVarint(b, uint64(e.Bytes))
}

// FromWire reads one length-delimited message and returns how long it was.
func (e *Event) FromWire(b []byte) (int, error) {
	m, size := protowire.ConsumeBytes(b)
	if size < 0 {
		return 0, protowire.ParseError(size)
	}
	for len(m) > 0 {
		num, typ, n := protowire.ConsumeTag(m)
		if n < 0 {
			return 0, protowire.ParseError(n)
		}
		m = m[n:]
		if n = e.consume(m, num, typ); n < 0 {
			return 0, protowire.ParseError(n)
		}
		m = m[n:]
	}
	return size, nil
}

func (e *Event) consume(m []byte, num protowire.Number, typ protowire.Type) int {
	switch typ {
	case protowire.BytesType:
		v, n := protowire.ConsumeString(m)
		if s := e.text(num); s != nil && n >= 0 {
			*s = v
		}
		return n
	case protowire.VarintType:
		v, n := protowire.ConsumeVarint(m)
		if n >= 0 && e.setNumber(num, v) != nil {
			return -1
		}
		return n
	case protowire.Fixed64Type:
		v, n := protowire.ConsumeFixed64(m)
		if n >= 0 && e.setNumber(num, v) != nil {
			return -1
		}
		return n
	}
	return protowire.ConsumeFieldValue(num, typ, m)
}

// Stream is where messages are read from as they come.
type Stream interface {
	io.Reader
	io.ByteReader
}

// ReadWire reads one length-delimited message field by field, without the
// message ever being in memory as a whole.
func (e *Event) ReadWire(r Stream) error {
	left, _, err := uvarint(r)
	if err != nil {
		return err
	}
	for left > 0 {
		n, err := e.readField(r)
		if err != nil {
			return fmt.Errorf("event: field: %w", noEOF(err))
		}
		left -= min(left, uint64(n))
	}
	return e.check()
}

func (e *Event) readField(r Stream) (int, error) {
	tag, size, err := uvarint(r)
	if err != nil {
		return 0, err
	}
	num, typ := protowire.DecodeTag(tag)
	switch typ {
	case protowire.BytesType:
		long, n, err := uvarint(r)
		if err != nil || long > maxText {
			return 0, errors.Join(err, io.ErrShortBuffer)
		}
		b := make([]byte, long)
		if _, err := io.ReadFull(r, b); err != nil {
			return 0, err
		}
		if s := e.text(num); s != nil {
			*s = string(b)
		}
		return size + n + int(long), nil
	case protowire.VarintType:
		v, n, err := uvarint(r)
		if err != nil {
			return 0, err
		}
		return size + n, e.setNumber(num, v)
	case protowire.Fixed64Type:
		var b [8]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return 0, err
		}
		v, _ := protowire.ConsumeFixed64(b[:])
		return size + 8, e.setNumber(num, v)
	}
	return 0, errField
}

func uvarint(r io.ByteReader) (v uint64, n int, err error) {
	for shift := 0; shift < 64; shift += 7 {
		b, err := r.ReadByte()
		if err != nil {
			return 0, n, err
		}
		n++
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v, n, nil
		}
	}
	return 0, n, errors.New("event: number too long")
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// SPDX-License-Identifier: GPL-3.0-or-later

package event

import (
	"bufio"
	"bytes"
	"reflect"
	"testing"
	"testing/iotest"
)

var sample = Event{
	ID: "00ff", Tenant: "t07", Kind: "view", Path: "/shop/item-3", IP: "10.1.2.3", Agent: "site-check/1.2", User: 4711,
	At: 1700000000123, Millis: 12.75, Bytes: 90210, Country: "SE", Network: "AS1", Device: "client", Section: "shop",
}

func TestWire(t *testing.T) {
	b := sample.AppendWire([]byte("x"))[1:]
	var e Event
	if n, err := e.FromWire(b); err != nil || n != len(b) || !reflect.DeepEqual(e, sample) {
		t.Errorf("FromWire: %d of %d, %v, %+v", n, len(b), err, e)
	}
	for cut := range len(b) {
		if _, err := new(Event).FromWire(b[:cut]); err == nil {
			t.Errorf("%d of %d bytes are a message", cut, len(b))
		}
	}
}

func TestReadWire(t *testing.T) {
	b := sample.AppendWire(sample.AppendWire(nil))
	in := bufio.NewReader(iotest.OneByteReader(bytes.NewReader(b)))
	for range 2 {
		var e Event
		if err := e.ReadWire(in); err != nil || !reflect.DeepEqual(e, sample) {
			t.Fatalf("%v, %+v", err, e)
		}
	}
	for cut := 1; cut < len(b)/2; cut++ {
		if new(Event).ReadWire(bytes.NewReader(b[:cut])) == nil {
			t.Errorf("%d bytes are a message", cut)
		}
	}
}

func TestParse(t *testing.T) {
	for line, ok := range map[string]bool{
		`{"id":"1","tenant":"t","at":5,"user":7,"ms":1.5,"tags":{"a":"b"}}`: true,
		`{"tenant":"t","at":5}`: false,
		`{"id":"1"`:             false,
		`[]`:                    false,
	} {
		var e, a Event
		if err := Parse([]byte(line), &e); (err == nil) != ok {
			t.Errorf("Parse %s: %v", line, err)
		}
		if err := ParseAny([]byte(line), &a); (err == nil) != ok || ok && !reflect.DeepEqual(e, a) {
			t.Errorf("ParseAny %s: %v, %+v", line, err, a)
		}
	}
	var e Event
	if err := ParseAny([]byte(`{"id":1,"tenant":"t","at":"5"}`), &e); err != nil || e.ID != "1" || e.At != 5 {
		t.Errorf("%v, %+v", err, e)
	}
}

func TestAck(t *testing.T) {
	a := NewAck(3)
	a.Less(2)
	select {
	case <-a.Done():
		t.Error("too early")
	default:
	}
	a.Less(1)
	<-a.Done()
	(*Ack)(nil).Less(1)
}

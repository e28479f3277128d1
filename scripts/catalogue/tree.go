package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// tree is JSON in the form that the program reads without a parser: see docs/decisions/0005-packed-trees.md.
//
//	value    0 null · 1 false · 2 true · 3 integer, zigzag · 4 other number, its text · 5 text
//	         6 list: count, values · 7 map: count, (text, value)…
//	text     0, length in bytes, UTF-8: a new one, which gets the next number, from 1; or the number of an earlier one
//
// Counts, lengths, numbers of texts and integers are LEB128. The order of keys is that of the JSON.
func tree(text []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	made := treeMaker{known: map[string]uint64{}}
	check(made.value(decoder))
	if _, err := decoder.Token(); err != io.EOF {
		fail("a definition has something behind it")
	}
	return made.bytes
}

type treeMaker struct {
	bytes []byte
	known map[string]uint64
}

func (t *treeMaker) value(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch is := token.(type) {
	case nil:
		t.bytes = append(t.bytes, 0)
	case bool:
		t.bytes = append(t.bytes, map[bool]byte{false: 1, true: 2}[is])
	case json.Number:
		if whole, err := strconv.ParseInt(is.String(), 10, 64); err == nil {
			t.bytes = binary.AppendVarint(append(t.bytes, 3), whole)
		} else {
			t.bytes = append(t.bytes, 4)
			t.text(is.String())
		}
	case string:
		t.bytes = append(t.bytes, 5)
		t.text(is)
	case json.Delim:
		return t.nested(decoder, is)
	default:
		return fmt.Errorf("no JSON: %v", token)
	}
	return nil
}

// nested counts first what it writes, since the count stands in front.
func (t *treeMaker) nested(decoder *json.Decoder, open json.Delim) error {
	inner := treeMaker{known: t.known}
	count := uint64(0)
	for ; decoder.More(); count++ {
		if open == '{' {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			inner.text(name.(string))
		}
		if err := inner.value(decoder); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return err
	}
	kind := byte(6)
	if open == '{' {
		kind = 7
	}
	t.bytes = append(binary.AppendUvarint(append(t.bytes, kind), count), inner.bytes...)
	return nil
}

func (t *treeMaker) text(text string) {
	if number, is := t.known[text]; is {
		t.bytes = binary.AppendUvarint(t.bytes, number)
		return
	}
	t.known[text] = uint64(len(t.known) + 1)
	t.bytes = binary.AppendUvarint(append(t.bytes, 0), uint64(len(text)))
	t.bytes = append(t.bytes, text...)
}

package main

import (
	"bytes"
	"cmp"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// pack holds the definitions of all releases of a product, each text once, each compressed by itself.
//
//	count             4 bytes
//	count × entry     id 8 bytes, offset 4 bytes, length 4 bytes; sorted by id, offsets from the end of this table
//	trees             see tree.go, each raw deflate
//
// Numbers are big-endian. An id is the first 8 bytes of the SHA-256 of the text.
type pack struct{ texts map[uint64][]byte }

func newPack() *pack { return &pack{map[uint64][]byte{}} }

func (p *pack) add(text []byte) uint64 {
	sum := sha256.Sum256(text)
	id := binary.BigEndian.Uint64(sum[:8])
	if known, has := p.texts[id]; has && !bytes.Equal(known, text) {
		panic(fmt.Sprintf("two definitions have the id %016x", id))
	}
	p.texts[id] = text
	return id
}

func (p *pack) bytes() []byte {
	ids := slices.Sorted(maps.Keys(p.texts))
	var table, texts bytes.Buffer
	number := func(value any) { _ = binary.Write(&table, binary.BigEndian, value) }
	number(uint32(len(ids)))
	for _, id := range ids {
		start := texts.Len()
		compressor, err := flate.NewWriter(&texts, flate.BestCompression)
		check(err)
		_, err = compressor.Write(tree(p.texts[id]))
		check(err)
		check(compressor.Close())
		number(id)
		number(uint32(start))
		number(uint32(texts.Len() - start))
	}
	return append(table.Bytes(), texts.Bytes()...)
}

// index is the release as text, and puts its definitions into the pack.
func (r *release) index(p *pack) []byte {
	slices.SortFunc(r.kinds, func(a, b kind) int {
		return cmp.Or(strings.Compare(a.apiVersion, b.apiVersion), strings.Compare(a.name, b.name))
	})
	var text strings.Builder
	for _, k := range r.kinds {
		scope := "Cluster"
		if k.namespaced {
			scope = "Namespaced"
		}
		fmt.Fprintf(&text, "kind\t%s\t%s\t%s\t%s\t%s\n", k.apiVersion, k.name, scope, k.definition, k.deprecation)
	}
	for _, name := range slices.Sorted(maps.Keys(r.definitions)) {
		fmt.Fprintf(&text, "definition\t%s\t%016x\n", name, p.add(r.definitions[name]))
	}
	return []byte(text.String())
}

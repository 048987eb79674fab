package rdb

import (
	"clusternode/object"
)

// Value writes a value with its kind, which it returns. sp is where the value's
// trees are.
func (w *Writer) Value(sp *object.Space, v Value) (k kind) {
	at := len(w.Buf)
	w.byte(0)
	switch v.Type {
	case object.TypeString:
		w.string(v.Bytes)
	case object.TypeList:
		k = kindQuick
		w.list(sp, v)
	case object.TypeSet:
		k = w.set(sp, v)
	case object.TypeZSet:
		k = w.zset(sp, v)
	case object.TypeHash:
		k = w.hash(sp, v)
	case object.TypeStream:
		k = kindStream3
		w.stream(sp, v)
	}
	w.Buf[at] = byte(k)
	return k
}

// Length is how many bytes a value takes in a file, without its kind.
func Length(sp *object.Space, v Value, o Options) int {
	w := Writer{Options: o}
	w.Value(sp, v)
	return len(w.Buf) - 1
}

// list writes a list as nodes; a packed one is one.
func (w *Writer) list(sp *object.Space, v Value) {
	if v.Enc == object.EncListpack {
		w.length(1)
		w.length(containerPacked)
		w.string(v.Bytes)
		return
	}
	// The number of nodes comes before them.
	l := object.ListOf(sp, v.Enc, v.Bytes)
	var n uint64
	for range l.Nodes {
		n++
	}
	w.length(n)
	for node := range Nodes(sp, v) {
		if node.Plain {
			w.length(containerPlain)
		} else {
			w.length(containerPacked)
		}
		w.string(node.Bytes)
	}
}

func (w *Writer) set(sp *object.Space, v Value) kind {
	switch v.Enc {
	case object.EncIntset:
		w.string(v.Bytes)
		return kindIntset
	case object.EncListpack:
		w.string(v.Bytes)
		return kindSetPack
	}
	s := object.SetOf(sp, v.Enc, v.Bytes)
	w.length(uint64(s.Len()))
	for it := s.Iter(); it.Next(); {
		w.string(it.Member())
	}
	return kindSet
}

func (w *Writer) zset(sp *object.Space, v Value) kind {
	if v.Enc == object.EncListpack {
		w.string(v.Bytes)
		return kindZSetPack
	}
	// The highest comes first, as Redis has it: a tree that grows at its front
	// takes them without a search.
	z := object.ZSetOf(sp, v.Enc, v.Bytes)
	w.length(uint64(z.Len()))
	for it := z.At(z.Len() - 1); it.Valid(); it.Prev() {
		w.string(it.Member())
		w.double(it.Score())
	}
	return kindZSet
}

func (w *Writer) hash(sp *object.Space, v Value) kind {
	if v.Enc == object.EncListpack {
		w.string(v.Bytes)
		return kindHashPack
	}
	return w.fields(sp, v)
}

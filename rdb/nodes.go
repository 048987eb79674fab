package rdb

import (
	"iter"

	"clusternode/object"
)

// A list that is not packed is written as nodes: listpacks of neighbouring
// elements, and single elements that are too long for that.

// Node is a node of a list: a listpack, or the only element.
type Node struct {
	Bytes    []byte
	Elements int
	Plain    bool // it is the element
}

// Nodes are the nodes of a list, each alive until the next one.
func Nodes(sp *object.Space, v Value) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		l := object.ListOf(sp, v.Enc, v.Bytes)
		it := l.Iter(0, false)
		var pack packer
		for n, plain := range l.Nodes {
			if plain && it.Next() {
				if !yield(Node{it.Element(), 1, true}) {
					return
				}
				continue
			}
			pack.reset(pack.b)
			for range n {
				if it.Next() {
					pack.add(it.Element())
				}
			}
			if !yield(Node{pack.finish(), pack.n, false}) {
				return
			}
		}
	}
}

package object

import "unsafe"

// streamTrees calls f with every tree of a stream, as eachTree does: a tree
// before those whose roots lie in its cells, which are read afterwards.
func streamTrees(sp *Space, value []byte, f func(sh *shape, rootBytes []byte) bool) {
	s := StreamOf(sp, value)
	visit := func(sh *shape, r *root) bool {
		return f(sh, unsafe.Slice((*byte)(unsafe.Pointer(r)), rootSize))
	}
	if !visit(&packShape, &s.h.nodes) || !visit(&groupShape, &s.h.groups) {
		return
	}
	s.EachGroup(func(g *StreamGroup) bool { return g.trees(visit) })
}

// trees calls visit with every tree of a group, until it returns false, and
// reports whether it has not.
func (g *StreamGroup) trees(visit func(sh *shape, r *root) bool) bool {
	if !visit(&pendingShape, &g.h.pending) || !visit(&namesShape, &g.h.names) || !visit(&consumerShape, &g.h.consumers) {
		return false
	}
	t := g.consumers()
	for p := t.first(); p.valid(); t.next(&p) {
		c := g.consumerIn(t.cell(&p), 0)
		if !visit(&ownShape, &c.h.pending) {
			return false
		}
	}
	return true
}

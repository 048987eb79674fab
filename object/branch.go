package object

import (
	"unsafe"

	"clusternode/arena"
)

// A branch is a block of the arena: a head of 8 bytes and a child after the
// other, 24 bytes each.
type branch struct{ p unsafe.Pointer }

type branchHead struct {
	epoch uint32
	n     uint16 // children
	cap   uint16 // room for so many
}

// child is a subtree: a key that is not above its first cell's but above all
// of the subtree before it, and the number of its cells. The second half of the
// key is the beginning of the name, if the shape has names, so that most
// searches need not look at cells.
type child struct {
	key   key
	ref   arena.Ref
	count uint32
}

const (
	branchHeadSize = 8
	childSize      = int(unsafe.Sizeof(child{}))
	branchMax      = (4096 - branchHeadSize) / childSize // children
)

func (b branch) head() *branchHead { return (*branchHead)(b.p) }
func (b branch) len() int          { return int(b.head().n) }

func (b branch) child(i int) *child {
	return (*child)(unsafe.Add(b.p, branchHeadSize+i*childSize))
}

func (b branch) children() []child {
	return unsafe.Slice((*child)(unsafe.Add(b.p, branchHeadSize)), b.len())
}

// count is the number of cells below.
func (b branch) count() (n uint32) {
	for i := range b.children() {
		n += b.child(i).count
	}
	return n
}

func branchSize(children int) int {
	return arena.BlockSize(branchHeadSize + children*childSize)
}

// newBranch makes a branch for n children, of which it has none yet.
func (sp *Space) newBranch(n int) (arena.Ref, branch, error) {
	size := branchSize(n)
	r, p, err := sp.Arena.Alloc(size, arena.Entry)
	if err != nil {
		return 0, branch{}, ErrOOM
	}
	*(*branchHead)(p) = branchHead{epoch: sp.epoch, cap: uint16(min((size-branchHeadSize)/childSize, branchMax))}
	return r, branch{p}, nil
}

// splice replaces the width children at i by others, which fit.
func (b branch) splice(i, width int, by []child) {
	h := b.head()
	n := int(h.n)
	all := unsafe.Slice(b.child(0), max(n, n-width+len(by)))
	copy(all[i+len(by):], all[i+width:n])
	copy(all[i:], by)
	h.n = uint16(n - width + len(by))
}

// spliced appends to an empty branch the children [a, b) of what another one
// would have after splice.
func (b branch) spliced(from branch, i, width int, by []child, lo, hi int) {
	h := b.head()
	for j := lo; j < hi; j++ {
		c := (*child)(nil)
		switch {
		case j < i:
			c = from.child(j)
		case j < i+len(by):
			c = &by[j-i]
		default:
			c = from.child(j - len(by) + width)
		}
		*(*child)(unsafe.Add(b.p, branchHeadSize+int(h.n)*childSize)) = *c
		h.n++
	}
}

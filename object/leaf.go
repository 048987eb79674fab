package object

import (
	"encoding/binary"
	"unsafe"

	"clusternode/arena"
)

// A leaf is a block of the arena,
//
//	head 16 | keys, n of keySize | offsets, n of 2 | gap | cells | gap
//
// where the cells lie in the order of their keys and an offset is where a cell
// begins, from the start of the block; the cell ends where the next one begins.
// Cells of fixed size have no offsets. A cell above maxInline is a blob: the
// leaf has its reference and length, and its offset is marked.
type leaf struct{ p unsafe.Pointer }

// leafHead is the first 16 bytes.
type leafHead struct {
	epoch uint32
	n     uint16 // cells
	cap   uint16 // length of the block, units of 8 bytes
	start uint16 // the cells lie in [start, end)
	end   uint16
	blobs uint16
	_     uint16
}

const (
	leafHeadSize = 16
	leafMax      = 2048 // bytes of a block; measured: 4096 saves 1 % of memory and costs 10 % of time
	maxInline    = 512  // bytes of a cell in the leaf
	offsetSize   = 2
	blobMark     = 1 << 15 // of an offset
	offsetMask   = blobMark - 1
)

func (l leaf) head() *leafHead { return (*leafHead)(l.p) }
func (l leaf) len() int        { return int(l.head().n) }

// bytes are n bytes of the leaf at at. None at the end of the block have no
// address: it would be that of something else.
func (l leaf) bytes(at, n int) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Add(l.p, at)), n)
}

// perCell is what a cell of the shape costs beside its bytes.
func (s *shape) perCell() int {
	if s.cell >= 0 {
		return s.keySize
	}
	return s.keySize + offsetSize
}

// offset is the place of the offset of cell i in a leaf with n cells.
func (s *shape) offset(l leaf, n, i int) *uint16 {
	return (*uint16)(unsafe.Add(l.p, leafHeadSize+n*s.keySize+i*offsetSize))
}

// begin is where cell i begins, and where the last ends for i = n.
func (s *shape) begin(l leaf, i int) int {
	h := l.head()
	switch {
	case s.cell >= 0:
		return int(h.start) + i*s.cell
	case i == int(h.n):
		return int(h.end)
	}
	return int(*s.offset(l, int(h.n), i) & offsetMask)
}

// raw is what the leaf has of cell i: its bytes, or where its blob is.
func (s *shape) raw(l leaf, i int) []byte {
	from := s.begin(l, i)
	return l.bytes(from, s.begin(l, i+1)-from)
}

func (s *shape) isBlob(l leaf, i int) bool {
	return s.cell < 0 && *s.offset(l, l.len(), i)&blobMark != 0
}

// key is the key of cell i.
func (s *shape) key(l leaf, i int) (k key) {
	p := unsafe.Add(l.p, leafHeadSize+i*s.keySize)
	switch s.keySize {
	case 4:
		k.hi = uint64(*(*uint32)(p))
	case 8:
		k.hi = *(*uint64)(p)
	case 16:
		k.hi, k.lo = *(*uint64)(p), *(*uint64)(unsafe.Add(p, 8))
	}
	return k
}

func (s *shape) setKey(l leaf, i int, k key) {
	p := unsafe.Add(l.p, leafHeadSize+i*s.keySize)
	switch s.keySize {
	case 4:
		*(*uint32)(p) = uint32(k.hi)
	case 8:
		*(*uint64)(p) = k.hi
	case 16:
		*(*uint64)(p), *(*uint64)(unsafe.Add(p, 8)) = k.hi, k.lo
	}
}

// used is the bytes of a leaf without its gaps.
func (s *shape) used(l leaf) int {
	h := l.head()
	return leafHeadSize + int(h.n)*s.perCell() + int(h.end-h.start)
}

// newLeaf makes an empty leaf of at least size bytes; prepare says where its cells
// begin.
func (sp *Space) newLeaf(size int) (arena.Ref, leaf, error) {
	size = arena.BlockSize(size)
	r, p, err := sp.Arena.Alloc(size, arena.Entry)
	if err != nil {
		return 0, leaf{}, ErrOOM
	}
	*(*leafHead)(p) = leafHead{epoch: sp.epoch, cap: uint16(size / 8)}
	return r, leaf{p}, nil
}

// prepare sets the place of the cells of an empty leaf.
func (l leaf) prepare(start int) {
	h := l.head()
	h.start, h.end = uint16(start), uint16(start)
}

// appendRange appends the cells [a, b) of another leaf. The leaf is one that is
// being filled: n says how many cells it will have, so that keys and offsets
// have their final place.
func (s *shape) appendRange(l leaf, n int, from leaf, a, b int) {
	if a >= b {
		return
	}
	h := l.head()
	at := int(h.n)
	lo, hi := s.begin(from, a), s.begin(from, b)
	to := int(h.end)
	copy(l.bytes(to, hi-lo), from.bytes(lo, hi-lo))
	h.end += uint16(hi - lo)
	if s.keySize > 0 {
		copy(l.bytes(leafHeadSize+at*s.keySize, (b-a)*s.keySize), from.bytes(leafHeadSize+a*s.keySize, (b-a)*s.keySize))
	}
	if s.cell < 0 {
		move := uint16(to - lo)
		src := unsafe.Slice(s.offset(from, from.len(), a), b-a)
		dst := unsafe.Slice(s.offset(l, n, at), b-a)
		for i, o := range src {
			dst[i] = o + move
		}
		if from.head().blobs > 0 {
			for _, o := range src {
				h.blobs += o >> 15
			}
		}
	}
	h.n = uint16(at + b - a)
}

// appendCell appends one cell to a leaf that is being filled.
func (s *shape) appendCell(l leaf, n int, k key, c inline) {
	h := l.head()
	at := int(h.n)
	s.setKey(l, at, k)
	if s.cell < 0 {
		*s.offset(l, n, at) = h.end | c.mark
		h.blobs += c.mark >> 15
	}
	copy(l.bytes(int(h.end), len(c.b)), c.b)
	h.end += uint16(len(c.b))
	h.n++
}

// insert puts a cell in place i of a leaf that has room for it in all.
func (s *shape) insert(l leaf, i int, k key, c inline) {
	h := l.head()
	n, size := int(h.n), len(c.b)
	arrays := leafHeadSize + (n+1)*s.perCell()
	at := s.openGap(l, i, size, arrays)
	s.growArrays(l, i)
	h.n++
	s.setKey(l, i, k)
	if s.cell < 0 {
		*s.offset(l, n+1, i) = uint16(at) | c.mark
		h.blobs += c.mark >> 15
	}
	copy(l.bytes(at, size), c.b)
}

// openGap makes room of size bytes for the cell that becomes number i, keeps
// the first arrays bytes free of cells, and returns where it is. The cells
// before or after it move, whichever are less.
func (s *shape) openGap(l leaf, i, size, arrays int) int {
	h := l.head()
	n := int(h.n)
	at := s.begin(l, i)
	start, end := int(h.start), int(h.end)
	left, right := start-size >= arrays, end+size <= int(h.cap)*8 && start >= arrays
	if !left && !right {
		s.slide(l, arrays, size, i)
		at, start, end = s.begin(l, i), int(h.start), int(h.end)
		left, right = start-size >= arrays, end+size <= int(h.cap)*8
	}
	if left && (!right || at-start < end-at) {
		copy(l.bytes(start-size, at-start), l.bytes(start, at-start))
		s.moveOffsets(l, 0, i, -size)
		h.start -= uint16(size)
		return at - size
	}
	copy(l.bytes(at+size, end-at), l.bytes(at, end-at))
	s.moveOffsets(l, i, n, size)
	h.end += uint16(size)
	return at
}

// slide moves all cells so that size more bytes fit on the side that will need
// them: in front for a cell that becomes the first, else behind.
func (s *shape) slide(l leaf, arrays, size, i int) {
	h := l.head()
	start, used := int(h.start), int(h.end-h.start)
	spare := int(h.cap)*8 - arrays - used - size
	to := arrays + s.frontShare(spare, used, int(h.n), i)
	if i == 0 {
		to = int(h.cap)*8 - used
	}
	if to == start {
		return
	}
	copy(l.bytes(to, used), l.bytes(start, used))
	s.moveOffsets(l, 0, int(h.n), to-start)
	h.start, h.end = uint16(to), uint16(to+used)
}

// frontShare is how much of the spare bytes of a leaf belong between offsets
// and cells: what the keys and offsets of the cells will need that fit in the
// rest, if the next cells come behind; half of the rest more, if in the middle.
func (s *shape) frontShare(spare, used, n, i int) int {
	each := s.perCell()
	front := min(spare*each/(each+max(used/max(n, 1), 1))+each, spare)
	if i < n {
		front += (spare - front) / 2
	}
	return front
}

// moveOffsets adds delta to the offsets of the cells [a, b).
func (s *shape) moveOffsets(l leaf, a, b, delta int) {
	if s.cell >= 0 || a >= b {
		return
	}
	d := uint16(delta)
	offsets := unsafe.Slice(s.offset(l, l.len(), a), b-a)
	for i := range offsets {
		offsets[i] += d
	}
}

// growArrays opens a place for number i among keys and offsets.
func (s *shape) growArrays(l leaf, i int) {
	n, k := l.len(), s.keySize
	keysEnd := leafHeadSize + n*k
	if s.cell < 0 {
		copy(l.bytes(keysEnd+k+(i+1)*offsetSize, (n-i)*offsetSize), l.bytes(keysEnd+i*offsetSize, (n-i)*offsetSize))
		copy(l.bytes(keysEnd+k, i*offsetSize), l.bytes(keysEnd, i*offsetSize))
	}
	if k > 0 {
		copy(l.bytes(leafHeadSize+(i+1)*k, (n-i)*k), l.bytes(leafHeadSize+i*k, (n-i)*k))
	}
}

// remove takes count cells out, from number i on.
func (s *shape) remove(l leaf, i, count int) {
	h := l.head()
	n := int(h.n)
	if h.blobs > 0 {
		for j := i; j < i+count; j++ {
			h.blobs -= *s.offset(l, n, j) >> 15
		}
	}
	from, to := s.begin(l, i), s.begin(l, i+count)
	start, end, size := int(h.start), int(h.end), to-from
	if from-start < end-to {
		copy(l.bytes(start+size, from-start), l.bytes(start, from-start))
		s.moveOffsets(l, 0, i, size)
		h.start += uint16(size)
	} else {
		copy(l.bytes(from, end-to), l.bytes(to, end-to))
		s.moveOffsets(l, i+count, n, -size)
		h.end -= uint16(size)
	}
	k := s.keySize
	if k > 0 {
		rest := n - i - count
		copy(l.bytes(leafHeadSize+i*k, rest*k), l.bytes(leafHeadSize+(i+count)*k, rest*k))
	}
	if s.cell < 0 {
		keysEnd, newEnd, rest := leafHeadSize+n*k, leafHeadSize+(n-count)*k, n-i-count
		copy(l.bytes(newEnd, i*offsetSize), l.bytes(keysEnd, i*offsetSize))
		copy(l.bytes(newEnd+i*offsetSize, rest*offsetSize), l.bytes(keysEnd+(i+count)*offsetSize, rest*offsetSize))
	}
	h.n = uint16(n - count)
}

// inline is a cell as it lies in a leaf.
type inline struct {
	b    []byte
	mark uint16 // blobMark: b is a reference and a length
}

// A blob is a block with the stamp of its space, 8 bytes, and then the cell.
const (
	blobHeadSize = 8
	blobRefSize  = 8 // reference and length in the leaf, 4 bytes each
)

// blobRef reads a reference and a length.
func blobRef(b []byte) (arena.Ref, int) {
	return arena.Ref(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
}

func putBlobRef(b []byte, r arena.Ref, n int) {
	binary.LittleEndian.PutUint32(b, uint32(r))
	binary.LittleEndian.PutUint32(b[4:], uint32(n))
}

func (sp *Space) newBlob(n int) (arena.Ref, []byte, error) {
	r, p, err := sp.Arena.Alloc(n+blobHeadSize, arena.Entry)
	if err != nil {
		return 0, nil, ErrOOM
	}
	*(*uint64)(p) = uint64(sp.epoch)
	return r, unsafe.Slice((*byte)(unsafe.Add(p, blobHeadSize)), n), nil
}

func (sp *Space) blob(r arena.Ref, n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(sp.Arena.At(r), blobHeadSize)), n)
}

func (sp *Space) blobEpoch(r arena.Ref) uint32 { return *(*uint32)(sp.Arena.At(r)) }

func (sp *Space) freeBlob(r arena.Ref) int { return sp.free(r, sp.blobEpoch(r)) }

// blobSize is what a blob of n bytes costs.
func blobSize(n int) int { return arena.BlockSize(n + blobHeadSize) }

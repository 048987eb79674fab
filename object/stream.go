package object

import (
	"unsafe"
)

// A stream is a value of fixed size,
//
//	nodes | groups | length | entries added | last ID | first ID | highest deleted ID
//
// with the roots of two trees. The cells of nodes are Redis' own packs of
// entries, see stream_node.go; the cells of groups are consumer groups, with the
// roots of further trees in them, see stream_group.go. A stream without entries
// stays: its IDs and groups do.
type streamHead struct {
	nodes, groups root
	length        uint64 // entries that are not deleted
	added         uint64 // entries that ever were
	last          StreamID
	first         StreamID // 0-0 if there is no entry
	maxDeleted    StreamID
}

// StreamSize is the length of a stream's value, bytes.
const StreamSize = int(unsafe.Sizeof(streamHead{}))

// packShape is the tree of packs, each under the ID that those in it count from.
var packShape = shape{keySize: 16, cell: -1}

// StreamLimits are the sizes that a pack of entries does not exceed.
type StreamLimits struct {
	Bytes   int // stream-node-max-bytes; 0: none
	Entries int // stream-node-max-entries; 0: none
}

// Stream is a stream at hand. It dies when its value moves.
type Stream struct {
	sp *Space
	h  *streamHead
}

// InitStream makes an empty stream of StreamSize bytes.
func InitStream(value []byte) { clear(value[:StreamSize]) }

// StreamOf opens a value; for reading, unless nobody else has it.
func StreamOf(sp *Space, value []byte) Stream {
	return Stream{sp, (*streamHead)(unsafe.Pointer(&value[:StreamSize][0]))}
}

// OpenStream opens the value of a host for changes.
func OpenStream(h Host) Stream { return StreamOf(h.Space(), h.Value()) }

func (s *Stream) tree() tree { return tree{s.sp, &packShape, &s.h.nodes} }

// Len is the number of entries.
func (s *Stream) Len() uint64 { return s.h.length }

// Added is the number of entries that were ever added.
func (s *Stream) Added() uint64 { return s.h.added }

// LastID is the highest ID that was ever given.
func (s *Stream) LastID() StreamID { return s.h.last }

// FirstID is the ID of the first entry, 0-0 if there is none.
func (s *Stream) FirstID() StreamID { return s.h.first }

// MaxDeletedID is the highest ID that was deleted, 0-0 if none was.
func (s *Stream) MaxDeletedID() StreamID { return s.h.maxDeleted }

// SetLastID sets the ID that the next one will be above of. The caller has seen
// to it that no entry is.
func (s *Stream) SetLastID(id StreamID) { s.h.last = id }

// SetAdded sets the count of entries that were ever added.
func (s *Stream) SetAdded(n uint64) { s.h.added = n }

// SetMaxDeletedID sets the highest ID that was deleted.
func (s *Stream) SetMaxDeletedID(id StreamID) { s.h.maxDeleted = id }

// LastEntry is the ID of the last entry; ok is false if there is none.
func (s *Stream) LastEntry() (id StreamID, ok bool) {
	it := s.Iter(StreamID{}, MaxStreamID, true)
	if !it.Next() {
		return StreamID{}, false
	}
	return it.ID, true
}

// Has reports whether there is an entry with the ID.
func (s *Stream) Has(id StreamID) bool {
	it := s.Iter(id, id, false)
	return it.Next()
}

// Nodes is how many packs of entries there are.
func (s *Stream) Nodes() int { return int(s.h.nodes.n) }

// NodesBefore is how many packs begin below an ID.
func (s *Stream) NodesBefore(id StreamID) int {
	t := s.tree()
	p, _ := t.find(id.key(), nil)
	return t.rank(&p)
}

// Around is about how many entries there are from lo to hi: those of all packs
// that may have some.
func (s *Stream) Around(lo, hi StreamID) int64 {
	if s.h.length == 0 || hi.Less(lo) {
		return 0
	}
	packs := uint64(s.NodesBefore(hi) - s.NodesBefore(lo) + 1)
	return int64(min(s.h.length, packs*(s.h.length/s.h.nodes.n+1)))
}

// Blocks is the number of branches and leaves above the packs.
func (s *Stream) Blocks() int {
	t := s.tree()
	n := 0
	for p := t.first(); p.valid(); {
		n++
		for h := p.h - 1; h >= 0 && p.path[h].i == 0; h-- {
			n++ // the first leaf of a branch counts it
		}
		if !t.nextLeaf(&p) {
			break
		}
	}
	return n
}

// EachNode calls f with every pack of entries and the ID that those in it count
// from, until it returns false. The bytes are in place.
func (s *Stream) EachNode(f func(id StreamID, listpack []byte) bool) {
	t := s.tree()
	for p := t.first(); p.valid(); t.next(&p) {
		if !f(idOf(t.key(&p)), nodeOf(t.cell(&p))) {
			return
		}
	}
}

// setFirst finds the first entry after some were removed.
func (s *Stream) setFirst() {
	s.h.first = StreamID{}
	if s.h.length == 0 {
		return
	}
	if it := s.Iter(StreamID{}, MaxStreamID, false); it.Next() {
		s.h.first = it.ID
	}
}

package object

import (
	"errors"
	"hash/maphash"
	"sync"

	"clusternode/arena"
)

// ErrOOM is returned when there is no memory for a change. Nothing was changed.
var ErrOOM = errors.New("object: out of memory")

// ErrTooBig is returned for what no value can hold: an element above MaxElement
// or more than MaxLen elements.
var ErrTooBig = errors.New("object: value too big")

// MaxElement is the longest element of a collection, in bytes, and MaxLen the
// most elements.
const (
	MaxElement = 1<<31 - 1
	MaxLen     = 1<<32 - 2
)

// Host is the entry that a value lives in; package keyspace implements it. The
// value is in the arena: it may be changed in place, and dies when the host is
// resized or its partition is written.
type Host interface {
	Value() []byte
	// Resize changes the value's length and returns it. The first bytes stay, up
	// to the shorter of both lengths. After an error nothing is changed; a value
	// that gets shorter always succeeds.
	Resize(n int) ([]byte, error)
	Encoding() Encoding
	SetEncoding(Encoding)
	Space() *Space
}

// Splice replaces the del bytes at at of the host's value by ins bytes, whose
// content is the caller's affair, and returns the new value.
func Splice(h Host, at, del, ins int) ([]byte, error) {
	v := h.Value()
	n := len(v)
	switch {
	case ins == del:
		return v, nil
	case ins < del:
		copy(v[at+ins:], v[at+del:])
		return h.Resize(n - del + ins)
	}
	v, err := h.Resize(n + ins - del)
	if err != nil {
		return nil, err
	}
	copy(v[at+ins:], v[at+del:n])
	return v, nil
}

// Space is what the values of one shard of the keyspace share: where their
// blocks are, how members are hashed, and which blocks a snapshot still needs.
type Space struct {
	Arena *arena.Arena // constant
	seed  maphash.Seed // constant

	// epoch is stamped on new nodes. Nodes with a stamp below floor belong to a
	// snapshot as well: a writer copies them, and nobody frees them before Thaw.
	// Both change under the gate only.
	epoch, floor uint32

	mu      sync.Mutex
	retired []arena.Ref // blocks that only a snapshot needs, guarded by mu
}

// NewSpace makes the space of an arena. The seed is the same for all spaces of
// a process, so that a value can be copied from one to the other.
func NewSpace(a *arena.Arena, seed maphash.Seed) *Space {
	return &Space{Arena: a, seed: seed, epoch: 1}
}

// Hash is the hash of a member: the place of it in a big hash or set, and the
// cursor of a scan.
func (s *Space) Hash(b []byte) uint32 { return uint32(maphash.Bytes(s.seed, b) >> 32) }

// Freeze keeps all trees as they are for whoever copies their roots before the
// next change. No other snapshot of the space is open. Under the gate.
func (s *Space) Freeze() {
	s.epoch++
	s.floor = s.epoch
}

// Thaw ends what Freeze began, and frees the blocks that only the snapshot
// needed. Under the gate.
func (s *Space) Thaw() {
	s.floor = 0
	for _, r := range s.retired {
		s.Arena.Free(r, arena.Entry)
	}
	s.retired = nil
}

// Frozen reports whether a snapshot is open.
func (s *Space) Frozen() bool { return s.floor != 0 }

// free gives a block with its stamp back and returns its length, or leaves it to
// the snapshot and returns 0.
func (s *Space) free(r arena.Ref, epoch uint32) int {
	if epoch < s.floor {
		s.mu.Lock()
		s.retired = append(s.retired, r)
		s.mu.Unlock()
		return 0
	}
	return s.Arena.Free(r, arena.Entry)
}

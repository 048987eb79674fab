package tracking

import (
	"encoding/binary"
	"math/bits"
	"sort"
	"sync"
)

// shard is the part of the table with its own lock: an index with open
// addressing and linear probing, and the log of blocks.
type shard struct {
	mu sync.Mutex
	// Guarded by mu.
	index []uint64 // tag and place + 1; 0: free. Its length is a power of two.
	keys  int
	items int
	log   []byte
	dead  int // bytes of the log that belong to no key
	_     [48]byte
}

// An entry of the index is the low tagBits of the key's hash and, below, the
// block's place in units of four bytes, plus one. The tag is all that says
// where the entry belongs, so an index has at most 1<<tagBits entries.
const (
	placeBits = 40
	tagBits   = 64 - placeBits
	placeMask = 1<<placeBits - 1
	minIndex  = 8
)

// A block is the length of its key, the number of its items, room for as many
// items as roomFor says, and the key.
const (
	unit      = 4
	blockHead = 2 * unit
)

// Sizes of a log, bytes: the smallest, and the one from which on holes are
// filled even if there is room at the end.
const (
	minLog   = 1 << 10
	largeLog = 64 << 10
)

// roomFor is the number of items that a block with n of them has room for:
// a power of two, or one and a half times one.
func roomFor(n int) int {
	if n <= 2 {
		return n
	}
	p := 1 << bits.Len(uint(n-1))
	if n <= p/4*3 {
		return p / 4 * 3
	}
	return p
}

func tagOf(hash uint64) uint64 { return hash & (1<<tagBits - 1) }

// blockSize is the length of a block in bytes.
func blockSize(keyLen, items int) int {
	return blockHead + roomFor(items)*unit + (keyLen+unit-1)/unit*unit
}

func (s *shard) bytes() int { return cap(s.log) + cap(s.index)*8 }

func (s *shard) word(at int) uint32         { return binary.LittleEndian.Uint32(s.log[at:]) }
func (s *shard) setWord(at int, v uint32)   { binary.LittleEndian.PutUint32(s.log[at:], v) }
func (s *shard) itemAt(block, i int) Client { return Client(s.word(block + blockHead + i*unit)) }

// place is the block of an entry of the index, as an offset in the log.
func (s *shard) place(i int) int { return int(s.index[i]&placeMask-1) * unit }

func (s *shard) count(block int) int { return int(s.word(block + unit)) }

func (s *shard) size(block int) int { return blockSize(int(s.word(block)), s.count(block)) }

// key aliases the log.
func (s *shard) key(block int) []byte {
	at := block + blockHead + roomFor(s.count(block))*unit
	return s.log[at : at+int(s.word(block))]
}

// find returns the key's entry of the index.
func (s *shard) find(hash uint64, key []byte) (i int, found bool) {
	if s.keys == 0 {
		return 0, false
	}
	mask, tag := len(s.index)-1, tagOf(hash)
	for i = int(tag) & mask; s.index[i] != 0; i = (i + 1) & mask {
		if s.index[i]>>placeBits == tag && string(s.key(s.place(i))) == string(key) {
			return i, true
		}
	}
	return 0, false
}

// some returns an entry chosen by a random number; there is one.
func (s *shard) some(r uint64) int {
	mask := len(s.index) - 1
	i := int(r) & mask
	for s.index[i] == 0 {
		i = (i + 1) & mask
	}
	return i
}

// add adds an item and reports whether it is new.
func (s *shard) add(hash uint64, key []byte, c Client) bool {
	i, found := s.find(hash, key)
	if !found {
		s.addKey(hash, key, c)
		return true
	}
	block := s.place(i)
	n := s.count(block)
	at := sort.Search(n, func(j int) bool { return s.itemAt(block, j) >= c })
	if at < n && s.itemAt(block, at) == c {
		return false
	}
	if roomFor(n+1) != roomFor(n) {
		block = s.widen(i)
	}
	items := s.log[block+blockHead:]
	copy(items[(at+1)*unit:(n+1)*unit], items[at*unit:n*unit])
	binary.LittleEndian.PutUint32(items[at*unit:], uint32(c))
	s.setWord(block+unit, uint32(n+1))
	s.items++
	return true
}

func (s *shard) addKey(hash uint64, key []byte, c Client) {
	if (s.keys+1)*4 > len(s.index)*3 {
		s.resize(max(2*len(s.index), minIndex))
	}
	size := blockSize(len(key), 1)
	s.reserve(size)
	block := len(s.log)
	s.log = s.log[:block+size]
	s.setWord(block, uint32(len(key)))
	s.setWord(block+unit, 1)
	s.setWord(block+blockHead, uint32(c))
	copy(s.log[block+blockHead+unit:], key)
	s.put(tagOf(hash)<<placeBits | uint64(block/unit+1))
	s.keys++
	s.items++
}

// widen moves a block to the end of the log, with room for one more item. The
// caller writes the item and the new count.
func (s *shard) widen(i int) (block int) {
	was := s.place(i)
	n, keyLen := s.count(was), int(s.word(was))
	s.reserve(blockSize(keyLen, n+1))
	was = s.place(i) // the log may have been rewritten
	block = len(s.log)
	s.log = s.log[:block+blockSize(keyLen, n+1)]
	copy(s.log[block:], s.log[was:was+blockHead+n*unit])
	copy(s.log[block+blockHead+roomFor(n+1)*unit:], s.key(was))
	s.dead += blockSize(keyLen, n)
	s.index[i] = s.index[i]&^placeMask | uint64(block/unit+1)
	return block
}

// take removes an entry and returns its items.
func (s *shard) take(i int) []Client {
	block := s.place(i)
	got := make([]Client, s.count(block))
	for j := range got {
		got[j] = s.itemAt(block, j)
	}
	s.dead += s.size(block)
	s.drop(i)
	s.keys--
	s.items -= len(got)
	switch {
	case s.keys == 0:
		s.reset()
	case len(s.index) > minIndex && s.keys*8 < len(s.index):
		s.resize(len(s.index) / 2)
	}
	if len(s.log) > largeLog && s.dead > len(s.log)/2 {
		s.rewrite(0)
	}
	return got
}

// reset empties the shard; a small log is kept.
func (s *shard) reset() {
	s.keys, s.items, s.dead = 0, 0, 0
	if cap(s.log) > minLog {
		s.index, s.log = nil, nil
		return
	}
	clear(s.index)
	s.log = s.log[:0]
}

// put stores an entry in its home or behind it.
func (s *shard) put(e uint64) {
	mask := len(s.index) - 1
	i := int(e>>placeBits) & mask
	for s.index[i] != 0 {
		i = (i + 1) & mask
	}
	s.index[i] = e
}

// drop frees an entry and moves those behind it that would not be found any
// more (Knuth, volume 3, section 6.4, algorithm R).
func (s *shard) drop(i int) {
	mask := len(s.index) - 1
	for j := (i + 1) & mask; s.index[j] != 0; j = (j + 1) & mask {
		home := int(s.index[j]>>placeBits) & mask
		if (j-home)&mask >= (j-i)&mask {
			s.index[i] = s.index[j]
			i = j
		}
	}
	s.index[i] = 0
}

// resize makes a new index of that length.
func (s *shard) resize(n int) {
	was := s.index
	s.index = make([]uint64, n)
	for _, e := range was {
		if e != 0 {
			s.put(e)
		}
	}
}

// reserve makes room for n bytes at the end of the log.
func (s *shard) reserve(n int) {
	if len(s.log)+n > cap(s.log) {
		s.rewrite(n)
	}
}

// rewrite copies the blocks that are alive to a new log with room for n bytes
// more, and for growth.
func (s *shard) rewrite(n int) {
	alive := len(s.log) - s.dead
	log := make([]byte, 0, max((alive+n)*3/2, minLog)/unit*unit)
	if s.dead == 0 {
		s.log = append(log, s.log...)
		return
	}
	for i, e := range s.index {
		if e != 0 {
			block := s.place(i)
			s.index[i] = e&^placeMask | uint64(len(log)/unit+1)
			log = append(log, s.log[block:block+s.size(block)]...)
		}
	}
	s.log, s.dead = log, 0
}

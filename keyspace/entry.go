package keyspace

import (
	"unsafe"

	"clusternode/object"
)

// Entry is a key with its value, as a pointer to its block. The zero Entry is
// a missing key. An Entry, and every slice taken from it, dies at the next
// write to its partition and when the slot's lock is given back.
//
// A block is
//
//	header 8 | expiry 8, if any | key length 8, if extended | value length 8, if extended | key | value
//
// and the header, from the lowest bit up,
//
//	type 3 | encoding 3 | has expiry 1 | snapshot parity 1 | access 24 | key length 8 | value length 24
//
// A key length of 255 and a value length of 2^24-1 say "extended". The parity
// bit is kept for snapshots.
type Entry struct{ p unsafe.Pointer }

const (
	headerSize = 8
	extraSize  = 8 // of each optional field

	encShift   = 3
	expireBit  = 1 << 6
	lruShift   = 8
	lruMask    = 1<<24 - 1
	keyShift   = 32
	keyExt     = 1<<8 - 1
	valueShift = 40
	valueExt   = 1<<24 - 1
)

// MaxKey and MaxValue are the longest key and value an entry can hold, bytes.
const (
	MaxKey   = 1<<32 - 1
	MaxValue = 1<<32 - 1
)

// entrySize is the length of an entry's block, bytes.
func entrySize(keyLen, valueLen int, hasExpire bool) int {
	size := headerSize + keyLen + valueLen
	if hasExpire {
		size += extraSize
	}
	if keyLen >= keyExt {
		size += extraSize
	}
	if valueLen >= valueExt {
		size += extraSize
	}
	return size
}

func (e Entry) header() uint64     { return *(*uint64)(e.p) }
func (e Entry) setHeader(h uint64) { *(*uint64)(e.p) = h }

func (e Entry) word(offset int) *uint64 {
	return (*uint64)(unsafe.Add(e.p, offset))
}

// layout returns where the key and the value begin and how long they are.
func (e Entry) layout() (keyAt, keyLen, valueAt, valueLen int) {
	h := e.header()
	keyAt = headerSize + int(h>>3&8) // the expiry bit, times 8
	keyLen = int(h >> keyShift & keyExt)
	valueLen = int(h >> valueShift)
	if keyLen == keyExt || valueLen == valueExt {
		return e.layoutExtended(keyAt, keyLen, valueLen)
	}
	return keyAt, keyLen, keyAt + keyLen, valueLen
}

func (e Entry) layoutExtended(at, keyLen, valueLen int) (int, int, int, int) {
	if keyLen == keyExt {
		keyLen = int(*e.word(at))
		at += extraSize
	}
	if valueLen == valueExt {
		valueLen = int(*e.word(at))
		at += extraSize
	}
	return at, keyLen, at + keyLen, valueLen
}

// Exists reports whether there is an entry at all.
func (e Entry) Exists() bool { return e.p != nil }

// Key is the entry's key, in place: read only.
func (e Entry) Key() []byte {
	at, n, _, _ := e.layout()
	return unsafe.Slice((*byte)(unsafe.Add(e.p, at)), n)
}

// Value is the entry's value, in place. It may be changed in place, with the
// slot locked, as long as its length stays.
func (e Entry) Value() []byte {
	_, _, at, n := e.layout()
	return unsafe.Slice((*byte)(unsafe.Add(e.p, at)), n)
}

// hasKey compares the entry's key.
func (e Entry) hasKey(key []byte) bool {
	at, n, _, _ := e.layout()
	return n == len(key) && string(unsafe.Slice((*byte)(unsafe.Add(e.p, at)), n)) == string(key)
}

// Type is the type of the value.
func (e Entry) Type() Type { return Type(e.header() & 7) }

// Encoding is the representation of the value.
func (e Entry) Encoding() Encoding {
	h := e.header()
	return object.EncodingOf(Type(h&7), h>>encShift&7)
}

// SetEncoding changes the representation; the bytes are the caller's affair.
func (e Entry) SetEncoding(enc Encoding) {
	e.setHeader(e.header()&^(7<<encShift) | enc.Bits()<<encShift)
}

// HasExpire reports whether the key has a time to live.
func (e Entry) HasExpire() bool { return e.header()&expireBit != 0 }

// ExpireAt is when the key expires, unix milliseconds; only with HasExpire.
func (e Entry) ExpireAt() int64 { return int64(*e.word(headerSize)) }

func (e Entry) setExpireAt(at int64) { *e.word(headerSize) = uint64(at) }

// blockLen is the length of the entry's block as far as it is used, bytes.
func (e Entry) blockLen() int {
	_, _, at, n := e.layout()
	return at + n
}

// write fills a block of entrySize bytes or more. Value may alias the block
// (it is copied first, and before anything else), key may not.
func (e Entry) write(key []byte, t Type, enc Encoding, value []byte, expireAt int64, hasExpire bool, lru uint32) {
	at := entrySize(len(key), len(value), hasExpire) - len(value)
	copy(unsafe.Slice((*byte)(unsafe.Add(e.p, at)), len(value)), value)
	e.writeHead(key, t, enc, len(value), expireAt, hasExpire, lru)
}

// writeHead writes all but the value.
func (e Entry) writeHead(key []byte, t Type, enc Encoding, valueLen int, expireAt int64, hasExpire bool, lru uint32) {
	h := uint64(t&7) | enc.Bits()<<encShift | uint64(lru&lruMask)<<lruShift
	at := headerSize
	if hasExpire {
		h |= expireBit
		e.setExpireAt(expireAt)
		at += extraSize
	}
	if len(key) >= keyExt {
		h |= keyExt << keyShift
		*e.word(at) = uint64(len(key))
		at += extraSize
	} else {
		h |= uint64(len(key)) << keyShift
	}
	if valueLen >= valueExt {
		h |= valueExt << valueShift
		*e.word(at) = uint64(valueLen)
		at += extraSize
	} else {
		h |= uint64(valueLen) << valueShift
	}
	e.setHeader(h)
	copy(unsafe.Slice((*byte)(unsafe.Add(e.p, at)), len(key)), key)
}

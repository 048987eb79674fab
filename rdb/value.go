package rdb

import (
	"math"

	"clusternode/object"
)

// Value is what an entry holds. Its trees, if it has any, are in a space; Bytes
// is the entry's value, or what shall be one.
type Value struct {
	Type  object.Type
	Enc   object.Encoding // of a string that was read always EncRaw: the caller knows better
	Bytes []byte
}

// Free gives the trees of a value back that was read and not stored.
func (v Value) Free(sp *object.Space) {
	object.Detach(sp, v.Type, v.Enc, v.Bytes).Free(math.MaxInt)
}

// Limits are the thresholds between packed and other encodings, as in the
// directives of the same meaning.
type Limits struct {
	HashEntries, HashValue int // hash-max-listpack-entries, -value
	ListSize               int // list-max-listpack-size
	ListPlain              int // bytes from which an element is a node of its own; 0: as ListSize says
	IntsetLen              int // set-max-intset-entries
	SetEntries, SetValue   int // set-max-listpack-entries, -value
	ZSetEntries, ZSetValue int // zset-max-listpack-entries, -value
}

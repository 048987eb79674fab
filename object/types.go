package object

// Type is what kind of value a key holds.
type Type uint8

// The types, as TYPE and SCAN ... TYPE name them.
const (
	TypeString Type = iota
	TypeList
	TypeSet
	TypeZSet
	TypeHash
	TypeStream
)

var typeNames = [...]string{"string", "list", "set", "zset", "hash", "stream"}

// String is the name that TYPE replies.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "unknown"
}

// Encoding is how a value is represented.
type Encoding uint8

// The encodings. The first eight fit three bits of an entry's header; the
// others share a number with one that their type does not have, see Bits.
const (
	EncRaw Encoding = iota
	EncInt
	EncEmbstr
	EncListpack
	EncIntset
	EncHashtable
	EncSkiplist
	EncQuicklist
	EncStream
	EncListpackEx // a hash whose fields have times to live, packed
)

var encodingNames = [...]string{
	"raw", "int", "embstr", "listpack", "intset", "hashtable", "skiplist", "quicklist", "stream", "listpackex",
}

// String is the name that OBJECT ENCODING replies.
func (e Encoding) String() string {
	if int(e) < len(encodingNames) {
		return encodingNames[e]
	}
	return "unknown"
}

// Bits are the three bits that stand for the encoding in an entry's header.
func (e Encoding) Bits() uint64 {
	switch e {
	case EncStream, EncListpackEx:
		return 0
	}
	return uint64(e)
}

// EncodingOf is the encoding that the bits stand for in a value of type t.
func EncodingOf(t Type, bits uint64) Encoding {
	if bits == 0 {
		switch t {
		case TypeStream:
			return EncStream
		case TypeHash:
			return EncListpackEx
		}
	}
	return Encoding(bits & 7)
}

// HasTrees reports whether values of the encoding are roots of trees, so that
// they own other blocks than their entry.
func HasTrees(t Type, e Encoding) bool {
	switch e {
	case EncHashtable, EncSkiplist, EncQuicklist:
		return true
	case EncStream:
		return t == TypeStream
	}
	return false
}

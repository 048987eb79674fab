package keyspace

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

// The encodings. All but EncStream fit three bits of an entry's header; that
// one is implied by TypeStream.
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
)

var encodingNames = [...]string{
	"raw", "int", "embstr", "listpack", "intset", "hashtable", "skiplist", "quicklist", "stream",
}

// String is the name that OBJECT ENCODING replies.
func (e Encoding) String() string {
	if int(e) < len(encodingNames) {
		return encodingNames[e]
	}
	return "unknown"
}

package rdb

import (
	"errors"
	"fmt"
)

// Version is the version of the format that is written: that of Redis 7.2.
// versionHashTTL is the one that hashes need whose fields have times to live,
// that of Redis 7.4 and 8.0.
const (
	Version        = 11
	versionHashTTL = 12
)

// Valkey counts its own versions from 80, in which the type 22 means something
// else than it does in Redis.
const versionValkey = 80

// Readable reports whether values of a version of the format can be read. There
// was no version 0, but servers take it.
func Readable(version int) bool {
	return version >= 0 && version <= versionHashTTL || version == versionValkey
}

// kind is the byte that says what value follows and in which form.
type kind byte

// The kinds of values. 8 was never used.
const (
	kindString     kind = 0
	kindList       kind = 1 // elements
	kindSet        kind = 2
	kindZSetText   kind = 3 // scores as text
	kindHash       kind = 4
	kindZSet       kind = 5 // scores as eight bytes
	kindModuleOld  kind = 6
	kindModule     kind = 7
	kindZipmap     kind = 9
	kindListZip    kind = 10 // one ziplist
	kindIntset     kind = 11
	kindZSetZip    kind = 12
	kindHashZip    kind = 13
	kindQuickZip   kind = 14 // ziplists
	kindStream1    kind = 15
	kindHashPack   kind = 16 // one listpack
	kindZSetPack   kind = 17
	kindQuick      kind = 18 // listpacks and single elements
	kindStream2    kind = 19 // with first ID, entries added, entries read
	kindSetPack    kind = 20
	kindStream3    kind = 21 // with the time of a consumer's last success
	kindHashTTLOld kind = 22 // Redis before 7.4: each field with its expiry. Valkey: see hash_ttl.go
	kindPackTTLOld kind = 23
	kindHashTTL    kind = 24 // expiries relative to the first one
	kindPackTTL    kind = 25 // one listpack of fields, values, expiries
)

// Forms of a string: what the low six bits mean when a length has both of its
// high bits set, formMark.
const formMark = 0xc0

const (
	formInt8 = iota
	formInt16
	formInt32
	formLZF
)

// Containers of a node of kindQuick.
const (
	containerPlain  = 1
	containerPacked = 2
)

// ErrCorrupt is in the chain of every error about bytes that are not a value.
// Other errors than this are object.ErrOOM and object.ErrTooBig.
var ErrCorrupt = errors.New("rdb: corrupt value")

// corrupt is an error with the place in the input, in bytes.
func (r *Reader) corrupt(format string, args ...any) error {
	return fmt.Errorf("%w at byte %d: %s", ErrCorrupt, r.at, fmt.Sprintf(format, args...))
}

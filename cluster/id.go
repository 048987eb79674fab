package cluster

import (
	"encoding/hex"
	"math/rand/v2"
)

// IDLen is the length of a node id or shard id: hexadecimal digits, lower case.
const IDLen = 40

// ValidID reports whether s is a node id.
func ValidID(s string) bool {
	if len(s) != IDLen {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// randomID draws a node id.
func randomID(r *rand.Rand) string {
	var b [IDLen / 2]byte
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return hex.EncodeToString(b[:])
}

// Boot is one life of a node's process: lives of one node id are ordered by
// the persisted counter, and by chance where two processes share a nodes.conf.
type Boot struct{ Counter, Nonce uint64 }

// Less reports whether b is an earlier life than o.
func (b Boot) Less(o Boot) bool {
	if b.Counter != o.Counter {
		return b.Counter < o.Counter
	}
	return b.Nonce < o.Nonce
}

// Version orders the records of one node. The zero Version is older than any.
type Version struct {
	Boot Boot
	Seq  uint64
}

// Less reports whether v is older than o.
func (v Version) Less(o Version) bool {
	if v.Boot != o.Boot {
		return v.Boot.Less(o.Boot)
	}
	return v.Seq < o.Seq
}

package cluster

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// ErrWire is returned for bytes that are no message, delta or record.
var ErrWire = errors.New("cluster: malformed message")

const idBytes = IDLen / 2

// appendID appends an id's 20 bytes; "" is written as zeros.
func appendID(b []byte, id string) []byte {
	var raw [idBytes]byte
	if _, err := hex.Decode(raw[:], []byte(id)); err != nil {
		raw = [idBytes]byte{}
	}
	return append(b, raw[:]...)
}

// reader takes values off the front of untrusted bytes. After the first value
// that does not fit, bad is set and everything reads as zero.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// uvarint reads a number that must not exceed limit.
func (r *reader) uvarint(limit uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if r.bad || n <= 0 || v > limit {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) id() string {
	if b := r.take(idBytes); b != nil {
		return hex.EncodeToString(b)
	}
	return ""
}

// optionalID reads what appendID wrote for an id that may be missing.
func (r *reader) optionalID() string {
	if id := r.id(); id != noID {
		return id
	}
	return ""
}

const noID = "0000000000000000000000000000000000000000"

// maxCount bounds boot counters and sequences: there must be room to count on.
const maxCount = 1 << 62

func (r *reader) version() Version {
	v := Version{r.boot(), r.u64()}
	r.bad = r.bad || v.Seq > maxCount
	return v
}

func (r *reader) boot() Boot {
	b := Boot{r.u64(), r.u64()}
	r.bad = r.bad || b.Counter > maxCount
	return b
}

func appendVersion(b []byte, v Version) []byte {
	b = binary.BigEndian.AppendUint64(b, v.Boot.Counter)
	b = binary.BigEndian.AppendUint64(b, v.Boot.Nonce)
	return binary.BigEndian.AppendUint64(b, v.Seq)
}

// end reports whether everything was read and made sense.
func (r *reader) end() error {
	if r.bad || len(r.b) > 0 {
		return ErrWire
	}
	return nil
}

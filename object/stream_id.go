package object

import (
	"math"
	"strconv"
)

// StreamID is the ID of an entry of a stream: milliseconds and, among those of
// one millisecond, a number.
type StreamID struct{ MS, Seq uint64 }

// MaxStreamID is the highest one.
var MaxStreamID = StreamID{math.MaxUint64, math.MaxUint64}

// Less reports whether a comes before b.
func (a StreamID) Less(b StreamID) bool { return a.MS < b.MS || a.MS == b.MS && a.Seq < b.Seq }

// IsZero reports whether it is 0-0, which no entry has.
func (a StreamID) IsZero() bool { return a == StreamID{} }

// Next is the ID that follows; ok is false behind the highest one.
func (a StreamID) Next() (id StreamID, ok bool) {
	switch {
	case a.Seq < math.MaxUint64:
		return StreamID{a.MS, a.Seq + 1}, true
	case a.MS < math.MaxUint64:
		return StreamID{a.MS + 1, 0}, true
	}
	return a, false
}

// Prev is the ID before; ok is false before 0-0.
func (a StreamID) Prev() (id StreamID, ok bool) {
	switch {
	case a.Seq > 0:
		return StreamID{a.MS, a.Seq - 1}, true
	case a.MS > 0:
		return StreamID{a.MS - 1, math.MaxUint64}, true
	}
	return a, false
}

// Append appends the ID as "ms-seq".
func (a StreamID) Append(dst []byte) []byte {
	dst = strconv.AppendUint(dst, a.MS, 10)
	dst = append(dst, '-')
	return strconv.AppendUint(dst, a.Seq, 10)
}

func (a StreamID) String() string { return string(a.Append(nil)) }

func (a StreamID) key() key { return key{a.MS, a.Seq} }

func idOf(k key) StreamID { return StreamID{k.hi, k.lo} }

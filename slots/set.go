package slots

import (
	"bytes"
	"errors"
	"iter"
	"math/bits"
	"strconv"
	"strings"
)

// Range is the slots First to Last, both included.
type Range struct{ First, Last Slot }

// String prints the range as CLUSTER NODES does: "0-5460", or "7".
func (r Range) String() string { return string(r.Append(nil)) }

// Append appends the printed range.
func (r Range) Append(b []byte) []byte {
	b = strconv.AppendUint(b, uint64(r.First), 10)
	if r.Last != r.First {
		b = append(b, '-')
		b = strconv.AppendUint(b, uint64(r.Last), 10)
	}
	return b
}

// Len is the number of slots in the range.
func (r Range) Len() int { return int(r.Last) - int(r.First) + 1 }

// ErrRange is returned for text that is not a slot or a range of slots.
var ErrRange = errors.New("slots: not a slot or a range of slots")

// ParseRange reads "7" or "0-5460".
func ParseRange(text string) (Range, error) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	a, okA := ParseSlot([]byte(first))
	b, okB := ParseSlot([]byte(last))
	if !okA || !okB || a > b {
		return Range{}, ErrRange
	}
	return Range{a, b}, nil
}

// Set is a set of slots. The zero value is empty.
type Set struct{ words [Count / 64]uint64 }

// SetBytes is the length of a Set's bitmap in bytes.
const SetBytes = Count / 8

// Add puts s into the set.
func (t *Set) Add(s Slot) { t.words[s/64] |= 1 << (s % 64) }

// AddRange puts every slot of r into the set.
func (t *Set) AddRange(r Range) {
	for s := int(r.First); s <= int(r.Last); s++ {
		t.Add(Slot(s))
	}
}

// Remove takes s out of the set.
func (t *Set) Remove(s Slot) { t.words[s/64] &^= 1 << (s % 64) }

// Has reports whether s is in the set.
func (t *Set) Has(s Slot) bool { return t.words[s/64]>>(s%64)&1 != 0 }

// Len counts the slots in the set.
func (t *Set) Len() int {
	n := 0
	for _, w := range t.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Empty reports whether the set has no slot.
func (t *Set) Empty() bool { return *t == Set{} }

// Union adds every slot of o.
func (t *Set) Union(o *Set) {
	for i, w := range o.words {
		t.words[i] |= w
	}
}

// All yields the slots in ascending order.
func (t *Set) All() iter.Seq[Slot] {
	return func(yield func(Slot) bool) {
		for i, w := range t.words {
			for ; w != 0; w &= w - 1 {
				if !yield(Slot(i*64 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// Ranges yields the set as maximal ranges in ascending order.
func (t *Set) Ranges() iter.Seq[Range] {
	return func(yield func(Range) bool) {
		var run Range
		open := false
		for s := range t.All() {
			switch {
			case open && s == run.Last+1:
				run.Last = s
				continue
			case open && !yield(run):
				return
			}
			run, open = Range{s, s}, true
		}
		if open {
			yield(run)
		}
	}
}

// String prints the ranges of the set with spaces between, "" if it is empty.
func (t *Set) String() string {
	var b []byte
	for r := range t.Ranges() {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = r.Append(b)
	}
	return string(b)
}

// AppendBitmap appends the set as SetBytes bytes, slot 0 in the lowest bit of
// the first byte, as the Redis cluster bus has it.
func (t *Set) AppendBitmap(b []byte) []byte {
	for _, w := range t.words {
		for i := range 8 {
			b = append(b, byte(w>>(8*i)))
		}
	}
	return b
}

// SetFromBitmap is the inverse of AppendBitmap; b has SetBytes bytes.
func SetFromBitmap(b []byte) (*Set, error) {
	if len(b) != SetBytes {
		return nil, ErrRange
	}
	var t Set
	for i, c := range b {
		t.words[i/8] |= uint64(c) << (8 * (i % 8))
	}
	return &t, nil
}

// ParseSet reads ranges with spaces between; see Set.String.
func ParseSet(text string) (*Set, error) {
	var t Set
	for word := range strings.FieldsSeq(text) {
		r, err := ParseRange(word)
		if err != nil {
			return nil, err
		}
		t.AddRange(r)
	}
	return &t, nil
}

// Full is the set of all slots.
func Full() *Set {
	b, _ := SetFromBitmap(bytes.Repeat([]byte{0xff}, SetBytes))
	return b
}

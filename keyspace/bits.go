package keyspace

import (
	"math/bits"
	"sync/atomic"

	"clusternode/slots"
)

// slotBits is a set of slots that many may change at once.
type slotBits struct {
	words [slots.Count / 64]atomic.Uint64
}

func (b *slotBits) set(s slots.Slot)      { b.words[s/64].Or(1 << (s % 64)) }
func (b *slotBits) clear(s slots.Slot)    { b.words[s/64].And(^(uint64(1) << (s % 64))) }
func (b *slotBits) has(s slots.Slot) bool { return b.words[s/64].Load()>>(s%64)&1 != 0 }

// next is the first member at or after from, or slots.Count.
func (b *slotBits) next(from int) int {
	if from >= slots.Count {
		return slots.Count
	}
	w := b.words[from/64].Load() &^ (1<<(from%64) - 1)
	for i := from / 64; ; w = b.words[i].Load() {
		if w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
		if i++; i == len(b.words) {
			return slots.Count
		}
	}
}

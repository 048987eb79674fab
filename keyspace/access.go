package keyspace

// The 24 access bits of an entry hold, as maxmemory-policy asks, either the
// LRU clock (seconds, modulo 2^24) or for LFU 16 bits of minutes and an 8-bit
// logarithmic counter. Source for the counter: "Using Redis as an LRU cache",
// approximated LFU with a Morris counter.

// lfuInit is the counter of a new key, so that it is not evicted at once.
const lfuInit = 5

// LRU is the entry's 24 access bits.
func (e Entry) LRU() uint32 { return uint32(e.header()>>lruShift) & lruMask }

// TouchLRU stores the access bits. The header's line is only dirtied when they
// change.
func (e Entry) TouchLRU(clock uint32) {
	h := e.header()
	if n := h&^(lruMask<<lruShift) | uint64(clock&lruMask)<<lruShift; n != h {
		e.setHeader(n)
	}
}

// TouchLFU counts an access: the counter first decays by the minutes since the
// last one, then grows with a probability that falls as it rises. random is in
// [0, 1).
func (e Entry) TouchLFU(minutes uint32, random float64, logFactor, decayMinutes int) {
	n := LFUCounter(e.LRU(), minutes, decayMinutes)
	if n < 255 {
		base := max(float64(n)-lfuInit, 0)
		if random < 1/(base*float64(logFactor)+1) {
			n++
		}
	}
	e.TouchLRU(minutes&0xffff<<8 | uint32(n))
}

// NewLFU is the access bits of a key created at the given minute.
func NewLFU(minutes uint32) uint32 { return minutes&0xffff<<8 | lfuInit }

// LFUCounter is the access counter inside lru, decayed up to now: one for
// every decayMinutes passed; 0 means it does not decay.
func LFUCounter(lru, minutes uint32, decayMinutes int) uint8 {
	n := uint8(lru)
	if decayMinutes <= 0 {
		return n
	}
	passed := int((minutes - lru>>8) & 0xffff)
	return uint8(max(int(n)-passed/decayMinutes, 0))
}

// LRUIdle is the seconds since the access recorded in lru, for a clock of
// seconds modulo 2^24.
func LRUIdle(lru, clock uint32) uint32 { return (clock - lru) & lruMask }

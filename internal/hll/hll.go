package hll

import (
	"encoding/binary"
	"math"
	"math/bits"
)

const (
	precision  = 14
	Registers  = 1 << precision
	HeaderSize = 16
	DenseSize  = HeaderSize + Registers*6/8

	maxRank    = 64 - precision + 1 // of a hash
	magic      = "HYLL"
	dense      = 0
	sparse     = 1
	staleMark  = 0x80
	encodingAt = 4
	countAt    = 8
)

// Valid reports whether the bytes have the header of a HyperLogLog, and the
// length if it is dense.
func Valid(b []byte) bool {
	return len(b) >= HeaderSize && string(b[:len(magic)]) == magic && b[encodingAt] <= sparse &&
		(b[encodingAt] != dense || len(b) == DenseSize)
}

// IsDense reports whether the registers are dense.
func IsDense(b []byte) bool { return b[encodingAt] == dense }

// AppendNew appends an empty, sparse HyperLogLog.
func AppendNew(dst []byte) []byte {
	dst = append(dst, magic...)
	dst = append(dst, sparse, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	return append(dst, 0x7F, 0xFF)
}

// Cached is the count in the header; ok is false if it is stale.
func Cached(b []byte) (n uint64, ok bool) {
	return binary.LittleEndian.Uint64(b[countAt:]), b[countAt+7]&staleMark == 0
}

// SetCached writes the count into the header.
func SetCached(b []byte, n uint64) { binary.LittleEndian.PutUint64(b[countAt:], n) }

// Stale marks the count in the header as stale.
func Stale(b []byte) { b[countAt+7] |= staleMark }

// Place is the register of an element, and its value if no other had it before.
func Place(elem []byte) (register int, rank byte) {
	h := murmur64A(elem, 0xadc83b19)
	return int(h & (Registers - 1)), byte(bits.TrailingZeros64(h>>precision|1<<(64-precision)) + 1)
}

// denseAt is register i of a dense list.
func denseAt(regs []byte, i int) byte {
	at, shift := i*6/8, uint(i*6&7)
	v := uint(regs[at]) >> shift
	if shift > 2 {
		v |= uint(regs[at+1]) << (8 - shift)
	}
	return byte(v & 63)
}

func setDense(regs []byte, i int, v byte) {
	at, shift := i*6/8, uint(i*6&7)
	regs[at] = regs[at]&^byte(63<<shift) | v<<shift
	if shift > 2 {
		regs[at+1] = regs[at+1]&^byte(63>>(8-shift)) | v>>(8-shift)
	}
}

// raiseDense makes a register at least v and reports whether that changed it.
func raiseDense(regs []byte, i int, v byte) bool {
	if denseAt(regs, i) >= v {
		return false
	}
	setDense(regs, i, v)
	return true
}

// Raise makes register i at least v. Sparse bytes become dense if they would get
// longer than limit or v needs it. It returns the bytes, and reports whether they
// changed; ok is false if they are corrupt.
func Raise(b []byte, i int, v byte, limit int) (out []byte, changed, ok bool) {
	if IsDense(b) {
		changed = raiseDense(b[HeaderSize:], i, v)
		if changed {
			Stale(b)
		}
		return b, changed, true
	}
	return raiseSparse(b, i, v, limit)
}

// eachDense calls f with all registers in turn. Four of them are three bytes.
func eachDense(regs []byte, f func(i int, v byte)) {
	for i, at := 0, 0; i < Registers; i, at = i+4, at+3 {
		w := uint32(regs[at]) | uint32(regs[at+1])<<8 | uint32(regs[at+2])<<16
		f(i, byte(w&63))
		f(i+1, byte(w>>6&63))
		f(i+2, byte(w>>12&63))
		f(i+3, byte(w>>18))
	}
}

// Merge raises the registers of max to those of the bytes and reports whether
// these are sound.
func Merge(max *[Registers]byte, b []byte) bool {
	if IsDense(b) {
		regs := b[HeaderSize:]
		for i, at := 0, 0; i < Registers; i, at = i+4, at+3 {
			w := uint32(regs[at]) | uint32(regs[at+1])<<8 | uint32(regs[at+2])<<16
			m := max[i : i+4 : i+4]
			m[0], m[1], m[2], m[3] = larger(m[0], byte(w&63)), larger(m[1], byte(w>>6&63)), larger(m[2], byte(w>>12&63)), larger(m[3], byte(w>>18))
		}
		return true
	}
	return eachRun(b[HeaderSize:], func(i, n int, v byte) {
		for j := i; j < i+n; j++ {
			max[j] = larger(max[j], v)
		}
	})
}

func larger(a, b byte) byte {
	if a > b {
		return a
	}
	return b
}

// Count estimates how many elements were added; ok is false if the bytes are
// corrupt.
func Count(b []byte) (n uint64, ok bool) {
	var histogram [64]int
	if IsDense(b) {
		eachDense(b[HeaderSize:], func(_ int, v byte) { histogram[v]++ })
		return estimate(&histogram), true
	}
	ok = eachRun(b[HeaderSize:], func(_, n int, v byte) { histogram[v] += n })
	return estimate(&histogram), ok
}

// CountRegisters is Count of registers that Merge has filled.
func CountRegisters(registers *[Registers]byte) uint64 {
	var histogram [64]int
	for _, v := range registers {
		histogram[v&63]++
	}
	return estimate(&histogram)
}

// estimate is Ertl's estimator: histogram has the number of registers of each
// value.
func estimate(histogram *[64]int) uint64 {
	const alpha = 0.721347520444481703680 // 1/(2 ln 2)
	m := float64(Registers)
	z := m * tau((m-float64(histogram[maxRank]))/m)
	for v := maxRank - 1; v >= 1; v-- {
		z += float64(histogram[v])
		z *= 0.5
	}
	z += m * sigma(float64(histogram[0])/m)
	return uint64(math.Round(alpha * m * m / z))
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y *= 0.5
		z -= float64((1 - x) * (1 - x) * y)
		if before == z {
			return z / 3
		}
	}
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += float64(x * y)
		y += y
		if before == z {
			return z
		}
	}
}

// ToDense returns the bytes with dense registers; ok is false if they are
// corrupt.
func ToDense(b []byte) (out []byte, ok bool) {
	if IsDense(b) {
		return b, true
	}
	out = make([]byte, DenseSize)
	copy(out, b[:HeaderSize])
	out[encodingAt] = dense
	ok = eachRun(b[HeaderSize:], func(i, n int, v byte) {
		for j := i; j < i+n && v > 0; j++ {
			setDense(out[HeaderSize:], j, v)
		}
	})
	return out, ok
}

// AppendRegisters appends all registers, one byte each; ok is false if the bytes
// are corrupt.
func AppendRegisters(dst, b []byte) (out []byte, ok bool) {
	var max [Registers]byte
	ok = Merge(&max, b)
	return append(dst, max[:]...), ok
}

// murmur64A is MurmurHash64A of little-endian words.
func murmur64A(b []byte, seed uint64) uint64 {
	const m = 0xc6a4a7935bd1e995
	const r = 47
	h := seed ^ uint64(len(b))*m
	for len(b) >= 8 {
		k := binary.LittleEndian.Uint64(b) * m
		k = (k ^ k>>r) * m
		h = (h ^ k) * m
		b = b[8:]
	}
	if len(b) > 0 {
		for i := len(b) - 1; i >= 0; i-- {
			h ^= uint64(b[i]) << (8 * uint(i))
		}
		h *= m
	}
	h = (h ^ h>>r) * m
	return h ^ h>>r
}

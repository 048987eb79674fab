package hll

import "strconv"

// Limits of the runs.
const (
	maxSparse  = 32 // value of a register
	maxValues  = 4  // registers in a run with a value
	maxZeros   = 64 // in a short run without
	joinWithin = 5  // runs that are looked at for neighbours to join
)

// run is one run of registers.
type run struct {
	n    int  // registers
	v    byte // their value
	size int  // bytes
}

// runAt reads a run; size is 0 if the list ends within it.
func runAt(list []byte) run {
	switch b := list[0]; {
	case b&0x80 != 0:
		return run{int(b&3) + 1, b>>2&31 + 1, 1}
	case b&0x40 == 0:
		return run{int(b&63) + 1, 0, 1}
	case len(list) > 1:
		return run{int(b&63)<<8 + int(list[1]) + 1, 0, 2}
	}
	return run{}
}

// eachRun calls f with the first register, length and value of all runs, and
// reports whether they cover just the registers.
func eachRun(list []byte, f func(i, n int, v byte)) bool {
	i := 0
	for len(list) > 0 {
		r := runAt(list)
		if r.size == 0 || i+r.n > Registers {
			return false
		}
		f(i, r.n, r.v)
		i += r.n
		list = list[r.size:]
	}
	return i == Registers
}

func appendZeros(dst []byte, n int) []byte {
	switch {
	case n == 0:
		return dst
	case n > maxZeros:
		return append(dst, 0x40|byte((n-1)>>8), byte(n-1))
	}
	return append(dst, byte(n-1))
}

func appendValues(dst []byte, n int, v byte) []byte {
	if n == 0 {
		return dst
	}
	return append(dst, 0x80|(v-1)<<2|byte(n-1))
}

// raiseSparse is Raise of sparse bytes.
func raiseSparse(b []byte, i int, v byte, limit int) (out []byte, changed, ok bool) {
	if v > maxSparse {
		return promote(b, i, v)
	}
	at, prev, first := HeaderSize, HeaderSize, 0
	var r run
	for ; at < len(b); at += r.size {
		if r = runAt(b[at:]); r.size == 0 {
			return b, false, false
		}
		if i < first+r.n {
			break
		}
		prev = at
		first += r.n
	}
	if at >= len(b) {
		return b, false, false
	}
	if r.v >= v {
		return b, false, true
	}
	var buf [5]byte
	seq := buf[:0]
	before, after := i-first, first+r.n-1-i
	if r.v == 0 {
		seq = appendZeros(appendValues(appendZeros(seq, before), 1, v), after)
	} else {
		seq = appendValues(appendValues(appendValues(seq, before, r.v), 1, v), after, r.v)
	}
	grow := len(seq) - r.size
	if grow > 0 && len(b)+grow > limit {
		return promote(b, i, v)
	}
	b = splice(b, at, r.size, seq)
	b = join(b, prev)
	Stale(b)
	return b, true, true
}

// promote makes the bytes dense and raises the register then.
func promote(b []byte, i int, v byte) (out []byte, changed, ok bool) {
	if out, ok = ToDense(b); !ok {
		return b, false, false
	}
	if changed = raiseDense(out[HeaderSize:], i, v); changed {
		Stale(out)
	}
	return out, changed, true
}

func splice(b []byte, at, del int, seq []byte) []byte {
	n, grow := len(b), len(seq)-del
	if grow > 0 {
		b = append(b, seq[:grow]...)
	}
	copy(b[at+len(seq):], b[at+del:n])
	b = b[:n+grow]
	copy(b[at:], seq)
	return b
}

// join makes neighbours with the same value one run, among a few from at on.
func join(b []byte, at int) []byte {
	for range joinWithin {
		if at >= len(b) {
			break
		}
		r := runAt(b[at:])
		if r.v == 0 {
			at += r.size
			continue
		}
		if at+1 < len(b) && b[at+1]&0x80 != 0 {
			if next := runAt(b[at+1:]); next.v == r.v && r.n+next.n <= maxValues {
				b[at+1] = appendValues(nil, r.n+next.n, r.v)[0]
				b = splice(b, at, 1, nil)
				continue
			}
		}
		at++
	}
	return b
}

// AppendDecoded appends the runs as text, as PFDEBUG DECODE prints them: z and Z
// for short and long runs of zeros, v for values, whether they cover the registers
// or not. To Redis, a last run that is cut off ends with the NUL behind its string.
func AppendDecoded(dst, b []byte) []byte {
	list := b[HeaderSize:]
	for i := 0; len(list) > 0; i++ {
		r := runAt(list)
		if r.size == 0 {
			r = runAt([]byte{list[0], 0})
		}
		if i > 0 {
			dst = append(dst, ' ')
		}
		switch {
		case r.v > 0:
			dst = strconv.AppendInt(append(dst, "v:"...), int64(r.v), 10)
			dst = append(dst, ',')
		case r.size == 2:
			dst = append(dst, "Z:"...)
		default:
			dst = append(dst, "z:"...)
		}
		dst = strconv.AppendInt(dst, int64(r.n), 10)
		list = list[min(r.size, len(list)):]
	}
	return dst
}

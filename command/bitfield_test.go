package command

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFieldsAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		p := randomBits(r, 20)
		typ := fieldType{signed: r.IntN(2) == 0, width: 1 + r.IntN(63)}
		offset := int64(r.IntN(20*8 - typ.width))
		require.Equal(t, slowField(p, typ, offset), typ.get(p, offset), "%+v %d %x", typ, offset, p)

		v := int64(r.Uint64())
		want := append([]byte{}, p...)
		for i := range int64(typ.width) {
			at := offset + i
			bit := byte(v>>(int64(typ.width)-1-i)) & 1
			want[at/8] = want[at/8]&^(0x80>>(at%8)) | bit<<(7-at%8)
		}
		typ.put(p, offset, v)
		require.Equal(t, want, p, "%+v %d", typ, offset)
	}
}

// slowField reads bit by bit.
func slowField(p []byte, t fieldType, offset int64) (v int64) {
	for i := range int64(t.width) {
		v <<= 1
		if at := offset + i; at < int64(len(p))*8 {
			v |= int64(bitAt(p, at))
		}
	}
	if t.signed && t.width < 64 && v>>(t.width-1) != 0 {
		v -= 1 << t.width
	}
	return v
}

func TestFieldBehindTheEnd(t *testing.T) {
	p := []byte{0xff, 0xff}
	require.EqualValues(t, 0xff00, fieldType{false, 16}.get(p, 8))
	require.EqualValues(t, 0, fieldType{true, 64}.get(p, 16))
	require.EqualValues(t, 0, fieldType{true, 64}.get(nil, math.MaxUint32))
	require.EqualValues(t, -1, fieldType{true, 9}.get(p, 7))
}

// Sums as they are without limits, then made to fit.
func TestFieldArithmeticAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 50_000 {
		typ := fieldType{signed: r.IntN(2) == 0, width: 1 + r.IntN(63)}
		low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(typ.width))
		if typ.signed {
			if r.IntN(4) == 0 {
				typ.width = 64
			}
			high.Lsh(big.NewInt(1), uint(typ.width)-1)
			low.Neg(high)
		}
		high.Sub(high, big.NewInt(1))

		old := typ.get(randomBits(r, 8), 0)
		by := int64(r.Uint64()) >> r.IntN(64)
		sum := new(big.Int).Add(big.NewInt(old), big.NewInt(by))
		fits := sum.Cmp(low) >= 0 && sum.Cmp(high) <= 0

		got, ok := typ.add(old, by, overflowFail)
		require.Equal(t, fits, ok, "%+v %d %d", typ, old, by)
		if fits {
			require.Equal(t, sum.Int64(), got)
		}
		near := sum
		if sum.Cmp(low) < 0 {
			near = low
		} else if sum.Cmp(high) > 0 {
			near = high
		}
		got, _ = typ.add(old, by, overflowSat)
		require.Equal(t, near.Int64(), got, "%+v %d %d", typ, old, by)

		var p [8]byte
		fieldType{typ.signed, typ.width}.put(p[:], 0, old+by)
		got, _ = typ.add(old, by, overflowWrap)
		require.Equal(t, typ.get(p[:], 0), got, "%+v %d %d", typ, old, by)
	}
}

func FuzzFieldType(f *testing.F) {
	for _, s := range []string{"i8", "u63", "i64", "u64", "u0", "i", "", "x8", "i08", "u-1", "i99999999999999999999"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, arg []byte) {
		if typ, ok := parseFieldType(arg); ok {
			require.True(t, typ.width >= 1 && typ.width <= 64 && (typ.signed || typ.width < 64), "%q", arg)
		}
	})
}

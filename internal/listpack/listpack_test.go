package listpack

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// samples are elements at the limits of every encoding.
func samples() []string {
	out := []string{"", "a", "-0", "01", "+1", "-", "1.5", " 1", "9223372036854775808", "-9223372036854775809", "99999999999999999999"}
	for _, n := range []int64{0, 1, 127, 128, -1, 4095, 4096, -4096, -4097, math.MaxInt16, math.MaxInt16 + 1, math.MinInt16, math.MinInt16 - 1,
		1<<23 - 1, 1 << 23, -1 << 23, -1<<23 - 1, math.MaxInt32, math.MaxInt32 + 1, math.MinInt32, math.MinInt32 - 1, math.MaxInt64, math.MinInt64} {
		out = append(out, strconv.FormatInt(n, 10))
	}
	for _, n := range []int{62, 63, 64, 65, 124, 125, 126, 127, 4094, 4095, 4096, 16370, 16377, 16378, 16379, 16380, 16381, 16382, 16383, 70000} {
		out = append(out, strings.Repeat("x", n))
	}
	return out
}

func build(elements []string) []byte {
	lp := AppendEmpty(nil)
	for _, e := range elements {
		lp = Splice(lp, len(lp)-1, 0, AppendEntry(nil, []byte(e)), 1)
	}
	return lp
}

func read(lp []byte) (out []string) {
	for pos := First(lp); pos >= 0; pos = Next(lp, pos) {
		out = append(out, string(Get(lp, pos).Append(nil)))
	}
	return out
}

func TestEntries(t *testing.T) {
	for _, s := range samples() {
		e := AppendEntry(nil, []byte(s))
		require.Len(t, e, EntrySize([]byte(s)))
		put := make([]byte, len(e)+1)
		require.Equal(t, len(e), PutEntry(put, []byte(s)))
		require.Equal(t, e, put[:len(e)])
		lp := build([]string{s})
		v := Get(lp, First(lp))
		require.Equal(t, s, string(v.Append(nil)))
		require.Equal(t, len(s), v.Len())
		require.True(t, v.Equal([]byte(s)))
		require.False(t, v.Equal([]byte(s+"0")))
		require.Equal(t, First(lp), Last(lp))
		require.True(t, Valid(lp, true, nil))
		n, err := strconv.ParseInt(s, 10, 64)
		canonical := err == nil && strconv.FormatInt(n, 10) == s
		got, ok := v.Int()
		require.Equal(t, canonical, ok, s)
		if ok {
			require.Equal(t, n, got)
		}
	}
}

// TestBytes: what Redis writes for these elements (taken from DUMP).
func TestBytes(t *testing.T) {
	require.Equal(t, "\x13\x00\x00\x00\x04\x00\x81a\x02\x01\x01\xdf\xff\x02\xf1\x00\x40\x03\xff", string(build([]string{"a", "1", "-1", "16384"})))
}

func TestTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	all := samples()
	lp, want := AppendEmpty(nil), []string(nil)
	for range 3000 {
		i := r.IntN(len(want) + 1)
		pos := len(lp) - 1
		if i < len(want) {
			pos = Seek(lp, i)
			require.Equal(t, pos, Seek(lp, i-len(want)))
		}
		switch {
		case r.IntN(3) > 0 || i == len(want):
			s := all[r.IntN(len(all)-8)]
			lp = Splice(lp, pos, 0, AppendEntry(nil, []byte(s)), 1)
			want = slices.Insert(want, i, s)
		case r.IntN(2) == 0:
			lp = Splice(lp, pos, Size(lp, pos), nil, -1)
			want = slices.Delete(want, i, i+1)
		default:
			s := all[r.IntN(len(all)-8)]
			lp = Splice(lp, pos, Size(lp, pos), AppendEntry(nil, []byte(s)), 0)
			want[i] = s
		}
		if len(want) > 60 {
			lp, want = AppendEmpty(nil), nil
		}
		require.True(t, slices.Equal(want, read(lp)))
		require.Equal(t, len(want), Len(lp))
		require.True(t, Valid(lp, true, nil))
		require.Equal(t, -1, Seek(lp, len(want)))
		require.Equal(t, -1, Seek(lp, -len(want)-1))
		back := []string(nil)
		for pos := Last(lp); pos >= 0; pos = Prev(lp, pos) {
			back = append(back, string(Get(lp, pos).Append(nil)))
		}
		slices.Reverse(back)
		require.True(t, slices.Equal(want, back))
		s := all[r.IntN(len(all))]
		for skip := range 3 {
			at := -1
			for j := 0; j < len(want) && at < 0; j += skip + 1 {
				if want[j] == s {
					at = Seek(lp, j)
				}
			}
			require.Equal(t, at, Find(lp, First(lp), []byte(s), skip))
		}
	}
}

func TestUncounted(t *testing.T) {
	lp := AppendEmpty(nil)
	one := AppendEntry(nil, []byte("5"))
	lp = Splice(lp, HeaderSize, 0, bytes.Repeat(one, 70000), 70000)
	require.Equal(t, 70000, Len(lp))
	require.GreaterOrEqual(t, Seek(lp, 69999), 0)
	require.Equal(t, -1, Seek(lp, 70000))
	require.Equal(t, Last(lp), Seek(lp, -1))
	lp = Splice(lp, HeaderSize, len(one), nil, -1)
	require.Equal(t, 69999, Len(lp))
	require.True(t, Valid(lp, true, nil))
}

func FuzzValid(f *testing.F) {
	f.Add(build(samples()[:30]))
	f.Add(build(nil))
	f.Add([]byte("\x0b\x00\x00\x00\x01\x00\xf0\xff\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, lp []byte) {
		if !Valid(lp, true, nil) {
			return
		}
		elements := read(lp)
		require.Equal(t, len(elements), Len(lp))
		n := 0
		for pos := Last(lp); pos >= 0; pos = Prev(lp, pos) {
			n++
		}
		require.Equal(t, len(elements), n)
	})
}

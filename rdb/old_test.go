package rdb

import (
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/resp"
)

// makeZiplist is the twin of the reader: elements to bytes, numbers in their
// shortest form.
func makeZiplist(elements ...string) []byte {
	b := make([]byte, ziplistHead)
	last, before := ziplistHead, 0
	for _, e := range elements {
		last = len(b)
		if before < zipBigPrev {
			b = append(b, byte(before))
		} else {
			b = binary.LittleEndian.AppendUint32(append(b, zipBigPrev), uint32(before))
		}
		b = appendZipContent(b, e)
		before = len(b) - last
	}
	b = append(b, ziplistEnd)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	binary.LittleEndian.PutUint32(b[4:], uint32(last))
	binary.LittleEndian.PutUint16(b[8:], uint16(min(len(elements), zipMany)))
	return b
}

func appendZipContent(b []byte, e string) []byte {
	if n, ok := resp.ParseInt([]byte(e)); ok {
		var le [8]byte
		binary.LittleEndian.PutUint64(le[:], uint64(n))
		switch {
		case n >= 0 && n <= 12:
			return append(b, 0xf1+byte(n))
		case n == int64(int8(n)):
			return append(b, 0xfe, le[0])
		case n == int64(int16(n)):
			return append(append(b, 0xc0), le[:2]...)
		case n >= -1<<23 && n < 1<<23:
			return append(append(b, 0xf0), le[:3]...)
		case n == int64(int32(n)):
			return append(append(b, 0xd0), le[:4]...)
		}
		return append(append(b, 0xe0), le[:]...)
	}
	switch n := len(e); {
	case n < 1<<6:
		b = append(b, byte(n))
	case n < 1<<14:
		b = append(b, 0x40|byte(n>>8), byte(n))
	default:
		b = binary.BigEndian.AppendUint32(append(b, 0x80), uint32(n))
	}
	return append(b, e...)
}

// makeZipmap writes fields and values, with free bytes behind some values.
func makeZipmap(elements ...string) []byte {
	b := []byte{byte(min(len(elements)/2, zipmapMany))}
	for i, e := range elements {
		if len(e) < zipmapBig {
			b = append(b, byte(len(e)))
		} else {
			b = binary.LittleEndian.AppendUint32(append(b, zipmapBig), uint32(len(e)))
		}
		free := 0
		if i%2 == 1 {
			free = len(e) % 3
			b = append(b, byte(free))
		}
		b = append(append(b, e...), make([]byte, free)...)
	}
	return append(b, zipmapEnd)
}

func collect(elements iter.Seq[[]byte]) []string {
	out := []string{}
	for e := range elements {
		out = append(out, string(e))
	}
	return out
}

var someElements = [][]string{
	{}, {"a", "b"}, {"", ""}, {"0", "12"}, {"-1", "13"}, {"-128", "127"}, {"128", "-129"}, {"32767", "-32769"}, {"8388607", "-8388609"}, {"2147483648", "-9223372036854775808"},
	{strings.Repeat("x", 63), strings.Repeat("y", 64), "012", strings.Repeat("z", 253)}, {strings.Repeat("x", 254), "1", strings.Repeat("y", 16384), "2"}, slices.Repeat([]string{"f", "1"}, 400),
}

func TestZiplist(t *testing.T) {
	for _, want := range someElements {
		n, elements, err := NewReader(nil, 1).ziplist(makeZiplist(want...))
		require.NoError(t, err)
		require.Equal(t, len(want), n)
		require.Equal(t, want, collect(elements))
	}
}

func TestZipmap(t *testing.T) {
	for _, want := range someElements {
		n, elements, err := NewReader(nil, 1).zipmap(makeZipmap(want...))
		require.NoError(t, err)
		require.Equal(t, len(want), n)
		require.Equal(t, want, collect(elements))
	}
}

// Every byte that is cut off or changed gives an error or other elements, and
// the number of elements is what was said.
func TestOldPackedFormsDamaged(t *testing.T) {
	for _, content := range someElements[:11] {
		for _, good := range [][]byte{makeZiplist(content...), makeZipmap(content...)} {
			for i := range good {
				for _, x := range []byte{0, 1, 0x80, 0xfe, 0xff, good[i] + 1} {
					bad := slices.Clone(good)
					bad[i] = x
					readOld(t, bad)
				}
				readOld(t, good[:i])
			}
		}
	}
}

func readOld(t require.TestingT, b []byte) {
	r := NewReader(nil, 1)
	for _, read := range []func([]byte) (int, iter.Seq[[]byte], error){r.ziplist, r.zipmap} {
		n, elements, err := read(b)
		if err != nil {
			require.ErrorIs(t, err, ErrCorrupt)
			continue
		}
		require.Len(t, collect(elements), n)
	}
}

func FuzzOldPackedForms(f *testing.F) {
	for _, content := range someElements {
		f.Add(makeZiplist(content...))
		f.Add(makeZipmap(content...))
	}
	f.Fuzz(func(t *testing.T, b []byte) { readOld(t, b) })
}

func TestStrings(t *testing.T) {
	for _, s := range []string{"", "a", "0", "-1", "127", "128", "-32769", "2147483647", "2147483648", "-2147483648", "012", "+1", "-", strings.Repeat("ab", 30), strings.Repeat("x", 20000), strings.Repeat("x", 70), "9223372036854775807"} {
		for _, compress := range []bool{false, true} {
			w := Writer{Options: Options{Compress: compress}}
			w.string([]byte(s))
			w.string([]byte("123"))
			r := NewReader(w.Buf, Version)
			got, err := r.string()
			require.NoError(t, err)
			after, err := r.string()
			require.NoError(t, err)
			require.Equal(t, s, string(got))
			require.Equal(t, "123", string(after))
			require.Zero(t, r.Len())
			for i := range min(len(w.Buf), 100) {
				r := NewReader(w.Buf[:i], Version)
				if _, err := r.string(); err == nil {
					_, err = r.string()
					require.ErrorIs(t, err, ErrCorrupt)
				}
			}
		}
	}
}

func TestLengths(t *testing.T) {
	for _, n := range []uint64{0, 1, 63, 64, 16383, 16384, math.MaxUint32, math.MaxUint32 + 1, math.MaxUint64} {
		var w Writer
		w.length(n)
		got, err := NewReader(w.Buf, Version).number()
		require.NoError(t, err)
		require.Equal(t, n, got)
		// As a count or as the length of a string it wants more than there is.
		if n > 0 {
			_, err = NewReader(w.Buf, Version).count(1)
			require.ErrorIs(t, err, ErrCorrupt)
			_, err = NewReader(w.Buf, Version).string()
			require.ErrorIs(t, err, ErrCorrupt)
		}
	}
	for _, bad := range []string{"", "\x40", "\x80\x00", "\x81\x00\x00\x00\x00", "\x82", "\xbf\x00\x00\x00\x00", "\xc0\x01", "\xc4\x01"} {
		_, err := NewReader([]byte(bad), Version).number()
		require.ErrorIs(t, err, ErrCorrupt, "%q", bad)
	}
}

// A few bytes of LZF that promise gigabytes are refused before memory is taken.
func TestCompressedBomb(t *testing.T) {
	w := Writer{Buf: []byte{formMark + formLZF}}
	w.length(4)
	w.length(1 << 32)
	w.Buf = append(w.Buf, 0, 'a', 0xe0, 0xff)
	allocs := testing.AllocsPerRun(10, func() {
		_, err := NewReader(w.Buf, Version).string()
		require.ErrorIs(t, err, ErrCorrupt)
	})
	require.Less(t, allocs, 20.0)
}

func TestParseScore(t *testing.T) {
	for text, want := range map[string]float64{"1": 1, "-1.5": -1.5, "inf": math.Inf(1), "-inf": math.Inf(-1), "1e+300": 1e300, "1e400": math.Inf(1)} {
		got, ok := parseScore([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "nan", "x", "1_0", "0x1p3", "1 ", " 1", strconv.Itoa(1) + "a"} {
		_, ok := parseScore([]byte(text))
		require.False(t, ok, "%q", text)
	}
}

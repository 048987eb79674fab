package rdb

import (
	"hash/maphash"
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/arena"
	"clusternode/object"
)

// newSpace is an arena for values. At the end of the test nothing is left in it.
func newSpace(t testing.TB) *object.Space {
	pool := arena.NewPool(arena.PoolOptions{Poison: true})
	sp := object.NewSpace(arena.New(pool), maphash.MakeSeed())
	t.Cleanup(func() {
		require.Zero(t, sp.Arena.Stats().Entries, "bytes of blocks are left")
		pool.Close()
	})
	return sp
}

// written are the options of Redis 7.2's configuration.
var written = Options{Compress: true}

// load reads the value of a payload.
func load(t testing.TB, sp *object.Space, payload []byte, lim *Limits) (Value, error) {
	r, err := OpenPayload(payload, false)
	require.NoError(t, err)
	return r.Value(sp, lim)
}

// Every payload is read, and what is written of the value is read as the same
// value, whatever the limits.
func TestGoldenRoundTrips(t *testing.T) {
	tight := Limits{ListSize: 2}
	wide := Limits{HashEntries: 10000, HashValue: 10000, ListSize: -5, IntsetLen: 10000, SetEntries: 10000, SetValue: 10000, ZSetEntries: 10000, ZSetValue: 10000}
	for _, g := range append(readGolden(t, "golden.txt"), readGolden(t, "old.txt")...) {
		t.Run(g.server+"/"+g.name, func(t *testing.T) {
			sp := newSpace(t)
			for _, lim := range []*Limits{&defaults, &tight, &wide} {
				v, err := load(t, sp, g.payload, lim)
				require.NoError(t, err)
				first := AppendPayload(nil, sp, v, Options{Compress: lim != &tight})
				again, err := load(t, sp, first, lim)
				require.NoError(t, err)
				require.Equal(t, v.Type, again.Type)
				require.Equal(t, v.Enc, again.Enc)
				require.Equal(t, first, AppendPayload(nil, sp, again, Options{Compress: lim != &tight}))
				if lim == &defaults && v.Type != object.TypeString && expectedEncoding[g.name] == "" && (g.server != "redis7.0" || v.Type != object.TypeSet && v.Type != object.TypeList) {
					require.Equal(t, g.encoding, v.Enc.String())
				}
				v.Free(sp)
				again.Free(sp)
			}
		})
	}
}

// expectedEncoding has the values whose encoding is not what redis-server 8.0
// makes of them, and why.
var expectedEncoding = map[string]string{
	"old-list-ziplist":      "one node is packed",
	"old-list-ziplist-long": "one node is packed",
}

// Cutting a payload anywhere is an error, and leaves nothing.
func TestTruncated(t *testing.T) {
	for _, g := range append(readGolden(t, "golden.txt"), readGolden(t, "old.txt")...) {
		sp := newSpace(t)
		body := g.payload[:len(g.payload)-payloadTail]
		step := 1 + len(body)/80
		for n := 0; n < len(body); n += step {
			_, err := NewReader(body[:n], int(g.payload[len(body)])).Value(sp, &defaults)
			require.ErrorIs(t, err, ErrCorrupt, "%s cut to %d", g.name, n)
		}
	}
}

// Bytes that are changed give an error or a value that can be written and read.
func TestDamaged(t *testing.T) {
	sp := newSpace(t)
	for _, g := range append(readGolden(t, "golden.txt"), readGolden(t, "old.txt")...) {
		if len(g.payload) > 250 {
			continue
		}
		body := append([]byte(nil), g.payload[:len(g.payload)-payloadTail]...)
		for i := range body {
			for _, x := range []byte{0, 0x7f, 0x81, 0xff, body[i] + 1, body[i] - 1} {
				was := body[i]
				body[i] = x
				checkValue(t, sp, body, int(g.payload[len(body)]))
				body[i] = was
			}
		}
	}
}

// checkValue reads a value of any bytes and, if it is one, writes it and reads
// that.
func checkValue(t testing.TB, sp *object.Space, body []byte, version int) {
	v, err := NewReader(body, version).Value(sp, &defaults)
	if err != nil {
		require.ErrorIs(t, err, ErrCorrupt, "%x", body)
		return
	}
	first := AppendPayload(nil, sp, v, written)
	again, err := load(t, sp, first, &defaults)
	require.NoError(t, err, "%x", body)
	require.Equal(t, first, AppendPayload(nil, sp, again, written), "%x", body)
	v.Free(sp)
	again.Free(sp)
}

func FuzzValue(f *testing.F) {
	for _, g := range append(readGolden(f, "golden.txt"), readGolden(f, "old.txt")...) {
		if len(g.payload) < 2000 {
			f.Add(g.payload[:len(g.payload)-payloadTail], byte(g.payload[len(g.payload)-payloadTail]))
		}
	}
	sp := newSpace(f)
	f.Fuzz(func(t *testing.T, body []byte, version byte) {
		if Readable(int(version)) {
			checkValue(t, sp, body, int(version))
		}
	})
}

// Valkey's own form of a hash whose fields may expire, as Valkey 9.0 documents
// it; Redis gives the same kind another meaning.
func TestValkeyHash(t *testing.T) {
	sp := newSpace(t)
	w := Writer{Buf: []byte{byte(kindHashTTLOld)}}
	w.length(2)
	for _, f := range []struct {
		field, value string
		at           int64
	}{{"a", "1", -1}, {"b", "2", 4102444800000}} {
		w.string([]byte(f.field))
		w.string([]byte(f.value))
		w.millis(f.at)
	}
	v, err := NewReader(w.Buf, versionValkey).Value(sp, &defaults)
	require.NoError(t, err)
	h := object.HashOf(sp, v.Enc, v.Bytes)
	var num object.NumBuf
	value, at, ok := h.Get([]byte("b"), &num)
	require.True(t, ok)
	require.Equal(t, "2", string(value))
	require.Equal(t, int64(4102444800000), at)
	_, at, _ = h.Get([]byte("a"), &num)
	require.Zero(t, at)
	require.Equal(t, 2, h.Len())
	_, err = NewReader(w.Buf, versionHashTTL).Value(sp, &defaults)
	require.ErrorIs(t, err, ErrCorrupt)
}

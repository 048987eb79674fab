package slots

import (
	"strings"
	"testing"

	"github.com/sigurn/crc16"
	"github.com/stretchr/testify/require"
)

func TestOf(t *testing.T) {
	// Values from CLUSTER KEYSLOT of a real server.
	for key, want := range map[string]Slot{
		"": 0, "a": 15495, "foo": 12182, "123456789": 12739, "{}": 15257, "foo{}{bar}": 8363,
		"{user1000}.following": 3443, "user1000": 3443, "foo{{bar}}zap": 4015, "{bar": 4015,
		"foo{bar}{zap}": 5061, "bar": 5061, "a{": 14311,
	} {
		require.Equal(t, want, Of([]byte(key)), key)
	}
}

// TestChecksumIsTheLibrarys compares the unrolled checksum with its source.
func TestChecksumIsTheLibrarys(t *testing.T) {
	lib := crc16.MakeTable(crc16.CRC16_XMODEM)
	b := make([]byte, 100)
	for i := range b {
		b[i] = byte(i*i*31 + 7)
	}
	for from := range 20 {
		for to := from; to <= len(b); to++ {
			require.Equal(t, crc16.Checksum(b[from:to], lib), checksum(b[from:to]))
		}
	}
}

func FuzzChecksum(f *testing.F) {
	lib := crc16.MakeTable(crc16.CRC16_XMODEM)
	f.Add([]byte("123456789"))
	f.Fuzz(func(t *testing.T, b []byte) { require.Equal(t, crc16.Checksum(b, lib), checksum(b)) })
}

func TestHashPart(t *testing.T) {
	for key, want := range map[string]string{
		"": "", "a": "a", "{": "{", "{}": "{}", "{}a": "{}a", "{a}": "a", "x{a}y": "a", "{a}{b}": "a",
		"{}{a}": "{}{a}", "{{a}}": "{a", "}{a}": "a", "{a": "{a",
	} {
		require.Equal(t, want, string(HashPart([]byte(key))), key)
	}
}

func TestSetRoundTrips(t *testing.T) {
	for _, text := range []string{"", "0", "16383", "0-16383", "1-2 4 6-9 63-64 127-128 16000-16383"} {
		s, err := ParseSet(text)
		require.NoError(t, err)
		require.Equal(t, text, s.String())
		again, err := SetFromBitmap(s.AppendBitmap(nil))
		require.NoError(t, err)
		require.Equal(t, s, again)
		n := 0
		for slot := range s.All() {
			require.True(t, s.Has(slot))
			n++
		}
		require.Equal(t, n, s.Len())
		require.Equal(t, text == "", s.Empty())
	}
	require.Equal(t, Count, Full().Len())
	require.Equal(t, "0-16383", Full().String())
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"x", "-1", "16384", "5-4", "1-", "-", "01", "1-2-3", "99999999999999999999", "1 -2", "+1"} {
		_, err := ParseSet(text)
		require.Error(t, err, text)
	}
	_, err := SetFromBitmap(make([]byte, SetBytes-1))
	require.Error(t, err)
}

// table: node 1 is myself, 2 another primary, 3 a replica of 1. Slots 0-9 are
// mine, 10-19 of node 2, 20 of nobody; 1 leaves for 2, 11 comes from 2.
func testTable(myself NodeIndex, change func(*Builder)) *Table {
	b := NewBuilder()
	for _, id := range []string{"a", "b", "c"} {
		b.AddNode(strings.Repeat(id, 40), Endpoint{"10.0.0." + id, 7000})
	}
	b.SetPrimary(3, 1)
	b.SetMyself(myself)
	for s := range Slot(20) {
		b.SetOwner(s, 1+NodeIndex(s/10))
	}
	b.SetMigrating(1, 2)
	b.SetImporting(11, 2)
	if change != nil {
		change(b)
	}
	return b.Build()
}

func TestRoute(t *testing.T) {
	down := func(reads bool) func(*Builder) { return func(b *Builder) { b.SetState(true, reads) } }
	type keys struct{ existing, missing int }
	for name, c := range map[string]struct {
		myself NodeIndex
		change func(*Builder)
		r      Request
		keys   keys
		want   Verdict
		to     NodeIndex
	}{
		"mine":                       {1, nil, Request{Slot: 0}, keys{}, Serve, 1},
		"other":                      {1, nil, Request{Slot: 10}, keys{}, Moved, 2},
		"unbound":                    {1, nil, Request{Slot: 20}, keys{}, DownUnbound, 0},
		"unbound before cross":       {1, down(false), Request{Slot: 20, Cross: true}, keys{}, DownUnbound, 0},
		"cross before down":          {1, down(false), Request{Slot: 0, Cross: true}, keys{}, CrossSlot, 0},
		"down":                       {1, down(false), Request{Slot: 0}, keys{}, DownState, 0},
		"down, reads allowed":        {1, down(true), Request{Slot: 0}, keys{}, Serve, 1},
		"down, write":                {1, down(true), Request{Slot: 0, Write: true}, keys{}, DownReadOnly, 0},
		"replica, plain client":      {3, nil, Request{Slot: 0}, keys{}, Moved, 1},
		"replica, READONLY":          {3, nil, Request{Slot: 0, ReadOnly: true}, keys{}, Serve, 3},
		"replica, READONLY, write":   {3, nil, Request{Slot: 0, ReadOnly: true, Write: true}, keys{}, Moved, 1},
		"replica, READONLY, other":   {3, nil, Request{Slot: 10, ReadOnly: true}, keys{}, Moved, 2},
		"READONLY on a primary":      {1, nil, Request{Slot: 10, ReadOnly: true}, keys{}, Moved, 2},
		"migrating, here":            {1, nil, Request{Slot: 1}, keys{1, 0}, Serve, 1},
		"migrating, gone":            {1, nil, Request{Slot: 1}, keys{0, 1}, Ask, 2},
		"migrating, some gone":       {1, nil, Request{Slot: 1, Several: true}, keys{1, 1}, TryAgain, 0},
		"migrating, MIGRATE":         {1, nil, Request{Slot: 1, Migrate: true}, keys{0, 1}, Serve, 1},
		"importing, plain":           {1, nil, Request{Slot: 11}, keys{1, 0}, Moved, 2},
		"importing, asking":          {1, nil, Request{Slot: 11, Asking: true}, keys{0, 1}, Serve, 1},
		"importing, asking, several": {1, nil, Request{Slot: 11, Asking: true, Several: true}, keys{1, 1}, TryAgain, 0},
		"importing, MIGRATE":         {1, nil, Request{Slot: 11, Migrate: true}, keys{0, 1}, Serve, 1},
	} {
		v, to := testTable(c.myself, c.change).Route(c.r, func() (int, int) { return c.keys.existing, c.keys.missing })
		require.Equal(t, c.want, v, name)
		require.Equal(t, c.to, to, name)
	}
}

func TestTable(t *testing.T) {
	tab := testTable(1, nil)
	require.Equal(t, 20, tab.Assigned())
	require.Equal(t, "MOVED 10 10.0.0.b:7000", string(tab.AppendRedirect(nil, Moved, 10, 2)))
	require.Equal(t, "ASK 1 10.0.0.b:7000", string(tab.AppendRedirect(nil, Ask, 1, 2)))
	got := map[Range]NodeIndex{}
	for r, o := range tab.Owned() {
		got[r] = o
	}
	require.Equal(t, map[Range]NodeIndex{{0, 9}: 1, {10, 19}: 2}, got)
	require.True(t, tab.Mine(0))
	require.False(t, tab.Mine(20))
	require.Equal(t, NodeIndex(2), tab.Migrating(1))
	require.Equal(t, NodeIndex(2), tab.Importing(11))
	require.False(t, tab.Down())
}

func FuzzParseSet(f *testing.F) {
	f.Add("0-5460 7000")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSet(text)
		if err != nil {
			return
		}
		again, err := ParseSet(s.String())
		require.NoError(t, err)
		require.Equal(t, s, again)
	})
}

func BenchmarkOf(b *testing.B) {
	key := []byte("key:000000012345")
	for b.Loop() {
		_ = Of(key)
	}
}

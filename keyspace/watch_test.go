package keyspace

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func (ks *Keyspace) set(t *testing.T, db int, key string, at int64) {
	t.Helper()
	_, err := ks.Part(db, 7).Put(hashString(key), []byte(key), TypeString, EncRaw, []byte("v"), at, at != 0, 0)
	require.NoError(t, err)
}

func (ks *Keyspace) watchKey(db int, key string, expired bool) *Watcher {
	w := new(Watcher)
	if expired {
		ks.WatchExpired(db, 7, hashString(key), []byte(key), w)
	} else {
		ks.Watch(db, 7, hashString(key), []byte(key), w)
	}
	return w
}

func TestWatch(t *testing.T) {
	ks := newTest(t, Options{})
	p := ks.Part(0, 7)
	a, b, other := ks.watchKey(0, "a", false), ks.watchKey(0, "a", false), ks.watchKey(0, "b", false)
	ks.Unwatch(0, 7, hashString("a"), []byte("a"), b)
	p.Changed(hashString("a"), []byte("a"))
	require.True(t, a.Dirty())
	require.False(t, b.Dirty())
	require.False(t, other.Dirty())
	ks.Unwatch(0, 7, hashString("a"), []byte("a"), a)
	ks.Unwatch(0, 7, hashString("a"), []byte("a"), a) // not watched any more
	ks.Unwatch(0, 7, hashString("b"), []byte("b"), other)
	require.Nil(t, p.watched)
	require.False(t, p.db.watched.has(7))
	ks.Unwatch(0, 7, hashString("b"), []byte("b"), other)
}

func TestWatchExpiry(t *testing.T) {
	ks := newTest(t, Options{})
	ks.set(t, 0, "k", 100)
	before, after := ks.watchKey(0, "k", false), ks.watchKey(0, "k", true)
	require.Equal(t, 1, ks.ExpireNow(101))
	require.True(t, before.Dirty())
	require.False(t, after.Dirty(), "it watched a key that had expired already")
	ks.set(t, 0, "k", 0)
	ks.Part(0, 7).Changed(hashString("k"), []byte("k"))
	require.True(t, after.Dirty())
}

func TestWatchFlush(t *testing.T) {
	past := unixMillis() - 1000
	for name, flush := range map[string]func(ks *Keyspace){
		"FLUSHDB":  func(ks *Keyspace) { ks.FlushDB(1, false) },
		"FLUSHALL": func(ks *Keyspace) { ks.FlushAll(true) },
		"clear":    func(ks *Keyspace) { ks.Part(1, 7).Clear() },
	} {
		t.Run(name, func(t *testing.T) {
			ks := newTest(t, Options{})
			ks.set(t, 1, "there", 0)
			ks.set(t, 1, "expired", past)
			there, missing := ks.watchKey(1, "there", false), ks.watchKey(1, "missing", false)
			expired := ks.watchKey(1, "expired", true)
			ks.Gate(func() { flush(ks) })
			require.True(t, there.Dirty())
			require.False(t, missing.Dirty())
			require.False(t, expired.Dirty())
			require.Zero(t, ks.DBSize(1))
			ks.Part(1, 7).Changed(hashString("missing"), []byte("missing"))
			require.True(t, missing.Dirty(), "the flush lost the watcher")
			ks.Unwatch(1, 7, hashString("there"), []byte("there"), there)
			ks.Unwatch(1, 7, hashString("missing"), []byte("missing"), missing)
			ks.Unwatch(1, 7, hashString("expired"), []byte("expired"), expired)
			require.Nil(t, ks.Part(1, 7).watched)
		})
	}
}

func TestWatchSwap(t *testing.T) {
	past := unixMillis() - 1000
	ks := newTest(t, Options{})
	ks.set(t, 0, "zero", 0)
	ks.set(t, 1, "one", 0)
	ks.set(t, 1, "stale", past)
	zero0, zero1 := ks.watchKey(0, "zero", false), ks.watchKey(1, "zero", false)
	one0 := ks.watchKey(0, "one", false)
	none0, none1 := ks.watchKey(0, "none", false), ks.watchKey(1, "none", false)
	stale0 := ks.watchKey(0, "stale", false) // it gets a key, but an expired one
	ks.Gate(func() { ks.SwapDB(0, 1) })
	require.True(t, zero0.Dirty())
	require.True(t, zero1.Dirty())
	require.True(t, one0.Dirty())
	require.False(t, none0.Dirty())
	require.False(t, none1.Dirty())
	require.False(t, stale0.Dirty())
	require.True(t, ks.Part(0, 7).Find(hashString("one"), []byte("one")).Exists())
	ks.Part(1, 7).Changed(hashString("none"), []byte("none"))
	require.False(t, none0.Dirty())
	require.True(t, none1.Dirty())
	ks.ExpireNow(unixMillis())
	require.False(t, stale0.Dirty(), "the key was none when it came")
	ks.Gate(func() { ks.SwapDB(2, 1) })
	require.True(t, ks.Part(2, 7).Find(hashString("zero"), []byte("zero")).Exists())
	ks.Gate(func() { ks.SwapDB(2, 2) })
}

package keyspace

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"clusternode/object"
	"clusternode/slots"
)

// setFields makes a hash of so many fields, all of which expire at the given time
// but, if rest is set, one.
func (ks *Keyspace) setFields(t *testing.T, key string, fields int, at int64, rest, big bool) {
	t.Helper()
	p, hash := ks.Part(0, slots.Of([]byte(key))), ks.Hash([]byte(key))
	b := object.NewHashBuilder(p.Space(), nil, big)
	lim := object.HashLimits{Entries: 1 << 20, Value: 64}
	for i := range fields {
		_, err := b.Hash.Set(fmt.Append(nil, i), []byte("v"), at, lim)
		require.NoError(t, err)
	}
	if rest {
		_, err := b.Hash.Set([]byte("rest"), []byte("v"), 0, lim)
		require.NoError(t, err)
	}
	enc, v := b.Value()
	_, err := p.Put(hash, []byte(key), TypeHash, enc, v, 0, false, 0)
	require.NoError(t, err)
}

func (ks *Keyspace) fieldsOf(key string) int {
	p := ks.Part(0, slots.Of([]byte(key)))
	e := p.Find(ks.Hash([]byte(key)), []byte(key))
	if !e.Exists() {
		return 0
	}
	h := object.HashOf(p.Space(), e.Encoding(), e.Value())
	return h.Len()
}

// Fields expire in the background, in slots whose table takes many slices to walk
// too, and hashes without fields are gone.
func TestFieldsExpire(t *testing.T) {
	ks := newTest(t, Options{})
	const n = 3000
	for i := range n {
		key := fmt.Sprint("{t}", i)
		switch i % 5 {
		case 0:
			ks.setFields(t, key, 3, 1000, true, i%2 == 0)
		case 1:
			ks.setFields(t, key, 3, 1000, false, i%2 == 0)
		case 2:
			ks.setFields(t, key, 3, 3000, true, i%2 == 0)
		case 3:
			ks.setKey(t, 0, key, 0)
		default:
			ks.setKey(t, 0, key, 5000)
		}
	}
	expires := ks.Expires(0)
	require.Equal(t, n/5, expires, "hashes with such fields have no time to live")
	check := func(now int64) {
		// The cursor of the walk stays between calls: so does what it knows.
		require.Zero(t, ks.ExpireNow(now))
		require.Equal(t, expires, ks.Expires(0))
		for i := range n {
			key := fmt.Sprint("{t}", i)
			switch {
			case i%5 == 0:
				require.Equal(t, map[bool]int{false: 4, true: 1}[now > 1000], ks.fieldsOf(key))
			case i%5 == 1:
				require.Equal(t, map[bool]int{false: 3, true: 0}[now > 1000], ks.fieldsOf(key))
			case i%5 == 2:
				require.Equal(t, map[bool]int{false: 4, true: 1}[now > 3000], ks.fieldsOf(key))
			}
		}
	}
	check(1000)
	check(1001)
	require.Equal(t, n*4/5, ks.DBSize(0))
	require.True(t, ks.dbs[0].Load().fielded.has(slots.Of([]byte("{t}"))))
	check(3001)
	check(3002)
	require.False(t, ks.dbs[0].Load().fielded.has(slots.Of([]byte("{t}"))), "nothing is left to look for")
}

// Of a hash with many such fields some expire at a time.
func TestManyFieldsExpire(t *testing.T) {
	ks := newTest(t, Options{})
	ks.setFields(t, "h", 3*fieldsPerVisit, unixMillis()-1, true, true)
	ks.ExpireNow(unixMillis())
	require.Equal(t, 2*fieldsPerVisit+1, ks.fieldsOf("h"))
	told, gone := 0, 0
	ks.Start(HousekeepingOptions{Hz: 500, FieldsExpired: func(db int, s slots.Slot, key []byte, last bool) {
		if told++; last {
			gone++
		}
		require.Equal(t, "h", string(key))
	}})
	require.Eventually(t, func() bool {
		s := slots.Of([]byte("h"))
		x := ks.NewExecutor("test")
		defer x.Close()
		x.Enter()
		defer x.Leave()
		x.LockSlot(s)
		defer ks.Unlock(s)
		return ks.fieldsOf("h") == 1
	}, 20*time.Second, time.Millisecond)
	ks.Close()
	require.Equal(t, []int{2, 0}, []int{told, gone})
}

// Who asks is told of hashes that go with their last field.
func TestLastFieldExpires(t *testing.T) {
	ks := newTest(t, Options{})
	var told []bool
	ks.house.fields = func(db int, s slots.Slot, key []byte, gone bool) { told = append(told, gone) }
	ks.setFields(t, "h", 3, 1000, false, false)
	ks.ExpireNow(1000)
	require.Empty(t, told)
	ks.ExpireNow(1001)
	require.Equal(t, []bool{true}, told)
}

// A key keeps its mark when its own time to live comes and goes.
func TestFieldsExpireAfterPersist(t *testing.T) {
	ks := newTest(t, Options{})
	ks.setFields(t, "h", 3, 1000, true, false)
	key := []byte("h")
	p, hash := ks.Part(0, slots.Of(key)), ks.Hash(key)
	_, err := p.SetExpire(hash, key, 1<<40)
	require.NoError(t, err)
	require.True(t, p.Persist(hash, key))
	ks.ExpireNow(1001)
	require.Equal(t, 1, ks.fieldsOf("h"))
}

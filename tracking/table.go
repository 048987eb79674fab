package tracking

import (
	"sync/atomic"
)

// Client is the number of a client, not 0.
type Client uint32

// shardBits is how many high bits of a key's hash choose its shard.
const shardBits = 8

// Table holds the clients by key.
type Table struct {
	shards [1 << shardBits]shard
	keys   atomic.Int64
	items  atomic.Int64
	bytes  atomic.Int64
}

// Add remembers that client c may have a copy of the key with this hash, and
// reports whether that is new.
func (t *Table) Add(hash uint64, key []byte, c Client) bool {
	s := t.shard(hash)
	s.mu.Lock()
	keys, bytes := s.keys, s.bytes()
	added := s.add(hash, key, c)
	keys, bytes = s.keys-keys, s.bytes()-bytes
	s.mu.Unlock()
	if added {
		t.items.Add(1)
	}
	t.count(keys, bytes)
	return added
}

// Take returns the clients that may have a copy of the key, and forgets them;
// nil if there is none. The slice is the caller's.
func (t *Table) Take(hash uint64, key []byte) []Client {
	if t.keys.Load() == 0 {
		return nil
	}
	s := t.shard(hash)
	s.mu.Lock()
	i, found := s.find(hash, key)
	if !found {
		s.mu.Unlock()
		return nil
	}
	bytes := s.bytes()
	got := s.take(i)
	bytes = s.bytes() - bytes
	s.mu.Unlock()
	t.items.Add(-int64(len(got)))
	t.count(-1, bytes)
	return got
}

// TakeAny is Take of some key, chosen by the random number r; ok is false if
// the table is empty.
func (t *Table) TakeAny(r uint64) (key []byte, got []Client, ok bool) {
	for n := range uint64(len(t.shards)) {
		s := &t.shards[(r>>(64-shardBits)+n)%uint64(len(t.shards))]
		s.mu.Lock()
		if s.keys == 0 {
			s.mu.Unlock()
			continue
		}
		bytes := s.bytes()
		i := s.some(r)
		key = append([]byte(nil), s.key(s.place(i))...)
		got = s.take(i)
		bytes = s.bytes() - bytes
		s.mu.Unlock()
		t.items.Add(-int64(len(got)))
		t.count(-1, bytes)
		return key, got, true
	}
	return nil, nil, false
}

// Clear forgets everything, in a time that does not depend on how much that is.
func (t *Table) Clear() {
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		keys, items, bytes := s.keys, s.items, s.bytes()
		s.reset()
		s.mu.Unlock()
		t.items.Add(-int64(items))
		t.count(-keys, -bytes)
	}
}

// Keys is how many keys some client may have a copy of.
func (t *Table) Keys() int64 { return t.keys.Load() }

// Items is the number of pairs of a key and a client.
func (t *Table) Items() int64 { return t.items.Load() }

// Bytes is the memory of the table.
func (t *Table) Bytes() int64 { return t.bytes.Load() }

func (t *Table) shard(hash uint64) *shard { return &t.shards[hash>>(64-shardBits)] }

func (t *Table) count(keys, bytes int) {
	if keys != 0 {
		t.keys.Add(int64(keys))
	}
	if bytes != 0 {
		t.bytes.Add(int64(bytes))
	}
}

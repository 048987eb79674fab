package keyspace

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzPart runs any sequence of operations, three bytes each, on a partition
// and on its twin.
func FuzzPart(f *testing.F) {
	f.Add([]byte("\x00\x01\x40\x01\x01\xff\x02\x01\x00\x03\x01\x10\x04\x01\x00\x05\x01\x00"))
	f.Add([]byte("\x0b\x01\xff\x0b\x02\xff\x08\x00\x00\x0c\x01\xff\x0a\x00\x4d\x0b\x03\x80"))
	ks, err := New(Options{Databases: 1, Poison: true})
	require.NoError(f, err)
	f.Cleanup(ks.Close)
	f.Fuzz(func(t *testing.T, ops []byte) {
		p, m := ks.Part(0, 1), twin{}
		for ; len(ops) >= 3; ops = ops[3:] {
			fuzzStep(t, ks, p, m, ops[0]&15, int(ops[0]>>4)<<8|int(ops[1]), int(ops[2]))
		}
		checkPart(t, p, m)
		p.Clear()
		s := ks.Memory()
		require.Zero(t, s.EntryBytes+s.TableBytes+s.HeldBytes+s.Keys)
	})
}

func fuzzStep(t *testing.T, ks *Keyspace, p *Part, m twin, op byte, k, arg int) {
	key := fmt.Sprint("k", k)
	if k == 0 {
		key = string(make([]byte, 300))
	}
	kb, hash := []byte(key), hashString(key)
	w, exists := m[key]
	switch op {
	case 0, 1, 2:
		w = twinEntry{value: string(make([]byte, arg<<(op*4))), t: Type(arg % 4), lru: uint32(arg), expire: arg%3 == 0}
		if w.expire {
			w.at = int64(arg)
		}
		_, err := p.Put(hash, kb, w.t, w.enc, []byte(w.value), w.at, w.expire, w.lru)
		require.NoError(t, err)
		m[key] = w
	case 3:
		size := len(w.value) + arg
		_, err := p.Grow(hash, kb, TypeString, EncRaw, 0, size)
		require.NoError(t, err)
		w.value = string(append([]byte(w.value), make([]byte, arg)...))
		m[key] = w
	case 4:
		_, err := p.SetExpire(hash, kb, int64(arg))
		require.NoError(t, err)
		if exists {
			w.expire, w.at = true, int64(arg)
			m[key] = w
		}
	case 5, 6:
		require.Equal(t, exists, p.Remove(hash, kb))
		delete(m, key)
	case 7:
		require.Equal(t, w.expire, p.Persist(hash, kb))
		if exists {
			w.expire, w.at = false, 0
			m[key] = w
		}
	case 8:
		ks.Evacuate()
	case 9:
		gone := 0
		for key, w := range m {
			if w.expire && w.at < int64(arg) {
				delete(m, key)
				gone++
			}
		}
		require.Equal(t, gone, ks.ExpireNow(int64(arg)))
	case 10:
		if arg == 77 {
			p.Clear()
			clear(m)
		}
	case 11, 12: // many keys at once
		for i := range arg * 16 {
			key := fmt.Sprint("many", k, ":", i)
			if op == 12 {
				_, exists := m[key]
				require.Equal(t, exists, p.Remove(hashString(key), []byte(key)))
				delete(m, key)
				continue
			}
			_, err := p.Put(hashString(key), []byte(key), TypeString, EncRaw, nil, 0, false, 0)
			require.NoError(t, err)
			m[key] = twinEntry{}
		}
	default:
		if e := p.Find(hash, kb); exists {
			checkEntry(t, key, w, e)
		} else {
			require.False(t, e.Exists())
		}
	}
}

package command

import (
	"math/rand/v2"
	"sync/atomic"

	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

// Env is what the commands of one node share. It is constant once the node
// serves.
type Env struct {
	KS       *keyspace.Keyspace
	Table    *Table
	Node     Node
	Config   ConfigStore // nil where a test needs none
	Cluster  Cluster     // nil: cluster support is disabled
	Events   Events      // nil where a test needs none
	Topics   Topics      // nil where a test needs none
	Settings Settings
	// Attention is what somebody listens for, see Events.
	Attention atomic.Uint32
	// Usage is what commands cost, by slot; nil while nobody counts.
	Usage atomic.Pointer[SlotUsages]
	Debug DebugState
}

// Node is what commands ask of the server they run in. All methods may be
// called from any executor and return at once.
type Node interface {
	// PasswordRequired reports whether clients have to authenticate.
	PasswordRequired() bool
	// Authenticate checks a user's password.
	Authenticate(user, password []byte) bool
	// SetActiveExpire turns the deletion of expired keys in the background on
	// or off (DEBUG SET-ACTIVE-EXPIRE).
	SetActiveExpire(on bool)
	// Replica reports whether the node is a replica now.
	Replica() bool
}

// Settings are the configuration values that handlers read on their way; the
// server stores into them when CONFIG SET changes one.
type Settings struct {
	Notify       atomic.Int64 // notify-keyspace-events, a NotifyClass
	MaxBulk      atomic.Int64 // proto-max-bulk-len, bytes
	LFU          atomic.Bool  // maxmemory-policy counts accesses, not times
	LFULogFactor atomic.Int32
	LFUDecay     atomic.Int32 // minutes
	// LazyUserFlush: FLUSHALL and FLUSHDB are ASYNC unless they say SYNC.
	LazyUserFlush atomic.Bool
	// RawStrings: DUMP does not compress (rdbcompression no).
	RawStrings atomic.Bool
	// OwnInts: OBJECT REFCOUNT shows no shared integers, since eviction by LRU
	// or LFU is on.
	OwnInts atomic.Bool
	// KeepExpired: reads do not remove keys whose time has passed (CLIENT PAUSE).
	KeepExpired atomic.Bool
	PackedLimits
}

// PackedLimits are the directives that say how long collections stay packed.
type PackedLimits struct {
	HashMaxListpackEntries, HashMaxListpackValue atomic.Int64 // hash-max-listpack-entries, -value
	ListMaxListpackSize                          atomic.Int64 // list-max-listpack-size
	SetMaxIntsetEntries                          atomic.Int64 // set-max-intset-entries
	SetMaxListpackEntries, SetMaxListpackValue   atomic.Int64 // set-max-listpack-entries, -value
	ZSetMaxListpackEntries, ZSetMaxListpackValue atomic.Int64 // zset-max-listpack-entries, -value
	HLLSparseMaxBytes                            atomic.Int64 // hll-sparse-max-bytes
	StreamNodeMaxBytes, StreamNodeMaxEntries     atomic.Int64 // stream-node-max-bytes, -entries
}

// Limits lists the settings by directive.
func (p *PackedLimits) Limits() map[string]*atomic.Int64 {
	return map[string]*atomic.Int64{
		"hash-max-listpack-entries": &p.HashMaxListpackEntries, "hash-max-listpack-value": &p.HashMaxListpackValue,
		"list-max-listpack-size": &p.ListMaxListpackSize, "set-max-intset-entries": &p.SetMaxIntsetEntries,
		"set-max-listpack-entries": &p.SetMaxListpackEntries, "set-max-listpack-value": &p.SetMaxListpackValue,
		"zset-max-listpack-entries": &p.ZSetMaxListpackEntries, "zset-max-listpack-value": &p.ZSetMaxListpackValue,
		"hll-sparse-max-bytes": &p.HLLSparseMaxBytes, "stream-node-max-bytes": &p.StreamNodeMaxBytes,
		"stream-node-max-entries": &p.StreamNodeMaxEntries,
	}
}

// Stats are the keyspace counters of one executor. Only that executor writes
// them, while entered; INFO sums them under the gate.
type Stats struct {
	Hits, Misses int64
	Expired      int64 // keys deleted because they were found expired
	Dirty        int64 // changes
	_            [4]int64
}

// Key is an argument that names a key.
type Key struct {
	Bytes []byte
	Slot  slots.Slot
	Hash  uint64
	DB    int
	Part  *keyspace.Part
}

// Ctx is one command being executed.
type Ctx struct {
	Args   [][]byte
	W      *resp.Writer
	C      *Client
	Env    *Env
	KS     *keyspace.Keyspace
	Spec   *Spec
	Stats  *Stats
	Locker keyspace.Locker
	Rand   *rand.Rand
	Owner  any   // the executor, for the server
	Now    int64 // unix milliseconds, one reading per command, EXEC or script

	// Keys are the command's keys in argument order, resolved by the
	// dispatcher with Bind; valid for the call.
	Keys []Key
	pos  []KeyPos

	// Ready are keys that clients wait for and that the command changed; the
	// executor serves them and empties it.
	Ready []ReadyKey
	// Wait is what the handler asked for with Block; the executor looks at it
	// after the handler.
	Wait Wait

	num [32]byte // where handlers print a number

	cells   [maxCells]keyspace.Cell // see collection.go
	opened  int
	scratch []byte
}

// Bind resolves the keys that args name in database db into c.Keys. It reports
// false for arguments whose keys cannot be known. Partitions are not resolved:
// see BindParts.
func (c *Ctx) Bind(s *Spec, args [][]byte, db int) bool {
	c.Spec, c.Args, c.Keys = s, args, c.Keys[:0]
	if s.step > 0 { // the common case: one range of keys
		last := s.last
		if last < 0 {
			last += len(args)
		}
		for i := s.first; i <= last && i < len(args); i += s.step {
			c.addKey(args[i], db)
		}
		return true
	}
	if s.Keys == nil && s.FindKeys == nil {
		return true
	}
	var ok bool
	c.pos, ok = s.KeyPositions(args, c.pos[:0])
	for _, p := range c.pos {
		if p.Flags&KeyNotKey == 0 {
			c.addKey(args[p.Arg], db)
		}
	}
	return ok
}

func (c *Ctx) addKey(key []byte, db int) {
	c.Keys = append(c.Keys, Key{Bytes: key, Slot: slots.Of(key), Hash: c.KS.Hash(key), DB: db})
}

// OneKey returns the argument that is the key of a command with exactly one,
// ok is false for others.
func (s *Spec) OneKey(args [][]byte) (key []byte, ok bool) {
	if s.step == 0 || s.first != s.last || s.first >= len(args) {
		return nil, false
	}
	return args[s.first], true
}

// BindKey is Bind for a command with one key that the caller has resolved.
func (c *Ctx) BindKey(s *Spec, args [][]byte, k Key) {
	c.Spec, c.Args = s, args
	c.Keys = append(c.Keys[:0], k)
}

// BindParts resolves the partitions of c.Keys; the executor has entered the
// keyspace, so that no SWAPDB comes between.
func (c *Ctx) BindParts() {
	for i := range c.Keys {
		k := &c.Keys[i]
		k.Part = c.KS.Part(k.DB, k.Slot)
	}
}

// In is the same key in another database. The slot's lock covers all of them.
func (c *Ctx) In(k *Key, db int) Key {
	o := *k
	o.DB, o.Part = db, c.KS.Part(db, k.Slot)
	return o
}

// Read looks a key up for reading: an expired one is missing, hits and misses
// are counted, and the access is recorded for LRU or LFU.
func (c *Ctx) Read(k *Key) keyspace.Entry {
	e := c.Peek(k)
	if e.Exists() {
		c.touch(e)
	}
	return e
}

// Peek is Read that does not record the access: for TTL, TYPE, OBJECT, ...
func (c *Ctx) Peek(k *Key) keyspace.Entry {
	e := c.peekQuietly(k)
	if !e.Exists() {
		c.Notify(NotifyKeyMiss, "keymiss", k)
	}
	return e
}

// peekQuietly is Peek that does not report a missing key as an event.
func (c *Ctx) peekQuietly(k *Key) keyspace.Entry {
	e := c.live(k)
	if e.Exists() {
		c.Stats.Hits++
	} else {
		c.Stats.Misses++
	}
	return e
}

// Write looks a key up in order to change it: like Read, but not counted as a
// hit or miss.
func (c *Ctx) Write(k *Key) keyspace.Entry {
	e := c.live(k)
	if e.Exists() {
		c.touch(e)
	}
	return e
}

// live finds a key and deletes it if its time has passed.
func (c *Ctx) live(k *Key) keyspace.Entry {
	e := k.Part.Find(k.Hash, k.Bytes)
	if e.Exists() && e.HasExpire() && e.ExpireAt() < c.Now {
		c.removeExpired(k)
		return keyspace.Entry{}
	}
	return e
}

func (c *Ctx) touch(e keyspace.Entry) {
	if c.C.Flags&ClientNoTouch == 0 {
		c.stamp(e)
	}
}

// stamp records an access for LRU or LFU.
func (c *Ctx) stamp(e keyspace.Entry) {
	if c.Env.Settings.LFU.Load() {
		c.touchLFU(e)
		return
	}
	e.TouchLRU(c.LRUClock())
}

// LRUClock is the 24-bit clock of seconds that entries are stamped with.
func (c *Ctx) LRUClock() uint32 { return uint32(c.Now/1000) & (1<<24 - 1) }

// Remove deletes a key and reports whether it was there. The caller has looked
// it up, so an expired one is gone already.
func (c *Ctx) Remove(k *Key) bool {
	if !k.Part.Remove(k.Hash, k.Bytes) {
		return false
	}
	c.Changed(k)
	return true
}

// touchLFU records an access in the Morris counter of the entry.
func (c *Ctx) touchLFU(e keyspace.Entry) {
	e.TouchLFU(uint32(c.Now/60000), c.Rand.Float64(), int(c.Env.Settings.LFULogFactor.Load()), int(c.Env.Settings.LFUDecay.Load()))
}

// NewLRU is the access stamp of a key that is written now.
func (c *Ctx) NewLRU() uint32 {
	if c.Env.Settings.LFU.Load() {
		return keyspace.NewLFU(uint32(c.Now / 60000))
	}
	return c.LRUClock()
}

// stampOf is the access stamp of a value that replaces what is at k. The LFU
// counter belongs to the key and outlives the value.
func (c *Ctx) stampOf(k *Key) uint32 {
	if !c.Env.Settings.LFU.Load() {
		return c.LRUClock()
	}
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() {
		c.touch(e)
		return e.LRU()
	}
	return c.NewLRU()
}

// PutString stores a string value under k, with the encoding that Redis would
// report for it. hasExpire false clears any expiry. It replies the out of
// memory error and reports false if there is no room.
func (c *Ctx) PutString(k *Key, value []byte, expireAt int64, hasExpire bool) bool {
	if c.put(k, keyspace.TypeString, StringEncoding(value), value, expireAt, hasExpire, c.stampOf(k)) != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	return true
}

// StringAt looks a key up for reading and wants a string: ok is false after
// the WRONGTYPE error was replied. A missing key is not an error.
func (c *Ctx) StringAt(e keyspace.Entry) (ok bool) {
	if e.Exists() && e.Type() != keyspace.TypeString {
		c.W.Error(resp.ErrWrongType)
		return false
	}
	return true
}

package keyspace

import (
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"unsafe"

	"clusternode/arena"
	"clusternode/object"
	"clusternode/slots"
)

// ErrOOM is returned when there is no memory for an entry. Nothing was changed.
var ErrOOM = object.ErrOOM

// ErrTooLong is returned for a key or value above MaxKey or MaxValue.
var ErrTooLong = errors.New("keyspace: key or value too long")

// DefaultDatabases is the number of databases if Options do not say.
const DefaultDatabases = 16

// Options configure a keyspace. The zero value is usable.
type Options struct {
	Databases int // 0: DefaultDatabases
	// Limit is the most bytes of pages and large blocks; 0 is what the system
	// gives. Beyond it writes fail with ErrOOM.
	Limit int64
	// Poison makes use of freed memory visible: for tests.
	Poison bool
}

// Keyspace is all the data of a node. See the package comment for its locks.
type Keyspace struct {
	gate  gate
	locks lockTable
	pool  *arena.Pool // constant

	// dbs has the databases, nil until first used. An entry is set under mu,
	// and replaced under the gate.
	dbs []atomic.Pointer[database]
	mu  sync.Mutex

	fixed       atomic.Int64 // bytes of locks, partitions and books
	waitedKeys  atomic.Int64 // keys that somebody waits for
	removalKeys atomic.Int64 // keys whose removal somebody waits for
	house       housekeeper
}

// shards is the number of arenas of a database; slots share them.
const shards = 64

// database is one of the numbered databases.
type database struct {
	ks       *Keyspace
	index    int // changed by SwapDB, under the gate
	parts    []Part
	shards   [shards]shard
	nonEmpty slotBits // slots with keys
	volatile slotBits // slots with keys that have a time to live
	fielded  slotBits // slots that may have hashes whose fields have one
	watched  slotBits // slots with watchers, or keys that somebody waits for
	// refielded are the slots in which the walk of expiry, or a writer, has seen
	// such a hash since the walk came to the slot.
	refielded slotBits
	ttl       atomic.Int64 // average time to live as expiry sees it, ms
	released  atomic.Bool  // its arenas are empty
}

// shard is what slots that are equal modulo the number of shards share.
type shard struct {
	arena   *arena.Arena
	space   *object.Space // of the arena
	keys    atomic.Int64
	expires atomic.Int64
	trees   atomic.Int64 // keys whose values have trees
	_       [24]byte
}

// New makes an empty keyspace.
func New(o Options) (*Keyspace, error) {
	if o.Databases <= 0 {
		o.Databases = DefaultDatabases
	}
	ks := &Keyspace{
		dbs:  make([]atomic.Pointer[database], o.Databases),
		pool: arena.NewPool(arena.PoolOptions{Limit: o.Limit, Poison: o.Poison}),
	}
	ks.fixed.Store(fixedBytes)
	ks.gate.init()
	ks.house.init(ks)
	return ks, nil
}

// Close stops housekeeping and gives all memory back. Nobody may use the
// keyspace any more.
func (ks *Keyspace) Close() {
	ks.house.stop()
	ks.pool.Close()
}

// Databases is the number of databases.
func (ks *Keyspace) Databases() int { return len(ks.dbs) }

// hashSeed is per process: nobody outside can choose keys that collide.
var hashSeed = maphash.MakeSeed()

// Hash is the hash that all methods with a hash argument want.
func (ks *Keyspace) Hash(key []byte) uint64 { return maphash.Bytes(hashSeed, key) }

func hashKey(key []byte) uint64    { return maphash.Bytes(hashSeed, key) }
func hashString(key string) uint64 { return maphash.String(hashSeed, key) }

func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// Part is the partition of slot s in database db, which is made when it is
// first used. The caller has entered, and locks the slot before it uses the
// partition.
func (ks *Keyspace) Part(db int, s slots.Slot) *Part {
	d := ks.dbs[db].Load()
	if d == nil {
		d = ks.makeDB(db)
	}
	return &d.parts[s]
}

func (ks *Keyspace) makeDB(db int) *database {
	ks.mu.Lock()
	defer ks.mu.Unlock()
	if d := ks.dbs[db].Load(); d != nil {
		return d
	}
	d := ks.newDatabase(db)
	ks.dbs[db].Store(d)
	ks.fixed.Add(fixedBytesPer)
	if ks.pool.Summing() {
		d.keepSum()
	}
	return d
}

func (ks *Keyspace) newDatabase(index int) *database {
	d := &database{ks: ks, index: index, parts: make([]Part, slots.Count)}
	for i := range d.shards {
		a := arena.New(ks.pool)
		d.shards[i].arena, d.shards[i].space = a, object.NewSpace(a, hashSeed)
	}
	for i := range d.parts {
		d.parts[i].init(d, slots.Slot(i))
	}
	return d
}

// shard is the shard of a slot: neighbours are in different ones, as a node of
// a cluster has ranges of slots.
func (d *database) shard(s slots.Slot) *shard { return &d.shards[s%shards] }

func (d *database) keys() (n int64) {
	for i := range d.shards {
		n += d.shards[i].keys.Load()
	}
	return n
}

func (d *database) expires() (n int64) {
	for i := range d.shards {
		n += d.shards[i].expires.Load()
	}
	return n
}

// DBSize is the number of keys of a database.
func (ks *Keyspace) DBSize(db int) int {
	if d := ks.dbs[db].Load(); d != nil {
		return int(d.keys())
	}
	return 0
}

// Expires is the number of keys of a database that have a time to live.
func (ks *Keyspace) Expires(db int) int {
	if d := ks.dbs[db].Load(); d != nil {
		return int(d.expires())
	}
	return 0
}

// AvgTTL is the average time to live of those keys, milliseconds, as active
// expiry has seen it lately; 0 is unknown.
func (ks *Keyspace) AvgTTL(db int) int64 {
	if d := ks.dbs[db].Load(); d != nil && d.expires() > 0 {
		return d.ttl.Load()
	}
	return 0
}

// CountKeys is the number of keys of the slot in database 0.
func (ks *Keyspace) CountKeys(s slots.Slot) int {
	if d := ks.dbs[0].Load(); d != nil {
		return d.parts[s].Len()
	}
	return 0
}

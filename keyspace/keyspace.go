package keyspace

import (
	"errors"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"unsafe"

	"clusternode/slots"
)

// ErrOOM is returned when there is no memory for an entry. Nothing was changed.
var ErrOOM = errors.New("keyspace: out of memory")

// ErrTooLong is returned for a key or value above MaxKey or MaxValue.
var ErrTooLong = errors.New("keyspace: key or value too long")

// DefaultDatabases is the number of databases if Options do not say.
const DefaultDatabases = 16

// Options configure a keyspace. The zero value is usable.
type Options struct {
	Databases int // 0: DefaultDatabases
}

// Keyspace is all the data of a node. See the package comment for its locks.
type Keyspace struct {
	gate  gate
	locks lockTable

	// dbs is changed under mu or the gate; nil until first used.
	dbs []atomic.Pointer[database]
	mu  sync.Mutex

	house housekeeper
}

// database is one of the numbered databases.
type database struct {
	index    int // changed by SwapDB, under the gate
	parts    []Part
	keys     atomic.Int64
	expires  atomic.Int64
	nonEmpty slotBits // slots with keys
	volatile slotBits // slots with keys that have a time to live
	watched  slotBits // slots with watchers
}

// New makes an empty keyspace.
func New(o Options) (*Keyspace, error) {
	if o.Databases <= 0 {
		o.Databases = DefaultDatabases
	}
	ks := &Keyspace{dbs: make([]atomic.Pointer[database], o.Databases)}
	ks.gate.init()
	ks.house.init(ks)
	return ks, nil
}

// Close stops housekeeping and gives all memory back. Nobody may use the
// keyspace any more.
func (ks *Keyspace) Close() {
	ks.house.stop()
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
	d := newDatabase(db)
	ks.dbs[db].Store(d)
	return d
}

func newDatabase(index int) *database {
	d := &database{index: index, parts: make([]Part, slots.Count)}
	for i := range d.parts {
		d.parts[i].init(d, slots.Slot(i))
	}
	return d
}

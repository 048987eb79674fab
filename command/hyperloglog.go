package command

import (
	"math/rand/v2"

	"clusternode/internal/hll"
	"clusternode/keyspace"
	"clusternode/resp"
)

// HyperLogLogSpecs are the commands on HyperLogLogs, which are strings.
var HyperLogLogSpecs = []*Spec{
	{Name: "pfadd", Arity: -2, Flags: Write | DenyOOM | Fast, Cats: CatHyperLogLog, Keys: []KeySpec{One(1, KeyRW|KeyInsert)}, Cost: costOfMembers, Handler: pfadd},
	{Name: "pfcount", Arity: -2, Flags: ReadOnly | MayReplicate, Cats: CatHyperLogLog, Keys: []KeySpec{{Index: 1, Last: -1, Step: 1, Flags: KeyRW | KeyAccess, Notes: "RW because it may change the internal representation of the key, and propagate to replicas"}}, Cost: costOfHLLs, Handler: pfcount},
	{Name: "pfmerge", Arity: -2, Flags: Write | DenyOOM, Cats: CatHyperLogLog, Keys: []KeySpec{One(1, KeyRW|KeyAccess|KeyInsert), Range(2, -1, 1, KeyRO|KeyAccess)}, Cost: costOfHLLs, Handler: pfmerge},
	{Name: "pfdebug", Arity: 3, Flags: Write | DenyOOM | Admin, Cats: CatHyperLogLog, Keys: []KeySpec{One(2, KeyRW|KeyAccess)}, Handler: pfdebug},
	{Name: "pfselftest", Arity: 1, Flags: Admin, Cats: CatHyperLogLog, Cost: func(*Ctx) int64 { return 100 * longCost }, Handler: pfselftest},
}

const (
	errNotHLL     = "WRONGTYPE Key is not a valid HyperLogLog string value."
	errCorruptHLL = "INVALIDOBJ Corrupted HLL object detected"

	longCost    = 1_000_000 // a millisecond
	nanosPerHLL = 20_000    // to merge the registers of one
)

func costOfHLLs(c *Ctx) int64 { return int64(len(c.Keys)) * nanosPerHLL }

// hllAt wants an entry to be a HyperLogLog: ok is false after an error was
// replied.
func (c *Ctx) hllAt(e keyspace.Entry) (value []byte, ok bool) {
	if e.Type() != keyspace.TypeString {
		c.W.Error(resp.ErrWrongType)
		return nil, false
	}
	if !hll.Valid(e.Value()) {
		c.W.Error(errNotHLL)
		return nil, false
	}
	return e.Value(), true
}

// changeHLL is hllAt of a value that may be changed in place. Redis makes it a raw
// string for that.
func (c *Ctx) changeHLL(e keyspace.Entry) (value []byte, ok bool) {
	value, ok = c.hllAt(e)
	if ok {
		e.SetEncoding(keyspace.EncRaw)
	}
	return value, ok
}

// putHLL stores a HyperLogLog, whose key keeps its time to live.
func (c *Ctx) putHLL(k *Key, value []byte) bool {
	var at int64
	var has bool
	lru := c.NewLRU()
	if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() {
		at, has = expiry(e)
		lru = e.LRU()
	}
	if c.put(k, keyspace.TypeString, keyspace.EncRaw, value, at, has, lru) != nil {
		c.W.Error(resp.ErrOOM)
		return false
	}
	return true
}

// pfadd changes nothing when an element meets damage; Redis keeps the elements
// before it, and tells nobody.
func pfadd(c *Ctx) {
	k := &c.Keys[0]
	e := c.Write(k)
	buf := c.Scratch()
	changes, ok := 0, true
	if e.Exists() {
		value, ok := c.changeHLL(e)
		if !ok {
			return
		}
		if buf = value; !hll.IsDense(value) { // dense ones are changed where they are
			buf = append(c.Scratch(), value...)
		}
	} else {
		buf = hll.AppendNew(buf)
		changes++
	}
	inPlace := e.Exists() && hll.IsDense(buf)
	limit := int(c.Env.Settings.HLLSparseMaxBytes.Load())
	for _, elem := range c.Args[2:] {
		var raised bool
		i, rank := hll.Place(elem)
		if buf, raised, ok = hll.Raise(buf, i, rank, limit); !ok {
			c.W.Error(errCorruptHLL)
			return
		}
		if raised {
			changes++
		}
	}
	if changes == 0 {
		c.W.Int(0)
		return
	}
	if !inPlace {
		hll.Stale(buf)
		if !c.putHLL(k, buf) {
			return
		}
		c.KeepScratch(buf)
	}
	c.Changed(k)
	c.Dirty(changes - 1)
	c.Notify(NotifyString, "pfadd", k)
	c.W.Int(1)
}

func pfcount(c *Ctx) {
	if len(c.Keys) > 1 {
		c.pfcountUnion()
		return
	}
	k := &c.Keys[0]
	e := c.Read(k)
	if !e.Exists() {
		c.W.Int(0)
		return
	}
	value, ok := c.changeHLL(e)
	if !ok {
		return
	}
	n, fresh := hll.Cached(value)
	if !fresh {
		if n, ok = hll.Count(value); !ok {
			c.W.Error(errCorruptHLL)
			return
		}
		hll.SetCached(value, n)
		c.Changed(k)
	}
	c.W.Int(int64(n))
}

// merge raises the registers of max to those of the keys; anyDense says that one
// of them is dense. ok is false after an error was replied.
func (c *Ctx) mergeHLLs(max *[hll.Registers]byte) (anyDense, ok bool) {
	for i := range c.Keys {
		e := c.Read(&c.Keys[i])
		if !e.Exists() {
			continue
		}
		value, ok := c.hllAt(e)
		if !ok {
			return false, false
		}
		anyDense = anyDense || hll.IsDense(value)
		if !hll.Merge(max, value) {
			c.W.Error(errCorruptHLL)
			return false, false
		}
	}
	return anyDense, true
}

func (c *Ctx) pfcountUnion() {
	var max [hll.Registers]byte
	if _, ok := c.mergeHLLs(&max); ok {
		c.W.Int(int64(hll.CountRegisters(&max)))
	}
}

func pfmerge(c *Ctx) {
	var max [hll.Registers]byte
	anyDense, ok := c.mergeHLLs(&max)
	if !ok {
		return
	}
	k := &c.Keys[0]
	var buf []byte
	if e := c.Write(k); e.Exists() {
		buf = append(c.Scratch(), e.Value()...)
	} else {
		buf = hll.AppendNew(c.Scratch())
	}
	if anyDense {
		if buf, ok = hll.ToDense(buf); !ok {
			c.W.Error(errCorruptHLL)
			return
		}
	}
	limit := int(c.Env.Settings.HLLSparseMaxBytes.Load())
	for i, v := range max {
		if v == 0 {
			continue
		}
		if buf, _, ok = hll.Raise(buf, i, v, limit); !ok {
			c.W.Error(errCorruptHLL)
			return
		}
	}
	hll.Stale(buf)
	if !c.putHLL(k, buf) {
		return
	}
	c.KeepScratch(buf)
	c.Changed(k)
	c.Notify(NotifyString, "pfadd", k)
	c.W.OK()
}

func pfdebug(c *Ctx) {
	k := &c.Keys[0]
	e := c.Write(k)
	if !e.Exists() {
		c.W.Error("ERR The specified key does not exist")
		return
	}
	value, ok := c.changeHLL(e)
	if !ok {
		return
	}
	switch what := c.Args[1]; {
	case equalFold(what, "getreg"):
		if !c.makeDense(k, value) {
			return
		}
		value = k.Part.Find(k.Hash, k.Bytes).Value()
		registers, _ := hll.AppendRegisters(nil, value)
		c.W.Array(len(registers))
		for _, v := range registers {
			c.W.Int(int64(v))
		}
	case equalFold(what, "decode"):
		if hll.IsDense(value) {
			c.W.Error("ERR HLL encoding is not sparse")
			return
		}
		c.W.Bulk(hll.AppendDecoded(nil, value))
	case equalFold(what, "encoding"):
		if hll.IsDense(value) {
			c.W.SimpleString("dense")
		} else {
			c.W.SimpleString("sparse")
		}
	case equalFold(what, "todense"):
		was := hll.IsDense(value)
		switch {
		case was:
			c.W.Int(0)
		case c.makeDense(k, value):
			c.W.Int(1)
		}
	default:
		c.W.Error("ERR Unknown PFDEBUG subcommand '" + string(cString(what)) + "'")
	}
}

// makeDense stores a HyperLogLog with dense registers; ok is false after an error
// was replied.
func (c *Ctx) makeDense(k *Key, value []byte) (ok bool) {
	if hll.IsDense(value) {
		return true
	}
	b, ok := hll.ToDense(value)
	if !ok {
		c.W.Error(errCorruptHLL)
		return false
	}
	if !c.putHLL(k, b) {
		return false
	}
	c.Changed(k)
	return true
}

// pfselftest fills a dense HyperLogLog with random registers and reads them back,
// and counts growing numbers of elements, whose estimate may be wrong by at most
// four times the expected error, or a few for small ones.
func pfselftest(c *Ctx) {
	r := rand.New(rand.NewPCG(c.Rand.Uint64(), c.Rand.Uint64()))
	b, _ := hll.ToDense(hll.AppendNew(nil))
	var want [hll.Registers]byte
	for range 3 * hll.Registers {
		i, v := r.IntN(hll.Registers), byte(r.IntN(64))
		b, _, _ = hll.Raise(b, i, v, 0)
		want[i] = max(want[i], v)
	}
	got, _ := hll.AppendRegisters(nil, b)
	if string(got) != string(want[:]) {
		c.W.Error("TESTFAILED Registers do not keep their values")
		return
	}
	sparse, dense := hll.AppendNew(nil), []byte(nil)
	dense, _ = hll.ToDense(sparse)
	check := 1
	for n := 1; n <= 100_000; n++ {
		var elem [8]byte
		for i, v := 0, r.Uint64(); i < 8; i, v = i+1, v>>8 {
			elem[i] = byte(v)
		}
		i, rank := hll.Place(elem[:])
		sparse, _, _ = hll.Raise(sparse, i, rank, 3000)
		dense, _, _ = hll.Raise(dense, i, rank, 0)
		if n != check {
			continue
		}
		check *= 10
		a, _ := hll.Count(sparse)
		b, _ := hll.Count(dense)
		if a != b {
			c.W.Error("TESTFAILED Sparse and dense registers count differently")
			return
		}
		if off := int(b) - n; max(off, -off) > 2+n*4*104/(100*128) {
			c.W.Error("TESTFAILED Too high error")
			return
		}
	}
	c.W.OK()
}

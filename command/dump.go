package command

import (
	"errors"
	"math"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/rdb"
	"clusternode/resp"
)

// dumpSpecs are the commands that carry values between servers.
var dumpSpecs = []*Spec{
	{Name: "dump", Arity: 2, Flags: ReadOnly, Cats: CatKeyspace, Keys: []KeySpec{One(1, KeyRO|KeyAccess)}, Tips: []string{"nondeterministic_output"}, Cost: dumpCost, Handler: dump},
	{Name: "restore", Arity: -4, Flags: Write | DenyOOM, Cats: CatKeyspace | CatDangerous, Keys: []KeySpec{One(1, KeyOW|KeyUpdate)}, Cost: restoreCost, Handler: restore},
	{Name: "restore-asking", Arity: -4, Flags: Write | DenyOOM | AskingFlag, Cats: CatKeyspace | CatDangerous, Keys: []KeySpec{One(1, KeyOW|KeyUpdate)}, Cost: restoreCost, Handler: restore},
}

// dumpCost counts five nanoseconds a byte, most of it compression.
func dumpCost(c *Ctx) int64 {
	k := &c.Keys[0]
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() {
		return 0
	}
	return 5 * int64(len(e.Value())+k.Part.TreeBytes(e))
}

// restoreCost counts twenty nanoseconds a byte of the payload.
func restoreCost(c *Ctx) int64 { return 20 * int64(len(c.Args[3])) }

func dump(c *Ctx) {
	k := &c.Keys[0]
	e := c.Read(k)
	if !e.Exists() {
		c.W.Null()
		return
	}
	buf := rdb.AppendPayload(c.Scratch(), k.Part.Space(), valueOf(e), c.dumpOptions())
	c.W.Bulk(buf)
	c.KeepScratch(buf)
}

// valueOf is the value of an entry, as package rdb takes it.
func valueOf(e keyspace.Entry) rdb.Value {
	return rdb.Value{Type: e.Type(), Enc: e.Encoding(), Bytes: e.Value()}
}

// restoreArgs are the options of RESTORE.
type restoreArgs struct {
	replace, absolute bool
	idle, freq        int64 // seconds, counter; -1: not given
}

// parseRestore reads the options; problem is the error's text, "" if there is
// none.
func parseRestore(args [][]byte) (r restoreArgs, problem string) {
	r.idle, r.freq = -1, -1
	for i := 4; i < len(args); i++ {
		more := i+1 < len(args)
		switch {
		case equalFold(args[i], "replace"):
			r.replace = true
		case equalFold(args[i], "absttl"):
			r.absolute = true
		case equalFold(args[i], "idletime") && more && r.freq == -1:
			i++
			if r.idle, problem = parseBetween(args[i], math.MinInt64, math.MaxInt64, ""); problem != "" {
				return r, problem
			}
			if r.idle < 0 {
				return r, "ERR Invalid IDLETIME value, must be >= 0"
			}
		case equalFold(args[i], "freq") && more && r.idle == -1:
			i++
			if r.freq, problem = parseBetween(args[i], math.MinInt64, math.MaxInt64, ""); problem != "" {
				return r, problem
			}
			if r.freq < 0 || r.freq > 255 {
				return r, "ERR Invalid FREQ value, must be >= 0 and <= 255"
			}
		default:
			return r, resp.ErrSyntax
		}
	}
	return r, ""
}

// The errors of RESTORE.
const (
	errBusyKey    = "BUSYKEY Target key name already exists."
	errPayload    = "ERR DUMP payload version or checksum are wrong"
	errBadData    = "ERR Bad data format"
	errRestoreTTL = "ERR Invalid TTL value, must be >= 0"
)

func restore(c *Ctx) {
	r, problem := parseRestore(c.Args)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	k := &c.Keys[0]
	var existed bool
	if r.replace { // what is replaced, expired or not, is deleted without a look at it
		existed = k.Part.Find(k.Hash, k.Bytes).Exists()
	} else {
		existed = c.live(k).Exists()
	}
	if existed && !r.replace {
		c.W.Error(errBusyKey)
		return
	}
	ttl, ok := c.intArg(c.Args[2])
	if !ok {
		return
	}
	if ttl < 0 {
		c.W.Error(errRestoreTTL)
		return
	}
	in, err := rdb.OpenPayload(c.Args[3], c.Env.Debug.AnySum.Load())
	if err != nil {
		c.W.Error(errPayload)
		return
	}
	v, err := in.Value(k.Part.Space(), c.rdbLimits())
	if err != nil {
		c.restoreFailed(err)
		return
	}
	if ttl != 0 && !r.absolute {
		if ttl += c.Now; ttl < 0 { // past the end of time
			ttl = math.MaxInt64
		}
	}
	if ttl != 0 && ttl <= c.Now && !c.Env.Node.Replica() {
		v.Free(k.Part.Space())
		if existed {
			c.delete(k)
		}
		c.W.OK()
		return
	}
	c.putValue(k, v, ttl, &r)
}

// restoreFailed replies why a value could not be read.
func (c *Ctx) restoreFailed(err error) {
	if errors.Is(err, object.ErrOOM) {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.W.Error(errBadData)
}

// putValue stores what RESTORE has read, with the access bits that it asks for.
func (c *Ctx) putValue(k *Key, v rdb.Value, ttl int64, r *restoreArgs) {
	enc := v.Enc
	if v.Type == object.TypeString {
		enc = StringEncoding(v.Bytes)
	}
	if _, err := k.Part.Put(k.Hash, k.Bytes, v.Type, enc, v.Bytes, ttl, ttl != 0, c.restoredLRU(r)); err != nil {
		v.Free(k.Part.Space())
		c.W.Error(resp.ErrOOM)
		return
	}
	c.Changed(k)
	c.Notify(NotifyNew, "new", k) // even if it was there: Redis removes it before
	c.Notify(NotifyGeneric, "restore", k)
	c.W.OK()
}

// restoredLRU is the access stamp that RESTORE's options ask for, as far as the
// policy has a use for them.
func (c *Ctx) restoredLRU(r *restoreArgs) uint32 {
	switch lfu := c.Env.Settings.LFU.Load(); {
	case lfu && r.freq >= 0:
		return uint32(c.Now/60000)<<8&0xffff00 | uint32(r.freq)
	case !lfu && r.idle >= 0:
		at := int64(c.LRUClock()) - r.idle
		if at < 0 { // before the clock began anew
			at += 1<<24 - 1
		}
		return uint32(at) & (1<<24 - 1)
	}
	return c.NewLRU()
}

// rdbLimits are the thresholds that decide the encoding of what is read.
func (c *Ctx) rdbLimits() *rdb.Limits {
	s := &c.Env.Settings.PackedLimits
	return &rdb.Limits{
		HashEntries: int(s.HashMaxListpackEntries.Load()), HashValue: int(s.HashMaxListpackValue.Load()),
		ListSize:   int(s.ListMaxListpackSize.Load()),
		IntsetLen:  int(s.SetMaxIntsetEntries.Load()),
		SetEntries: int(s.SetMaxListpackEntries.Load()), SetValue: int(s.SetMaxListpackValue.Load()),
		ZSetEntries: int(s.ZSetMaxListpackEntries.Load()), ZSetValue: int(s.ZSetMaxListpackValue.Load()),
	}
}

// dumpOptions are the settings that decide how values are written.
func (c *Ctx) dumpOptions() rdb.Options {
	return rdb.Options{Compress: !c.Env.Settings.RawStrings.Load()}
}

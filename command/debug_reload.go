package command

import (
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/rdb"
	"clusternode/slots"
)

// debugReload writes every value as an RDB file has it and replaces it by what
// is read from that, in memory, one value at a time. Keys whose time has passed
// are not read again. Names, times to live and access bits stay. An error stops
// it: the values before are new, the others as they were.
func debugReload(c *Ctx) {
	for _, option := range c.Args[2:] {
		switch {
		case equalFold(option, "nosave"):
			c.W.Error("ERR DEBUG RELOAD NOSAVE reads a file, and this server has none")
			return
		case !equalFold(option, "merge") && !equalFold(option, "noflush"):
			c.W.Error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.")
			return
		}
	}
	r := reloader{c: c, limits: c.rdbLimits()}
	for db := range c.KS.Databases() {
		if c.KS.DBSize(db) == 0 {
			continue
		}
		for s := range slots.Slot(slots.Count) {
			if err := r.part(c.KS.Part(db, s)); err != nil {
				c.W.Error("ERR Error trying to load the RDB dump: " + err.Error())
				return
			}
		}
	}
	c.W.OK()
}

type reloader struct {
	c      *Ctx
	limits *rdb.Limits
	keys   []byte // of the partition, one behind the other
	ends   []int
	buf    []byte
}

func (r *reloader) part(p *keyspace.Part) error {
	r.keys, r.ends = r.keys[:0], r.ends[:0]
	for cursor, done := uint64(0), p.Len() == 0; !done; {
		cursor, done = p.Scan(cursor, scanStep, func(e keyspace.Entry) {
			r.keys = append(r.keys, e.Key()...)
			r.ends = append(r.ends, len(r.keys))
		})
	}
	at := 0
	for _, end := range r.ends {
		if err := r.key(p, r.keys[at:end]); err != nil {
			return err
		}
		at = end
	}
	return nil
}

func (r *reloader) key(p *keyspace.Part, key []byte) error {
	hash := r.c.KS.Hash(key)
	e := p.Find(hash, key)
	if r.c.expired(e) {
		p.Remove(hash, key)
		p.Changed(hash, key)
		return nil
	}
	r.buf = rdb.AppendPayload(r.buf[:0], p.Space(), valueOf(e), r.c.dumpOptions())
	in, err := rdb.OpenPayload(r.buf, false)
	if err != nil {
		return err
	}
	v, err := in.Value(p.Space(), r.limits)
	if err != nil {
		return err
	}
	if v.Type == object.TypeString {
		v.Enc = StringEncoding(v.Bytes)
	}
	at, has := expiry(e)
	if _, err := p.Put(hash, key, v.Type, v.Enc, v.Bytes, at, has, e.LRU()); err != nil {
		v.Free(p.Space())
		return err
	}
	p.Changed(hash, key)
	return nil
}

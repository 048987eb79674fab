package command

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
	"clusternode/slots"
)

// digest is the checksum of DEBUG DIGEST. Two rules build it: what has no
// order is added by exclusive or of SHA-1 sums; what has an order is mixed,
// which is adding it and then taking the SHA-1 sum of the whole.
//
// The data set is, for every database that is not empty, its number (mixed)
// and its keys (added, in any order); a key is its name and its value, mixed;
// a value is its type (mixed), its content and, if it has a TTL, a marker
// (added). Strings, and lists and streams element by element, are mixed; members
// and fields are added, each as a digest of its parts. A missing value is all
// zeros.
type digest [sha1.Size]byte

func (d *digest) add(b []byte) {
	sum := sha1.Sum(b)
	for i := range d {
		d[i] ^= sum[i]
	}
}

func (d *digest) mix(b []byte) {
	d.add(b)
	*d = sha1.Sum(d[:])
}

func (d *digest) mixNumber(n uint32) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	d.mix(b[:])
}

// mixValue mixes a value and adds the mark of its TTL.
func (d *digest) mixValue(sp *object.Space, e keyspace.Entry) {
	d.mixNumber(digestTypes[e.Type()])
	switch e.Type() {
	case object.TypeString:
		d.mix(e.Value())
	case object.TypeList:
		d.mixList(sp, e)
	case object.TypeSet:
		d.addSet(sp, e)
	case object.TypeZSet:
		d.addZSet(sp, e)
	case object.TypeHash:
		d.addHash(sp, e)
	case object.TypeStream:
		d.mixStream(sp, e)
	}
	if e.HasExpire() {
		d.add([]byte("!!expire!!"))
	}
}

// digestTypes are the numbers of the types within a digest.
var digestTypes = [...]uint32{object.TypeString: 0, object.TypeList: 1, object.TypeSet: 2, object.TypeZSet: 3, object.TypeHash: 4, object.TypeStream: 6}

// addPair adds a name and what belongs to it, and a mark if that is not "".
func (d *digest) addPair(name, value []byte, mark string) {
	var pair digest
	pair.mix(name)
	pair.mix(value)
	if mark != "" {
		pair.add([]byte(mark))
	}
	d.add(pair[:])
}

func (d *digest) mixList(sp *object.Space, e keyspace.Entry) {
	l := object.ListOf(sp, e.Encoding(), e.Value())
	for it := l.Iter(0, false); it.Next(); {
		d.mix(it.Element())
	}
}

func (d *digest) mixStream(sp *object.Space, e keyspace.Entry) {
	s := object.StreamOf(sp, e.Value())
	var buf []byte
	for it := s.Iter(object.StreamID{}, object.MaxStreamID, false); it.Next(); {
		buf = strconv.AppendUint(buf[:0], it.ID.MS, 10)
		buf = strconv.AppendUint(append(buf, '.'), it.ID.Seq, 10)
		d.mix(buf)
		for range it.Fields() {
			name, value := it.Field()
			buf = name.Append(buf[:0])
			d.mix(buf)
			buf = value.Append(buf[:0])
			d.mix(buf)
		}
	}
}

func (d *digest) addZSet(sp *object.Space, e keyspace.Entry) {
	z := object.ZSetOf(sp, e.Encoding(), e.Value())
	var score [32]byte
	for it := z.At(0); it.Valid(); it.Next() {
		d.addPair(it.Member(), resp.AppendShortest(score[:0], it.Score()), "")
	}
}

func (d *digest) addHash(sp *object.Space, e keyspace.Entry) {
	h := object.HashOf(sp, e.Encoding(), e.Value())
	for it := h.At(0); it.Valid(); it.Next() {
		mark := ""
		if it.ExpireAt() != 0 {
			mark = "!!hexpire!!"
		}
		d.addPair(it.Field(), it.Value(), mark)
	}
}

func (d *digest) addSet(sp *object.Space, e keyspace.Entry) {
	s := object.SetOf(sp, e.Encoding(), e.Value())
	for it := s.Iter(); it.Next(); {
		d.add(it.Member())
	}
}

func (d *digest) String() string { return hex.EncodeToString(d[:]) }

func debugDigest(c *Ctx) {
	var all digest
	for db := range c.KS.Databases() {
		if c.KS.DBSize(db) == 0 {
			continue
		}
		all.mixNumber(uint32(db))
		for cursor, more := uint64(0), true; more; more = cursor != 0 {
			cursor = c.KS.ScanDB(c.Locker, db, cursor, scanStep, func(s slots.Slot, e keyspace.Entry) {
				var d digest
				d.mix(e.Key())
				d.mixValue(c.KS.Part(db, s).Space(), e)
				all.add(d[:])
			})
		}
	}
	c.W.SimpleString(all.String())
}

func debugDigestValue(c *Ctx) {
	c.W.Array(len(c.Args) - 2)
	for _, key := range c.Args[2:] {
		c.withKey(key, func(k *Key) {
			var d digest
			if e := k.Part.Find(k.Hash, k.Bytes); e.Exists() {
				d.mixValue(k.Part.Space(), e)
			}
			c.W.SimpleString(d.String())
		})
	}
}

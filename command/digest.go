package command

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"

	"clusternode/keyspace"
	"clusternode/slots"
)

// digest is the checksum of DEBUG DIGEST. Two rules build it: what has no
// order is added by exclusive or of SHA-1 sums; what has an order is mixed,
// which is adding it and then taking the SHA-1 sum of the whole.
//
// The data set is, for every database that is not empty, its number (mixed)
// and its keys (added, in any order); a key is its name and its value, mixed;
// a value is its type, its bytes (mixed) and, if it has a TTL, a marker
// (added). A missing value is all zeros.
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

// mixValue mixes a string's value and adds the mark of its TTL.
func (d *digest) mixValue(e keyspace.Entry) {
	d.mixNumber(digestString)
	d.mix(e.Value())
	if e.HasExpire() {
		d.add([]byte("!!expire!!"))
	}
}

// digestString is the number of the string type within a digest.
const digestString = 0

func (d *digest) String() string { return hex.EncodeToString(d[:]) }

func debugDigest(c *Ctx) {
	var all digest
	for db := range c.KS.Databases() {
		if c.KS.DBSize(db) == 0 {
			continue
		}
		all.mixNumber(uint32(db))
		for cursor, more := uint64(0), true; more; more = cursor != 0 {
			cursor = c.KS.ScanDB(c.Locker, db, cursor, scanStep, func(_ slots.Slot, e keyspace.Entry) {
				var d digest
				d.mix(e.Key())
				d.mixValue(e)
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
				d.mixValue(e)
			}
			c.W.SimpleString(d.String())
		})
	}
}

package command

import (
	"bytes"
	"errors"
	"math"
	"strconv"

	"clusternode/internal/glob"
	"clusternode/keyspace"
	"clusternode/resp"
	"clusternode/slots"
)

var scanSpecs = []*Spec{
	{Name: "keys", Arity: 2, Flags: ReadOnly, Cats: CatKeyspace | CatDangerous, Tips: []string{"request_policy:all_shards", "nondeterministic_output_order"}, Lock: LockScan, Cost: costPerKey(200), Handler: keys},
	{Name: "scan", Arity: -2, Flags: ReadOnly, Cats: CatKeyspace, Tips: []string{"nondeterministic_output", "request_policy:special", "response_policy:special"}, Lock: LockScan, Cost: scanCost, Handler: scan},
	{Name: "randomkey", Arity: 1, Flags: ReadOnly, Cats: CatKeyspace, Tips: []string{"request_policy:all_shards", "response_policy:special", "nondeterministic_output"}, Lock: LockScan, Handler: randomKey},
}

// scanStep is how many keys are visited under one hold of a slot's lock.
const scanStep = 256

// costPerKey estimates a command that visits every key of the database.
func costPerKey(nanos int64) func(*Ctx) int64 {
	return func(c *Ctx) int64 { return int64(c.KS.DBSize(c.C.DB)) * nanos }
}

func scanCost(c *Ctx) int64 {
	o, err := parseScan(c.Args)
	if err != nil {
		return 0
	}
	return min(int64(o.count), int64(c.KS.DBSize(c.C.DB))) * 200
}

// bulkList writes an array of bulk strings whose length is known only when all
// of them are written.
type bulkList struct {
	w  *resp.Writer
	at int
	n  int
}

func newBulkList(w *resp.Writer) bulkList { return bulkList{w: w, at: len(w.Buf)} }

func (l *bulkList) add(b []byte) {
	l.w.Bulk(b)
	l.n++
}

// close puts head and the array's header before the elements.
func (l *bulkList) close(head []byte) {
	head = append(head, '*')
	head = strconv.AppendInt(head, int64(l.n), 10)
	head = append(head, '\r', '\n')
	l.w.Buf = append(l.w.Buf, head...)
	copy(l.w.Buf[l.at+len(head):], l.w.Buf[l.at:])
	copy(l.w.Buf[l.at:], head)
}

// expired reports whether an entry's time has passed.
func (c *Ctx) expired(e keyspace.Entry) bool { return e.HasExpire() && e.ExpireAt() < c.Now }

// keys visits the whole database, or the one slot that the pattern can match.
func keys(c *Ctx) {
	pattern := c.Args[1]
	all := string(pattern) == "*"
	list := newBulkList(c.W)
	visit := func(e keyspace.Entry) {
		if (all || glob.Match(pattern, e.Key())) && !c.expired(e) {
			list.add(e.Key())
		}
	}
	if s, ok := patternSlot(pattern); ok {
		c.scanSlot(s, visit)
	} else {
		c.scanDB(visit)
	}
	list.close(nil)
}

// scanDB visits every key of the client's database once.
func (c *Ctx) scanDB(visit func(keyspace.Entry)) { c.scanSome(0, math.MaxInt, visit) }

// scanSome visits about count keys from a cursor on and returns where to go on,
// 0 at the end. However many they are, no lock is held for long.
func (c *Ctx) scanSome(cursor uint64, count int, visit func(keyspace.Entry)) uint64 {
	for seen := 0; seen < count; {
		cursor = c.KS.ScanDB(c.Locker, c.C.DB, cursor, min(count-seen, scanStep), func(_ slots.Slot, e keyspace.Entry) {
			seen++
			visit(e)
		})
		if cursor == 0 {
			break
		}
	}
	return cursor
}

// scanSlot visits every key of a slot in the client's database.
func (c *Ctx) scanSlot(s slots.Slot, visit func(keyspace.Entry)) {
	for cursor, done := uint64(0), false; !done; {
		c.Locker.Lock(s)
		// The world may have been stopped before the lock was had, and the
		// database replaced.
		cursor, done = c.KS.Part(c.C.DB, s).Scan(cursor, scanStep, visit)
		c.Locker.Unlock(s)
	}
}

// patternSlot returns the slot of all keys that a pattern can match, if there
// is one: the pattern has a hash tag without wildcards in or before it, or is
// a plain key.
func patternSlot(pattern []byte) (slots.Slot, bool) {
	open := bytes.IndexByte(pattern, '{')
	if open >= 0 {
		length := bytes.IndexByte(pattern[open:], '}')
		if length > 1 && glob.Literal(pattern[:open+length]) {
			return slots.Of(pattern[:open+length+1]), true
		}
	}
	if glob.Literal(pattern) {
		return slots.Of(pattern), true
	}
	return 0, false
}

// scanOptions are the arguments of SCAN.
type scanOptions struct {
	cursor  uint64
	count   int
	pattern []byte // nil: all
	typ     []byte // nil: all
}

func parseScan(args [][]byte) (o scanOptions, err error) {
	o.count = 10
	var ok bool
	if o.cursor, ok = parseCursor(args[1]); !ok {
		return o, errors.New("ERR invalid cursor")
	}
	for i := 2; i < len(args); i += 2 {
		switch {
		case i+1 == len(args):
			return o, errors.New(resp.ErrSyntax)
		case equalFold(args[i], "count"):
			n, ok := resp.ParseInt(args[i+1])
			if !ok {
				return o, errors.New(resp.ErrNotInteger)
			}
			if n < 1 {
				return o, errors.New(resp.ErrSyntax)
			}
			o.count = int(n)
		case equalFold(args[i], "match"):
			o.pattern = args[i+1]
		case equalFold(args[i], "type"):
			o.typ = args[i+1]
		default:
			return o, errors.New(resp.ErrSyntax)
		}
	}
	if string(o.pattern) == "*" {
		o.pattern = nil
	}
	return o, nil
}

// parseCursor reads a cursor as strtoul does: it ends at a NUL byte, a sign is
// fine, blanks before it are not, and an empty text is 0.
func parseCursor(b []byte) (uint64, bool) {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	digits, negative := b, false
	if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
		negative = b[0] == '-'
		digits = b[1:]
		if len(digits) == 0 {
			return 0, false
		}
	}
	if len(digits) == 0 {
		return 0, true
	}
	if digits[0] == '+' || digits[0] == '-' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if negative {
		n = -n
	}
	return n, err == nil
}

func scan(c *Ctx) {
	o, err := parseScan(c.Args)
	if err != nil {
		c.W.Error(err.Error())
		return
	}
	list := newBulkList(c.W)
	var gone [][]byte
	next := c.scanSome(o.cursor, o.count, func(e keyspace.Entry) {
		switch {
		case o.typ != nil && !equalFold(o.typ, e.Type().String()):
		case o.pattern != nil && !glob.Match(o.pattern, e.Key()):
		case c.expired(e):
			gone = append(gone, append([]byte(nil), e.Key()...))
		default:
			list.add(e.Key())
		}
	})
	var tmp [64]byte
	var digits [20]byte
	d := strconv.AppendUint(digits[:0], next, 10)
	head := append(tmp[:0], "*2\r\n$"...)
	head = strconv.AppendInt(head, int64(len(d)), 10)
	head = append(head, '\r', '\n')
	head = append(head, d...)
	list.close(append(head, '\r', '\n'))
	for _, key := range gone {
		c.withKey(key, func(k *Key) { c.live(k) })
	}
}

// withKey runs f with a key that the dispatcher does not know of, its slot
// locked. For LockScan commands.
func (c *Ctx) withKey(key []byte, f func(*Key)) {
	k := Key{Bytes: key, Slot: slots.Of(key), Hash: c.KS.Hash(key), DB: c.C.DB}
	c.Locker.Lock(k.Slot)
	k.Part = c.KS.Part(k.DB, k.Slot) // not before: see scanSlot
	f(&k)
	c.Locker.Unlock(k.Slot)
}

// randomTries bounds the search for a key that has not expired by chance; if it
// fails, the first such key will do.
const randomTries = 100

func randomKey(c *Ctx) {
	for range randomTries {
		var gone []byte
		found := c.KS.RandomKey(c.Locker, c.C.DB, c.Rand, func(_ slots.Slot, e keyspace.Entry) {
			if c.expired(e) {
				gone = append([]byte(nil), e.Key()...)
				return
			}
			c.W.Bulk(e.Key())
		})
		if !found {
			c.W.Null()
			return
		}
		if gone == nil {
			return
		}
		c.withKey(gone, func(k *Key) { c.live(k) })
	}
	replied := false
	for cursor, more := uint64(0), true; more && !replied; more = cursor != 0 {
		cursor = c.scanSome(cursor, scanStep, func(e keyspace.Entry) {
			if !replied && !c.expired(e) {
				c.W.Bulk(e.Key())
				replied = true
			}
		})
	}
	if !replied {
		c.W.Null()
	}
}

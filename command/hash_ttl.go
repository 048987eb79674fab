package command

import (
	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// Times to live of hash fields, as Redis 8.0 has them.

// maxFieldExpire is the latest expiry of a field, unix milliseconds: Redis keeps
// them in 46 bits.
const maxFieldExpire = 1<<46 - 1

const (
	errNoFields    = "ERR Mandatory argument FIELDS is missing or not at the right position"
	errFieldCount  = "ERR Number of fields must be a positive integer"
	errFieldsMatch = "ERR The `numfields` parameter must match the number of arguments"
	errPastExpire  = "ERR invalid expire time, must be >= 0"
)

// fieldArgs reads "FIELDS numfields field ..." and returns the fields. count is
// the error of a bad number. ok is false after an error was replied.
func (c *Ctx) fieldArgs(args [][]byte, count string) (fields [][]byte, ok bool) {
	if len(args) < 2 || !equalFold(args[0], "fields") {
		c.W.Error(errNoFields)
		return nil, false
	}
	n, ok := resp.ParseInt(args[1])
	switch {
	case !ok || n < 1:
		c.W.Error(count)
		return nil, false
	case n != int64(len(args)-2):
		c.W.Error(errFieldsMatch)
		return nil, false
	}
	return args[2:], true
}

// fieldExpire turns a time into unix milliseconds; how says what it is. ok is
// false after an error was replied.
func (c *Ctx) fieldExpire(arg []byte, how setFlags) (at int64, ok bool) {
	if at, ok = c.intArg(arg); !ok {
		return 0, false
	}
	if at < 0 {
		c.W.Error(errPastExpire)
		return 0, false
	}
	if how == optEX || how == optEXAT {
		if at > maxFieldExpire/1000 {
			return 0, c.badExpire()
		}
		at *= 1000
	}
	if how == optEX || how == optPX {
		if at > maxFieldExpire-c.Now {
			return 0, c.badExpire()
		}
		at += c.Now
	}
	if at > maxFieldExpire {
		return 0, c.badExpire()
	}
	return at, true
}

// wantHash replies the error of a key that holds something else than a hash.
func (c *Ctx) wantHash(k *Key) bool {
	if e := c.live(k); e.Exists() && e.Type() != keyspace.TypeHash {
		c.W.Error(resp.ErrWrongType)
		return false
	}
	return true
}

// Replies about the expiry of a field.
const (
	fieldMissing   = -2
	fieldEternal   = -1
	fieldUnchanged = 0
	fieldChanged   = 1
	fieldDeleted   = 2
)

// hexpire is HEXPIRE and its kin; how says what their time is.
func (c *Ctx) hexpire(how setFlags) {
	k := &c.Keys[0]
	if !c.wantHash(k) {
		return
	}
	at, ok := c.fieldExpire(c.Args[2], how)
	if !ok {
		return
	}
	rest := c.Args[3:]
	condition := byte(0)
	if len(rest[0]) == 2 {
		for _, word := range [...]string{"nx", "xx", "gt", "lt"} {
			if equalFold(rest[0], word) {
				condition, rest = word[0], rest[1:]
				break
			}
		}
	}
	fields, ok := c.fieldArgs(rest, "ERR Parameter `numFields` should be greater than 0")
	if !ok {
		return
	}
	h, cell, ok := c.openHash(k)
	if !ok {
		return
	}
	event := "hexpire"
	if at <= c.Now {
		event = "hdel"
	}
	mark := len(c.W.Buf)
	c.W.Array(len(fields))
	changed, err := 0, error(nil)
	for _, f := range fields {
		result := int64(fieldMissing)
		if cell != nil && h.Len() > 0 && err == nil {
			if result, err = c.expireField(&h, f, at, condition); result > fieldUnchanged {
				changed++
			}
		}
		c.W.Int(result)
	}
	c.changedFields(k, event, &h, cell, changed)
	if err != nil {
		c.W.Error(resp.ErrOOM)
		c.dropReply(mark)
	}
}

// changedFields reports changes of n fields, among them perhaps of their
// expiries, and deletes the key with the last field.
func (c *Ctx) changedFields(k *Key, event string, h *object.Hash, cell *keyspace.Cell, n int) {
	if n == 0 {
		return
	}
	cell.MarkFields()
	c.deletedFields(k, event, h, n)
}

// expireField gives a field an expiry, if the condition (the first letter of NX,
// XX, GT or LT) holds; one that has passed deletes it.
func (c *Ctx) expireField(h *object.Hash, field []byte, at int64, condition byte) (int64, error) {
	var buf object.NumBuf
	_, old, found := h.Get(field, &buf)
	switch {
	case !found:
		return fieldMissing, nil
	case condition == 'n' && old != 0, condition == 'x' && old == 0,
		condition == 'g' && (old == 0 || at <= old), condition == 'l' && old != 0 && at >= old:
		return fieldUnchanged, nil
	}
	if at <= c.Now {
		_, err := h.Delete(field)
		return fieldDeleted, err
	}
	return fieldChanged, h.SetExpire(field, at)
}

// httl is HTTL and its kin: in units of so many milliseconds, from now on or as
// unix time.
func (c *Ctx) httl(unit int64, relative bool) {
	h, exists, ok := c.readHash(&c.Keys[0])
	if !ok {
		return
	}
	fields, ok := c.fieldArgs(c.Args[2:], errFieldCount)
	if !ok {
		return
	}
	c.W.Array(len(fields))
	for _, f := range fields {
		result := int64(fieldMissing)
		var buf object.NumBuf
		if exists {
			if _, at, found := c.getField(&h, f, &buf); found {
				result = fieldTTL(at, c.Now, unit, relative)
			}
		}
		c.W.Int(result)
	}
}

func fieldTTL(at, now, unit int64, relative bool) int64 {
	switch {
	case at == 0:
		return fieldEternal
	case relative:
		return (at - now + unit - 1) / unit
	}
	return (at + unit - 1) / unit
}

func hpersist(c *Ctx) {
	k := &c.Keys[0]
	if !c.wantHash(k) {
		return
	}
	fields, ok := c.fieldArgs(c.Args[2:], errFieldCount)
	if !ok {
		return
	}
	h, cell, ok := c.openHash(k)
	if !ok {
		return
	}
	mark := len(c.W.Buf)
	c.W.Array(len(fields))
	changed, err := 0, error(nil)
	for _, f := range fields {
		result := int64(fieldMissing)
		var buf object.NumBuf
		if cell != nil && err == nil {
			if _, at, found := h.Get(f, &buf); found && at == 0 {
				result = fieldEternal
			} else if found {
				result, err = fieldChanged, h.SetExpire(f, 0)
				changed++
			}
		}
		c.W.Int(result)
	}
	c.changedFields(k, "hpersist", &h, cell, changed)
	if err != nil {
		c.W.Error(resp.ErrOOM)
		c.dropReply(mark)
	}
}

// expiryWords are the options of HGETEX and HSETEX that say a time.
var expiryWords = [...]struct {
	word string
	how  setFlags
}{{"ex", optEX}, {"px", optPX}, {"exat", optEXAT}, {"pxat", optPXAT}}

// expiryOption reads such an option and the time behind it, if args begin with
// one; there is false if not.
func (c *Ctx) expiryOption(args [][]byte) (at int64, there, ok bool) {
	for _, w := range expiryWords {
		if equalFold(args[0], w.word) && len(args) > 1 {
			at, ok = c.fieldExpire(args[1], w.how)
			return at, true, ok
		}
	}
	return 0, false, true
}

func isExpiryWord(arg []byte) bool {
	for _, w := range expiryWords {
		if equalFold(arg, w.word) {
			return true
		}
	}
	return false
}

func hgetex(c *Ctx) {
	k := &c.Keys[0]
	if !c.wantHash(k) {
		return
	}
	rest := c.Args[2:]
	persist := equalFold(rest[0], "persist")
	at, there, ok := c.expiryOption(rest)
	switch {
	case !ok:
		return
	case persist:
		rest = rest[1:]
	case there:
		if rest = rest[2:]; len(rest) < 2 {
			c.W.Error(resp.WrongArity(c.Spec.FullName()))
			return
		}
	}
	fields, ok := c.fieldArgs(rest, errFieldCount)
	if !ok {
		return
	}
	h, cell, ok := c.openHash(k)
	if !ok {
		return
	}
	event := "hexpire"
	switch {
	case persist:
		event = "hpersist"
	case at <= c.Now:
		event = "hdel"
	}
	mark := len(c.W.Buf)
	c.W.Array(len(fields))
	changed := 0
	for _, f := range fields {
		if !c.replyField(&h, cell != nil && h.Len() > 0, f) || !there && !persist {
			continue
		}
		var err error
		var buf object.NumBuf
		_, old, _ := h.Get(f, &buf)
		switch {
		case there && at <= c.Now:
			_, err = h.Delete(f)
			changed++
		case there || old != 0:
			err = h.SetExpire(f, at)
			changed++
		}
		if err != nil {
			c.changedFields(k, event, &h, cell, changed)
			c.W.Error(resp.ErrOOM)
			c.dropReply(mark)
			return
		}
	}
	c.changedFields(k, event, &h, cell, changed)
}

func hgetdel(c *Ctx) {
	k := &c.Keys[0]
	if !c.wantHash(k) {
		return
	}
	fields, ok := c.fieldArgs(c.Args[2:], errFieldCount)
	if !ok {
		return
	}
	h, cell, ok := c.openHash(k)
	if !ok {
		return
	}
	mark := len(c.W.Buf)
	c.W.Array(len(fields))
	changed := 0
	for _, f := range fields {
		if !c.replyField(&h, cell != nil && h.Len() > 0, f) {
			continue
		}
		if _, err := h.Delete(f); err != nil {
			c.changedFields(k, "hdel", &h, cell, changed)
			c.W.Error(resp.ErrOOM)
			c.dropReply(mark)
			return
		}
		changed++
	}
	c.changedFields(k, "hdel", &h, cell, changed)
}

// hsetexOptions are what HSETEX says before its pairs.
type hsetexOptions struct {
	fnx, fxx, keep, expires bool
	at                      int64
	pairs                   [][]byte
}

// hsetexOptions reads them; ok is false after an error was replied.
func (c *Ctx) hsetexOptions() (o hsetexOptions, ok bool) {
	for i := 2; i < len(c.Args); i++ {
		arg := c.Args[i]
		switch {
		case equalFold(arg, "fields"):
			return o, c.hsetexPairs(&o, c.Args[i+1:])
		case equalFold(arg, "fnx"), equalFold(arg, "fxx"):
			if o.fnx || o.fxx {
				c.W.Error("ERR Only one of FXX or FNX arguments can be specified")
				return o, false
			}
			o.fnx, o.fxx = arg[1]|0x20 == 'n', arg[1]|0x20 == 'x'
			continue
		case equalFold(arg, "keepttl"):
			if o.keep || o.expires {
				c.W.Error(errOneExpiry)
				return o, false
			}
			o.keep = true
			continue
		}
		if (o.keep || o.expires) && isExpiryWord(arg) && i+1 < len(c.Args) {
			c.W.Error(errOneExpiry) // whatever the time is
			return o, false
		}
		at, there, ok := c.expiryOption(c.Args[i:])
		if !there {
			c.W.Error("ERR unknown argument: " + string(cString(arg)))
		}
		if !ok || !there {
			return o, false
		}
		o.at, o.expires = at, true
		i++
	}
	c.W.Error(errNoFields)
	return o, false
}

const errOneExpiry = "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"

// hsetexPairs reads the number of pairs and the pairs.
func (c *Ctx) hsetexPairs(o *hsetexOptions, args [][]byte) bool {
	if len(args) == 0 {
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return false
	}
	n, ok := resp.ParseInt(args[0])
	switch {
	case !ok || n < 1 || n > 1<<31-1:
		c.W.Error("ERR invalid number of fields")
		return false
	case 2*n != int64(len(args)-1):
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return false
	}
	o.pairs = args[1:]
	return true
}

func hsetex(c *Ctx) {
	o, ok := c.hsetexOptions()
	if !ok {
		return
	}
	k := &c.Keys[0]
	h, cell, ok := c.openHash(k)
	if !ok {
		return
	}
	for i := 0; i < len(o.pairs) && (o.fnx || o.fxx); i += 2 {
		found := false
		if cell != nil {
			var buf object.NumBuf
			_, _, found = h.Get(o.pairs[i], &buf)
		}
		if found == o.fnx {
			c.W.Int(0)
			return
		}
	}
	if !o.expires || o.at > c.Now {
		if _, ok := c.setFields(k, "hset", o.pairs, o.at, o.keep); ok {
			if o.expires {
				c.Notify(NotifyHash, "hexpire", k)
			}
			c.W.Int(1)
		}
		return
	}
	// The time has passed: it is as if the fields had been set and had gone.
	if cell == nil {
		c.Notify(NotifyNew, "new", k)
	}
	c.Notify(NotifyHash, "hset", k)
	deleted := 0
	for i := 0; i < len(o.pairs) && cell != nil && h.Len() > 0; i += 2 {
		was, err := h.Delete(o.pairs[i])
		if err != nil {
			c.changedFields(k, "hdel", &h, cell, deleted)
			c.W.Error(resp.ErrOOM)
			return
		}
		if was {
			deleted++
		}
	}
	if deleted == 0 {
		c.Notify(NotifyHash, "hdel", k)
		if cell == nil {
			c.Notify(NotifyGeneric, "del", k)
		}
	}
	c.changedFields(k, "hdel", &h, cell, deleted)
	c.W.Int(1)
}

package command

import (
	"errors"
	"math"

	"clusternode/object"
	"clusternode/resp"
)

const (
	errTrimBoth   = "ERR syntax error, MAXLEN and MINID options at the same time are not compatible"
	errMaxLen     = "ERR The MAXLEN argument must be >= 0."
	errLimit      = "ERR The LIMIT argument must be >= 0."
	errLimitAlone = "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy"
	errLimitExact = "ERR syntax error, LIMIT cannot be used without the special ~ option"
	errNoTrim     = "ERR syntax error, XTRIM must be called with a trimming strategy"
	errZeroID     = "ERR The ID specified in XADD must be greater than 0-0"
	errSmallID    = "ERR The ID specified in XADD is equal or smaller than the target stream top item"
	errLastID     = "ERR The stream has exhausted the last possible ID, unable to add more items"
	errTooLarge   = "ERR Elements are too large to be stored"
)

// addOptions are what XADD says before the fields, or XTRIM at all.
type addOptions struct {
	trims      bool
	trim       object.StreamTrim
	limited    bool // LIMIT was given
	noMkStream bool
	idGiven    bool // not *
	seqGiven   bool // not ms-*
	id         object.StreamID
	idAt       int // argument with the ID
}

// parseAdd reads the options of XADD or XTRIM; problem is the error to reply,
// "" if there is none.
func (c *Ctx) parseAdd(add bool) (o addOptions, problem string) {
	for o.idAt = 2; o.idAt < len(c.Args); o.idAt++ {
		arg, more := c.Args[o.idAt], len(c.Args)-1-o.idAt
		switch {
		case add && len(arg) == 1 && arg[0] == '*':
			return o, o.settle(c, add)
		case more > 0 && (equalFold(arg, "maxlen") || equalFold(arg, "minid")):
			if o.trims {
				return o, errTrimBoth
			}
			o.trim.ByID = len(arg) == len("minid")
			problem = o.threshold(c.Args)
		case more > 0 && equalFold(arg, "limit"):
			o.idAt++
			o.trim.MaxWork, problem = parseBetween(c.Args[o.idAt], math.MinInt64, math.MaxInt64, "")
			if problem == "" && o.trim.MaxWork < 0 {
				problem = errLimit
			}
			o.limited = true
		case add && equalFold(arg, "nomkstream"):
			o.noMkStream = true
		case add:
			var ok bool
			if o.id, o.seqGiven, ok = parseNewID(arg, 0); !ok {
				return o, errStreamID
			}
			o.idGiven = true
			return o, o.settle(c, add)
		default:
			return o, resp.ErrSyntax
		}
		if problem != "" {
			return o, problem
		}
	}
	return o, o.settle(c, add)
}

// threshold reads what follows MAXLEN or MINID.
func (o *addOptions) threshold(args [][]byte) (problem string) {
	o.idAt++
	if sign := args[o.idAt]; o.idAt+1 < len(args) && len(sign) == 1 && (sign[0] == '~' || sign[0] == '=') {
		o.trim.Approx = sign[0] == '~'
		o.idAt++
	}
	o.trims = true
	arg := args[o.idAt]
	if o.trim.ByID {
		var ok bool
		if o.trim.MinID, ok = parseStrictID(arg, 0); !ok {
			return errStreamID
		}
		return ""
	}
	n, ok := resp.ParseInt(arg)
	switch {
	case !ok:
		return resp.ErrNotInteger
	case n < 0:
		return errMaxLen
	}
	o.trim.MaxLen = uint64(n)
	return ""
}

// settle checks what options mean together, and limits the work of an
// approximate trim, if the client does not, to that of a hundred packs.
func (o *addOptions) settle(c *Ctx, add bool) (problem string) {
	switch {
	case o.trim.MaxWork != 0 && !o.trims:
		return errLimitAlone
	case !add && !o.trims:
		return errNoTrim
	case o.limited && !o.trim.Approx:
		return errLimitExact
	case !o.limited && o.trim.Approx:
		o.trim.MaxWork = 100 * c.Env.Settings.StreamNodeMaxEntries.Load()
		if o.trim.MaxWork <= 0 {
			o.trim.MaxWork = 10_000
		}
		o.trim.MaxWork = min(o.trim.MaxWork, 1_000_000)
	}
	return ""
}

// newID is the ID that an entry gets behind last; ok is false if it would not be
// above it.
func (o *addOptions) newID(last object.StreamID, now int64) (id object.StreamID, ok bool) {
	switch {
	case o.idGiven && o.seqGiven:
		id = o.id
	case o.idGiven && o.id.MS == last.MS:
		if last.Seq == math.MaxUint64 {
			return id, false
		}
		id = object.StreamID{MS: last.MS, Seq: last.Seq + 1}
	case o.idGiven:
		id = o.id
	case uint64(now) > last.MS:
		id.MS = uint64(now)
	default:
		id, _ = last.Next()
	}
	return id, last.Less(id)
}

func xadd(c *Ctx) {
	o, problem := c.parseAdd(true)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	fields := c.Args[min(o.idAt+1, len(c.Args)):]
	if len(fields) < 2 || len(fields)%2 == 1 {
		c.W.Error(resp.WrongArity(c.Spec.FullName()))
		return
	}
	if o.idGiven && o.seqGiven && o.id.IsZero() {
		c.W.Error(errZeroID)
		return
	}
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	if !ok {
		return
	}
	if !exists && o.noMkStream {
		c.W.Null()
		return
	}
	id, ok := c.addEntry(k, &s, exists, &o, fields)
	if !ok {
		return
	}
	c.bulkID(id)
	c.Changed(k)
	c.Notify(NotifyStream, "xadd", k)
	if o.trims {
		// A snapshot may leave no memory to trim with. The entry is there.
		if n, _ := s.Trim(o.trim); n > 0 {
			c.Notify(NotifyStream, "xtrim", k)
		}
	}
}

// addEntry adds an entry, to a new stream unless one exists; ok is false after
// an error was replied.
func (c *Ctx) addEntry(k *Key, s *object.Stream, exists bool, o *addOptions, fields [][]byte) (id object.StreamID, ok bool) {
	var last object.StreamID
	if exists {
		last = s.LastID()
	}
	if last == object.MaxStreamID {
		c.W.Error(errLastID)
		return id, false
	}
	if id, ok = o.newID(last, c.Now); !ok {
		c.W.Error(errSmallID)
		return id, false
	}
	if !exists {
		if *s, ok = c.newStream(k); !ok {
			return id, false
		}
	}
	err := s.Append(id, fields, c.streamLimits())
	if err == nil {
		return id, true
	}
	if !exists {
		k.Part.Remove(k.Hash, k.Bytes)
	}
	if errors.Is(err, object.ErrTooBig) {
		c.W.Error(errTooLarge)
	} else {
		c.W.Error(resp.ErrOOM)
	}
	return id, false
}

func xtrim(c *Ctx) {
	o, problem := c.parseAdd(false)
	if problem != "" {
		c.W.Error(problem)
		return
	}
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	if !ok {
		return
	}
	if !exists {
		c.W.Int(0)
		return
	}
	n, err := s.Trim(o.trim)
	if n > 0 {
		c.Changed(k)
		c.Notify(NotifyStream, "xtrim", k)
		c.Dirty(int(n) - 1)
	}
	if err != nil && n == 0 {
		c.W.Error(resp.ErrOOM)
		return
	}
	c.W.Int(n)
}

// xsetid sets the counters of a stream; replication needs it.
func xsetid(c *Ctx) {
	id, ok := c.idArg(c.Args[2], 0)
	if !ok {
		return
	}
	added := int64(-1)
	var maxDeleted object.StreamID
	for i := 3; i < len(c.Args); i += 2 {
		switch {
		case i+1 < len(c.Args) && equalFold(c.Args[i], "entriesadded"):
			if added, ok = c.intArg(c.Args[i+1]); !ok {
				return
			}
			if added < 0 {
				c.W.Error("ERR entries_added must be positive")
				return
			}
		case i+1 < len(c.Args) && equalFold(c.Args[i], "maxdeletedid"):
			if maxDeleted, ok = c.idArg(c.Args[i+1], 0); !ok {
				return
			}
			if id.Less(maxDeleted) {
				c.W.Error("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id")
				return
			}
		default:
			c.W.Error(resp.ErrSyntax)
			return
		}
	}
	k := &c.Keys[0]
	s, exists, ok := c.openStream(k)
	if !ok {
		return
	}
	if !exists {
		c.W.Error(resp.ErrNoSuchKey)
		return
	}
	if problem := setIDProblem(&s, id, added); problem != "" {
		c.W.Error(problem)
		return
	}
	s.SetLastID(id)
	if added >= 0 {
		s.SetAdded(uint64(added))
	}
	if !maxDeleted.IsZero() {
		s.SetMaxDeletedID(maxDeleted)
	}
	c.Dirty(1) // its watchers need not know
	c.Notify(NotifyStream, "xsetid", k)
	c.W.OK()
}

// setIDProblem is why a stream cannot have a last ID and a count, "" if it can.
func setIDProblem(s *object.Stream, id object.StreamID, added int64) string {
	if id.Less(s.MaxDeletedID()) {
		return "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id"
	}
	last, ok := s.LastEntry()
	switch {
	case ok && id.Less(last):
		return "ERR The ID specified in XSETID is smaller than the target stream top item"
	case ok && added >= 0 && s.Len() > uint64(added):
		return "ERR The entries_added specified in XSETID is smaller than the target stream length"
	}
	return ""
}

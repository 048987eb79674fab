package command

import (
	"bytes"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
)

// What the key specs of SORT say about the keys that only its data name, in the
// words that clients may compare.
const (
	sortPatternNotes = "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort"
	sortStoreNotes   = "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array"
)

var sortPatternKeys = KeySpec{Flags: KeyRO | KeyAccess, Notes: sortPatternNotes, UnknownBegin: true, UnknownFind: true}

// SortSpecs are SORT and SORT_RO.
var SortSpecs = []*Spec{
	{Name: "sort", Arity: -2, Flags: Write | DenyOOM | MovableKeys, Cats: CatSet | CatSortedSet | CatList | CatDangerous,
		Keys:     []KeySpec{One(1, KeyRO|KeyAccess), sortPatternKeys, {Flags: KeyOW | KeyUpdate, Notes: sortStoreNotes, UnknownBegin: true, UnknownFind: true}},
		FindKeys: sortKeys, Roams: sortRoams, Cost: costOfSort, Handler: func(c *Ctx) { sortKey(c, false) }},
	{Name: "sort_ro", Arity: -2, Flags: ReadOnly | MovableKeys, Cats: CatSet | CatSortedSet | CatList | CatDangerous,
		Keys:     []KeySpec{One(1, KeyRO|KeyAccess), sortPatternKeys},
		FindKeys: sortRoKeys, Roams: sortRoams, Cost: costOfSort, Handler: func(c *Ctx) { sortKey(c, true) }},
}

func sortRoKeys(args [][]byte, out []KeyPos) ([]KeyPos, bool) {
	if len(args) < 2 {
		return out, false
	}
	return append(out, KeyPos{1, KeyRO | KeyAccess}), true
}

// sortKeys finds the target of the last STORE as Redis does, which passes over
// the arguments of the other options.
func sortKeys(args [][]byte, out []KeyPos) ([]KeyPos, bool) {
	if len(args) < 2 {
		return out, false
	}
	out = append(out, KeyPos{1, KeyRO | KeyAccess})
	target := 0
	for i := 2; i < len(args); i++ {
		switch a := args[i]; {
		case equalFold(a, "limit"):
			i += 2
		case equalFold(a, "get"), equalFold(a, "by"):
			i++
		case equalFold(a, "store") && i+1 < len(args):
			target = i + 1
		}
	}
	if target > 0 {
		out = append(out, KeyPos{target, KeyOW | KeyUpdate})
	}
	return out, true
}

// sortRoams reports whether there may be a pattern.
func sortRoams(args [][]byte) bool {
	for i := 2; i+1 < len(args); i++ {
		if equalFold(args[i], "by") && cIndex(args[i+1], '*') >= 0 || equalFold(args[i], "get") && !isHash(args[i+1]) {
			return true
		}
	}
	return false
}

// cString is the part of an argument that C sees of it.
func cString(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}

func cIndex(b []byte, c byte) int { return bytes.IndexByte(cString(b), c) }

// isHash reports whether a pattern of GET stands for the element itself.
func isHash(pattern []byte) bool { return string(cString(pattern)) == "#" }

// What SORT costs, for Spec.Cost: an element that is compared with others, and
// a key that is looked up for it.
const (
	nanosPerSorted = 300
	nanosPerLookup = 500
)

func costOfSort(c *Ctx) int64 {
	k := &c.Keys[0]
	e := k.Part.Find(k.Hash, k.Bytes)
	if !e.Exists() {
		return 0
	}
	v := sortable(k, e)
	n := v.len()
	return int64(n) * (nanosPerSorted + int64(len(c.Args)-2)*nanosPerLookup/2)
}

// sortOptions are the arguments of SORT behind its key.
type sortOptions struct {
	desc, alpha  bool
	start, count int64
	by           []byte // nil: by the elements themselves
	keepOrder    bool   // BY without '*'
	gets         [][]byte
	store        bool
}

// sortArgs reads the options; ok is false after an error was replied.
func (c *Ctx) sortArgs(readOnly bool) (o sortOptions, ok bool) {
	o.count = -1
	args := c.Args
	for i := 2; i < len(args); i++ {
		left := len(args) - i - 1
		switch a := args[i]; {
		case equalFold(a, "asc"):
			o.desc = false
		case equalFold(a, "desc"):
			o.desc = true
		case equalFold(a, "alpha"):
			o.alpha = true
		case equalFold(a, "limit") && left >= 2:
			if o.start, ok = c.intArg(args[i+1]); !ok {
				return o, false
			}
			if o.count, ok = c.intArg(args[i+2]); !ok {
				return o, false
			}
			i += 2
		case equalFold(a, "store") && left >= 1 && !readOnly:
			o.store = true
			i++
		case equalFold(a, "by") && left >= 1:
			i++
			o.by, o.keepOrder = args[i], o.keepOrder || cIndex(args[i], '*') < 0
			if cIndex(args[i], '*') >= 0 && !c.patternIsNear(args[i]) {
				c.W.Error("ERR BY option of SORT denied in Cluster mode.")
				return o, false
			}
		case equalFold(a, "get") && left >= 1:
			i++
			o.gets = append(o.gets, args[i])
			if !isHash(args[i]) && !c.patternIsNear(args[i]) {
				c.W.Error("ERR GET option of SORT denied in Cluster mode.")
				return o, false
			}
		default:
			c.W.Error(resp.ErrSyntax)
			return o, false
		}
	}
	return o, true
}

// patternIsNear reports whether all keys that a pattern makes are in the slot of
// the key, as far as that matters.
func (c *Ctx) patternIsNear(pattern []byte) bool {
	if c.Env.Cluster == nil {
		return true
	}
	s, ok := patternSlot(pattern)
	return ok && s == c.Keys[0].Slot
}

// window is the part [start, end) of n elements that LIMIT asks for.
func (o *sortOptions) window(n int) (start, end int) {
	start = int(min(max(o.start, 0), int64(n)))
	count := int(min(o.count, int64(n)))
	if count < 0 {
		return start, n
	}
	return start, min(start+count, n)
}

func sortKey(c *Ctx, readOnly bool) {
	o, ok := c.sortArgs(readOnly)
	if !ok {
		return
	}
	k := &c.Keys[0]
	e := c.Read(k)
	s := sorter{c: c, o: &o}
	if e.Exists() {
		switch e.Type() {
		case keyspace.TypeSet:
			// What is stored has an order that does not depend on the set's.
			if o.keepOrder && o.store {
				o.keepOrder, o.alpha, o.by = false, true, nil
			}
		case keyspace.TypeZSet:
			e = unpackZSet(k)
		case keyspace.TypeList:
		default:
			c.W.Error(resp.ErrWrongType)
			return
		}
		s.load(sortable(k, e))
	}
	if !o.keepOrder && !s.sort() {
		c.W.Error("ERR One or more scores can't be converted into double")
		return
	}
	if o.store {
		s.store(&c.Keys[1])
	} else {
		s.reply()
	}
}

// unpackZSet makes a sorted set a big one: that is what it is in Redis once it
// was sorted. If there is no memory for that it stays what it is.
func unpackZSet(k *Key) keyspace.Entry {
	cell, _ := k.Part.Open(k.Hash, k.Bytes)
	z := object.OpenZSet(&cell)
	_ = z.Unpack()
	return cell.Entry()
}

// reply replies the elements, or what GET finds for them.
func (s *sorter) reply() {
	w := s.c.W
	w.Array(len(s.items) * max(len(s.o.gets), 1))
	for i := range s.items {
		elem := s.items[i].elem
		if len(s.o.gets) == 0 {
			w.Bulk(elem)
		}
		for _, pattern := range s.o.gets {
			if v, ok := s.lookup(pattern, elem); ok {
				w.Bulk(v)
			} else {
				w.Null()
			}
		}
	}
}

// store makes a list of what reply would reply, with empty elements for nulls,
// or removes the key if there is nothing.
func (s *sorter) store(k *Key) {
	c := s.c
	n := len(s.items) * max(len(s.o.gets), 1)
	if n == 0 {
		c.delete(k)
		c.W.Int(0)
		return
	}
	b := object.NewListBuilder(k.Part.Space(), c.listLimits(), nil)
	err := s.build(b)
	if err == nil {
		enc, v := b.Value()
		err = c.put(k, keyspace.TypeList, enc, v, 0, false, c.stampOf(k))
	}
	if err != nil {
		b.Discard()
		c.W.Error(resp.ErrOOM)
		return
	}
	c.Changed(k)
	c.Notify(NotifyList, "sortstore", k)
	c.Dirty(n - 1)
	c.W.Int(int64(n))
}

func (s *sorter) build(b *object.ListBuilder) error {
	if err := b.Unpack(); err != nil {
		return err
	}
	for i := range s.items {
		elem := s.items[i].elem
		if len(s.o.gets) == 0 {
			if err := b.Push(elem); err != nil {
				return err
			}
		}
		for _, pattern := range s.o.gets {
			v, _ := s.lookup(pattern, elem)
			s.value = append(s.value[:0], v...) // it may lie in the list's arena
			if err := b.Push(s.value); err != nil {
				return err
			}
		}
	}
	return nil
}

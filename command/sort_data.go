package command

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"unsafe"

	"clusternode/keyspace"
	"clusternode/object"
	"clusternode/resp"
	"clusternode/slots"
)

// collection is a value that SORT takes.
type collection struct {
	typ  keyspace.Type
	list object.List
	set  object.Set
	zset object.ZSet
}

// sortable is the collection in an entry; of another type it is empty.
func sortable(k *Key, e keyspace.Entry) (v collection) {
	sp := k.Part.Space()
	switch v.typ = e.Type(); v.typ {
	case keyspace.TypeList:
		v.list = object.ListOf(sp, e.Encoding(), e.Value())
	case keyspace.TypeSet:
		v.set = object.SetOf(sp, e.Encoding(), e.Value())
	case keyspace.TypeZSet:
		v.zset = object.ZSetOf(sp, e.Encoding(), e.Value())
	}
	return v
}

func (v *collection) len() int {
	switch v.typ {
	case keyspace.TypeList:
		return v.list.Len()
	case keyspace.TypeSet:
		return v.set.Len()
	case keyspace.TypeZSet:
		return v.zset.Len()
	}
	return 0
}

// sorter is the state of one SORT. Everything that it holds is its own: looking
// keys up may remove expired ones, and then nothing in the arena is where it was.
type sorter struct {
	c          *Ctx
	o          *sortOptions
	items      []sortItem
	start, end int    // of the items, what is replied
	chunk      []byte // where keep copies to
	key, value []byte // buffers of lookup and build
	number     object.NumBuf
}

type sortItem struct {
	elem   []byte
	score  float64
	weight []byte // what BY finds, with ALPHA; nil: nothing
}

const sortChunk = 64 << 10

// keep copies bytes.
func (s *sorter) keep(b []byte) []byte {
	if len(b) > cap(s.chunk)-len(s.chunk) {
		s.chunk = make([]byte, 0, max(len(b), sortChunk))
	}
	at := len(s.chunk)
	s.chunk = append(s.chunk, b...)
	return s.chunk[at:len(s.chunk):len(s.chunk)]
}

func (s *sorter) add(elem []byte) { s.items = append(s.items, sortItem{elem: s.keep(elem)}) }

// load takes the elements; if nothing is to be sorted, those of the window only.
func (s *sorter) load(v collection) {
	n := v.len()
	s.start, s.end = s.o.window(n)
	take := n
	if s.o.keepOrder && v.typ != keyspace.TypeSet {
		take = s.end - s.start
	}
	s.items = make([]sortItem, 0, take)
	switch {
	case take == 0:
	case v.typ == keyspace.TypeList:
		s.loadList(&v.list, n, take)
	case v.typ == keyspace.TypeSet:
		v.set.Each(func(m []byte) bool { s.add(m); return true })
	case v.typ == keyspace.TypeZSet:
		s.loadZSet(&v.zset, n, take)
	}
	switch {
	case !s.o.keepOrder:
	case v.typ == keyspace.TypeSet:
		s.items = s.items[s.start:s.end]
	default:
		s.start, s.end = 0, take
	}
}

func (s *sorter) loadList(l *object.List, n, take int) {
	from, back := 0, false
	if s.o.keepOrder {
		from, back = s.start, s.o.desc
		if back {
			from = n - 1 - s.start
		}
	}
	for it := l.Iter(from, back); len(s.items) < take && it.Next(); {
		s.add(it.Element())
	}
}

func (s *sorter) loadZSet(z *object.ZSet, n, take int) {
	from, back := 0, false
	if s.o.keepOrder {
		from, back = s.start, s.o.desc
		if back {
			from = n - 1 - s.start
		}
	}
	for it := z.At(from); len(s.items) < take && it.Valid(); {
		s.add(it.Member())
		if back {
			it.Prev()
		} else {
			it.Next()
		}
	}
}

// sort sorts the items and keeps those of the window. It reports false if one
// has no score.
func (s *sorter) sort() bool {
	if !s.weigh() {
		return false
	}
	sign := 1
	if s.o.desc {
		sign = -1
	}
	if s.o.alpha {
		compare := s.compareText()
		slices.SortStableFunc(s.items, func(a, b sortItem) int { return sign * compare(&a, &b) })
	} else {
		slices.SortFunc(s.items, func(a, b sortItem) int {
			switch {
			case a.score < b.score:
				return -sign
			case a.score > b.score:
				return sign
			}
			return sign * bytes.Compare(a.elem, b.elem)
		})
	}
	s.items = s.items[min(s.start, len(s.items)):min(s.end, len(s.items))]
	return true
}

// compareText is the order of ALPHA: of bytes in what is stored, else that of C
// strings. Elements without a weight come first.
func (s *sorter) compareText() func(a, b *sortItem) int {
	order := bytes.Compare
	if !s.o.store {
		order = func(a, b []byte) int { return bytes.Compare(cString(a), cString(b)) }
	}
	if s.o.by == nil {
		return func(a, b *sortItem) int { return order(a.elem, b.elem) }
	}
	return func(a, b *sortItem) int {
		switch {
		case a.weight == nil && b.weight == nil:
			return 0
		case a.weight == nil:
			return -1
		case b.weight == nil:
			return 1
		}
		return order(a.weight, b.weight)
	}
}

// weigh finds what the items are compared by.
func (s *sorter) weigh() bool {
	if s.o.alpha && s.o.by == nil {
		return true
	}
	all := true
	for i := range s.items {
		it := &s.items[i]
		v := it.elem
		if s.o.by != nil {
			var ok bool
			if v, ok = s.lookup(s.o.by, it.elem); !ok {
				continue
			}
		}
		if s.o.alpha {
			if it.weight = s.keep(v); it.weight == nil {
				it.weight = []byte{}
			}
			continue
		}
		var ok bool
		if it.score, ok = parseScore(v); !ok {
			all = false
		}
	}
	return all
}

// lookup finds what a pattern stands for with an element: the element, a string
// or a field of a hash. The value lies in the arena until the next lookup.
func (s *sorter) lookup(pattern, elem []byte) (v []byte, ok bool) {
	if isHash(pattern) {
		return elem, true
	}
	star := cIndex(pattern, '*')
	if star < 0 {
		return nil, false
	}
	tail := pattern[star+1:]
	var field []byte
	if i := bytes.Index(cString(tail), []byte("->")); i >= 0 && i+2 < len(cString(tail)) {
		tail, field = tail[:i], tail[i+2:]
	}
	s.key = append(append(append(s.key[:0], pattern[:star]...), elem...), tail...)
	k := Key{Bytes: s.key, Slot: slots.Of(s.key), Hash: s.c.KS.Hash(s.key), DB: s.c.Keys[0].DB}
	k.Part = s.c.KS.Part(k.DB, k.Slot)
	e := s.c.Read(&k)
	switch {
	case !e.Exists():
		return nil, false
	case field == nil:
		if e.Type() != keyspace.TypeString {
			return nil, false
		}
		return e.Value(), true
	case e.Type() != keyspace.TypeHash:
		return nil, false
	}
	h := object.HashOf(k.Part.Space(), e.Encoding(), e.Value())
	v, _, ok = s.c.getField(&h, field, &s.number)
	return v, ok
}

// parseScore reads a number as C's strtod does, all of it up to the first NUL.
// It reports false for a nan and for what is too big or too small for a double.
func parseScore(text []byte) (f float64, ok bool) {
	if n, ok := resp.ParseInt(text); ok {
		return float64(n), true
	}
	text = cString(text)
	if len(text) == 0 {
		return 0, true
	}
	text = bytes.TrimLeft(text, " \t\n\v\f\r")
	if len(text) == 0 || bytes.IndexByte(text, '_') >= 0 {
		return 0, false
	}
	digits := bytes.TrimLeft(text, "+-")
	hex := len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x'
	if hex && bytes.IndexByte(digits, 'p') < 0 && bytes.IndexByte(digits, 'P') < 0 {
		text = append(append(make([]byte, 0, len(text)+2), text...), "p0"...)
	}
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	if err != nil || math.IsNaN(f) {
		return 0, false
	}
	if f != 0 {
		return f, math.Abs(f) >= 0x1p-1022
	}
	mantissa, end := digits, "eE"
	if hex {
		mantissa, end = digits[2:], "pP"
	}
	if i := bytes.IndexAny(mantissa, end); i >= 0 {
		mantissa = mantissa[:i]
	}
	return f, len(bytes.Trim(mantissa, "0.")) == 0
}

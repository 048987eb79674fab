package rdb

import (
	"bytes"
	"iter"
	"slices"

	"clusternode/object"
	"clusternode/resp"
)

// zset reads a sorted set. A packed form stays one while it has few enough
// members; the others also must not have long ones.
func (d *decoder) zset(k kind) (Value, error) {
	var err error
	var n int
	var members iter.Seq2[[]byte, float64]
	switch k {
	case kindZSet:
		n, err = d.count(9)
		members = d.scored(n, d.double, &err)
	case kindZSetText:
		n, err = d.count(2)
		members = d.scored(n, d.textDouble, &err)
	default:
		var elements iter.Seq[[]byte]
		n, elements = d.elements(k, true, &err)
		n /= 2
		members = d.scoredPairs(elements, &err)
	}
	if err == nil && n == 0 {
		err = d.corrupt("a sorted set without members")
	}
	if err != nil {
		return Value{}, err
	}
	z := zsetBuilder{d: d, packed: n <= d.lim.ZSetEntries, anyLength: k == kindZSetPack || k == kindZSetZip}
	for member, score := range members {
		if addErr := z.add(member, score); addErr != nil {
			err = addErr
			break
		}
	}
	return z.value(err)
}

// scored are members with a score behind each.
func (d *decoder) scored(n int, score func() (float64, error), err *error) iter.Seq2[[]byte, float64] {
	return func(yield func([]byte, float64) bool) {
		for range n {
			var member []byte
			var f float64
			if member, *err = d.string(); *err != nil {
				return
			}
			if f, *err = score(); *err != nil || !yield(member, f) {
				return
			}
		}
	}
}

// scoredPairs are the members of a packed form.
func (d *decoder) scoredPairs(elements iter.Seq[[]byte], err *error) iter.Seq2[[]byte, float64] {
	return func(yield func([]byte, float64) bool) {
		for member, text := range pairs(elements) {
			f, ok := parseScore(text)
			if !ok {
				*err = d.corrupt("score %q", cut(text))
			}
			if !ok || !yield(member, f) {
				return
			}
		}
	}
}

// scoredMember is a member of a small sorted set.
type scoredMember struct {
	score  float64
	member []byte
}

// zsetBuilder takes the members of a sorted set, in any order.
type zsetBuilder struct {
	d         *decoder
	packed    bool // so far
	anyLength bool // long members may be packed
	small     []scoredMember
	host      shell
	big       object.ZSet // in the host, unless packed
}

func (z *zsetBuilder) add(member []byte, score float64) error {
	if z.packed && (z.anyLength || len(member) <= z.d.lim.ZSetValue) {
		z.small = append(z.small, scoredMember{score, bytes.Clone(member)})
		return nil
	}
	if !z.host.open() {
		if err := z.grow(); err != nil {
			return err
		}
	}
	return z.addBig(member, score)
}

func (z *zsetBuilder) addBig(member []byte, score float64) error {
	if _, found := z.big.Score(member); found {
		return z.d.corrupt("member %q occurs twice", cut(member))
	}
	return z.big.Insert(member, score, object.ZSetLimits{})
}

// grow makes it one with trees.
func (z *zsetBuilder) grow() error {
	z.packed = false
	z.host = newShell(z.d.sp, object.TypeZSet, object.EncSkiplist, object.ZSetTreesSize)
	z.big = object.OpenZSet(&z.host)
	for _, m := range z.small {
		if err := z.addBig(m.member, m.score); err != nil {
			return err
		}
	}
	z.small = nil
	return nil
}

// value ends the sorted set, unless err ends it.
func (z *zsetBuilder) value(err error) (Value, error) {
	switch {
	case err != nil:
		z.host.free()
		return Value{}, err
	case z.host.open():
		return z.host.value(), nil
	}
	slices.SortFunc(z.small, func(a, b scoredMember) int {
		switch {
		case a.score < b.score:
			return -1
		case a.score > b.score:
			return 1
		}
		return bytes.Compare(a.member, b.member)
	})
	var number [64]byte
	return z.d.packedValue(object.TypeZSet, func(yield func([]byte) bool) {
		for _, m := range z.small {
			if m.score == 0 {
				m.score = 0 // without a sign
			}
			if !yield(m.member) || !yield(resp.AppendDouble(number[:0], m.score)) {
				return
			}
		}
	}, 2)
}

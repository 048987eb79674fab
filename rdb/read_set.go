package rdb

import (
	"iter"
	"strconv"

	"clusternode/internal/intset"
	"clusternode/internal/listpack"
	"clusternode/object"
)

// set reads a set. A packed form stays one while it has few enough members;
// single members become what adding them one by one makes of them.
func (d *decoder) set(k kind) (Value, error) {
	if k == kindIntset {
		return d.intset()
	}
	var err error
	n, members := d.elements(k, false, &err)
	switch {
	case err != nil:
		return Value{}, err
	case k == kindSetPack && n <= d.lim.SetEntries:
		return d.packedValue(object.TypeSet, members, 1)
	case k == kindSetPack || n > d.lim.IntsetLen:
		return d.addMembers(object.EncHashtable, members, &err)
	}
	return d.addMembers(object.EncIntset, members, &err)
}

// addMembers makes a set that begins in the encoding start. Reading the members
// puts an error into err.
func (d *decoder) addMembers(start object.Encoding, members iter.Seq[[]byte], err *error) (Value, error) {
	s := object.NewSetBuilder(d.sp, object.SetLimits{Intset: d.lim.IntsetLen, Listpack: d.lim.SetEntries, Value: d.lim.SetValue}, start, nil)
	for m := range members {
		added, addErr := s.Add(m)
		if addErr == nil && !added {
			addErr = d.corrupt("member %q occurs twice", cut(m))
		}
		if addErr != nil {
			*err = addErr
			break
		}
	}
	if *err != nil {
		s.Discard()
		return Value{}, *err
	}
	enc, b := s.Value()
	return Value{Type: object.TypeSet, Enc: enc, Bytes: b}, nil
}

// packedValue packs the elements of a small collection whose first element of
// every step is its name and may occur once.
func (d *decoder) packedValue(t object.Type, elements iter.Seq[[]byte], step int) (Value, error) {
	d.pack.reset(nil)
	for e := range elements {
		d.pack.add(e)
	}
	b := d.pack.finish()
	if !distinct(b, d.pack.n, step) {
		return Value{}, d.corrupt("an element occurs twice")
	}
	return Value{Type: t, Enc: object.EncListpack, Bytes: b}, nil
}

// distinct reports whether the first entry of every step of a listpack that a
// packer made, with n entries, occurs once: equal elements are equal bytes.
func distinct(b []byte, n, step int) bool {
	var seen map[string]struct{}
	var few [fewNames][]byte
	if n/step > fewNames {
		seen = make(map[string]struct{}, n/step)
	}
	at := listpack.First(b)
	for i := 0; at >= 0; i++ {
		entry := b[at : at+listpack.Size(b, at)]
		switch {
		case i%step != 0:
		case seen != nil:
			seen[string(entry)] = struct{}{}
		default:
			for _, other := range few[:i/step] {
				if string(other) == string(entry) {
					return false
				}
			}
			few[i/step] = entry
		}
		at += len(entry)
		if at == len(b)-1 {
			break
		}
	}
	return seen == nil || len(seen)*step == n
}

// fewNames are so few that comparing all with all takes less than a map.
const fewNames = 24

// cut shortens an element for an error.
func cut(b []byte) []byte { return b[:min(len(b), 40)] }

// intset reads an intset.
func (d *decoder) intset() (Value, error) {
	b, err := d.copied()
	if err != nil {
		return Value{}, err
	}
	if !intset.Valid(b, true) || intset.Len(b) == 0 {
		return Value{}, d.corrupt("intset of %d bytes", len(b))
	}
	if intset.Len(b) > d.lim.IntsetLen {
		return d.addMembers(object.EncHashtable, intsetElements(b), &err)
	}
	return Value{Type: object.TypeSet, Enc: object.EncIntset, Bytes: b}, nil
}

// intsetElements are the members of an intset as text.
func intsetElements(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var digits [20]byte
		for i := range intset.Len(b) {
			if !yield(strconv.AppendInt(digits[:0], intset.At(b, i), 10)) {
				return
			}
		}
	}
}

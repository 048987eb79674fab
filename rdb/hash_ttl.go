package rdb

import (
	"iter"
	"strconv"

	"clusternode/internal/listpack"
	"clusternode/object"
)

// Hashes with times to live of fields come
//
//	kindHashTTL     first expiry 8 | fields n | n times (expiry, field, value)
//	kindPackTTL     first expiry 8 | listpack of fields, values, expiries
//	kindHashTTLOld  fields n | n times (expiry, field, value)
//	kindPackTTLOld  listpack of fields, values, expiries
//	in Valkey       fields n | n times (field, value, expiry 8)
//
// An expiry is unix milliseconds, 0 for none; in kindHashTTL it counts from the
// first one, which is 1, and in Valkey none is -1. Listpacks are in the order of
// expiries, fields without one at the end.

// maxFieldExpire is the highest expiry, the most that Redis can note.
const maxFieldExpire = 1<<48 - 1

// hashTTL reads a hash some of whose fields may expire.
func (d *decoder) hashTTL(k kind) (Value, error) {
	var first uint64
	if k == kindHashTTL || k == kindPackTTL {
		var err error
		if first, err = d.uint64(); err != nil {
			return Value{}, err
		}
	}
	if k == kindPackTTL || k == kindPackTTLOld {
		return d.hashTriples()
	}
	n, err := d.count(3)
	if err == nil && n == 0 {
		err = d.corrupt("a hash without fields")
	}
	if err != nil {
		return Value{}, err
	}
	h := object.NewHashBuilder(d.sp, nil, n > d.lim.HashEntries)
	for i := 0; i < n && err == nil; i++ {
		err = d.fieldTTL(k, first, h)
	}
	return hashValue(h, err)
}

// fieldTTL reads a field with its expiry.
func (d *decoder) fieldTTL(k kind, first uint64, h *object.HashBuilder) error {
	valkey := d.version >= versionValkey
	var at uint64
	var err error
	if !valkey {
		if at, err = d.number(); err != nil {
			return err
		}
		if k == kindHashTTL && at != 0 {
			at += first - 1
		}
	}
	field, err := d.string()
	if err != nil {
		return err
	}
	value, err := d.string()
	if err != nil {
		return err
	}
	if valkey {
		if at, err = d.uint64(); err != nil {
			return err
		}
		if int64(at) == -1 {
			at = 0
		}
	}
	if at > maxFieldExpire {
		return d.corrupt("field that expires at %d", at)
	}
	return d.setField(h, field, value, int64(at))
}

// hashTriples reads a listpack of fields, values and expiries.
func (d *decoder) hashTriples() (Value, error) {
	n, elements, err := d.packed(d.listpack)
	if err != nil {
		return Value{}, err
	}
	if n == 0 || n%3 != 0 {
		return Value{}, d.corrupt("a hash of %d elements", n)
	}
	if n/3 > d.lim.HashEntries {
		h := object.NewHashBuilder(d.sp, nil, true)
		for t := range triples(elements, &err) {
			if setErr := d.setField(h, t.field, t.value, t.expireAt); setErr != nil {
				err = setErr
				break
			}
		}
		return hashValue(h, d.triplesError(err))
	}
	d.pack.reset(nil)
	last := int64(0)
	for t := range triples(elements, &err) {
		d.pack.add(t.field)
		d.pack.add(t.value)
		d.pack.b = listpack.AppendInt(d.pack.b, t.expireAt)
		d.pack.n++
		if last == maxFieldExpire+1 && t.expireAt != 0 || t.expireAt != 0 && t.expireAt < last {
			return Value{}, d.corrupt("fields out of the order of their expiries")
		}
		if last = t.expireAt; last == 0 {
			last = maxFieldExpire + 1
		}
	}
	if err != nil {
		return Value{}, d.triplesError(err)
	}
	b := d.pack.finish()
	if !distinct(b, d.pack.n, 3) {
		return Value{}, d.corrupt("a field occurs twice")
	}
	return Value{Type: object.TypeHash, Enc: object.EncListpackEx, Bytes: b}, nil
}

// triple is a field in a listpack.
type triple struct {
	field, value []byte
	expireAt     int64
}

// triples puts elements together three by three. An expiry that is none goes to
// err and ends them.
func triples(elements iter.Seq[[]byte], err *error) iter.Seq[triple] {
	return func(yield func(triple) bool) {
		var t triple
		i := 0
		for e := range elements {
			switch i % 3 {
			case 0:
				t.field = append(t.field[:0], e...)
			case 1:
				t.value = append(t.value[:0], e...)
			default:
				n, badErr := strconv.ParseUint(string(e), 10, 48)
				if badErr != nil {
					*err = badErr
					return
				}
				t.expireAt = int64(n)
				if !yield(t) {
					return
				}
			}
			i++
		}
	}
}

// triplesError says where an error of triples was.
func (d *decoder) triplesError(err error) error {
	if _, ok := err.(*strconv.NumError); ok {
		return d.corrupt("expiry of a field: %v", err)
	}
	return err
}

// fields writes a hash that is no listpack of pairs. One whose fields have no
// times to live has a form that every version knows.
func (w *Writer) fields(sp *object.Space, v Value) kind {
	h := object.HashOf(sp, v.Enc, v.Bytes)
	first := h.FirstExpire()
	switch {
	case first == 0 && v.Enc == object.EncListpackEx:
		var p packer
		p.reset(nil)
		h.Each(func(field, value []byte, _ int64) bool {
			p.add(field)
			p.add(value)
			return true
		})
		w.string(p.finish())
		return kindHashPack
	case v.Enc == object.EncListpackEx:
		w.millis(first)
		w.string(v.Bytes)
		return kindPackTTL
	case first != 0:
		w.millis(first)
	}
	w.length(uint64(h.Len()))
	for it := h.At(0); it.Valid(); it.Next() {
		if at := it.ExpireAt(); at != 0 {
			w.length(uint64(at - first + 1))
		} else if first != 0 {
			w.length(0)
		}
		w.string(it.Field())
		w.string(it.Value())
	}
	if first != 0 {
		return kindHashTTL
	}
	return kindHash
}

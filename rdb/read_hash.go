package rdb

import (
	"iter"

	"clusternode/object"
)

// hash reads a hash whose fields have no times to live. A packed form stays
// one while it has few enough fields; the others also must not have long ones.
func (d *decoder) hash(k kind) (Value, error) {
	var err error
	n, elements := d.elements(k, true, &err)
	if err != nil {
		return Value{}, err
	}
	if n/2 <= d.lim.HashEntries && (k == kindHashZip || k == kindHashPack) {
		return d.packedValue(object.TypeHash, elements, 2)
	}
	h := hashBuilder{d: d, packed: n/2 <= d.lim.HashEntries}
	h.pack.reset(nil)
	for field, value := range pairs(elements) {
		if setErr := h.set(field, value); setErr != nil {
			err = setErr
			break
		}
	}
	return h.value(err)
}

// pairs puts elements together two by two. The first of a pair is copied, as
// it may die with the second.
func pairs(elements iter.Seq[[]byte]) iter.Seq2[[]byte, []byte] {
	return func(yield func(a, b []byte) bool) {
		var first []byte
		second := false
		for e := range elements {
			if second && !yield(first, e) {
				return
			}
			if second = !second; second {
				first = append(first[:0], e...)
			}
		}
	}
}

// hashBuilder takes the fields of a hash that have no times to live.
type hashBuilder struct {
	d      *decoder
	packed bool // so far
	pack   packer
	big    *object.HashBuilder // unless packed
}

func (h *hashBuilder) set(field, value []byte) error {
	if h.packed && max(len(field), len(value)) <= h.d.lim.HashValue {
		h.pack.add(field)
		h.pack.add(value)
		return nil
	}
	if h.big == nil {
		if err := h.grow(); err != nil {
			return err
		}
	}
	return h.d.setField(h.big, field, value, 0)
}

// setField sets a field that is not there yet.
func (d *decoder) setField(h *object.HashBuilder, field, value []byte, expireAt int64) error {
	created, err := h.Hash.Set(field, value, expireAt, object.HashLimits{Entries: d.lim.HashEntries, Value: d.lim.HashValue})
	if err == nil && !created {
		err = d.corrupt("field %q occurs twice", cut(field))
	}
	return err
}

// grow makes it a table.
func (h *hashBuilder) grow() error {
	h.packed = false
	h.big = object.NewHashBuilder(h.d.sp, nil, true)
	for field, value := range pairs(packElements(h.pack.finish())) {
		if err := h.d.setField(h.big, field, value, 0); err != nil {
			return err
		}
	}
	return nil
}

// value ends the hash, unless err ends it.
func (h *hashBuilder) value(err error) (Value, error) {
	if h.big != nil {
		return hashValue(h.big, err)
	}
	if err != nil {
		return Value{}, err
	}
	b := h.pack.finish()
	if !distinct(b, h.pack.n, 2) {
		return Value{}, h.d.corrupt("a field occurs twice")
	}
	return Value{Type: object.TypeHash, Enc: object.EncListpack, Bytes: b}, nil
}

// hashValue ends a builder, unless err ends it.
func hashValue(h *object.HashBuilder, err error) (Value, error) {
	if err != nil {
		h.Discard()
		return Value{}, err
	}
	enc, b := h.Value()
	return Value{Type: object.TypeHash, Enc: enc, Bytes: b}, nil
}

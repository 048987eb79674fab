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

// hashBuilder takes the fields of a hash.
type hashBuilder struct {
	d      *decoder
	packed bool // so far
	pack   packer
	big    bigHash
}

func (h *hashBuilder) set(field, value []byte) error {
	if h.packed && max(len(field), len(value)) <= h.d.lim.HashValue {
		h.pack.add(field)
		h.pack.add(value)
		return nil
	}
	if !h.big.open() {
		h.packed = false
		if err := h.grow(); err != nil {
			return err
		}
	}
	return h.setBig(field, value)
}

func (h *hashBuilder) setBig(field, value []byte) error {
	added, err := h.big.set(field, value)
	if err == nil && !added {
		err = h.d.corrupt("field %q occurs twice", cut(field))
	}
	return err
}

// grow makes it a table.
func (h *hashBuilder) grow() error {
	if err := h.big.begin(h.d.sp); err != nil {
		return err
	}
	for field, value := range pairs(packElements(h.pack.finish())) {
		if err := h.setBig(field, value); err != nil {
			return err
		}
	}
	return nil
}

// value ends the hash, unless err ends it.
func (h *hashBuilder) value(err error) (Value, error) {
	switch {
	case err != nil:
		h.big.free()
		return Value{}, err
	case h.big.open():
		return h.big.value(), nil
	}
	b := h.pack.finish()
	if !distinct(b, h.pack.n, 2) {
		return Value{}, h.d.corrupt("a field occurs twice")
	}
	return Value{Type: object.TypeHash, Enc: object.EncListpack, Bytes: b}, nil
}

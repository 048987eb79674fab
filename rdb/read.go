package rdb

import (
	"iter"

	"clusternode/object"
)

// Value reads a value with its kind. What is small becomes a packed value, what
// is above the limits trees in sp. A collection without elements is no value.
// After an error nothing of it is left.
func (r *Reader) Value(sp *object.Space, lim *Limits) (Value, error) {
	b, err := r.byte()
	if err != nil {
		return Value{}, err
	}
	d := decoder{Reader: r, sp: sp, lim: lim}
	switch k := kind(b); k {
	case kindString:
		text, err := r.copied()
		return Value{Type: object.TypeString, Enc: object.EncRaw, Bytes: text}, err
	case kindModule, kindModuleOld:
		return Value{}, r.corrupt("a value of a module")
	case kindHashTTLOld, kindPackTTLOld, kindHashTTL, kindPackTTL:
		return d.hashTTL(k)
	case kindHash, kindZipmap, kindHashZip, kindHashPack:
		return d.hash(k)
	case kindList, kindListZip, kindQuickZip, kindQuick:
		return d.list(k)
	case kindSet, kindIntset, kindSetPack:
		return d.set(k)
	case kindZSetText, kindZSet, kindZSetZip, kindZSetPack:
		return d.zset(k)
	case kindStream1, kindStream2, kindStream3:
		return d.stream(k)
	}
	return Value{}, r.corrupt("value of kind %d", b)
}

// decoder reads one value.
type decoder struct {
	*Reader
	sp   *object.Space
	lim  *Limits
	pack packer
}

// packed reads a string that is a packed form and returns its elements.
func (d *decoder) packed(open func(b []byte) (int, iter.Seq[[]byte], error)) (n int, elements iter.Seq[[]byte], err error) {
	b, err := d.string()
	if err != nil {
		return 0, nil, err
	}
	return open(b)
}

// strings are the strings that follow, one by one; an error goes to err and
// ends them. A string is alive until the next but one.
func (d *decoder) strings(n int, err *error) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for range n {
			var s []byte
			if s, *err = d.string(); *err != nil || !yield(s) {
				return
			}
		}
	}
}

// elements are those of a collection of the kind whose elements have nothing
// beside them or come in pairs: single strings or the entries of one packed
// form. n is at least 1, and even for pairs; err is where reading them puts an
// error.
func (d *decoder) elements(k kind, pairs bool, err *error) (n int, elements iter.Seq[[]byte]) {
	switch k {
	case kindList, kindSet:
		n, *err = d.count(1)
		elements = d.strings(n, err)
	case kindHash:
		n, *err = d.count(2)
		n *= 2
		elements = d.strings(n, err)
	case kindZipmap:
		n, elements, *err = d.packed(d.zipmap)
	case kindListZip, kindHashZip, kindZSetZip:
		n, elements, *err = d.packed(d.ziplist)
	default:
		n, elements, *err = d.packed(d.listpack)
	}
	if *err == nil && (n == 0 || pairs && n%2 != 0) {
		*err = d.corrupt("a collection of %d elements", n)
	}
	return n, elements
}

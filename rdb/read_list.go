package rdb

import (
	"iter"

	"clusternode/object"
)

// list reads a list. Nodes stay as they are; elements become what pushing them
// one by one makes of them. A list of one node is packed if that is short enough
// (redis-server leaves a ziplist of old a list of one node).
func (d *decoder) list(k kind) (Value, error) {
	lim := object.ListLimits{Fill: d.lim.ListSize, Plain: d.lim.ListPlain}
	if k == kindQuick {
		if v, ok := d.oneNode(lim); ok {
			return v, nil
		}
	}
	b := object.NewListBuilder(d.sp, lim, nil)
	var err error
	switch k {
	case kindList:
		_, elements := d.elements(k, false, &err)
		if err == nil {
			err = pushAll(b, elements, &err)
		}
	case kindListZip:
		err = d.listNode(k, b)
	default:
		var n int
		n, err = d.count(1)
		for i := 0; i < n && err == nil; i++ {
			err = d.listNode(k, b)
		}
	}
	if err == nil && b.Len() == 0 {
		err = d.corrupt("a list without elements")
	}
	if err != nil {
		b.Discard()
		return Value{}, err
	}
	enc, bytes := b.Value()
	return Value{Type: object.TypeList, Enc: enc, Bytes: bytes}, nil
}

// oneNode reads a list of one node that stays packed, without a detour. If it is
// anything else nothing was read.
func (d *decoder) oneNode(lim object.ListLimits) (v Value, ok bool) {
	at := d.at
	defer func() {
		if !ok {
			d.at = at
		}
	}()
	if n, err := d.number(); err != nil || n != 1 {
		return v, false
	}
	if c, err := d.number(); err != nil || c != containerPacked {
		return v, false
	}
	lp, err := d.string()
	if err != nil {
		return v, false
	}
	n, _, err := d.listpack(lp)
	if err != nil || n == 0 {
		return v, false
	}
	d.pack.reset(nil)
	lp = d.pack.again(lp)
	return Value{Type: object.TypeList, Enc: object.EncListpack, Bytes: lp}, lim.Packs(len(lp), n)
}

// pushAll pushes elements and returns the first error: of pushing, or what
// reading them put into readErr.
func pushAll(b *object.ListBuilder, elements iter.Seq[[]byte], readErr *error) error {
	for e := range elements {
		if err := b.Push(e); err != nil {
			return err
		}
	}
	return *readErr
}

// listNode reads a node. One without elements is nothing.
func (d *decoder) listNode(k kind, b *object.ListBuilder) error {
	open := d.ziplist
	if k == kindQuick {
		container, err := d.number()
		if err != nil {
			return err
		}
		switch container {
		case containerPlain:
			e, err := d.string()
			if err != nil {
				return err
			}
			return b.AppendPlain(e)
		case containerPacked:
			open = d.listpack
		default:
			return d.corrupt("node of a list in container %d", container)
		}
	}
	n, elements, err := d.packed(open)
	if err != nil || n == 0 {
		return err
	}
	d.pack.reset(d.pack.b)
	for e := range elements {
		d.pack.add(e)
	}
	return b.AppendNode(d.pack.finish())
}

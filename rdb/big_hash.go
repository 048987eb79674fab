package rdb

import "clusternode/object"

type bigHash struct{ shell }

func (b *bigHash) begin(sp *object.Space) error  { return ErrCorrupt }
func (b *bigHash) set(f, v []byte) (bool, error) { return false, ErrCorrupt }

func (d *decoder) hashTTL(k kind) (Value, error) { return Value{}, ErrCorrupt }

func (w *Writer) fields(sp *object.Space, v Value) kind { return kindHash }
